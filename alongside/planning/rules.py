"""What a day's order is made of: why a visit comes sooner, when it may be, and what an order that keeps every promise is.

Everything is counted in whole minutes from the start of the shift. What decides is only what can be said aloud at the door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

VISIT_MINUTES = 25
SHIFT_MINUTES = 4 * 60
ROUND_MINUTES = 15  # a shift begins on the quarter hour, so that an order asked for twice is the same one
WATCHED_HOURS = 72  # a clock that has longer to run moves nobody up
MOST_LATE_HOURS = 72
FIRST_HOURS = 48  # nobody was there yet: as if it were due two days sooner
PROMISED = 10_000  # more than all other visits of a day together

REASONS = {
    "promised": "promised for today",
    "first": "nobody was there yet",
    "late": "past due",
    "today": "due within 24 hours",
    "soon": "due within three days",
}
LEFT_OUT = {
    "window": "The promised time is not within this shift.",
    "shift": "The shift is too short for everybody; others come first.",
}
FEWEST_CALLS = 20  # the middle of a town, from fewer calls than these, would be a place where somebody lives


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit to fit in: between which minutes it may begin, how long it takes, and what it weighs against others."""

    id: str
    window: tuple[int, int]
    minutes: int = VISIT_MINUTES
    prize: int = 1


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a day before it is put in order. `window` is what was promised for today; `place` is opened already.

    It lives as long as the question, and is kept nowhere.
    """

    case: str
    due_at: datetime
    first: bool
    window: tuple[datetime, datetime] | None = None
    town_id: UUID | None = None
    place: str = ""
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """The visits, most urgent first, the minutes from each place to each (place 0 is where teams start), and the shift."""

    matrix: tuple[tuple[int, ...], ...]
    stops: tuple[Stop, ...]
    teams: int = 1
    horizon: int = SHIFT_MINUTES


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is visited in which order by each team, when each visit begins, who is left out, and what to know about it."""

    routes: tuple[tuple[str, ...], ...]
    arrive: Mapping[str, int]
    left_out: tuple[str, ...]
    remark: str = ""


def shift_start(now: datetime) -> datetime:
    """The next quarter of an hour."""
    past = timedelta(minutes=now.minute % ROUND_MINUTES, seconds=now.second, microseconds=now.microsecond)
    return now - past + timedelta(minutes=ROUND_MINUTES) if past else now


def prize(due_at: datetime, now: datetime, *, first: bool, promised: bool) -> int:
    """What a visit weighs, in hours: how near its clock is, how long it is past due, and what was promised."""
    left = (due_at - now) / timedelta(hours=1)
    hours = min(max(WATCHED_HOURS - left, 0), WATCHED_HOURS + MOST_LATE_HOURS)
    return 1 + round(hours) + FIRST_HOURS * first + PROMISED * promised


def reasons(due_at: datetime, now: datetime, *, first: bool, promised: bool) -> list[str]:
    """The same as codes of `REASONS`, the weightiest first."""
    left = due_at - now
    clock = "late" if left <= timedelta() else "today" if left <= timedelta(hours=24) else "soon"
    found = ["promised"] * promised + ["first"] * first
    return found + [clock] * (left <= timedelta(hours=WATCHED_HOURS))


def window_of(
    promised: tuple[datetime, datetime] | None, start: datetime, horizon: int = SHIFT_MINUTES
) -> tuple[int, int]:
    """Between which minutes of the shift a visit may begin; one that is promised for another time has an empty window."""
    if promised is None:
        return 0, horizon
    first, last = ((moment - start) / timedelta(minutes=1) for moment in promised)
    return max(0, -int(-first // 1)), min(horizon, int(last // 1))


def promise_of(day: date, first: time | None, last: time | None, zone: str) -> tuple[datetime, datetime] | None:
    """The promised hours of a day as moments; one end alone leaves the other open, none promises no hour."""
    if first is None and last is None:
        return None
    ends = (first or time.min, last or time(23, 59))
    return tuple(datetime.combine(day, end, tzinfo=ZoneInfo(zone)) for end in ends)  # type: ignore[return-value]  # two


def begins(problem: Problem, route: Sequence[int]) -> list[int] | None:
    """When each visit of a route begins; None when a window or the end of the shift would be broken."""
    at, here, minute = [], 0, 0
    for place in route:
        stop = problem.stops[place - 1]
        minute = max(minute + problem.matrix[here][place], stop.window[0])
        if minute > stop.window[1]:
            return None
        at.append(minute)
        minute += stop.minutes
        here = place
    return at if minute + problem.matrix[here][0] <= problem.horizon else None


def driven(problem: Problem, route: Sequence[int]) -> int:
    """The minutes on the road, back to the start included."""
    places = [0, *route, 0]
    return sum(problem.matrix[here][there] for here, there in zip(places, places[1:], strict=False))


def worth(problem: Problem, routes: Sequence[Sequence[int]]) -> tuple[int, int]:
    """What an order is compared by: the visits it fits in by their weight, then the fewest minutes on the road."""
    return (
        sum(problem.stops[place - 1].prize for route in routes for place in route),
        -sum(driven(problem, route) for route in routes),
    )


def by_weight(problem: Problem) -> list[list[int]]:
    """The plain order: the weightiest visit first, each put where it costs the fewest minutes."""
    routes: list[list[int]] = [[] for _ in range(problem.teams)]
    weights = [stop.prize for stop in problem.stops]
    for place in sorted(range(1, len(weights) + 1), key=lambda place: (-weights[place - 1], place)):
        fits = [
            (driven(problem, longer) - driven(problem, route), number, longer)
            for number, route in enumerate(routes)
            for at in range(len(route) + 1)
            if begins(problem, longer := [*route[:at], place, *route[at:]]) is not None
        ]
        if fits:
            _, number, longer = min(fits)
            routes[number] = longer
    return routes


def urgent_first(problem: Problem, route: Sequence[int]) -> list[int]:
    """The same visits, the more urgent of two neighbors first wherever that costs no minute more on the road."""
    best, again = list(route), True
    while again:
        again = False
        for at in range(len(best) - 1):
            other = [*best[:at], best[at + 1], best[at], *best[at + 2 :]]
            if best[at + 1] < best[at] and driven(problem, other) <= driven(problem, best) and begins(problem, other):
                best, again = other, True
    return best


def plan_of(problem: Problem, routes: Sequence[Sequence[int]], remark: str = "") -> Plan:
    """An order in the words of its visits."""
    names = [stop.id for stop in problem.stops]
    arrive = {
        names[place - 1]: minute
        for route in routes
        for place, minute in zip(route, begins(problem, route) or (), strict=True)
    }
    left_out = tuple(name for name in names if name not in arrive)
    return Plan(tuple(tuple(names[place - 1] for place in route) for route in routes), arrive, left_out, remark)


def why_left_out(stop: Stop) -> str:
    """Why a visit is not in the order, as a code of `LEFT_OUT`."""
    return "window" if stop.window[0] > stop.window[1] else "shift"


def middle_of(points: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """The middle of a town from where its calls were, each as latitude and longitude; None from fewer than twenty."""
    if len(points) < FEWEST_CALLS:
        return None
    return round(median(point[0] for point in points), 4), round(median(point[1] for point in points), 4)
