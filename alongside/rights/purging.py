"""What time asks: every clock of `rules.CLOCKS`, in steps that can be stopped anywhere and started again.

Each person is one transaction, and what it does is looked at anew inside it. A run that was cut off is finished by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max, Q

from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.consent.models import Consent, Disclosure, Emergency
from alongside.identity.forgetting import shred_rows, write_list
from alongside.identity.models import Forgotten
from alongside.incidents.models import Incident
from alongside.journal.actions import record
from alongside.people.models import Person
from alongside.people.queries import held, records_of
from alongside.rights.forgetting import forget_person, last_came_at, schedule_forbids
from alongside.rights.models import Request
from alongside.rights.rules import CLOCKS, PERSON_CLOCKS, YES_RESPONSES, Kept, clock_that_ran_out
from alongside.visits.models import Attempt

BATCH = 500
# How an open case ends when its person is forgotten by a clock; it says nothing against anybody.
OUTCOMES = {"stopped": "no_contact", "declined": "declined", "closed": "not_reached", "unconsented": "not_reached"}


def run_purge(now: datetime, *, by: Actor, dry_run: bool = False) -> dict[str, int]:
    """Everything that is due in the actor's program; gives counts by clock. A dry run gives the same and changes nothing."""
    if not dry_run:
        write_list()
    counts = purge_places(now, by=by, dry_run=dry_run)
    counts |= dict.fromkeys((*PERSON_CLOCKS, "sealed"), 0)
    for root, clock in _due(by, now):
        done = clock if dry_run else purge_person(root, now, by=by)
        counts[done] = counts.get(done, 0) + bool(done)
    counts["papers"] = purge_papers(now, by=by, dry_run=dry_run)
    counts["sessions"] = purge_sessions(now, by=by, dry_run=dry_run)
    counts["held"] = len(held(Person.objects.filter(program_id=by.program_id).values_list("id", flat=True)))
    return counts


def _due(by: Actor, now: datetime) -> Iterable[tuple[UUID, str]]:
    """The people whose clock ran out and whom nothing holds, in order; (record, clock)."""
    people = Person.objects.filter(program_id=by.program_id, merged_into=None)
    waiting = people.exclude(id__in=Forgotten.objects.values("holder")).order_by("id")
    last: UUID | None = None
    while True:
        page = list((waiting.filter(id__gt=last) if last else waiting)[:BATCH])
        if not page:
            return
        last = page[-1].id
        records = {person.id: records_of(person) for person in page}
        frozen = held(found for family in records.values() for found in family)
        for person in page:
            clock = clock_that_ran_out(kept_of(person, records[person.id]), now)
            if clock and not frozen & set(records[person.id]):
                yield person.id, clock


def kept_of(person: Person, records: list[UUID]) -> Kept:
    """What the clocks look at, over all records of one person."""
    cases = Case.objects.filter(person_id__in=records)
    tries = Attempt.objects.filter(person_id__in=records)
    agreements = Consent.objects.filter(person_id__in=records, revoked_at=None)
    asks = Request.objects.filter(person_id__in=records)
    came_at = last_came_at(person, records)
    moments = [
        _max(Incident.objects.filter(person_id__in=records), "occurred_at"), _max(tries, "at"),
        _max(asks, "received_at"), _made_at(person), came_at,
    ]  # fmt: skip
    last_at = max(moment for moment in moments if moment is not None)
    stopped = person.stop == "no_contact"
    return Kept(
        last_at=last_at,
        said_yes=came_at is not None or tries.filter(response__in=YES_RESPONSES).exists() or agreements.exists(),
        agreed_until=_max(agreements, "expires_at"),
        stopped_at=(person.stopped_at or person.sealed_at or last_at) if stopped else None,
        come_back=person.come_back_after_new_event,
        declined_at=_max(cases.filter(outcome="declined"), "closed_at"),
        has_open_case=cases.exclude(status="closed").exists(),
        closed_at=_max(cases, "closed_at"),
        has_open_request=asks.filter(state="open").exists(),
    )


