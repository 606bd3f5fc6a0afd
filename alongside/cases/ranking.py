"""Where a case stands in the queue, from the facts of its person's incidents alone."""

from __future__ import annotations

from alongside.cases.models import Case
from alongside.cases.rules import Facts, priority
from alongside.common.actor import Actor
from alongside.incidents.queries import incidents_of
from alongside.people.models import Person
from alongside.people.queries import records_of


def rank_case(case: Case, person: Person, viewer: Actor) -> None:
    """Set the deadline and the place in the queue, unsaved, from the person's incidents."""
    incidents = incidents_of(viewer, records_of(person))
    newest = [row for row in incidents if row.occurred_at == case.event_at]
    codes = frozenset(code for row in newest for code in row.facts)
    place = priority(Facts(case.event_at, tuple(row.occurred_at for row in incidents), codes))
    case.contact_due_at, case.due_at, case.reasons = place.contact_due_at, place.visit_by_at, list(place.reasons)
