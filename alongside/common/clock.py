"""The one place that asks the machine for the time; everything else is given `now` or calls this."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of `moment` in the program's time zone (an IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()


def quarter(day: date) -> str:
    """The quarter of a day, such as “2026 Q1”."""
    return f"{day.year} Q{(day.month + 2) // 3}"
