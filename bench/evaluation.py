"""Does it help? How often each way of judging monthly counts claims a change, where there is none and where there is one.

usage: evaluation.py SHARED; EVALUATION_SERIES (200) says how many series are made up of each kind. Nothing is asserted.

The real series are deaths by town and county of one state, 2012 to 2018, judged at dates at which nothing began: whatever is
claimed there is claimed wrongly, or by something that nobody had in mind.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from math import log
from pathlib import Path

import numpy as np
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from alongside.evaluation.fitting import columns_of, effect_of
from alongside.evaluation.rules import Series, later, may_judge

FIRST, MONTHS = date(2012, 1, 1), 84
NORMAL = 1.959964


def with_errors(cov: str, **options: object) -> Callable[[Series, int], tuple[float, float]]:
    """The regression as it is usually done, with the errors named; 95 % from and to, as logarithms."""

    def judge(series: Series, place: int) -> tuple[float, float]:
        columns = columns_of(len(series.counts), place)
        model = GLM(np.array(series.counts, float), columns, family=Poisson(), offset=np.log(series.days))
        found = model.fit(scale="X2") if cov == "scatter" else model.fit(cov_type=cov, **options)
        return found.params[-1] - NORMAL * found.bse[-1], found.params[-1] + NORMAL * found.bse[-1]

    return judge


def ours(series: Series, place: int) -> tuple[float, float]:
    """The room's own judgement."""
    effect = effect_of(series, later(series.first_on, place))
    return log(effect.low), log(effect.high)


WAYS: dict[str, Callable[[Series, int], tuple[float, float]]] = {
    "Poisson regression": with_errors("nonrobust"),
    "quasi-Poisson": with_errors("scatter"),
    "Newey-West errors (HAC, 4 months)": with_errors("HAC", cov_kwds={"maxlags": 4, "use_correction": True}),
    "ours": ours,
}


def real(shared: Path) -> dict[str, tuple[int, ...]]:
    """Deaths by month of every town and county with at least 60, and of the state."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * MONTHS)
    path = shared / "data" / "ct-drug-deaths" / "ct_accidental_drug_deaths_2012-2018.csv.gz"
    with gzip.open(path) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig")):
            if row["Date"]:
                month, _day, year = row["Date"][:10].split("/")
                place = (int(year) - FIRST.year) * 12 + int(month) - 1
                for name in ("state", "county " + row["DeathCounty"].strip().upper(), "town " + row["DeathCity"].strip().upper()):
                    found[name][place] += 1
    return {name: tuple(counts) for name, counts in found.items() if sum(counts) >= 60 and name.split(" ", 1)[-1]}


def made_up(rng: np.random.Generator, mean: float, alike: float, factor: float, before: int, since: int) -> Series:
    """A season, a trend of 5 % a year, months that resemble each other (scatter .2), and a change by a factor."""
    months = before + since
    noise = np.empty(months)
    noise[0] = rng.normal()
    for month in range(1, months):
        noise[month] = alike * noise[month - 1] + np.sqrt(1 - alike**2) * rng.normal()
    time_ = np.arange(months)
    means = mean * np.exp(0.05 * (time_ - before) / 12 + 0.15 * np.sin(2 * np.pi * time_ / 12) + 0.2 * noise - 0.02)
    means[before:] *= factor
    return Series(FIRST, tuple(int(count) for count in rng.poisson(means)))


def placebos(shared: Path) -> Iterator[tuple[str, Series, int]]:
    """Each real series at every third month with two years before and one after; alone, and beside the rest of the state."""
    counts = real(shared)
    for name, own in counts.items():
        rest = tuple(all_ - one for all_, one in zip(counts["state"], own, strict=True))
        for place in range(24, 73, 3):
            for kind, series in (("alone", Series(FIRST, own)), ("compared", Series(FIRST, own, rest))):
                if (kind == "alone" or name != "state") and may_judge(series, later(FIRST, place)):
                    yield kind, series, place


def on_real_series(shared: Path) -> None:
    """The share of dates at which nothing began and a change is claimed, and what one judgement costs."""
    claims: dict[tuple[str, str], list[bool]] = defaultdict(list)
    seconds: dict[tuple[str, str], float] = defaultdict(float)
    for kind, series, place in placebos(shared):
        for way, judge in WAYS.items() if kind == "alone" else [("ours", ours)]:
            began = time.process_time()
            low, high = judge(series, place)
            seconds[kind, way] += time.process_time() - began
            claims[kind, way].append(low > 0 or high < 0)
    print("Dates at which nothing began, real deaths by month: share with a change claimed (5 % would be honest)")
    for (kind, way), found in claims.items():
        cost = 1000 * seconds[kind, way] / len(found)
        print(f"  {kind:9} {way:34} {np.mean(found):.3f} of {len(found)}; {cost:.1f} ms of processor time for one")


def on_made_up_series(many: int) -> None:
    """Months that resemble each other not, somewhat and much: how often the range holds the truth, how often it tells."""
    rng = np.random.default_rng(20261128)
    print(f"Made-up months ({3 * many} series a line): share whose range holds the truth (95 %), share told from chance")
    for (before, since, mean), factor in product(((24, 12, 5), (48, 24, 5), (48, 24, 20), (48, 36, 80)), (1.0, 0.7, 0.5)):
        held, told = defaultdict(list), defaultdict(list)
        for alike in (0.0, 0.3, 0.6) * many:
            series = made_up(rng, mean, alike, factor, before, since)
            for way, judge in WAYS.items():
                low, high = judge(series, before)
                held[way].append(low <= log(factor) <= high)
                told[way].append(low > 0 or high < 0)
        words = "; ".join(f"{way.split(' ')[0]} {np.mean(held[way]):.2f} {np.mean(told[way]):.2f}" for way in WAYS)
        print(f"  {before}+{since} months of {mean}, x {factor}: {words}")


def main() -> None:
    """Print both tables."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    on_real_series(Path(sys.argv[1]))
    on_made_up_series(int(os.environ.get("EVALUATION_SERIES", "200")))


if __name__ == "__main__":
    main()
