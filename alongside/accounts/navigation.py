"""What the page header needs: the rooms this role may enter, and where the viewer is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alongside.accounts.access import two_factors
from alongside.accounts.roles import ROLES, may

ENTRIES = (
    ("see_queue", "desk:today", _("Due list")),
    ("see_own_visits", "desk:today", _("Today")),
    ("assign_team", "planning:day", _("The day's order")),
    ("see_morning_list", "intake:morning", _("Morning list")),
    ("report_incident", "intake:report", _("New contact")),
    ("record_attempt", "field:shell", _("On my phone")),
    ("report_incident", "field:shell", _("On my phone")),
    ("find_person", "desk:find", _("Find")),
    ("review_matches", "desk:matches", _("Who is who")),
    ("answer_requests", "rights:requests", _("Requests")),
    ("answer_referral", "desk:inbox", _("Referrals")),
    ("note_needs", "desk:beds", _("Beds")),
    ("see_services", "services:list", _("Services")),
    ("hand_out_kits", "naloxone:stock", _("Kits")),
    ("leave_kit", "naloxone:left", _("I left a kit")),
    ("keep_families", "families:list", _("Loved ones")),
    ("keep_partners", "partners:list", _("Partners")),
    ("exchange_records", "exchange:list", _("Records as FHIR")),
    ("see_reports", "reports:month", _("The month")),
    ("see_signals", "signals:list", _("Early warning")),
    ("handle_legal_requests", "legal:ledger", _("Legal requests")),
    ("approve_release", "legal:ledger", _("Legal requests")),
    ("break_glass", "review:find", _("In danger")),
    ("review_journal", "review:week", _("Look-ups")),
    ("allow_elsewhere", "elsewhere:pacts", _("Other programs")),
    ("manage_users", "users", _("Users")),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The header's links for the signed-in role, with the current one marked."""
    found: dict[str, Any] = {"has_fonts": settings.HAS_FONTS, "nav": [], "role": None}
    if getattr(request, "user", None) is None or not request.user.is_authenticated or not two_factors(request):
        return found
    role = request.user.role
    # A coordinator's day is at the desk, and her menu is long: what comes from phones stands on her due list.
    entries = {
        reverse(name): label
        for permission, name, label in ENTRIES
        if may(role, permission) and not (name == "field:shell" and may(role, "assign_team"))
    }
    current = max((url for url in entries if request.path.startswith(url)), key=len, default="")
    found["nav"] = [{"url": url, "label": label, "current": url == current} for url, label in entries.items()]
    found["role"] = ROLES[role]
    return found
