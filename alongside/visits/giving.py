"""What a coach arranges by hand: partners chosen one by one, a bed kept from the board, kits handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Decision
from alongside.journal.actions import hold_the_chain
from alongside.naloxone.actions import hand_out
from alongside.referrals.actions import Plan, meet_need
from alongside.referrals.asking import ask
from alongside.referrals.beds import hold_bed
from alongside.referrals.models import Need, Referral
from alongside.referrals.rules import MOST_ASKED, OPEN_STATUSES, may_ask
from alongside.referrals.sharing import agree_and_refer
from alongside.services.models import Service
from alongside.services.queries import Found
from alongside.visits.choosing import Choice, agreed_with


@dataclass(frozen=True, slots=True)
class Asking:
    """Whether one more partner may be asked for a need, and who waits already."""

    decision: Decision
    asked: frozenset[UUID | None]
    most: int = MOST_ASKED


def asking_of(need: Need) -> Asking:
    """How it stands with the partners asked for a need the viewer already has."""
    rows = [row for row in need.referrals.all() if row.agency_id]
    has_a_yes = any(row.status in ("accepted", "in-progress") for row in rows)
    decision = may_ask(sum(row.status == "requested" for row in rows), has_a_yes=has_a_yes)
    return Asking(decision, frozenset(row.agency_id for row in rows if row.status in OPEN_STATUSES))


def plans_of(data: dict[str, Any], choices: Sequence[Choice], found: Sequence[Found]) -> list[Plan]:
    """What was chosen as plans: each partner with the place it answers for, or the place alone."""
    service = next((one.service for one in found if one.service.id == data["service"]), None)
    known = {one.agency.id: one for one in choices}
    plans = [
        Plan(_place_of(known.get(agency.id)) or (service if len(data["agency"]) == 1 else None), agency, data["handoff"],
             data["agreed"] or (agency.id in known and known[agency.id].agreed), data["expected_exit"])
        for agency in data["agency"]
    ]  # fmt: skip
    return plans or [Plan(service, None, data["handoff"], data["agreed"], data["expected_exit"])]


def _place_of(choice: Choice | None) -> Service | None:
    return choice.found.service if choice is not None and choice.found is not None else None


@transaction.atomic
def arrange_with(need: Need, plans: Sequence[Plan], *, by: Actor, age: str = "", language: str = "en") -> None:
    """Keep what the person agreed to and send every referral that was chosen: all or none."""
    for plan in plans:
        agree_and_refer(need, plan, by=by, age=age, language=language)


@transaction.atomic
def give_kits(need: Need, kits: int, *, by: Actor) -> None:
    """Hand kits to somebody who asked for them, and the need is met; pressed twice, they are given once."""
    hold_the_chain()
    need.refresh_from_db(fields=["met_at"])
    if need.code != "naloxone" or need.met_at is not None:
        return
    hand_out(kits, "person", by=by, person_id=need.person_id)
    meet_need(need, by=by)


@transaction.atomic
def keep_and_ask(need: Need, agency: Agency, *, by: Actor) -> Referral:
    """Ask one partner for somebody and keep one of the beds it counted: both or neither."""
    promised = Referral.objects.filter(need=need, agency=agency, status="accepted").first()
    if promised is not None:  # the time for the bed they promised ran out: one is kept again
        hold_bed(promised, by=by)
        return promised
    named = agreed_with(by, need.person, agency, now())
    (referral,) = ask(need, [Plan(agency=agency, named=named)], by=by)
    hold_bed(referral, by=by)
    return referral
