"""A loop that closes: answers to referrals. The first yes wins; the others are told at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from alongside.cases.models import Assignment
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.referrals.beds import hold_bed
from alongside.referrals.models import AnswerLink, Need, Referral
from alongside.referrals.moving import move, plan_exit, settle
from alongside.referrals.rules import (
    ANSWERED_HOW,
    BARRIERS,
    HELPED,
    NO_STATUSES,
    PARTNER_MAY,
    STATUSES,
    YES_STATUSES,
    keeps_a_bed,
    may_move,
)

THANKS = "Thank you, the answer is in."
KNOWN = "Thank you, we have this answer already."
NOT_NEEDED = "Thank you. This is not needed any more."
TOO_LATE = "Thank you for the yes. Another place said yes a moment before, so nothing is needed from you now."


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer: the referral as it is now, whether a yes is theirs, and what to say to them."""

    referral: Referral
    won: bool
    sentence: str


@transaction.atomic
def answer(  # the six things an answer is made of
    referral_id: UUID, to: str, *, by: Actor, how: str = "account", barrier: str = "", hold_hours: int | None = None
) -> Answered:
    """Keep an answer, once. The first yes has the person: who still waits for an answer is called off and told.

    A later yes is kept out with a kind sentence. A yes to a bed keeps one. A no leaves the others standing.
    """
    hold_the_chain()  # before any row: two answers at once wait for each other here, and nowhere else
    referral = _locked(referral_id, by)
    if how not in ANSWERED_HOW or (barrier and barrier not in BARRIERS):
        raise Refused("Choose an answer from the list.")
    if referral.status == to:
        return Answered(referral, to in YES_STATUSES, KNOWN)
    rivals = _rivals(referral)
    if referral.status == "cancelled" and to in PARTNER_MAY:
        return Answered(
            referral, won=False, sentence=TOO_LATE if to in YES_STATUSES and rivals.exists() else NOT_NEEDED
        )
    may_move(referral.status, to, is_partner=by.role == "partner").require()
    referral.answered_how = how
    referral.barrier = barrier if barrier and to not in YES_STATUSES else referral.barrier
    if to in YES_STATUSES and referral.status not in YES_STATUSES and rivals.exists():
        move(referral, "cancelled", by=by)
        return Answered(referral, won=False, sentence=TOO_LATE)
    if to in ("accepted", "in-progress"):
        plan_exit(referral.need, None, by=by)  # here, should the days of the asking be over by now
    move(referral, to, by=by)
    if to in YES_STATUSES:
        settle(referral.need, by=by, winner=referral)
    if to == "accepted" and referral.agency is not None and keeps_a_bed(referral.need.code):
        hold_bed(referral, by=by, hours=hold_hours)
    _note_use(referral, how, by)
    return Answered(referral, to in YES_STATUSES, THANKS)


def _locked(referral_id: UUID, by: Actor) -> Referral:
    """The referral, after its need, in that order; for the team of the program and the partner who was asked."""
    found = Referral.objects.filter(id=referral_id, need__case__program_id=by.program_id).values_list("need_id").first()
    if found is None:
        raise Refused("This referral does not exist any more.")
    need = Need.objects.select_for_update(of=("self",)).select_related("case").get(id=found[0])
    rows = Referral.objects.select_for_update(of=("self",)).select_related("person", "agency", "service")
    referral = rows.get(id=referral_id)
    referral.need = need
    if by.role == "partner" and by.agency_id != referral.agency_id:
        raise Refused("This referral was sent to somebody else.")
    return referral


def _rivals(referral: Referral) -> QuerySet[Referral]:
    """Those who said yes to the same need before; not the partner who passed this one on, whose place it takes."""
    rows = Referral.objects.filter(need_id=referral.need_id, status__in=YES_STATUSES).exclude(id=referral.id)
    if referral.agency_id is None:  # a number given is nobody's place
        rows = rows.exclude(status="completed")
    return rows.exclude(agency_id__in=_passed_on_by(referral))


def _passed_on_by(referral: Referral) -> set[UUID]:
    """Every partner through whose hands it came, from the last to the first."""
    hands: set[UUID] = set()
    disclosure = referral.disclosure
    while disclosure is not None and disclosure.forwarded_by_id is not None and disclosure.forwarded_by_id not in hands:
        hands.add(disclosure.forwarded_by_id)
        before = Referral.objects.select_related("disclosure").filter(
            need_id=referral.need_id, agency_id=disclosure.forwarded_by_id
        )
        earlier = before.order_by("-made_at").first()
        disclosure = earlier.disclosure if earlier is not None else None
    return hands


def _note_use(referral: Referral, how: str, by: Actor) -> None:
    """The link has been used, and the coach who goes there learns that an answer came."""
    if how in ("link", "code"):
        AnswerLink.objects.filter(referral=referral, used_at=None).update(used_at=clock())
    if by.role != "partner":
        return
    team = Assignment.objects.filter(case_id=referral.need.case_id, ended_at=None, expires_at__gt=clock())
    for assignment in team.select_related("coach__agency"):
        tell(assignment.coach, "answer_came", by=by)


@transaction.atomic
def say_helped(referral_id: UUID, helped: str, *, by: Actor) -> Referral:
    """Keep whether the person was helped, as they see it: apart from “connected”, and only by the team that asks them."""
    if helped not in HELPED or by.role == "partner" or by.is_police:
        raise Refused("Choose one of the answers.")
    hold_the_chain()
    referral = _locked(referral_id, by)
    if referral.status not in (*YES_STATUSES, *NO_STATUSES):
        raise Refused(f"This referral is “{STATUSES[referral.status]}”; ask when it has come to something.")
    if referral.helped != helped:
        referral.helped = helped
        referral.save(update_fields=["helped"])
        record("help_noted", kind="referral", target=referral.id, by=by, helped=helped)
    return referral
