"""What hours and days usually bring to each town: its own level, the rhythm of the day and the week, the season lately.

A town with one event a week says little about its own rhythm and season, so these are taken from all towns together and
a town's own part grows with its counts (an empirical Bayes estimate: a gamma prior, worth so many events).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
# What is believed before anything is seen, in events: of a rhythm, of a season, of how uneven counts are.
RHYTHM_WORTH, SEASON_WORTH, SPREAD_WORTH = 30.0, 30.0, 200.0
LEAST_SPREAD, MOST_SPREAD = 1.05, 8.0
# How far the season of all towns moves in a month, on the log: .00 to .06 in the registers of two states once chance is
# taken off (`docs/measured.md`); and what a straight line misses.
MONTHS_MOVE, BEND = 0.05, 0.04


@dataclass(frozen=True, slots=True)
class Past:
    """How much of the past is asked, in periods: for the level, for the season, and what is left out just before."""

    level: int
    lately: int
    left_out: int


DAYS = Past(level=365, lately=56, left_out=7)
HOURS = Past(level=365 * 24, lately=56 * 24, left_out=7 * 24)


@dataclass(frozen=True, slots=True)
class Usual:
    """The mean of each town (row) at each place, its variance as a multiple of the mean, and how many events it is worth.

    A mean is as sure as if it had been counted in so many events: its own year and its own last weeks are both uncertain.
    `drift` is how far (as a share) the season of all towns together may be from what was learnt of it.
    """

    mean: Floats
    spread: Floats
    learnt_from: Floats
    drift: float


def usual(counts: Floats, places: Whole, rhythms: Sequence[Whole], past: Past, total: Floats | None = None) -> Usual:
    """What is usual at some places, each from what lies `left_out` and more before it.

    `counts` are towns by periods; each of `rhythms` says for every period which hour of the day, or day of the week, it is.
    `total` is all towns together, where that is not the sum of the rows.
    """
    ends = places - past.left_out
    if ends.min(initial=1) < 1:
        raise ValueError(f"At least {past.left_out + 1} earlier periods are needed.")
    total = counts.sum(0) if total is None else total
    upto = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    asked, lately = np.minimum(ends, past.level), np.minimum(ends, past.lately)
    seen = upto[:, ends] - upto[:, ends - asked]
    level = (seen + 0.5) / asked
    rhythm = np.ones(len(places))
    before = np.arange(ends[0] - asked[0], ends[0])
    rhythm_before = np.ones(len(before))
    for labels in rhythms:
        rhythm = rhythm * _rhythm(total, labels, places, ends, asked)
        rhythm_before = rhythm_before * _rhythm(total, labels, before, ends[:1], asked[:1])
    spread = _spread(counts[:, before], level[:, :1] * rhythm_before)
    uneven = float(np.average(spread, weights=level[:, 0]))
    then, now, drift = _season(_sums(total), ends, asked, lately, places - ends, uneven)
    recent = upto[:, ends] - upto[:, ends - lately]
    season = now * (recent + SEASON_WORTH) / (level * lately * then + SEASON_WORTH)
    last = recent[:, -1]
    own = 1 - last / max(float(total[ends[-1] - lately[-1] : ends[-1]].sum()), 1.0)  # the rest moves with all towns: `drift`
    doubt = 1 / (seen[:, -1] + 0.5) + np.maximum(own, 0) * last / (last + SEASON_WORTH) ** 2
    return Usual(level * season * rhythm, spread, 1 / doubt, drift)


def _season(
    upto: Floats, ends: Whole, asked: Whole, lately: Whole, ahead: Whole, uneven: float
) -> tuple[Floats, Floats, float]:
    """How the last weeks of all towns together stand to the year; the same `ahead` periods later; how unsure that is.

    A straight line from the earlier half of these weeks to the later one carries it, as far as it can be told from chance.
    """
    half = np.maximum(lately // 2, 1)
    late, early = upto[ends] - upto[ends - half], upto[ends - half] - upto[np.maximum(ends - 2 * half, 0)]
    steps = (ahead + lately / 2) / half
    unsure = uneven * (1 / (late + 0.5) + 1 / (early + 0.5))
    believed = MONTHS_MOVE**2 / (MONTHS_MOVE**2 + unsure)
    recent = late + early + SEASON_WORTH
    then = recent / ((upto[ends] - upto[ends - asked]) / asked * lately + SEASON_WORTH)
    now = then * np.exp(steps * believed * np.log((late + 0.5) / (early + 0.5)))
    drift = np.sqrt(steps**2 * believed * unsure + BEND**2 + uneven / recent)
    return then, now, float(drift[-1])


def _rhythm(total: Floats, labels: Whole, places: Whole, ends: Whole, asked: Whole) -> Floats:
    """How the hour or weekday of each place stands to the others, over all towns in the `asked` periods before `ends`."""
    ends, asked = np.broadcast_to(ends, places.shape), np.broadcast_to(asked, places.shape)
    all_events, found = _sums(total), np.ones(len(places))
    for label in np.unique(labels[places]):
        here, of_label = labels == label, labels[places] == label
        events, periods = _sums(np.where(here, total, 0)), _sums(here.astype(np.float64))
        end, start = ends[of_label], (ends - asked)[of_label]
        fair = (all_events[end] - all_events[start]) * (periods[end] - periods[start]) / (end - start)
        found[of_label] = (events[end] - events[start] + RHYTHM_WORTH) / (fair + RHYTHM_WORTH)
    return found


def _sums(part: Floats) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(part)])


def _spread(seen: Floats, mean: Floats) -> Floats:
    """How uneven the counts are around what is usual, all towns together and each town's own part."""
    squares, events = ((seen - mean) ** 2).sum(1), mean.sum(1)
    together = squares.sum() / max(events.sum(), 1e-9)
    own = (squares + SPREAD_WORTH * together) / (events + SPREAD_WORTH)
    return np.clip(own, LEAST_SPREAD, MOST_SPREAD)
