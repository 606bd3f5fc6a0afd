"""Where a case stands in the queue: from the facts of its person's incidents, the visits in vain, and what was planned."""

from __future__ import annotations

from alongside.cases.models import Case, FollowUp
from alongside.cases.rules import Facts, counts_from, look_in_counts_from, priority
from alongside.common.actor import Actor
from alongside.incidents.queries import incidents_of
from alongside.people.models import Person
from alongside.people.queries import records_of


def rank_case(case: Case, person: Person, viewer: Actor) -> None:
    """Set the deadline, the reasons and as of when it counts, unsaved, from the person's incidents; nobody tried yet."""
    incidents = incidents_of(viewer, records_of(person))
    newest = [row for row in incidents if row.occurred_at == case.event_at]
    codes = frozenset(code for row in newest for code in row.facts)
    place = priority(Facts(case.event_at, tuple(row.occurred_at for row in incidents), codes))
    case.contact_due_at, case.due_at, case.reasons = place.contact_due_at, place.visit_by_at, list(place.reasons)
    case.counts_from = counts_from(case.event_at, case.reasons)


def rank_by_work(case: Case, nearest: FollowUp | None) -> None:
    """Set as of when it counts, unsaved, once somebody tried: `due_at` is set, `nearest` is what was planned next."""
    if case.first_contact_at is None:
        lost = nearest is not None and nearest.reason == "relocate"
        case.counts_from = counts_from(case.event_at, case.reasons, case.vain_visits, place_lost=lost)
    else:
        promised = nearest is not None and (nearest.to_time is not None or nearest.reason == "asked_back")
        case.counts_from = look_in_counts_from(case.due_at, promised=promised)
