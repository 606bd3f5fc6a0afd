"""Our entry to ../shared/bench/spike.py: counts in, scores out (above 0: an alarm). Only the pure rules are loaded, no Django."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace

import numpy as np

from alongside.signals.budget import calibrated, quiet
from alongside.signals.scan import each_alone, nearest, scan
from alongside.signals.usual import DAYS, usual
from alongside.signals.weekly import surprise

# Where one series stands alone, an alarm is what chance brings to it once in four hundred periods.
ALONE = 2.6
LENGTHS = (1, 2, 3)
A_QUARTER = 4 / 365.25
MONTH = 30  # days that are made up with one level and one season


def read(source: str) -> np.ndarray:
    return np.loadtxt(source, delimiter=",", ndmin=2)


def detect(source: str, target: str, freq: str, first: str, last: str) -> None:
    """Many series, each by itself: weekly ones with season and trend, daily ones by what is usual."""
    counts, (start, end) = read(source), (int(first) - 1, int(last))
    if freq == "52":
        scores = surprise(counts, range(start, end))
    else:
        begin = start - max(LENGTHS)
        places = np.arange(begin, end)
        there = usual(counts, places, [np.arange(counts.shape[1]) % 7], DAYS)
        scores = each_alone(counts[:, places], there.mean, there.spread, (1, 3))[:, start - begin :]
    np.savetxt(target, scores - ALONE, fmt="%.4f", delimiter=",")


def regional(source: str, positions: str, target: str, first: str, last: str) -> None:
    """One map of towns: one score a day, above 0 when the budget of one false alarm a quarter is spent on it."""
    counts, near = read(source), nearest([tuple(row) for row in read(positions)])
    start, end = int(first) - 1, int(last)
    begin = start - max(LENGTHS)
    places = np.arange(begin, end)
    there = usual(counts, places, [np.arange(counts.shape[1]) % 7], DAYS)

    months = itertools.cycle(range(0, end - start, MONTH))

    def look(chance: np.random.Generator) -> np.ndarray:
        first = next(months)
        month = replace(there, mean=there.mean[:, first : first + MONTH + max(LENGTHS)])
        return scan(quiet(month, chance), month.mean, month.spread, near, LENGTHS).surprise[max(LENGTHS) :]

    found = scan(counts[:, places], there.mean, there.spread, near, LENGTHS).surprise[start - begin :]
    np.savetxt(target, (found - calibrated(look, A_QUARTER, len(counts)))[None], fmt="%.4f", delimiter=",")


if __name__ == "__main__":
    {"detect": detect, "regional": regional}[sys.argv[1]](*sys.argv[2:])
