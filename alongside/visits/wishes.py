"""What the person said about contact, kept whole: how they may be reached, what is never said, whether anybody comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from alongside.cases.actions import keep_wishes
from alongside.common.actor import Actor
from alongside.identity.actions import keep_contact
from alongside.people.actions import set_ways_of_contact
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.people.rules import Ways
from alongside.referrals.ending import call_off_for


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
