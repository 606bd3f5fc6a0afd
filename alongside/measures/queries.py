"""Reading the dated facts of a period of the viewer's own program, in a number of queries that never grows.

Every fact read here outlives the person it is about: rows stay when somebody is forgotten, with their days and codes. What
forgetting empties (home town, wishes, the day of a loss) is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from alongside.accounts.models import Program, Town
from alongside.cases.models import Case, CaseIncident
from alongside.common.actor import Actor
from alongside.incidents.models import Incident
from alongside.incidents.rules import STATES
from alongside.measures.facts import CaseFact, EventFact, Facts, NeedFact
from alongside.measures.rules import REPEAT_DAYS, TOUCH_DAYS, TOUCH_WITHIN, Period, bounds_of
from alongside.measures.sums import collected_by, sums_of, who
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt
from alongside.visits.rules import REMOTE

COUNTED = [state for state in STATES if state != "joined"]
NOT_SENT = ("draft", "entered-in-error")
UNHOUSED = "unhoused"


def facts_for(viewer: Actor, period: Period, as_of: datetime) -> Facts:
    """The facts of a period of the viewer's own program that had been entered by a moment."""
    program = Program.objects.get(id=viewer.program_id)
    start, end = bounds_of(period, program.zone)
    names = Town.objects.filter(program=program).values_list("name", flat=True)
    events = _events(program, start, end, as_of)
    cases = Case.objects.filter(program=program, event_at__gte=start, event_at__lt=end, opened_at__lte=as_of)
    cases = cases.exclude(outcome="duplicate").order_by()
    return Facts(
        period.months, period.code, ("", *sorted(set(names))),
        events=events,
        overdoses=_overdoses(program, events, as_of),
        cases=_cases(cases, as_of),
        needs=_needs(cases, as_of),
        linked=_linked(program, start, end, as_of),
        sums=sums_of(program, period, (start, end), as_of),
        followed_days=(as_of - end).days,
        collected=collected_by(program),
    )  # fmt: skip


def _events(program: Program, start: datetime, end: datetime, as_of: datetime) -> list[EventFact]:
    # Naming the states, instead of leaving one out, lets the database use the index that begins with them.
    rows = Incident.objects.filter(
        program=program, state__in=COUNTED, occurred_at__gte=start, occurred_at__lt=end, entered_at__lte=as_of
    ).order_by()
    found = []
    fields = ("town__name", "kind", "outcome", "occurred_at", "entered_at", "time_known", "naloxone_doses", "substances")
    for person, town, kind, outcome, at, entered, known, doses, substances in rows.values_list(who("person"), *fields):
        found.append(
            EventFact(
                person, town or "", kind, outcome, at, _hours(at, entered) if known else None,
                bool(doses), complete=bool(known and town and outcome != "unknown" and doses is not None and substances),
            )
        )  # fmt: skip
    return found


def _overdoses(program: Program, events: Iterable[EventFact], as_of: datetime) -> dict[Any, list[datetime]]:
    """For everybody with an overdose in the period its moment, and those of the year after it."""
    mine = sorted((event.at, event.person) for event in events if event.kind == "overdose" and event.person)
    found: dict[Any, list[datetime]] = {}
    for at, person in mine:
        found.setdefault(person, []).append(at)
    if mine:
        until = mine[-1][0] + timedelta(days=REPEAT_DAYS[-1])
        later = Incident.objects.filter(
            program=program, state__in=COUNTED, kind="overdose", person__isnull=False,
            occurred_at__gt=mine[0][0], occurred_at__lte=until, entered_at__lte=as_of,
        ).order_by("occurred_at")  # fmt: skip
        known = {(at, person) for at, person in mine}
        for person, at in later.values_list(who("person"), "occurred_at"):
            if person in found and (at, person) not in known:
                found[person].append(at)
    return {person: sorted(moments) for person, moments in found.items()}


def _cases(cases: QuerySet[Case], as_of: datetime) -> dict[Any, CaseFact]:
    since = Q(tries__at__gte=F("event_at"), tries__recorded_at__lte=as_of) & ~Q(tries__result="called_off")
    visit = since & ~Q(tries__channel__in=REMOTE)
    rows = cases.values_list("id", "event_at", "town__name").annotate(
        tried=Min("tries__at", filter=since),
        reached=Min("tries__at", filter=since & Q(tries__result="reached")),
        loved_one=Min("tries__at", filter=since & Q(tries__result="loved_one")),
        phoned=Min("tries__at", filter=since & Q(tries__channel__in=REMOTE)),
        visited=Min("tries__at", filter=visit),
        waived=Min("tries__at", filter=visit & ~Q(tries__waiver="")),
    )
    unhoused = _unhoused(cases)
    found: dict[Any, CaseFact] = {}
    for key, event_at, town, *moments in rows.iterator():
        tried, reached, loved_one, phoned, visited, waived = (_hours(event_at, moment) for moment in moments)
        # A waiver speaks for the first visit alone.
        first = waived is not None and waived == visited
        found[key] = CaseFact(town or "", key in unhoused, tried, reached, loved_one, phoned, visited, first)
    return found


def _unhoused(cases: QuerySet[Case]) -> set[Any]:
    """Cases of which an incident says that there is no fixed place to stay."""
    rows = CaseIncident.objects.filter(case__in=cases.values("id")).exclude(incident__facts=[])
    return {case for case, facts in rows.values_list("case_id", "incident__facts") if UNHOUSED in facts}


def _needs(cases: QuerySet[Case], as_of: datetime) -> list[NeedFact]:
    sent = Q(referrals__isnull=False, referrals__made_at__lte=as_of) & ~Q(referrals__status__in=NOT_SENT)
    rows = Need.objects.filter(case__in=cases.values("id"), noted_at__lte=as_of).order_by()
    done = sent & Q(referrals__status="completed")
    columns = {"sent": Count("referrals", filter=sent), "done": Count("referrals", filter=done)}
    return [NeedFact(case, code, bool(out), bool(end)) for case, code, out, end
            in rows.values_list("case_id", "code").annotate(**columns)]  # fmt: skip


def _linked(program: Program, start: datetime, end: datetime, as_of: datetime) -> dict[Any, tuple[datetime, list[datetime]]]:
    """Everybody connected in the period, by the first connection, with the moments at which they were reached after it."""
    done = Referral.objects.filter(
        need__case__program=program, status="completed", changed_at__gte=start, changed_at__lt=end, changed_at__lte=as_of
    ).order_by("changed_at")
    found: dict[Any, tuple[datetime, list[datetime]]] = {}
    for person, at in done.values_list(who("person"), "changed_at"):
        found.setdefault(person, (at, []))
    if found:
        until = end + timedelta(days=TOUCH_DAYS[-1] + TOUCH_WITHIN)
        tries = Attempt.objects.filter(case__program=program, result="reached", at__gte=start, at__lte=until)
        for person, at in tries.filter(recorded_at__lte=as_of).order_by().values_list(who("person"), "at"):
            if person in found:
                found[person][1].append(at)
    return found


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 3600

