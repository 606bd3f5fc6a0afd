"""A period in plain sentences: nothing hidden is said, and a sentence with a hidden number is said shorter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alongside.measures.rules import period_of
from alongside.measures.shown import NUMBER, Value, printed_of
from alongside.reports.files import in_words
from alongside.reports.words import in_short, period_words, written
from alongside.suppression.rules import count


@pytest.mark.parametrize(("code", "words"), [
    ("2026-05", "May 2026"), ("2026-Q3", "July to September 2026"), ("2026-Q4", "October to December 2026"), ("2026", "2026"),
])  # fmt: skip
def test_a_period_is_called_as_people_call_it(code, words):
    assert period_words(period_of(code)) == words


def printed(**numbers):
    period = period_of("2026-05")
    counts = [count(code.replace("_", "."), number, month=period.months) for code, number in numbers.items()]
    notes = {"collected": ["tries", "needs", "referrals", "kits"]}
    return printed_of(period, counts, is_over=True, as_of=datetime(2026, 7, 3, tzinfo=UTC), threshold=11, figures={}, notes=notes)


@pytest.mark.parametrize(("numbers", "sentences"), [
    ({"incidents": 42, "incidents_overdose": 30}, ["42 events came to us, 30 of them overdoses."]),
    ({"incidents": 42, "incidents_overdose": None}, ["42 events came to us."]),
    ({"incidents": None, "incidents_overdose": 30}, ["30 overdoses came to us."]),
    ({"cases": 40, "cases_tried": 35, "cases_reached": None},
     ["40 cases were opened; somebody tried to make contact in 35."]),
    ({"cases": None, "cases_tried": 35, "cases_reached": 20}, []),
    ({"kits": 0}, ["0 naloxone kits were handed out."]),
])  # fmt: skip
def test_what_is_printed_is_said_and_what_is_hidden_is_not(numbers, sentences):
    assert in_short(printed(**numbers)) == sentences


@pytest.mark.parametrize(("number", "words"), [
    (1_234_567, "1234567"), (100_000.5, "100000.5"), (40.0, "40"), (7.5, "7.5"), (0, "0"),
])  # fmt: skip
def test_a_number_keeps_its_digits(number, words):
    assert written(number) == words
    assert in_words(Value(NUMBER, number)) == words