def _max(rows: Any, field: str) -> datetime | None:
    found: datetime | None = rows.order_by().aggregate(newest=Max(field))["newest"]
    return found


def _made_at(person: Person) -> datetime:
    """When the record was made, as its id says (UUID version 7)."""
    return datetime.fromtimestamp((person.id.int >> 80) / 1000, tz=UTC)


@transaction.atomic
def purge_person(person_id: UUID, now: datetime, *, by: Actor) -> str:
    """Forget one person whose clock ran out, if it still has when looked at now; the clock, “sealed”, or an empty string."""
    person = Person.objects.select_for_update(of=("self",)).get(id=person_id)
    records = records_of(person)
    clock = "" if held(records) else clock_that_ran_out(kept_of(person, records), now)
    if not clock or person.merged_into_id is not None or (person.sealed_at and schedule_forbids(person.program_id)):
        return ""
    done = forget_person(person, by=by, outcome=OUTCOMES[clock])
    record("purged", kind="person", target=person.id, by=by, clock=clock, done=done)
    return clock if done == "forgotten" else done


@transaction.atomic
def purge_places(now: datetime, *, by: Actor, dry_run: bool = False) -> dict[str, int]:
    """Destroy the places of calls past their clock: sooner where nobody was found, for nobody will go there."""
    counts = {}
    rows = Incident.objects.filter(program_id=by.program_id, place__isnull=False)
    frozen = held(rows.exclude(person=None).values_list("person_id", flat=True))
    for clock, found in (("place_unfound", Q(person=None)), ("place_found", Q(person__isnull=False))):
        before = now - timedelta(days=CLOCKS[clock].days)
        due = rows.filter(found, occurred_at__lte=before).exclude(person_id__in=frozen)
        counts[clock] = due.count() if dry_run else shred_rows(due, ["place"], by=by)
        if counts[clock] and not dry_run:
            record("purged", kind="incident", target="places", by=by, clock=clock, count=counts[clock])
    return counts


@transaction.atomic
def purge_papers(now: datetime, *, by: Actor, dry_run: bool = False) -> int:
    """Remove agreements, what was shared, emergencies and requests after six years; the journal stays whole."""
    before = now - timedelta(days=CLOCKS["papers"].days)
    ours = Q(person__program_id=by.program_id)
    frozen = held(Person.objects.filter(program_id=by.program_id).values_list("id", flat=True))
    papers: list[Callable[[], Any]] = [
        lambda: Disclosure.objects.filter(ours, at__lt=before),
        lambda: Emergency.objects.filter(ours, at__lt=before),
        lambda: Request.objects.filter(ours, answered_at__lt=before),
        lambda: _last_versions(before).filter(ours),
    ]
    count = 0
    for paper in papers:
        while rows := list(paper().exclude(person_id__in=frozen).values_list("pk", flat=True)[:BATCH]):
            count += len(rows)
            if dry_run:
                break
            paper().filter(pk__in=rows).delete()
    if count and not dry_run:
        record("purged", kind="papers", target="papers", by=by, clock="papers", count=count)
    return count


def _last_versions(before: datetime) -> Any:
    """Agreements over for long that nothing points at any more: the newest version first, then the one it replaced."""
    shared = Disclosure.objects.values("consent_id")
    over = Consent.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before), replaced_by=None)
    return over.exclude(id__in=shared)


@transaction.atomic
def purge_sessions(now: datetime, *, by: Actor, dry_run: bool = False) -> int:
    """Remove sessions that are over; they live twelve hours, and a week is the most any trace of one may stay."""
    over = Session.objects.filter(expire_date__lt=now)
    # With each session stands where it came from (address and browser); none of that outlives it.
    traces = UserSession.objects.exclude(session_key__in=Session.objects.filter(expire_date__gte=now).values("session_key"))
    count: int = over.count() + traces.count()
    if not dry_run:
        over.delete()
        traces.delete()
    if count and not dry_run:
        record("purged", kind="sessions", target="sessions", by=by, clock="sessions", count=count)
    return count


