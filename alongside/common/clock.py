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
