"""Reaching a person; the pointer of a merged record is followed here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from alongside.common.actor import Actor
from alongside.people.models import Hold, Person


def person_for(viewer: Actor, person_id: UUID) -> Person | None:
    """The living record of a person of the viewer's program, following merges; None when there is none."""
    person = Person.objects.select_related("home_town").filter(id=person_id, program_id=viewer.program_id).first()
    while person is not None and person.merged_into_id is not None:
        person = Person.objects.select_related("home_town").get(id=person.merged_into_id)
    return person


def person_coded(viewer: Actor, code: str) -> Person | None:
    """The living record of a person of the viewer's program by the spoken code, however it is written."""
    found = Person.objects.filter(program_id=viewer.program_id, code__iexact=" ".join(code.split())).first()
    return person_for(viewer, found.id) if found else None


def records_of(person: Person) -> list[UUID]:
    """The ids of every record that is this person: its own and those merged into it, at any depth."""
    found, edge = [person.id], [person.id]
    while edge:
        edge = list(Person.objects.filter(merged_into_id__in=edge).values_list("id", flat=True))
        found += edge
    return found


def held(people: Iterable[UUID]) -> set[UUID]:
    """Those of the given records that a legal hold freezes: they are not forgotten and not purged while it stands.

    A hold on one record of a person holds for all records that are this person.
    """
    frozen = set[UUID]()
    rows = Hold.objects.filter(lifted_at=None, placed_at__isnull=False).select_related("person")
    for hold in rows:
        root = hold.person
        while root.merged_into is not None:
            root = root.merged_into
        frozen.update(records_of(root))
    return frozen & set(people)


def holds_for(viewer: Actor) -> list[Hold]:
    """The holds of the viewer's program that stand or wait for the second signature, the next to review first."""
    rows = Hold.objects.filter(person__program_id=viewer.program_id, lifted_at=None).select_related("person")
    return sorted(rows, key=lambda hold: (hold.review_on is not None, hold.review_on or hold.asked_at.date()))
