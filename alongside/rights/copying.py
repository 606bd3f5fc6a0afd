"""The person's own copy (45 CFR 164.524, 42 CFR 2.23): everything that is held, made when it is asked for and not stored.

The sealed words are found by walking the tables, so that a field added tomorrow is in tomorrow's copy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.consent import firewall
from alongside.consent.models import Consent, Restriction
from alongside.consent.queries import accounting_of
from alongside.identity.forgetting import rows_about, sealed_fields
from alongside.incidents.queries import incidents_of
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.referrals.models import Need, Referral
from alongside.rights.looks import looks_of
from alongside.rights.models import Request
from alongside.visits.models import Attempt

# What each sealed word is called on the copy; one that is not listed goes by its own name.
LABELS = {
    "identity.Identity.given_name": gettext_noop("First name"),
    "identity.Identity.family_name": gettext_noop("Last name"),
    "identity.Identity.birth_date": gettext_noop("Date of birth"),
    "identity.Identity.middle_name": gettext_noop("Middle name"),
    "identity.Identity.suffix": gettext_noop("Jr, Sr or the like"),
    "identity.Identity.aliases": gettext_noop("Other names"),
    "identity.Identity.born": gettext_noop("About when born"),
    "identity.Contact.ask_for": gettext_noop("Name to ask for"),
    "identity.Contact.meeting_place": gettext_noop("Where to meet you"),
    "identity.Contact.phone": gettext_noop("Phone"),
    "identity.Contact.never_mention": gettext_noop("Never to be mentioned"),
    "identity.Merge.contact_before": gettext_noop("How to reach you, before two records were joined"),
    "identity.Merge.identity_before": gettext_noop("Who you were to us, before two records were joined"),
    "referrals.Need.words": gettext_noop("What would help, in your words"),
    "visits.Attempt.note": gettext_noop("Note of the team"),
    "rights.Request.asked": gettext_noop("What you asked to be corrected"),
    "rights.Request.statement": gettext_noop("Your statement"),
    "consent.Emergency.told": gettext_noop("Who was told in an emergency"),
    "field.Parked.words": gettext_noop("Sent from a phone, and waiting or set aside"),
    "field.Clash.said": gettext_noop("Another answer, from a phone"),
    "field.Clash.stood": gettext_noop("What stood here beside that answer"),
}
NOTE, WORDS, TOLD = "visits.Attempt.note", "referrals.Need.words", "consent.Emergency.told"
Words = dict[tuple[str, UUID | int], str]


def own_copy(viewer: Actor, person: Person, now: datetime) -> dict[str, Any]:
    """Everything held about a person, ready for a page. What the viewer may not open now is not in it."""
    records = records_of(person)
    words = _words(viewer, records, now)
    page = {
        "person": person, "made_at": now,
        "tries": [
            {"row": row, "note": words.pop((NOTE, row.id), ""), "agency": row.by_user.agency.name if row.by_user else ""}
            for row in Attempt.objects.filter(person_id__in=records).select_related("by_user__agency").order_by("-at")
        ],
        "needs": [
            {"row": row, "words": words.pop((WORDS, row.id), "")} for row in Need.objects.filter(person_id__in=records)
        ],
        "incidents": incidents_of(viewer, records),
        "cases": list(Case.objects.filter(person_id__in=records).select_related("town").order_by("-opened_at")),
        "referrals": _referrals(records),
        "agreements": list(Consent.objects.filter(person_id__in=records).select_related("recipient").order_by("-given_at")),
        "shared": [
            {"line": line, "told": words.pop((TOLD, line.id), "")} for line in accounting_of(viewer, records, now)
        ],
        "restrictions": list(Restriction.objects.filter(person_id__in=records).select_related("user", "agency")),
        "requests": list(Request.objects.filter(person_id__in=records).order_by("-received_at")),
        "looks": looks_of(viewer, records),
    }  # fmt: skip
    # Whatever was not placed with its row above stands by itself: nothing that is held is left out.
    return page | {"said": [(capfirst(_label(name)), _read(text)) for (name, _pk), text in words.items()]}


def _words(viewer: Actor, records: Sequence[UUID], now: datetime) -> Words:
    """The opened words by field and row; empty ones, and those kept from this viewer, are left out."""
    found = [
        ((f"{model._meta.label}.{field.name}", row.pk), getattr(row, field.attname))
        for model, fields in sealed_fields()
        for row in rows_about(model, fields, records)
        for field in fields
    ]
    names = [name for name, value in found if value is not None]
    plain = firewall.open(viewer, "person_request", *(value for _name, value in found if value is not None), now=now)
    return {name: text for name, text in zip(names, plain, strict=True) if isinstance(text, str) and text}


def _label(name: str) -> str:
    return _(LABELS[name]) if name in LABELS else name.rpartition(".")[2].replace("_", " ")


def _read(text: str) -> str:
    """A text as it stands; several values that were sealed as one, each with its name."""
    try:
        values = json.loads(text) if text.startswith("{") else None
    except ValueError:
        return text
    if not isinstance(values, dict):
        return text
    said = {name.replace("_", " "): value for name, value in values.items() if value}
    return "; ".join(f"{name}: {', '.join(map(str, one)) if isinstance(one, list) else one}" for name, one in said.items())


def _referrals(records: Sequence[UUID]) -> list[Referral]:
    rows = Referral.objects.filter(person_id__in=records).select_related("service", "agency", "need")
    return list(rows.order_by("-made_at"))


def what_was_asked(viewer: Actor, asked: Request, now: datetime) -> str:
    """How the person says it is right; empty when this viewer may not read it now."""
    plain = firewall.open(viewer, "person_request", asked.asked, now=now)[0]
    return plain if isinstance(plain, str) else ""
