"""Finds the order of the day: PyVRP within a given time, never worse than the plain order, never a promise broken."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from alongside.planning.rules import Plan, Problem, begins, by_weight, plan_of, urgent_first, worth

SECONDS = 1.0
# A day of one team is found in some hundred rounds; many phones ask at once, so nobody goes on looking for long.
PATIENCE = 600
WORTH_MINUTES = 1000  # no detour of a day is worth leaving somebody out
WITHOUT = "The route planner is not installed here, so the order is the plain one: the most urgent first."


def solve(problem: Problem, seconds: float = SECONDS, *, seed: int = 0, patience: int = PATIENCE) -> Plan:
    """The best order found within the seconds; the plain order where nothing better was found, or nothing can look."""
    plain = by_weight(problem)
    if not problem.stops:
        return plan_of(problem, plain)
    try:
        pyvrp = import_module("pyvrp")  # takes half a second to load, so only who plans loads it
    except ImportError:
        return plan_of(problem, [urgent_first(problem, route) for route in plain], WITHOUT)
    found = search(pyvrp, problem, seconds, seed, patience)
    best = max((plain, found), key=lambda routes: worth(problem, routes))
    return plan_of(problem, [urgent_first(problem, route) for route in best])


def search(pyvrp: Any, problem: Problem, seconds: float, seed: int, patience: int) -> list[list[int]]:
    """What PyVRP finds, as places by team; nothing when it found only orders that break a promise."""
    criteria = import_module("pyvrp.stop")
    stop = criteria.MaxRuntime(seconds)
    if patience:
        stop = criteria.MultipleCriteria([stop, criteria.NoImprovement(patience)])
    best = _model(pyvrp, problem).solve(stop, seed=seed, collect_stats=False, display=False).best
    routes = [[visit.idx + 1 for visit in route if visit.is_client()] for route in best.routes()]
    # Nothing is taken on trust: each route is walked once more by our own rules.
    kept = best.is_feasible() and all(begins(problem, route) is not None for route in routes)
    return routes + [[] for _ in range(problem.teams - len(routes))] if kept else [[] for _ in range(problem.teams)]


def _model(pyvrp: Any, problem: Problem) -> Any:
    model = pyvrp.Model()
    places = [model.add_location(0, 0) for _ in problem.matrix]
    depot = model.add_depot(places[0], tw_early=0, tw_late=problem.horizon)
    for place, visit in zip(places[1:], problem.stops, strict=True):
        first, last = visit.window
        can = first <= last
        model.add_client(
            place, service_duration=visit.minutes, tw_early=first if can else 0, tw_late=last if can else 0,
            prize=visit.prize * WORTH_MINUTES if can else 0, required=False,
        )  # fmt: skip
    for here, row in zip(places, problem.matrix, strict=True):
        for there, minutes in zip(places, row, strict=True):
            if here is not there:
                model.add_edge(here, there, distance=minutes, duration=minutes)
    model.add_vehicle_type(
        problem.teams, start_depot=depot, end_depot=depot, tw_early=0, tw_late=problem.horizon
    )  # fmt: skip
    return model
