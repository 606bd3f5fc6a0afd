"""One event was attached to somebody it was not about: it gets a person and a case of its own.

Recognition attaches by itself and leaves no join that could be undone. So the join it was is written down first, as it
stood when the event came, and then undone by the rule that undoes every join (ADR 33): what was there before stays,
the event goes, and whose the rest is a person says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.cases.models import Case, CaseIncident
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.desk.parting import go_on_apart, part, questions_about
from alongside.desk.standing import Question, rows_of
from alongside.identity.actions import name_person
from alongside.identity.description import Description
from alongside.identity.matching import note_taken_for
from alongside.identity.models import Merge, MergedRow
from alongside.identity.sides import links_of
from alongside.incidents.actions import give_to
from alongside.journal.queries import newest_about
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of


def questions_of(event: CaseIncident, viewer: Actor) -> list[Question]:
    """What a person has to say before an event gets its own person; nothing is kept of the asking."""
    with transaction.atomic():
        asked = questions_about(_as_a_join(event, event.case.person_id, by=viewer), viewer)
        transaction.set_rollback(True)
    return [question for question in asked if question.kind not in ("contact", "identity")]


@transaction.atomic
def part_event(event: CaseIncident, taken_for: UUID, who: Description, answers: Mapping[UUID, str], *, by: Actor) -> Person:
    """Give one event a person of its own, with a case and the clock of the event; the two are two people from now on.

    The new person knows nothing but the event, and `who` as far as it was said anew. `answers` says “newer” (the new
    person) or “older” for each question of `questions_of`. Once it is not with `taken_for` any more, it is refused.
    """
    merge = _as_a_join(event, taken_for, by=by)
    # Who they are and how to reach them stays, whatever joins were made since.
    stays = {key: "older" for link in links_of(merge) for key in (link.merge.id, link.to)}
    part(merge, {**stays, **answers}, why="two_people", by=by)
    person = Person.objects.get(id=merge.duplicate_id)
    event.refresh_from_db(fields=["case"])
    go_on_apart(person.id, event.case_id, taken_for, merge.made_at, by=by)
    # The town of the other's home says nothing about this one: all that is known is where it happened.
    Case.objects.filter(person=person).update(town=event.incident.town_id)
    name_person(person, who, by=by)
    return person


def _as_a_join(event: CaseIncident, taken_for: UUID, *, by: Actor) -> Merge:
    """The attaching of an event as the join it was: what stood then, and a record of its own that came to it."""
    locked = CaseIncident.objects.select_for_update(of=("self",)).select_related("incident__person")
    incident = locked.get(id=event.id).incident
    living = person_for(by, taken_for)
    if living is None or incident.person is None or incident.person_id not in records_of(living):
        raise Refused("This event was moved already.")
    since = newest_about(by, [incident.id], ["incident_settled"])[str(incident.id)].at
    said = newest_about(by, records_of(living), ["contact_stopped"]).values()
    into, wishes = _living_then(incident.person, event.id), any(entry.at >= since for entry in said)
    merge = note_taken_for(into, _id_after(event.id), since, wishes=wishes, by=by)
    rows = [row for row in rows_of(records_of(living)) if _was_there(*row[:2], event, since)]
    MergedRow.objects.bulk_create(_places_then(merge, rows))
    give_to(incident, merge.duplicate, by=by)
    return merge


def _living_then(person: Person, event_id: UUID) -> Person:
    """The record a person lived under when an event came; ids sort by the time they were made."""
    while person.merged_into is not None:
        if Merge.objects.filter(duplicate=person, undone_at=None, id__gt=event_id).exists():
            return person
        person = person.merged_into
    return person


def _id_after(event_id: UUID) -> UUID:
    """An id that sorts right after an event, before whatever was made since; the same when it is asked and when it is done."""
    found = UUID(int=event_id.int + 1)
    while Merge.objects.filter(id=found).exists():  # the same event was given its own person before
        found = UUID(int=found.int + 1)
    return found


def _places_then(merge: Merge, rows: list[tuple[str, Any, UUID]]) -> list[MergedRow]:
    """Where rows stood when the event came: where they are, or where they were before a join that was made since."""
    later = MergedRow.objects.filter(row__in=[row.id for _, row, _ in rows], merge__undone_at=None, merge_id__gt=merge.id)
    moved = {(place.kind, place.row): place.was for place in later.order_by("-merge_id")}
    return [
        MergedRow(merge=merge, kind=kind, row=row.id, of_newer=False, state=row.status if kind == "case" else "",
                  was=moved.get((kind, row.id), under))
        for kind, row, under in rows
    ]  # fmt: skip


def _was_there(kind: str, row: Any, event: CaseIncident, since: datetime) -> bool:
    if kind == "attempt":  # a phone sends it later, under an id of that moment
        return bool(row.at < since)
    if kind == "case" and row.id == event.case_id:  # opened by this event, or by one before it
        return bool(CaseIncident.objects.filter(case=row, id__lt=event.id).exists())
    return bool(row.id < event.id)
