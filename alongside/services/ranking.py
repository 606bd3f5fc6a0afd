"""The order in which services are shown, as plain values: what one asked for, the place, room, hours, who answers, how fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from alongside.services.needs import TONIGHT

EARTH_KM = 6371.0
# Near enough to go there now; near enough for a ride. A place that is not known (a phone line) counts like the second.
NEAR_KM, RIDE_KM = 5.0, 25.0
# A confirmation older than this says little, and no longer moves a service up.
FRESH = timedelta(days=90)
_OPEN = {"now": 0, "tonight": 1, "unknown": 2, "closed": 3}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the place of one service in the list."""

    name: str
    not_said: int = 0
    in_town: bool = False
    km: float | None = None
    open: str = "unknown"
    has_room: bool = False
    answers_here: bool = False
    easy_to_start: int = 0
    confirmed_ago: timedelta | None = None


def order(line: Standing, need: str, *, place_asked: bool) -> tuple[object, ...]:
    """The key to sort by: what was asked for is said, near, has room, open, answers here, easy to start, fresh, then km, name."""
    open_rank = _OPEN[line.open]
    if need in TONIGHT and line.open == "tonight":
        open_rank = 0
    fresh = line.confirmed_ago is not None and line.confirmed_ago <= FRESH
    return (
        line.not_said,
        _band(line) if place_asked else 0,
        not line.has_room,
        open_rank,
        not line.answers_here,
        -line.easy_to_start,
        not fresh,
        line.km if place_asked and line.km is not None else RIDE_KM,
        line.name.casefold(),
    )


def kilometers(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The distance of two points (latitude, longitude) as the crow flies, by the haversine formula."""
    (first_lat, first_lon), (last_lat, last_lon) = ((radians(value) for value in pair) for pair in (here, there))
    half = sin((last_lat - first_lat) / 2) ** 2 + cos(first_lat) * cos(last_lat) * sin((last_lon - first_lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _band(line: Standing) -> int:
    if line.in_town or (line.km is not None and line.km <= NEAR_KM):
        return 0
    return 1 if line.km is None or line.km <= RIDE_KM else 2
