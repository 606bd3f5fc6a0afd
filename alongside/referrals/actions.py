"""Noting needs, sending referrals, keeping their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import disclose
from alongside.consent.rules import may_receive
from alongside.identity.vault import seal
from alongside.journal.actions import hold_the_chain, record
from alongside.referrals.answering import answer
from alongside.referrals.models import Need, Referral, Ride
from alongside.referrals.moving import plan_exit, send, settle
from alongside.referrals.rules import HANDOFFS, SHARED, STAGES, may_ask
from alongside.services.models import Service
from alongside.services.rules import NEEDS


@transaction.atomic
def note_need(case: Case, code: str, *, by: Actor, words: str = "", stage: str = "") -> Need:
    """Note what the person wants; the same need that is still open is not noted twice, but takes a stage named later."""
    if code not in NEEDS or (stage and stage not in STAGES):
        raise Refused("Choose what would help from the list.")
    hold_the_chain()
    _still_open(case)
    known = Need.objects.filter(case=case, code=code, met_at=None).first()
    if known is not None:
        if stage and known.stage != stage:
            known.stage = stage
            known.save(update_fields=["stage"])
            record("need_noted", kind="case", target=case.id, by=by, need=str(known.id))
        return known
    need = Need(case=case, person=case.person, code=code, stage=stage, noted_at=clock())
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

    The partner is told that something waits, with a link to answer by, and has until `answer_due_at`. Sending the same
    again while it waits for an answer gives the one that was sent.
    """
    hold_the_chain()
    _still_open(need.case)
    need.refresh_from_db(from_queryset=Need.objects.select_for_update(of=("self",)))
    known = Referral.objects.filter(need=need, service=plan.service, agency=plan.agency, status="requested").first()
    if known is not None and (plan.service or plan.agency):
        if plan.named and not known.named and plan.agency is not None:  # they agreed since
            known.disclosure, known.named = disclose(need.person, plan.agency, SHARED, by=by), True
            known.save(update_fields=["disclosure", "named"])
            record("referral_moved", kind="referral", target=known.id, by=by, to="requested")
        return known
    _check(need, plan)
    shared = disclose(need.person, plan.agency, SHARED, by=by) if plan.named and plan.agency else None
    plan_exit(need, plan.expected_exit, by=by)
    return send(need, Referral(
        service=plan.service, agency=plan.agency, named=plan.named, disclosure=shared, handoff=plan.handoff,
    ), by=by)  # fmt: skip


def _check(need: Need, plan: Plan) -> None:
    if plan.handoff not in HANDOFFS or (plan.service is None and plan.agency is None):
        raise Refused("Choose a service and how it was handed over.")
    if plan.agency is None:
        if plan.named:
            raise Refused("A name is only sent to a partner who answers here.")
        return
    if not may_receive(plan.agency.kind):
        raise Refused("Nothing about a person is sent to the police, nor to anybody else who does not help.")
    asked = Referral.objects.filter(need=need, agency__isnull=False)
    has_a_yes = asked.filter(status__in=("accepted", "in-progress")).exists()
    may_ask(asked.filter(status="requested").count(), has_a_yes=has_a_yes).require()


@transaction.atomic
def move_referral(referral_id: UUID, to: str, *, by: Actor) -> Referral:
    """Keep an answer, as `answering.answer` does; one that came too late is refused with its sentence."""
    kept = answer(referral_id, to, by=by)
    if kept.referral.status != to:
        raise Refused(kept.sentence)
    return kept.referral


@transaction.atomic
def meet_need(need: Need, *, by: Actor) -> None:
    """The person has what they wanted."""
    if need.met_at is None:
        need.met_at = clock()
        need.save(update_fields=["met_at"])
        record("need_noted", kind="case", target=need.case_id, by=by, need=str(need.id), met=True)


@transaction.atomic
def move_needs(duplicate: Case, kept: Case, *, by: Actor) -> None:
    """When two cases become one, what was wanted and arranged goes on in the kept one; nothing is noted twice.

    Rides and kept beds go along with their referrals. Two places that said yes to what is now one need: the first stays.
    """
    hold_the_chain()
    for need in Need.objects.filter(case=duplicate).select_related("case__program"):
        twin = Need.objects.filter(case=kept, code=need.code, met_at=None).first() if need.met_at is None else None
        if twin is None:
            need.case = kept
            need.save(update_fields=["case"])
        else:
            Referral.objects.filter(need=need).update(need=twin)
            Ride.objects.filter(need=need).update(need=twin)
            settle(twin, by=by)
    record("case_joined", kind="case", target=kept.id, by=by, needs_of=str(duplicate.id))
