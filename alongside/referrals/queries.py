"""Reading needs and referrals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncMonth

from alongside.accounts.models import Agency, AgencyKind, User
from alongside.accounts.roles import may
from alongside.cases.queries import case_for, cases_visible_to
from alongside.common.actor import Actor
from alongside.common.decision import Decision
from alongside.referrals.models import BedHold, Beds, Card, Need, Referral, Ride
from alongside.referrals.rules import (
    OPEN_STATUSES,
    QUIET_AFTER,
    RIDE_OPEN,
    age_of,
    is_late,
    left,
    may_hold,
)
from alongside.services.models import Service
from alongside.services.needs import BED_KINDS

NOBODY = UUID(int=0)


def needs_of(viewer: Actor, case_id: UUID, now: datetime) -> list[Need]:
    """The needs of a case the viewer may see with their referrals, kept beds and rides; police never get any."""
    if viewer.goes_along or case_for(viewer, case_id, now) is None:
        return []
    rows = Need.objects.filter(case_id=case_id).prefetch_related(
        "referrals__service",
        "referrals__agency",
        "referrals__holds",
        Prefetch("rides", Ride.objects.select_related("agency")),
    )
    return list(rows.order_by("noted_at"))


def need_for(viewer: Actor, need_id: UUID, now: datetime) -> Need | None:
    """One need of a case the viewer may see."""
    need = Need.objects.select_related("case", "person").filter(id=need_id).first()
    if need is None or viewer.goes_along or case_for(viewer, need.case_id, now) is None:
        return None
    return need


def referral_for(viewer: Actor, referral_id: UUID, now: datetime) -> Referral | None:
    """One referral: of a visible case for the team, of the own inbox for a partner."""
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    referral = rows.filter(id=referral_id, need__case__program_id=viewer.program_id).first()
    if referral is None or viewer.goes_along:
        return None
    if viewer.role == "partner":
        return referral if referral.agency_id == viewer.agency_id else None
    return referral if case_for(viewer, referral.need.case_id, now) else None


def inbox_for(viewer: Actor) -> list[Referral]:
    """The referrals sent to the viewer's agency that still want an answer or an end, oldest first."""
    if viewer.agency_id is None:
        return []
    rows = Referral.objects.select_related("need", "person", "service").filter(agency_id=viewer.agency_id)
    return list(rows.filter(status__in=OPEN_STATUSES).order_by("made_at")[:100])


# --- the due list: whatever waits for the team -----------------------------------------------------------------------


def of_visible(viewer: Actor, now: datetime, case: str = "need__case_id") -> Exists:
    """Whether a row belongs to a case the viewer sees. Asked row by row, so that the few rows lead and not the many cases."""
    return Exists(cases_visible_to(viewer, now).filter(id=OuterRef(case)))


def came_back_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Referral]:
    """Needs that nobody took, by the last place that could not: the cases the viewer sees, newest first, one line each.

    While another place still waits for the need it has not come back; silence is on `unanswered_for`.
    """
    if viewer.goes_along:
        return []
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    rows = rows.filter(status__in=["rejected", "failed"], need__met_at=None, agency__program_id=viewer.program_id)
    rows = rows.filter(of_visible(viewer, now), changed_at__gt=now - timedelta(days=14))
    same = Referral.objects.filter(need=OuterRef("need")).exclude(id=OuterRef("id"))
    later = Q(changed_at__gt=OuterRef("changed_at")) | Q(changed_at=OuterRef("changed_at"), id__gt=OuterRef("id"))
    rows = rows.exclude(Exists(same.filter(status__in=OPEN_STATUSES, agency__isnull=False)))
    rows = rows.exclude(Exists(same.filter(later, status__in=["rejected", "failed"], agency__isnull=False)))
    return list(rows.order_by("-changed_at")[:limit])


