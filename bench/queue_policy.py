"""Who is visited next: our order beside the peers of ../shared/bench/queue_policy.py, in the same runs with the same luck.

Beside the script's own measures it prints the wait of the tenth whose risk is lowest: every policy is watched while it
chooses. usage: queue_policy.py THE_PEERS_SCRIPT [--reps 30] [--cap 10] [--days 730] [--per-day 6] [--seed 1000]
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.queue_entry import priority

SHOWN = {"fcfs": "first come first served", "newest": "newest first", "deadline72": "72-hour deadline first",
         "risk": "risk score alone", "index": "index over the score", "ours": "ours: the freshest first, by reasons"}  # fmt: skip
NEVER = 30.0  # the script closes a case after thirty days


class Watched:
    """A policy, and when each case was first chosen by it: cases are told apart by the script's own random number."""

    def __init__(self, policy: Any, cap: int) -> None:
        self.policy, self.cap = policy, cap
        self.risk: dict[float, float] = {}
        self.first: dict[float, float] = {}

    def __call__(self, cases: dict[str, Any]) -> Any:
        order = self.policy(cases)
        self.risk.update(zip(cases["rnd"].tolist(), cases["_risk"].tolist(), strict=True))
        for place in np.argsort(-order, kind="stable")[: self.cap]:
            self.first.setdefault(float(cases["rnd"][place]), float(cases["age"][place]))
        return order

    def lowest_tenth(self) -> tuple[float, float, float]:
        """Of the tenth with the lowest risk: the middle wait in days, the share tried in 72 hours, the share never tried."""
        lowest = sorted(self.risk, key=self.risk.__getitem__)[: len(self.risk) // 10]
        waits = np.array([self.first.get(one, NEVER) for one in lowest])
        return float(np.median(waits)), float((waits <= 3).mean()), float(np.mean([one not in self.first for one in lowest]))


def load(place: str) -> Any:
    """The peers' script as a module."""
    spec = importlib.util.spec_from_file_location("queue_peers", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Run all, print a line each, then the gain of ours over each peer, run by run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers")
    for name, value in (("reps", 30), ("cap", 10), ("days", 730), ("per-day", 6), ("seed", 1000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    peers = load(asked.peers)
    peers.POL["ours"] = priority
    print(f"policy: {asked.per_day} events a day, {asked.cap} visits a working day, {asked.days} days, {asked.reps} paired runs")
    shares = {}
    for name, words in SHOWN.items():
        rows, lowest = [], []
        for seed in range(asked.reps):
            watched = Watched(peers.POL[name], asked.cap)
            rows.append(peers.run(watched, asked.per_day, asked.cap, asked.days, asked.seed + seed))
            lowest.append(watched.lowest_tenth())
        found, low = np.array(rows), np.array(lowest).mean(0)
        shares[name] = found[:, 0]
        half = 1.96 * found[:, 0].std(ddof=1) / asked.reps**0.5
        print(f"policy: {words:36s} attainable {found[:, 0].mean():.4f} ±{half:.4f} | tried in 72 h {found[:, 2].mean():.3f}, "
              f"reached {found[:, 3].mean():.3f} | lowest tenth: wait {low[0]:.1f} d, in 72 h {low[1]:.3f}, never {low[2]:.3f}",
              flush=True)  # fmt: skip
    for name, words in SHOWN.items():
        gain = shares["ours"] - shares[name]
        if name != "ours":
            half = 1.96 * gain.std(ddof=1) / asked.reps**0.5
            print(f"policy: ours / {words} = {shares['ours'].mean() / shares[name].mean():.3f} ({gain.mean():+.4f} ±{half:.4f})")


if __name__ == "__main__":
    main()
