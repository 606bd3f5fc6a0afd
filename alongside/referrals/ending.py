"""Ends from outside: an agreement taken back, a case closed, no contact any more, somebody forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.cases.actions import close_case
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.messaging.actions import tell
from alongside.people.queries import records_of
from alongside.referrals.links import end_links, make_link
from alongside.referrals.models import Referral, Ride
from alongside.referrals.moving import move, move_ride_to
from alongside.referrals.rules import OPEN_STATUSES, RIDE_OPEN


@transaction.atomic
def withdraw(sent: Q, *, by: Actor) -> int:
    """Take the name from referrals and rides; what waits is called off, what was promised goes on without one."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("need", "agency")
    referrals = list(rows.filter(sent, named=True, status__in=OPEN_STATUSES))
    for referral in referrals:
        _without_a_name(referral, by)
        if referral.status == "requested":
            move(referral, "cancelled", by=by, tells=True)
        elif referral.agency is not None:
            tell(referral.agency, "referral_asked", by=by, link=make_link(referral, by=by).id)
    journeys = Ride.objects.select_for_update(of=("self",)).select_related("agency")
    rides = list(journeys.filter(sent, named=True))
    for ride in rides:
        ride.pick_up = None
        _without_a_name(ride, by, "pick_up")
        if ride.status == "asked":
            move_ride_to(ride, "called_off", by=by)
    return len(referrals) + len(rides)


def _without_a_name(row: Referral | Ride, by: Actor, *more: str) -> None:
    row.named = False
    row.save(update_fields=["named", *more])
    end_links(row, by=by)


@transaction.atomic
def end_case(case: Case, outcome: str, *, by: Actor) -> None:
    """Close a case, and call off what it still waits for; who is there already, or in the car, is not called back."""
    close_case(case, outcome, by=by)
    call_off_for(records_of(case.person), by=by)


@transaction.atomic
def call_off_for(records: Sequence[UUID], *, by: Actor) -> None:
    """Nobody is waited for any more: places that were asked or said yes, and rides not yet begun, are called off and told."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("need", "agency")
    for referral in rows.filter(person_id__in=records, status__in=["requested", "accepted", "on-hold"]):
        move(referral, "cancelled", by=by, tells=True)
    journeys = Ride.objects.select_for_update(of=("self",)).select_related("agency")
    for ride in journeys.filter(person_id__in=records, status__in=["asked", "dispatched"]):
        move_ride_to(ride, "called_off", by=by)


@transaction.atomic
def end_all_for(records: Sequence[UUID], outcome: str, *, by: Actor) -> None:
    """Whoever is forgotten is waited for nowhere: referrals and rides are called off without a name, open cases closed."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("need", "agency")
    for referral in rows.filter(person_id__in=records, status__in=OPEN_STATUSES):
        _without_a_name(referral, by)
        move(referral, "cancelled", by=by, tells=True)
    journeys = Ride.objects.select_for_update(of=("self",)).select_related("agency")
    for ride in journeys.filter(person_id__in=records, status__in=RIDE_OPEN):
        _without_a_name(ride, by)
        move_ride_to(ride, "called_off", by=by)
    for case in Case.objects.filter(person_id__in=records).exclude(status="closed"):
        close_case(case, outcome, by=by)
