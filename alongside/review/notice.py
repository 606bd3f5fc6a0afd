"""What the reviewer and the administrator are told on every page: how much waits, and whether an anchor is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from alongside.accounts.roles import may
from alongside.common.clock import now
from alongside.journal.queries import anchor_is_stale
from alongside.review.queries import waiting_count_for


def notice(request: HttpRequest) -> dict[str, Any]:
    """Two values for the page's header; nothing, and no query, for every other role."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    reviews, runs = may(user.role, "review_journal"), may(user.role, "run_machine")
    if not reviews and not runs:
        return {}
    actor, moment = user.actor(), now()
    return {
        "review_waiting": waiting_count_for(actor, moment) if reviews else 0,
        "anchor_stale": anchor_is_stale(actor, moment),
    }
