"""What if there were another team, longer shifts, another order: a year simulated over a site's own past weeks.

A what-if, not a forecast. Past weeks are drawn again as they were, event by event with its reasons; teams go out at their
hour, take who stands first in the queue, and find somebody or nobody by chance. Sources: repeat overdose 14.9 % in a
year, 29 % of them within 30 days (Suffoletto & Zeigler 2020); the share of the first two days as of deaths, .25 of 1.1 %
in 30 days (Weiner 2020); five months in treatment (Larochelle 2018); a recent overdose weighs 1.95 (Caudarella 2016).
Assumed: how often a visit finds somebody, unless the site's own visits say it; other reasons weigh as their hours do.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from statistics import median

from alongside.cases.rules import CONTACT_HOURS, days_fresher

WEEK = 7.0
WEEKS, WARM_UP = 52, 4
YEARS = 40  # simulated; the lowest and the highest are left out of a range, so that it holds 38 of 40
CLOSED_AFTER_DAYS = 30.0
RETRY_DAYS = 2.0
FEWEST = 20
REACHED = 0.40
LATER_VISITS = (1.0, 0.75, 0.625, 0.5)
# Days since the event, and the share of people with another overdose by then.
REPEATS = ((0.0, 0.0), (2.0, 0.149 * 0.29 * 0.25 / 1.1), (30.0, 0.149 * 0.29), (365.0, 0.149))
IN_TREATMENT_DAYS = 150.0
WEIGHT_OF_24_HOURS = 1.95


@dataclass(frozen=True, slots=True)
class Arrival:
    """One past event: days from a Monday's midnight, days until it was known, and the hours that its reasons count."""

    at: float
    delay: float = 0.0
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What is tried: teams, shifts of so many hours from an hour of the day, days a week, minutes a visit, and the rules.

    `clock_hours` is what “in time” means, `tries` after how many visits in vain nobody goes any more.
    """

    teams: int = 1
    shift_hours: float = 4.0
    days: int = 5
    minutes: int = 40
    policy: str = "index"
    clock_hours: int = CONTACT_HOURS
    tries: int = 3
    reached: float = REACHED
    begins_hour: int = 13

    @property
    def visits_a_shift(self) -> int:
        """How many visits fit into one shift of one team."""
        return int(self.shift_hours * 60 // self.minutes)


@dataclass(frozen=True, slots=True)
class Year:
    """Shares from 0 to 1 of one simulated year; `wait` in days to the first visit, never visited as the days until closing.

    `plain_in_time` and `plain_wait` are of those for whom no reason speaks: whom an order by reasons makes wait.
    """

    averted: float
    in_time: float
    reached: float
    wait: float
    plain_in_time: float
    plain_wait: float


@dataclass(slots=True)
class _Waiting:
    at: float
    known: float
    lead: int
    luck: tuple[float, ...]
    vain: int = 0
    first: float | None = None
    met: float | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """The middle of the simulated years, and between which values 38 of 40 lay."""

    middle: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Of a difference: whether nearly all years agree on its direction."""
        return self.low > 0 or self.high < 0


def repeats_by(days: float) -> float:
    """The share of people with another overdose by so many days after an event, straight between the published points."""
    for (left, low), (right, high) in zip(REPEATS, REPEATS[1:], strict=False):
        if days <= right or right == REPEATS[-1][0]:
            return low + (high - low) * (days - left) / (right - left)
    return 0.0


def weight(lead: int) -> float:
    """How much an event weighs against one without a reason."""
    return float(WEIGHT_OF_24_HOURS ** (lead / 24))


def averted_at(age: float) -> float:
    """What reaching somebody so many days after the event can avert, as a share of reaching them at once."""
    now, then = repeats_by(age), repeats_by(age + IN_TREATMENT_DAYS)
    return (then - now) / repeats_by(IN_TREATMENT_DAYS)


