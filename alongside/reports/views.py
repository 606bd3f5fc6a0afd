"""The month on one page, and as a file."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from io import StringIO

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.roles import may
from alongside.common.clock import now as clock
from alongside.reports.actions import read_report
from alongside.reports.charts import charts_of, file_rows
from alongside.reports.measures import DEFINITIONS, MEDIANS, NAMES
from alongside.reports.queries import Month, this_month_for

WHOLE_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@role_required("see_reports")
@require_safe
def month(request: SignedIn) -> HttpResponse:
    """One whole month, the newest one this reader may ask for unless another is asked for."""
    now = clock()
    first_on, newest = _asked(request, now)
    found = read_report(first_on, "page", now, by=request.actor)
    after = _later(first_on)
    context = {
        "month": found,
        "charts": charts_of(found),
        "medians": [(label, found.medians[code]) for code, label in MEDIANS.items()],
        "within": [(hours, found.within_percent[hours], count) for hours, count in found.within.items()],
        "definitions": [(NAMES[code], sentence) for code, sentence in DEFINITIONS.items()],
        "previous": _address("reports:month", (first_on - timedelta(days=1)).replace(day=1)),
        "next": _address("reports:month", after) if after <= newest else "",
        "file": _address("reports:month_csv", first_on),
    }
    return render(request, "reports/month.html", context)


@role_required("see_reports")
@fresh_factor
@require_safe
def month_csv(request: SignedIn) -> HttpResponse:
    """The same numbers as a file that a spreadsheet opens without running anything; a fresh factor first."""
    now = clock()
    first_on, _newest = _asked(request, now)
    found = read_report(first_on, "file", now, by=request.actor)
    response = HttpResponse(_as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="month-{first_on:%Y-%m}.csv"'
    return response


def _as_csv(found: Month) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(file_rows(found))
    return text.getvalue().encode("utf-8-sig")


def _asked(request: SignedIn, now: datetime) -> tuple[date, date]:
    """The month asked for and the newest one there is for this reader; anything but a whole month does not exist.

    A month that is still running is a live counter: read on two days, the difference may be one person. Those who see
    the cases anyway may read it; everybody else reads months that are over.
    """
    newest = this_month_for(request.actor, now)
    if not may(request.actor.role, "see_case"):
        newest = (newest - timedelta(days=1)).replace(day=1)
    text = request.GET.get("month", f"{newest:%Y-%m}")
    if not WHOLE_MONTH.fullmatch(text):
        raise Http404
    first_on = date.fromisoformat(f"{text}-01")
    if first_on > newest:
        raise Http404
    return first_on, newest


def _later(first_on: date) -> date:
    return (first_on + timedelta(days=32)).replace(day=1)


def _address(name: str, first_on: date) -> str:
    return reverse(name, query={"month": f"{first_on:%Y-%m}"})
