"""The reviewer's week, a breach, and the head of the journal on paper."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.actions import keep_on_paper
from alongside.journal.queries import head_for, last_anchor_for
from alongside.review.actions import (
    declare_breach,
    export_breach,
    read_week,
    review_item,
)
from alongside.review.forms import BreachForm, ReviewForm
from alongside.review.models import Breach
from alongside.review.queries import (
    Scope,
    affected_codes,
    agencies_for,
    breach_for,
    breaches_for,
    user_behind,
    weeks_for,
    zone_of,
)
from alongside.review.rules import bounds_of, week_of

SHOWN = 200


@role_required("review_journal")
@require_safe
def week(request: SignedIn) -> HttpResponse:
    """One week's list, the present one unless another is asked for."""
    actor, moment = request.actor, now()
    zone = zone_of(actor)
    present = week_of(moment, zone)
    name = request.GET.get("week", present)
    try:
        start, end = bounds_of(name, zone)
    except (ValueError, OverflowError):
        raise Http404 from None
    if start > moment:
        raise Http404
    items = read_week(name, zone, moment, by=actor)
    context = {
        "week": name, "present": present, "start": start, "end": end, "over": end <= moment, "now": moment,
        "rows": [(item, ReviewForm(initial={"item": item.seq}, auto_id=f"id_{item.seq}_%s")) for item in items],
        "weeks": weeks_for(actor, zone, moment), "breaches": breaches_for(actor),
    }  # fmt: skip
    return render(request, "review/week.html", context)


@role_required("review_journal")
@require_POST
def answer(request: SignedIn) -> HttpResponse:
    """What the reviewer says about one item."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose an outcome and a reason that fits it.")
    data = form.cleaned_data
    review_item(data["item"], data["outcome"], data["reason"], by=request.actor)
    messages.success(request, _("Kept."))
    name = request.POST.get("week", "")
    return redirect(reverse("review:week", query={"week": name} if name else None))


# --- a breach -------------------------------------------------------------------------------------------------------------


@role_required("declare_breach")
def breach(request: SignedIn) -> HttpResponseBase:
    """Declare a breach, and see the ones that were declared; a fresh factor first."""
    return _breach(request)


breach.fresh = True  # type: ignore[attr-defined]  # as above


@fresh_factor
def _breach(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]  # set by role_required
    form = BreachForm(request.POST or None, agencies=agencies_for(actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = user_behind(actor, data["who"]) if data["who"] else None
        if data["who"] and user is None:
            form.add_error("who", _("Nobody has this code."))
        else:
            scope = Scope(user, data["agency"])
            made = declare_breach(scope, data["since_at"], data["until_at"], data["state_days"], by=actor)
            return redirect("review:breach", breach_id=made.id)
    context = {"form": form, "breaches": breaches_for(actor)}
    return render(request, "review/breach.html", context, status=422 if form.errors else 200)


@role_required("declare_breach")
def affected(request: SignedIn, breach_id: UUID) -> HttpResponse:
    """The clocks of one breach, and whom it affects, by code."""
    made = _made(request, breach_id)
    codes = affected_codes(request.actor, Scope(made.user, made.agency), made.since_at, made.until_at)
    context: dict[str, Any] = {
        "breach": made, "codes": codes[:SHOWN], "more": max(0, len(codes) - SHOWN), "now": now(), "count": len(codes),
    }  # fmt: skip
    return render(request, "review/affected.html", context)


@role_required("declare_breach")
def affected_file(request: SignedIn, breach_id: UUID) -> HttpResponseBase:
    """Every affected code as a file, for whoever tells the people; a fresh factor first."""
    return _affected_file(request, _made(request, breach_id))


affected_file.fresh = True  # type: ignore[attr-defined]  # as above


@fresh_factor
def _affected_file(request: HttpRequest, made: Breach) -> HttpResponse:
    text = StringIO()
    rows = export_breach(made, by=request.actor)  # type: ignore[attr-defined]  # set by role_required
    csv.writer(text).writerows([["code"], *([code] for code in rows)])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="affected-{made.known_at:%Y-%m-%d}.csv"'
    return response


def _made(request: SignedIn, breach_id: UUID) -> Breach:
    made = breach_for(request.actor, breach_id)
    if made is None:
        raise Http404
    return made


# --- the head of the journal ------------------------------------------------------------------------------------------------


@role_required("review_journal", "run_machine")
def head(request: SignedIn) -> HttpResponse:
    """The head to print and to put in a binder, and the button that says it was done."""
    if request.method == "POST":
        seq = request.POST.get("seq", "")
        keep_on_paper(int(seq) if seq.isdecimal() else 0, request.POST.get("hash", ""), by=request.actor)
        messages.success(request, _("Kept. The next one is due in eight days."))
        return redirect("review:head")
    seq_now, hash_now = head_for(request.actor)
    context = {"seq": seq_now, "hash": hash_now, "now": now(), "last": last_anchor_for(request.actor)}
    return render(request, "review/head.html", context)
