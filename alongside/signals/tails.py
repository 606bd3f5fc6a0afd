"""Tails and quantiles of counts and of the distributions that bounds are made with; numpy alone, by rows.

The negative binomial is given by its mean and its spread (variance / mean); a spread of 1 or less is the Poisson.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_NORMAL = NormalDist()
def normal_limit(share: float) -> float:
    """The quantile of the standard normal distribution with a share above it."""
    return _NORMAL.inv_cdf(1 - share)


def student_limit(share: float, free: int) -> float:
    """What |t| exceeds with a probability, for more than a few degrees of freedom (Cornish-Fisher; 1e-7 from 60 on)."""
    if share >= 1:
        return -1.0  # every slope counts, also one of exactly 0
    z = normal_limit(share / 2)
    series = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / free ** (power + 1) for power, term in enumerate(series)))


def count_tail(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """The probability of at least `count` events, by element; to 1e-14, below which nothing is told apart."""
    given = np.asarray(count, np.float64).ravel()
    _number, below = _climb(mean, spread, lambda number, which, _upto: number >= given[which])
    return np.clip(1 - below, 1e-14, 1).reshape(np.shape(count))


def count_limit(share: float, mean: Floats, spread: Floats) -> Floats:
    """The smallest count that is exceeded with a probability of at most `share`, by element."""
    enough = 1 - share - 1e-14
    number, _below = _climb(mean, spread, lambda _number, _which, upto: upto >= enough)
    return number.reshape(np.shape(mean))


def _climb(
    mean: Floats, spread: Floats, over: Callable[[int, Whole, Floats], NDArray[np.bool_]]
) -> tuple[Floats, Floats]:
    """For each element the first number at which `over(number, elements, chance of at most it)` holds; and the chance of less."""
    mean, more = np.asarray(mean, np.float64).ravel(), np.maximum(np.asarray(spread, np.float64).ravel() - 1, 0)
    found, less = np.zeros(mean.size), np.zeros(mean.size)
    which = np.arange(mean.size)
    # Of nothing at all: spread ** (-mean / (spread - 1)), which is exp(-mean) for the Poisson.
    log_chance = -mean * np.where(more > 1e-9, np.log1p(more) / np.where(more > 1e-9, more, 1), 1)
    below, number = np.zeros(mean.size), 0
    with np.errstate(divide="ignore"):
        while which.size:
            upto = below + np.exp(log_chance)
            ended = over(number, which, upto)
            if ended.any():
                found[which[ended]], less[which[ended]] = number, below[ended]
                on = ~ended
                which, mean, more, log_chance, upto = which[on], mean[on], more[on], log_chance[on], upto[on]
            # A negative binomial's chances follow from each other by a ratio, and so do the Poisson's.
            log_chance = log_chance + np.log((number * more + mean) / ((number + 1) * (1 + more)))
            below, number = upto, number + 1
    return found, less
