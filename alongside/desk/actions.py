"""Acts that join several rooms in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from alongside.cases.actions import join_cases, keep_wishes
from alongside.common.actor import Actor
from alongside.identity.actions import decide_match, keep_contact
from alongside.identity.models import Match
from alongside.people.actions import set_ways_of_contact
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of
from alongside.people.rules import Ways
from alongside.referrals.actions import move_needs
from alongside.referrals.ending import call_off_for
from alongside.visits.actions import move_attempts


@transaction.atomic
def settle_match(match: Match, *, same: bool, by: Actor) -> None:
    """A coordinator's answer to a possible match; one person has one open case, with everything that was in both."""
    decide_match(match, same=same, by=by)
    person = person_for(by, match.older_id)
    if same and person is not None:
        for duplicate, kept in join_cases(person, by=by):
            move_needs(duplicate, kept, by=by)
            move_attempts(duplicate, kept, by=by)
        if person.stop == "no_contact" or person.deceased:
            call_off_for(records_of(person), by=by)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person said about contact, whole: `contact` holds the sealed words that changed."""

    stop: str
    no_police: bool = False
    come_back: bool = False
    said_so: bool = False
    # Text only, not at home, by which way: as `people.rules.Ways` takes them.
    ways: tuple[bool, bool, str] = (False, False, "")
    contact: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def keep_all_wishes(person: Person, wishes: Wishes, *, by: Actor) -> None:
    """Keep every wish or none: how they may be reached, what is never said, and whether anybody comes at all."""
    set_ways_of_contact(person.id, Ways(*wishes.ways), by=by)
    if wishes.contact:
        keep_contact(person, by=by, **wishes.contact)
    keep_wishes(person.id, wishes.stop, no_police=wishes.no_police, said_so=wishes.said_so,
                come_back=wishes.come_back, by=by)  # fmt: skip
    if wishes.stop == "no_contact":
        call_off_for(records_of(person), by=by)
