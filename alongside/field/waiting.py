"""What waits for a person to decide of what phones sent: read in words, for those who may decide it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from alongside.accounts.queries import users_for
from alongside.cases.queries import cases_of
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.queries import known_to
from alongside.field.models import Clash, Parked
from alongside.field.rules import WISHES
from alongside.field.saying import FIELDS, answer_of, lines_of
from alongside.identity.fields import Sealed
from alongside.identity.models import Forgotten
from alongside.identity.queries import contacts_of
from alongside.journal.queries import newest_about

MOST = 50
# The lines of the journal after which a way to reach somebody, or a wish about it, is another one.
WRITES = ("sealed", "contact_stopped")
PURPOSES = {"coordinator": "coordination"}  # the others look as whoever works with the person
GONE = "Nothing of it is kept any more; it can only be set aside."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits: the row, and what it was in words, or the sentence that says why this viewer may not read it."""

    row: Parked
    lines: Sequence[tuple[str, str]]
    closed: str = ""


@dataclass(frozen=True, slots=True)
class TwoAnswers:
    """A field with two answers: what the phone said and what stands here now."""

    row: Clash
    label: str
    said: str
    stands: str
    last_by: str = ""
    last_at: datetime | None = None

    @property
    def loosens(self) -> bool:
        """Whether the phone's answer lifts what only the person lifts."""
        return self.row.field == "no_police" and self.said == answer_of("no_police", "False")


def _parked(viewer: Actor) -> QuerySet[Parked]:
    if viewer.role != "coordinator":
        return Parked.objects.none()
    rows = Parked.objects.filter(program_id=viewer.program_id, state="open").exclude(known_to(viewer))
    return rows.exclude(person_id__in=Forgotten.objects.values("holder"))


def _clashes(viewer: Actor, now: datetime) -> QuerySet[Clash]:
    """The open ones of the program for a coordinator; for a coach those of the own cases."""
    rows = Clash.objects.filter(program_id=viewer.program_id, state="open").exclude(known_to(viewer))
    rows = rows.exclude(person_id__in=Forgotten.objects.values("holder"))
    if viewer.role == "coordinator":
        return rows
    waiting = set() if viewer.is_police else set(rows.values_list("person_id", flat=True))
    own = {case.person_id for case in cases_of(viewer, waiting, now)} if waiting else set[UUID]()
    return rows.filter(person_id__in=own) if own else rows.none()


def waiting_count_for(viewer: Actor, now: datetime) -> int:
    """How many things from phones wait for this viewer's decision."""
    return _parked(viewer).count() + _clashes(viewer, now).count()


def parked_for(viewer: Actor) -> list[Waiting]:
    """What waits to be filed or set aside, the oldest first, each in words."""
    rows = list(_parked(viewer).select_related("change__phone__user", "change__case", "person")[:MOST])
    data = data_of(viewer, rows)
    return [
        Waiting(row, [], found.reason) if isinstance(found, Refused) else Waiting(row, lines_of(found))
        for row, found in zip(rows, data, strict=True)
    ]


def parked_one(viewer: Actor, parked_id: UUID) -> Parked | None:
    """One change that waits; None when there is none for this viewer."""
    return _parked(viewer).filter(id=parked_id).first()


def data_of(viewer: Actor, rows: Iterable[Parked]) -> list[dict[str, Any] | Refused]:
    """What was sent, opened for this viewer; or the sentence that says why it cannot be."""
    sealed: list[Sealed | None] = [row.words or row.call for row in rows]
    return [json.loads(text) if isinstance(text, str) and text else text or Refused(GONE)
            for text in firewall.open(viewer, PURPOSES.get(viewer.role, "coach_followup"), *sealed)]  # fmt: skip


def clashes_for(viewer: Actor, now: datetime) -> list[TwoAnswers]:
    """The fields with two answers, the oldest first; one that may not be read by this viewer is not there."""
    rows = list(_clashes(viewer, now).select_related("change__phone__user", "change__case", "person")[:MOST])
    pairs, lasts = both(viewer, rows), newest_about(viewer, {row.person_id for row in rows}, WRITES)
    names = dict(users_for(viewer).values_list("id", "display_name")) if lasts else {}
    return [
        TwoAnswers(
            row, FIELDS[row.field], answer_of(row.field, said), answer_of(row.field, stands), *_last(row, lasts, names)
        )
        for row, (said, stands) in zip(rows, pairs, strict=True)
        if isinstance(said, str) and isinstance(stands, str)
    ]


def _last(row: Clash, lasts: Mapping[str, Any], names: Mapping[UUID, str]) -> tuple[str, datetime | None]:
    """Who wrote last what is known of how to reach somebody, and when; the journal knows the person, not the one field."""
    found = lasts.get(str(row.person_id))
    if found is None:
        return "", None
    return next((name for user, name in names.items() if str(user) == found.actor), ""), found.at


def clash_one(viewer: Actor, clash_id: UUID, now: datetime) -> Clash | None:
    """One open field with two answers; None when there is none for this viewer."""
    return _clashes(viewer, now).select_related("change__case", "person").filter(id=clash_id).first()


def both(viewer: Actor, rows: Sequence[Clash]) -> list[tuple[firewall.Opened, firewall.Opened]]:
    """What was said and what stands, for each row, with one call to the firewall."""
    contacts = contacts_of(viewer, {row.person_id for row in rows})
    sealed = [value for row in rows for value in (row.said, _stands(row, contacts))]
    plain = firewall.open(viewer, PURPOSES.get(viewer.role, "coach_followup"), *sealed)
    return [
        (plain[2 * place], str(getattr(row.person, row.field)) if row.field in WISHES else plain[2 * place + 1])
        for place, row in enumerate(rows)
    ]


def _stands(row: Clash, contacts: dict[UUID, Any]) -> Sealed | None:
    contact = contacts.get(row.person_id)
    value: Sealed | None = None if contact is None or row.field in WISHES else getattr(contact, row.field)
    return value
