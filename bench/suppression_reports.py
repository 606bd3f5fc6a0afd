"""The reports as they ship, attacked: a year's months and quarters in shuffled order, and a reader written apart from ours.

The reader knows the definitions (what lies within what) and everything printed, cell by cell, in SciPy. It asks for the least and
the largest value of every hidden count whose truth is 1 to 10.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from alongside.incidents.rules import KINDS, OUTCOMES
from alongside.measures.computing import counts_of, flags_of, kin_of
from alongside.measures.facts import FIELDS, CaseFact, EventFact, Facts, NeedFact
from alongside.measures.rules import period_of
from alongside.naloxone.rules import RECIPIENTS
from alongside.services.rules import NEEDS
from alongside.suppression.protecting import protect
from alongside.suppression.rules import Count, Kin, may_show

TOWNS = ("", "East", "Mill", "North", "South", "West")
DIMS = {"incidents": ("month", "kind", "outcome", "town"), "kits": ("month", "recipient")}
MANY, BAR = 100_000, 11


def month_of(chance: random.Random, size: int) -> dict[str, Any]:
    """A made-up month: events, cases, needs and kits that hang together as real ones do."""
    events: dict[EventFact, int] = {}
    cases: dict[CaseFact, int] = {}
    for _ in range(chance.randint(size // 2, size)):
        known = {field for field in FIELDS if chance.random() < 0.9}
        soon = chance.random() < 0.8 if "time" in known else None
        event = EventFact(
            chance.choices(TOWNS, (1, 9, 5, 3, 2, 1))[0], chance.choices(list(KINDS), (40, *[3] * (len(KINDS) - 1)))[0],
            chance.choices(list(OUTCOMES), (85, 6, 9))[0], chance.random() < 0.9, chance.random() < 0.7,
            soon, frozenset(known),
        )  # fmt: skip
        events[event] = events.get(event, 0) + 1
        if event.person:
            tried = chance.expovariate(1 / 40) if chance.random() < 0.85 else None
            reached = tried if tried is not None and chance.random() < 0.4 else None
            visited = tried if tried is not None and chance.random() < 0.5 else None
            flags = flags_of(tried, reached, None, tried if chance.random() < 0.8 else None, visited, None)
            case = CaseFact(event.town, chance.random() < 0.15, flags)
            cases[case] = cases.get(case, 0) + 1
    return {"events": events, "cases": cases, "people": sum(number for event, number in events.items() if event.person)}


def facts_of(code: str, months: Mapping[str, dict[str, Any]], needs: Mapping[str, Mapping[str, tuple[int, int, int]]],
             kits: Mapping[str, Mapping[str, int]]) -> Facts:  # fmt: skip
    """The facts of a period out of those of its months: nobody has two events, so that people add up as well."""
    period = period_of(code)
    assert period is not None
    facts = Facts(period.months, code, TOWNS)
    events, cases = dict[EventFact, int](), dict[CaseFact, int]()
    for month in period.months:
        for mine, theirs in ((events, months[month]["events"]), (cases, months[month]["cases"])):
            for kind, number in theirs.items():
                mine[kind] = mine.get(kind, 0) + number
        facts.people += months[month]["people"]
    facts.events, facts.cases = events, cases
    facts.needs = {need: NeedFact(*(sum(needs[month][need][at] for month in period.months) for at in range(3))) for need in NEEDS}
    total = [sum(needs[month][need][at] for month in period.months for need in NEEDS) for at in range(3)]
    facts.in_need = NeedFact(*total)
    given = {to: sum(kits[month][to] for month in period.months) for to in RECIPIENTS}
    facts.sums = {"kits": {(): sum(given.values()), **{(("recipient", to),): number for to, number in given.items()}}}
    return facts


def releases(seed: int, size: int, last: int = 6) -> tuple[list[Count], list[Count], int, Kin]:
    """The months up to the `last` and their quarters (and the whole year), printed one after the other in a shuffled order.

    What was printed, the truth, how many numbers we say were given away by releases before, and what is known.
    """
    chance = random.Random(seed)
    codes = [f"2025-{month:02}" for month in range(1, last + 1)]
    months = {code: month_of(chance, size) for code in codes}
    needs, kits = {}, {}
    for code in codes:
        left = sum(months[code]["cases"].values()) // 2  # each case has one need, so that cases with any need add up
        needs[code] = {}
        for need in NEEDS:
            noted = chance.randint(0, left // 2)
            sent = chance.randint(0, noted)
            needs[code][need], left = (noted, sent, chance.randint(0, sent)), left - noted
        kits[code] = {to: chance.choice((0, chance.randint(0, 15), chance.randint(0, 90))) for to in RECIPIENTS}
    order = [*codes, *(f"2025-Q{quarter}" for quarter in range(1, last // 3 + 1)), *["2025"][: last // 12]]
    chance.shuffle(order)
    shown, truth, given_away = list[Count](), list[Count](), 0
    for code in order:
        counts = counts_of(facts_of(code, months, needs, kits))
        shielded = protect(counts, shown, kin_of([*shown, *counts], TOWNS))
        given_away += shielded.given_away
        shown, truth = [*shown, *shielded.counts], [*truth, *counts]
    return shown, truth, given_away, kin_of(truth, TOWNS)


class Cells:
    """Every cell that a count could be about, as columns of one program."""

    def __init__(self, counts: Sequence[Count], kin: Kin) -> None:
        self.values = {name: list(values) for name, values in kin.domains.items()}
        self.values["month"] = sorted({month for one in counts for month in dict(one.where)["month"]})
        self.dims: dict[str, set[str]] = {}
        for one in counts:
            self.dims.setdefault(one.of, set()).update(one.dims)
        self.place = {cell: at for at, cell in enumerate(
            (of, where) for of, dims in self.dims.items()
            for where in ([one.where for one in counts if one.of == of] if "@" in of else self._all(sorted(dims)))
        )}  # fmt: skip

    def _all(self, dims: Sequence[str]) -> Iterator[tuple[tuple[str, str], ...]]:
        for values in product(*(self.values[name] for name in dims)):
            yield tuple(zip(dims, values, strict=True))

    def of(self, code: str, where: Mapping[str, Iterable[str]]) -> list[int]:
        """The cells of a count."""
        if "@" in code:
            return [at for (of, _place), at in self.place.items() if of == code]
        return [at for (of, place), at in self.place.items()
                if of == code and all(value in where[name] for name, value in place if name in where)]  # fmt: skip

    def within(self, kin: Kin) -> Iterator[tuple[list[int], list[int]]]:
        """Cells that are no more than others: a part in its whole for each value of the dimensions they share."""
        parts = {**kin.parts, **kin.usual}
        for part, wholes in parts.items():
            for whole in wholes:
                if part in self.dims and whole in self.dims:
                    if "@" in part:
                        months = {"month": dict(next(place for of, place in self.place if of == part))["month"]}
                        yield self.of(part, {}), self.of(whole, months)
                        continue
                    shared = sorted(self.dims[part] & self.dims[whole])
                    for place in self._all(shared):
                        where = {name: (value,) for name, value in place}
                        yield self.of(part, where), self.of(whole, where)


def attacked(shown: Sequence[Count], truth: Sequence[Count], kin: Kin) -> tuple[int, int]:
    """Hidden counts of 1 to 10, and how many of them the reader narrows down too far."""
    cells = Cells(shown, kin)

    def line(plus: Iterable[int], minus: Iterable[int] = ()) -> np.ndarray:
        row = np.zeros(len(cells.place))
        row[list(plus)] += 1
        row[list(minus)] -= 1
        return row

    rows = [(one, line(cells.of(one.of, dict(one.where)))) for one in shown]
    equal = [(row, one.value) for one, row in rows if one.value is not None]
    least = [(-row, -one.least) for one, row in rows if one.value is None]
    least += [(line(part, whole), 0) for part, whole in cells.within(kin)]
    upper, bounds = csr_matrix([row for row, _ in least]), [value for _, value in least]
    exact, values = csr_matrix([row for row, _ in equal]), [value for _, value in equal]
    few = known = 0
    for (one, row), true in zip(rows, truth, strict=True):
        assert one.key == true.key
        if one.value is None and not may_show(true.value or 0):
            ends = []
            for sign in (1, -1):
                found = linprog(sign * row, A_ub=upper, b_ub=bounds, A_eq=exact, b_eq=values, bounds=(0, MANY), method="highs")
                assert found.status == 0, found.message
                ends.append(sign * found.fun)
            few += 1
            known += ends[1] - ends[0] < BAR - 1 - 1e-6 or ends[1] < BAR - 1e-6
    return few, known


def attack_reports(sites: int) -> str:
    """One line: reports of made-up sites, what is kept of them, and what the reader works out."""
    numbers = kept = alone = few = known = printed_few = zeros = said = 0
    for seed in range(sites):
        shown, truth, given_away, kin = releases(seed, (150, 400, 1000)[seed % 3])
        numbers += len(truth)
        kept += sum(one.value is not None for one in shown)
        alone += sum(may_show(one.value or 0) for one in truth)
        printed_few += sum(one.value is not None and not may_show(one.value) for one in shown)
        found = attacked(shown, truth, kin)
        zeros += sum(one.value is None and true.value == 0 for one, true in zip(shown, truth, strict=True))
        few, known, said = few + found[0], known + found[1], said + given_away
    return (f"{sites} made-up sites, six months and two quarters each in shuffled order: {numbers:,} numbers; hiding small ones "
            f"alone keeps {alone / numbers:.1%}, ours {kept / numbers:.1%}; a reader works out {known + printed_few} of {few:,}; "
            f"{said} numbers said to be given away by earlier releases; {zeros} zeros withheld")
