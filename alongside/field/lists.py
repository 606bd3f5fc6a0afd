"""The lists of codes to tap on, in words; the same that the forms at a desk offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from alongside.accounts.queries import partner_agencies, towns_for
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.consent.rules import AGES, SHAREABLE, SIGNERS
from alongside.consent.wording import LANGUAGES, VERSION, texts
from alongside.field.rules import LEASE_HOURS
from alongside.identity.rules import PLACE_SAFETY
from alongside.incidents.rules import FACTS, KINDS, NALOXONE_BY, OUTCOMES
from alongside.naloxone.rules import STEPS, TAUGHT
from alongside.people.rules import WAYS
from alongside.referrals.rules import MEANS
from alongside.services.rules import NEEDS
from alongside.visits.rules import CHANNELS, PHONE_FIRST_WAIVERS, RESPONSES, RESULTS

OUTING_MINUTES = 30
KITS_FOR = {
    "person": gettext_noop("The person"), "loved_one": gettext_noop("A loved one"),
    "anonymous": gettext_noop("Somebody else, no name"),
}  # fmt: skip
SHARED = {
    "contact": gettext_noop("how to reach them"), "health": gettext_noop("what they need"),
    "part2": gettext_noop("treatment for drug or alcohol use (needs a signature)"),
}  # fmt: skip
# Which lists a role's taps take, by the permission that they are for.
FOR_CONTACTS = {"kinds": KINDS, "outcomes": OUTCOMES, "naloxone_by": NALOXONE_BY, "facts": FACTS, "kit_to": KITS_FOR}
FOR_VISITS = {
    "channels": CHANNELS, "results": RESULTS, "responses": RESPONSES, "waivers": PHONE_FIRST_WAIVERS,
    "safety": PLACE_SAFETY,
}  # fmt: skip
FOR_CARE = {
    "needs": NEEDS, "means": MEANS, "ages": AGES, "signers": SIGNERS, "steps": STEPS, "taught": TAUGHT, "ways": WAYS,
    "shared": {code: SHARED[code] for code in SHAREABLE},
}  # fmt: skip


def lists_for(viewer: Actor) -> dict[str, list[list[str]]]:
    """The lists that this role taps on, each as [code, words]."""
    chosen = dict[str, Mapping[str, str]](FOR_CONTACTS)
    if may(viewer.role, "record_attempt"):
        chosen |= FOR_VISITS
    if may(viewer.role, "note_needs"):
        chosen |= FOR_CARE
    return {name: _pairs(codes.items()) for name, codes in chosen.items()}


def general_for(viewer: Actor, name: str, employer: str) -> dict[str, Any]:
    """What a pack holds beside the visits; nobody is in it but its user."""
    cares = may(viewer.role, "note_needs")
    agencies = partner_agencies(viewer) if cares else []
    return {
        "me": {"name": name, "role": viewer.role, "police": viewer.is_police},
        "towns": [{"id": str(town.id), "name": town.name} for town in towns_for(viewer)],
        "lists": lists_for(viewer),
        "agencies": [{"id": str(one.id), "name": one.name, "kind": one.kind} for one in agencies],
        "wording": _wording(employer) if cares else None,
        "clashes": [], "outing_minutes": OUTING_MINUTES, "lease_hours": LEASE_HOURS,
    }  # fmt: skip


def _wording(employer: str) -> dict[str, Any]:
    """What somebody reads before they agree, in each language; the phone puts in whom, what and until when."""
    return {"version": VERSION, "discloser": employer, "texts": {code: texts(code) for code in LANGUAGES}}


def _pairs(codes: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[code, gettext(str(label))] for code, label in codes]
