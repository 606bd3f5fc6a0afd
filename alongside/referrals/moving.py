"""One step of a referral, a kept bed or a ride, with what follows from it. Whether it may happen is asked before."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.cases.actions import plan_follow_up
from alongside.cases.models import FollowUp
from alongside.cases.rules import AFTER_EXIT_DAYS
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.journal.actions import record
from alongside.messaging.actions import tell
from alongside.referrals.links import end_links, make_link
from alongside.referrals.models import BedHold, Need, Referral, Ride
from alongside.referrals.rules import OPEN_STATUSES, RIDE_OPEN, YES_STATUSES, answer_due, exit_on

THERE = frozenset({"in-progress", "completed"})


@transaction.atomic
def send(need: Need, drafted: Referral, *, by: Actor) -> Referral:
    """Keep a drafted referral of a need as sent; a partner gets a link to answer by and learns that something waits."""
    moment, drafted.status = clock(), "requested"
    drafted.need, drafted.person_id, drafted.made_at, drafted.changed_at = need, need.person_id, moment, moment
    drafted.answer_due_at = answer_due(need.code, moment) if drafted.agency is not None else None
    drafted.save(force_insert=True)
    record("referral_moved", kind="referral", target=drafted.id, by=by, to="requested")
    if drafted.agency is not None:
        tell(drafted.agency, "referral_asked", by=by, link=make_link(drafted, by=by).id)
    return drafted


@transaction.atomic
def move(referral: Referral, to: str, *, by: Actor, tells: bool = False) -> Referral:
    """Write the next status of a locked referral, and what follows for its bed, its rides, its links and its need.

    With `tells` the partner who was asked learns that nothing is needed from them any more.
    """
    undone = referral.status == "completed"
    referral.status, referral.changed_at = to, clock()
    referral.save(update_fields=["status", "changed_at", "answered_how", "barrier"])
    record("referral_moved", kind="referral", target=referral.id, by=by, to=to)
    if to in YES_STATUSES:
        # A ride that was asked for before anybody had said yes leads to whoever did.
        Ride.objects.filter(need_id=referral.need_id, referral=None, status__in=RIDE_OPEN).update(referral=referral)
    if to in THERE:
        _they_are_there(referral, by=by)
    elif to not in ("requested", "accepted"):
        _nothing_is_kept(referral, by=by)
    if to == "completed":
        Need.objects.filter(id=referral.need_id, met_at=None).update(met_at=referral.changed_at)
        referral.need.refresh_from_db(fields=["met_at"])
    elif undone:
        _want_it_again(referral.need)
    if to not in OPEN_STATUSES:
        end_links(referral, by=by)
        if tells:
            _tell(referral.agency, by)
    return referral


def _tell(agency: Agency | None, by: Actor) -> None:
    # Another program's desk is told nothing by whoever puts a backup back.
    if agency is not None and agency.program_id == by.program_id:
        tell(agency, "answer_no_longer_needed", by=by)


def _want_it_again(need: Need) -> None:
    """“Connected” was a mistake: the need is open again, unless it was met otherwise or was noted anew since."""
    again = Need.objects.filter(case_id=need.case_id, code=need.code, met_at=None).exists()
    if not again and not Referral.objects.filter(need=need, status="completed").exists():
        need.met_at = None
        need.save(update_fields=["met_at"])


def _they_are_there(referral: Referral, *, by: Actor) -> None:
    holds = list(BedHold.objects.filter(referral=referral, status__in=["held", "arrived", "expired"]).order_by("made_at"))
    for hold in holds:
        if hold.status == "held":
            move_hold(hold, "arrived", by=by)
    if holds and all(hold.status == "expired" for hold in holds):
        # They came after the time ran out: the bed they sleep in is nobody else's.
        moment = clock()
        BedHold.objects.create(
            beds_id=holds[-1].beds_id, referral=referral, status="arrived", made_at=moment, changed_at=moment, expires_at=moment
        )
        record("bed_moved", kind="referral", target=referral.id, by=by, to="arrived")
    for ride in Ride.objects.select_related("agency").filter(referral=referral, status__in=RIDE_OPEN):
        move_ride_to(ride, "called_off" if ride.status == "asked" else "arrived", by=by)


def _nothing_is_kept(referral: Referral, *, by: Actor) -> None:
    """The bed is free again, and nobody drives there. Who is in the car already is not called off: the team sees it."""
    for hold in BedHold.objects.filter(referral=referral, status="held"):
        move_hold(hold, "released", by=by)
    for ride in Ride.objects.select_related("agency").filter(referral=referral, status__in=["asked", "dispatched"]):
        move_ride_to(ride, "called_off", by=by)


@transaction.atomic
def move_hold(hold: BedHold, to: str, *, by: Actor) -> BedHold:
    """Write the next status of a kept bed."""
    hold.status, hold.changed_at = to, clock()
    hold.save(update_fields=["status", "changed_at"])
    record("bed_moved", kind="referral", target=hold.referral_id, by=by, to=to)
    return hold


@transaction.atomic
def move_ride_to(ride: Ride, to: str, *, by: Actor) -> Ride:
    """Write the next status of a ride; whoever was to drive learns when it is called off, and an ended one has no link."""
    ride.status, ride.changed_at = to, clock()
    ride.save(update_fields=["status", "changed_at"])
    record("ride_moved", kind="ride", target=ride.id, by=by, to=to)
    if to not in RIDE_OPEN:
        end_links(ride, by=by)
        if to == "called_off":
            _tell(ride.agency, by)
    return ride


@transaction.atomic
def settle(need: Need, *, by: Actor, winner: Referral | None = None) -> int:
    """After a yes: one place has the person, and every other that still waits is called off and told. Gives how many.

    Without a `winner` it is the one that said yes first.
    """
    rows = list(
        Referral.objects.select_for_update(of=("self",)).select_related("need", "agency")
        .filter(need=need, status__in=OPEN_STATUSES).order_by("changed_at", "id")
    )  # fmt: skip
    first = winner or next((row for row in rows if row.status in YES_STATUSES), None)
    others = [row for row in rows if first is not None and row.id != first.id]
    for row in others:
        move(row, "cancelled", by=by, tells=True)
    return len(others)


@transaction.atomic
def plan_exit(need: Need, expected: date | None, *, by: Actor) -> None:
    """Plan the visits after the exit, before anything that leads into detox or residential care is kept.

    Three places asked at once are one plan; another day of leaving that somebody names adds its own days.
    """
    leaves_on = exit_on(need.code, day_in(need.case.program.zone, clock()), expected)
    if leaves_on is None or (expected is None and _is_planned(need)):
        return
    for days in AFTER_EXIT_DAYS:
        plan_follow_up(need.case, leaves_on + timedelta(days=days), "after_exit", by=by, day=days)


def _is_planned(need: Need) -> bool:
    if not FollowUp.objects.filter(case_id=need.case_id, reason="after_exit", done_at=None).exists():
        return False
    standing = Referral.objects.filter(need=need, status__in=[*OPEN_STATUSES, "completed"]).exists()
    return standing or Ride.objects.filter(need=need, status__in=[*RIDE_OPEN, "arrived"]).exists()
