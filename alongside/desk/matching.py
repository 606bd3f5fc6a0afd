"""Match review: two records side by side, and the coordinator's answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.queries import people_known_to
from alongside.desk import queries
from alongside.desk.actions import settle_match
from alongside.desk.views import actor_of
from alongside.identity.queries import match_for, open_matches_for
from alongside.identity.tokens import REASONS


@role_required("review_matches")
def matches(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person, side by side, with the reasons in words."""
    actor, moment = actor_of(request), now()
    found, known = open_matches_for(actor), people_known_to(actor)
    found = [row for row in found if not known & {row.newer_id, row.older_id}]
    names = queries.side_by_side(actor, [person for row in found for person in (row.newer, row.older)], moment)
    items = [
        {
            "match": row, "reasons": [_(REASONS[code]) for code in row.reasons if code in REASONS],
            "sides": [(row.newer, names.get(row.newer_id, {})), (row.older, names.get(row.older_id, {}))],
        }
        for row in found
    ]  # fmt: skip
    return render(request, "desk/matches.html", {"items": items})


@require_POST
@role_required("review_matches")
def decide(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """The coordinator's answer to one pair."""
    actor = actor_of(request)
    match = match_for(actor, match_id)
    if match is None or people_known_to(actor) & {match.newer_id, match.older_id}:
        raise Http404
    answer = request.POST.get("answer")
    if answer not in ("same", "different"):
        raise Refused(_("Say whether it is one person or two."))
    same = answer == "same"
    settle_match(match, same=same, by=actor)
    messages.success(request, _("Joined: one person, one case.") if same else _("Kept apart: two people."))
    return redirect("desk:matches")
