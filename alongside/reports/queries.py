"""The month in counts; what leaves this module is already safe to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from alongside.accounts.models import Program
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.incidents.models import Incident
from alongside.incidents.rules import OUTCOMES, STATES
from alongside.naloxone.models import Move
from alongside.naloxone.rules import RECIPIENTS, REVERSAL
from alongside.referrals.models import Need
from alongside.reports.measures import CLOCK_HOURS, STEPS
from alongside.reports.rules import (
    RATE_FROM,
    CountTable,
    ShownTable,
    bounds_of,
    group_small_rows,
    may_show,
    show_funnel,
    suppress_small_cells,
)
from alongside.services.rules import NEEDS

UNKNOWN_TOWN, SMALL_TOWNS = "", "*"
"""Row names of `Month.towns` that are no town: the town is not known; towns with few incidents, together."""

_NOT_SENT = ("draft", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one program, ready to print; None is a hidden number. Not for anything smaller than a month."""

    first_on: date
    is_over: bool
    smallest: int
    steps: Mapping[str, int | None]
    medians: Mapping[str, float | None]
    within: Mapping[int, int | None]
    within_percent: Mapping[int, int | None]
    needs: Mapping[str, Mapping[str, int | None]]
    kits: ShownTable
    towns: ShownTable


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours from each case's event to what came first after it."""

    attempts: Sequence[float | None]
    contacts: Sequence[float | None]
    loved_ones: int


def this_month_for(viewer: Actor, now: datetime) -> date:
    """The first day of the present month where the program is."""
    return day_in(Program.objects.get(id=viewer.program_id).zone, now).replace(day=1)


def month_for(viewer: Actor, year: int, month: int, now: datetime) -> Month:
    """The month of the viewer's own program, in a number of database queries that never grows."""
    program = Program.objects.get(id=viewer.program_id)
    first_on, smallest = date(year, month, 1), program.min_cell
    start, end = bounds_of(first_on, program.zone)
    # Naming the states, instead of leaving one out, lets the database use the index that begins with them.
    counted = [state for state in STATES if state != "joined"]
    incidents = Incident.objects.filter(
        program=program, state__in=counted, occurred_at__gte=start, occurred_at__lt=end
    ).order_by()
    cases = Case.objects.filter(program=program, event_at__gte=start, event_at__lt=end).exclude(outcome="duplicate")
    moves = Move.objects.filter(program=program, product__in=REVERSAL, at__gte=start, at__lt=end).order_by()

    hours = _hours_of(cases)
    needs, with_needs = _needs_of(cases)
    counts = _counts_of(incidents) | _of_cases(hours) | with_needs
    shown = show_funnel(counts, _within(hours.attempts), needs, smallest)
    return Month(
        first_on=first_on,
        is_over=end <= now,
        smallest=smallest,
        steps=_in_order(shown.steps),
        medians=_medians(incidents, hours, shown.steps, smallest),
        within=shown.within,
        within_percent={limit: _percent(count, shown.steps["cases"]) for limit, count in shown.within.items()},
        needs=shown.needs,
        kits=_kits(moves, smallest),
        towns=_by_town(incidents, smallest),
    )


def _percent(count: int | None, of: int | None) -> int | None:
    return None if count is None or of is None or of < RATE_FROM else round(100 * count / of)


def _of_cases(hours: _Hours) -> dict[str, int]:
    attempted, reached = _known(hours.attempts), _known(hours.contacts)
    return {
        "cases": len(hours.attempts),
        "attempted": attempted,
        "reached": reached,
        "contact": reached + hours.loved_ones,
    }


def _counts_of(incidents: QuerySet[Incident]) -> dict[str, int]:
    who = Coalesce("person__merged_into__merged_into_id", "person__merged_into_id", "person_id")
    return incidents.aggregate(incidents=Count("id"), with_person=Count("person_id"), people=Count(who, distinct=True))


