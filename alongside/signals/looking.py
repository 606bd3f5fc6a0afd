"""One look at a program's counts: by the hour, by the day among neighbours, by the week. Plain values in, plain values out.

What was reported late is awaited: what is usual is multiplied by the share that is in by now, as this program's own reports
came in, and the last days are looked at again where a report of them came in. The bar pays for that second look.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from alongside.signals.budget import calibrated, once_in_days, quiet, rate_of
from alongside.signals.scan import Found, nearest, over, scan
from alongside.signals.tails import count_limit
from alongside.signals.usual import DAYS, HOURS, Past, Usual, usual
from alongside.signals.weekly import LEAST_YEARS, surprise, usual_week

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
# Windows in periods; how many last periods are judged; how many are made up at once for the bar.
HOUR_WINDOWS, DAY_WINDOWS = (6, 24), (1, 2, 3)
JUDGED = {"hours": 24, "days": 7, "weeks": 2}
# Two months teach what is usual; a season takes two years and the weeks that are judged.
LEAST_DAYS = {"hours": 60, "days": 60, "weeks": (LEAST_YEARS * 52 + 3 + 4) * 7}
LATE_DAYS, LATE_KNOWN_FROM = 14, 20
# A town with fewer events in all its weeks has no season that could be told.
LEAST_IN_WEEKS = 20
AT_ONE_PLACE = 3
# How old the middle of the shortest window is when it is looked at first; where less than this share is in by then, a second
# look sees something else than the first.
FIRST_HOURS, ALL_IN = {"hours": 3.0, "days": 12.0}, 0.98
# One event alone is never raised, however quiet it was before.
LEAST_COUNT = 2


@dataclass(frozen=True, slots=True)
class Event:
    """When and in which town something happened, whether the hour is known, and when it was entered."""

    town: UUID | None
    occurred_at: datetime
    time_known: bool
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """What a program brings: its towns, where they lie as far as that is known, its events, its zone and its budget."""

    towns: tuple[UUID, ...]
    positions: Mapping[UUID, tuple[float, float]]
    events: Sequence[Event]
    zone: str
    budget: float


@dataclass(frozen=True, slots=True)
class Finding:
    """More than chance brings: in some towns (none: in all together), from when to when, how many instead of how many.

    `above` says how far above the bar it is, in tenfold steps of rareness; `once_in_days` how rare chance makes it.
    """

    look: str
    towns: frozenset[UUID]
    starts_at: datetime
    ends_at: datetime
    count: int
    usual: float
    above: float
    once_in_days: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest window of one town (None: of all together): what was seen, what is usual, and what would have been raised."""

    look: str
    town: UUID | None
    starts_at: datetime
    ends_at: datetime
    count: int
    usual: float
    needed: int


@dataclass(slots=True)
class Looked:
    """What a look gave. `waits` says of a way of looking how many days of counts are still missing."""

    findings: list[Finding] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    bars: dict[str, float] = field(default_factory=dict)
    waits: dict[str, int] = field(default_factory=dict)

    @property
    def ways(self) -> list[str]:
        """The ways of looking that have past enough; they share the budget."""
        return [way for way in JUDGED if way not in self.waits]


def look(site: Site, now: datetime, bars: Mapping[str, float], since: datetime | None = None) -> Looked:
    """Look in all three ways; a bar that is not given is found first, which takes longer.

    What was looked at `since` then is looked at again only where a report of it was entered after that.
    """
    known = (now - min((event.occurred_at for event in site.events), default=now)).days
    looked = Looked(waits={way: days - known for way, days in LEAST_DAYS.items() if known < days})
    late = lateness(site.events, now)
    if "days" not in looked.waits:
        _look_at(_hours(site, now, since), site, late, bars, looked)
        _look_at(_days(site, now, since), site, late, bars, looked)
    if "weeks" not in looked.waits:
        _look_at_weeks(site, now, looked)
    return looked


# --- late reports ---------------------------------------------------------------------------------------------------


def lateness(events: Sequence[Event], now: datetime) -> Floats:
    """How many hours late the reports of the last months came in, sorted; what took longer than two weeks is an import."""
    limit = timedelta(days=LATE_DAYS)
    recent = [event for event in events if now - 180 * DAY < event.occurred_at < now - limit]
    hours = [max((event.entered_at - event.occurred_at) / HOUR, 0) for event in recent]
    return np.sort(np.array([late for late in hours if late <= LATE_DAYS * 24]))


def share_in(late: Floats, hours: float) -> float:
    """The share of reports that are in after some hours, by one standard error too many; all where too few are known to say."""
    if len(late) < LATE_KNOWN_FROM:
        return 1.0
    share = float(np.searchsorted(late, hours, side="right")) / len(late)
    return min(max(share + math.sqrt(share * (1 - share) / len(late)), 0.05), 1.0)


