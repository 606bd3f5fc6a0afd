"""Acts that join several rooms in one transaction."""

from __future__ import annotations

from django.db import transaction

from alongside.cases.actions import join_cases
from alongside.common.actor import Actor
from alongside.identity.actions import decide_match
from alongside.identity.models import Match
from alongside.people.queries import person_for, records_of
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
