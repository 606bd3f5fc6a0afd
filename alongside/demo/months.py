"""Made-up months to judge outreach by: five years of deaths in a county, and those of the counties around it."""

from __future__ import annotations

import random
from datetime import datetime

from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.evaluation.actions import add_series, say_start
from alongside.evaluation.rules import Series, later

SEED = 60
BEFORE, SINCE = 36, 24
OWN, AROUND = 34, 260
FALL = 0.7


def bring_months(zone: str, now: datetime, *, by: Actor) -> None:
    """Say when outreach began, and bring a table that is called made up wherever it is shown."""
    chance = random.Random(SEED)  # noqa: S311  # nosec B311: made-up counts
    start = later(day_in(zone, now).replace(day=1), -SINCE)

    def counts(mean: float, fall: float) -> tuple[int, ...]:
        means = [mean * (fall if place >= BEFORE else 1.0) for place in range(BEFORE + SINCE)]
        return tuple(max(round(chance.gauss(one, one**0.5)), 0) for one in means)

    say_start(start, now, by=by)
    series = Series(later(start, -BEFORE), counts(OWN, FALL), counts(AROUND, 1.0))
    add_series("Deaths in a county (made up)", "made up for this demonstration", series, now, by=by)
