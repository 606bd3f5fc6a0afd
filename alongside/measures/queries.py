"""Reading the dated facts of a period of the viewer's own program, in a number of queries that never grows.

Every fact read here outlives the person it is about: rows stay when somebody is forgotten, with their days and codes. What
forgetting empties (home town, wishes, the day of a loss) is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Min, Q, QuerySet, TextField
from django.db.models.functions import Cast

from alongside.accounts.models import Program, Town
from alongside.cases.models import Case, CaseIncident
from alongside.common.actor import Actor
from alongside.incidents.models import Incident
from alongside.incidents.rules import STATES
from alongside.measures.computing import flags_of
from alongside.measures.facts import FIELDS, CaseFact, EventFact, Facts, NeedFact
from alongside.measures.plain import Seconds, lasts, living_of, plain
from alongside.measures.rules import CLOCK_HOURS, REPEAT_DAYS, TOUCH_DAYS, TOUCH_WITHIN, Period, bounds_of
from alongside.measures.sums import NOT_SENT, collected_by, sums_of
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt
from alongside.visits.rules import REMOTE

COUNTED = [state for state in STATES if state != "joined"]
UNHOUSED = "unhoused"
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class _Span:
    """Whose, from when to when, what had been entered by when, and who is the same as whom."""

    program: Program
    start: datetime
    end: datetime
    as_of: datetime
    living: Mapping[Any, Any]


def facts_for(viewer: Actor, period: Period, as_of: datetime) -> Facts:
    """The facts of a period of the viewer's own program that had been entered by a moment."""
    program = Program.objects.get(id=viewer.program_id)
    span = _Span(program, *bounds_of(period, program.zone), as_of, living_of(program))
    names = Town.objects.filter(program=program).values_list("name", flat=True)
    cases = Case.objects.filter(program=program, event_at__gte=span.start, event_at__lt=span.end, opened_at__lte=as_of)
    cases = cases.exclude(outcome="duplicate").order_by()
    facts = Facts(
        period.months, period.code, ("", *sorted(set(names))),
        linked=_linked(span),
        sums=sums_of(program, period, (span.start, span.end), as_of),
        followed_days=(as_of - span.end).days,
        collected=collected_by(program),
    )  # fmt: skip
    _add_events(facts, span)
    _add_cases(facts, cases, as_of)
    _add_needs(facts, cases, as_of)
    return facts


def has_happened(viewer: Actor, period: Period) -> bool:
    """Whether any incident of a period is known, so that printing it says something."""
    program = Program.objects.get(id=viewer.program_id)
    start, end = bounds_of(period, program.zone)
    return Incident.objects.filter(program=program, state__in=COUNTED, occurred_at__gte=start, occurred_at__lt=end).exists()


def _incidents(span: _Span, until: datetime) -> QuerySet[Incident]:
    # Naming the states, instead of leaving one out, lets the database use the index that begins with them.
    return Incident.objects.filter(
        program=span.program, state__in=COUNTED, occurred_at__gte=span.start, occurred_at__lt=until, entered_at__lte=span.as_of
    ).order_by()


def _add_events(facts: Facts, span: _Span) -> None:
    """The incidents by their kind, the people they were about, and who had an overdose again."""
    rows = _incidents(span, span.end).annotate(
        named=ExpressionWrapper(~Q(substances=[]), BooleanField()), entry=lasts("occurred_at", "entered_at")
    )
    kinds: Counter[tuple[Any, ...]] = Counter()
    people, entries = set(), []
    for town, kind, outcome, doses, named, entry, timed, person in plain(
        rows.values_list("town__name", "kind", "outcome", "naloxone_doses", "named", "entry", "time_known", "person_id")
    ):
        soon = entry <= CLOCK_HOURS[0] * HOUR if timed else None
        known = bool(timed), bool(town), doses is not None, outcome != "unknown", bool(named)
        kinds[(town or "", kind, outcome, person is not None, bool(doses), soon), known] += 1
        people.add(span.living.get(person, person))
        if timed:
            entries.append(entry / HOUR)
    facts.events = {
        EventFact(*kind, frozenset(field for field, so in zip(FIELDS, known, strict=True) if so)): number  # type: ignore[call-arg]
        for (kind, known), number in kinds.items()
    }
    facts.people = len(people - {None})
    facts.hours = dict(facts.hours) | {"incidents.timed": entries}
    facts.again = _again(span)


