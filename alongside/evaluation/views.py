"""Does it help? One page: what was found in each row of months, how it is judged, when outreach began, what was brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.evaluation.actions import add_series, remove_series, say_start
from alongside.evaluation.drawing import Months, Range, months_of, range_of
from alongside.evaluation.fitting import effect_of
from alongside.evaluation.forms import SeriesForm, StartForm
from alongside.evaluation.models import MonthlySeries, OutreachStart
from alongside.evaluation.queries import brought_for, own_series_for, starts_for
from alongside.evaluation.rules import Effect, Series, may_draw, may_judge
from alongside.evaluation.words import difference, paragraph, title_of, without_numbers


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of months and what can be said of it; without an effect `sentences` say why. `told`: whether it is an answer."""

    name: str
    source: str
    before: int
    since: int
    title: str
    sentences: list[str]
    row: MonthlySeries | None = None
    effect: Effect | None = None
    range: Range | None = None
    months: Months | None = None
    words: Sequence[str] = ()
    told: bool = False


@role_required("see_reports")
@require_safe
def page(request: SignedIn) -> HttpResponse:
    """What was found, as far as something can be said."""
    return _page(request)


@role_required("keep_evaluation")
@require_POST
def start(request: SignedIn) -> HttpResponse:
    """Say when outreach began."""
    form = StartForm(request.POST)
    if form.is_valid():
        try:
            say_start(form.cleaned_data["month"], now(), by=request.actor)
        except Refused as refused:
            form.add_error("month", _(refused.reason))
        else:
            messages.success(request, _("Kept."))
            return redirect("evaluation:page")
    return _page(request, start_form=form)


@role_required("keep_evaluation")
@require_POST
def add(request: SignedIn) -> HttpResponse:
    """Bring a table of months."""
    form = SeriesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_series(form.cleaned_data["name"], form.cleaned_data["source"], form.cleaned_data["series"], now(),
                       by=request.actor)  # fmt: skip
        except Refused as refused:
            form.add_error("name", _(refused.reason))
        else:
            messages.success(request, _("Kept. What the months say stands on this page."))
            return redirect("evaluation:page")
    return _page(request, series_form=form)


@role_required("keep_evaluation")
@require_POST
def remove(request: SignedIn) -> HttpResponse:
    """Take a table of months away."""
    try:
        series_id = UUID(request.POST.get("series", ""))
    except ValueError:
        series_id = UUID(int=0)
    remove_series(series_id, by=request.actor)
    messages.success(request, _("Taken away."))
    return redirect("evaluation:page")


def _page(request: SignedIn, start_form: StartForm | None = None, series_form: SeriesForm | None = None) -> HttpResponse:
    actor = request.actor
    said, smallest = starts_for(actor), program_of(actor).min_cell
    judged = _judged(request, said[0], smallest) if said else []
    bad = bool((start_form and start_form.errors) or (series_form and series_form.errors))
    context = {
        "judged": judged, "said": said, "smallest": smallest, "keeps": may(actor.role, "keep_evaluation"),
        "start_form": start_form or StartForm(), "series_form": series_form or SeriesForm(),
        "several": sum(one.told for one in judged),
    }  # fmt: skip
    return render(request, "evaluation/page.html", context, status=422 if bad else 200)


def _judged(request: SignedIn, said: OutreachStart, smallest: int) -> list[Judged]:
    own = own_series_for(request.actor, now())
    ours = _("Overdoses that this program knows of")
    if own is None:
        found = [Judged(ours, "", 0, 0, _("Nothing to judge yet"), [_("No whole month with overdoses is known yet.")])]
    else:
        hides = not may(request.actor.role, "see_case") and not may_draw(own.counts, smallest)
        found = [_judge(ours, own, said.month, None, smallest, hides=hides)]
    return found + [_judge(row.name, row.series, said.month, row, smallest) for row in brought_for(request.actor)]


def _judge(name: str, series: Series, start: date, row: MonthlySeries | None, smallest: int, *, hides: bool = False) -> Judged:
    """What can be said of a row of months; `hides`: in words only, since a small month could be worked out from a percent."""
    before = series.place_of(start)
    since, source = len(series.counts) - before, row.source if row else ""
    allowed = may_judge(series, start)
    if not allowed:
        return Judged(name, source, before, since, _("Nothing can be said yet"), [_(allowed.reason)], row)
    try:
        effect = effect_of(series, start)
    except Refused as refused:
        return Judged(name, source, before, since, _("Nothing can be said yet"), [_(refused.reason)], row)
    if hides:
        return Judged(name, source, before, since, title_of(effect), without_numbers(smallest), told=True)
    # Our own months are printed by the reports, under one ledger of what was printed; a second picture could give one away.
    drawn = months_of(series, effect, start) if row and may_draw((*series.counts, *series.comparison), smallest) else None
    sentences = paragraph(effect, compared=bool(series.comparison), own=row is None)
    words, title = [difference(one) for one in (effect.factor, effect.low, effect.high)], title_of(effect)
    return Judged(name, source, before, since, title, sentences, row, effect, range_of(effect), drawn, words, told=True)
