"""False alarms of the whole look, on made-up towns in which nothing happens, a day at a time, as the worker looks.

Towns lie on a map; calls follow hour, weekday and season; a day of a town is as uneven as in the peers' maps; most reports come
within hours and the rest days late. What is one event is told once, as in the program. SPIKE_QUIET (1) years from SPIKE_SEED (0)
on, SPIKE_BUDGET (quarter) asked, SPIKE_LATE (.3) the share that takes days.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from alongside.signals.budget import BUDGETS, SHARES
from alongside.signals.looking import Event, Site, look
from alongside.signals.rules import Span, one_event

TOWNS, PAST_DAYS, JUDGED_DAYS, BAR_DAYS = 30, 3 * 365, 365, 14
LOOKS_AT = (8, 20)  # hours of the day, UTC
BUDGET = os.environ.get("SPIKE_BUDGET", "quarter")
START = datetime(2023, 1, 2, tzinfo=UTC)
BY_WEEKDAY = np.array([1.0, 0.95, 0.95, 1.0, 1.1, 1.1, 0.9])
BY_HOUR = 1 + 0.5 * np.cos(2 * np.pi * (np.arange(24) - 22) / 24)
LATE = float(os.environ.get("SPIKE_LATE", "0.3"))


def quiet_site(chance: np.random.Generator) -> tuple[list[UUID], dict[UUID, tuple[float, float]], list[Event]]:
    """Towns, where they lie, and their events of four years in the order in which they were entered."""
    towns = [UUID(int=number + 1) for number in range(TOWNS)]
    lie = chance.uniform(0, 1, (TOWNS, 2)) + [42, -71]
    days = np.arange(PAST_DAYS + JUDGED_DAYS)
    season = np.exp(0.2 * np.cos(2 * np.pi * (days - chance.uniform(0, 365)) / 365.25))
    levels = np.exp(chance.uniform(np.log(0.05), np.log(2), TOWNS))
    mean = levels[:, None] * (BY_WEEKDAY[days % 7] * season)[None]
    counts = chance.negative_binomial(mean / 0.3, 1 / 1.3)
    events = []
    for town, day in np.argwhere(counts):
        for hour in chance.choice(24, counts[town, day], p=BY_HOUR / BY_HOUR.sum()):
            at = START + timedelta(days=int(day), hours=int(hour), minutes=float(chance.uniform(0, 60)))
            late = chance.exponential(36) + 6 if chance.random() < LATE else chance.exponential(1)
            events.append(Event(towns[town], at, time_known=True, entered_at=at + timedelta(hours=float(late))))
    positions = {town: (float(north), float(east)) for town, (north, east) in zip(towns, lie, strict=True)}
    return towns, positions, sorted(events, key=lambda one: one.entered_at)


def year(seed: int) -> tuple[Counter[str], Counter[str]]:
    """One year of looks: how many signals were raised, by the way that raised them; and how many by each way, were it alone."""
    chance = np.random.default_rng(seed)
    towns, positions, events = quiet_site(chance)
    entered = np.array([event.entered_at.timestamp() for event in events])
    bars: dict[str, float] = {}
    before = None
    known: list[tuple[str, Span]] = []
    told, alone = Counter[str](), Counter[str]()
    for day in range(PAST_DAYS, PAST_DAYS + JUDGED_DAYS):
        for hour in LOOKS_AT:
            now = START + timedelta(days=day, hours=hour, minutes=20)
            until = int(np.searchsorted(entered, now.timestamp(), side="right"))
            if (day - PAST_DAYS) % BAR_DAYS == 0 and hour == LOOKS_AT[0]:
                bars = {}
            looked = look(Site(tuple(towns), positions, events[:until], "America/New_York", BUDGETS[BUDGET]), now, bars, before)
            bars, before = looked.bars, now
            for finding in sorted(looked.findings, key=lambda one: -one.above):
                span = Span(finding.starts_at, finding.ends_at, frozenset(finding.towns))
                same = [way for way, other in known if one_event(span, other)]
                told[finding.look] += not same
                alone[finding.look] += finding.look not in same
                if finding.look not in same:
                    known.append((finding.look, span))
    return told, alone


def main() -> None:
    """So many years, then what was told and what each way would have raised by itself, beside what was asked."""
    years, first = int(os.environ.get("SPIKE_QUIET", "1")), int(os.environ.get("SPIKE_SEED", "0"))
    rows = []
    for seed in range(first, first + years):
        told, alone = year(seed)
        rows.append([told.total(), *(alone[way] for way in SHARES)])
        print(f"quiet: seed {seed}: {rows[-1][0]} told; by each way alone {rows[-1][1:]}", flush=True)
    asked = 4 * BUDGETS[BUDGET]
    for name, share, column in zip(("told in all", *SHARES), (1, *SHARES.values()), zip(*rows, strict=True), strict=True):
        mean = sum(column) / years
        print(f"quiet: a year: {name}: {mean:.1f} ±{(mean / years) ** 0.5:.1f}, asked {asked * share:.0f}")


if __name__ == "__main__":
    main()