def unanswered_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Referral]:
    """Referrals whose partner has not answered in time, of the cases the viewer sees, oldest first."""
    if viewer.goes_along:
        return []
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    rows = rows.filter(status="requested", answer_due_at__lte=now, need__met_at=None, agency__isnull=False)
    rows = rows.filter(of_visible(viewer, now))
    return list(rows.order_by("answer_due_at")[:limit])


def quiet_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Referral]:
    """Referrals with a yes or on a waiting list of which nothing was heard for long, of the cases the viewer sees."""
    if viewer.goes_along:
        return []
    rows = Referral.objects.select_related("need", "person", "service", "agency")
    waits = (Q(status=status, changed_at__lt=now - after) for status, after in QUIET_AFTER.items())
    rows = rows.filter(reduce(or_, waits), of_visible(viewer, now), need__met_at=None)
    return list(rows.order_by("changed_at")[:limit])


def holds_that_ended_for(viewer: Actor, now: datetime, limit: int = 20) -> list[BedHold]:
    """Beds that were kept and are not any more while the place's yes still stands, of the cases the viewer sees.

    One line for a referral, the last bed; one whose time is over counts before anybody has marked it.
    """
    if viewer.goes_along:
        return []
    rows = BedHold.objects.select_related("referral__need", "referral__person", "referral__agency", "beds")
    rows = rows.filter(referral__status="accepted", referral__need__met_at=None)
    rows = rows.filter(of_visible(viewer, now, "referral__need__case_id"))
    rows = rows.filter(Q(status__in=["expired", "released"]) | Q(status="held", expires_at__lte=now))
    same = BedHold.objects.filter(referral=OuterRef("referral")).exclude(id=OuterRef("id"))
    kept = Q(status="held", expires_at__gt=now)
    rows = rows.exclude(Exists(same.filter(kept | Q(made_at__gt=OuterRef("made_at")))))
    return list(rows.order_by("expires_at")[:limit])


def rides_that_are_late_for(viewer: Actor, now: datetime, limit: int = 20) -> list[Ride]:
    """Rides nobody drives in time, that should be there, or for which nobody was found; of the cases the viewer sees."""
    if viewer.goes_along:
        return []
    rows = _rides().filter(of_visible(viewer, now))
    asked_again = Ride.objects.filter(need=OuterRef("need"), asked_at__gt=OuterRef("asked_at"))
    unserved = Q(status="no_ride", need__met_at=None, changed_at__gt=now - timedelta(days=14))
    rows = rows.filter(Q(status__in=RIDE_OPEN) | Q(unserved, ~Exists(asked_again)))
    late = (row for row in rows if row.status == "no_ride" or is_late(row.status, row.asked_at, row.due_at, now))
    return sorted(late, key=_when)[:limit]


def _when(ride: Ride) -> tuple[bool, datetime]:
    """Soonest deadline first, then those without one, the longest waiting first."""
    return ride.due_at is None, ride.due_at or ride.asked_at


# --- beds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BedLine:
    """One line of the board: whose beds of which kind, how many by which count, and whether one may be kept by it."""

    agency: Agency
    kind: str
    free: int | None
    left: int | None
    said_at: datetime | None
    age: str
    said_by: User | None
    said_how: str
    may_hold: Decision


def board_for(viewer: Actor, now: datetime, kind: str = "") -> list[BedLine]:
    """Every place with beds and what it last said: for the team that arranges all of the program, for a partner its own.

    A place that never said anything is there too, to be asked. Police, and whoever only goes along, get nothing.
    """
    arranges = may(viewer.role, "note_needs")
    if viewer.goes_along or not (arranges or viewer.role == "partner"):
        return []
    agencies = Agency.objects.filter(program_id=viewer.program_id)
    agencies = agencies if arranges else agencies.filter(id=viewer.agency_id or NOBODY)
    by_id = {agency.id: agency for agency in agencies}
    kinds = [code for code in BED_KINDS if kind in ("", code)]
    rows = Beds.objects.filter(agency_id__in=by_id, kind__in=kinds).select_related("said_by")
    said = {(row.agency_id, row.kind): row for row in rows.prefetch_related("holds")}
    places = set(said) | {
        (agency, code) for agency, code in places_with_beds(viewer) if agency in by_id and code in kinds
    }
    lines = [_line(by_id[agency], code, said.get((agency, code)), now) for agency, code in places]
    return sorted(lines, key=lambda line: (kinds.index(line.kind), -(line.left or 0), line.age, line.agency.name))


