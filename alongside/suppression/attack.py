"""The reader we guard against: a linear program over everything printed, now and earlier (HiGHS).

They know every printed number, that counts are whole and add up, what lies within what, and that a hidden number is no zero,
since zeros are printed (unless a release says that it withholds zeros too).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np

from alongside.suppression.regions import Piece, Regions
from alongside.suppression.rules import Count, Kin, Where

MANY = 1e6  # more than any count; keeps the programs bounded

Key = tuple[str, Where]


class Contradiction(ArithmeticError):
    """Numbers that cannot all be true together."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One count as it was or will be printed; `true` where we know it, `least` the smallest that a hidden one may be."""

    count: Count
    true: int | None = None
    least: int = 1


@dataclass
class _Draft:
    """Columns and rows of a program while it is laid."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple[list[tuple[int, float]], float]] = field(default_factory=list)

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

    def __init__(self, printed: Sequence[Printed], kin: Kin) -> None:
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
        self.program = _program_of(draft)
        self._bounds = list(zip(draft.low, draft.high, strict=True))
        # The least and the largest that any solution so far gave to each column.
        self.least, self.most = np.full(len(draft.low), np.inf), np.full(len(draft.low), -np.inf)

    def _lay_count(self, draft: _Draft, one: Printed, pieces: tuple[Piece, ...]) -> None:
        """The pieces are the number and its move; without a number of ours the move is all of it."""
        key, shown = one.count.key, one.count.value
        self.true[key] = number = (shown or 0) if one.true is None else one.true
        free = (0.0, 0.0) if shown is not None else (self._lowest(key, one.true, one.least), MANY)
        self.moves[key] = move = draft.column(*free)
        entries = self._summed(draft, pieces, ())
        if len(entries) == 1:
            self.alone.add(entries[0][0])
        draft.rows.append(([*entries, (move, -1)], number))
        if shown or one.true:
            self.ways[key] = up, down = draft.column(0, MANY), draft.column(0, MANY)
            draft.rows.append(([(move, 1), (up, -1), (down, 1)], 0))

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
        self._bounds[column] = low, high
        self.program.changeColBounds(column, low, high)

    def bounds(self, column: int) -> tuple[float, float]:
        """Between what a column moves at present."""
        return self._bounds[column]

    def reconcile(self, earlier: Iterable[Key], ours: Iterable[Key]) -> None:
        """Where numbers printed earlier contradict today's (late reports), the reader mends the earlier ones a little."""
        held = {self.moves[key]: self.bounds(self.moves[key]) for key in ours}
        mended = [key for key in earlier if key in self.ways and self.bounds(self.moves[key]) == (0, 0)]
        for column in held:
            self.bound(column, 0, 0)
        if self.best({}, noting=False) is None:
            for key in mended:
                self.bound(self.moves[key], -self.true[key], MANY)
            found = self.best({column: 1.0 for key in mended for column in self.ways[key]}, noting=False)
            if found is None:
                raise Contradiction("Today's numbers contradict themselves.")
            for key in mended:
                move = float(found[self.moves[key]])
                self.bound(self.moves[key], move, move)
        for column, ends in held.items():
            self.bound(column, *ends)

    def open(self, key: Key, least: int = 1) -> None:
        """From here on this count is hidden: it may be anything from `least` on."""
        self.bound(self.moves[key], self._lowest(key, self.true[key], least), MANY)

    def shut(self, key: Key) -> None:
        """From here on this count is printed."""
        self.bound(self.moves[key], 0, 0)

    @property
    def unprinted(self) -> list[int]:
        """The columns of what nobody prints and a reader could work out: pieces that are no count, and differences."""
        return [*(column for column in self.pieces.values() if column not in self.alone), *self.gaps]

    def best(self, costs: Mapping[int, float], *, noting: bool = True) -> np.ndarray | None:
        """The cheapest solution under these costs, or None when there is none at all; noted as something possible."""
        for column, cost in costs.items():
            self.program.changeColCost(column, cost)
        self.program.run()
        status = self.program.getModelStatus()
        for column in costs:
            self.program.changeColCost(column, 0)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"The linear program ended as {status}.")
        found: np.ndarray = np.array(self.program.getSolution().col_value)
        if noting:
            self.note(found)
        return found

    def note(self, found: np.ndarray) -> None:
        """Remember that this is possible, for every column."""
        np.minimum(self.least, found, out=self.least)
        np.maximum(self.most, found, out=self.most)

    def forget(self) -> None:
        """Something is printed that was hidden: what was possible may be so no longer."""
        self.least.fill(np.inf)
        self.most.fill(-np.inf)

    def end_of(self, column: int, *, high: bool) -> float:
        """The largest or the least value of a column, given all that is printed."""
        found = self.best({column: -1 if high else 1})
        if found is None:
            raise Contradiction("What is printed contradicts itself.")
        return float(found[column])


def _program_of(draft: _Draft) -> highspy.Highs:
    starts, index, value = [0], list[int](), list[float]()
    for entries, _sum in draft.rows:
        index += [column for column, _part in entries]
        value += [part for _column, part in entries]
        starts.append(len(index))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(draft.low), len(draft.rows)
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_, lp.col_upper_ = np.array(draft.low, float), np.array(draft.high, float)
    lp.row_lower_ = lp.row_upper_ = np.array([total for _entries, total in draft.rows], float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(starts, np.int32), np.array(index, np.int32)
    lp.a_matrix_.value_ = np.array(value, float)
    program: highspy.Highs = _Quiet()  # type: ignore[no-untyped-call]  # the package has no types
    program.silent()
    program.setOptionValue("simplex_strategy", 4)
    program.passModel(lp)
    return program
