"""Early warning beside its peers: R's bounds, labelled outbreaks, made-up weeks and maps, real calls. Nothing is asserted.

usage: spike.py SHARED [bounds] [labelled] [weekly] [map] [calls] [quiet]; SPIKE_REPS (3), SPIKE_MAPS (40) and SPIKE_QUIET
(years; without it none, one takes minutes) say how much is made up, SPIKE_SEED how far from the script's own seeds; RSCRIPT
names R's Rscript where it is not on the path.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from alongside.signals.budget import calibrated, quiet, rate_of
from alongside.signals.farrington import Plan, anniversaries, expect
from alongside.signals.looking import DAY_WINDOWS
from alongside.signals.scan import each_alone
from alongside.signals.tails import count_limit, normal_limit
from alongside.signals.usual import DAYS, Past, usual
from alongside.signals.weekly import surprise
from bench import spike_quiet

TOP = Path(__file__).resolve().parent.parent
PLANS = {
    "farringtonFlexible_b3": Plan(years=3, parts=1, left_out=3, trend_below=1),
    "farringtonFlexible_b5": Plan(years=5, parts=10, left_out=26, trend_below=1),
}
# Weekly series whose weeks have dates: the first Monday of each.
MONDAYS = {"stsNewport": date(2001, 1, 1), "salmNewport_sum": date(2004, 1, 5)}
ALONE = 2.6
# Runs the peers' script with so much added to each of its seeds: maps and weeks that nobody tuned on.
OTHER_SEEDS = """
import runpy, sys, numpy
more, sys.argv, made = int(sys.argv[1]), sys.argv[2:], numpy.random.default_rng
numpy.random.default_rng = lambda seed=None: made(seed + more if isinstance(seed, int) else seed)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
REAL = {date(2017, 1, 1): 18, date(2016, 10, 21): 15}


