"""Cases of two people who had been taken for one: what each goes on with, counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.cases.actions import close_case, keep_wishes, set_next_due, tie_team
from alongside.cases.models import Assignment, Case, CaseIncident
from alongside.cases.ranking import rank_case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.consent.actions import close_ties
from alongside.journal.actions import record
from alongside.journal.queries import entries_about
from alongside.people.actions import set_deceased
from alongside.people.models import Person


@transaction.atomic
def reopen_apart(case: Case, *, status: str, by: Actor) -> None:
    """After a join was undone the other person's case goes on where it was; not for somebody who may not be contacted."""
    team = Assignment.objects.filter(case=case, ended_at=None).exists()
    case.status = "waiting" if status == "closed" or (status == "assigned" and not team) else status
    case.closed_at, case.outcome = None, ""
    case.save(update_fields=["status", "closed_at", "outcome"])
    record("case_moved", kind="case", target=case.id, by=by, to=case.status, why="parted")
    _end_if_out_of_reach(case, by)


@transaction.atomic
def open_apart(person: Person, like: Case, *, by: Actor) -> Case:
    """A case for somebody whose events and work lay in another person's case until a join was undone."""
    case = Case.objects.create(
        program_id=by.program_id, person=person, town_id=person.home_town_id or like.town_id, event_at=like.event_at,
        opened_at=clock(), contact_due_at=like.contact_due_at, due_at=clock(),
    )  # fmt: skip
    record("case_opened", kind="case", target=case.id, by=by, why="parted")
    _end_if_out_of_reach(case, by)
    return case


def _end_if_out_of_reach(case: Case, by: Actor) -> None:
    if case.person.deceased or case.person.stop == "no_contact":
        close_case(case, "deceased" if case.person.deceased else "no_contact", by=by)


@transaction.atomic
def note_apart(person: Person, *, died: bool, by: Actor) -> None:
    """Whether one of two who had been taken for one has died, on all of their records."""
    person.deceased = set_deceased(person.id, deceased=died, by=by).deceased


@transaction.atomic
def settle_death(person: Person, since: datetime, *, by: Actor) -> set[UUID]:
    """After it was said which of two has died: nobody is sent to that one, and the other's case goes on at once.

    Gives the cases that it changed.
    """
    cases = Case.objects.filter(person=person)
    going = cases.exclude(status="closed")
    if person.deceased:
        ended = list(going)
        for case in ended:
            close_case(case, "deceased", by=by)
        return {case.id for case in ended}
    last = cases.filter(outcome="deceased", closed_at__gt=since).order_by("closed_at", "id").last()
    if last is None or going.exists():
        return set()
    reopen_apart(last, status="waiting", by=by)
    return {last.id}


@transaction.atomic
def stop_again(person_id: UUID, since: datetime, *, by: Actor) -> None:
    """“No contact” that an event lifted, as they had chosen, holds again once the event turned out to be somebody else's.

    Not when they said anything about it since.
    """
    said = [entry for entry in entries_about(by, person_id, verb="contact_stopped") if "stop" in entry.detail]
    after = [entry.detail["stop"] for entry in said if entry.at >= since]
    before: dict[str, Any] = next((entry.detail for entry in said if entry.at < since), {})
    if after == ["none"] and before.get("stop") == "no_contact" and before.get("come_back"):
        no_police = Person.objects.get(id=person_id).no_police
        keep_wishes(person_id, "no_contact", no_police=no_police, come_back=True, by=by)


@transaction.atomic
def recount(case: Case, tries: Sequence[tuple[datetime, bool, bool]], *, by: Actor) -> None:
    """Set what a case counts from what is in it now: events, and tries as (when, was the person reached, was it a visit)."""
    events = list(CaseIncident.objects.filter(case=case).values_list("incident__occurred_at", flat=True))
    case.event_at, case.attempts = max(events, default=case.event_at), len(tries)
    since = [one for one in tries if one[0] >= case.event_at]
    tried, reached = [at for at, _, _ in since], [at for at, contact, _ in since if contact]
    case.vain_visits = sum(visit and not contact for _, contact, visit in since)
    case.first_attempt_at, case.first_contact_at = min(tried, default=None), min(reached, default=None)
    if case.status == "assigned" and not Assignment.objects.filter(case=case, ended_at=None).exists():
        case.status = "waiting"
    if events and case.first_attempt_at is None and case.status != "closed":
        rank_case(case, case.person, by)
    case.save()
    if case.status != "closed":
        set_next_due(case)


@transaction.atomic
def tie_anew(records: Sequence[UUID], *, by: Actor) -> None:
    """Whoever worked with any of these records keeps only the ties of the cases they hold now."""
    teams = Assignment.objects.filter(case__person_id__in=records)
    users = {user for pair in teams.values_list("officer_id", "coach_id") for user in pair}
    for person in Person.objects.filter(id__in=records):
        close_ties(person, users=sorted(users), by=by)
    for team in teams.filter(ended_at=None, expires_at__gt=clock()).exclude(case__status="closed"):
        tie_team(team, by=by)
