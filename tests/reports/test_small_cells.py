"""A reader with a linear program and every printed number learns no small count. REPORT_TABLES asks for a longer run."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from alongside.reports.rules import (
    CountTable,
    ShownTable,
    group_small_rows,
    may_show,
    show_nested,
    suppress_small_cells,
)

MANY = 100_000
TABLES = int(os.environ.get("REPORT_TABLES", "150"))
long_or_short = settings(max_examples=TABLES, deadline=None, derandomize=TABLES == 150)

COUNT = st.one_of(st.just(0), st.integers(1, 12), st.integers(0, 60), st.integers(0, 400))


@st.composite
def tables(draw):
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    cells = tuple(tuple(draw(COUNT) for _ in range(width)) for _ in range(height))
    return CountTable(tuple(f"row {i}" for i in range(height)), tuple(f"column {j}" for j in range(width)), cells)


class Reader:
    """Knows every printed number, that totals are sums, and that a hidden number is no zero where zeros are printed."""

    def __init__(self, shown: ShownTable):
        self.width = len(shown.columns)
        size = len(shown.rows) * self.width
        # A table of which no cell at all is printed may hide zeros, too.
        least = 0 if all(seen is None for line in shown.cells for seen in line) else 1
        self.bounds = [(least, MANY) if seen is None else (seen, seen) for line in shown.cells for seen in line]
        masks = {("row", i): self.mask(size, rows=i) for i in range(len(shown.rows))}
        masks |= {("column", j): self.mask(size, columns=j) for j in range(self.width)}
        masks |= {("all", 0): np.ones(size)}
        values = {("row", i): value for i, value in enumerate(shown.row_totals)}
        values |= {("column", j): value for j, value in enumerate(shown.column_totals)} | {("all", 0): shown.total}
        known = [key for key in masks if values[key] is not None]
        self.sums = np.array([masks[key] for key in known]) if known else None
        self.results = np.array([values[key] for key in known]) if known else None
        self.hidden = [masks[key] for key in masks if values[key] is None]
        self.hidden += [np.eye(size)[at] for at, (low, high) in enumerate(self.bounds) if low != high]

    def mask(self, size, rows=None, columns=None):
        at = np.arange(size)
        return ((at // self.width == rows) if rows is not None else (at % self.width == columns)).astype(float)

    def range_of(self, goal):
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=self.sums, b_eq=self.results, bounds=self.bounds, method="highs")
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends

    def narrowest(self):
        return min((high - low for low, high in map(self.range_of, self.hidden)), default=np.inf)


@given(table=tables(), smallest=st.sampled_from([11, 11, 5]))
@long_or_short
@pytest.mark.covers("R65")
def test_no_hidden_number_can_be_worked_out(table, smallest):
    shown = suppress_small_cells(table, smallest)
    assert Reader(shown).narrowest() >= smallest - 1 - 1e-6


@given(table=tables(), smallest=st.sampled_from([11, 5]))
@long_or_short
@pytest.mark.covers("R65")
def test_what_is_printed_is_true_and_never_small(table, smallest):
    shown = suppress_small_cells(table, smallest)
    sums = [sum(row) for row in table.cells]
    columns = [sum(column) for column in zip(*table.cells, strict=True)]
    true = [*(count for row in table.cells for count in row), *sums, *columns, sum(sums)]
    told = [*(count for row in shown.cells for count in row), *shown.row_totals, *shown.column_totals, shown.total]
    for count, seen in zip(true, told, strict=True):
        assert seen is None or (seen == count and may_show(seen, smallest))
    assert shown.total is not None or 0 < sum(sums) < smallest


@given(table=tables())
@long_or_short
def test_a_table_without_small_counts_is_printed_whole(table):
    raised = CountTable(table.rows, table.columns, tuple(tuple(n + 11 if n else 0 for n in row) for row in table.cells))
    shown = suppress_small_cells(raised)
    assert shown.cells == raised.cells
    assert shown.total == sum(map(sum, raised.cells))


def test_the_reader_does_break_a_table_with_small_counts_hidden_alone():
    table = CountTable(("a", "b"), ("x", "y"), ((5, 40), (30, 50)))
    naive = ShownTable(table.rows, table.columns, ((None, 40), (30, 50)), (45, 80), (35, 90), 125)
    assert Reader(naive).narrowest() == 0


def test_a_small_count_takes_its_cheapest_neighbors_with_it_and_totals_stay():
    table = CountTable(("a", "b", "c"), ("x", "y", "z"), ((5, 40, 90), (30, 50, 90), (90, 90, 90)))
    shown = suppress_small_cells(table)
    assert shown.cells == ((None, None, 90), (None, None, 90), (90, 90, 90))
    assert shown.row_totals == (135, 170, 270)
    assert shown.column_totals == (125, 180, 270)


def test_a_table_too_thin_to_protect_keeps_its_total_alone():
    shown = suppress_small_cells(CountTable(("a",), ("x", "y", "z"), ((5, 6, 0),)))
    assert shown.cells == ((None, None, None),)
    assert shown.row_totals == (11,)
    assert shown.total == 11
    across = suppress_small_cells(CountTable(("a", "b"), ("x",), ((5,), (6,))))
    assert (across.column_totals, across.row_totals) == ((11,), (None, None))


def test_a_table_that_is_small_as_a_whole_prints_zeros_only():
    shown = suppress_small_cells(CountTable(("a", "b"), ("x", "y"), ((3, 0), (4, 0))))
    assert shown.cells == ((None, 0), (None, 0))
    assert (shown.total, shown.column_totals) == (None, (None, 0))


def test_an_empty_table_is_an_empty_table():
    shown = suppress_small_cells(CountTable((), ("x",), ()))
    assert (shown.cells, shown.total, shown.column_totals) == ((), 0, (0,))


@pytest.mark.parametrize("cells", [((1, 2),), ((1,), (2,)), ((-1,),)])
def test_a_table_has_one_count_for_each_row_and_column(cells):
    with pytest.raises(ValueError, match="one count"):
        CountTable(("a",), ("x",), cells)


def test_small_rows_stand_together_at_the_end():
    table = CountTable(("Aton", "Bton", "Cton"), ("x", "y"), ((4, 2), (20, 1), (0, 9)))
    grouped = group_small_rows(table, 11, "others")
    assert grouped.rows == ("Bton", "others")
    assert grouped.cells == ((20, 1), (4, 11))
    assert group_small_rows(grouped, 11, "others") == grouped


# --- counts that contain each other ---------------------------------------------------------------------------------


@st.composite
def chains(draw):
    counts = sorted((draw(COUNT) for _ in range(draw(st.integers(1, 7)))), reverse=True)
    names = [str(place) for place in range(len(counts))]
    return dict(zip(names, counts, strict=True)), draw(st.permutations(names))


@given(chain=chains(), smallest=st.sampled_from([11, 5]))
@long_or_short
@pytest.mark.covers("R65", "R66")
def test_no_subtraction_of_nested_counts_gives_a_small_one(chain, smallest):
    counts, order = chain
    shown = show_nested({name: counts[name] for name in order}, smallest)
    told = [value for value in shown.values() if value is not None]
    assert all(may_show(abs(one - other), smallest) for one in told for other in [*told, 0])
    names = list(counts)
    for name in (name for name in names if shown[name] is None):
        above = [shown[other] for other in names[: names.index(name)] if shown[other] is not None]
        below = [shown[other] for other in names[names.index(name) :] if shown[other] is not None]
        assert not above or min(above) - max(below, default=0) >= smallest


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"opened": 72, "tried": 60, "reached": 44}, {"opened": 72, "tried": 60, "reached": 44}),
        ({"opened": 72, "tried": 70, "reached": 44}, {"opened": 72, "tried": None, "reached": 44}),
        ({"opened": 72, "reached": 69, "tried": 70}, {"opened": 72, "reached": None, "tried": None}),
        ({"opened": 72, "tried": 72, "reached": 0}, {"opened": 72, "tried": 72, "reached": 0}),
        ({"opened": 9, "tried": 9, "reached": 0}, {"opened": None, "tried": None, "reached": 0}),
    ],
)
def test_a_step_that_would_tell_a_small_difference_is_hidden(counts, shown):
    assert show_nested(counts) == shown


def test_numbers_printed_beside_a_list_count_too():
    assert show_nested({"within a day": 50}, beside=(55, None)) == {"within a day": None}
