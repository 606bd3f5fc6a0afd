"""What a look needs of a program's counts, and what the pages show: what is raised, what is quiet, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from alongside.accounts.models import Agency, Town
from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.incidents.queries import moments_for
from alongside.planning.models import TownShape
from alongside.signals.budget import BUDGETS
from alongside.signals.looking import LATE_DAYS, Event, Site
from alongside.signals.models import AlarmBudget, Bar, Heard, Neighbour, Reading, Signal, Subscription
from alongside.signals.rules import RAISED_FOR, band, may_draw, said, years_between
from alongside.signals.tails import count_limit
from alongside.signals.usual import DAYS, usual
from alongside.signals.weekly import MOST_YEARS

CHART_WEEKS = 26
IN_A_HUNDRED_WEEKS = 0.01


@dataclass(frozen=True, slots=True)
class ShownSignal:
    """A signal as it may be read: a small count is None, and `years` says how rare chance makes it (0: under one).

    Whoever sees no case reads `count` “or more” (not `exact`): a running number read twice would tell of one person.
    """

    towns: list[str]
    look: str
    starts_at: datetime
    last_at: datetime
    count: int | None
    exact: bool
    usual: str
    years: int
    raised_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class ShownReading:
    """One town's newest window: `needed` is None when the town is too small for it to be told.

    `count` is None when it is small (`small`), when a small one could be worked out from it, or when it runs and the
    viewer sees no case.
    """

    town: str
    look: str
    starts_at: datetime
    last_at: datetime
    count: int | None
    small: bool
    usual: str
    needed: int | None
    raised: bool

    @property
    def tells(self) -> bool:
        """Whether it says more than that all is quiet."""
        return self.raised or self.needed is not None or self.count is not None


@dataclass(frozen=True, slots=True)
class ShownWeek:
    """All towns together in one week: what was counted, what is usual, and what ninety-nine weeks of a hundred stay under."""

    starts_on: date
    count: int
    usual: int
    limit: int


def site_for(viewer: Actor, now: datetime) -> Site:
    """Everything a look at the viewer's program needs: events by town and moment, nothing of whom they happened to."""
    program = program_of(viewer)
    since = now - timedelta(days=366 * MOST_YEARS + 60)
    events = [Event(*moment) for moment in moments_for(viewer, "overdose", since, now)]
    known = {event.town for event in events}
    towns = Town.objects.filter(program_id=viewer.program_id).order_by("name")
    shapes = TownShape.objects.filter(town__program_id=viewer.program_id)
    return Site(
        tuple(town.id for town in towns if town.served or town.id in known),
        {shape.town_id: (shape.latitude, shape.longitude) for shape in shapes},
        events, program.zone, BUDGETS[budget_for(viewer)],
    )  # fmt: skip


def budget_for(viewer: Actor) -> str:
    """The budget the viewer's program has set, by its code."""
    row = AlarmBudget.objects.filter(program_id=viewer.program_id).first()
    return row.budget if row else "quarter"


def bars_for(viewer: Actor, today: date) -> dict[str, float]:
    """The bars found today for the budget of now; a way of looking that is not in it needs its bar found."""
    rows = Bar.objects.filter(program_id=viewer.program_id, found_on=today, budget=budget_for(viewer))
    return dict(rows.values_list("look", "bar"))


def signals_for(viewer: Actor, now: datetime) -> tuple[list[ShownSignal], list[ShownSignal]]:
    """What is raised now, and what was raised in the year before; the newest first."""
    smallest, exact = program_of(viewer).min_cell, may(viewer.role, "see_case")
    rows = Signal.objects.filter(program_id=viewer.program_id, ends_at__gte=now - timedelta(days=366))
    found = [_shown(row, smallest, now, exact=exact) for row in rows.prefetch_related("towns").order_by("-ends_at", "-raised_at")]
    return [one for one in found if one.is_new], [one for one in found if not one.is_new]


def _shown(row: Signal, smallest: int, now: datetime, *, exact: bool) -> ShownSignal:
    large = row.count if row.count >= smallest else None
    return ShownSignal(
        [town.name for town in row.towns.all()], row.look, row.starts_at, row.ends_at - timedelta(seconds=1),
        large if exact else band(row.count, smallest), exact, said(row.usual), years_between(row.once_in_days),
        row.raised_at, row.ends_at >= now - RAISED_FOR,
    )  # fmt: skip


