"""Months, quarters and years; when a share is worth printing; the side of a picture. Plain values only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from alongside.consent import rules as consent

LANGUAGES = consent.LANGUAGES
RATE_FROM = 20
"""A percentage is printed for at least this many (CDC WISQARS marks rates on 20 or fewer as unstable)."""

CLOCK_HOURS = (24, 48, 72)
REPEAT_DAYS = (30, 90, 365)
TOUCH_DAYS = (30, 60, 90)
TOUCH_WITHIN = 30  # being reached so many days after the day still counts for it

# Digits of 0 to 9 alone: written in other ones, a month that was printed would be another edition, counted anew.
_CODE = re.compile(r"(20[0-9][0-9])(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A whole month, quarter or year by its code: “2026-05”, “2026-Q2”, “2026”."""

    code: str
    first_on: date
    after_on: date

    @property
    def months(self) -> tuple[str, ...]:
        """Its months as codes."""
        found, day = [], self.first_on
        while day < self.after_on:
            found.append(f"{day:%Y-%m}")
            day = next_month(day)
        return tuple(found)


def period_of(code: str) -> Period | None:
    """The period of a code, None when it is none."""
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    year, quarter, month = (int(part) if part else 0 for part in match.groups())
    first, count = (month, 1) if month else (3 * quarter - 2, 3) if quarter else (1, 12)
    day = date(year, first, 1)
    after = day
    for _ in range(count):
        after = next_month(after)
    return Period(code, day, after)


def settled_on(day: date, settle_days: int) -> list[Period]:
    """The newest month, quarter and year whose late entries have had so many days to come in by a day; the shortest first."""
    last = day - timedelta(days=settle_days)
    month = (last.replace(day=1) - timedelta(days=1)).replace(day=1)
    quarter = (last.year, (last.month - 1) // 3) if last.month > 3 else (last.year - 1, 4)
    codes = f"{month:%Y-%m}", f"{quarter[0]}-Q{quarter[1]}", f"{last.year - 1}"
    return [period for code in codes if (period := period_of(code)) is not None]


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day + timedelta(days=32)).replace(day=1)


def bounds_of(period: Period, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a period and of the next one in a time zone, in UTC; clock changes lengthen or shorten it."""
    start, end = (
        datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (period.first_on, period.after_on)
    )
    return start, end


def percent(part: int | None, of: int | None) -> int | None:
    """A share in whole percent of two printed counts, where the larger is large enough to say something."""
    return None if part is None or of is None or of < RATE_FROM else round(100 * part / of)


def middle(values: Sequence[float]) -> float | None:
    """The middle value, to a tenth; None of nothing."""
    return round(median(values), 1) if values else None
