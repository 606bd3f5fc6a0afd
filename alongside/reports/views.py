"""A period on one page, as files, and as funders ask for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.roles import may
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.measures.definitions import GROUPS, MEASURES, UNITS, in_general
from alongside.measures.funders import FORMS, Form
from alongside.measures.rules import Period, next_month, period_of
from alongside.measures.shown import Printed
from alongside.reports.actions import correct_report, read_report
from alongside.reports.charts import charts_of
from alongside.reports.files import as_csv, as_page, as_plain, as_workbook, in_words, lines_of
from alongside.reports.queries import corrections_for, outlines_for, program_name_for, this_month_for, trend_for
from alongside.reports.words import in_short, period_words
from alongside.suppression.rules import REASONS

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@role_required("see_reports")
@require_safe
def month(request: SignedIn) -> HttpResponse:
    """One whole period, the newest month this reader may ask for unless another is asked for."""
    now = clock()
    period, newest = _asked(request, now)
    found = read_report(period, "page", now, by=request.actor)
    charts = charts_of(found, trend_for(request.actor, period), outlines_for(request.actor))
    context = {
        "printed": found,
        "name": period_words(period),
        "short": in_short(found),
        "charts": charts,
        "groups": _groups(found),
        "in_general": in_general(found.notes),
        "versions": corrections_for(request.actor, period),
        "reasons": REASONS,
        "forms": FORMS.values(),
        "previous": _address("reports:month", (period.first_on - timedelta(days=1)).replace(day=1)),
        "next": _address("reports:month", period.after_on) if period.after_on <= newest else "",
        "around": _around(period, newest),
    }
    return render(request, "reports/month.html", context)


@role_required("see_reports")
@require_safe
def form_page(request: SignedIn) -> HttpResponse:
    """What a funder asks for, line by line, with our number or why there is none."""
    now = clock()
    form = _form(request, "od2a")
    period, _newest = _asked(request, now)
    found = read_report(period, "page", now, by=request.actor)
    context = {
        "printed": found, "name": period_words(period), "form": form, "lines": lines_of(found, form), "forms": FORMS.values(),
    }  # fmt: skip
    return render(request, "reports/form.html", context)


@role_required("see_reports")
@fresh_factor
@require_safe
def month_csv(request: SignedIn) -> HttpResponse:
    """The same numbers as a file that a spreadsheet opens without running anything; a fresh factor first."""
    found, form = _file(request)
    return _download(as_csv(found, form), "text/csv; charset=utf-8", _name(found, form, "csv"))


@role_required("see_reports")
@fresh_factor
@require_safe
def month_xlsx(request: SignedIn) -> HttpResponse:
    """The same numbers as a workbook with its definitions; a fresh factor first."""
    found, form = _file(request)
    return _download(as_workbook(found, program_name_for(request.actor), form), SHEET, _name(found, form, "xlsx"))


@role_required("see_reports")
@fresh_factor
@require_safe
def month_pdf(request: SignedIn) -> HttpResponse:
    """One page for the board (or of a form), with its definitions; a fresh factor first."""
    found, form = _file(request)
    page = as_page(found, program_name_for(request.actor), form or FORMS["board"])
    return _download(page, "application/pdf", _name(found, form or FORMS["board"], "pdf"))


@role_required("see_reports")
@fresh_factor
@require_safe
def measures(request: SignedIn) -> HttpResponse:
    """The printed numbers of a period that is over as JSON, for other programs; a fresh factor first, as for every file."""
    now = clock()
    period, _newest = _asked(request, now)
    if period.after_on > this_month_for(request.actor, now):
        raise Http404
    name = {"Content-Disposition": f'attachment; filename="measures-{period.code}.json"'}
    return JsonResponse(as_plain(read_report(period, "file", now, by=request.actor)), headers=name)


@role_required("see_reports")
@require_POST
def correct(request: SignedIn) -> HttpResponse:
    """Print a later version of a period, with its reason."""
    now = clock()
    period = period_of(request.POST.get("period", ""))
    if period is None:
        raise Http404
    try:
        correct_report(period, request.POST.get("reason", ""), now, by=request.actor)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("The corrected numbers stand beside the earlier ones."))
    return redirect(reverse("reports:month", query={"period": period.code}))


def _groups(found: Printed) -> list[dict[str, object]]:
    rows: dict[str, list[dict[str, object]]] = {}
    for code, one in MEASURES.items():
        value = found.value(code)
        rows.setdefault(one.group, []).append(
            {"label": one.label, "value": value, "words": in_words(value), "unit": UNITS[one.unit], "sentence": one.sentence}
        )
    return [{"code": code, "label": GROUPS[code], "rows": lines} for code, lines in rows.items()]


def _file(request: SignedIn) -> tuple[Printed, Form | None]:
    now = clock()
    form = _form(request, "") if request.GET.get("form") else None
    period, _newest = _asked(request, now)
    return read_report(period, "file", now, by=request.actor), form


def _form(request: SignedIn, usual: str) -> Form:
    form = FORMS.get(request.GET.get("form", usual))
    if form is None:
        raise Http404
    return form


def _name(found: Printed, form: Form | None, ending: str) -> str:
    return f"{form.code if form else 'month'}-{found.period.code}.{ending}"


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: SignedIn, now: datetime) -> tuple[Period, date]:
    """The period asked for and the newest month there is for this reader; anything but a whole period does not exist.

    A month that is still running is a live counter: read on two days, the difference may be one person. Those who see
    the cases anyway may read it; everybody else reads periods that are over.
    """
    newest = this_month_for(request.actor, now)
    if not may(request.actor.role, "see_case"):
        newest = (newest - timedelta(days=1)).replace(day=1)
    month_code = request.GET.get("month", f"{newest:%Y-%m}")
    period = period_of(request.GET.get("period", month_code))
    wants_month = "period" not in request.GET
    if period is None or (wants_month and len(period.months) > 1) or period.after_on > next_month(newest):
        raise Http404
    return period, newest


def _around(period: Period, newest: date) -> list[dict[str, str]]:
    """The quarter and the year of a period, as far as they are over."""
    year, quarter = period.first_on.year, (period.first_on.month + 2) // 3
    codes = [f"{year}-Q{quarter}", str(year)]
    found = [period_of(code) for code in codes if code != period.code]
    return [
        {"name": period_words(one), "url": reverse("reports:month", query={"period": one.code})}
        for one in found
        if one and one.after_on <= next_month(newest)
    ]


def _address(name: str, first_on: date) -> str:
    return reverse(name, query={"month": f"{first_on:%Y-%m}"})
