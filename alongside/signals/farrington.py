"""What a week would be like without anything happening: season and trend of the same weeks in earlier years.

Farrington flexible, after Noufaily and others 2013 (doi 10.1002/sim.5595): a quasi-Poisson regression on a trend and the
parts of the year, past outbreaks weighted down by their Anscombe residuals, the weeks just before left out. The upper
bounds are those of `farringtonFlexible` of R's package surveillance with `thresholdMethod="nbPlugin"`, wherever both keep
or both drop the trend (R judges a trend by the weights of past outbreaks alone, this by the weights of the regression).

With one level for each part of the year and one slope, the slope alone has to be searched for: the levels follow from it.
So thousands of series are fitted at once, in a hundredth of the time of a general fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from alongside.signals.tails import student_limit

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
STEPS = 30
# A step in the slope that is none: a relative difference of 3e-8 in a mean.
STILL = 1e-10
# Where all events lie at one end the likelihood has no summit; such a slope is no trend.
STEEPEST = 0.05
# A power of the trend is a product of two: one for each so many periods, one for those between.
STRIDE = 24
# So many series at once, whose numbers stay in the processor's own memory.
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of the past is asked, in periods; `year` periods make a year. `trend_below` is the p of a trend that counts."""

    year: int = 52
    years: int = 5
    beside: int = 3
    parts: int = 10
    left_out: int = 26
    outlier: float = 2.58
    trend_below: float = 0.05


@dataclass(frozen=True, slots=True)
class Expected:
    """For each series: the mean of the judged period, the variance as a multiple of the mean, the slope by period.

    `error` is the standard error of the logarithm of the mean; `fitted_slope` the slope also where it did not count.
    """

    mean: Floats
    spread: Floats
    slope: Floats
    error: Floats
    fitted_slope: Floats


def anniversaries(day: date, years: int) -> tuple[int, ...]:
    """How many weeks back the same week of each earlier year lies: the one whose day is nearest to the same date."""
    found = []
    for year in range(1, years + 1):
        try:
            same = day.replace(year=day.year - year)
        except ValueError:  # 29 February
            same = date(day.year - year, 3, 1)
        found.append(round((day - same).days / 7))
    return tuple(found)


def parts_of(plan: Plan, middles: Sequence[int] = ()) -> tuple[Whole, Whole]:
    """Which earlier periods are asked (as steps back, the farthest first) and the part of the year of each, from 0.

    The last part is the time around the judged period and around the same time of each earlier year (`middles`, as
    steps back); what lies between is cut into parts of equal length, the longer ones first.
    """
    middles = middles or [year * plan.year for year in range(1, plan.years + 1)]
    part = np.zeros(middles[-1] + plan.beside + 1, np.int64)  # by steps back; 0: not asked
    part[: plan.beside + 1] = plan.parts
    for younger, older in pairwise((0, *middles)):
        part[older - plan.beside : older + plan.beside + 1] = plan.parts
        if plan.parts > 1:
            between = older - younger - 2 * plan.beside - 1
            short, longer = divmod(between, plan.parts - 1)
            lengths = [short + (place < longer) for place in range(plan.parts - 1)]
            numbers = np.repeat(np.arange(1, plan.parts), lengths)  # from the older year towards the younger one
            part[older - plan.beside - between : older - plan.beside] = numbers[::-1]
    part[: plan.left_out + 1] = 0
    back = np.flatnonzero(part)[::-1]
    return back, part[back] - 1


def expect(
    counts: Floats, place: int, plan: Plan, middles: Sequence[int] = (), start: Floats | None = None
) -> Expected:
    """What each row of counts would show at a place, from its past alone; raises `ValueError` where there is too little.

    `middles` are the steps back to the same time of earlier years where they are not whole years of `plan.year` periods.
    `start` are slopes near the answer, such as the period before's: they save time and change nothing.
    """
    slopes = np.zeros(len(counts)) if start is None else start
    back, part = parts_of(plan, middles)
    if place < back[0] - plan.beside:
        raise ValueError(f"{back[0] - plan.beside} earlier periods are needed.")
    back, part = back[back <= place], part[back <= place]
    past = np.ascontiguousarray(counts[:, place - back], np.float64)
    blocks = [slice(at, at + AT_ONCE) for at in range(0, len(past), AT_ONCE)]
    return _together([_expect(past[block], back, part, plan, slopes[block]) for block in blocks])


def _expect(past: Floats, back: Whole, part: Whole, plan: Plan, start: Floats) -> Expected:
    model = _Model(past, back, part, plan)
    slope = model.reweighted(start, trend=True)
    kept = model.keeps_trend(slope)
    found = model.answer(slope)
    if not kept.all():
        flat = _Model(past[~kept], back, part, plan)
        without = flat.answer(flat.reweighted(np.zeros(len(flat.past)), trend=False))
        for name in ("mean", "spread", "slope", "error"):
            getattr(found, name)[~kept] = getattr(without, name)
    return found


def _together(some: Sequence[Expected]) -> Expected:
    return Expected(
        *(np.concatenate([getattr(one, name) for one in some]) for name in ("mean", "spread", "slope", "error", "fitted_slope"))
    )


