"""What the page header needs: the rooms this role may enter, and where the viewer is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.accounts.access import two_factors
from alongside.accounts.roles import ROLES, may

# Where an entry belongs when the menu is long, and the one reason of each room. Without a room it stands by itself.
ROOMS: dict[str, Promise] = {
    "people": _("People"),  # who somebody is
    "help": _("Help"),  # what can be given, and by whom
    "numbers": _("Numbers"),  # how it goes, without anybody's name
    "rights": _("Rights"),  # what a person, a court or a reviewer may ask of the record
}
ENTRIES = (
    ("see_queue", "desk:today", _("Due list"), ""),
    ("see_own_visits", "desk:today", _("Today"), ""),
    ("assign_team", "planning:day", _("The day's order"), ""),
    ("see_morning_list", "intake:morning", _("Morning list"), ""),
    ("report_incident", "intake:report", _("New contact"), ""),
    ("record_attempt", "field:shell", _("On my phone"), ""),
    ("report_incident", "field:shell", _("On my phone"), ""),
    ("find_person", "desk:find", _("Find"), "people"),
    ("review_matches", "desk:matches", _("Who is who"), "people"),
    ("keep_families", "families:list", _("Loved ones"), "people"),
    ("break_glass", "review:find", _("In danger"), "people"),
    ("answer_referral", "desk:inbox", _("Referrals"), "help"),
    ("note_needs", "desk:beds", _("Beds"), "help"),
    ("see_services", "services:list", _("Services"), "help"),
    ("hand_out_kits", "naloxone:stock", _("Kits"), "help"),
    ("leave_kit", "naloxone:left", _("I left a kit"), "help"),
    ("keep_partners", "partners:list", _("Partners"), "help"),
    ("exchange_records", "exchange:list", _("Records as FHIR"), "help"),
    ("see_reports", "reports:month", _("The month"), "numbers"),
    ("see_reports", "evaluation:page", _("Does it help?"), "numbers"),
    ("see_signals", "signals:list", _("Early warning"), "numbers"),
    ("assign_team", "planning:what_if", _("What if"), "numbers"),
    ("answer_requests", "rights:requests", _("Requests"), "rights"),
    ("handle_legal_requests", "legal:ledger", _("Legal requests"), "rights"),
    ("approve_release", "legal:ledger", _("Legal requests"), "rights"),
    ("review_journal", "review:week", _("Look-ups"), "rights"),
    ("allow_elsewhere", "elsewhere:pacts", _("Other programs"), "rights"),
    ("manage_users", "users", _("Users"), ""),
)
# A menu up to here is read at a glance; a longer one gets rooms.
SHORT = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the menu."""

    url: str
    label: Promise
    room: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """Several entries under one name."""

    label: Promise
    entries: list[Entry]

    @property
    def current(self) -> bool:
        """Whether the viewer is in it."""
        return any(one.current for one in self.entries)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The header's links for the signed-in role, with the current one marked."""
    found: dict[str, Any] = {"has_fonts": settings.HAS_FONTS, "nav": [], "role": None}
    if getattr(request, "user", None) is None or not request.user.is_authenticated or not two_factors(request):
        return found
    role = request.user.role
    # A coordinator's day is at the desk: what comes from phones stands on her due list.
    entries = {
        reverse(name): (label, room)
        for permission, name, label, room in ENTRIES
        if may(role, permission) and not (name == "field:shell" and may(role, "assign_team"))
    }
    current = max((url for url in entries if request.path.startswith(url)), key=len, default="")
    found["nav"] = in_rooms([Entry(url, *named, current=url == current) for url, named in entries.items()])
    found["role"] = ROLES[role]
    return found


def in_rooms(entries: list[Entry]) -> list[Entry | Room]:
    """A long menu with the entries of a room under its name, where the first of them stood; a short one as it is."""
    if len(entries) <= SHORT:
        return [*entries]
    sizes = Counter(one.room for one in entries)
    rooms = {code: Room(label, [one for one in entries if one.room == code]) for code, label in ROOMS.items() if sizes[code] > 1}
    # A name for each place, once: a room comes where its first entry does.
    return list({one.room if one.room in rooms else one.url: rooms.get(one.room, one) for one in entries}.values())