def places_with_beds(viewer: Actor) -> set[tuple[UUID, str]]:
    """Agency and kind of whoever has beds in the viewer's program by what they are, or by the directory."""
    shelters = Agency.objects.filter(program_id=viewer.program_id, kind=AgencyKind.SHELTER)
    listed = Service.objects.filter(agency__program_id=viewer.program_id, needs__need__in=BED_KINDS, status="active")
    found = listed.values_list("agency_id", "needs__need").distinct()
    return {(agency, "shelter_tonight") for agency in shelters.values_list("id", flat=True)} | set(found)


def _line(agency: Agency, kind: str, beds: Beds | None, now: datetime) -> BedLine:
    free, said_at = (beds.free, beds.said_at) if beds else (None, None)
    remaining = left(free, said_at, beds.holds.all() if beds else (), now)
    age = age_of(said_at, now)
    return BedLine(
        agency, kind, free, remaining, said_at, age, beds.said_by if beds else None, beds.said_how if beds else "",
        may_hold(remaining, age),
    )  # fmt: skip


def holds_for(viewer: Actor, now: datetime) -> list[BedHold]:
    """The beds that are kept now, soonest end first: of the own agency for a partner, of the visible cases for the team."""
    if viewer.goes_along:
        return []
    rows = BedHold.objects.select_related("beds__agency", "referral__need", "referral__person", "referral__agency")
    rows = rows.filter(status="held", beds__agency__program_id=viewer.program_id)
    if viewer.role == "partner":
        rows = rows.filter(beds__agency_id=viewer.agency_id or NOBODY)
    else:
        rows = rows.filter(of_visible(viewer, now, "referral__need__case_id"))
    return list(rows.order_by("expires_at"))


# --- rides -----------------------------------------------------------------------------------------------------------


def _rides() -> QuerySet[Ride]:
    return Ride.objects.select_related("need", "person", "agency", "referral__agency", "referral__need")


def _rides_visible(viewer: Actor, now: datetime) -> QuerySet[Ride]:
    if viewer.goes_along:
        return Ride.objects.none()
    rows = _rides().filter(need__case__program_id=viewer.program_id)
    if viewer.role == "partner":
        return rows.filter(agency_id=viewer.agency_id or NOBODY)
    return rows.filter(of_visible(viewer, now))


def rides_for(viewer: Actor, now: datetime) -> list[Ride]:
    """The rides that have not ended, soonest first: those asked of the own agency, or those of the visible cases."""
    return sorted(_rides_visible(viewer, now).filter(status__in=RIDE_OPEN), key=_when)


def ride_for(viewer: Actor, ride_id: UUID, now: datetime) -> Ride | None:
    """One ride: asked of the own agency for a partner, of a visible case for the team."""
    return _rides_visible(viewer, now).filter(id=ride_id).first()


# --- cards -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardMonth:
    """How many cards were given in a month, and how many of those came back."""

    month: date
    given: int
    came: int


def cards_for(viewer: Actor) -> list[CardMonth]:
    """Cards by the month in which they were given, newest first; a partner sees its own. Counts only, nobody's card."""
    if viewer.goes_along:
        return []
    rows = Card.objects.filter(program_id=viewer.program_id)
    if viewer.role == "partner":
        rows = rows.filter(agency_id=viewer.agency_id or NOBODY)
    months = rows.annotate(month=TruncMonth("given_on")).values("month").order_by("-month")
    counted = months.annotate(given=Count("id"), came=Count("came_on"))
    return [CardMonth(row["month"], row["given"], row["came"]) for row in counted]