def _again(span: _Span) -> list[float | None]:
    """For everybody with an overdose in the period: days from the first one to the next, within the year after the period."""
    until = span.end + timedelta(days=REPEAT_DAYS[-1])
    rows = _incidents(span, until).filter(kind="overdose", person__isnull=False)
    end = span.end.timestamp()
    first: dict[Any, float] = {}
    found: dict[Any, float | None] = {}
    for at, record in sorted(plain(rows.values_list(Seconds("occurred_at"), "person_id"))):
        person = span.living.get(record, record)
        if person in first:
            if found[person] is None:
                found[person] = (at - first[person]) / DAY
        elif at < end:
            first[person], found[person] = at, None
    return list(found.values())


def _add_cases(facts: Facts, cases: QuerySet[Case], as_of: datetime) -> None:
    visit = ~Q(channel__in=REMOTE)
    wanted = {
        "tried": Q(), "reached": Q(result="reached"), "loved_one": Q(result="loved_one"),
        "phoned": Q(channel__in=REMOTE), "visited": visit, "waived": visit & ~Q(waiver=""),
    }  # fmt: skip
    since = Attempt.objects.filter(case__in=cases.values("id"), at__gte=F("case__event_at"), recorded_at__lte=as_of)
    firsts = {name: Seconds(Min("at", filter=which)) for name, which in wanted.items()}
    tries = since.exclude(result="called_off").order_by().values("case_id").annotate(**firsts).values_list("case_id", *wanted)
    first = {key: moments for key, *moments in plain(tries)}
    unhoused, never = _unhoused(cases), [None] * len(wanted)
    kinds: Counter[tuple[Any, ...]] = Counter()
    tried, reached = [], []
    for key, town, event in plain(cases.values_list("id", "town__name", Seconds("event_at"))):
        hour = [None if at is None else (at - event) / HOUR for at in first.get(key, never)]
        kinds[town or "", key in unhoused, flags_of(*hour)] += 1
        tried.append(hour[0])
        reached.append(hour[1])
    facts.cases = {CaseFact(*kind): number for kind, number in kinds.items()}
    facts.hours = dict(facts.hours) | {
        of: [one for one in hours if one is not None] for of, hours in (("cases.tried", tried), ("cases.reached", reached))
    }


def _unhoused(cases: QuerySet[Case]) -> set[Any]:
    """Cases of which an incident says that there is no fixed place to stay."""
    rows = CaseIncident.objects.filter(case__in=cases.values("id")).annotate(said=Cast("incident__facts", TextField()))
    return {key for (key,) in plain(rows.filter(said__contains=f'"{UNHOUSED}"').values_list("case_id"))}


def _add_needs(facts: Facts, cases: QuerySet[Case], as_of: datetime) -> None:
    sent = Q(referrals__isnull=False, referrals__made_at__lte=as_of) & ~Q(referrals__status__in=NOT_SENT)
    columns = {
        "noted": Count("case", distinct=True), "sent": Count("case", distinct=True, filter=sent),
        "connected": Count("case", distinct=True, filter=sent & Q(referrals__status="completed")),
    }  # fmt: skip
    rows = Need.objects.filter(case__in=cases.values("id"), noted_at__lte=as_of).order_by()
    facts.needs = {code: NeedFact(*numbers) for code, *numbers in rows.values_list("code").annotate(**columns)}
    facts.in_need = NeedFact(**rows.aggregate(**columns))


def _linked(span: _Span) -> list[list[float]]:
    """For everybody connected in the period, by the first connection: the days until they were reached after it, each time."""
    done = Referral.objects.filter(
        person__program=span.program, status="completed", changed_at__gte=span.start, changed_at__lt=span.end,
        changed_at__lte=span.as_of,
    ).order_by()  # fmt: skip
    first: dict[Any, float] = {}
    for at, record in sorted(plain(done.values_list(Seconds("changed_at"), "person_id"))):
        first.setdefault(span.living.get(record, record), at)
    found: dict[Any, list[float]] = {person: [] for person in first}
    if first:
        until = span.end + timedelta(days=TOUCH_DAYS[-1] + TOUCH_WITHIN)
        tries = Attempt.objects.filter(person__program=span.program, result="reached", at__gte=span.start, at__lte=until)
        for at, record in plain(tries.filter(recorded_at__lte=span.as_of).order_by().values_list(Seconds("at"), "person_id")):
            person = span.living.get(record, record)
            if person in first:
                found[person].append((at - first[person]) / DAY)
    return list(found.values())
