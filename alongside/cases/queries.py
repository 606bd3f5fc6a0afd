"""Reaching cases: each function takes who asks, and what they may not see is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet, prefetch_related_objects

from alongside.accounts.queries import program_of
from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.cases.rules import MOST_OPEN, may_send_in_doubt, order_key
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
    """One page of the queue, the key of the next one ("" on the last), and the order, of `accounts.rules.QUEUE_POLICIES`."""

    cases: list[Case]
    next_key: str
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the queue that one index gives in its order: by `field`, the latest first when `falling`, then by id."""

    letter: str
    rows: QuerySet[Case]
    field: str
    falling: bool = False

    def after(self, moment: datetime, last: UUID) -> QuerySet[Case]:
        """What comes after a moment and an id of this band."""
        beyond = "lt" if self.falling else "gt"
        # The first condition says less than the second, but it is the one an index can start from.
        rows = self.rows.filter(**{f"{self.field}__{beyond}e": moment})
        return rows.filter(Q(**{f"{self.field}__{beyond}": moment}) | Q(id__gt=last))

    def in_order(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """The rows in the order of this band."""
        return rows.order_by(f"-{self.field}" if self.falling else self.field, "id")


def _bands(rows: QuerySet[Case], policy: str, now: datetime) -> list[Band]:
    """`rules.order_key`, as what an index can give."""
    if policy == "deadline":
        return [Band("d", rows, "due_at")]
    due = Q(first_attempt_at=None) | Q(due_at__lte=now)
    later = rows.filter(first_attempt_at__isnull=False, due_at__gt=now)
    return [Band("f", rows.filter(due), "counts_from", falling=True), Band("l", later, "due_at")]


def queue_for(viewer: Actor, now: datetime, after: str = "", town: UUID | None = None) -> Page:
    """The due list in the order of `rules.order_key`, fifty at a time, from a key given by the page before."""
    rows = _visible(viewer, now).filter(in_queue=True, person__out_of_reach=False).select_related("person", "town")
    if town is not None:
        rows = rows.filter(town_id=town)
    policy = program_of(viewer).queue_policy
    if viewer.is_police:  # never a list above their own open visits, of which there are few
        own = sorted(rows, key=lambda case: order_key(case.standing, policy, now))[:MOST_OPEN]
        prefetch_related_objects(own, _team(now))
        return Page(own, "", policy)
    bands = _bands(rows, policy, now)
    try:
        found = _walk(bands, after)
    except (ValueError, OverflowError):
        return Page([], "")
    cases = [case for _, case in found[:PAGE]]
    prefetch_related_objects(cases, _team(now))
    if len(found) <= PAGE:
        return Page(cases, "", policy)
    band, last = found[PAGE - 1]
    return Page(cases, f"{band.letter}_{getattr(last, band.field).isoformat()}_{last.id}", policy)


def _walk(bands: list[Band], after: str) -> list[tuple[Band, Case]]:
    """One more than a page, from a key on, each with its band; a key that nobody gave is a ValueError."""
    found: list[tuple[Band, Case]] = []
    letter, _, key = after.partition("_")
    start = [band.letter for band in bands].index(letter) if after else 0
    for band in bands[start:]:
        rows = band.rows
        if band.letter == letter:
            moment, _, last = key.partition("_")
            rows = band.after(datetime.fromisoformat(moment).astimezone(UTC), UUID(last))
        found += [(band, case) for case in band.in_order(rows)[: PAGE + 1 - len(found)]]
        if len(found) > PAGE:
            break
    return found


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


def arrivals_for(viewer: Actor, since: datetime) -> list[tuple[datetime, datetime, list[str]]]:
    """When the newest event of each case since a day was, when its case was opened, and its reasons; nobody is named."""
    rows = Case.objects.filter(program_id=viewer.program_id, event_at__gte=since).exclude(outcome="duplicate")
    return list(rows.exclude(known_to(viewer)).order_by("event_at", "id").values_list("event_at", "opened_at", "reasons"))


def tried_in_time_for(viewer: Actor, since: datetime, now: datetime) -> tuple[int, int]:
    """Of how many cases since a day the 72 hours are over, and for how many of them somebody tried within them."""
    rows = Case.objects.filter(program_id=viewer.program_id, event_at__gte=since, contact_due_at__lte=now)
    rows = rows.exclude(outcome="duplicate").exclude(known_to(viewer))
    in_time = Count("id", filter=Q(first_attempt_at__lte=F("contact_due_at")))
    counts = rows.aggregate(all=Count("id"), in_time=in_time)
    return counts["all"], counts["in_time"]
