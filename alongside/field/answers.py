"""What became of each change: read, never written, and the same every time it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext

from alongside.field.models import Change, Phone


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one change, as the phone is told, the first time and every time."""

    id: str
    state: str
    sentence: str = ""


def answer_of(asked: UUID, row: Change) -> Answer:
    """The answer to a change, under the id it was sent with."""
    return Answer(str(asked), row.state, gettext(row.sentence) if row.sentence else "")


def known_to(ids: Sequence[UUID], phone: Phone) -> dict[UUID, Change]:
    """What the user's phones sent before, by the id it was sent under."""
    others = {uuid5(phone.id, str(one)): one for one in ids}
    rows = Change.objects.filter(id__in=[*ids, *others], phone__user_id=phone.user_id)
    return {others.get(row.id, row.id): row for row in rows}


def answers_to(ids: Sequence[Any], phone: Phone) -> list[Answer]:
    """What became of changes a phone asks about; those that still lie in the inbox are left out."""
    asked = [found for one in ids if (found := as_id(one)) is not None]
    return [answer_of(one, row) for one, row in known_to(asked, phone).items()] if asked else []


def as_id(value: Any) -> UUID | None:
    """The id that somebody wrote; None for anything else."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