# --- hours and days -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Counts:
    """Towns, and all together in the last row, by periods up to the last complete one; `starts` has one more.

    `fresh` says where a report was entered since the last look.
    """

    look: str
    counts: Floats
    fresh: Floats
    rhythms: Sequence[Whole]
    starts: Sequence[datetime]
    past: Past
    windows: tuple[int, ...]
    a_day: int
    now: datetime


def _counted(site: Site, places: Sequence[int], wanted: Iterable[bool], length: int) -> Floats:
    row = {town: place for place, town in enumerate(site.towns)}
    counts = np.zeros((len(site.towns) + 1, length))
    for event, place, want in zip(site.events, places, wanted, strict=True):
        if want and 0 <= place < length:
            counts[-1, place] += 1
            if event.town in row:
                counts[row[event.town], place] += 1
    return counts


def _fresh(site: Site, since: datetime | None) -> list[bool]:
    """An hour more than since the last look: what was being entered during it."""
    return [since is None or event.entered_at > since - HOUR for event in site.events]


def _hours(site: Site, now: datetime, since: datetime | None) -> _Counts:
    last = now.replace(minute=0, second=0, microsecond=0)
    oldest = min(event.occurred_at for event in site.events)
    length = min(int((last - oldest) / HOUR), HOURS.level + HOURS.left_out + 24 * (JUDGED["days"] + 2))
    first = last - length * HOUR
    starts = [first + place * HOUR for place in range(length + 1)]
    zone = ZoneInfo(site.zone)
    local = [start.astimezone(zone) for start in starts[:-1]]
    rhythms = [np.array([start.hour for start in local]), np.array([start.weekday() for start in local])]
    places = [math.floor((event.occurred_at - first) / HOUR) for event in site.events]
    known = [event.time_known for event in site.events]
    counts = _counted(site, places, known, length)
    fresh = _counted(site, places, [both == (True, True) for both in zip(known, _fresh(site, since), strict=True)], length)
    return _Counts("hours", counts, fresh, rhythms, starts, HOURS, HOUR_WINDOWS, 24, now)


def _days(site: Site, now: datetime, since: datetime | None) -> _Counts:
    zone = ZoneInfo(site.zone)
    today = now.astimezone(zone).date()
    on = [event.occurred_at.astimezone(zone).date() for event in site.events]
    length = min((today - min(on)).days, DAYS.level + DAYS.left_out + 60)
    first = today - length * DAY
    starts = [_midnight(first + place * DAY, zone) for place in range(length + 1)]
    weekdays = np.array([(first + place * DAY).weekday() for place in range(length)])
    places = [(day - first).days for day in on]
    counts, fresh = (_counted(site, places, wanted, length) for wanted in ([True] * len(on), _fresh(site, since)))
    return _Counts("days", counts, fresh, [weekdays], starts, DAYS, DAY_WINDOWS, 1, now)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _View:
    """The last periods of a way of looking: what is usual, how much of it is awaited by now, who is looked at with whom."""

    of: _Counts
    towns: tuple[UUID, ...]
    places: Whole
    there: Usual
    awaited: Floats
    groups: Sequence[tuple[Whole, Whole]]
    rate: float
    first: float  # the share of reports that is in at the first look

    def best(self, counts: Floats, mean: Floats) -> list[Found]:
        """The least likely group of each kind at each place."""
        spread = self.there.spread
        return [scan(counts[rows], mean[rows], spread[rows], near, self.of.windows) for rows, near in self.groups]

    def quietly(self, chance: np.random.Generator) -> Floats:
        """The largest surprise of each of some made-up days on which nothing happens, at the first look and at the last."""
        made, found = quiet(self.there, chance), []
        for share in (1.0, self.first) if self.first < ALL_IN else (1.0,):
            seen = made if share == 1.0 else chance.binomial(made.astype(int), share).astype(np.float64)
            found += [one.surprise for one in self.best(seen, self.there.mean * share)]
        surprise_of = np.maximum.reduce(found)[max(self.of.windows) :]
        return np.asarray(surprise_of.reshape(-1, self.of.a_day).max(1))

    def findings(self, bar: float) -> Iterator[Finding]:
        """The least likely groups above the bar; what was found is taken out before the next is looked for."""
        left = self.of.counts[:, self.places].copy()
        last = range(len(self.places) - JUDGED[self.of.look], len(self.places))
        for _again in range(AT_ONE_PLACE):
            above = [
                (one, place, rows[near[one.centre[place], : one.size[place]]])
                for (rows, near), one in zip(self.groups, self.best(left, self.awaited), strict=True)
                for place in last
                if one.surprise[place] > bar and one.count[place] >= LEAST_COUNT
            ]
            for one, place, here in above:
                if self._is_new(one, place, here):
                    yield self._finding(one, place, here, bar)
                left[here, place] = 0
            if not above:
                return

    def _is_new(self, one: Found, place: int, here: Whole) -> bool:
        """Whether the last look cannot have seen it so: the newest window, or a report came in since."""
        end = int(self.places[place]) + 1
        return place == len(self.places) - 1 or bool(self.of.fresh[here, end - int(one.length[place]) : end].any())

    def _finding(self, one: Found, place: int, here: Whole, bar: float) -> Finding:
        end = int(self.places[place]) + 1
        starts, length, above = self.of.starts, int(one.length[place]), float(one.surprise[place]) - bar
        return Finding(
            self.of.look, frozenset(self.towns[row] for row in here if row < len(self.towns)), starts[end - length],
            starts[end], int(one.count[place]), float(one.mean[place]), above, once_in_days(self.rate, 1.0, above),
        )  # fmt: skip

    def readings(self, bar: float) -> Iterator[Reading]:
        """The newest window of each town, and of all together."""
        window, end = max(self.of.windows), int(self.places[-1]) + 1
        seen = over(self.of.counts[:, self.places], window)[:, -1]
        awaited = over(self.awaited, window)[:, -1]
        needed = np.maximum(count_limit(10**-bar, awaited, self.there.spread) + 1, LEAST_COUNT)
        starts, ends = self.of.starts[end - window], self.of.starts[end]
        for town, *numbers in zip((*self.towns, None), seen, awaited, needed, strict=True):
            yield Reading(self.of.look, town, starts, ends, int(numbers[0]), float(numbers[1]), int(numbers[2]))


