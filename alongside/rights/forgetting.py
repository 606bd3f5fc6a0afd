"""Forgetting somebody whole, in every room, or closing the record where a law or a hold forbids destroying it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.consent.models import Consent, ConsentDraft, Restriction, Tie
from alongside.elsewhere.actions import forget_elsewhere
from alongside.families.actions import let_go
from alongside.families.queries import last_support_of
from alongside.identity.forgetting import forget_everything, suppress
from alongside.journal.actions import record
from alongside.people.actions import become_nobody, seal_away
from alongside.people.models import Person
from alongside.people.queries import held, records_of
from alongside.referrals.ending import end_all_for
from alongside.rights.models import RecordsSchedule
from alongside.rights.rules import may_destroy


def schedule_forbids(program_id: UUID) -> bool:
    """Whether a public-records law forbids this program to destroy records."""
    return RecordsSchedule.objects.filter(program_id=program_id).exists()


def last_came_at(person: Person, records: list[UUID]) -> datetime | None:
    """When somebody last came for something of their own as a loved one, if they ever did."""
    return last_support_of(Actor.system(person.program_id), records)


@transaction.atomic
def forget_person(person: Person, *, by: Actor, never_again: bool = False, outcome: str = "no_contact") -> str:
    """Forget somebody in every room, or close the record where destroying is forbidden; “forgotten” or “sealed”.

    Whoever asked for no contact for good, or says so now, stays protected by a token. Counts do not change. Their open
    case ends with `outcome`.
    """
    records = records_of(person)
    forbids = schedule_forbids(person.program_id)
    frozen = bool(held(records))
    end_all_for(records, outcome, by=by)
    if not may_destroy(held=frozen, schedule_forbids=forbids):
        seal_away(records, by=by, why="hold" if frozen else "schedule")
        return "sealed"
    if never_again or (person.stopped_at is not None and not person.come_back_after_new_event):
        suppress(records, person.program_id, by=by)
    forget_elsewhere(records, by=by)
    forget_everything(records, by=by)
    become_nobody(records, by=by)
    let_go(records, by=by)
    _end_what_hangs_on(records)
    return "forgotten"


@transaction.atomic
def forget_again(holder: UUID, *, by: Actor) -> None:
    """Forget one id of the list beside the keys in a database that was restored and still knows it."""
    for person in Person.objects.filter(id=holder):
        end_all_for([person.id], "no_contact", by=by)
        become_nobody([holder], by=by)
        let_go([holder], by=by)
        _end_what_hangs_on([holder])
    forget_elsewhere([holder], by=by)
    forget_everything([holder], by=by)


def _end_what_hangs_on(records: list[UUID]) -> None:
    """Rows that are kept “until forgotten” and count nothing, and agreements, which end with the person they bind."""
    Consent.objects.filter(person_id__in=records, revoked_at=None).update(revoked_at=clock())
    for model in (Tie, Restriction, ConsentDraft):
        model.objects.filter(person_id__in=records).delete()


@transaction.atomic
def set_records_schedule(*, forbids: bool, by: Actor) -> None:
    """Say whether a public-records law forbids destroying records of the actor's program (then they are closed instead)."""
    if forbids:
        RecordsSchedule.objects.get_or_create(program_id=by.program_id, defaults={"since_at": clock()})
    else:
        RecordsSchedule.objects.filter(program_id=by.program_id).delete()
    record(
        "restricted" if forbids else "restriction_ended", kind="program", target=by.program_id, by=by, why="schedule"
    )
