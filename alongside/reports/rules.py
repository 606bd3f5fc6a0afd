"""What a report may print: no count of 1 to `smallest - 1`, and none that the printed ones give away.

The reader we guard against sees every printed number, knows that counts are whole, that totals are sums, and that zeros
are printed unless a table prints no cell at all (so a hidden number is at least 1). The promise: for every hidden number of
a table at least `smallest` values stay possible, so that they cannot all be small ones; for every hidden number of a
list of nested counts at least `smallest - 1`. The bar of 11 is the one of the federal health payers (CMS cell size
policy, 26 January 2024).

A table is a circulation: row totals flow into rows, cells carry them to columns, column totals flow out, and the grand
total closes the ring. How far a hidden cell can move while every printed number stays is then a maximal flow over the
hidden cells, and what else to hide is the cheapest way to let it move further (Cox 1995, network flows for two-way
tables).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SMALLEST = 11
RATE_FROM = 20
"""A percentage is printed for at least this many (CDC WISQARS marks rates on 20 or fewer as unstable)."""

# The steps of the funnel, in the order in which a number is kept when two cannot stand side by side.
KEPT_FIRST = ("incidents", "cases", "reached", "people", "attempted", "connected", "need", "with_person", "contact")
# What every count of cases lies within.
AROUND_CASES = ("incidents", "with_person", "people", "cases")
# A step of the funnel and the column of the table of needs that adds up to it or more.
COVERED_BY = (("need", "noted"), ("connected", "connected"))

Cell = tuple[int, int]
Numbers = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class CountTable:
    """Whole counts by row and column; the totals are their sums."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        shape = [len(self.columns)] * len(self.rows)
        if [len(row) for row in self.cells] != shape or any(count < 0 for row in self.cells for count in row):
            raise ValueError("A table of counts needs one count, zero or more, for every row and column.")


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it may be printed; None stands for a hidden number."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def may_show(count: int, smallest: int = SMALLEST) -> bool:
    """Whether a count can be printed by itself: zero, or not small."""
    return count == 0 or count >= smallest


@dataclass(frozen=True, slots=True)
class ShownFunnel:
    """What of the funnel, its clocks and the needs may be printed; None stands for a hidden number."""

    steps: Numbers
    within: dict[int, int | None]
    needs: dict[str, Numbers]


