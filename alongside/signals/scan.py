"""Where, and over how long: the least likely count among neighbouring towns and the last few periods.

A space-time scan (Kulldorff 2001, doi 10.1111/1467-985X.00186) over each town with its nearest neighbours. The likelihood
ratio of the Poisson finds the few groups worth a look; of these the tail of the negative binomial decides, since a town
with one event a month would otherwise win by its third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alongside.signals.tails import count_tail

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
SIZES = (1, 2, 3, 4, 6, 8, 12)
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Found:
    """For each place: how unlikely the least likely group is (-log10 of its chance), and which group it is."""

    surprise: Floats
    centre: Whole
    size: Whole
    length: Whole
    count: Floats
    mean: Floats


def nearest(positions: Sequence[tuple[float, float]]) -> Whole:
    """For each town, itself and its nearest others, as many as a group may hold; positions are in degrees or any plane."""
    there = np.asarray(positions, np.float64)
    widths = np.array([1.0, np.cos(np.radians(np.clip(there[:, 0].mean(), -60, 60)))])
    away = (((there[:, None] - there[None]) * widths) ** 2).sum(2)
    order = np.argsort(away, axis=1, kind="stable")
    return order[:, : SIZES[-1]]


def over(counts: Floats, length: int) -> Floats:
    """Sums over the last `length` periods; the first ones are over what there is."""
    upto = np.cumsum(counts, axis=-1)
    sums = upto.copy()
    sums[..., length:] -= upto[..., :-length]
    return sums


def each_alone(counts: Floats, mean: Floats, spread: Floats, lengths: Sequence[int]) -> Floats:
    """For each town by itself and each period, how unlikely (-log10) the least likely of some windows is."""
    best = np.zeros(counts.shape)
    for length in lengths:
        here = over(mean, length)
        chance = count_tail(over(counts, length), here, np.broadcast_to(spread[:, None], here.shape))
        best = np.maximum(best, -np.log10(chance))
    return best


def scan(counts: Floats, mean: Floats, spread: Floats, near: Whole, lengths: Sequence[int]) -> Found:
    """The least likely group of neighbouring towns and last periods at each place; `near` is of `nearest`."""
    sizes = [size for size in SIZES if size <= near.shape[1]]
    last = np.array(sizes) - 1
    grouped = [np.cumsum(part[near], axis=1)[:, last] for part in (counts, mean, mean * spread[:, None])]
    seen, awaited, uneven = (
        np.concatenate([over(part, length).reshape(-1, counts.shape[1]) for length in lengths]) for part in grouped
    )
    awaited = np.maximum(awaited, 1e-9)
    ratio = np.where(seen > awaited, seen * np.log(np.maximum(seen, 1e-9) / awaited) - (seen - awaited), 0)
    looked_at = np.argpartition(-ratio, min(LOOKED_AT, len(ratio)) - 1, axis=0)[:LOOKED_AT]
    at = (looked_at, np.arange(counts.shape[1])[None])
    score = -np.log10(count_tail(seen[at], awaited[at], uneven[at] / awaited[at]))
    winner = score.argmax(0)
    chosen = looked_at[winner, np.arange(counts.shape[1])]
    group, which = np.divmod(chosen % (len(near) * len(sizes)), len(sizes))
    periods = np.array(lengths)[chosen // (len(near) * len(sizes))]
    here = (chosen, np.arange(counts.shape[1]))
    return Found(np.asarray(score.max(0)), group, last[which] + 1, periods, seen[here], awaited[here])
