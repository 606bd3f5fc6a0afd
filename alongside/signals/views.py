"""What is raised, what is quiet and why; the budget; who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import program_of, served_towns
from alongside.accounts.roles import may
from alongside.common.axis import ticks_of
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.elsewhere.queries import other_programs_for
from alongside.signals.actions import set_budget, subscribe, unsubscribe
from alongside.signals.neighbours import agree_to_hear, end_telling, offer_signals
from alongside.signals.queries import (
    ShownWeek,
    budget_for,
    desks_for,
    heard_for,
    looked_at,
    neighbours_for,
    readings_for,
    signals_for,
    subscriptions_for,
    weeks_for,
)
from alongside.signals.rules import BUDGET_WORDS, STEPS

HEIGHT, MOST_DAYS = 100, 4


@role_required("see_signals")
@require_safe
def list_signals(request: SignedIn) -> HttpResponse:
    """What is raised now, the half year in weeks, what was raised before, the budget and who is told."""
    actor, moment = request.actor, now()
    raised, before = signals_for(actor, moment)
    keeps = may(actor.role, "keep_signals")
    context = {
        "raised": raised, "before": before, "looked_at": looked_at(actor), "steps": [_(step) for step in STEPS],
        "chart": chart_of(weeks_for(actor, moment)), "smallest": program_of(actor).min_cell, "keeps": keeps,
        "budget": budget_for(actor), "budget_words": _(BUDGET_WORDS[budget_for(actor)]),
        "budgets": [(code, _(words)) for code, words in BUDGET_WORDS.items()],
        "subscriptions": subscriptions_for(actor, everybody=keeps), "towns": served_towns(actor),
        "desks": desks_for(actor) if keeps else [], "me": actor.user_id, "heard": heard_for(actor, moment),
        "neighbours": neighbours_for(actor) if keeps else [], "programs": other_programs_for(actor) if keeps else [],
    }  # fmt: skip
    return render(request, "signals/list.html", context)


@role_required("see_signals")
@require_safe
def why(request: SignedIn) -> HttpResponse:
    """For every town, what was looked at last, what is usual there and what would have been raised."""
    actor, found = request.actor, readings_for(request.actor)
    rows = sorted((one for one in found if one.tells), key=lambda one: not one.raised)
    context = {
        "readings": rows, "quiet": sorted({one.town for one in found} - {one.town for one in rows} - {""}),
        "looked_at": looked_at(actor), "smallest": program_of(actor).min_cell, "budget_words": _(BUDGET_WORDS[budget_for(actor)]),
    }  # fmt: skip
    return render(request, "signals/why.html", context)


@role_required("keep_signals")
@require_POST
def budget(request: SignedIn) -> HttpResponse:
    """Say how often a false alarm is accepted."""
    chosen = request.POST.get("budget", "")
    if chosen not in BUDGET_WORDS:
        return _back_to_list(request, _("Choose one of the budgets."), kind="warning")
    set_budget(chosen, by=request.actor)
    return _back_to_list(request, _("Kept. It holds from the next look on, within a quarter of an hour."))


@role_required("see_signals")
@require_POST
def be_told(request: SignedIn) -> HttpResponse:
    """Be told, or have a desk told, of what is raised in a town or anywhere."""
    actor = request.actor
    towns = {str(town.id): town for town in served_towns(actor)}
    desks = {str(desk.id): desk for desk in desks_for(actor)} if may(actor.role, "keep_signals") else {}
    town, desk = request.POST.get("town", ""), request.POST.get("desk", "")
    if (town and town not in towns) or (desk and desk not in desks):
        return _back_to_list(request, _("Choose from the lists."), kind="warning")
    subscribe(towns.get(town), agency=desks.get(desk), by=actor)
    return _back_to_list(request, _("Kept. The message says that there is one, and nothing else; what it is stands here."))


@role_required("see_signals")
@require_POST
def no_more(request: SignedIn) -> HttpResponse:
    """Be told no more."""
    unsubscribe(_id(request.POST.get("subscription", "")), by=request.actor)
    return _back_to_list(request, _("Kept. No message is sent any more."))


@role_required("keep_signals")
@require_POST
def offer(request: SignedIn) -> HttpResponse:
    """Offer another program to be told of what is raised here."""
    return _with_neighbour(request, offer_signals)


@role_required("keep_signals")
@require_POST
def agree(request: SignedIn) -> HttpResponse:
    """Agree to be told of what is raised in another program."""
    return _with_neighbour(request, agree_to_hear)


@role_required("keep_signals")
@require_POST
def end(request: SignedIn) -> HttpResponse:
    """End either, or say no to an offer."""
    return _with_neighbour(request, end_telling)


def _with_neighbour(request: SignedIn, verb: Callable[..., object]) -> HttpResponse:
    try:
        verb(_id(request.POST.get("program", "")), by=request.actor)
    except Refused as refused:
        return _back_to_list(request, _(refused.reason), kind="warning")
    return _back_to_list(request, _("Kept. What is told is which towns, and no small count; either side can end it."))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _back_to_list(request: SignedIn, words: str, *, kind: str = "success") -> HttpResponse:
    (messages.success if kind == "success" else messages.warning)(request, words)
    return redirect("signals:list")


def chart_of(weeks: list[ShownWeek]) -> dict[str, Any]:
    """Bars of the weeks, a line of what is usual and one of the limit, in percent of the drawing; what stands at its sides."""
    if not weeks:
        return {}
    ticks = ticks_of(max(max(week.count, week.limit) for week in weeks))
    step = 100 / len(weeks)

    def down(number: float) -> float:
        return round(HEIGHT - HEIGHT * number / ticks[-1], 2)

    bars = [
        {
            "x": round(place * step + step * 0.15, 2), "y": down(week.count), "width": round(step * 0.7, 2),
            "height": round(HEIGHT - down(week.count), 2), "above": week.count > week.limit,
        }
        for place, week in enumerate(weeks)
    ]  # fmt: skip
    lines = {
        name: " ".join(f"{round((place + 0.5) * step, 2)},{down(getattr(week, name))}" for place, week in enumerate(weeks))
        for name in ("usual", "limit")
    }
    middles = [{"x": round((place + 0.5) * step, 2), "starts_on": week.starts_on} for place, week in enumerate(weeks)]
    return {
        "weeks": weeks, "bars": bars, **lines, "days": middles[:: -(-len(weeks) // MOST_DAYS)],
        "ticks": [{"number": tick, "y": down(tick)} for tick in ticks],
    }  # fmt: skip
