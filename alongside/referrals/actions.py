"""Noting needs, sending referrals, keeping their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.cases.actions import plan_follow_up
from alongside.cases.models import Case
from alongside.cases.rules import AFTER_EXIT_DAYS
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import disclose
from alongside.consent.rules import may_receive
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.referrals.models import Need, Referral
from alongside.referrals.rules import HANDOFFS, SHARED, exit_on, may_move
from alongside.services.models import Service
from alongside.services.rules import NEEDS


@transaction.atomic
def note_need(case: Case, code: str, *, by: Actor, words: str = "") -> Need:
    """Note what the person wants; the same need that is still open is not noted twice."""
    if code not in NEEDS:
        raise Refused("Choose what would help from the list.")
    _still_open(case)
    known = Need.objects.filter(case=case, code=code, met_at=None).first()
    if known is not None:
        return known
    need = Need(case=case, person=case.person, code=code, noted_at=clock())
    seal(need, case.program_id, words=words)
    need.save(force_insert=True)
    record("need_noted", kind="case", target=case.id, by=by, need=str(need.id))
    return need


def _still_open(case: Case) -> None:
    case.refresh_from_db(fields=["status"])
    if case.status == "closed":
        raise Refused("This case is closed; reopen it first.")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a need is passed on: where to, by which hand-off, and the partner agency that answers, if there is one."""

    service: Service | None = None
    agency: Agency | None = None
    handoff: str = "information"
    named: bool = False
    expected_exit: date | None = None


@transaction.atomic
def refer(need: Need, plan: Plan, *, by: Actor) -> Referral:
    """Send a referral. With a name it needs the person's agreement; detox and residential plan the visits after the exit.

    Sending the same again while it waits for an answer gives the one that was sent.
    """
    _still_open(need.case)
    need.refresh_from_db(from_queryset=Need.objects.select_for_update())
    known = Referral.objects.filter(need=need, service=plan.service, agency=plan.agency, status="requested").first()
    if known is not None and (plan.service or plan.agency):
        return known
    if plan.handoff not in HANDOFFS or (plan.service is None and plan.agency is None):
        raise Refused("Choose a service and how it was handed over.")
    if plan.agency is not None and not may_receive(plan.agency.kind):
        raise Refused("Nothing about a person is sent to the police, nor to anybody else who does not help.")
    shared = None
    if plan.named:
        if plan.agency is None:
            raise Refused("A name is only sent to a partner who answers here.")
        shared = disclose(need.person, plan.agency, SHARED, by=by)
    moment = clock()
    referral = Referral.objects.create(
        need=need, person=need.person, service=plan.service, agency=plan.agency, named=plan.named, disclosure=shared,
        handoff=plan.handoff, status="requested", made_at=moment, changed_at=moment,
    )  # fmt: skip
    record("referral_moved", kind="referral", target=referral.id, by=by, to="requested")
    leaves_on = exit_on(need.code, day_in(need.case.program.zone, moment), plan.expected_exit)
    if leaves_on is not None:
        for days in AFTER_EXIT_DAYS:
            plan_follow_up(need.case, leaves_on + timedelta(days=days), "after_exit", by=by, day=days)
    return referral


@transaction.atomic
def move_referral(referral_id: UUID, to: str, *, by: Actor) -> Referral:
    """Keep an answer; “connected” also meets the need. Saying the same again changes nothing."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("need").get(id=referral_id)
    if referral.status == to:
        return referral
    may_move(referral.status, to, is_partner=by.role == "partner").require()
    referral.status, referral.changed_at = to, clock()
    referral.save(update_fields=["status", "changed_at"])
    if to == "completed" and referral.need.met_at is None:
        referral.need.met_at = referral.changed_at
        referral.need.save(update_fields=["met_at"])
    record("referral_moved", kind="referral", target=referral.id, by=by, to=to)
    return referral


@transaction.atomic
def meet_need(need: Need, *, by: Actor) -> None:
    """The person has what they wanted."""
    if need.met_at is None:
        need.met_at = clock()
        need.save(update_fields=["met_at"])
        record("need_noted", kind="case", target=need.case_id, by=by, need=str(need.id), met=True)


@transaction.atomic
def move_needs(duplicate: Case, kept: Case, *, by: Actor) -> None:
    """When two cases become one, what was wanted and arranged goes on in the kept one; nothing is noted twice."""
    for need in Need.objects.filter(case=duplicate):
        twin = Need.objects.filter(case=kept, code=need.code, met_at=None).first() if need.met_at is None else None
        if twin is None:
            need.case = kept
            need.save(update_fields=["case"])
        else:
            Referral.objects.filter(need=need).update(need=twin)
    record("case_joined", kind="case", target=kept.id, by=by, needs_of=str(duplicate.id))
