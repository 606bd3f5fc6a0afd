"""The page of the what-if, and the choice of the order beside it. It simulates while it is looked at, and keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.actions import choose_order
from alongside.accounts.rules import QUEUE_POLICIES
from alongside.common.clock import now
from alongside.planning.forms import OrderForm, WhatIfForm
from alongside.planning.past import in_time_lately, past_of, today_of
from alongside.planning.whatif import YEARS, Arrival, Range, Setting, differences, ranges_of, years

# Each measure with its words, and whether it is a share; the first three are drawn.
MEASURES: dict[str, tuple[str | Promise, bool]] = {
    "averted": (_("Overdoses averted, of those that visits could avert"), True),
    "in_time": (_("Visited in time"), True),
    "plain_in_time": (_("Visited in time, of those for whom no reason speaks"), True),
    "reached": (_("Found at all"), True),
    "wait": (_("Days to the first visit, the middle one"), False),
    "plain_wait": (_("The same, for those without a reason"), False),
}
DRAWN = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One number with its range, as words and as lengths in percent."""

    name: str
    text: str
    range: str
    low: float
    width: float
    middle: float


@dataclass(frozen=True, slots=True)
class Line:
    """One measure over all that was tried, and whether what you try changes it."""

    label: str | Promise
    cells: Sequence[Cell]
    change: str


@role_required("assign_team")
def what_if(request: HttpRequest) -> HttpResponse:
    """Today's values, what was filled in, and the same in the other order, side by side."""
    actor, moment = cast(SignedIn, request).actor, now()
    today, own = today_of(actor, moment)
    asked = request.GET if "teams" in request.GET else None
    form = WhatIfForm(asked, initial=asdict(today))
    past = past_of(actor, moment)
    all_over, in_time = in_time_lately(actor, moment)
    context: dict[str, object] = {
        "form": form, "today": today, "own": own, "percent": round(100 * today.reached), "past": past, "years": YEARS,
        "order_form": OrderForm(initial={"policy": today.policy}), "policy": gettext(QUEUE_POLICIES[today.policy]),
        "all_over": all_over, "in_time": in_time,
    }  # fmt: skip
    if past.enough and (asked is None or form.is_valid()):
        tried = form.setting(today) if asked is not None else today
        other = replace(tried, policy=next(code for code in QUEUE_POLICIES if code != tried.policy))
        context |= {"lines": lines_of(past.arrivals, past.weeks, (today, tried, other)), "drawn": DRAWN}
    return render(request, "planning/what_if.html", context, status=422 if form.errors else 200)


@role_required("assign_team")
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Choose the order of the queue for everybody of the program."""
    form = OrderForm(request.POST)
    if form.is_valid():
        choose_order(form.cleaned_data["policy"], by=cast(SignedIn, request).actor)
        messages.success(request, gettext("The order is: %(order)s.") % {
            "order": gettext(QUEUE_POLICIES[form.cleaned_data["policy"]])})  # fmt: skip
    return redirect("planning:what_if")


def lines_of(arrivals: Sequence[Arrival], weeks: int, settings: Sequence[Setting]) -> list[Line]:
    """The measures of as now, of what is tried, and of the same in the other order."""
    found = years(arrivals, weeks, settings)
    ranges, change = [ranges_of(one) for one in found], differences(found[1], found[0])
    names = [gettext("As now"), gettext("What you try"), gettext("The same, other order")]
    return [
        Line(label, [_cell(title, one[name], share=share) for title, one in zip(names, ranges, strict=True)],
             "" if settings[0] == settings[1] else _change(change[name]))
        for name, (label, share) in MEASURES.items()
    ]  # fmt: skip


def _cell(name: str, found: Range, *, share: bool) -> Cell:
    factor, unit, digits = (100, " %", 0) if share else (1, "", 1)
    low, middle, high = (round(value * factor, digits) for value in (found.low, found.middle, found.high))
    words = {"low": f"{low:g}", "high": f"{high:g}"}
    return Cell(name, f"{middle:g}{unit}", gettext("%(low)s to %(high)s") % words, low, high - low, middle)


def _change(found: Range) -> str:
    if not found.tells:
        return gettext("too close to tell")
    return gettext("more") if found.low > 0 else gettext("less")
