"""What a page of counts reads: a period as it can be printed, the months before it, and where the towns lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.measures.rules import Period, period_of
from alongside.measures.sheets import EDITION, preview_for, printed_from
from alongside.measures.shown import Printed
from alongside.planning.models import TownShape
from alongside.suppression.models import Release
from alongside.suppression.queries import releases_for

TREND_MONTHS = 13


def this_month_for(viewer: Actor, now: datetime) -> date:
    """The first day of the present month where the program is."""
    return day_in(Program.objects.get(id=viewer.program_id).zone, now).replace(day=1)


def program_name_for(viewer: Actor) -> str:
    """What the viewer's own program is called."""
    return Program.objects.get(id=viewer.program_id).name


def month_for(viewer: Actor, year: int, month: int, now: datetime) -> Printed:
    """The month as it is now, read by itself; only for those who see the cases anyway, while nobody has printed it."""
    period = period_of(f"{year}-{month:02}")
    if period is None:
        raise ValueError("There is no such month.")
    return preview_for(viewer, period, now)


def trend_for(viewer: Actor, period: Period) -> list[Printed]:
    """The months up to the end of a period that were printed, a year and one month at most, the oldest first."""
    rows: dict[str, Release] = {}
    for row in releases_for(viewer, EDITION):
        if len(row.period) == len("2026-05") and "Q" not in row.period and row.period <= period.months[-1]:
            rows.setdefault(row.period, row)
    return [printed_from(rows[code]) for code in sorted(rows)[-TREND_MONTHS:]]


def corrections_for(viewer: Actor, period: Period) -> list[Release]:
    """Every version that was printed of a period, the newest first."""
    return releases_for(viewer, EDITION, period.code)


def outlines_for(viewer: Actor) -> Sequence[dict[str, Any]]:
    """Where the towns of the program lie, for those that have an outline."""
    rows = TownShape.objects.filter(town__program_id=viewer.program_id).select_related("town").order_by("town__name")
    return [{"name": row.town.name, "rings": row.outline} for row in rows if row.outline]
