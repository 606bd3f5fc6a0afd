"""What waits for an answer: of one case as its page shows it, and of everybody as the due list's lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.consent import firewall
from alongside.consent.firewall import Opened
from alongside.messaging.queries import undelivered_for
from alongside.referrals.links import code_of
from alongside.referrals.models import BedHold, Need, Referral, Ride
from alongside.referrals.queries import (
    came_back_for,
    holds_that_ended_for,
    needs_of,
    of_visible,
    quiet_for,
    rides_that_are_late_for,
    unanswered_for,
)
from alongside.referrals.rules import RIDE_OPEN, is_late, keeps_a_bed, may_move_ride
from alongside.services.needs import BED_KINDS as STAYS

SHOWN_FOR = timedelta(hours=24)
# The next word of a ride, as whoever tells us would say it.
RIDE_STEPS = ("dispatched", "picked_up", "arrived", "no_ride", "called_off")


@dataclass(frozen=True, slots=True)
class Asked:
    """One partner that was asked: what it learned, until when we wait, the bed it keeps, and the code to read out."""

    referral: Referral
    late: bool
    code: str = ""
    hold: BedHold | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still wants an answer."""
        return self.referral.status in ("requested", "on-hold")

    @property
    def keeps_a_bed(self) -> bool:
        """Whether its yes means that a bed is kept."""
        return keeps_a_bed(self.referral.need.code)

    @property
    def said_yes(self) -> bool:
        """Whether it takes the person."""
        return self.referral.status in ("accepted", "in-progress", "completed")


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """One ride, the steps that may come next, and whether somebody should look."""

    ride: Ride
    late: bool
    steps: list[tuple[str, str]]
    code: str = ""
    pick_up: Opened = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need with everybody who was asked for it and its rides; the yes first."""

    need: Need
    asked: list[Asked] = field(default_factory=list)
    rides: list[OnTheWay] = field(default_factory=list)

    @property
    def yes(self) -> Asked | None:
        """Who takes the person, if anybody does."""
        return next((one for one in self.asked if one.said_yes), None)

    @property
    def others(self) -> list[Asked]:
        """Everybody else who was asked."""
        return [one for one in self.asked if not one.said_yes]

    @property
    def wants_a_ride(self) -> bool:
        """Whether somebody may want to be driven there and no ride is asked for."""
        return self.need.code in (*STAYS, "ride") and not self.rides


def asked_of(viewer: Actor, case: Case, now: datetime) -> list[Wanted]:
    """The needs of a case that are open or were just met, with what was asked for them; police never get any."""
    needs = [need for need in needs_of(viewer, case.id, now) if need.met_at is None or now - need.met_at < SHOWN_FOR]
    prefetch_related_objects(needs, "referrals__links", "rides__links")
    places = _pick_ups(viewer, needs, now)
    wanted = (_wanted(need, places, now) for need in reversed(needs))
    return sorted(wanted, key=lambda one: not (one.asked or one.rides))


def _pick_ups(viewer: Actor, needs: list[Need], now: datetime) -> dict[UUID, Opened]:
    """Where the rides that are not over pick up, for whoever rings the driver; opened once for the whole page."""
    rides = [ride for need in needs for ride in need.rides.all() if ride.status in RIDE_OPEN and ride.pick_up]
    if not rides:
        return {}
    purpose = "coordination" if viewer.role == "coordinator" else "coach_followup"
    plain = firewall.open(viewer, purpose, *(ride.pick_up for ride in rides), now=now)
    return {ride.id: value for ride, value in zip(rides, plain, strict=True)}


def _wanted(need: Need, places: dict[UUID, Opened], now: datetime) -> Wanted:
    asked = [_asked(referral, now) for referral in need.referrals.all()]
    rides = [_on_the_way(ride, places.get(ride.id, ""), now) for ride in need.rides.all() if ride.status != "called_off"]
    return Wanted(need, asked, rides)


def _asked(referral: Referral, now: datetime) -> Asked:
    hold = next((hold for hold in referral.holds.all() if hold.status in ("held", "arrived", "expired")), None)
    link = next((link for link in referral.links.all() if link.expires_at > now), None)
    due = referral.answer_due_at
    late = referral.status == "requested" and due is not None and due <= now
    return Asked(referral, late, code_of(link) if link else "", hold)


def _on_the_way(ride: Ride, pick_up: Opened, now: datetime) -> OnTheWay:
    steps = [(to, _(RIDE_WORDS[to])) for to in RIDE_STEPS if may_move_ride(ride.status, to, is_partner=False)]
    link = next((link for link in ride.links.all() if link.expires_at > now), None)
    late = is_late(ride.status, ride.asked_at, ride.due_at, now)
    return OnTheWay(ride, late, steps, code_of(link) if link else "", pick_up)


RIDE_WORDS = {
    "dispatched": "They are on the way", "picked_up": "Picked up", "arrived": "Arrived", "no_ride": "No ride was found",
    "called_off": "Call it off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueLine:
    """One line of the due list about something that was asked for; it leads to the case."""

    kind: str
    need: Need
    code: str
    who: str
    at: datetime

    @property
    def case_id(self) -> UUID:
        """The case it leads to."""
        return self.need.case_id


def lines_for(viewer: Actor, now: datetime, limit: int = 20) -> list[DueLine]:
    """What came back, or did not, about the cases the viewer may see: the most pressing kind first."""
    if viewer.goes_along:
        return []
    came = Referral.objects.select_related("need", "person", "agency").filter(
        of_visible(viewer, now), need__met_at=None, agency__isnull=False, status="accepted", changed_at__gt=now - SHOWN_FOR
    )
    silent = unanswered_for(viewer, now, limit)
    late = rides_that_are_late_for(viewer, now, limit)
    ended = holds_that_ended_for(viewer, now, limit)
    quiet = quiet_for(viewer, now, limit)
    over = {row.referral_id for row in ended}
    return [
        *(DueLine("ride_late", row.need, row.person.code, str(row.agency or ""), row.due_at or row.asked_at) for row in late),
        *(DueLine("hold_ended", row.referral.need, row.referral.person.code, str(row.referral.agency), row.expires_at)
          for row in ended),
        *(_line("no_answer", row, row.answer_due_at or row.made_at) for row in silent),
        *(_line("came_back", row, row.changed_at) for row in came_back_for(viewer, now, limit)),
        *(_line("quiet", row, row.changed_at) for row in quiet),
        *(_line("answer_came", row, row.changed_at) for row in came.order_by("changed_at")[:limit]
          if row.id not in over),
    ]  # fmt: skip


def undelivered(viewer: Actor) -> int:
    """How many desks were not reached by a message, so that somebody has to telephone."""
    return undelivered_for(viewer).count()


def _line(kind: str, row: Referral, at: datetime) -> DueLine:
    return DueLine(kind, row.need, row.person.code, str(row.agency or row.service), at)
