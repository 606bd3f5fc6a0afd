"""Two people who were taken for one: which record is whose, and by which joins they came together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from alongside.common.actor import Actor
from alongside.identity.models import Merge
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of


@dataclass(frozen=True, slots=True)
class Link:
    """One step from the record that was joined up to the living one: the merge, and the record it led to."""

    merge: Merge
    to: UUID


def links_of(merge: Merge) -> list[Link]:
    """The merges that stand between a joined record and the person's living record, the oldest first."""
    links, current = list[Link](), merge.duplicate_id
    while (step := Merge.objects.filter(duplicate_id=current, undone_at=None).first()) is not None:
        links.append(Link(step, step.into_id))
        current = step.into_id
    return links


@dataclass(frozen=True, slots=True)
class Sides:
    """Two people who were one: the living record of each, and whose each record is."""

    newer: Person
    older: Person
    owner: Mapping[UUID, UUID] = field(default_factory=dict)

    def named(self, side: str) -> Person:
        """“newer” or “older” as the person."""
        return self.newer if side == "newer" else self.older

    def of(self, record_id: UUID) -> str:
        """Whose record it is: “newer” or “older”."""
        return "newer" if self.owner.get(record_id) == self.newer.id else "older"


def sides_of(merge: Merge, viewer: Actor) -> Sides | None:
    """The two people of a join, as they would be without it; None when it does not hold any more."""
    newer, living = Person.objects.filter(id=merge.duplicate_id).first(), person_for(viewer, merge.duplicate_id)
    if newer is None or living is None or merge.undone_at is not None or newer.merged_into_id != merge.into_id:
        return None
    apart = records_of(newer)
    rest = [one for one in records_of(living) if one not in apart]
    return Sides(newer, living, dict.fromkeys(apart, newer.id) | dict.fromkeys(rest, living.id))
