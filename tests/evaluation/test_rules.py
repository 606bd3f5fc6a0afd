"""What may be judged and drawn, and how a table of months is read."""

from datetime import date

import pytest

from alongside.common.decision import Refused
from alongside.evaluation.rules import Effect, Series, later, may_draw, may_judge, month_of, monthly, read_series
from tests.evaluation.made import FIRST, made

BEFORE, START = 36, date(2022, 1, 1)


@pytest.mark.parametrize(
    ("series", "start", "said"),
    [
        (made(), START, ""),
        (made(), date(2020, 12, 1), "23 months are known from before, and 24"),
        (made(), date(2021, 1, 1), ""),
        (made(), date(2023, 2, 1), "11 whole months have passed since, and 12"),
        (made(), date(2030, 1, 1), "0 whole months"),
        (Series(FIRST, (1,) * 29 + (0,) * 31), START, "at least 30 before and 11 since"),
        (Series(FIRST, (1,) * 36 + (1,) * 10 + (0,) * 14), START, "at least 30 before and 11 since"),
        (Series(FIRST, (1,) * 60), START, ""),
        (Series(FIRST, (5,) * 60, (9,) * 59 + (0,)), START, "at least one in each month"),
        (Series(FIRST, (5,) * 60, (1,) * 60), START, ""),
    ],
)  # fmt: skip
def test_what_is_enough(series, start, said):
    decision = may_judge(series, start)
    assert bool(decision) == (not said)
    assert said in decision.reason


@pytest.mark.parametrize(
    ("counts", "may"), [((0, 0), True), ((11, 0, 300), True), ((11, 10), False), ((1,), False), ((), True)]
)
def test_a_small_month_is_never_drawn(counts, may):
    assert may_draw(counts, 11) == may


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.5, 0.99, "fewer"), (1.01, 2, "more"), (0.9, 1.2, "unclear"), (0.5, 1.0, "unclear")]
)
def test_a_range_with_no_difference_in_it_is_no_answer(low, high, verdict):
    assert Effect(1, low, high, 0.8).verdict == verdict


def test_months():
    assert later(date(2023, 11, 1), 3) == date(2024, 2, 1)
    assert later(date(2023, 1, 1), -1) == date(2022, 12, 1)
    assert month_of(" 2023-07 ") == date(2023, 7, 1)
    assert [month_of(bad) for bad in ("2023-13", "2023-7", "23-07", "2023-07-01", "", "٢٠٢٣-٠٧")] == [None] * 6
    assert Series(date(2024, 1, 1), (0, 0, 0)).days == [31, 29, 31]


@pytest.mark.parametrize(
    ("first", "until", "counts"),
    [
        (date(2024, 1, 7), date(2024, 4, 1), (5, 0, 2)),
        (date(2024, 1, 8), date(2024, 4, 1), (0, 2)),  # it began within a month: that one is not whole
        (date(2024, 1, 7), date(2024, 2, 1), (5,)),
        (date(2024, 1, 7), date(2024, 1, 1), None),
        (date(2024, 1, 8), date(2024, 2, 1), None),
    ],
)
def test_own_months_are_whole_ones(first, until, counts):
    found = monthly(first, {date(2024, 1, 1): 5, date(2024, 3, 1): 2, date(2024, 4, 1): 9}, until)
    assert (found and found.counts) == counts


def test_a_table_is_read_in_any_order():
    found = read_series("\ufeffMonth, Count ,comparison\n2024-02,3,40\n2024-01,0,38\n")
    assert found == Series(date(2024, 1, 1), (0, 3), (38, 40))
    assert read_series("count,month\r\n7,2024-01\r\n").comparison == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name the columns"),
        ("month,number\n2024-01,3", "must name the columns"),
        ("month,count,count\n2024-01,3,3", "must name the columns"),
        ("month,count\n", "Every month must stand there"),
        ("month,count\n2024-01,3\n2024-03,3", "Every month must stand there"),
        ("month,count\n2024-01,3\n2024-01,3", "Line 3: 2024-01 stands there twice"),
        ("month,count\nJanuary,3", "Line 2: a month is written as"),
        ("month,count\n2024-01,-3", "Line 2: a count is a whole number"),
        ("month,count\n2024-01,3.5", "Line 2: a count is a whole number"),
        ("month,count\n2024-01,", "Line 2: a count is a whole number"),
        ("month,count\n2024-01", "Line 2: a count is a whole number"),
        ("month,count\n2024-01,99999999999", "Line 2: a count is a whole number"),
        ("month,count,comparison\n2024-01,3", "Line 2: a count is a whole number"),
        ("month,count\n2024-01,٣", "Line 2: a count is a whole number"),
    ],
)
def test_a_bad_table_is_one_sentence(text, said):
    with pytest.raises(Refused, match=said):
        read_series(text)
