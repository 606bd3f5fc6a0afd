"""Acts that join several rooms in one transaction."""

from __future__ import annotations

from django.db import transaction

from alongside.cases.actions import join_cases
from alongside.common.actor import Actor
from alongside.desk.standing import places_of
from alongside.identity.matching import decide_match
from alongside.identity.models import Match, MergedRow
from alongside.people.queries import person_for, records_of
from alongside.referrals.actions import move_needs
from alongside.referrals.ending import call_off_for
from alongside.visits.actions import move_attempts


@transaction.atomic
def settle_match(match: Match, answer: str, *, by: Actor) -> None:
    """A coordinator's answer to a possible match; one person has one open case, with everything that was in both.

    Where each row stood is kept beside the join, so that `desk.parting.part` can undo it.
    """
    before = _places(match, by) if answer == "same" else []
    merge = decide_match(match, answer, by=by)
    for place in before if merge else ():
        place.merge = merge  # type: ignore[assignment]  # not None here
    MergedRow.objects.bulk_create(before if merge else [])
    person = person_for(by, match.older_id)
    if answer == "same" and person is not None:
        for duplicate, kept in join_cases(person, by=by):
            move_needs(duplicate, kept, by=by)
            move_attempts(duplicate, kept, by=by)
        if person.stop == "no_contact" or person.deceased:
            call_off_for(records_of(person), by=by)


def _places(match: Match, by: Actor) -> list[MergedRow]:
    newer, older = person_for(by, match.newer_id), person_for(by, match.older_id)
    if newer is None or older is None or newer.id == older.id:
        return []
    return [*places_of(newer, of_newer=True), *places_of(older, of_newer=False)]