def _look_at(of: _Counts, site: Site, late: Floats, bars: Mapping[str, float], looked: Looked) -> None:
    made = 7 * of.a_day if of.look == "hours" else 28
    places = np.arange(of.counts.shape[1] - made - max(of.windows), of.counts.shape[1])
    there = usual(of.counts, places, of.rhythms, of.past, of.counts[-1])
    ages = [(of.now - (of.starts[place] + (of.starts[place + 1] - of.starts[place]) / 2)) / HOUR for place in places]
    awaited = there.mean * np.array([share_in(late, age) for age in ages])
    rate = rate_of(site.budget, of.look, looked.ways, 1.0)
    first = share_in(late, FIRST_HOURS[of.look])
    view = _View(of, site.towns, places, there, awaited, _groups(site, of.look), rate, first)
    bar = bars.get(of.look) or calibrated(view.quietly, rate, len(of.counts))
    looked.bars[of.look] = bar
    looked.findings += view.findings(bar)
    looked.readings += view.readings(bar)


def _groups(site: Site, way: str) -> list[tuple[Whole, Whole]]:
    """Which rows are looked at together: neighbours by the day, where it is known who they are; and each row by itself."""
    lies = [place for place, town in enumerate(site.towns) if town in site.positions] if way == "days" else []
    alone = [place for place in range(len(site.towns) + 1) if place not in lies]
    groups = [(np.array(alone), np.arange(len(alone))[:, None])]
    if lies:
        groups.append((np.array(lies), nearest([site.positions[site.towns[place]] for place in lies])))
    return groups


# --- weeks ----------------------------------------------------------------------------------------------------------


def _look_at_weeks(site: Site, now: datetime, looked: Looked) -> None:
    zone = ZoneInfo(site.zone)
    on = [event.occurred_at.astimezone(zone).date().toordinal() for event in site.events]
    this_week = (now.astimezone(zone).date().toordinal() - 1) // 7
    first = (min(on) - 1) // 7 + 1  # the first week that is whole
    counts = _counted(site, [(day - 1) // 7 - first for day in on], [True] * len(on), max(this_week - first, 0))
    length = counts.shape[1]
    rows = np.flatnonzero(counts.sum(1) >= LEAST_IN_WEEKS)
    if not len(rows):
        return
    # Two windows for each row, at most: no calibration is needed where the sum of all chances is within the budget.
    rate = rate_of(site.budget, "weeks", looked.ways, 7.0)
    bar = looked.bars["weeks"] = -math.log10(rate / (2 * len(rows)))
    places = list(range(length - JUDGED["weeks"], length))
    surprises = surprise(counts[rows], places)
    for place, column in zip(places, surprises.T, strict=True):
        mean, spread = usual_week(counts[rows], place)
        starts, ends = (_midnight(date.fromordinal((first + place + step) * 7 + 1), zone) for step in (0, 1))
        needed = np.maximum(count_limit(10**-bar, mean, spread) + 1, LEAST_COUNT)
        for at, row in enumerate(rows):
            town = site.towns[row] if row < len(site.towns) else None
            seen, awaited = int(counts[row, place]), float(mean[at])
            if column[at] > bar and seen >= LEAST_COUNT:
                towns = frozenset([town] if town else [])
                above = float(column[at]) - bar
                rare = once_in_days(rate, 7.0, above)
                looked.findings.append(Finding("weeks", towns, starts, ends, seen, awaited, above, rare))
            if place == places[-1]:
                looked.readings.append(Reading("weeks", town, starts, ends, seen, awaited, int(needed[at])))