def _by_town(incidents: QuerySet[Incident], smallest: int) -> ShownTable:
    found: dict[str, dict[str, int]] = {}
    for town, outcome, count in incidents.values_list("town__name", "outcome").annotate(Count("id")):
        found.setdefault(town or UNKNOWN_TOWN, {})[outcome] = count
    names = sorted(found)
    cells = tuple(tuple(found[name].get(outcome, 0) for outcome in OUTCOMES) for name in names)
    table = CountTable(tuple(names), tuple(OUTCOMES), cells)
    return suppress_small_cells(group_small_rows(table, smallest, SMALL_TOWNS), smallest)


def _kits(moves: QuerySet[Move], smallest: int) -> ShownTable:
    rows = moves.filter(kind__in=("given", "returned")).values_list("kind", "recipient").annotate(Sum("amount"))
    found = {(kind, recipient): count for kind, recipient, count in rows}
    counts = tuple(max(0, found.get(("given", to), 0) - found.get(("returned", to), 0)) for to in RECIPIENTS)
    return suppress_small_cells(CountTable(("kits",), tuple(RECIPIENTS), (counts,)), smallest)


def _hours_of(cases: QuerySet[Case]) -> _Hours:
    since = Q(tries__at__gte=F("event_at")) & ~Q(tries__result="called_off")
    rows = cases.order_by().values_list("id", "event_at").annotate(
        attempt=Min("tries__at", filter=since),
        contact=Min("tries__at", filter=since & Q(tries__result="reached")),
        loved_one=Min("tries__at", filter=since & Q(tries__result="loved_one")),
    )  # fmt: skip
    attempts: list[float | None] = []
    contacts: list[float | None] = []
    loved_ones = 0
    for _id, event_at, attempt, contact, loved_one in rows:
        attempts.append(_hours(event_at, attempt))
        contacts.append(_hours(event_at, contact))
        loved_ones += contact is None and loved_one is not None
    return _Hours(attempts, contacts, loved_ones)


def _hours(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 3600


def _known(hours: Sequence[float | None]) -> int:
    return sum(value is not None for value in hours)


def _needs_of(cases: QuerySet[Case]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Cases by need, and cases with any need at all; a case with two needs stands in two rows."""
    rows = Need.objects.filter(case__in=cases.order_by().values("id")).order_by()
    sent = Q(referrals__isnull=False) & ~Q(referrals__status__in=_NOT_SENT)
    columns: dict[str, Any] = {
        "noted": Count("case_id", distinct=True),
        "referred": Count("case_id", distinct=True, filter=sent),
        "connected": Count("case_id", distinct=True, filter=Q(referrals__status="completed")),
    }
    by_need = {code: numbers for code, *numbers in rows.values_list("code").annotate(**columns)}
    total = rows.aggregate(need=columns["noted"], connected=columns["connected"])
    return {code: dict(zip(columns, by_need.get(code, (0, 0, 0)), strict=True)) for code in NEEDS}, total


def _within(attempts: Sequence[float | None]) -> dict[int, int]:
    return {limit: sum(value is not None and value <= limit for value in attempts) for limit in CLOCK_HOURS}


def _in_order(shown: Mapping[str, int | None]) -> dict[str, int | None]:
    """In the order of the page; a loved one only is the difference of two numbers, and hidden unless both are shown."""
    contact, reached = shown["contact"], shown["reached"]
    loved_one = None if contact is None or reached is None else contact - reached
    found = {**shown, "loved_one": loved_one}
    return {name: found[name] for name in STEPS}


def _medians(
    incidents: QuerySet[Incident], hours: _Hours, shown: Mapping[str, int | None], smallest: int
) -> dict[str, float | None]:
    """Middle values in hours, of printed numbers of cases only: a median would tell that a hidden one is not small."""
    timed = incidents.filter(time_known=True).values_list("occurred_at", "entered_at")
    entry = [_hours(start, end) for start, end in timed]
    groups = {
        "entry": entry if shown["incidents"] else [],
        "attempt": hours.attempts if shown["attempted"] else [],
        "contact": hours.contacts if shown["reached"] else [],
    }
    return {name: _middle(group, smallest) for name, group in groups.items()}


def _middle(hours: Sequence[float | None], smallest: int) -> float | None:
    known = [value for value in hours if value is not None]
    return round(median(known), 1) if known and may_show(len(known), smallest) else None