class _Model:
    """log mean = level of the part + slope x time, by rows; time is counted from the judged period, so it is 0 there."""

    def __init__(self, past: Floats, back: Whole, part: Whole, plan: Plan) -> None:
        self.past, self.part, self.plan = past, part, plan
        self.time = -back.astype(np.float64)
        is_of = (part[:, None] == np.arange(plan.parts)).astype(np.float64)
        self.sums_of = np.hstack([is_of, is_of * self.time[:, None], is_of * self.time[:, None] ** 2])
        self.weights = np.ones_like(past)
        self.shape, self.room = np.empty_like(past), np.empty_like(past)
        self.asked = back[0] - back  # counted from the oldest
        self.coarse = np.arange(0, back[0] + 1, STRIDE) - float(back[0])
        self.grid = np.empty((len(past), len(self.coarse), STRIDE))
        self.trend = True

    def reweighted(self, start: Floats, *, trend: bool) -> Floats:
        """The slopes after a fit and one more, in which past outbreaks weigh less."""
        self.trend = trend
        slope = self._fit(start)
        self._weigh_down()
        return self._fit(slope)

    def _fit(self, slope: Floats) -> Floats:
        """Newton on the slope alone; for a given slope the best levels are plain ratios."""
        seen = np.multiply(self.weights, self.past, out=self.room)
        by_part, towards = seen @ self.sums_of[:, : self.plan.parts], seen @ self.time
        for _step in range(STEPS):
            total, first, second = self._moments(slope)
            middle = first / total
            bend = (by_part * (second / total - middle**2)).sum(1)
            step = (towards - (by_part * middle).sum(1)) / np.maximum(bend, 1e-300)
            moved = np.clip(slope + np.where(bend > 0, step, 0), -STEEPEST, STEEPEST)
            if not self.trend or np.abs(moved - slope).max(initial=0) < STILL:
                break
            slope = moved
        self.levels, self.total, self.middle, self.bend = by_part / total, by_part, middle, np.maximum(bend, 1e-300)
        self.fitted = np.multiply(np.take(self.levels, self.part, axis=1), self.shape, out=self.shape)
        self._measure()
        return slope

    def _moments(self, slope: Floats) -> tuple[Floats, Floats, Floats]:
        """The sums over each part of the shape of the trend, weighted, and its first two moments in time."""
        coarse, fine = np.exp(slope[:, None] * self.coarse), np.exp(slope[:, None] * np.arange(STRIDE))
        np.multiply(coarse[:, :, None], fine[:, None, :], out=self.grid)
        np.take(self.grid.reshape(len(slope), -1), self.asked, axis=1, out=self.shape, mode="clip")
        sums = np.multiply(self.shape, self.weights, out=self.room) @ self.sums_of
        parts = self.plan.parts
        return sums[:, :parts], sums[:, parts : 2 * parts], sums[:, 2 * parts :]

    def _measure(self) -> None:
        """The spread, by Pearson's residuals; a part where nothing ever happened adds nothing."""
        squares = np.subtract(self.past, self.fitted, out=self.room)
        np.multiply(squares, squares, out=squares)
        squares *= self.weights
        squares /= np.maximum(self.fitted, 1e-300)
        self.free = self.past.shape[1] - self.plan.parts - self.trend
        self.raw_spread = squares.sum(1) / self.free

    def _weigh_down(self) -> None:
        """Anscombe residuals above the limit weigh by their inverse square; all weights together stay the number of periods.

        Such a residual is never above Pearson's, so only places with a large one are looked at.
        """
        limit = (self.plan.outlier / 3) ** 2 * self.spread[:, None] * self.fitted
        above = np.subtract(self.past, self.fitted, out=self.room)
        row, place = np.nonzero((above > 0) & (above * above > limit))
        seen, fitted, part = self.past[row, place], self.fitted[row, place], self.part[place]
        share = 1 / np.maximum(self.total[row, part], 1e-300)
        if self.trend:
            share = share + (self.time[place] - self.middle[row, part]) ** 2 / self.bend[row]
        left = np.maximum(self.spread[row] * (1 - fitted * share), 1e-12)
        residual = 1.5 * (np.cbrt(seen * seen) / fitted ** (1 / 6) - np.sqrt(fitted)) / np.sqrt(left)
        far = residual > self.plan.outlier
        self.weights[row[far], place[far]] = residual[far] ** -2.0
        self.weights *= self.weights.shape[1] / self.weights.sum(1, keepdims=True)

    @property
    def spread(self) -> Floats:
        return np.asarray(np.maximum(self.raw_spread, 1))

    def keeps_trend(self, slope: Floats) -> NDArray[np.bool_]:
        """A trend counts when it is significant, three years are there and it does not predict more than was ever seen."""
        if self.plan.years < 3:
            return np.zeros(len(slope), np.bool_)
        size = np.abs(slope) / np.sqrt(np.maximum(self.raw_spread, 1e-300) / self.bend)
        significant = size > student_limit(self.plan.trend_below, self.free)
        return np.asarray(significant & (self.levels[:, -1] <= self.past.max(1)) & (np.abs(slope) < STEEPEST))

    def answer(self, slope: Floats) -> Expected:
        """The judged period itself, which lies in the last part at time 0."""
        total = np.maximum(self.total[:, -1], 1e-300)
        variance = 1 / total + (self.middle[:, -1] ** 2 / self.bend if self.trend else 0)
        return Expected(self.levels[:, -1], self.spread, slope, np.sqrt(self.spread * variance), slope.copy())
