"""Reaching cases: each function takes who asks, and what they may not see is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.cases.rules import MOST_OPEN, may_send_in_doubt
from alongside.common.actor import Actor
from alongside.common.decision import Decision
from alongside.consent.queries import doubt_about, known_to
from alongside.identity.queries import in_doubt
from alongside.people.models import Person
from alongside.people.queries import records_of

PAGE = 50


def _team(now: datetime) -> Prefetch[str]:
    current = Assignment.objects.filter(ended_at=None, expires_at__gt=now).select_related("officer__agency", "coach__agency")
    return Prefetch("assignments", queryset=current, to_attr="current_team")


def _visible(viewer: Actor, now: datetime) -> QuerySet[Case]:
    """All cases of the program for a coordinator; else the own, unexpired assignments."""
    rows = Case.objects.filter(program_id=viewer.program_id).exclude(known_to(viewer))
    # A record that a law keeps from being destroyed is closed to everybody; only a new event is looked at.
    kept_closed = Person.objects.filter(program_id=viewer.program_id, sealed_at__isnull=False)
    rows = rows.exclude(status="closed", person_id__in=kept_closed.values("id"))
    if viewer.role == "coordinator":
        return rows
    rows = rows.filter(person__out_of_reach=False)
    rows = rows.exclude(unsure_of_contact(viewer))
    if viewer.is_police:
        rows = rows.filter(person__no_police=False).exclude(in_doubt(viewer, no_police=True))
    mine = Assignment.objects.filter(Q(officer_id=viewer.user_id) | Q(coach_id=viewer.user_id), ended_at=None)
    return rows.filter(id__in=mine.filter(expires_at__gt=now).values("case_id"))


def unsure_of_contact(viewer: Actor) -> Q:
    """Cases of people who may be somebody who asked for no contact, as an open match says: nobody goes before it is decided.

    But for those who were met since the event: they spoke for themselves.
    """
    return Q(in_doubt(viewer, stop="no_contact"), first_contact_at=None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue and the key of the next one ("" on the last)."""

    cases: list[Case]
    next_key: str


def queue_for(viewer: Actor, now: datetime, after: str = "", town: UUID | None = None) -> Page:
    """The due list in its order (`due_at`, then id), fifty at a time, from a key given by the page before."""
    rows = _visible(viewer, now).filter(in_queue=True, person__out_of_reach=False)
    if town is not None:
        rows = rows.filter(town_id=town)
    moment, _, last = after.partition("_")
    try:
        if after:
            due, last_id = datetime.fromisoformat(moment).astimezone(UTC), UUID(last)
            # The first condition says less than the second, but it is the one an index can start from.
            rows = rows.filter(due_at__gte=due).filter(Q(due_at__gt=due) | Q(id__gt=last_id))
    except (ValueError, OverflowError):
        return Page([], "")
    rows = rows.select_related("person", "town").prefetch_related(_team(now)).order_by("due_at", "id")
    if viewer.is_police:  # never a list above their own open visits, of which there are few
        return Page(list(rows[:MOST_OPEN]), "")
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return Page(list[Case](found[:PAGE]), f"{found[PAGE - 1].due_at.isoformat()}_{found[PAGE - 1].id}" if more else "")


def case_for(viewer: Actor, case_id: UUID, now: datetime) -> Case | None:
    """One case the viewer may see, with person, town and team."""
    rows = _visible(viewer, now).select_related("person", "person__home_town", "town").prefetch_related(_team(now))
    return rows.filter(id=case_id).first()


def cases_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Case]:
    """The visible cases of a person's records, newest first."""
    return list(_visible(viewer, now).filter(person_id__in=list(records)).order_by("-opened_at"))


def paused_cases_for(viewer: Actor) -> list[Case]:
    """Paused cases of the program, the one to look at first on top: nobody is lost because three calls went unanswered."""
    rows = Case.objects.filter(program_id=viewer.program_id, status="paused", person__out_of_reach=False)
    rows = rows.exclude(known_to(viewer))
    return list(rows.select_related("person", "town").order_by("due_at", "id")[:PAGE])


def sending_in_doubt(viewer: Actor, case: Case) -> tuple[Decision, Decision]:
    """Whether anybody, and whether the police, may be sent as long as matches of the person are open; for whoever assigns."""
    doubt = doubt_about(viewer, records_of(case.person))
    no_contact = doubt.no_contact and case.first_contact_at is None
    anybody, police = (
        may_send_in_doubt(no_contact=no_contact, no_police=doubt.no_police, police=police) for police in (False, True)
    )
    return anybody, police


def follow_ups_of(viewer: Actor, case: Case, now: datetime) -> list[FollowUp]:
    """Planned follow-ups of a case the viewer may see, soonest first."""
    if not _visible(viewer, now).filter(id=case.id).exists():
        return []
    return list(FollowUp.objects.filter(case=case, done_at=None).order_by("due_on"))


def events_of(viewer: Actor, case: Case, now: datetime) -> list[CaseIncident]:
    """The events of a case the viewer may see, newest first."""
    rows = CaseIncident.objects.filter(case__in=_visible(viewer, now).filter(id=case.id))
    return list(rows.select_related("incident__town").order_by("-incident__occurred_at", "id"))


def event_for(viewer: Actor, event_id: UUID, now: datetime) -> CaseIncident | None:
    """One event of a case the viewer may see, with the case, its person and the incident."""
    rows = CaseIncident.objects.select_related("case__person", "incident__town").filter(case__in=_visible(viewer, now))
    return rows.filter(id=event_id).first()


def promises_for(viewer: Actor, cases: Iterable[Case]) -> dict[UUID, FollowUp]:
    """The next follow-up with promised hours of each of some cases the viewer sees; one question for all of them."""
    rows = FollowUp.objects.filter(case_id__in=[case.id for case in cases], done_at=None, from_time__isnull=False)
    rows = rows.filter(case__program_id=viewer.program_id).order_by("-due_on", "-from_time")
    return {row.case_id: row for row in rows}


def stopped_cases_for(viewer: Actor) -> list[Case]:
    """Open cases of people who asked for no contact or have died: for a coordinator to look at, not to assign."""
    people = Person.objects.filter(program_id=viewer.program_id, out_of_reach=True)
    rows = Case.objects.filter(person_id__in=people.values("id"), in_queue=True).select_related("person", "town")
    rows = rows.exclude(known_to(viewer))
    return list(rows.order_by("due_at")[:PAGE])


def due_counts_for(viewer: Actor, now: datetime) -> dict[str, int]:
    """How many are past due, waiting for a team, and open at all among those the viewer sees."""
    unreachable = Person.objects.filter(program_id=viewer.program_id, out_of_reach=True)
    rows = _visible(viewer, now).filter(in_queue=True).exclude(person_id__in=unreachable.values("id"))
    # By the team, not by the status: an assignment that ran out, or ended over a conflict, leaves nobody who goes.
    with_team = Assignment.objects.filter(ended_at=None, expires_at__gt=now)
    counts = rows.aggregate(open=Count("id"), overdue=Count("id", filter=Q(due_at__lte=now)))
    return counts | {"waiting": counts["open"] - rows.filter(id__in=with_team.values("case_id")).count()}


def cases_visible_to(viewer: Actor, now: datetime) -> QuerySet[Case]:
    """The open cases the viewer may see, as a condition for rooms above."""
    return _visible(viewer, now).exclude(status="closed")
