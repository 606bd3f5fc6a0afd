"""One budget of false alarms, turned into the bar that each look has to pass.

The bar is found by making up quiet periods from what is usual and looking at them exactly as at real ones, so many towns,
neighbours, windows and the small whole numbers of small towns are all paid for. What is usual is itself uncertain, more so
in a small town; every made-up year has a level of its own, as likely as what was seen allows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from alongside.signals.usual import Usual

Floats = NDArray[np.float64]
QUARTER_DAYS, MOST_DAYS = 365.25 / 4, 36525.0
# False alarms a quarter that a site may choose, for everything together.
BUDGETS = {"year": 0.25, "half": 0.5, "quarter": 1.0, "month": 3.0}
# Of one false alarm each way of looking has its share, among those that can look.
SHARES = {"hours": 0.25, "days": 0.5, "weeks": 0.25}
LEAST_ALARMS, MOST_ALARMS, MADE_UP = 32, 400, 0.01
"""So many false alarms are made up for a bar: its true rate is within a fifth or so of the budget."""
TOWN_ALARMS = 1_000  # few towns are quickly made up, so more of them: for a single one within a twentieth


def rate_of(budget: float, way: str, ways: Collection[str], period_days: float) -> float:
    """The share of quiet periods in which a way of looking may be wrong; `budget` is in false alarms a quarter.

    What cannot look yet, for want of a past, leaves its share to the `ways` that can.
    """
    return budget * SHARES[way] / sum(SHARES[one] for one in ways) * period_days / QUARTER_DAYS


def once_in_days(rate: float, period_days: float, above: float) -> float:
    """How many days lie between two such findings when nothing happens: at the bar what the budget says, then tenfold a step."""
    return float(min(period_days / rate * 10 ** min(above, 8), MOST_DAYS))


def quiet(there: Usual, chance: np.random.Generator) -> Floats:
    """Made-up counts of the shape of what is usual in which nothing happens; the levels and the season are drawn once."""
    level = _near_one(1 / there.drift**2, chance) * _near_one(np.maximum(there.learnt_from, 0.5), chance)
    awaited = there.mean * level[:, None]
    more = np.maximum(there.spread[:, None] - 1, 1e-6)
    made: Floats = chance.poisson(chance.gamma(np.maximum(awaited / more, 1e-9)) * more).astype(np.float64)
    return made


def _near_one(events: Floats | float, chance: np.random.Generator) -> Floats:
    """Factors as sure as if counted in so many events."""
    return np.asarray(chance.gamma(events) / events)


def bar(scores: Floats, rate: float) -> float:
    """The score that the next quiet period exceeds with a chance of at most `rate`, by one standard error on the safe side."""
    awaited = (len(scores) + 1) * rate
    return float(np.sort(scores)[-max(int(awaited - awaited**0.5), 1)])


def calibrated(look: Callable[[np.random.Generator], Floats], rate: float, towns: int = 1, seed: int = 1) -> float:
    """The bar for a way of looking at some towns: `look` makes up quiet periods and gives the surprise of each, as -log10 of
    a chance.

    What is rarer than `MADE_UP` is not waited for: a chance ten times smaller is ten times rarer, so the bar lies one higher.
    """
    chance, scores, seen = np.random.default_rng(seed), np.zeros(0), max(rate, MADE_UP)
    alarms = max(min(TOWN_ALARMS // towns, MOST_ALARMS), LEAST_ALARMS)
    while len(scores) * seen < alarms:
        scores = np.concatenate([scores, look(chance)])
    return bar(scores, seen) + float(np.log10(seen / rate))
