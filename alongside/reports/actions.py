"""Reading a report is itself an act: it is written down."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from alongside.common.actor import Actor
from alongside.journal.actions import record
from alongside.reports.queries import Month, month_for


@transaction.atomic
def read_report(first_on: date, form: str, now: datetime, *, by: Actor) -> Month:
    """The month's counts, with one entry in the journal for each reading; `form` says as a page or as a file."""
    month = month_for(by, first_on.year, first_on.month, now)
    record("report_read", kind="report", target=f"{first_on:%Y-%m}", by=by, now=now, form=form)
    if form == "file":
        record("exported", kind="report", target=f"{first_on:%Y-%m}", by=by, now=now)
    return month