def bounds_of(first_on: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next one in a time zone, in UTC; clock changes lengthen or shorten it."""
    after = (first_on + timedelta(days=32)).replace(day=1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (first_on, after))
    return start, end


def show_nested(counts: Mapping[str, int], smallest: int = SMALLEST, beside: Iterable[int | None] = ()) -> Numbers:
    """Of counts that contain each other (opened ⊇ attempted ⊇ reached), those that can be printed together.

    Names given first are kept first. Any two printed numbers, also of those printed `beside`, are equal or differ by
    `smallest` or more, so no subtraction gives a small count; a hidden one lies between two that far apart.
    """
    printed = [count for count in beside if count is not None]
    shown: Numbers = {}
    for name, count in counts.items():
        fits = may_show(count, smallest) and all(may_show(abs(count - other), smallest) for other in printed)
        shown[name] = count if fits else None
        if fits:
            printed.append(count)
    return shown


def show_funnel(
    steps: Mapping[str, int],
    within: Mapping[int, int],
    needs: Mapping[str, Mapping[str, int]],
    smallest: int = SMALLEST,
) -> ShownFunnel:
    """The funnel with its clocks and needs, each number kept apart from every larger group that it is a part of."""
    shown = show_nested({name: steps[name] for name in KEPT_FIRST}, smallest)
    around = [shown[name] for name in AROUND_CASES]
    clocks = show_nested(
        {str(hours): count for hours, count in within.items()}, smallest, [*around, shown["attempted"]]
    )
    rows = {code: _show_need(row, shown, smallest) for code, row in needs.items()}
    for name, column in COVERED_BY:
        # When the printed rows do not add up to the cases with any need, what is missing tells of the hidden rows.
        if (shown[name] or 0) > sum(row[column] or 0 for row in rows.values()):
            shown[name] = None
    return ShownFunnel(shown, {hours: clocks[str(hours)] for hours in within}, rows)


def _show_need(row: Mapping[str, int], shown: Numbers, smallest: int) -> Numbers:
    around = [shown[name] for name in (*AROUND_CASES, "need")]
    first = show_nested({name: row[name] for name in ("noted", "referred")}, smallest, around)
    beside = [*around, shown["connected"], *first.values()]
    return first | show_nested({"connected": row["connected"]}, smallest, beside)


def group_small_rows(table: CountTable, smallest: int = SMALLEST, name: str = "") -> CountTable:
    """Rows whose total is small, and empty ones, become one last row, so that nobody reads which were small."""
    large = [place for place, row in enumerate(table.cells) if sum(row) >= smallest]
    if len(large) == len(table.rows):
        return table
    rest = [row for place, row in enumerate(table.cells) if place not in large]
    merged = tuple(sum(column) for column in zip(*rest, strict=True))
    return CountTable(
        (*(table.rows[place] for place in large), name),
        table.columns,
        (*(table.cells[place] for place in large), merged),
    )


def suppress_small_cells(table: CountTable, smallest: int = SMALLEST) -> ShownTable:
    """The table with small counts hidden, and as many others as it takes that none can be worked out.

    The grand total stays whenever it is not small, because it stands elsewhere in the report too. A table too thin to
    protect keeps its grand total alone.
    """
    grid = _with_totals(table)
    hidden = {cell for cell, count in grid.items() if not may_show(count, smallest)}
    total = grid[len(table.rows), len(table.columns)]
    if hidden and not may_show(total, smallest):
        hidden = {cell for cell, count in grid.items() if count}
    elif hidden:
        hidden = _protected(grid, hidden, smallest)
    return _without(table, grid, hidden)


def _with_totals(table: CountTable) -> dict[Cell, int]:
    rows = [(*row, sum(row)) for row in table.cells]
    sums = tuple(sum(row[place] for row in rows) for place in range(len(table.columns) + 1))
    return {(i, j): count for i, row in enumerate([*rows, sums]) for j, count in enumerate(row)}


def _without(table: CountTable, grid: Mapping[Cell, int], hidden: set[Cell]) -> ShownTable:
    height, width = len(table.rows), len(table.columns)

    def row(i: int) -> tuple[int | None, ...]:
        return tuple(None if (i, j) in hidden else grid[i, j] for j in range(width + 1))

    shown = [row(i) for i in range(height + 1)]
    return ShownTable(
        table.rows,
        table.columns,
        cells=tuple(line[:-1] for line in shown[:-1]),
        row_totals=tuple(line[-1] for line in shown[:-1]),
        column_totals=shown[-1][:-1],
        total=shown[-1][-1],
    )


def _protected(grid: Mapping[Cell, int], hidden: set[Cell], smallest: int) -> set[Cell]:
    """Every cell to hide; what is hidden for another's sake is protected as well. Hiding more never narrows a range."""
    found, waiting = set(hidden), sorted(hidden, key=lambda cell: (-grid[cell], cell))
    for cell in waiting:
        more = _also_hide(grid, cell, found, smallest - 1)
        if more is None:
            return _all_but_the_total(grid)
        found |= more
        waiting.extend(sorted(more))
    return found


def _all_but_the_total(grid: Mapping[Cell, int]) -> set[Cell]:
    """Zeros too; the total of an only row or column is the grand total, which stays."""
    last = max(grid)
    kept = {last} | ({(0, last[1])} if last[0] == 1 else set()) | ({(last[0], 0)} if last[1] == 1 else set())
    return set(grid) - kept


def _also_hide(grid: Mapping[Cell, int], cell: Cell, hidden: set[Cell], width: int) -> set[Cell] | None:
    """What else to hide so that a cell can move over `width`; None when nothing is enough."""
    up, down = (_Ring(grid, hidden, paying=False).room(cell, width, upward=way) for way in (True, False))
    if up + down >= width:
        return set()
    grown = set(hidden)
    up = _Ring(grid, grown, paying=True).room(cell, width, upward=True)
    if up < width:
        up += _Ring(grid, grown, paying=True).room(cell, min(width - up, grid[cell] - 1), upward=False)
    return grown - hidden if up >= width else None


class _Ring:
    """The table as a circulation; `paying` lets printed numbers join the hidden ones, at a price."""

    def __init__(self, grid: Mapping[Cell, int], hidden: set[Cell], *, paying: bool) -> None:
        self.amount, self.hidden = dict(grid), hidden
        self.last = max(grid)
        self.total = grid[self.last]
        self.steps: dict[int, list[tuple[int, Cell, int]]] = {}
        for cell, count in grid.items():
            if cell in hidden or (paying and count and cell != self.last):
                tail, head = self._ends(cell)
                self.steps.setdefault(tail, []).append((head, cell, 1))
                self.steps.setdefault(head, []).append((tail, cell, -1))

    def _ends(self, cell: Cell) -> tuple[int, int]:
        """Cells and the grand total flow from row to column, totals of rows and columns the other way."""
        row, column = cell[0], self.last[0] + 1 + cell[1]
        plain = (cell[0] < self.last[0]) == (cell[1] < self.last[1])
        return (row, column) if plain else (column, row)

    def _price(self, cell: Cell) -> int:
        if cell in self.hidden:
            return 0
        is_total = self.last[0] == cell[0] or self.last[1] == cell[1]
        return 1 + self.amount[cell] + (self.total if is_total else 0)

    def room(self, cell: Cell, limit: int, *, upward: bool) -> int:
        """How far a cell can move one way, up to a limit, while every printed number stays; joins what it needed."""
        tail, head = self._ends(cell)
        start, goal = (head, tail) if upward else (tail, head)
        limit = limit if upward else min(limit, self.amount[cell] - 1)
        moved = 0
        while moved < limit:
            path = self._cheapest(start, goal, cell)
            if not path:
                break
            step = min([limit - moved, *(self.amount[part] - 1 for part, way in path if way < 0)])
            for part, way in path:
                self.amount[part] += way * step
                self.hidden.add(part)
            moved += step
        return moved

    def _cheapest(self, start: int, goal: int, without: Cell) -> Sequence[tuple[Cell, int]]:
        price, came, heap = {start: 0}, dict[int, tuple[int, Cell, int]](), [(0, start)]
        while heap and (place := heapq.heappop(heap))[1] != goal:
            for to, cell, way in self.steps.get(place[1], ()):
                if cell == without or (way < 0 and self.amount[cell] <= 1):
                    continue
                cost = place[0] + self._price(cell)
                if cost < price.get(to, cost + 1):
                    price[to], came[to] = cost, (place[1], cell, way)
                    heapq.heappush(heap, (cost, to))
        return _trace(came, start, goal)


def _trace(came: Mapping[int, tuple[int, Cell, int]], start: int, goal: int) -> list[tuple[Cell, int]]:
    path: list[tuple[Cell, int]] = []
    while goal != start:
        if goal not in came:
            return []
        goal, cell, way = came[goal]
        path.append((cell, way))
    return path
