"""The order that is found: every promise kept, never worse than the plain order, and an order even without the planner."""

import json
import os
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alongside.planning import solving
from alongside.planning.rules import Problem, Stop, begins, by_weight, worth
from alongside.planning.solving import WITHOUT, solve

TOP = Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("ALONGSIDE_EXAMPLES", "60")) // 3


@some.composite
def days(draw):
    """A day of up to nine visits and two teams in a small town, some with a promised hour, some with one that is over."""
    count = draw(some.integers(0, 9))
    places = [(draw(some.integers(0, 30)), draw(some.integers(0, 30))) for _ in range(count + 1)]
    matrix = tuple(tuple(abs(a - c) + abs(b - d) for c, d in places) for a, b in places)
    stops = []
    for number in range(count):
        first = draw(some.sampled_from([0, 0, 0, 30, 90, 200, 500]))
        last = draw(some.sampled_from([first + 30, 240]))
        stops.append(Stop(str(number), (first, min(last, 240)), draw(some.integers(5, 40)), draw(some.integers(1, 99))))
    return Problem(matrix, tuple(stops), draw(some.integers(1, 2)), draw(some.sampled_from([60, 240])))


def walk(problem, plan):
    """The rules of a day once more, in another way than the solver and `begins` have them."""
    names = [stop.id for stop in problem.stops]
    assert len(plan.routes) <= problem.teams
    seen = [case for route in plan.routes for case in route]
    assert sorted([*seen, *plan.left_out]) == sorted(names)
    for route in plan.routes:
        minute, here = 0, 0
        for case in route:
            place = names.index(case) + 1
            stop = problem.stops[place - 1]
            assert plan.arrive[case] >= minute + problem.matrix[here][place]
            assert stop.window[0] <= plan.arrive[case] <= stop.window[1]
            minute, here = plan.arrive[case] + stop.minutes, place
        assert minute + problem.matrix[here][0] <= problem.horizon


def total(problem, plan):
    return sum(stop.prize for stop in problem.stops if stop.id in plan.arrive)


@settings(max_examples=EXAMPLES)
@given(days())
def test_no_window_is_broken_no_shift_is_too_long_and_nobody_is_lost(problem):
    plan = solve(problem, 0.1)
    walk(problem, plan)
    plain = by_weight(problem)
    assert total(problem, plan) >= worth(problem, plain)[0]


@settings(max_examples=max(5, EXAMPLES // 2))
@given(days(), some.randoms(use_true_random=False))
def test_in_whatever_order_the_visits_come_as_much_is_done(problem, chance):
    places = list(range(1, len(problem.stops) + 1))
    chance.shuffle(places)
    mixed = Problem(
        tuple(tuple(problem.matrix[a][b] for b in [0, *places]) for a in [0, *places]),
        tuple(problem.stops[place - 1] for place in places), problem.teams, problem.horizon,
    )  # fmt: skip
    one, other = (total(day, solve(day, 0.3)) for day in (problem, mixed))
    assert abs(one - other) <= 0.02 * max(one, other)


def made_up_day(count, teams=1, seed=7):
    chance = random.Random(seed)
    places = [(chance.uniform(0, 20), chance.uniform(0, 20)) for _ in range(count + 1)]
    matrix = tuple(
        tuple(0 if a == b else round(abs(a[0] - b[0]) + abs(a[1] - b[1])) + 2 for b in places) for a in places
    )
    stops = tuple(Stop(str(n), (0, 240), 25, chance.randint(5, 150)) for n in range(count))
    return Problem(matrix, stops, teams)


def test_the_same_visits_give_the_same_order():
    assert solve(made_up_day(12), 5) == solve(made_up_day(12), 5)


def test_a_promise_is_kept_even_when_two_others_stay_out_for_it():
    far = Problem(
        ((0, 100, 5, 5), (100, 0, 100, 100), (5, 100, 0, 5), (5, 100, 5, 0)),
        (Stop("promised", (100, 110), 25, 10_001), Stop("a", (0, 240), 25, 145), Stop("b", (0, 240), 25, 145)),
    )
    plan = solve(far, 0.2)
    assert plan.routes == (("promised",),)
    assert plan.left_out == ("a", "b")


def test_a_short_day_is_found_long_before_the_second_is_over():
    calls = []

    class Watched:
        def __getattr__(self, name):
            return getattr(import_module("pyvrp"), name)

        class Model(import_module("pyvrp").Model):
            def solve(self, stop, **more):
                result = super().solve(stop, **more)
                calls.append(result.num_iterations)
                return result

    solving.search(Watched(), made_up_day(4), 60, 0, solving.PATIENCE)
    assert calls[0] < 3 * solving.PATIENCE


def test_without_the_planner_there_is_the_plain_order_and_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvrp", None)
    day = made_up_day(12)
    plan = solve(day)
    walk(day, plan)
    assert plan.arrive
    assert plan.remark == WITHOUT


def planner_that_says(*routes, feasible=True):
    """The planner with another answer than its own."""
    visits = [[SimpleNamespace(idx=place - 1, is_client=lambda: True) for place in route] for route in routes]

    class Model(import_module("pyvrp").Model):
        def solve(self, stop, **more):
            return SimpleNamespace(best=SimpleNamespace(routes=lambda: visits, is_feasible=lambda: feasible))

    return SimpleNamespace(Model=Model, stop=import_module("pyvrp.stop"))


@pytest.mark.parametrize(
    ("routes", "feasible"), [([], True), ([[1]], True), ([list(range(1, 13))], True), ([[1, 2, 3]], False)]
)
def test_an_answer_that_is_worse_than_the_plain_order_or_breaks_a_rule_is_not_taken(monkeypatch, routes, feasible):
    monkeypatch.setitem(sys.modules, "pyvrp", planner_that_says(*routes, feasible=feasible))
    day = made_up_day(12)
    plan = solve(day)
    walk(day, plan)
    assert total(day, plan) == worth(day, by_weight(day))[0]


def test_nobody_to_visit_is_an_empty_order():
    assert solve(Problem(((0,),), (), 3)).routes == ((), (), ())


@pytest.mark.parametrize("seconds", ["0.2"])
def test_the_contest_entry_reads_an_instance_and_writes_routes_without_django(tmp_path, seconds):
    day = made_up_day(20, teams=3)
    instance = {
        "T": day.matrix, "D": day.matrix, "dem": [0] * 21, "tw": [[0, 240], *([0, 240] for _ in day.stops)], "cap": 0,
        "svc": [0, *(stop.minutes for stop in day.stops)], "nv": 3, "H": 240, "order": list(range(1, 21)),
        "prize": [0, *(stop.prize for stop in day.stops)],
    }  # fmt: skip
    (tmp_path / "i.json").write_text(json.dumps(instance))
    entry = f"import sys; sys.argv = ['', 'i.json', 'o.json', '{seconds}']; import runpy; " + (
        f"runpy.run_path({str(TOP / 'bench' / 'routing_entry.py')!r}, run_name='__main__'); "
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", entry], check=True, cwd=tmp_path, env={"PYTHONPATH": str(TOP)})
    routes = json.loads((tmp_path / "o.json").read_text())
    assert len(routes) <= 3
    assert all(begins(day, route) is not None for route in routes)
    seen = [place for route in routes for place in route]
    assert len(seen) == len(set(seen)) > 10
