"""Keeping who a person is, recognizing one who was here before, and answering whether somebody is known."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Town
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.identity.candidates import Found, find
from alongside.identity.description import Description
from alongside.identity.forgetting import is_suppressed
from alongside.identity.keeping import correct_identity, keep_contact, keep_identity, keep_own_details
from alongside.identity.keyring import index_key
from alongside.identity.learning import keep_and_ask, learn
from alongside.identity.rules import MOST_FOUND, fits, may_ask
from alongside.journal.actions import record
from alongside.people.actions import add_person
from alongside.people.models import Person

# What is kept stands in `keeping`; other rooms need one address for all of it.
__all__ = [
    "Found", "Recognition", "correct_identity", "find_known", "keep_contact", "keep_identity", "keep_own_details",
    "look_up", "name_person", "recognize_person",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recognition:
    """The person to go on with, and whether they are the same as before, possibly somebody known, or new.

    “suppressed” comes without a person: they asked for no contact and were forgotten, and nothing about them is kept.
    `record` is the record of that person which it was, where several were joined and that can be told.
    """

    person: Person | None
    answer: str
    matches: int = 0
    record: UUID | None = None


@transaction.atomic
def recognize_person(description: Description, *, by: Actor, home_town: Town | None = None) -> Recognition:
    """Find or add the person of a description. “Possible” adds a person *and* matches to decide: the clock never waits.

    Only one who is surely the same is taken for the same, and what was not known of them is added; of two, a coordinator
    is asked. Nobody is compared with a description that names nobody: such a person is new.
    """
    if is_suppressed(description, by.program_id):
        record("arrival_suppressed", kind="person", target="nobody", by=by)
        return Recognition(None, "suppressed")
    if not description.town and home_town is not None:
        description = replace(description, town=home_town.name)
    found = [] if description.is_empty else find(description, index_key(), by)
    same = [one for one in found if one.verdict.answer == "same"]
    if len(same) == 1:
        person, learned = same[0].person, learn(same[0], description, by=by)
        record("recognized", kind="person", target=person.id, by=by, compared=len(found), learned=learned)
        return Recognition(person, "same", record=same[0].record if same[0].alone else None)
    person = add_person(by=by, home_town=home_town)
    matches = keep_and_ask(person, description, found, by=by)
    return Recognition(person, "possible" if matches else "new", matches)


@transaction.atomic
def name_person(person: Person, description: Description, *, by: Actor) -> None:
    """Keep who somebody is of whom nothing was known yet. Whomever they resemble, a coordinator is asked; nobody attaches."""
    if is_suppressed(description, by.program_id):
        record("arrival_suppressed", kind="person", target="nobody", by=by)
    elif not description.is_empty:
        keep_and_ask(person, description, find(description, index_key(), by), by=by)
        keep_contact(person, by=by, ask_for=description.given_name)


@transaction.atomic
def find_known(asked: Description, purpose: str, *, by: Actor) -> list[Found]:
    """The at most `MOST_FOUND` living people whom both identifiers fit, surest first, each with the verdict that says why.

    Asked and answered in the journal. Whoever may not ask gets what an unknown name gets, for the same work: their
    tokens are made with a key of the moment, so that nothing is compared with anybody (42 CFR 2.13(c)).
    """
    may_ask(asked, purpose).require()
    allowed = may(by.role, "find_person") and not by.is_police
    near = find(asked, index_key() if allowed else os.urandom(32), by)
    # Somebody whose record is closed to everybody, where a law forbids destroying it, is unknown like who was forgotten.
    fitting = [one for one in near if allowed and one.person.sealed_at is None and fits(asked, one.known)][:MOST_FOUND]
    record("looked_up" if allowed else "lookup_denied", kind="search", target=str(by.user_id), by=by, purpose=purpose,
           found=len(fitting), people=[str(one.person.id) for one in fitting])  # fmt: skip
    return fitting


@transaction.atomic
def look_up(asked: Description, purpose: str, *, by: Actor) -> list[Person]:
    """The people of `find_known`, without the reasons."""
    return [one.person for one in find_known(asked, purpose, by=by)]
