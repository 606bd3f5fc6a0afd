"""A year of calls of a program's towns, kept as they would be."""

from datetime import timedelta

import numpy as np

from alongside.incidents.models import Incident
from alongside.signals import watching
from tests import cast as casting
from tests.signals.towns import NOW

# What the looks of the tests use: finding a bar takes seconds, and `test_looking.py` shows how it is found.
BARS = {"hours": 4.2, "days": 3.6}


def calls(side, town, moments, late=timedelta(hours=2)):
    Incident.objects.bulk_create(
        Incident(
            program=side.program, source="test", source_digest=str(casting.new_id()), kind="overdose", town=town,
            occurred_at=at, entered_at=at + late, state="counted",
        )
        for at in moments
    )  # fmt: skip


def a_quiet_year(side, a_day=(0.9, 0.05)):
    chance = np.random.default_rng(7)
    for town, mean in zip(side.towns, a_day, strict=False):
        days = np.repeat(np.arange(1, 430), chance.poisson(mean, 429))
        calls(side, town, [NOW - timedelta(days=int(day), hours=float(chance.uniform(0, 24))) for day in days])


def at_once(side, town, number, hours_ago=30.0, late=timedelta(hours=2)):
    calls(side, town, [NOW - timedelta(hours=hours_ago, minutes=7 * step) for step in range(number)], late)


def watch(side, monkeypatch, moment=NOW):
    monkeypatch.setattr(watching, "clock", lambda: moment)
    monkeypatch.setattr(watching, "bars_for", lambda _viewer, _today: BARS)
    return watching.watch(by=side.system)
