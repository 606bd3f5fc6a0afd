"""Which counts to hide so that a reader of everything printed learns no small one.

Small counts are hidden first. Then each hidden count, and each number that nobody prints but a reader could subtract, is
looked at by the reader of `attack`; where they know it too well, the cheapest other counts are hidden that let it move far
enough (a linear program over how far printed numbers would have to move; Kelly, Golden and Assad 1992, Fischetti and
Salazar 2005). Hiding more never narrows a range, so what was well hidden once stays so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10

from alongside.suppression.attack import MANY, Contradiction, Key, Printed, Reader
from alongside.suppression.rules import NEAR, THRESHOLD, Count, Kin, is_given_away, is_protected, may_show

# What hiding costs beside the count itself, for each dimension that a count sums over: a total says more than a cell.
TOTAL = 2.0
# Many numbers are moved at once as long as it settles this share of those left; how many of what broke last are looked at first.
ENOUGH, FEW = 0.05, 8
# Up to this many counts it is tried again whether each of those hidden for another's sake could be printed after all.
TRIED_AGAIN = 120


@dataclass(frozen=True, slots=True)
class Shielded:
    """Counts as they may be printed, in the order they came, and how it was looked at.

    `small`: hidden because small; `beside`: hidden for another's sake; `given_away`: what earlier releases alone tell
    already, and nothing hidden now can take back; `zeros_withheld`: no zero is printed that a reader does not know anyhow.
    """

    counts: tuple[Count, ...]
    small: int
    beside: int
    given_away: int
    zeros_withheld: bool = False

    def value(self, of: Key) -> int | None:
        """The printed number of a key, None when hidden."""
        return next(one.value for one in self.counts if one.key == of)


def protect(new: Sequence[Count], earlier: Iterable[Count] = (), kin: Kin | None = None, threshold: int = THRESHOLD,
            hide: Collection[Key] = ()) -> Shielded:  # fmt: skip
    """The new counts as they may be printed, given all that was printed before; those of `hide` are hidden whatever they are.

    A count that was printed before stays as it was printed, its number or hidden, whatever today's number is.
    """
    before = {one.key: one for one in earlier}
    if len({one.key for one in new}) != len(new) or any(one.value is None for one in new):
        raise ValueError("A new count has its number, and stands in a release once.")
    kept = [replace(one, value=old.value) if (old := before.get(one.key)) and old.value is not None else one for one in new]
    known = kin or Kin()
    whole = replace(known, parts={**known.parts, **known.usual}, usual={})
    same = {key: one for key, one in before.items() if key in {each.key for each in new}}
    # Late reports can make today's numbers contradict what was hidden earlier beyond mending: then no reader can rely on both.
    for knows, printed in ((whole, before), (known, before), (whole, same), (known, same)):
        try:
            return _Shield(kept, printed, knows, threshold, hide).done()
        except Contradiction:
            continue
    raise Contradiction("The new numbers contradict themselves.")


@dataclass(frozen=True, slots=True)
class _Target:
    """One number that must not be known too well: a column, what it is counted from, and whether it is a hidden count."""

    column: int
    base: int = 0
    counted: bool = False


class _Shield:
    def __init__(self, new: Sequence[Count], before: Mapping[Key, Count], kin: Kin, threshold: int,
                 hide: Collection[Key]) -> None:  # fmt: skip
        self.new, self.before, self.threshold = new, before, threshold
        self.true = {one.key: one.value or 0 for one in new}
        self.least = dict.fromkeys(self.true, 1) | {key: one.least for key, one in before.items()} | dict.fromkeys(hide, 0)
        self.zeros_withheld = False
        self.lost: dict[_Target, bool] = {}
        self.given_away: set[_Target] = set()
        self.small = {
            key for key, value in self.true.items()
            if not may_show(value, threshold) or key in hide or (key in before and before[key].value is None)
        }  # fmt: skip
        self.hidden = set(self.small)
        self.kept = {key for key, value in self.true.items() if value == 0 or key in before}
        printed = [Printed(one, self.true[one.key]) for one in self._shown()]
        others = [one for key, one in before.items() if key not in self.true]
        self.reader = Reader([*printed, *map(Printed, others)], kin, self.true.keys() - self.kept)
        self.reader.reconcile(before, self.true.keys() - before.keys())
        widest = max((len(one.where) for one in new), default=0)
        self.price = {one.key: 1 + TOTAL * (widest - len(one.where)) + log10(1 + (one.value or 0)) for one in new}
        first = sorted(self.hidden, key=lambda key: (-self.true[key], key))
        self.targets = [self._target(key) for key in [*first, *(one.key for one in others if one.value is None)]]
        self.targets += [_Target(column) for column in self.reader.unprinted]

    def _target(self, key: Key) -> _Target:
        return _Target(self.reader.moves[key], self.reader.true[key], counted=True)

    def _shown(self) -> list[Count]:
        return [replace(one, value=None, least=self.least[one.key]) if one.key in self.hidden else one for one in self.new]

    def done(self) -> Shielded:
        """Every target looked at, again whenever more was hidden: what was known not to be small may not be any more."""
        self._sweep(self.targets)
        before, now = None, self._so_far()
        while before != now:
            self._widen_all()
            before, now = now, self._so_far()
        if self.zeros_withheld:
            self._print_known_zeros()
        elif len(self.new) <= TRIED_AGAIN and not self.given_away:
            self._print_again()
        beside = len(self.hidden - self.small)
        return Shielded(tuple(self._shown()), len(self.small), beside, len(self.given_away), self.zeros_withheld)

    def _so_far(self) -> tuple[int, bool]:
        return len(self.hidden), self.zeros_withheld

    def _widen_all(self) -> None:
        waiting = deque(target for target in self.targets if not self._is_safe(target))
        while waiting:
            target, known = waiting.popleft(), len(self.targets)
            if not self._is_safe(target):
                self._widen(target)
                waiting += self.targets[known:]

    def _sweep(self, targets: Sequence[_Target]) -> None:
        left, before = [target for target in targets if not self._seen_safe(target)], 0
        while left and abs(before - len(left)) > ENOUGH * len(left):
            self.reader.stir([target.column for target in left], 2 * self.threshold)
            before, left = len(left), [target for target in left if not self._seen_safe(target)]

    def _seen_safe(self, target: _Target) -> bool:
        """Whether solutions found so far show it to be safe."""
        low, high = self.reader.least[target.column] + target.base, self.reader.most[target.column] + target.base
        return bool(is_protected(low, high, self.threshold))

    def _is_safe(self, target: _Target) -> bool:
        """Whether it is safe, by one program where one end says enough, else by two."""
        if self._seen_safe(target):
            return True
        first = target.counted or self.reader.least[target.column] + target.base < self.threshold
        end = self._end(target, high=first)
        if self._seen_safe(target) or (first and end <= NEAR) or (not first and end >= self.threshold - NEAR):
            return True
        other = self._end(target, high=not first)
        return self._says(target, *((other, end) if first else (end, other)))

    def _end(self, target: _Target, *, high: bool) -> float:
        return self.reader.end_of(target.column, high=high) + target.base

    def _range(self, target: _Target) -> tuple[float, float]:
        return self._end(target, high=False), self._end(target, high=True)

    def _says(self, target: _Target, low: float, high: float) -> bool:
        if target.counted and high > NEAR:  # that it is zero may be known
            return is_protected(low, high, self.threshold)
        return not is_given_away(low, high, self.threshold)

    def _widen(self, target: _Target) -> None:
        """Hide what it takes that a number can move far enough, up or down, whichever is cheaper."""
        low, high = self._range(target)
        width = self.threshold - 1
        ways = [(max(self.threshold, low + width), MANY)]
        if high >= self.threshold and high - width >= 0:
            ways.append((-MANY, high - width))
        found = [self._cheapest(target, *way) for way in ways]
        reached = [one for one in found if one is not None]
        if not reached:  # not all the way to one side, but to both sides half of it
            halves = [self._cheapest(target, max(self.threshold, low + width / 2), MANY),
                      self._cheapest(target, -MANY, high - width / 2)]  # fmt: skip
            reached = [(0, [key for one in halves if one is not None for key in one[1]])] if None not in halves else []
        if reached:
            self._hide(dict.fromkeys(min(reached, key=lambda one: one[0])[1]))
        elif self._is_lost(target):
            if is_given_away(low, high, self.threshold):
                self.given_away.add(target)
        elif not self.zeros_withheld:
            self._withhold_zeros()
        else:
            self._hide([key for key in self.true if key not in self.hidden | self.kept])

    def _cheapest(self, target: _Target, low: float, high: float) -> tuple[float, list[Key]] | None:
        """The price and the counts that must be hidden for a number to lie between two; None when nothing is enough."""
        prices = {key: self.price[key] for key in self.true if key not in self.hidden | self.kept}
        moved = self.reader.cheapest(target.column, low - target.base, high - target.base, prices)
        return None if moved is None else (sum(prices[key] for key in moved), sorted(moved))

    def _hide(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.hidden.add(key)
            self.reader.open(key, self.least[key])
            self.targets.append(self._target(key))

    def _is_lost(self, target: _Target) -> bool:
        """Whether earlier releases tell it by themselves: it is known too well even with every new count hidden, zeros and all.

        Asked once for all targets there are by then.
        """
        if target not in self.lost:
            least, most = self.reader.least.copy(), self.reader.most.copy()
            fresh, asked = self.true.keys() - self.before.keys(), [one for one in self.targets if one not in self.lost]
            for key in fresh:
                self.reader.open(key, least=0)
            self._sweep(asked)
            self.lost |= {one: not self._is_safe(one) for one in asked}
            for key in fresh:
                self.reader.open(key, self.least[key]) if key in self.hidden else self.reader.shut(key)
            self.reader.least, self.reader.most = least, most
        return self.lost[target]

    def _withhold_zeros(self) -> None:
        """Hide every zero as well and say so, all of them, so that nobody may think that what is hidden is no zero."""
        self.zeros_withheld = True
        fresh = [one.key for one in self.new if one.key not in self.before]
        self.least |= dict.fromkeys(fresh, 0)
        for key in self.hidden.intersection(fresh):
            self.reader.open(key, 0)
        self._hide([key for key in fresh if not self.true[key]])
        self.reader.withhold_zeros(fresh)

    def _print_known_zeros(self) -> None:
        """A zero that follows from what is printed may as well be printed."""
        zeros = [key for key in self.hidden - self.small if not self.true[key]]
        self.hidden -= {key for key in zeros if self._end(self._target(key), high=True) <= NEAR}

    def _print_again(self) -> None:
        """Whatever was hidden for another's sake is printed after all where everything is still safe, the largest first."""
        first: list[_Target] = []  # what broke last time breaks again, most often
        for key in sorted(self.hidden - self.small, key=lambda key: (-self.price[key], key)):
            move = self.reader.moves[key]
            self.reader.shut(key)
            self.reader.forget()
            others = [target for target in self.targets if target.column != move]
            broken = next((target for target in first if target in others and not self._is_safe(target)), None)
            if broken is None:
                self._sweep(others)
                broken = next((target for target in others if not self._is_safe(target)), None)
            if broken is None:
                self.hidden.discard(key)
                self.targets = others
            else:
                first = [broken, *(target for target in first if target != broken)][:FEW]
                self.reader.open(key, self.least[key])
