"""Weeks judged with season and trend: how unlikely the last week, or the last two together, would be by chance alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alongside.signals.farrington import Expected, Plan, expect
from alongside.signals.tails import count_tail

Floats = NDArray[np.float64]
MOST_YEARS, LEAST_YEARS = 9, 2
# An outbreak that began in the last weeks must not teach what is usual; two months are enough for one to be seen.
LEFT_OUT = 10


def plan_for(weeks: int) -> Plan | None:
    """The longest past that so many weeks allow, up to nine years; None below two years."""
    plan = Plan(left_out=LEFT_OUT)
    years = min(MOST_YEARS, (weeks - plan.beside) // plan.year)
    return replace(plan, years=years) if years >= LEAST_YEARS else None


def surprise(counts: Floats, places: Sequence[int]) -> Floats:
    """How unlikely (-log10) the counts at some places in order are, by rows; of the week, or of it and the one before.

    Each is judged by its own past alone; the uncertainty of the mean is part of the variance. Raises `ValueError` below
    two years.
    """
    found: list[Expected] = []
    for place in places:
        plan = plan_for(place)
        if plan is None:
            raise ValueError(f"{LEAST_YEARS} years of weeks are needed.")
        found.append(expect(counts, place, plan, start=found[-1].fitted_slope if found else None))
    mean = np.stack([one.mean for one in found], axis=1)
    spread = np.stack([one.spread + one.error**2 * one.mean for one in found], axis=1)
    before = mean * np.exp(-np.stack([one.slope for one in found], axis=1))
    week = counts[:, list(places)]
    two = week + counts[:, [place - 1 for place in places]]
    chance = np.minimum(count_tail(week, mean, spread), count_tail(two, mean + before, spread))
    return np.asarray(-np.log10(chance))
