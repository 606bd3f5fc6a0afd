"""Everybody's description in one stream, for the comparison of all with all. Only the room `linking` may import this.

The plain values exist in the memory of the process that reads them, some thousand people at a time, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from alongside.accounts.models import Town
from alongside.identity.description import Description
from alongside.identity.models import Contact, Identity, Match, MatchState
from alongside.identity.recalling import NAMES, REACHED, Plain, described, opened
from alongside.people.models import Person

AT_A_TIME = 2000


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
    names, contacts = (_of(rows, owner) for rows in opened(list(owner), (Identity, NAMES), (Contact, REACHED)))
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


def _of(rows: Iterable[tuple[UUID, Plain]], owner: dict[UUID, UUID]) -> dict[UUID, list[Plain]]:
    """Opened rows by person: their own first."""
    order = {record: index for index, record in enumerate(owner)}
    found: dict[UUID, list[Plain]] = {}
    for record, plain in sorted(rows, key=lambda row: order[row[0]]):
        found.setdefault(owner[record], []).append(plain)
    return found


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
