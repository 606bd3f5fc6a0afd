"""A second reader, written apart from the program's own: the whole table cell by cell, in SciPy. And made-up releases."""

import random
from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from alongside.suppression.rules import count

MANY = 100_000


def number(chance: random.Random) -> int:
    kind = chance.random()
    if kind < 0.25:
        return 0
    return chance.randint(1, 12) if kind < 0.5 else chance.randint(0, 60) if kind < 0.75 else chance.randint(0, 400)


class Cube:
    """Made-up counts by month, town and outcome, and what may be asked of them."""

    def __init__(self, chance: random.Random, months: int, towns: int, outcomes: int):
        self.domains = {
            "month": [f"2026-{at + 1:02}" for at in range(months)],
            "town": [f"town {at}" for at in range(towns)],
            "outcome": [f"outcome {at}" for at in range(outcomes)],
        }
        self.places = list(product(*self.domains.values()))
        self.cells = {place: number(chance) for place in self.places}

    def inside(self, where):
        wanted = [dict(where).get(name, values) for name, values in self.domains.items()]
        return [place for place in self.places if all(part in some for part, some in zip(place, wanted, strict=True))]

    def count(self, **where):
        found = count("n", 0, **where)
        return count("n", sum(self.cells[place] for place in self.inside(found.where)), **where)

    def table(self, months, *dims):
        """Every cell of some months together by some dimensions, and its margins."""
        made = {}
        for depth in product(*[(True, False)] * len(dims)):
            named = [name for name, kept in zip(dims, depth, strict=True) if kept]
            for values in product(*(self.domains[name] for name in named)):
                one = self.count(month=months, **dict(zip(named, values, strict=True)))
                made[one.key] = one
        # A dimension with one value prints its total and its cell as one number.
        return list({tuple(self.inside(one.where)): one for one in made.values()}.values())


def ranges(cube, shown, below=MANY):
    """For every hidden count and every cell: (least, largest) of what a reader of all that is shown may think, and the truth.

    Only those whose truth is above zero and below a number.
    """
    at = {place: number for number, place in enumerate(cube.places)}

    def line(places):
        found = np.zeros(len(at))
        found[[at[place] for place in places]] = 1
        return found

    known = [(line(cube.inside(one.where)), one.value) for one in shown if one.value is not None]
    least = [one.least for one in shown if one.value is None]
    hidden = [line(cube.inside(one.where)) for one in shown if one.value is None]
    equal = csr_matrix([row for row, _ in known]) if known else None
    positive = csr_matrix([-row for row in hidden]) if hidden else None
    goals = {tuple(row): row for row in [*hidden, *np.eye(len(at))]}
    settled = {tuple(row) for row, _ in known}
    truth = np.array([cube.cells[place] for place in cube.places])
    for key, goal in goals.items():
        if key in settled or not 0 < goal @ truth < below:
            continue
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * goal, A_eq=equal, b_eq=[value for _, value in known] or None, A_ub=positive,
                b_ub=-np.array(least) if hidden else None, bounds=(0, MANY), method="highs",
            )  # fmt: skip
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        yield ends[0], ends[1], int(goal @ truth)


def derivable(cube, shown, threshold=11):
    """How many hidden counts of 1 to 10 the reader knows too well: fewer than eleven values are left, or only small ones."""
    shown = list(shown)
    return sum(one.value is not None and 0 < one.value < threshold for one in shown) + sum(
        high - low < threshold - 1 - 1e-6 or high < threshold - 1e-6
        for low, high, _truth in ranges(cube, shown, threshold)
    )
