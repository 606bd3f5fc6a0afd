"""Our entry to ../shared/bench/routing.py: instance in, routes out. Only the rules and the solver are loaded, no Django."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from alongside.planning.rules import Problem, Stop
from alongside.planning.solving import solve


def problem_of(instance: dict) -> Problem:
    """The instance in our words: place 0 is where the teams start."""
    stops = [
        Stop(str(place), (early, late), minutes, prize)
        for place, ((early, late), minutes, prize) in enumerate(
            zip(instance["tw"], instance["svc"], instance["prize"], strict=True)
        )
    ]
    return Problem(tuple(map(tuple, instance["T"])), tuple(stops[1:]), instance["nv"], instance["H"])


def main(source: str, target: str, seconds: str) -> None:
    """The whole of the seconds is used, as the other contestants use it."""
    plan = solve(problem_of(json.loads(Path(source).read_text())), float(seconds), patience=0)
    Path(target).write_text(json.dumps([[int(place) for place in route] for route in plan.routes if route]))


if __name__ == "__main__":
    main(*sys.argv[1:])
