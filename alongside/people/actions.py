"""Adding a person, pointing one record at another, and what a person said about being contacted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from alongside.accounts.models import Town
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.people.models import Hold, Person, Stop
from alongside.people.queries import person_for, records_of
from alongside.people.rules import (
    CODES,
    HOLD_REVIEW_DAYS,
    HOLD_SIGNERS,
    WAYS,
    Ways,
    may_come_back,
    may_loosen,
    may_sign_hold,
    spoken_code,
)

WISHES = (
    "stop", "no_police", "text_only", "not_at_home", "prefers", "come_back_after_new_event", "stopped_at",
)  # fmt: skip


@transaction.atomic
def add_person(*, by: Actor, home_town: Town | None = None) -> Person:
    """A new person of the actor's program, with a spoken code nobody had before."""
    person = Person.objects.create(program_id=by.program_id, code=_fresh_code(), home_town=home_town)
    record("person_added", kind="person", target=person.id, by=by)
    return person


def _fresh_code() -> str:
    """A spoken code that nobody has."""
    code = spoken_code(secrets.randbelow(CODES))
    while Person.objects.filter(code=code).exists():
        code = spoken_code(secrets.randbelow(CODES))
    return code


@transaction.atomic
def merge_people(duplicate: Person, into: Person, *, by: Actor) -> Person:
    """Point `duplicate` at `into`; nothing is copied, and what the person asked for (stop, no police) is kept for both."""
    if duplicate.id == into.id or into.merged_into_id or duplicate.merged_into_id:
        raise Refused("One of the two records was already joined; open the match again.")
    if duplicate.program_id != into.program_id:
        raise Refused("The two records belong to different programs.")
    duplicate.may_join(into).require()
    duplicate.merged_into = into
    duplicate.save(update_fields=["merged_into"])
    stopped = [row for row in (into, duplicate) if row.stop == Stop.NO_CONTACT]
    into.stop = strictest(into.stop, duplicate.stop)
    for wish in ("no_police", "text_only", "not_at_home"):
        setattr(into, wish, getattr(into, wish) or getattr(duplicate, wish))
    into.prefers = into.prefers or duplicate.prefers
    into.come_back_after_new_event = bool(stopped) and all(row.come_back_after_new_event for row in stopped)
    into.stopped_at = max((row.stopped_at for row in stopped if row.stopped_at), default=None)
    _all_records(into).update(**{name: getattr(into, name) for name in WISHES})
    record("people_merged", kind="person", target=duplicate.id, by=by, into=str(into.id))
    return into


@transaction.atomic
def add_taken_for(into: Person, person_id: UUID, *, wishes: bool, by: Actor) -> Person:
    """A record of its own, under a given id, for somebody who was taken for `into`: it points there until they are parted.

    With `wishes` what is asked for on `into` holds for it, too: it may have been this person who said so.
    """
    asked = {name: getattr(into, name) for name in WISHES} if wishes else {}
    person = Person.objects.create(
        id=person_id, program_id=into.program_id, code=_fresh_code(), merged_into=into, **asked
    )  # fmt: skip
    record("person_added", kind="person", target=person.id, by=by, taken_for=str(into.id))
    return person


@transaction.atomic
def part_people(duplicate: Person, *, by: Actor, why: str) -> Person:
    """Take a record that was joined out again; what either asked for stays on both until a person says otherwise.

    `why` is a code. The records that were joined to the duplicate before stay with it.
    """
    if duplicate.merged_into_id is None:
        raise Refused("These two were taken apart already.")
    into, duplicate.merged_into = duplicate.merged_into_id, None
    duplicate.save(update_fields=["merged_into"])
    record("people_parted", kind="person", target=duplicate.id, by=by, into=str(into), why=why)
    return duplicate


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
def set_contact_wishes(person_id: UUID, stop: str, *, no_police: bool, by: Actor, said_so: bool = False,
                       come_back: bool | None = None) -> Person:  # fmt: skip
    """Keep what the person said about contact; effective in the same moment in every town.

    A stricter wish is kept at once; a looser one only with `said_so`: only the person lifts it. `come_back` says whether
    a new event may bring somebody to a person who asked for no contact.
    """
    if stop not in Stop.values:
        raise Refused("Choose one of the offered answers about contact.")
    person = _known(person_id, by)
    may_loosen((person.stop, person.no_police), (stop, no_police), said_so=said_so).require()
    if stop != Stop.NO_CONTACT:
        person.stopped_at, person.come_back_after_new_event = None, False
    elif person.stop != stop or person.stopped_at is None:
        person.stopped_at = clock()
    if stop == Stop.NO_CONTACT and come_back is not None:
        person.come_back_after_new_event = come_back
    person.stop, person.no_police = stop, no_police
    _all_records(person).update(**{name: getattr(person, name) for name in WISHES})
    record("contact_stopped", kind="person", target=person.id, by=by, stop=stop, no_police=no_police,
           come_back=person.come_back_after_new_event)  # fmt: skip
    return person


