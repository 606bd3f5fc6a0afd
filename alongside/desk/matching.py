"""Match review: two records side by side, a coordinator's answer, and taking a join back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.queries import people_known_to
from alongside.desk import queries
from alongside.desk.actions import settle_match
from alongside.desk.parting import part, questions_about
from alongside.desk.reasons import in_words
from alongside.desk.taking_apart import PartForm
from alongside.desk.views import actor_of, show, try_it
from alongside.identity.matching import ask_again, merge_for, put_off_for
from alongside.identity.models import Match, Merge
from alongside.identity.queries import apart_for, kept_apart_for, match_for, merges_for, open_matches_for

PARTS = ("given", "middle", "family", "born", "town")


def _labels() -> dict[str, str]:
    return {
        "given": _("First name"), "middle": _("Middle and other names"), "family": _("Last name"),
        "born": _("Date of birth"), "town": _("Home town"),
    }  # fmt: skip


def _pair(row: Match, names: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    """One pair: each part of the two descriptions beside the other, with what it says about them."""
    reasons, labels = in_words(row.reasons), _labels()
    sides = [names.get(one.id, {}) | {"town": one.home_town.name if one.home_town else ""} for one in (row.newer, row.older)]
    lines = [
        {"label": labels[part], "values": [side.get(part, "") for side in sides],
         "why": [reason for reason in reasons if reason.kind == part]}
        for part in PARTS
    ]  # fmt: skip
    lines = [line for line in lines if any(line["values"]) or line["why"]]
    why = [reason for reason in reasons if reason.kind not in PARTS]
    return {"match": row, "lines": lines, "why": why, "may_join": row.newer.may_join(row.older)}


@role_required("review_matches")
def matches(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person, side by side, with what speaks for and against it in words."""
    actor, moment = actor_of(request), now()
    known = people_known_to(actor)
    found = [row for row in open_matches_for(actor) if not known & {row.newer_id, row.older_id}]
    later = [row for row in put_off_for(actor)[:50] if not known & {row.newer_id, row.older_id}]
    people = [person for row in found for person in (row.newer, row.older)]
    names = queries.side_by_side(actor, people, moment)
    context = {"items": [_pair(row, names) for row in found], "later": later}
    return render(request, "desk/matches.html", context)


@require_POST
@role_required("review_matches")
def decide(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """The coordinator's answer to one pair."""
    actor = actor_of(request)
    match = match_for(actor, match_id)
    if match is None or people_known_to(actor) & {match.newer_id, match.older_id}:
        raise Http404
    answer = request.POST.get("answer", "")
    settle_match(match, answer, by=actor)
    said = {
        "same": _("Joined: one person, one case. It can be taken back under “What was decided”."),
        "different": _("Kept apart: two people. Nobody is asked again."),
        "cannot_tell": _("Put off. It comes back in 30 days, or as soon as something new is known."),
    }
    messages.success(request, said[answer])
    return redirect(f"{reverse('desk:matches')}#pair-1")


@role_required("review_matches")
def joined(request: HttpRequest) -> HttpResponse:
    """What was decided: the joins, each to be taken back, and the pairs that were kept apart."""
    actor = actor_of(request)
    known = people_known_to(actor)
    merges = merges_for(actor, request.GET.get("joined", ""))
    apart = kept_apart_for(actor, request.GET.get("apart", ""))
    context = {
        "merges": [row for row in merges.rows if not known & {row.duplicate_id, row.into_id}], "more_merges": merges.next_key,
        "apart": [row for row in apart.rows if not known & {row.newer_id, row.older_id}], "more_apart": apart.next_key,
    }  # fmt: skip
    return render(request, "desk/joined.html", context)


def _join_of(request: HttpRequest, merge_id: UUID) -> Merge:
    actor = actor_of(request)
    merge = merge_for(actor, merge_id)
    if merge is None or people_known_to(actor) & {merge.duplicate_id, merge.into_id}:
        raise Http404
    return merge


@role_required("review_matches")
def take_apart(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Undo one join: what can be told goes back by itself, and what cannot is asked here."""
    actor, merge = actor_of(request), _join_of(request, merge_id)
    questions = questions_about(merge, actor)
    form = PartForm(request.POST if request.method == "POST" else None, merge=merge, questions=questions, on=on_the_day)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        if try_it(form, part, merge, form.answers(), why=why, by=actor):
            messages.success(request, _("Taken apart: two people again. Please look at both, and at what they asked for."))
            return redirect("desk:joined")
    names = queries.side_by_side(actor, [merge.duplicate, merge.into], now())
    sides = [(person, names.get(person.id, {})) for person in (merge.duplicate, merge.into)]
    return show(request, "desk/take_apart.html", form, merge=merge, sides=sides, questions=questions)


def on_the_day(moment: date | datetime | None) -> str:
    """A day in words; empty for none."""
    if moment is None:
        return ""
    return date_format(localtime(moment) if isinstance(moment, datetime) else moment, "DATE_FORMAT")


@require_POST
@role_required("review_matches")
def again(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Ask about a pair once more that was kept apart."""
    actor = actor_of(request)
    match = apart_for(actor, match_id)
    if match is None or people_known_to(actor) & {match.newer_id, match.older_id}:
        raise Http404
    try:
        ask_again(match, by=actor)
    except Refused as refused:
        messages.warning(request, _(refused.reason))
    return redirect("desk:matches")
