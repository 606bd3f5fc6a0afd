"""Recording what was tried: checked by the rules, once per draft, with everything that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from alongside.cases.actions import keep_wishes, move_case, note_attempt, note_death, plan_follow_up
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.naloxone.actions import hand_out
from alongside.people.queries import records_of
from alongside.referrals.ending import call_off_for
from alongside.visits.models import Attempt
from alongside.visits.queries import holders_for
from alongside.visits.rules import (
    KNOCKS,
    REMOTE,
    is_contact,
    is_try,
    may_go,
    may_knock,
    may_leave_kit,
    may_try_again,
    may_visit,
    next_after,
    reconcile,
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the phone or the form hands in; `id` is made there, so that sending twice is harmless."""

    id: UUID
    channel: str
    result: str
    response: str = ""
    at: datetime | None = None
    waiver: str = ""
    officer_present: bool = False
    kits: int = 0
    kit_to: str = "person"
    note: str = ""


@transaction.atomic
def record_attempt(case: Case, draft: Draft, *, by: Actor) -> Attempt:
    """Keep one attempt and what follows: follow-up, pause, stop. A draft that came before gives the attempt it made."""
    case = Case.objects.select_for_update(of=("self",)).select_related("person", "program").get(id=case.id)
    known = Attempt.objects.filter(draft=draft.id).first()
    if known is not None and known.case_id != case.id:
        raise Refused("This was recorded for another case already.")
    if known is not None:
        return known
    _check(case, draft, by)
    moment = draft.at or clock()
    if moment > clock() + timedelta(minutes=5) or moment < case.event_at - timedelta(days=365):
        raise Refused("The time of the attempt is not possible; correct it.")
    attempt = Attempt(
        case=case, person=case.person, draft=draft.id, at=moment, recorded_at=clock(), by_user_id=by.user_id,
        channel=draft.channel, waiver=draft.waiver, result=draft.result, response=draft.response, kits=draft.kits,
        officer_present=draft.officer_present or by.is_police,
    )  # fmt: skip
    # An officer's note would be health information held for the police; there is no place for one.
    seal(attempt, case.program_id, note="" if by.goes_along else draft.note)
    attempt.save(force_insert=True)
    record("attempt_recorded", kind="case", target=case.id, by=by, attempt=str(attempt.id))
    if draft.kits:
        hand_out(draft.kits, draft.kit_to, by=by, person_id=case.person_id)
    if is_try(draft.result):
        usual = draft.response not in ("not_today", "no_contact")
        note_attempt(case, moment, reached=is_contact(draft.result), usual=usual, visited=draft.channel not in REMOTE, by=by)
    _follow(case, draft, moment, by)
    return attempt


def _check(case: Case, draft: Draft, by: Actor) -> None:
    if case.status == "closed":
        raise Refused("This case is closed; reopen it first.")
    tries = list(Attempt.objects.filter(case=case).values_list("channel", "result"))
    cap = case.program.attempt_cap
    reconcile(draft.result, draft.response).require()
    wishes = case.person
    may_visit(draft.channel, wishes.stop, no_police=wishes.no_police, by_police=by.is_police,
              text_only=wishes.text_only, not_at_home=wishes.not_at_home).require()  # fmt: skip
    may_go(draft.channel, {channel for channel, _ in tries}, draft.waiver).require()
    may_try_again(_without_contact(tries), cap, coordinator_agrees=by.role == "coordinator").require()
    may_leave_kit(draft.result, draft.kits).require()
    if is_try(draft.result) and draft.channel in KNOCKS:
        holder = holders_for(by, [case.id], draft.at or clock()).get(case.id, "")
        may_knock(draft.channel, holder, draft.waiver, coordinator_agrees=by.role == "coordinator",
                  told_why=not by.goes_along).require()  # fmt: skip


def _without_contact(tries: list[tuple[str, str]]) -> int:
    """Tries since the last contact."""
    count = 0
    for _, result in tries:
        count = 0 if is_contact(result) else count + is_try(result)
    return count


def _follow(case: Case, draft: Draft, moment: datetime, by: Actor) -> None:
    tries = list(Attempt.objects.filter(case=case).values_list("channel", "result"))
    then = next_after(draft.result, draft.response, _without_contact(tries), case.program.attempt_cap)
    if then.follow_up:
        due = day_in(case.program.zone, moment) + timedelta(days=then.in_days)
        plan_follow_up(case, due, then.follow_up, by=by, day=then.in_days)
    if then.stop:
        keep_wishes(case.person_id, "no_contact", no_police=case.person.no_police, by=by)
    elif then.deceased:
        note_death(case, by=by)
    elif then.pause and case.status != "paused":
        move_case(case, "paused", by=by)
    if then.stop or then.deceased:
        call_off_for(records_of(case.person), by=by)


@transaction.atomic
def move_attempts(duplicate: Case, kept: Case, *, by: Actor) -> None:
    """When two cases become one, what was tried belongs to the kept one."""
    count = Attempt.objects.filter(case=duplicate).update(case=kept)
    record("case_joined", kind="case", target=kept.id, by=by, attempts_of=str(duplicate.id), attempts=count)
