"""Reaching a person; the pointer of a merged record is followed here and nowhere else."""

from __future__ import annotations

from uuid import UUID

from alongside.common.actor import Actor
from alongside.people.models import Person


def person_for(viewer: Actor, person_id: UUID) -> Person | None:
    """The living record of a person of the viewer's program, following merges; None when there is none."""
    person = Person.objects.select_related("home_town").filter(id=person_id, program_id=viewer.program_id).first()
    while person is not None and person.merged_into_id is not None:
        person = Person.objects.select_related("home_town").get(id=person.merged_into_id)
    return person


def records_of(person: Person) -> list[UUID]:
    """The ids of every record that is this person: its own and those merged into it, at any depth."""
    found, edge = [person.id], [person.id]
    while edge:
        edge = list(Person.objects.filter(merged_into_id__in=edge).values_list("id", flat=True))
        found += edge
    return found
