"""What can be judged at all, how monthly counts are read, and what a result may be called. Plain values only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alongside.common.decision import YES, Decision, Refused

MONTHS_BEFORE = 24
"""A season and a trend cannot be told apart in less than two years (Bernal and others 2017, doi 10.1093/ije/dyw098)."""
MONTHS_AFTER = 12
EVENTS_BEFORE, EVENTS_AFTER = 30, 11
MOST_MONTHS, MOST_COUNT, MOST_SERIES = 600, 10_000_000, 20
FIRST_WEEK = 7

_MONTH = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of consecutive whole months from `first_on` on, and those of a comparison of the same months (or none)."""

    first_on: date
    counts: tuple[int, ...]
    comparison: tuple[int, ...] = ()

    @property
    def months(self) -> list[date]:
        """The first day of each month."""
        return [later(self.first_on, place) for place in range(len(self.counts))]

    @property
    def days(self) -> list[int]:
        """How many days each month has."""
        return [(later(month, 1) - month).days for month in self.months]

    def place_of(self, start: date) -> int:
        """How many of the months lie before a start; never outside of the series."""
        place = (start.year - self.first_on.year) * 12 + start.month - self.first_on.month
        return min(max(place, 0), len(self.counts))


@dataclass(frozen=True, slots=True)
class Effect:
    """By what factor the months since differ from what was expected, from and to (95 %); `tells_below` is the largest
    factor under 1 that these numbers could have told from chance."""

    factor: float
    low: float
    high: float
    tells_below: float
    # For each month, what is expected as if outreach had not begun, and its own range.
    expected: tuple[tuple[float, float, float], ...] = ()

    @property
    def verdict(self) -> str:
        """`fewer`, `more`, or `unclear`: chance alone could make it."""
        return "fewer" if self.high < 1 else "more" if self.low > 1 else "unclear"


def later(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_of(text: str) -> date | None:
    """The first day of a month written as 2023-07; None for anything else."""
    match = _MONTH.fullmatch(text.strip())
    return date(int(match[1]), int(match[2]), 1) if match else None


def may_judge(series: Series, start: date) -> Decision:
    """Whether there is enough before and since to say anything; no number under the smallest shown is told."""
    before = series.place_of(start)
    since = len(series.counts) - before
    if before < MONTHS_BEFORE:
        return Decision.no(f"Too early to tell: {before} months are known from before, and {MONTHS_BEFORE} are needed.")
    if since < MONTHS_AFTER:
        return Decision.no(f"Too early to tell: {since} whole months have passed since, and {MONTHS_AFTER} are needed.")
    if series.comparison and not all(series.comparison):
        return Decision.no("Too few to tell: the comparison needs at least one in each month.")
    for counts in (series.counts, series.comparison or series.counts):
        if sum(counts[:before]) < EVENTS_BEFORE or sum(counts[before:]) < EVENTS_AFTER:
            return Decision.no(f"Too few to tell: at least {EVENTS_BEFORE} before and {EVENTS_AFTER} since are needed.")
    return YES


def may_draw(counts: Sequence[int], smallest: int) -> bool:
    """Whether every month may be shown: none is small but not nothing."""
    return not any(0 < count < smallest for count in counts)


def monthly(first: date, counts: Mapping[date, int], until: date) -> Series | None:
    """Counts by month (of its first day) as a series up to, not with, the month of `until`; None without a whole month.

    `first` is the day of the first event: a log that begins within a month does not tell of all of it.
    """
    start = first.replace(day=1) if first.day <= FIRST_WEEK else later(first.replace(day=1), 1)
    months = (until.year - start.year) * 12 + until.month - start.month
    return Series(start, tuple(counts.get(later(start, place), 0) for place in range(months))) if months > 0 else None


def read_series(text: str) -> Series:
    """Monthly counts of a table with the columns `month`, `count` and, where there is one, `comparison`.

    Every month once, none left out, in any order; raises `Refused` with one sentence that names the line.
    """
    lines = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=None), skipinitialspace=True)
    names = [(name or "").strip().lower() for name in lines.fieldnames or []]
    if not {"month", "count"} <= set(names) or len(set(names)) < len(names):
        raise Refused("The first line must name the columns: month, count and, where there is one, comparison.")
    lines.fieldnames = names
    compared = "comparison" in names
    found: dict[date, tuple[int, int]] = {}
    for row in lines:
        month = month_of(row["month"] or "")
        if month is None or month in found or len(found) == MOST_MONTHS:
            raise Refused(_why_no_month(month, lines.line_num, found))
        found[month] = _count(row["count"], lines.line_num), _count(row["comparison"], lines.line_num) if compared else 0
    ordered = sorted(found)
    if not found or len(ordered) < (ordered[-1].year - ordered[0].year) * 12 + ordered[-1].month - ordered[0].month + 1:
        raise Refused("Every month must stand there, with 0 where nothing happened.")
    comparison = tuple(found[month][1] for month in ordered) if compared else ()
    return Series(ordered[0], tuple(found[month][0] for month in ordered), comparison)


def _why_no_month(month: date | None, line: int, found: dict[date, tuple[int, int]]) -> str:
    if month is None:
        return f"Line {line}: a month is written as 2023-07."
    return f"Line {line}: {month:%Y-%m} stands there twice." if month in found else f"At most {MOST_MONTHS} months can be read."


def _count(text: str | None, line: int) -> int:
    text = (text or "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(MOST_COUNT)) or int(text) > MOST_COUNT:
        raise Refused(f"Line {line}: a count is a whole number from 0 on.")
    return int(text)
