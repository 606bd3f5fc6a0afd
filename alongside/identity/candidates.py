"""Who may be meant by a description: the few who share most tokens, opened inside this room and compared one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection

from alongside.common.actor import Actor
from alongside.identity.description import Description
from alongside.identity.linkage import Verdict, verdict_on
from alongside.identity.recalling import recall
from alongside.identity.shelf import current_model
from alongside.identity.tokens import BITS, KIND_OF, WEIGHTS, asked_of, old_tokens_of, program_key, stored
from alongside.people.models import Person
from alongside.people.queries import person_for

MOST_OPENED = 12  # records opened for one question
SIZE_SECONDS = 600.0  # how long a count of the people of a program is believed

_sizes: dict[UUID, tuple[float, int]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A living person who may be meant: what is known of the record that came nearest, and the verdict about it.

    `alone` is False when another record of the same person is surely the same as well: then nothing tells which was meant.
    """

    person: Person
    record: UUID
    known: Description
    verdict: Verdict
    alone: bool = True


def numbers_of(description: Description, program_id: UUID, key: bytes) -> list[int]:
    """The numbers to look for in the table of tokens, under an index key: those of today's scheme and of the one before."""
    today = asked_of(description, program_key(key, program_id.bytes))
    return sorted(stored(kind, number) for kind, number in today | old_tokens_of(description, key))


def nearest(numbers: Sequence[int], program_id: UUID, most: int = MOST_OPENED) -> list[UUID]:
    """The records of a program that share most with the numbers, nearest first. Nothing is opened for it."""
    if not numbers:
        return []
    shared: defaultdict[Any, set[int]] = defaultdict(set)
    for token, person in _read(SHARING, numbers):
        shared[person].add(token >> BITS)
    ranked = sorted(shared, key=lambda person: (-_weight(shared[person]), person))[: 3 * most]
    # A number of another program's people may be met by chance.
    own = {person for person, program in _read(OWNED, ranked) if UUID(str(program)) == program_id} if ranked else ()
    return [UUID(str(person)) for person in ranked if person in own][:most]


# Read past the ORM: building a query of sixty numbers and a thousand UUIDs would take it longer than the answer takes.
SHARING = "SELECT token, person_id FROM identity_matchtoken WHERE token IN ({}) ORDER BY token LIMIT 3000"
OWNED = "SELECT id, program_id FROM people_person WHERE id IN ({})"


def _read(sql: str, values: Sequence[Any]) -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(",".join(["%s"] * len(values))), list(values))
        return list(cursor.fetchall())


def _weight(codes: Collection[int]) -> float:
    return sum(WEIGHTS.get(KIND_OF[code], 1.0) for code in codes)


def find(description: Description, key: bytes, by: Actor) -> list[Found]:
    """Everybody of the actor's program who may be meant, surest first, each living person once; at most a dozen are opened."""
    return judged(description, nearest(numbers_of(description, by.program_id, key), by.program_id), by)


def judged(description: Description, records: Sequence[UUID], by: Actor) -> list[Found]:
    """The living people behind some records, opened and compared with a description; surest first."""
    if not records:
        return []
    model = current_model().for_size(size_of(by.program_id))
    rows = Person.objects.select_related("home_town").in_bulk(records)
    towns = {row.id: row.home_town.name for row in rows.values() if row.home_town is not None}
    best: dict[UUID, Found] = {}
    for record, known in recall(records, towns).items():
        person = rows[record] if rows[record].merged_into_id is None else person_for(by, record)
        if person is not None:
            found = Found(person, record, known, verdict_on(description, known, model))
            best[person.id] = _nearer(best.get(person.id), found)
    return sorted(best.values(), key=lambda one: (-one.verdict.probability, one.person.id))


def _nearer(one: Found | None, other: Found) -> Found:
    """Of two records of one person the one that comes nearer; both surely the same, and nobody can tell which was meant."""
    if one is None:
        return other
    nearer = other if other.verdict.probability > one.verdict.probability else one
    return replace(nearer, alone=not one.verdict.answer == other.verdict.answer == "same" and one.alone)


def size_of(program_id: UUID) -> int:
    """How many records a program has, counted anew every ten minutes: the more there are, the less a chance likeness says."""
    at, count = _sizes.get(program_id, (0.0, 0))
    if not count or monotonic() - at > SIZE_SECONDS:
        count = Person.objects.filter(program_id=program_id).count()
        _sizes[program_id] = (monotonic(), count)
    return count
