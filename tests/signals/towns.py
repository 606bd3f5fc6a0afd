"""Made-up events of some small towns: a rhythm of day and week, and nothing else unless it is put in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from alongside.signals.looking import Event, Site

NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
TOWNS = tuple(UUID(int=number + 1) for number in range(8))
# One event a day down to one a fortnight.
A_DAY = (1.0, 0.7, 0.5, 0.4, 0.2, 0.14, 0.1, 0.07)
ON_A_LINE = {town: (42.0 + number / 10, -71.0) for number, town in enumerate(TOWNS)}


def quiet_year(seed=5, days=430, late_hours=2.0):
    """Events of the days before `NOW` in which nothing happens, each entered some hours later."""
    chance = np.random.default_rng(seed)
    events = []
    for town, mean in zip(TOWNS, A_DAY, strict=True):
        for back in np.repeat(np.arange(1, days), chance.poisson(mean, days - 1)):
            at = NOW - timedelta(days=int(back), hours=float(chance.uniform(0, 24)))
            events.append(Event(town, at, time_known=True, entered_at=at + timedelta(hours=late_hours)))
    return events


def burst(town, number, hours_ago, late_hours=1.0):
    """So many events of a town at once."""
    at = NOW - timedelta(hours=hours_ago)
    return [
        Event(town, at + timedelta(minutes=9 * step), time_known=True, entered_at=at + timedelta(hours=late_hours))
        for step in range(number)
    ]


def site(events, positions=None, budget=1.0):
    in_by_now = [event for event in events if event.entered_at <= NOW]
    return Site(TOWNS, ON_A_LINE if positions is None else positions, in_by_now, "America/New_York", budget)
