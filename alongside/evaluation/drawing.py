"""Where to draw a result: its range on a scale of factors, and its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log2
from typing import NamedTuple

from alongside.common.axis import ticks_of
from alongside.evaluation.rules import Effect, Series

LEAST, MOST = 0.25, 4.0
MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Range:
    """A range of factors from 1/4 to 4, in percent of the width; it is cut where it goes beyond."""

    x: float
    low: float
    width: float
    beyond: bool


class Month(NamedTuple):
    """One month: counted, expected, from and to; and where it is drawn."""

    month: date
    counted: int
    expected: int
    low: int
    high: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Months:
    """What was counted as dots, what is expected as a line, its range since the start as a band; in percent of the picture."""

    months: Sequence[Month]
    line: str
    band: str
    start: float
    ticks: Sequence[tuple[int, float]]
    labels: Sequence[tuple[date, float]]


def range_of(effect: Effect) -> Range:
    """Where a result lies on the scale."""
    low, x, high = (round(50 + 25 * log2(min(max(one, LEAST), MOST)), 1) for one in (effect.low, effect.factor, effect.high))
    return Range(x, low, round(high - low, 1), effect.low < LEAST or effect.high > MOST)


def months_of(series: Series, effect: Effect, start: date) -> Months:
    """The drawing of months; a range that goes far beyond what was counted is cut at twice as much."""
    most = 2 * max(max(series.counts), *(middle for middle, _low, _high in effect.expected))
    most = min(most, max(max(series.counts), *(high for _middle, _low, high in effect.expected)))
    sides, place, step = ticks_of(most), series.place_of(start), 100 / max(1, len(series.counts) - 1)

    def across(month: float) -> float:
        return round(month * step, 2)

    def up(number: float) -> float:
        return round(100 - 100 * min(number, sides[-1]) / sides[-1], 2)

    months = [
        Month(month, counted, round(middle), round(low), round(high), across(number), up(counted))
        for number, (month, counted, (middle, low, high)) in enumerate(
            zip(series.months, series.counts, effect.expected, strict=True)
        )
    ]  # fmt: skip
    line = "M" + " L".join(f"{across(number)} {up(one[0])}" for number, one in enumerate(effect.expected))
    since = list(enumerate(effect.expected))[place:]
    edge = [f"{across(number)} {up(one[2])}" for number, one in since]
    edge += [f"{across(number)} {up(one[1])}" for number, one in reversed(since)]
    januaries = [(month, across(number)) for number, month in enumerate(series.months) if month.month == 1]
    labels = januaries[:: max(1, -(-len(januaries) // MOST_TICKS))]
    return Months(months, line, "M" + " L".join(edge) + "Z", across(place - 0.5), [(tick, up(tick)) for tick in sides], labels)
