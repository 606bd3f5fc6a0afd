"""The pacts of a program, whom others asked about, and what is so about a person who might be answered for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from alongside.accounts.models import Agency, Program
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import now
from alongside.common.walls import before_sign_in
from alongside.consent.models import Consent, Restriction
from alongside.consent.queries import known_to
from alongside.elsewhere.models import Pact, Question, Silence
from alongside.elsewhere.rules import Standing
from alongside.identity.models import Forgotten
from alongside.journal.models import Entry
from alongside.people.models import Person

DAY = timedelta(days=1)


def other_programs_for(viewer: Actor) -> list[Program]:
    """The other programs of this installation; their names are printed on their doors."""
    with before_sign_in():
        return list(Program.objects.exclude(id=viewer.program_id).order_by("name"))


def desks_for(viewer: Actor) -> QuerySet[Agency]:
    """The agencies of the viewer's program that others may be told to ask: none that enforces the law."""
    rows = Agency.objects.filter(program_id=viewer.program_id).exclude(kind__in=POLICE_CLASSES)
    return rows.order_by("name")


def pacts_for(viewer: Actor) -> list[Pact]:
    """Every pact of the viewer's program, those that have ended last."""
    rows = Pact.objects.filter(program_id=viewer.program_id).select_related("desk", "stands_for")
    return sorted(rows, key=lambda pact: (pact.ended_at is not None, pact.other_name, pact.proposed_at))


def pact_for(viewer: Actor, pact_id: UUID) -> Pact | None:
    """One pact of the viewer's program."""
    return Pact.objects.filter(program_id=viewer.program_id, id=pact_id).first()


def standing_pacts(viewer: Actor) -> list[Pact]:
    """The pacts of the viewer's program that both sides allow and neither has ended, not even before a backup came back."""
    rows = Pact.objects.filter(program_id=viewer.program_id, ended_at=None, allowed_at__isnull=False)
    rows = rows.filter(other_allowed_at__isnull=False).exclude(id__in=Forgotten.objects.values("holder"))
    return list(rows.select_related("desk").order_by("other_name"))


def pacts_come_back(viewer: Actor) -> list[Pact]:
    """Pacts of the viewer's program that had ended, and stand again in a database that a backup brought back."""
    rows = Pact.objects.filter(program_id=viewer.program_id, ended_at=None)
    return list(rows.filter(id__in=Forgotten.objects.values("holder")))


def families_of(viewer: Actor, records: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """All records of the people to whom some records of the viewer's program belong, by the living one; few queries for many."""
    into: dict[UUID, UUID | None] = dict(
        Person.objects.filter(id__in=list(records), program_id=viewer.program_id).values_list("id", "merged_into_id")
    )
    while missing := {above for above in into.values() if above is not None} - into.keys():
        into |= dict(Person.objects.filter(id__in=missing).values_list("id", "merged_into_id"))
    owner = {one: one for one, above in into.items() if above is None}
    edge = list(owner)
    while edge:
        below = dict(Person.objects.filter(merged_into_id__in=edge).order_by("id").values_list("id", "merged_into_id"))
        owner |= {one: owner[above] for one, above in below.items()}
        edge = list(below)
    found: dict[UUID, list[UUID]] = {}
    for one, living in owner.items():
        found.setdefault(living, []).append(one)
    return found


def standings_of(viewer: Actor, families: Mapping[UUID, list[UUID]], pact: Pact) -> dict[UUID, Standing]:
    """What is so about people of the viewer's program, over all records of each, for the other side of a pact."""
    owner = {one: living for living, records in families.items() for one in records}
    rows = list(Person.objects.filter(id__in=list(owner), program_id=viewer.program_id))
    about = {"person_id__in": list(owner)}
    # What is kept from a colleague since they know the person is no wish of the person's.
    wishes = Restriction.objects.filter(**about, ended_at=None).exclude(why="conflict")
    agreed = Consent.objects.holding(now()).filter(**about, recipient__isnull=False, recipient_id=pact.stands_for_id)

    def living(found: Iterable[UUID]) -> set[UUID]:
        return {owner[one] for one in found}

    stops = {owner[row.id]: row.stop for row in rows if row.stop != "none"}
    dead, closed = living(row.id for row in rows if row.deceased), living(row.id for row in rows if row.sealed_at)
    gone = living(Forgotten.objects.filter(holder__in=list(owner)).values_list("holder", flat=True))
    kept = living(wishes.values_list("person_id", flat=True))
    silent = living(Silence.objects.filter(**about).values_list("person_id", flat=True))
    said = living(agreed.values_list("person_id", flat=True))
    return {
        one: Standing(
            stops.get(one, "none"), one in dead, one in closed, one in gone, one in kept, one in silent, one in said
        )
        for one in families
    }


def is_silent(viewer: Actor, records: Sequence[UUID]) -> bool:
    """Whether the person said that no other program is told."""
    return Silence.objects.filter(person_id__in=records, person__program_id=viewer.program_id).exists()


def questions_for(viewer: Actor, limit: int = 100) -> list[Question]:
    """Whom others asked about, newest first; those whom the viewer knows are not among them."""
    rows = Question.objects.filter(pact__program_id=viewer.program_id, person__program_id=viewer.program_id)
    rows = rows.exclude(known_to(viewer)).select_related("pact", "person")
    return list(rows.order_by("settled_at", "-asked_on", "id")[:limit])


def question_for(viewer: Actor, question_id: UUID) -> Question | None:
    """One of them."""
    rows = Question.objects.filter(pact__program_id=viewer.program_id).exclude(known_to(viewer))
    return rows.filter(id=question_id).select_related("person").first()


def asked_by(viewer: Actor, since: datetime) -> int:
    """How often the viewer asked other programs since a moment."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="elsewhere_asked", at__gte=since)
    return rows.filter(actor=str(viewer.user_id)).count()


def asked_under(viewer: Actor, pact: Pact, since: datetime) -> list[int]:
    """How many people each question under a pact found since a moment, one number for each question."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="elsewhere_answered", at__gte=since)
    return [int(detail["known"]) for detail in rows.filter(target=str(pact.id)).values_list("detail", flat=True)]
