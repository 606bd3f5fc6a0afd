"""Who may be meant by a description: the few who share most tokens, opened inside this room and compared one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import batched, islice
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


def nearest(numbers: Sequence[int]) -> list[UUID]:
    """The records that share most with the numbers, nearest first; some, by chance, of other programs. Nothing is opened."""
    if not numbers:
        return []
    shared: defaultdict[Any, set[int]] = defaultdict(set)
    # Read past the ORM: building a query of sixty numbers would take it longer than the answer takes.
    with connection.cursor() as cursor:
        cursor.execute(SHARING.format(",".join(["%s"] * len(numbers))), list(numbers))
        for token, person in cursor.fetchall():
            shared[person].add(token >> BITS)
    ranked = sorted(shared, key=lambda person: (-_weight(shared[person]), person))
    return [UUID(str(person)) for person in ranked[: 3 * MOST_OPENED]]


SHARING = "SELECT token, person_id FROM identity_matchtoken WHERE token IN ({}) ORDER BY token LIMIT 3000"


def _weight(codes: Collection[int]) -> float:
    return sum(WEIGHTS.get(KIND_OF[code], 1.0) for code in codes)


def find(description: Description, key: bytes, by: Actor) -> list[Found]:
    """Everybody of the actor's program who may be meant, surest first, each living person once; at most a dozen are opened."""
    return judged(description, nearest(numbers_of(description, by.program_id, key)), by)


def judged(description: Description, records: Sequence[UUID], by: Actor) -> list[Found]:
    """The living people of the actor's program behind some records, opened and compared with a description; surest first.

    Of the records at most a dozen are opened, the first of them.
    """
    rows = _own(records, by)
    if not rows:
        return []
    model = current_model().for_size(size_of(by.program_id))
    towns = {row.id: row.home_town.name for row in rows.values() if row.home_town is not None}
    best: dict[UUID, Found] = {}
    for record, known in recall(list(rows), towns).items():
        person = rows[record] if rows[record].merged_into_id is None else person_for(by, record)
        if person is not None:
            found = Found(person, record, known, verdict_on(description, known, model))
            best[person.id] = _nearer(best.get(person.id), found)
    return sorted(best.values(), key=lambda one: (-one.verdict.probability, one.person.id))


def _own(records: Sequence[UUID], by: Actor) -> dict[UUID, Person]:
    """The first dozen that are of the actor's program; hardly ever does it take a second reading."""
    own: dict[UUID, Person] = {}
    for some in batched(records, MOST_OPENED):
        # Not asked for by program as well: SQLite would then read everybody of the program.
        rows = Person.objects.select_related("home_town").in_bulk(some)
        own |= {record: rows[record] for record in some if record in rows and rows[record].program_id == by.program_id}
        if len(own) >= MOST_OPENED:
            break
    return dict(islice(own.items(), MOST_OPENED))


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
