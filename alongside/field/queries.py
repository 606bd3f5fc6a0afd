"""The rows of a day's pack: the viewer's own open visits, and what belongs to each, a few questions for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alongside.cases.models import Case, FollowUp
from alongside.cases.queries import queue_for
from alongside.common.actor import Actor
from alongside.consent.models import Consent
from alongside.field.models import Clash
from alongside.field.rules import MOST_VISITS
from alongside.people.models import Person
from alongside.referrals.models import Need
from alongside.visits.models import Attempt
from alongside.visits.rules import REMOTE

MOST_TRIES = 6


def visits_for(viewer: Actor, now: datetime) -> list[Case]:
    """The first visits of the due list for which the viewer is one of the two who go; nobody's else, not even a coordinator's."""
    return [case for case in queue_for(viewer, now).cases if _goes(viewer, case)][:MOST_VISITS]


def _goes(viewer: Actor, case: Any) -> bool:
    return any(viewer.user_id in (team.officer_id, team.coach_id) for team in case.current_team)


def tries_of(viewer: Actor, cases: Sequence[Case]) -> dict[UUID, list[Attempt]]:
    """The last tries of each visit, newest first; whoever only goes along sees their own, since others say where somebody is."""
    rows = Attempt.objects.filter(case__in=cases, case__program_id=viewer.program_id).order_by("-at")
    if viewer.goes_along:
        rows = rows.filter(by_user_id=viewer.user_id)
    found = _by_case(rows.defer("note"))
    return {case_id: tries[:MOST_TRIES] for case_id, tries in found.items()}


def phoned_first(viewer: Actor, cases: Sequence[Case]) -> set[UUID]:
    """The visits that were phoned, texted or written to before, by whomever: that it was done says nothing of an answer."""
    rows = Attempt.objects.filter(case__in=cases, case__program_id=viewer.program_id, channel__in=REMOTE)
    return set(rows.values_list("case_id", flat=True))


def planned_for(viewer: Actor, cases: Sequence[Case]) -> dict[UUID, list[FollowUp]]:
    """The planned follow-ups of each visit, soonest first."""
    rows = FollowUp.objects.filter(case__in=cases, case__program_id=viewer.program_id, done_at=None)
    return _by_case(rows.order_by("due_on", "from_time"))


def wants_of(viewer: Actor, cases: Sequence[Case]) -> dict[UUID, list[Need]]:
    """What each person wants and has not got yet; nothing for whoever only goes along."""
    if viewer.goes_along:
        return {}
    rows = Need.objects.filter(case__in=cases, case__program_id=viewer.program_id, met_at=None)
    return _by_case(rows.defer("words").prefetch_related("referrals").order_by("noted_at"))


def agreements_of(viewer: Actor, cases: Sequence[Case], now: datetime) -> dict[UUID, list[Consent]]:
    """The agreements that hold now, for each visit, newest first; nothing for whoever only goes along."""
    if viewer.goes_along:
        return {}
    case_of = _cases_of_records(cases)
    rows = Consent.objects.filter(person_id__in=case_of, person__program_id=viewer.program_id, revoked_at=None)
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for row in rows.filter(expires_at__gt=now).select_related("recipient").order_by("-given_at"):
        found[case_of[row.person_id]].append(row)
    return found


def two_answers_of(viewer: Actor, cases: Sequence[Case]) -> list[Clash]:
    """The fields of those visited that have two answers; nothing for whoever only goes along."""
    if viewer.goes_along or not cases:
        return []
    rows = Clash.objects.filter(program_id=viewer.program_id, state="open", person__in=[case.person_id for case in cases])
    return list(rows.select_related("person").order_by("made_at"))


def _cases_of_records(cases: Sequence[Case]) -> dict[UUID, UUID]:
    """Every record of the people visited, with their case: what was agreed on a record that was joined still holds."""
    found = {case.person_id: case.id for case in cases}
    edge = found
    while edge:
        rows = Person.objects.filter(merged_into_id__in=edge).values_list("id", "merged_into_id")
        edge = {record: found[into] for record, into in rows if record not in found}
        found |= edge
    return found


def _by_case[Row](rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)  # type: ignore[attr-defined]  # every row here hangs on a case
    return found
