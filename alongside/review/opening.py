"""What an opening in danger shows: everything of one person that the firewall gives for this purpose, in one go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alongside.common.actor import Actor
from alongside.consent import firewall
from alongside.identity.models import Contact, Identity
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.visits.models import Attempt

NOTES = 5


def everything_about(viewer: Actor, person: Person, now: datetime) -> dict[str, Any]:
    """Names, ways to reach the person and the last notes, each plain or refused with its reason."""
    records = records_of(person)
    identity = Identity.objects.filter(person_id__in=records).order_by("-person_id").first()
    contact = Contact.objects.filter(person_id__in=records).order_by("-kept_at").first()
    notes = list(Attempt.objects.filter(person_id__in=records, note__isnull=False).order_by("-at")[:NOTES])
    plain = firewall.open(
        viewer, "break_glass",
        *((identity.given_name, identity.family_name, identity.birth_date) if identity else (None,) * 3),
        *((contact.ask_for, contact.meeting_place, contact.phone) if contact else (None,) * 3),
        *(row.note for row in notes), now=now,
    )  # fmt: skip
    names = ("given", "family", "born", "ask_for", "meeting_place", "phone")
    return dict(zip(names, plain, strict=False)) | {"notes": list(zip([row.at for row in notes], plain[6:], strict=True))}