def readings_for(viewer: Actor) -> list[ShownReading]:
    """The newest windows of every town and of all together; what could give away a small count is not told.

    A town with fewer than `min_cell` events a year tells neither what is usual nor how much would be needed.
    """
    smallest, sees = program_of(viewer).min_cell, may(viewer.role, "see_case")
    shown = []
    rows = list(Reading.objects.filter(program_id=viewer.program_id).select_related("town").order_by("town__name", "look"))
    gives_away = {row.look for row in rows if row.town and row.count < smallest}  # all together less the others
    for row in rows:
        told = sees and row.count >= smallest and (row.town is not None or row.look not in gives_away)
        days = max((row.ends_at - row.starts_at) / timedelta(days=1), 1 / 24)
        large = row.usual / days * 365 >= smallest
        shown.append(
            ShownReading(
                row.town.name if row.town else "", row.look, row.starts_at, row.ends_at - timedelta(seconds=1),
                row.count if told else None, sees and row.count < smallest, said(row.usual) if large else "",
                row.needed if large else None, row.count >= row.needed,
            )
        )  # fmt: skip
    return sorted(shown, key=lambda one: (one.town != "", one.town, one.look))


def looked_at(viewer: Actor) -> datetime | None:
    """When the program's counts were looked at last."""
    return Reading.objects.filter(program_id=viewer.program_id).order_by("-read_at").values_list("read_at", flat=True).first()


def weeks_for(viewer: Actor, now: datetime) -> list[ShownWeek]:
    """Half a year of all towns together by whole weeks, up to when late reports are in; nothing where any week is small.

    One that is hidden could be worked out from the month.
    """
    program = program_of(viewer)
    zone = ZoneInfo(program.zone)
    since = now - timedelta(days=DAYS.level + DAYS.left_out + LATE_DAYS + 7 * (CHART_WEEKS + 1))
    days = [moment[1].astimezone(zone).date() for moment in moments_for(viewer, "overdose", since, now)]
    today = now.astimezone(zone).date()
    end = today - timedelta(days=today.weekday() + LATE_DAYS)
    start = end - timedelta(weeks=CHART_WEEKS)
    if not days or (start - min(days)).days < 60:
        return []
    first = min(days)
    counts = np.bincount([(day - first).days for day in days if day < end], minlength=(end - first).days)[None].astype(float)
    places = np.arange((start - first).days, (end - first).days)
    weekdays = np.array([(first + timedelta(days=place)).weekday() for place in range(counts.shape[1])])
    there = usual(counts, places, [weekdays], DAYS)
    seen, mean = (part.reshape(CHART_WEEKS, 7).sum(1) for part in (counts[0, places], there.mean[0]))
    limits = count_limit(IN_A_HUNDRED_WEEKS, mean, np.full(CHART_WEEKS, there.spread[0]))
    if not may_draw(seen.astype(int).tolist(), program.min_cell):
        return []
    return [
        ShownWeek(start + timedelta(weeks=place), int(seen[place]), round(float(mean[place])), int(limits[place]))
        for place in range(CHART_WEEKS)
    ]


def subscriptions_for(viewer: Actor, *, everybody: bool) -> list[Subscription]:
    """Who is told: the viewer, or everybody of the program with the desks."""
    rows = Subscription.objects.filter(program_id=viewer.program_id).select_related("user", "agency", "town")
    own = rows.filter(user__isnull=False, user=viewer.user_id)
    return list((rows if everybody else own).order_by("agency__name", "since_at"))


def told_of(viewer: Actor, towns: Iterable[UUID] | None) -> list[Subscription]:
    """Whom a signal of some towns (empty: of all together) is told, each once; never anybody who enforces the law.

    None: a signal of a neighbouring program, for those who asked for what is raised anywhere.
    """
    rows = Subscription.objects.filter(program_id=viewer.program_id).select_related("user__agency", "agency")
    wanted, whom = set(towns or ()), dict[tuple[UUID | None, UUID | None], Subscription]()
    for row in rows.order_by("since_at"):
        if row.town_id is None or (towns is not None and (not wanted or row.town_id in wanted)):
            whom.setdefault((row.user_id, row.agency_id), row)
    return [row for row in whom.values() if _may_be_told(row)]


def _may_be_told(row: Subscription) -> bool:
    """As it is now: somebody may have left, or have gone to the police, since they asked."""
    agency = row.user.agency if row.user else row.agency
    here = row.user is None or (row.user.is_active and may(row.user.role, "see_signals"))
    return here and agency is not None and agency.kind not in POLICE_CLASSES


def neighbours_for(viewer: Actor) -> list[Neighbour]:
    """Which programs are told of what is raised here, and which tell theirs; offers that wait are among them."""
    return list(Neighbour.objects.filter(program_id=viewer.program_id).order_by("other_name", "tells"))


def heard_for(viewer: Actor, now: datetime) -> list[Heard]:
    """What neighbouring programs told in the last week, the newest first."""
    return list(Heard.objects.filter(program_id=viewer.program_id, ends_at__gte=now - RAISED_FOR).order_by("-ends_at"))


def desks_for(viewer: Actor) -> list[Agency]:
    """The agencies whose desk may be told: none that enforces the law."""
    rows = Agency.objects.filter(program_id=viewer.program_id).exclude(kind__in=POLICE_CLASSES)
    return list(rows.order_by("name"))