def _known(person_id: UUID, by: Actor) -> Person:
    person = person_for(by, person_id)
    if person is None:
        raise Refused("There is no such person in this program.")
    return person


@transaction.atomic
def set_ways_of_contact(person_id: UUID, ways: Ways, *, by: Actor) -> Person:
    """Keep how the person wants to be reached (text only, not at home, what they prefer), for all of their records."""
    if ways.prefers and ways.prefers not in WAYS:
        raise Refused("Choose one of the offered ways of contact.")
    person = _known(person_id, by)
    person.text_only, person.not_at_home, person.prefers = ways.text_only, ways.not_at_home, ways.prefers
    _all_records(person).update(**{name: getattr(person, name) for name in WISHES})
    record("contact_stopped", kind="person", target=person.id, by=by, text_only=ways.text_only,
           not_at_home=ways.not_at_home, prefers=ways.prefers)  # fmt: skip
    return person


@transaction.atomic
def come_back_after(event_at: datetime, person: Person, *, by: Actor) -> bool:
    """After a new event: lift “no contact” for somebody who chose that when they asked for it; True when it was lifted."""
    chosen, stopped_at = person.come_back_after_new_event, person.stopped_at
    before = stopped_at is not None and stopped_at < event_at
    if not may_come_back(person.stop, chosen=chosen, stopped_before_the_event=before):
        return False
    kept = set_contact_wishes(person.id, Stop.NONE, no_police=person.no_police, said_so=True, by=by)
    person.stop, person.stopped_at, person.come_back_after_new_event = kept.stop, None, False
    return True


@transaction.atomic
def become_nobody(records: Sequence[UUID], *, by: Actor) -> None:
    """Take from records of a person all that pointed at somebody: code, home town, wishes. The rows stay, for the counts."""
    for row in Person.objects.filter(id__in=records):
        row.code, row.home_town = _fresh_code(), None
        row.stop, row.stopped_at = Stop.NO_CONTACT, None
        row.no_police = row.text_only = row.not_at_home = row.come_back_after_new_event = False
        row.prefers, row.sealed_at = "", None
        row.save()
        record("forgotten", kind="person", target=row.id, by=by)


@transaction.atomic
def seal_away(records: Sequence[UUID], *, by: Actor, why: str) -> None:
    """Close records to everybody instead of destroying them, where a law or a hold forbids that; `why` is a code."""
    people = Person.objects.filter(id__in=records)
    people.update(stop=Stop.NO_CONTACT, come_back_after_new_event=False)
    people.filter(sealed_at=None).update(sealed_at=clock())
    for found in records:
        record("restricted", kind="person", target=found, by=by, why=why)


@transaction.atomic
def place_hold(person: Person, *, by: Actor) -> Hold:
    """Sign a legal hold on one named person: it stands, and freezes the record, once counsel and reviewer have signed."""
    may_sign_hold(by.role).require()
    hold = Hold.objects.select_for_update().filter(person=person, lifted_at=None).first()
    hold = hold or Hold(person=person, asked_at=clock())
    other = hold.reviewer if HOLD_SIGNERS[by.role] == "counsel" else hold.counsel
    if other is not None and other == by.user_id:  # whoever changed roles in between is still one person
        raise Refused("You signed this already; the second has to be somebody else.")
    setattr(hold, HOLD_SIGNERS[by.role], by.user_id)
    if hold.placed_at is None and hold.counsel and hold.reviewer:
        hold.placed_at = clock()
        hold.review_on = day_in(person.program.zone, hold.placed_at) + timedelta(days=HOLD_REVIEW_DAYS)
        record("hold_placed", kind="person", target=person.id, by=by, hold=str(hold.id),
               review_on=hold.review_on.isoformat())  # fmt: skip
    hold.save()
    return hold


@transaction.atomic
def keep_hold(hold: Hold, *, by: Actor) -> None:
    """The review of a standing hold found that it is still needed; it comes up again in 90 days."""
    may_sign_hold(by.role).require()
    if hold.placed_at is None or hold.lifted_at is not None:
        raise Refused("This hold does not stand; there is nothing to review.")
    hold.review_on = day_in(hold.person.program.zone, clock()) + timedelta(days=HOLD_REVIEW_DAYS)
    hold.save(update_fields=["review_on"])
    record("hold_placed", kind="person", target=hold.person_id, by=by, hold=str(hold.id), reviewed=True,
           review_on=hold.review_on.isoformat())  # fmt: skip


@transaction.atomic
def lift_hold(hold: Hold, *, by: Actor) -> None:
    """End a hold: from now on the person's own wishes and the routine schedule decide again."""
    may_sign_hold(by.role).require()
    if hold.lifted_at is None:
        hold.lifted_at = clock()
        hold.save(update_fields=["lifted_at"])
        record("hold_lifted", kind="person", target=hold.person_id, by=by, hold=str(hold.id))
