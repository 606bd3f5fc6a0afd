"""The reader we guard against: a linear program over everything printed, now and earlier (HiGHS).

They know every printed number, that counts are whole and add up, what lies within what, and that a hidden number is no zero,
since zeros are printed (unless its release says that it withholds zeros too).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import highspy
import numpy as np

from alongside.suppression.regions import Piece, Regions
from alongside.suppression.rules import NEAR, Count, Kin, Where

MANY = 1e6  # more than any count; keeps the programs bounded

Key = tuple[str, Where]
Row = tuple[list[tuple[int, float]], float]


class Contradiction(ArithmeticError):
    """Numbers that cannot all be true together."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One count as it was or will be printed; `true` where we know it."""

    count: Count
    true: int | None = None


@dataclass
class _Draft:
    """Columns and rows of a program while it is laid."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    costs: list[Row] = field(default_factory=list)

    def column(self, low: float, high: float) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1


class _Quiet(highspy.Highs):
    """HiGHS without its callbacks, which print a line when they are switched on and cost time in every program."""

    def enableCallbacks(self) -> None:
        return None


class Reader:
    """Everything printed as one linear program. A count that we know is its number and a move away from it."""

    def __init__(self, printed: Sequence[Printed], kin: Kin, free: Collection[Key] = ()) -> None:
        regions = Regions([one.count for one in printed], kin)
        draft = _Draft()
        self.pieces: dict[Piece, int] = {}
        self.moves: dict[Key, int] = {}
        self.ways: dict[Key, tuple[int, int]] = {}
        self.true: dict[Key, int] = {}
        self.gaps: list[int] = []
        self.alone: set[int] = set()
        for one in printed:
            self._lay_count(draft, one, regions.pieces_of(one.count))
        for row in regions.rows():
            entries = self._summed(draft, row.plus, row.minus)
            if row.least:
                self.gaps.append(draft.column(0, MANY))
                entries.append((self.gaps[-1], -1))
            draft.rows.append((entries, 0))
        bounds = list(zip(draft.low, draft.high, strict=True))
        self.program = _program_of(bounds, [*draft.rows, *draft.costs])
        self.parts = Parts(list(bounds), draft.rows)
        self.free, self.least_free = {self.moves[key]: key for key in free}, 1
        self._all = draft
        # The least and the largest that any solution so far gave to each column.
        self.least, self.most = np.full(len(draft.low), np.inf), np.full(len(draft.low), -np.inf)

    def _lay_count(self, draft: _Draft, one: Printed, pieces: tuple[Piece, ...]) -> None:
        """The pieces are the number and its move; without a number of ours the move is all of it."""
        key, shown = one.count.key, one.count.value
        self.true[key] = number = (shown or 0) if one.true is None else one.true
        free = (0.0, 0.0) if shown is not None else (self._lowest(key, one.true, one.count.least), MANY)
        self.moves[key] = move = draft.column(*free)
        entries = self._summed(draft, pieces, ())
        if len(entries) == 1:
            self.alone.add(entries[0][0])
        draft.rows.append(([*entries, (move, -1)], number))
        if one.true or (one.true is None and shown is not None):
            self.ways[key] = up, down = draft.column(0, MANY), draft.column(0, MANY)
            draft.costs.append(([(move, 1), (up, -1), (down, 1)], 0))

    def _lowest(self, key: Key, true: int | None, least: int) -> float:
        """How far a hidden count may move down: not to zero, since zeros are printed, unless it is one that we hide."""
        return float((least if true is None else min(least, true)) - self.true[key])

    def _summed(self, draft: _Draft, plus: Iterable[Piece], minus: Iterable[Piece]) -> list[tuple[int, float]]:
        found = []
        for sign, pieces in ((1, plus), (-1, minus)):
            for piece in pieces:
                if piece not in self.pieces:
                    self.pieces[piece] = draft.column(0, MANY)
                found.append((self.pieces[piece], float(sign)))
        return found

    def bound(self, column: int, low: float, high: float) -> None:
        """Let a column move between two numbers."""
        self.parts.bound(column, low, high)
        self.program.changeColBounds(column, low, high)

    def bounds(self, column: int) -> tuple[float, float]:
        """Between what a column moves at present."""
        return self.parts.bounds[column]

    def reconcile(self, earlier: Iterable[Key], ours: Iterable[Key]) -> None:
        """Where numbers printed earlier contradict today's (late reports), the reader mends the earlier ones a little."""
        held = {self.moves[key]: self.bounds(self.moves[key]) for key in ours}
        mended = [key for key in earlier if key in self.ways and self.bounds(self.moves[key]) == (0, 0)]
        for column in held:
            self.bound(column, 0, 0)
        if self.best({}) is None:
            for key in mended:
                self.try_bound(self.moves[key], -self.true[key], MANY)
            found = self.best({column: 1.0 for key in mended for column in self.ways[key]})
            if found is None:
                raise Contradiction("Today's numbers contradict themselves.")
            for key in mended:
                move = float(found[self.moves[key]])
                self.bound(self.moves[key], move, move)
        for column, ends in held.items():
            self.bound(column, *ends)

    def open(self, key: Key, least: int) -> None:
        """From here on this count is hidden: it may be anything from `least` on."""
        self.bound(self.moves[key], self._lowest(key, self.true[key], least), MANY)

    def withhold_zeros(self, keys: Iterable[Key]) -> None:
        """From here on these counts are hidden, or may be, and may be zero."""
        self.free |= {self.moves[key]: key for key in keys}
        self.least_free = 0
        self.__dict__.pop("loose", None)

    def try_bound(self, column: int, low: float, high: float) -> None:
        """The same for one question alone: nothing is said to be printed otherwise."""
        self.program.changeColBounds(column, low, high)

    def shut(self, key: Key) -> None:
        """From here on this count is printed."""
        self.bound(self.moves[key], 0, 0)

    @property
    def unprinted(self) -> list[int]:
        """The columns of what nobody prints and a reader could work out: pieces that are no count, and differences."""
        return [*(column for column in self.pieces.values() if column not in self.alone), *self.gaps]

    @cached_property
    def loose(self) -> Parts:
        """The same with every count that may still be hidden free to move, at what its two ways cost."""
        bounds = list(self.parts.bounds) + [(0.0, MANY)] * (len(self._all.low) - len(self.parts.bounds))
        for column, key in self.free.items():
            bounds[column] = self._lowest(key, self.true[key], self.least_free), MANY
        return Parts(bounds, [*self._all.rows, *self._all.costs])

    def cheapest(self, column: int, low: float, high: float, prices: Mapping[Key, float]) -> set[Key] | None:
        """The counts that have to move for a column to lie between two numbers, at the least price; None when nothing is enough.

        A count that has no price moves for nothing.
        """
        part = self.loose.part_of(column)
        known = self.loose.bounds[column]
        low, high = max(low, known[0]), min(high, known[1])
        if low > high or column in self.loose.values:
            return None
        inside = [key for move, key in self.free.items() if move in part.place]
        part.program.changeColBounds(part.place[column], low, high)
        found = _solved(part.program, {
            part.place[way]: prices[key] for key in inside if key in prices for way in self.ways[key]
        })  # fmt: skip
        part.program.changeColBounds(part.place[column], *known)
        if found is None:
            return None
        return {key for key in inside if key in prices and abs(found[part.place[self.moves[key]]]) > NEAR}

    def best(self, costs: Mapping[int, float]) -> np.ndarray | None:
        """The cheapest solution of everything at once under these costs, or None when there is none at all."""
        return _solved(self.program, costs)

    def end_of(self, column: int, *, high: bool) -> float:
        """The largest or the least value of a column, given all that is printed."""
        known = self.parts.values.get(column)
        if known is not None:
            self.least[column] = self.most[column] = known
            return known
        part = self.parts.part_of(column)
        found = _solved(part.program, {part.place[column]: -1 if high else 1})
        if found is None:
            raise Contradiction("What is printed contradicts itself.")
        self._note(part, found)
        return float(found[part.place[column]])

    def stir(self, columns: Collection[int], far: float) -> None:
        """Two opposite solutions that move many columns far: what they show to be possible need not be asked one by one."""
        groups: dict[int, tuple[Part, list[int]]] = {}
        for column in columns:
            if column not in self.parts.values:
                part = self.parts.part_of(column)
                groups.setdefault(id(part), (part, []))[1].append(column)
        for part, members in groups.values():
            if len(members) > 1:
                self._stir_part(part, members, far)

    def _stir_part(self, part: Part, members: Sequence[int], far: float) -> None:
        here = _solved(part.program, {})
        if here is None:
            return
        chance = Random(len(members))  # noqa: S311  # nosec B311  # any directions will do
        ways = {part.place[column]: chance.choice((-1, 1)) for column in members}
        for column in members:
            low, high = self.parts.bounds[column]
            part.program.changeColBounds(part.place[column], low, min(high, here[part.place[column]] + far))
        for sign in (1, -1):
            found = _solved(part.program, {place: sign * way for place, way in ways.items()})
            if found is not None:
                self._note(part, found)
        for column in members:
            part.program.changeColBounds(part.place[column], *self.parts.bounds[column])

    def _note(self, part: Part, found: np.ndarray) -> None:
        """Remember that this is possible, for every column of a part."""
        self.least[part.columns] = np.minimum(self.least[part.columns], found)
        self.most[part.columns] = np.maximum(self.most[part.columns], found)

    def forget(self) -> None:
        """Something is printed that was hidden: what was possible may be so no longer."""
        self.least.fill(np.inf)
        self.most.fill(-np.inf)


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that hang together, as a program of their own."""

    program: highspy.Highs
    columns: np.ndarray
    place: Mapping[int, int]


class Parts:
    """The rows of a program, taken apart: what follows at once is known, the rest falls into small programs."""

    def __init__(self, bounds: list[tuple[float, float]], rows: Sequence[Row]) -> None:
        self.bounds, self.rows = bounds, rows
        self.rows_of: list[list[int]] = [[] for _ in bounds]
        for place, (entries, _total) in enumerate(rows):
            for column, _part in entries:
                self.rows_of[column].append(place)
        self._values: dict[int, float] | None = None
        self._told: dict[int, int] = {}
        self._found: dict[int, Part] = {}

    def bound(self, column: int, low: float, high: float) -> None:
        """Let a column move between two numbers."""
        if self.bounds[column] != (low, high):
            self.bounds[column] = low, high
            self._unsettle(column)

    @property
    def values(self) -> dict[int, float]:
        """Every column that can be only one number, as far as row after row tells."""
        if self._values is None:
            self._values = {column: low for column, (low, high) in enumerate(self.bounds) if low == high}
            self._settle(list(range(len(self.rows))))
        return self._values

    def _settle(self, waiting: list[int]) -> None:
        values = self.values
        while waiting:
            row = waiting.pop()
            for column, value in self._told_by(self.rows[row], values):
                values[column], self._told[column] = value, row
                waiting += self.rows_of[column]

    def _unsettle(self, column: int) -> None:
        """A column moves otherwise than before: what followed from it does no longer, and is looked at again."""
        if self._values is None:
            return
        edge, rows = [column], set[int]()
        while edge:
            known = edge.pop()
            self._values.pop(known, None)
            self._told.pop(known, None)
            for row in self.rows_of[known]:
                rows.add(row)
                edge += [other for other, _part in self.rows[row][0] if self._told.get(other) == row]
        low, high = self.bounds[column]
        if low == high:
            self._values[column] = low
            rows.update(self.rows_of[column])
        for row in rows:
            for other, _part in self.rows[row][0]:
                if part := self._found.pop(other, None):
                    self._found = {one: kept for one, kept in self._found.items() if kept is not part}
        self._settle(list(rows))

    def _told_by(self, row: Row, values: Mapping[int, float]) -> list[tuple[int, float]]:
        """The last unknown of a row; or all of them, when numbers that are never below zero add up to zero."""
        unknown, left = [], row[1]
        for column, part in row[0]:
            if column in values:
                left -= part * values[column]
            else:
                unknown.append((column, part))
        if len(unknown) == 1:
            return [(unknown[0][0], left / unknown[0][1])]
        one_way = unknown and len({part > 0 for _column, part in unknown}) == 1
        if one_way and abs(left) < NEAR and all(self.bounds[column][0] >= 0 for column, _part in unknown):
            return [(column, 0.0) for column, _part in unknown]
        return []

    def part_of(self, column: int) -> Part:
        """The small program that a column belongs to."""
        if column not in self._found:
            part = self._laid(column)
            self._found |= dict.fromkeys(part.place, part)
        return self._found[column]

    def _laid(self, column: int) -> Part:
        values, edge = self.values, [column]
        place, rows = {column: 0}, dict[int, None]()
        while edge:
            for row in self.rows_of[edge.pop()]:
                if row not in rows:
                    rows[row] = None
                    for other, _part in self.rows[row][0]:
                        if other not in values and other not in place:
                            place[other] = len(place)
                            edge.append(other)
        inner = []
        for row in rows:
            entries, total = self.rows[row]
            left = total - sum(part * values[other] for other, part in entries if other in values)
            inner.append(([(place[other], part) for other, part in entries if other in place], left))
        return Part(_program_of([self.bounds[other] for other in place], inner), np.array(list(place)), place)


def _solved(program: highspy.Highs, costs: Mapping[int, float]) -> np.ndarray | None:
    """The cheapest solution under these costs, or None when there is none at all."""
    for column, cost in costs.items():
        program.changeColCost(column, cost)
    program.run()
    if program.getModelStatus() == highspy.HighsModelStatus.kUnknown:  # from where it ended last; from the start it finds its way
        program.clearSolver()
        program.run()
    status = program.getModelStatus()
    for column in costs:
        program.changeColCost(column, 0)
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"The linear program ended as {status}.")
    return np.array(program.getSolution().col_value)


def _program_of(bounds: Sequence[tuple[float, float]], rows: Sequence[Row]) -> highspy.Highs:
    starts, index, value = [0], list[int](), list[float]()
    for entries, _total in rows:
        index += [column for column, _part in entries]
        value += [part for _column, part in entries]
        starts.append(len(index))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(bounds), len(rows)
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_ = np.array([low for low, _high in bounds], float)
    lp.col_upper_ = np.array([high for _low, high in bounds], float)
    lp.row_lower_ = lp.row_upper_ = np.array([total for _entries, total in rows], float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(starts, np.int32), np.array(index, np.int32)
    lp.a_matrix_.value_ = np.array(value, float)
    program: highspy.Highs = _Quiet()  # type: ignore[no-untyped-call]  # the package has no types
    program.silent()
    program.setOptionValue("simplex_strategy", 4)
    program.passModel(lp)
    return program
