"""The home page of each role."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.roles import may

HOMES = (
    ("see_queue", "desk:today"),
    ("see_own_visits", "desk:today"),
    ("see_morning_list", "intake:morning"),
    ("answer_referral", "desk:inbox"),
    ("see_reports", "reports:month"),
    ("report_incident", "intake:report"),
    ("review_journal", "review:week"),
    ("handle_legal_requests", "legal:ledger"),
    ("manage_users", "users"),
)


@role_required()
def home(request: HttpRequest) -> HttpResponse:
    """Send each role to the screen its day starts with."""
    role = cast(SignedIn, request).actor.role
    target = next((name for permission, name in HOMES if may(role, permission)), None)
    return redirect(target) if target else render(request, "accounts/nothing_here.html")
