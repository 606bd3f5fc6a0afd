"""The month in counts; what leaves this module is already safe to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from alongside.accounts.models import Program
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.incidents.models import Incident
from alongside.incidents.rules import OUTCOMES, STATES
from alongside.naloxone.models import Move
from alongside.naloxone.rules import RECIPIENTS
from alongside.referrals.models import Need
from alongside.reports.measures import CLOCK_HOURS, STEPS
from alongside.reports.rules import (
    RATE_FROM,
    CountTable,
    ShownTable,
    group_small_rows,
    may_show,
    show_nested,
    suppress_small_cells,
)
from alongside.services.rules import NEEDS

UNKNOWN_TOWN, SMALL_TOWNS = "", "*"
"""Row names of `Month.towns` that are no town: the town is not known; towns with few incidents, together."""

# The larger groups each number of the report lies in; it is kept apart from them all. First named, first kept.
_KEPT_FIRST = ("incidents", "cases", "reached", "people", "attempted", "connected", "need", "with_person", "contact")
_AROUND_CASES = ("incidents", "with_person", "people", "cases")
_NOT_SENT = ("draft", "entered-in-error")

Numbers = dict[str, int | None]


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


def bounds_of(first_on: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next one in a time zone, in UTC; clock changes lengthen or shorten it."""
    after = (first_on + timedelta(days=32)).replace(day=1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in (first_on, after))
    return start, end


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
    moves = Move.objects.filter(program=program, kind="given", at__gte=start, at__lt=end).order_by()

    hours = _hours_of(cases)
    raw_needs, with_needs = _needs_of(cases)
    shown = _shown_steps(_counts_of(incidents) | with_needs, hours, smallest)
    needs = _shown_needs(raw_needs, shown, smallest)
    _hide_uncovered(shown, needs)
    within = _within(hours.attempts, shown, smallest)
    return Month(
        first_on=first_on,
        is_over=end <= now,
        smallest=smallest,
        steps=_in_order(shown),
        medians=_medians(incidents, hours, shown, smallest),
        within=within,
        within_percent={limit: _percent(count, shown["cases"]) for limit, count in within.items()},
        needs=needs,
        kits=_kits(moves, smallest),
        towns=_by_town(incidents, smallest),
    )


def _percent(count: int | None, of: int | None) -> int | None:
    return None if count is None or of is None or of < RATE_FROM else round(100 * count / of)


def _shown_steps(counts: Mapping[str, int], hours: _Hours, smallest: int) -> Numbers:
    reached = _known(hours.contacts)
    found = dict(counts) | {
        "cases": len(hours.attempts), "attempted": _known(hours.attempts), "reached": reached,
        "contact": reached + hours.loved_ones,
    }  # fmt: skip
    return show_nested({name: found[name] for name in _KEPT_FIRST}, smallest)


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
    given = dict(moves.values_list("recipient").annotate(Sum("kits")))
    counts = tuple(max(0, -given.get(recipient, 0)) for recipient in RECIPIENTS)
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


def _shown_needs(raw: Mapping[str, Mapping[str, int]], shown: Numbers, smallest: int) -> dict[str, Numbers]:
    around = [*(shown[name] for name in _AROUND_CASES), shown["need"]]
    found: dict[str, Numbers] = {}
    for code, row in raw.items():
        first = show_nested({name: row[name] for name in ("noted", "referred")}, smallest, around)
        beside = [*around, shown["connected"], *first.values()]
        found[code] = first | show_nested({"connected": row["connected"]}, smallest, beside)
    return found


def _hide_uncovered(shown: Numbers, needs: Mapping[str, Numbers]) -> None:
    """Hide the number of cases with any need when the printed rows do not add up to it: the rest is the hidden rows."""
    for name, column in (("need", "noted"), ("connected", "connected")):
        if (shown[name] or 0) > sum(row[column] or 0 for row in needs.values()):
            shown[name] = None


def _within(attempts: Sequence[float | None], shown: Numbers, smallest: int) -> dict[int, int | None]:
    counts = {str(limit): sum(value is not None and value <= limit for value in attempts) for limit in CLOCK_HOURS}
    beside = [*(shown[name] for name in _AROUND_CASES), shown["attempted"]]
    found = show_nested(counts, smallest, beside)
    return {limit: found[str(limit)] for limit in CLOCK_HOURS}


def _in_order(shown: Numbers) -> Numbers:
    """In the order of the page; a loved one only is the difference of two numbers, and hidden unless both are shown."""
    contact, reached = shown["contact"], shown["reached"]
    loved_one = None if contact is None or reached is None else contact - reached
    found = shown | {"loved_one": loved_one}
    return {name: found[name] for name in STEPS}


def _medians(incidents: QuerySet[Incident], hours: _Hours, shown: Numbers, smallest: int) -> dict[str, float | None]:
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
