"""Beds: how many are free, which are kept for whom, and until when. One row for each agency and kind decides who gets one."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.rules import may_receive
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.referrals.links import make_link
from alongside.referrals.models import BedCount, BedHold, Beds, Need, Referral, Ride
from alongside.referrals.moving import move, move_hold
from alongside.referrals.queries import places_with_beds
from alongside.referrals.rules import (
    ANSWERED_HOW,
    FRESH,
    MOST_BEDS,
    RIDE_OPEN,
    STALE,
    YES_STATUSES,
    age_of,
    hold_hours,
    keeps_a_bed,
    left,
    may_hold,
    may_move_hold,
)

SAME_WITHIN = timedelta(minutes=1)


@transaction.atomic
def say_free(agency: Agency, kind: str, free: int, *, by: Actor, how: str) -> Beds:
    """Keep how many beds of a kind an agency has free, beside those it keeps for us already.

    The same number pressed twice within a minute is one count, unless a bed was kept in between.
    """
    if not keeps_a_bed(kind) or how not in ANSWERED_HOW or not 0 <= free <= MOST_BEDS:
        raise Refused(f"Say how many beds are free: a number between 0 and {MOST_BEDS}.")
    if agency.program_id != by.program_id or not may_receive(agency.kind):
        raise Refused("That is not a partner of this program.")
    if by.role == "partner" and by.agency_id != agency.id:
        raise Refused("Only the own beds.")
    hold_the_chain()
    beds, moment = _locked_beds(agency, kind), clock()
    if (beds.free, beds.said_how, beds.said_by_id) == (free, how, by.user_id) and beds.said_at is not None:
        kept = BedHold.objects.filter(beds=beds).filter(Q(made_at__gt=beds.said_at) | Q(changed_at__gt=beds.said_at))
        if moment - beds.said_at < SAME_WITHIN and not kept.exists():
            return beds
    beds.free, beds.said_at, beds.said_how, beds.said_by_id, beds.asked_at = free, moment, how, by.user_id, None
    beds.save(update_fields=["free", "said_at", "said_how", "said_by", "asked_at"])
    BedCount.objects.create(beds=beds, free=free, said_at=moment, said_how=how, said_by_id=by.user_id)
    record("beds_said", kind="agency", target=agency.id, by=by, beds=kind, free=free)
    return beds


def _locked_beds(agency: Agency, kind: str) -> Beds:
    beds, _ = Beds.objects.get_or_create(agency=agency, kind=kind)
    return Beds.objects.select_for_update(of=("self",)).get(id=beds.id)


@transaction.atomic
def hold_bed(referral: Referral, *, by: Actor, hours: int | None = None) -> BedHold:
    """Keep a bed for a referral; the one that is kept already is given back, with a new end when hours are named.

    Two people never get the same bed. Refused when none is left, when nobody ever said how many there are (a yes of the
    place itself is enough), and while another place keeps a bed for the same need.
    """
    hold_the_chain()
    Need.objects.select_for_update(of=("self",)).get(id=referral.need_id)
    referral = (
        Referral.objects.select_for_update(of=("self",)).select_related("need__case", "agency").get(id=referral.id)
    )
    agency, kind, moment = referral.agency, referral.need.code, clock()
    kept_for = hold_hours(kind, hours)
    if agency is None or not keeps_a_bed(kind) or referral.need.case.program_id != by.program_id:
        raise Refused("There is no bed to keep for this.")
    if by.role == "partner" and by.agency_id != agency.id:
        raise Refused("This referral was sent to somebody else.")
    if kept_for is None:
        raise Refused("Say for how many hours: between 1 and 72.")
    if referral.status not in ("requested", "accepted"):
        raise Refused("A bed is kept for a referral that waits for an answer or has a yes.")
    beds = _locked_beds(agency, kind)
    _expire(BedHold.objects.filter(beds=beds), by=by)
    until = moment + timedelta(hours=kept_for)
    known = BedHold.objects.filter(referral=referral, status="held").first()
    if known is None:
        _require_room(referral, beds)
        known = BedHold.objects.create(
            beds=beds, referral=referral, made_at=moment, changed_at=moment, expires_at=until
        )
        record("bed_moved", kind="referral", target=referral.id, by=by, to="held")
    elif hours is not None and known.expires_at != until:
        known.expires_at = until
        known.save(update_fields=["expires_at"])
        record("bed_moved", kind="referral", target=referral.id, by=by, to="held", hours=hours)
    Ride.objects.filter(referral=referral, status__in=RIDE_OPEN).update(due_at=known.expires_at)
    return known


def _require_room(referral: Referral, beds: Beds) -> None:
    elsewhere = BedHold.objects.filter(referral__need_id=referral.need_id, status="held").exclude(referral=referral)
    if elsewhere.filter(expires_at__gt=clock()).exists():
        raise Refused("A bed is kept for them somewhere else already; give that one back first.")
    taken = BedHold.objects.filter(beds=beds).filter(Q(status="held") | Q(changed_at__gte=beds.said_at or clock()))
    remaining = left(beds.free, beds.said_at, taken, clock())
    if referral.status in YES_STATUSES and (remaining is None or age_of(beds.said_at, clock()) != "fresh"):
        return  # the place itself says that there is one, and it knows better than an old number
    may_hold(remaining, age_of(beds.said_at, clock())).require()


@transaction.atomic
def give_back(hold: BedHold, *, by: Actor) -> BedHold:
    """The bed is not needed, or not to be had, any more: it is free again. Twice is once."""
    hold_the_chain()
    hold = _locked_hold(hold, by)
    if hold.status not in ("released", "expired"):
        may_move_hold(hold.status, "released").require()
        move_hold(hold, "released", by=by)
    return hold


@transaction.atomic
def arrive(hold: BedHold, *, by: Actor) -> BedHold:
    """They are there: the bed is theirs, and a referral with a yes has started. Twice is once."""
    hold_the_chain()
    hold = _locked_hold(hold, by)
    if hold.status == "arrived":
        return hold
    may_move_hold(hold.status, "arrived").require()
    if hold.referral.status not in YES_STATUSES:
        raise Refused("They have not said yes yet; keep their answer first.")
    if hold.referral.status == "accepted":
        move(hold.referral, "in-progress", by=by)
    else:
        move_hold(hold, "arrived", by=by)
    hold.refresh_from_db()
    return hold


def _locked_hold(hold: BedHold, by: Actor) -> BedHold:
    """The kept bed, after its referral and before anything else; for those of its program, and its own partner."""
    rows = Referral.objects.select_for_update(of=("self",)).select_related("need", "agency", "need__case")
    referral = rows.get(id=hold.referral_id)
    foreign = by.role == "partner" and by.agency_id != referral.agency_id
    if referral.need.case.program_id != by.program_id or foreign:
        raise Refused("This bed is somebody else's to answer for.")
    fresh = BedHold.objects.select_for_update(of=("self",)).get(id=hold.id)
    fresh.referral = referral
    return fresh


@transaction.atomic
def expire_holds(*, by: Actor) -> int:
    """End every kept bed of the program whose time is over; gives how many. Its referral stays and is on the due list."""
    hold_the_chain()
    return _expire(BedHold.objects.filter(beds__agency__program_id=by.program_id), by=by)


def _expire(rows: QuerySet[BedHold], *, by: Actor) -> int:
    over = list(rows.select_for_update(of=("self",)).filter(status="held", expires_at__lte=clock()))
    for hold in over:
        move_hold(hold, "expired", by=by)
    return len(over)


@transaction.atomic
def ask_for_counts(*, by: Actor) -> int:
    """Ask every place whose count is older than twelve hours, once in that time, one message for all its kinds.

    Somebody who asks by hand asks from four hours on. A place that never said anything is asked, too. Gives how many were.
    """
    hold_the_chain()
    new = [Beds(agency_id=agency, kind=kind) for agency, kind in places_with_beds(by)]
    Beds.objects.bulk_create(new, ignore_conflicts=True)
    before = clock() - (STALE if by.user_id is None else FRESH)
    rows = Beds.objects.select_for_update(of=("self",)).select_related("agency")
    old = Q(said_at=None) | Q(said_at__lt=before)
    due = list(rows.filter(old, Q(asked_at=None) | Q(asked_at__lt=before), agency__program_id=by.program_id))
    for agency in {row.agency_id: row.agency for row in due}.values():
        tell(agency, "beds_asked", by=by, link=make_link(agency, by=by).id)
        record("beds_asked", kind="agency", target=agency.id, by=by)
    Beds.objects.filter(id__in=[row.id for row in due]).update(asked_at=clock())
    return len({row.agency_id for row in due})
