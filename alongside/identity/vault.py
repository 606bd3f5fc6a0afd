"""Putting values in. There is no way out here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.db import models

from alongside.common.decision import Refused
from alongside.common.free_text import why_not_kept
from alongside.identity.envelope import seal_bytes
from alongside.identity.fields import SealedField
from alongside.identity.keyring import KeyName, data_keys, new_data_keys
from alongside.identity.models import Forgotten

LONGEST = 2000
# Classes that hold what somebody typed. A name is a name, and where a call was comes from a file that was checked.
TYPED = frozenset({"contact", "health", "part2"})


def seal(row: models.Model, program_id: UUID, **plain: str | None) -> None:
    """Seal plain values into the named fields of one row (not saved); an empty value empties the field."""
    seal_many([(row, plain)], program_id)


def seal_many(work: Iterable[tuple[models.Model, dict[str, str | None]]], program_id: UUID) -> None:
    """Seal values of many rows with two queries in all; refuses a holder that was forgotten.

    Refuses also a number of a police file or a word about charges, whichever form or feed brought it.
    """
    jobs = list(_jobs(work))
    names: set[KeyName] = {(getattr(row, field.holder), field.privacy_class) for row, field, text in jobs if text}
    keys = data_keys(names)
    missing = names - keys.keys()
    if missing and Forgotten.objects.filter(holder__in={holder for holder, _ in missing}).exists():
        raise Refused("This person asked to be forgotten; nothing more can be kept about them.")
    keys |= new_data_keys(sorted(missing, key=str), program_id) if missing else {}
    for row, field, text in jobs:
        key = keys[(getattr(row, field.holder), field.privacy_class)] if text else b""
        setattr(row, field.attname, seal_bytes(key, text.encode(), field.place_of(row)) if text else None)


def _jobs(work: Iterable[tuple[models.Model, dict[str, str | None]]]) -> Iterable[tuple[Any, SealedField, str]]:
    for row, plain in work:
        for name, value in plain.items():
            text = (value or "").strip()
            if len(text) > LONGEST:
                raise Refused(f"That text is too long: at most {LONGEST} characters.")
            field = cast(SealedField, row._meta.get_field(name))
            if field.privacy_class in TYPED and (reason := why_not_kept(text)):
                raise Refused(reason)
            yield row, field, text
