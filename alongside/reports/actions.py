"""Reading a report is itself an act: it is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from alongside.common.actor import Actor
from alongside.journal.actions import record
from alongside.measures.actions import correct_period, print_period
from alongside.measures.rules import Period
from alongside.measures.sheets import is_over, preview_for
from alongside.measures.shown import Printed


@transaction.atomic
def read_report(period: Period, form: str, now: datetime, *, by: Actor) -> Printed:
    """A period's counts, with one entry in the journal for each reading; `form` says as a page or as a file.

    A period that is over is printed the first time, and stands; one that still runs is for those who see the cases anyway.
    """
    found = print_period(period, now, by=by) if is_over(by, period, now) else preview_for(by, period, now)
    record("report_read", kind="report", target=period.code, by=by, now=now, form=form)
    if form == "file":
        record("exported", kind="report", target=period.code, by=by, now=now)
    return found


@transaction.atomic
def correct_report(period: Period, reason: str, now: datetime, *, by: Actor) -> Printed:
    """A later version of a printed period, with its reason; Refused when it was never printed."""
    return correct_period(period, reason, now, by=by)
