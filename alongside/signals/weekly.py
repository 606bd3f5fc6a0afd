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


def usual_week(counts: Floats, place: int) -> tuple[Floats, Floats]:
    """The mean of a week by rows, and its variance as a multiple of the mean, the uncertainty of the mean included."""
    plan = plan_for(place)
    if plan is None:
        raise ValueError(f"{LEAST_YEARS} years of weeks are needed.")
    return _with_doubt(expect(counts, place, plan), plan)


def _with_doubt(there: Expected, plan: Plan) -> tuple[Floats, Floats]:
    """A time of the year in which nothing ever happened is not one in which nothing can: half an event is added to it."""
    mean = np.maximum(there.mean, 0.5 / (plan.years * (2 * plan.beside + 1)))
    return mean, there.spread + np.minimum(there.error, 1) ** 2 * mean


def surprise(counts: Floats, places: Sequence[int]) -> Floats:
    """How unlikely (-log10) the counts at some places in order are, by rows; of the week, or of it and the one before.

    Each is judged by its own past alone. Raises `ValueError` below two years.
    """
    found: list[tuple[Floats, Floats, Floats]] = []
    slopes = None
    for place in places:
        plan = plan_for(place)
        if plan is None:
            raise ValueError(f"{LEAST_YEARS} years of weeks are needed.")
        there = expect(counts, place, plan, start=slopes)
        slopes = there.fitted_slope
        mean, spread = _with_doubt(there, plan)
        found.append((mean, spread, mean * np.exp(-there.slope)))
    mean, spread, before = (np.stack(part, axis=1) for part in zip(*found, strict=True))
    week = counts[:, list(places)]
    two = week + counts[:, [place - 1 for place in places]]
    chance = np.minimum(count_tail(week, mean, spread), count_tail(two, mean + before, spread))
    return np.asarray(-np.log10(chance))
