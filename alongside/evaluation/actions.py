"""Saying when outreach began, bringing monthly counts and taking them away."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.decision import Refused
from alongside.evaluation.models import MonthlySeries, OutreachStart
from alongside.evaluation.queries import series_for, starts_for
from alongside.evaluation.rules import MOST_SERIES, Series, later
from alongside.journal.actions import hold_the_chain, record


@transaction.atomic
def say_start(month: date, now: datetime, *, by: Actor) -> None:
    """From now on `month` is the first one of outreach; an earlier answer stays to be seen. The same again changes nothing."""
    _require_keeper(by)
    if month > day_in(program_of(by).zone, now):
        raise Refused("That month has not begun.")
    hold_the_chain()  # two taps on one button
    said = starts_for(by)
    if said and said[0].month == month:
        return
    row = OutreachStart.objects.create(program_id=by.program_id, month=month, said_at=now)
    record("outreach_start_said", kind="evaluation", target=row.id, by=by, now=now, month=f"{month:%Y-%m}")


@transaction.atomic
def add_series(name: str, source: str, series: Series, now: datetime, *, by: Actor) -> MonthlySeries:
    """Keep monthly counts under a name; the same again changes nothing, other counts under a name that is taken are Refused.

    So is a month that is not over: what is missing of it would read as a fall.
    """
    _require_keeper(by)
    if later(series.months[-1], 1) > day_in(program_of(by).zone, now):
        raise Refused("The last month is not over. Leave it out.")
    hold_the_chain()
    known = MonthlySeries.objects.filter(program_id=by.program_id, name=name).first()
    if known is not None:
        if (known.series, known.source) != (series, source):
            raise Refused("There are other counts of that name: take them away first, or choose another name.")
        return known
    if MonthlySeries.objects.filter(program_id=by.program_id).count() >= MOST_SERIES:
        raise Refused(f"There are {MOST_SERIES} tables of months already: take one away first.")
    row = MonthlySeries.objects.create(
        program_id=by.program_id, name=name, source=source, first_on=series.first_on, counts=list(series.counts),
        comparison=list(series.comparison), added_at=now,
    )  # fmt: skip
    record("series_added", kind="evaluation", target=row.id, by=by, now=now)
    return row


@transaction.atomic
def remove_series(series_id: UUID, *, by: Actor) -> None:
    """Take monthly counts away; what is gone already stays gone."""
    _require_keeper(by)
    hold_the_chain()  # two taps on one button
    row = series_for(by, series_id)
    if row is not None:
        record("series_removed", kind="evaluation", target=row.id, by=by)
        row.delete()


def _require_keeper(by: Actor) -> None:
    if not may(by.role, "keep_evaluation"):
        raise Refused("The coordinator or the epidemiologist keeps this.")
