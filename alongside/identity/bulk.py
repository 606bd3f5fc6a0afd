"""Everybody's description in one stream, for the comparison of all with all. Only the room `linking` may import this.

The plain values exist in the memory of the process that reads them, some thousand people at a time, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

from alongside.accounts.models import Town
from alongside.identity.description import Description
from alongside.identity.envelope import Unreadable, open_bytes
from alongside.identity.fields import SealedField
from alongside.identity.keyring import open_class_key, root_keys
from alongside.identity.models import ClassKey, Contact, DataKey, Identity, Match, MatchState
from alongside.identity.recalling import described
from alongside.people.models import Person

AT_A_TIME = 2000
Plain = dict[str, str]


def descriptions_for_linking(program_ids: Iterable[UUID]) -> Iterator[tuple[UUID, Description]]:
    """Each person of the programs that may be compared, once, by their id: whoever is not merged and not closed to everybody.

    What stands in records merged into a person counts as theirs: another name as an alias, a phone where none is nearer.
    """
    towns = dict(Town.objects.values_list("id", "name"))
    for program_id in program_ids:
        people = Person.objects.filter(program_id=program_id, merged_into=None, sealed_at=None).order_by("id")
        last = None
        while chunk := list((people.filter(id__gt=last) if last else people).values_list("id", "home_town_id")[:AT_A_TIME]):
            last = chunk[-1][0]
            yield from _described({person: towns.get(town, "") for person, town in chunk})


def people_for_linking(program_ids: Iterable[UUID]) -> int:
    """How many people that stream will have at most."""
    return Person.objects.filter(program_id__in=list(program_ids), merged_into=None, sealed_at=None).count()


def _described(towns: dict[UUID, str]) -> Iterator[tuple[UUID, Description]]:
    owner = _owners(list(towns))
    names, contacts = _plain_of(Identity, owner), _plain_of(Contact, owner)
    for person, town in towns.items():
        known = described(names.get(person, []), contacts.get(person, []), town)
        if not known.is_empty:
            yield person, known


def _owners(people: Sequence[UUID]) -> dict[UUID, UUID]:
    """Every record of these people, those merged into them at any depth after their own, and whose it is."""
    owner = {person: person for person in people}
    edge: Sequence[UUID] = people
    while edge:
        rows = list(Person.objects.filter(merged_into_id__in=edge).order_by("id").values_list("id", "merged_into_id"))
        owner |= {record: owner[into] for record, into in rows}
        edge = [record for record, _into in rows]
    return owner


def _plain_of(model: type[Model], owner: dict[UUID, UUID]) -> dict[UUID, list[Plain]]:
    """The opened rows of one table, by person: their own first. A row whose key is gone opens empty."""
    try:
        return _opened(model, owner)
    except Unreadable:  # a key was exchanged between the reading of keys and rows: both are read once more
        return _opened(model, owner)


def _opened(model: type[Model], owner: dict[UUID, UUID]) -> dict[UUID, list[Plain]]:
    sealed = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    columns = ["person_id", "pk", *(field.attname for field in sealed)]
    rows = list(model._default_manager.filter(person_id__in=list(owner)).values_list(*columns))
    keys = _keys_of([row[0] for row in rows], sealed[0].privacy_class)
    table = model._meta.db_table
    places = [f"{table}|{field.column}|" for field in sealed]
    names = [field.attname for field in sealed]
    found: dict[UUID, list[Plain]] = {}
    order = {record: index for index, record in enumerate(owner)}
    for record, pk, *values in sorted(rows, key=lambda row: order[row[0]]):
        key = keys.get(record)
        if key is not None:
            found.setdefault(owner[record], []).append(_open(key, zip(names, values, places, strict=True), pk))
    return found


def _keys_of(holders: Sequence[UUID], privacy_class: str) -> dict[UUID, bytes]:
    """The same as `keyring.data_keys`, without a model for each row: that is most of the work for many."""
    rows = list(
        DataKey.objects.filter(holder__in=holders, privacy_class=privacy_class)
        .values_list("holder", "wrapped", "class_key_id")
    )  # fmt: skip
    roots = root_keys()
    owners = {key.id: open_class_key(key, roots) for key in ClassKey.objects.filter(id__in={row[2] for row in rows})}
    return {
        holder: open_bytes(owners[owner], bytes(wrapped), f"data|{holder}|{privacy_class}") for holder, wrapped, owner in rows
    }


def _open(key: bytes, values: Iterable[tuple[str, Any, str]], pk: UUID) -> Plain:
    return {name: open_bytes(key, bytes(raw), f"{place}{pk}").decode() for name, raw, place in values if raw}


def settled_pairs(program_id: UUID) -> set[tuple[UUID, UUID]]:
    """The pairs of living people that nobody need be asked about: found to be two people, or waiting for an answer already."""
    rows = Match.objects.filter(program_id=program_id, state__in=(MatchState.OPEN, MatchState.DIFFERENT))
    pairs = list(rows.values_list("newer_id", "older_id"))
    merged = Person.objects.filter(program_id=program_id, merged_into__isnull=False)
    into = dict(merged.values_list("id", "merged_into_id"))

    def living(person: UUID) -> UUID:
        while (above := into.get(person)) is not None:
            person = above
        return person

    ends = (sorted((living(one), living(other))) for one, other in pairs)
    return {(one, other) for one, other in ends}