def series(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Counts and labels of every series of the reference, by name."""
    counts, states = defaultdict(list), defaultdict(list)
    sums: dict[int, float] = defaultdict(float)
    with (folder / "rki_weekly_with_outbreak_state.csv").open() as file:
        for row in csv.DictReader(file):
            counts[row["series"]].append(float(row["observed"]))
            states[row["series"]].append(int(row["state"]))
    with gzip.open(folder / "sts_long.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["series"] == "stsNewport":
                counts["stsNewport"].append(float(row["observed"]))
            if row["series"] == "salmNewport":
                sums[int(row["t"])] += float(row["observed"])
    counts["salmNewport_sum"] = [sums[week] for week in sorted(sums)]
    for name in ("montco_od_daily", "montco_od_weekly"):
        with (folder / f"{name}.csv").open() as file:
            counts[name] = [float(row["observed"]) for row in csv.DictReader(file)]
    return {name: np.array(part) for name, part in counts.items()}, {name: np.array(part) for name, part in states.items()}


def reference(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / "reference_alarms_R_surveillance.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


def ears(counts: np.ndarray, method: str, place: int) -> float:
    """Upper bound of EARS C1, C2 or C3 (Fricker and others 2008) with the seven periods before; the peer, not ours."""
    lag = 0 if method == "EARS_C1" else 2

    def base(at: int) -> tuple[float, float]:
        past = counts[at - 7 - lag : at - lag]
        return float(past.mean()), float(past.std(ddof=1))

    mean, sd = base(place)
    if method != "EARS_C3":
        return mean + normal_limit(0.001) * sd
    before = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        for at in (place - 1, place - 2):
            there, width = base(at)
            before = before + np.maximum(0.0, np.float64(counts[at] - there) / width - 1)
        return float(np.maximum(0.0, counts[place] + sd * (normal_limit(0.025) - before)))  # R's own form of it


def bounds(shared: Path) -> None:
    """Every upper bound that R gives on the real series, beside ours."""
    folder = shared / "data" / "surveillance"
    counts, _states = series(folder)
    compared, worst, unequal = defaultdict(int), defaultdict(float), defaultdict(int)
    for row in reference(folder):
        method, name, place = row["method"], row["series"], int(row["t"]) - 1
        if row["upperbound"] == "" or not (method in PLANS or method.startswith("EARS")):
            continue  # R gives no bound below five cases in four weeks, and none without any spread
        if method in PLANS:
            plan = PLANS[method]
            middles = anniversaries(MONDAYS[name] + timedelta(weeks=place), plan.years) if name in MONDAYS else ()
            there = expect(counts[name][None], place, plan, middles)
            ours = float(count_limit(0.01, there.mean, there.spread)[0])
        else:
            ours = ears(counts[name], method, place)
        if np.isnan(ours):
            unequal[method] += 1
            continue
        away = abs(ours - float(row["upperbound"])) / max(abs(float(row["upperbound"])), 1e-9)
        away = 0.0 if abs(ours - float(row["upperbound"])) < 1e-8 else away
        compared[method] += 1
        worst[method] = max(worst[method], away)
        unequal[method] += away > 1e-6
    for method in compared:
        print(
            f"bounds: {method}: {compared[method] - unequal[method]} of {compared[method]} equal to R's within 1e-6; "
            f"largest difference {worst[method]:.1e}"
        )


def episodes(state: np.ndarray, first: int) -> Iterator[tuple[int, int]]:
    """Runs of labelled weeks from a week on."""
    place = first
    while place < len(state):
        if state[place]:
            end = place
            while end + 1 < len(state) and state[end + 1]:
                end += 1
            yield place, end
            place = end
        place += 1


def labelled(shared: Path) -> None:
    """Outbreaks that the Robert Koch Institute labelled: found or not, and false weeks.

    Season and trend take two years of the four there are; what hours and days use, the level of the year before, half a year.
    """
    folder = shared / "data" / "surveillance"
    counts, states = series(folder)
    names = [name for name, state in states.items() if state.any() and len(state) < 300]
    alarms: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in reference(folder):
        if row["method"].startswith(("EARS", "farr")) and row["alarm"] == "1.0":
            alarms[row["method"]][row["series"]].add(int(row["t"]) - 1)
    for name in names:
        for way, since in (("season and trend", 109), ("level of the year before", 29)):
            weeks = np.arange(since, len(counts[name]))
            if since == 109:
                found = surprise(counts[name][None], weeks.tolist())[0]
            else:
                there = usual(counts[name][None], weeks, [], Past(level=52, lately=8, left_out=2))
                found = each_alone(counts[name][None, weeks], there.mean, there.spread, (1, 2))[0]
            for label, bar in (("once in 400 weeks by chance", ALONE), ("once in 100", 2.0)):
                alarms[f"ours, {way}, {label}"][name] = {int(weeks[at]) for at in np.flatnonzero(found > bar)}
    for first in (29, 109):
        _labelled_from(first, names, states, alarms)


def _labelled_from(first: int, names: list[str], states: dict[str, np.ndarray], alarms: dict) -> None:
    runs = {name: list(episodes(states[name], first)) for name in names}
    total, quiet_weeks = sum(map(len, runs.values())), sum(int((states[name][first:] == 0).sum()) for name in names)
    print(f"labelled: from week {first + 1} on: {total} episodes, {quiet_weeks} quiet weeks of {len(names)} series")
    for method, by_series in alarms.items():
        if first == 29 and ("season" in method or method.startswith("farr")):
            continue  # they cannot judge yet
        hit = sum(bool(set(range(a, b + 1)) & by_series[name]) for name in names for a, b in runs[name])
        false = sum(week >= first and not states[name][week] for name in names for week in by_series[name])
        only = " (it judges from week 160 on)" if method.startswith("farr") else ""
        print(f"labelled:   {method}: {hit} found, {false} false weeks{only}")


def weekly(shared: Path) -> None:
    """Made-up weeks with season and trend, R's farringtonFlexible in the same run."""
    reps = os.environ.get("SPIKE_REPS", "3")
    rscript = os.environ.get("RSCRIPT") or shutil.which("Rscript")
    if not rscript:
        print("weekly: R with its package surveillance is not on this machine; its processor time is not measured.")
    command = f"{TOP / 'run'} contest spike detect {{counts}} {{out}} 52 {{first}} {{last}}"
    peer = ["--r", rscript or "", "--methods", "farrington_flex" if rscript else ","]
    found = _peers(shared, ["weekly", "--reps", reps, *peer], command)
    ours, theirs, limit = found["cmd"], found.get("farrington_flex"), found["oracle"]["pod@0.003"]
    print(f"weekly: at .3 % false weeks ours finds {ours['pod@0.003']:.3f}, knowing the true mean {limit:.3f}")
    if theirs:
        mine, its = ours["cpu_ms_per_eval"], theirs["cpu_ms_per_eval"]
        print(f"weekly: farringtonFlexible finds {theirs['pod@0.003']:.3f}")
        print(f"weekly: processor time 1/{its / mine:.0f} of its ({mine:.3f} and {its:.1f} ms a week judged)")


def town_map(shared: Path) -> None:
    """One decision a day for made-up maps of 150 towns."""
    command = f"{TOP / 'run'} contest spike regional {{counts}} {{pos}} {{out}} {{first}} {{last}}"
    found = _peers(shared, ["regional", "--reps", os.environ.get("SPIKE_MAPS", "40")], command)
    ours = found["cmd"]["1 a quarter"]
    for peer in ("scan_true_mean", "scan_estimated", "odmap_county"):
        theirs = found[peer]["1 a quarter"]
        beside = f"{ours / max(theirs, 1e-9):.2f} of it, {ours - theirs:+.3f}"
        print(f"map: at one false alarm a quarter ours finds {ours:.3f}, {peer} {theirs:.3f}: {beside}")
    for name in ("cmd", "odmap_county"):
        print(f"map: false-alarm days a year at the default: {name} {365 * found[name]['default_alarm_days']:.1f}")


def _peers(shared: Path, words: list[str], command: str) -> dict[str, dict[str, float]]:
    python = os.environ.get("ALONGSIDE_BENCH_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "found.json"
        script = shared / "bench" / "spike.py"
        ours = ["--cmd", command, "--json", str(target)]
        subprocess.run([python, "-c", OTHER_SEEDS, os.environ.get("SPIKE_SEED", "0"), str(script), *words, *ours], check=True)
        return json.loads(target.read_text())


def calls(shared: Path) -> None:
    """Real calls of one county by day: are the two known days raised, and how many others in 489 days?"""
    with (shared / "data" / "surveillance" / "montco_od_daily.csv").open() as file:
        rows = [(date.fromisoformat(row["date"]), float(row["observed"])) for row in csv.DictReader(file)]
    counts, lead = np.array([[count for _day, count in rows]]), max(DAY_WINDOWS)
    weekdays = np.array([day.weekday() for day, _count in rows])
    raised, bar = [], 0.0
    for place in range(60, len(rows)):
        places = np.arange(place - 28 - lead, place + 1)
        there = usual(counts[:, : place + 1], places, [weekdays[: place + 1]], DAYS)
        if (place - 60) % 28 == 0:

            def look(chance: np.random.Generator, there=there) -> np.ndarray:
                made = quiet(there, chance)
                return each_alone(made, there.mean, there.spread, DAY_WINDOWS)[0, lead:]

            bar = calibrated(look, rate_of(1.0, "days", ["days"], 1.0))
        if each_alone(counts[:, places], there.mean, there.spread, DAY_WINDOWS)[0, -1] > bar:
            raised.append(rows[place][0])
    others = [day for day in raised if not any(abs((day - known).days) <= 3 for known in REAL)]
    for day, count in REAL.items():
        print(f"calls: {day} ({count}): {'raised' if day in raised else 'not raised'}")
    print(f"calls: other days raised, of {len(rows)} (the first 60 teach): {len(others)}: {', '.join(map(str, others))}")


def quiet_years(_shared: Path) -> None:
    """The whole look, hours, days and weeks, over made-up years in which nothing happens."""
    spike_quiet.main()


PARTS = {"bounds": bounds, "labelled": labelled, "weekly": weekly, "map": town_map, "calls": calls, "quiet": quiet_years}


def main(shared: str, *names: str) -> None:
    for name in names or [name for name in PARTS if name != "quiet" or "SPIKE_QUIET" in os.environ]:
        PARTS[name](Path(shared))


if __name__ == "__main__":
    main(*sys.argv[1:])
