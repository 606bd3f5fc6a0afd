"""Sealed rows as one description, inside this room: for comparing, for laying tokens, and for nothing anybody sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Model

from alongside.identity.description import Description
from alongside.identity.envelope import Unreadable, open_bytes
from alongside.identity.fields import SealedField
from alongside.identity.keyring import data_keys
from alongside.identity.models import Contact, Identity
from alongside.people.models import Person

Plain = Mapping[str, str]
Table = tuple[type[Model], Sequence[str]]  # and the fields to open
NAMES = ("given_name", "family_name", "birth_date", "middle_name", "suffix", "aliases", "born")
REACHED = ("phone", "meeting_place")


def aliases_text(aliases: Iterable[str]) -> str:
    """Other names as the one text that is sealed: each on a line."""
    return "\n".join(dict.fromkeys(" ".join(alias.split()) for alias in aliases if alias.strip()))


def described(identities: Sequence[Plain], contacts: Sequence[Plain], town: str = "") -> Description:
    """The description that opened rows of one person give, their own rows first; other names of later rows are aliases.

    Empty for somebody of whom no identity is kept: a loved one to be phoned is not somebody to be recognized.
    """
    if not identities:
        return Description()
    first = next((row for row in identities if any(row.values())), identities[0])
    born = _first(identities, "birth_date")
    return Description(
        given_name=first.get("given_name", ""),
        family_name=first.get("family_name", ""),
        birth_date=date.fromisoformat(born) if born else None,
        phone=_first(contacts, "phone"),
        middle_name=first.get("middle_name", ""),
        suffix=first.get("suffix", ""),
        aliases=_other_names(first, identities),
        born="" if born else _first(identities, "born"),
        place=_first(contacts, "meeting_place"),
        town=town,
    )


def _first(rows: Sequence[Plain], name: str) -> str:
    return next((row[name] for row in rows if row.get(name)), "")


def _other_names(first: Plain, identities: Sequence[Plain]) -> tuple[str, ...]:
    found = [alias for row in identities for alias in row.get("aliases", "").splitlines()]
    known = {_whole(first).casefold()}
    found += [_whole(row) for row in identities if _whole(row).casefold() not in known]
    return tuple(dict.fromkeys(name for name in found if name))


def _whole(row: Plain) -> str:
    return " ".join(part for part in (row.get("given_name", ""), row.get("family_name", "")) if part)


def recall(records: Collection[UUID], towns: Mapping[UUID, str] | None = None) -> dict[UUID, Description]:
    """What is sealed of each record, opened; none of a record that was forgotten. A few queries, however many there are.

    The names of the home towns are read, unless the caller knows them.
    """
    names, reached = map(dict, opened(records, (Identity, NAMES), (Contact, REACHED)))
    if towns is None:
        of_town = Person.objects.filter(id__in=records, home_town__isnull=False)
        towns = dict(of_town.values_list("id", "home_town__name"))
    found = {
        record: described([names[record]], [reached.get(record, {})], towns.get(record, "")) for record in names
    }  # fmt: skip
    return {record: who for record, who in found.items() if not who.is_empty}


def opened(records: Collection[UUID], *tables: Table) -> list[list[tuple[UUID, Plain]]]:
    """The rows that are kept of some people's records, for each table those with the named fields as plain text.

    Of whoever was forgotten there is none. No object is made for a row: among thousands that is most of the work.
    """
    try:
        return _opened(records, tables)
    except Unreadable:  # a key was exchanged between the reading of rows and keys: both are read once more
        return _opened(records, tables)


def _opened(records: Collection[UUID], tables: Sequence[Table]) -> list[list[tuple[UUID, Plain]]]:
    read = [(_sealed(*table), _rows(*table, records)) for table in tables]
    keys = data_keys((row[0], fields[0].privacy_class) for fields, rows in read for row in rows)
    return [
        [(record, _open(keys[record, fields[0].privacy_class], fields, pk, values))
         for record, pk, *values in rows if (record, fields[0].privacy_class) in keys]
        for fields, rows in read
    ]  # fmt: skip


def _sealed(model: type[Model], names: Sequence[str]) -> list[SealedField]:
    return [cast(SealedField, model._meta.get_field(name)) for name in names]


def _rows(model: type[Model], names: Sequence[str], records: Collection[UUID]) -> list[tuple[Any, ...]]:
    return list(model._default_manager.filter(person_id__in=records).values_list("person_id", "pk", *names).order_by())


def _open(key: bytes, fields: Sequence[SealedField], pk: UUID, values: Sequence[Any]) -> Plain:
    return {
        field.name: open_bytes(key, bytes(raw), field.place_in(pk)).decode() if raw else ""
        for field, raw in zip(fields, values, strict=True)
    }
