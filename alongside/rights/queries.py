"""Requests that wait, one of them, and the statements that stand with a record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings

from alongside.common.actor import Actor
from alongside.consent import firewall
from alongside.consent.firewall import Opened
from alongside.consent.models import Tie
from alongside.consent.queries import known_to
from alongside.identity.queries import contacts_of
from alongside.people.models import Person
from alongside.rights.models import Request

MOST = 200


def requests_for(viewer: Actor) -> list[Request]:
    """The open requests of the viewer's program, the one due first on top."""
    rows = Request.objects.filter(person__program_id=viewer.program_id, state="open").select_related("person")
    rows = rows.exclude(known_to(viewer))
    return list(rows.order_by("due_on", "received_at")[:MOST])


def request_for(viewer: Actor, request_id: UUID) -> Request | None:
    """One request of the viewer's program, answered or not; not of somebody they know, which is for a colleague."""
    rows = Request.objects.filter(person__program_id=viewer.program_id).select_related("person__home_town")
    return rows.exclude(known_to(viewer)).filter(id=request_id).first()


def open_until(viewer: Actor, asked: Request, now: datetime) -> datetime | None:
    """Until when the viewer may read what the person asked for; None when it was not opened, or is over."""
    if viewer.user_id is None:
        return None
    ties = Tie.objects.filter(person_id=asked.person_id, user_id=viewer.user_id, opens="person_request", closed_at=None)
    return ties.filter(expires_at__gt=now).order_by("-expires_at").values_list("expires_at", flat=True).first()


def statements_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Opened]:
    """What the person says about something that was not corrected; it stands with every later view (164.526(d))."""
    if viewer.goes_along:
        return []
    rows = Request.objects.filter(person_id__in=list(records), answer="not_accepted").exclude(statement=None)
    sealed = [row.statement for row in rows.order_by("answered_at")]
    return firewall.open(viewer, "coach_followup", *sealed, now=now) if sealed else []


def language_of(viewer: Actor, person: Person) -> str:
    """The language the person is spoken to in, as far as this program knows it; else English."""
    contact = contacts_of(viewer, [person.id]).get(person.id)
    code = contact.language.lower() if contact else "en"
    return code if code in dict(settings.LANGUAGES) else "en"
