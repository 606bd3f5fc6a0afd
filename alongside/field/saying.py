"""A change from a phone in words that a coordinator understands: what was tapped, under which heading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from alongside.consent.rules import SIGNERS
from alongside.incidents.rules import FACTS, NALOXONE_BY, OUTCOMES
from alongside.incidents.rules import KINDS as CALLS
from alongside.naloxone.rules import RECIPIENTS
from alongside.people.rules import WAYS
from alongside.referrals.rules import MEANS
from alongside.services.rules import NEEDS
from alongside.visits.rules import CHANNELS, PHONE_FIRST_WAIVERS, RESPONSES, RESULTS

YES_NO = {"yes": gettext_noop("yes"), "no": gettext_noop("no"), "not_asked": gettext_noop("not asked")}
# What a phone calls a part of a change → its heading here and the list its codes come from. The rest stays unsaid: ids,
# the phone's own clock.
PARTS: dict[str, tuple[str, Mapping[str, str]]] = {
    "kind": (gettext_noop("What it was"), CALLS),
    "outcome": (gettext_noop("How it ended"), OUTCOMES),
    "channel": (gettext_noop("How"), CHANNELS),
    "result": (gettext_noop("What came of it"), RESULTS),
    "response": (gettext_noop("Their answer"), RESPONSES),
    "waiver": (gettext_noop("Why not by phone first"), PHONE_FIRST_WAIVERS),
    "wants": (gettext_noop("What would help"), NEEDS),
    "rides_to": (gettext_noop("A ride to"), NEEDS),
    "words": (gettext_noop("In their words"), {}),
    "means": (gettext_noop("Ride by"), MEANS),
    "pick_up": (gettext_noop("Pick up at"), {}),
    "kits": (gettext_noop("Kits"), {}),
    "kit_to": (gettext_noop("Kits for"), RECIPIENTS),
    "to": (gettext_noop("For"), RECIPIENTS | {"anonymous": RECIPIENTS["other"]}),
    "taught": (gettext_noop("Taught"), {}),
    "people": (gettext_noop("People"), {}),
    "due_on": (gettext_noop("Day"), {}),
    "from": (gettext_noop("From"), {}),
    "signer": (gettext_noop("Signed by"), SIGNERS),
    "naloxone_doses": (gettext_noop("Naloxone doses"), {}),
    "naloxone_by": (gettext_noop("Naloxone by"), NALOXONE_BY),
    "facts": (gettext_noop("Also"), FACTS),
    "given_name": (gettext_noop("First name"), {}),
    "ask_for": (gettext_noop("Ask for"), {}),
    "phone": (gettext_noop("Phone"), {}),
    "meeting_place": (gettext_noop("Where to meet"), {}),
    "check_in_ok": (gettext_noop("OK to check in"), YES_NO),
    "officer_present": (gettext_noop("An officer was there"), {}),
    "note": (gettext_noop("Note"), {}),
    "value": (gettext_noop("New answer"), WAYS),
}
FIELDS = {
    "ask_for": gettext_noop("Name to ask for"),
    "meeting_place": gettext_noop("Where to meet"),
    "phone": gettext_noop("Phone"),
    "never_mention": gettext_noop("Never mention"),
    "no_police": gettext_noop("No police"),
    "text_only": gettext_noop("Text messages only"),
    "not_at_home": gettext_noop("Not at home"),
    "prefers": gettext_noop("Prefers"),
}


def lines_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts of one change that say something, each with its heading, in the order of the list above."""
    found = [(heading, _words(data.get(name), codes)) for name, (heading, codes) in PARTS.items()]
    field = FIELDS.get(str(data.get("field")), "")
    about = [(gettext("About"), gettext(field))] if field else []
    return about + [(gettext(heading), text) for heading, text in found if text]


def answer_of(field: str, text: str) -> str:
    """One of two answers as a coordinator reads it: a wish is a code, everything else is the words themselves."""
    if field == "prefers" or text in ("True", "False"):
        return _words({"True": True, "False": False}.get(text, text), WAYS) or gettext("not said")
    return text


def _words(value: Any, codes: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (_words(one, codes) for one in value)))
    text = str(value) if value else ""
    if text in codes:
        return capfirst(gettext(codes[text]))
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return date_format(day, "D j M") if day else text
