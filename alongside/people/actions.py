"""Adding a person, pointing one record at another, and what a person said about being contacted."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from alongside.accounts.models import Town
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.people.models import Person, Stop
from alongside.people.queries import person_for, records_of
from alongside.people.rules import CODES, spoken_code


@transaction.atomic
def add_person(*, by: Actor, home_town: Town | None = None) -> Person:
    """A new person of the actor's program, with a spoken code nobody had before."""
    code = spoken_code(secrets.randbelow(CODES))
    while Person.objects.filter(code=code).exists():
        code = spoken_code(secrets.randbelow(CODES))
    person = Person.objects.create(program_id=by.program_id, code=code, home_town=home_town)
    record("person_added", kind="person", target=person.id, by=by)
    return person


@transaction.atomic
def merge_people(duplicate: Person, into: Person, *, by: Actor) -> Person:
    """Point `duplicate` at `into`; nothing is copied, and what the person asked for (stop, no police) is kept for both."""
    if duplicate.id == into.id or into.merged_into_id or duplicate.merged_into_id:
        raise Refused("One of the two records was already joined; open the match again.")
    if duplicate.program_id != into.program_id:
        raise Refused("The two records belong to different programs.")
    duplicate.merged_into = into
    duplicate.save(update_fields=["merged_into"])
    into.stop = strictest(into.stop, duplicate.stop)
    into.no_police = into.no_police or duplicate.no_police
    _all_records(into).update(stop=into.stop, no_police=into.no_police)
    record("people_merged", kind="person", target=duplicate.id, by=by, into=str(into.id))
    return into


def _all_records(person: Person) -> QuerySet[Person]:
    """The person's own record and all merged into it: what they asked for holds whichever one is looked at."""
    return Person.objects.filter(id__in=records_of(person))


@transaction.atomic
def set_deceased(person_id: UUID, *, deceased: bool, by: Actor) -> Person:
    """Note that a person has died, so that nobody is sent; or take it back when it was wrong."""
    person = person_for(by, person_id)
    if person is None:
        raise Refused("There is no such person in this program.")
    person.deceased = deceased
    _all_records(person).update(deceased=deceased)
    record("death_noted", kind="person", target=person.id, by=by, deceased=deceased)
    return person


def strictest(one: str, other: str) -> str:
    """The stricter of two answers about being contacted."""
    order = [Stop.NONE.value, Stop.NO_VISITS.value, Stop.NO_CONTACT.value]
    return max(one, other, key=order.index)


@transaction.atomic
def set_contact_wishes(person_id: UUID, stop: str, *, no_police: bool, by: Actor) -> Person:
    """Keep what the person said about contact; effective in the same moment in every town."""
    if stop not in Stop.values:
        raise Refused("Choose one of the offered answers about contact.")
    person = person_for(by, person_id)
    if person is None:
        raise Refused("There is no such person in this program.")
    person.stop, person.no_police = stop, no_police
    _all_records(person).update(stop=stop, no_police=no_police)
    record("contact_stopped", kind="person", target=person.id, by=by, stop=stop, no_police=no_police)
    return person
