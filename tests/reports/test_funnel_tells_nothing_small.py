"""The funnel, its clocks and the needs speak of the same cases; read together they still give no small count away."""

import os
import random

import numpy as np
import pytest
from scipy.optimize import linprog

from alongside.reports.rules import may_show, show_funnel

FUNNELS = int(os.environ.get("REPORT_FUNNELS", "25"))
MANY = 10_000
NEEDS = ("bed", "ride", "food")
PARTS = [
    ("with_person", "incidents"), ("people", "with_person"), ("cases", "people"), ("attempted", "cases"),
    ("contact", "attempted"), ("reached", "contact"), ("need", "cases"), ("connected", "need"),
    (24, 48), (48, 72), (72, "attempted"),
]  # fmt: skip
PARTS += [pair for need in NEEDS for pair in (
    (f"{need} noted", "need"), (f"{need} referred", f"{need} noted"), (f"{need} connected", f"{need} referred"),
    (f"{need} connected", "connected"),
)]  # fmt: skip


def made_up(chance: random.Random):
    """Cases drawn one by one, so that the counts fit together as real ones do."""
    cases = chance.choice([8, 20, 40, 80, 200])
    likely = {name: chance.random() for name in (*NEEDS, "tried", "contact", "reached", "sent", "connected")}
    steps = dict.fromkeys(("attempted", "contact", "reached", "need", "connected"), 0)
    within = dict.fromkeys((24, 48, 72), 0)
    needs = {need: dict.fromkeys(("noted", "referred", "connected"), 0) for need in NEEDS}
    for _ in range(cases):
        ways = [name for name in ("tried", "contact", "reached") if chance.random() < likely[name] ** 0.3]
        depth = next((at for at, name in enumerate(("tried", "contact", "reached")) if name not in ways), 3)
        for at, name in enumerate(("attempted", "contact", "reached")):
            steps[name] += at < depth
        hours = chance.expovariate(1 / 30)
        for limit in within:
            within[limit] += depth > 0 and hours <= limit
        noted = [need for need in NEEDS if depth > 1 and chance.random() < likely[need]]
        sent = [need for need in noted if chance.random() < likely["sent"] ** 0.3]
        connected = [need for need in sent if chance.random() < likely["connected"] ** 0.3]
        for column, found in (("noted", noted), ("referred", sent), ("connected", connected)):
            for need in found:
                needs[need][column] += 1
        steps["need"] += bool(noted)
        steps["connected"] += bool(connected)
    people = cases + chance.choice([0, 0, 3, 30])
    with_person = people + chance.choice([0, 2, 20])
    steps |= {"cases": cases, "people": people, "with_person": with_person}
    return steps | {"incidents": with_person + chance.choice([0, 5, 100])}, within, needs


def flat(steps, within, needs):
    return {**steps, **within} | {f"{need} {column}": n for need, row in needs.items() for column, n in row.items()}


def rules_of(names):
    """Every part is no larger than its whole; the rows of a column add up to the cases with any need, or more."""
    place = {name: at for at, name in enumerate(names)}
    lines = []
    for part, whole in PARTS:
        line = np.zeros(len(names))
        line[place[part]], line[place[whole]] = 1, -1
        lines.append(line)
    for total, column in (("need", "noted"), ("connected", "connected")):
        line = np.zeros(len(names))
        line[place[total]] = 1
        for need in NEEDS:
            line[place[f"{need} {column}"]] = -1
        lines.append(line)
    return np.array(lines)


def range_of(goal, lines, bounds):
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, A_ub=lines, b_ub=np.zeros(len(lines)), bounds=bounds, method="highs")
        assert found.status == 0, found.message
        ends.append(sign * found.fun)
    return ends


@pytest.mark.parametrize("seed", range(FUNNELS))
@pytest.mark.covers("R65")
def test_no_part_and_no_difference_of_the_funnel_is_narrowed_down(seed):
    true = made_up(random.Random(seed))
    shown = show_funnel(*true)
    told, counts = flat(shown.steps, shown.within, shown.needs), flat(*true)
    names = list(told)
    assert all(told[name] in (None, counts[name]) for name in names)
    lines = rules_of(names)
    bounds = [(1, MANY) if told[name] is None else (told[name], told[name]) for name in names]
    for at, name in enumerate(names):
        if told[name] is None:
            low, high = range_of(np.eye(len(names))[at], lines, bounds)
            assert high - low >= 9 - 1e-6, f"{name} lies between {low} and {high}"
    for line, (part, whole) in zip(lines, PARTS, strict=False):
        if told[part] is None or told[whole] is None:
            low, high = range_of(-line, lines, bounds)
            # A difference may be known to be zero, as zeros may be printed.
            assert high < 1e-6 or high - low >= 9 - 1e-6, f"{whole} less {part} lies between {low} and {high}"
        else:
            assert may_show(told[whole] - told[part])