def years(arrivals: Sequence[Arrival], weeks: int, settings: Sequence[Setting], count: int = YEARS) -> list[list[Year]]:
    """For each setting its simulated years, from past weeks drawn anew; year n has the same events and luck in all of them."""
    by_week: list[list[Arrival]] = [[] for _ in range(weeks)]
    for one in arrivals:
        by_week[min(int(one.at // WEEK), weeks - 1)].append(one)
    found: list[list[Year]] = [[] for _ in settings]
    for seed in range(count):
        drawn = _draw(by_week, random.Random(seed))  # noqa: S311  # nosec B311: the luck of a door is no secret
        for setting, kept in zip(settings, found, strict=True):
            kept.append(_year(drawn, setting))
    return found


def range_of(values: Sequence[float]) -> Range:
    """The median and the range without the outermost fortieth on each side."""
    ordered = sorted(values)
    cut = len(ordered) // YEARS
    return Range(median(ordered), ordered[cut], ordered[-1 - cut])


def ranges_of(found: Sequence[Year]) -> Mapping[str, Range]:
    """Each measure of simulated years as a range."""
    return {name: range_of([getattr(year, name) for year in found]) for name in Year.__dataclass_fields__}


def differences(found: Sequence[Year], before: Sequence[Year]) -> Mapping[str, Range]:
    """What changes, year by year over the same events and the same luck."""
    pairs = list(zip(found, before, strict=True))
    return {
        name: range_of([getattr(new, name) - getattr(old, name) for new, old in pairs])
        for name in Year.__dataclass_fields__
    }


def _draw(by_week: Sequence[Sequence[Arrival]], chance: random.Random) -> list[tuple[float, Arrival, tuple[float, ...]]]:
    """The events of a year with its run-up: when, as what, and the luck of each visit."""
    luck = chance.random
    return [
        (week * WEEK + one.at % WEEK, one, (luck(), luck(), luck(), luck(), luck()))
        for week in range(WARM_UP + WEEKS)
        for one in chance.choice(by_week)
    ]


def _year(drawn: Sequence[tuple[float, Arrival, tuple[float, ...]]], setting: Setting) -> Year:
    people = [_Waiting(at, at + one.delay, one.lead, luck) for at, one, luck in drawn]
    coming = [(one.known, number) for number, one in enumerate(people)]
    heapify(coming)
    line: list[tuple[float, int]] = []
    for week in range(WARM_UP + WEEKS + 5):  # five more weeks: whoever came last has the same thirty days
        for day in range(setting.days):
            begins = week * WEEK + day + setting.begins_hour / 24
            while coming and coming[0][0] <= begins:
                number = heappop(coming)[1]
                heappush(line, (_key(people[number], setting.policy), number))
            _shift(people, line, coming, setting, begins)
    counted = [one for one in people if WARM_UP * WEEK <= one.at < (WARM_UP + WEEKS) * WEEK]
    return _measures(counted, setting)


def _key(one: _Waiting, policy: str) -> float:
    """As `cases.rules.order_key` for those of whom nobody was met: the least stands first."""
    if policy == "deadline":
        return one.known if one.vain else one.at + (CONTACT_HOURS - one.lead) / 24
    return -(one.at + days_fresher(one.lead, one.vain))


def _shift(people: Sequence[_Waiting], line: list[tuple[float, int]], coming: list[tuple[float, int]], setting: Setting,
           begins: float) -> None:  # fmt: skip
    """All teams take who stands first, one visit after the other; who was not found comes again two days later."""
    for visit in range(setting.visits_a_shift):
        at = begins + visit * setting.minutes / 24 / 60
        for _ in range(setting.teams):
            number = _next(people, line, begins)
            if number is None:
                return
            one = people[number]
            one.first = at if one.first is None else one.first
            if one.luck[one.vain] < setting.reached * LATER_VISITS[min(one.vain, len(LATER_VISITS) - 1)]:
                one.met = at
                continue
            one.vain += 1
            if one.vain < min(setting.tries, len(one.luck)):
                one.known = begins + RETRY_DAYS
                heappush(coming, (one.known, number))


def _next(people: Sequence[_Waiting], line: list[tuple[float, int]], at: float) -> int | None:
    while line:
        number = heappop(line)[1]
        if at - people[number].at <= CLOSED_AFTER_DAYS:
            return number
    return None


def _measures(people: Sequence[_Waiting], setting: Setting) -> Year:
    if not people:
        return Year(0, 0, 0, 0, 0, 0)
    best = sum(weight(one.lead) for one in people)
    averted = sum(weight(one.lead) * averted_at(one.met - one.at) for one in people if one.met is not None)
    plain = [one for one in people if not one.lead] or people
    clock = setting.clock_hours / 24
    return Year(
        averted / best, _in_time(people, clock), sum(one.met is not None for one in people) / len(people),
        _wait(people), _in_time(plain, clock), _wait(plain),
    )  # fmt: skip


def _in_time(people: Sequence[_Waiting], clock: float) -> float:
    return sum(one.first is not None and one.first - one.at <= clock for one in people) / len(people)


def _wait(people: Sequence[_Waiting]) -> float:
    return median(CLOSED_AFTER_DAYS if one.first is None else one.first - one.at for one in people)
