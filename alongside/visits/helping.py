"""What would help today, in one act: the needs noted, partners asked, a ride bound to the first who says yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from alongside.cases.actions import plan_follow_up
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.journal.queries import entries_about
from alongside.referrals.actions import Plan, note_need
from alongside.referrals.asking import ask
from alongside.referrals.models import Need
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.referrals.rules import MOST_ASKED, RIDE_OPEN, SHARED_FOR_RIDE
from alongside.visits.choosing import Choice, agreed_with, choices_for, drivers, found_for
from alongside.visits.ordering import NOT_ASKED, read_taps, worth_asking
from alongside.visits.rules import GENTLE_DAYS


@dataclass(frozen=True, slots=True)
class Today:
    """What was tapped at the door, under an id made with the form. Empty `wants` is “nothing today”."""

    draft: UUID
    wants: tuple[str, ...] = ()
    rides_to: tuple[str, ...] = ()
    words: str = ""
    stage: str = ""
    means: str = ""
    pick_up: str = ""


@transaction.atomic
def help_today(case: Case, today: Today, *, by: Actor) -> list[Need]:
    """Note what would help, ask up to three partners for each of it, and for the rides; once per draft, or not at all.

    Whoever is asked learns no name unless the person agreed that this partner does. “Nothing today” plans a gentle check-in.
    """
    taps = read_taps(today.wants, today.rides_to)
    hold_the_chain()  # the same form sent twice at once: the second finds the line of the first
    case = Case.objects.select_related("person", "program", "town").get(id=case.id)
    if case.status == "closed":
        raise Refused("This case is closed; reopen it first.")
    if _was_sent(case, today.draft, by):
        return []
    record("help_asked", kind="case", target=case.id, by=by, draft=str(today.draft), needs=len(taps.codes))
    moment = clock()
    if not taps.codes and "nothing" in today.wants:
        due = day_in(case.program.zone, moment) + timedelta(days=GENTLE_DAYS)
        plan_follow_up(case, due, "gentle_check_in", by=by, day=GENTLE_DAYS)
    # What they said goes with the first of the needs: a partner who is asked for another has no use for it.
    said = dict.fromkeys(taps.codes[:1], today.words)
    needs = [note_need(case, code, by=by, words=said.get(code, ""), stage=today.stage) for code in taps.codes]
    for need in needs:
        if need.code not in NOT_ASKED:
            ask_the_best(need, moment, by=by)
        if need.code == "ride" or need.code in taps.rides_to:
            _ride(need, today, by=by)
    return needs


def _was_sent(case: Case, draft: UUID, by: Actor) -> bool:
    lines = entries_about(by, case.id)
    return any(line.verb == "help_asked" and line.detail.get("draft") == str(draft) for line in lines)


@transaction.atomic
def ask_the_best(need: Need, now: datetime, *, by: Actor) -> int:
    """Ask those partners who most likely can, as many as may be asked at once; gives how many were asked anew."""
    sent = list(need.referrals.all())
    if any(row.status in ("accepted", "in-progress") for row in sent):
        return 0
    known = {row.agency_id for row in sent if row.status not in ("failed", "cancelled", "entered-in-error")}
    town = need.case.town.name if need.case.town else ""
    found = found_for(by, need.code, town, now)
    choices = [one for one in choices_for(by, need.person, need.code, found, now) if one.agency.id not in known]
    room = MOST_ASKED - sum(row.status == "requested" for row in sent)
    by_id = {one.agency.id: one for one in choices}
    best = [by_id[one.agency_id] for one in worth_asking((one.candidate for one in choices), room)]
    return len(ask(need, [plan_of(one) for one in best], by=by)) if best else 0


def plan_of(choice: Choice, handoff: str = "information") -> Plan:
    """How a chosen partner is asked: with the name only where the person agreed to it."""
    service = choice.found.service if choice.found else None
    return Plan(service=service, agency=choice.agency, handoff=handoff, named=choice.agreed)


def _ride(need: Need, today: Today, *, by: Actor) -> None:
    """One ride for a need; without a wish, the first partner who drives, and else the coach's own car."""
    if need.rides.filter(status__in=RIDE_OPEN).exists():
        return
    driver = next(iter(drivers(by)), None) if today.means in ("", "volunteer", "partner_van") else None
    means = today.means or ("partner_van" if driver else "team_car")
    named = driver is not None and agreed_with(by, need.person, driver, clock(), SHARED_FOR_RIDE)
    plan = RidePlan(means, agency=driver, pick_up=today.pick_up, named=named, asked_for_police_car=means == "police_car")
    ask_ride(need, plan, by=by)
