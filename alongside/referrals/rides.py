"""Rides: asked for, on the way, there, before the bed is given away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import disclose
from alongside.consent.rules import may_receive
from alongside.identity.vault import seal
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.referrals.links import make_link
from alongside.referrals.models import AnswerLink, BedHold, Need, Referral, Ride
from alongside.referrals.moving import move, move_ride_to, plan_exit
from alongside.referrals.rules import (
    ANSWERED_HOW,
    OPEN_STATUSES,
    RIDE_OPEN,
    SHARED_FOR_RIDE,
    may_move_ride,
    may_ride,
)


@dataclass(frozen=True, slots=True)
class RidePlan:
    """How somebody gets there: by what, who drives, to which referral, from where, and whether the driver is told a name.

    A police car is taken only when the person said themselves that it is fine.
    """

    means: str
    agency: Agency | None = None
    referral: Referral | None = None
    pick_up: str = ""
    named: bool = False
    asked_for_police_car: bool = False


@transaction.atomic
def ask_ride(need: Need, plan: RidePlan, *, by: Actor) -> Ride:
    """Ask for a ride, due when the bed it leads to is given away; asking again while it is open gives the one there is.

    The driver's desk learns where to pick up, and the name to ask for, only by the person's agreement. A ride into detox
    or residential care plans the visits after the exit.
    """
    hold_the_chain()
    need.refresh_from_db(
        from_queryset=Need.objects.select_for_update(of=("self",)).select_related("case__program", "person")
    )
    _check(need, plan, by)
    known = Ride.objects.filter(
        need=need, referral=plan.referral, agency=plan.agency, means=plan.means, status__in=RIDE_OPEN
    )
    if (ride := known.first()) is not None:
        return _say_again(ride, plan, by=by)
    shared = disclose(need.person, plan.agency, SHARED_FOR_RIDE, by=by) if plan.named and plan.agency else None
    for leads_to in {need, plan.referral.need if plan.referral else need}:
        plan_exit(leads_to, None, by=by)
    moment = clock()
    ride = Ride(
        need=need, person_id=need.person_id, referral=plan.referral, agency=plan.agency, means=plan.means, named=plan.named,
        asked_for_police_car=plan.asked_for_police_car, disclosure=shared, asked_at=moment, changed_at=moment,
        due_at=_bed_until(plan.referral),
    )  # fmt: skip
    seal(ride, need.case.program_id, pick_up=plan.pick_up)
    ride.save(force_insert=True)
    record("ride_moved", kind="ride", target=ride.id, by=by, to="asked")
    if plan.agency is not None:
        tell(plan.agency, "ride_asked", by=by, link=make_link(ride, by=by).id)
    return ride


def _say_again(ride: Ride, plan: RidePlan, *, by: Actor) -> Ride:
    """The same ride, with what is new about it: another place to pick up, an agreement given since."""
    if plan.named and not ride.named and plan.agency is not None:
        ride.disclosure, ride.named = disclose(ride.person, plan.agency, SHARED_FOR_RIDE, by=by), True
    if plan.pick_up:
        seal(ride, by.program_id, pick_up=plan.pick_up)
    ride.save(update_fields=["disclosure", "named", "pick_up"])
    record("ride_moved", kind="ride", target=ride.id, by=by, to=ride.status)
    return ride


def _check(need: Need, plan: RidePlan, by: Actor) -> None:
    need.case.refresh_from_db(fields=["status"])
    if need.case.status == "closed":
        raise Refused("This case is closed; reopen it first.")
    if by.goes_along or need.case.program_id != by.program_id:
        raise Refused("A ride is asked for by the team that works with the person.")
    may_ride(plan.means, asked_for_police_car=plan.asked_for_police_car).require()
    if plan.agency is not None and (not may_receive(plan.agency.kind) or plan.agency.program_id != by.program_id):
        raise Refused("Nothing about a person is sent to the police, nor to anybody else who does not help.")
    if plan.named and plan.agency is None:
        raise Refused("A name is only sent to a partner who answers here.")
    if plan.referral is not None:
        fresh = Referral.objects.select_related("need").get(id=plan.referral.id)
        if fresh.need.case_id != need.case_id or fresh.status not in OPEN_STATUSES:
            raise Refused("That place does not wait for this person any more.")


def _bed_until(referral: Referral | None) -> datetime | None:
    hold = BedHold.objects.filter(referral=referral, status="held").first() if referral is not None else None
    return hold.expires_at if hold else None


@transaction.atomic
def move_ride(ride_id: UUID, to: str, *, by: Actor, how: str = "account") -> Ride:
    """Keep how far a ride is; the same again changes nothing. “Arrived” also means that the place has them."""
    hold_the_chain()
    rows = Ride.objects.select_for_update(of=("self",)).select_related("need__case", "agency")
    ride = rows.filter(id=ride_id, need__case__program_id=by.program_id).first()
    if ride is None or by.is_police or how not in ANSWERED_HOW:
        raise Refused("This ride does not exist any more.")
    if by.role == "partner" and by.agency_id != ride.agency_id:
        raise Refused("This ride was asked of somebody else.")
    if ride.status == to:
        return ride
    may_move_ride(ride.status, to, is_partner=by.role == "partner").require()
    move_ride_to(ride, to, by=by)
    if how in ("link", "code"):
        AnswerLink.objects.filter(ride=ride, used_at=None).update(used_at=clock())
    if to == "arrived" and ride.referral_id is not None:
        _the_place_has_them(ride.referral_id, by)
    return ride


def _the_place_has_them(referral_id: UUID, by: Actor) -> None:
    rows = Referral.objects.select_for_update(of=("self",)).select_related("need", "agency")
    referral = rows.get(id=referral_id)
    if referral.status == "accepted":
        move(referral, "in-progress", by=by)
