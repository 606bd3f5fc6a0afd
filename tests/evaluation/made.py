"""Made-up months: a level, a season, and whatever change is put in."""

from datetime import date

import numpy as np

from alongside.evaluation.rules import Series

FIRST = date(2019, 1, 1)


def made(mean=40.0, factor=1.0, before=36, since=24, seed=3, comparison=0.0):
    chance = np.random.default_rng(seed)
    place = np.arange(before + since)
    means = mean * np.exp(0.15 * np.sin(2 * np.pi * place / 12)) * np.where(place >= before, factor, 1.0)
    rest = tuple(int(one) for one in chance.poisson(comparison, len(place))) if comparison else ()
    return Series(FIRST, tuple(int(one) for one in chance.poisson(means)), rest)
