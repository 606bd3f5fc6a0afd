"""Sealed rows as one description, inside this room: for comparing, for laying tokens, and for nothing anybody sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Model

from alongside.identity.description import Description
from alongside.identity.fields import Sealed
from alongside.identity.models import Contact, Identity
from alongside.identity.unsealing import unseal
from alongside.people.models import Person

Plain = Mapping[str, str]
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


def recall(records: Sequence[UUID], towns: Mapping[UUID, str] | None = None) -> dict[UUID, Description]:
    """What is sealed of each record, opened; none of a record that was forgotten. A few queries, however many there are.

    The names of the home towns are read, unless the caller knows them.
    """
    identities = list(Identity.objects.filter(person_id__in=records))
    contacts = list(Contact.objects.filter(person_id__in=records))
    if towns is None:
        of_town = Person.objects.filter(id__in=records, home_town__isnull=False)
        towns = dict(of_town.values_list("id", "home_town__name"))
    plain = opened([*((row, NAMES) for row in identities), *((row, REACHED) for row in contacts)])
    names, reached = plain[: len(identities)], plain[len(identities) :]
    of_names = {row.person_id: opened_row for row, opened_row in zip(identities, names, strict=True)}
    of_reached = {row.person_id: opened_row for row, opened_row in zip(contacts, reached, strict=True)}
    found = {
        record: described(
            [of_names[record]] if record in of_names else [], [of_reached[record]] if record in of_reached else [],
            towns.get(record, ""),
        )
        for record in records
    }  # fmt: skip
    return {record: who for record, who in found.items() if not who.is_empty}


def opened(rows: Sequence[tuple[Model, Sequence[str]]]) -> list[dict[str, str]]:
    """Each row's named fields as plain text, with the keys of all of them read at once."""
    wanted: list[tuple[int, str, Sealed]] = []
    for number, (row, names) in enumerate(rows):
        there = ((name, getattr(row, name)) for name in names)
        wanted += [(number, name, sealed) for name, sealed in there if sealed is not None]
    plain: list[dict[str, str]] = [{} for _ in rows]
    for (number, name, _sealed), text in zip(wanted, unseal([sealed for *_, sealed in wanted]), strict=True):
        plain[number][name] = text or ""
    return plain
