"""The order of a day for who asks: a list of visits becomes routes, times, a map, and a sentence on how they were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext

from alongside.accounts.models import Agency
from alongside.accounts.queries import program_of
from alongside.cases.models import Assignment, Case, FollowUp
from alongside.cases.queries import cases_visible_to, queue_for, unsure_of_contact
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.consent import firewall
from alongside.identity.queries import contacts_of
from alongside.planning.locating import Where, has_addresses, where
from alongside.planning.roads import minutes_between
from alongside.planning.rules import (
    SHIFT_MINUTES,
    WATCHED_HOURS,
    Plan,
    Problem,
    Stop,
    Visit,
    driven,
    prize,
    promise_of,
    shift_start,
    window_of,
)
from alongside.planning.solving import SECONDS, solve

BEGINS_ANYWHERE = "It begins at the first visit."
FEWEST_SECONDS = 0.1
# The same visits in the same quarter of an hour: an officer and a coach, and a phone that asks again, get one answer.
_solved = lru_cache(maxsize=128)(solve)


@dataclass(frozen=True, slots=True)
class Day:
    """One team's visits in their order, with what is needed to show it; nothing of it is kept."""

    plan: Plan
    problem: Problem
    begins_at: datetime
    model: tuple[str, ...]
    visits: Mapping[str, Visit]
    where: Where

    @property
    def order(self) -> tuple[str, ...]:
        """The visits of the one team, as they come."""
        return self.plan.routes[0]

    def at(self, case: str) -> datetime:
        """When a visit of the order begins."""
        return self.begins_at + timedelta(minutes=self.plan.arrive[case])

    @property
    def model_in_words(self) -> str:
        """How the times were found."""
        return " ".join(gettext(sentence) for sentence in self.model)

    @property
    def minutes_driven(self) -> int:
        """Minutes on the road."""
        place = {stop.id: number for number, stop in enumerate(self.problem.stops, 1)}
        return driven(self.problem, [place[case] for case in self.order])


@dataclass(frozen=True, slots=True)
class TeamDay:
    """The day of one team for the page: its cases by id, those to phone, and the order of those to visit."""

    name: str
    cases: Mapping[str, Case]
    by_phone: Sequence[Case]
    day: Day | None


def route_for(viewer: Actor, visits: Iterable[Visit | Mapping[str, Any]], now: datetime) -> dict[str, Any] | None:
    """The order of the viewer's own visits as the day pack has it, within a second; None when there is nobody to visit.

    Each visit is a `rules.Visit`, or a mapping with the same names; a mapping's other entries are not looked at.
    """
    wanted = [_visit(row) for row in visits]
    if not wanted:
        return None
    day = day_for(viewer, wanted, now)
    return {
        "route": {
            "order": list(day.order),
            "arrive": {case: round(day.at(case).timestamp() * 1000) for case in day.order},
            "left_out": list(day.plan.left_out), "model": day.model_in_words, "minutes": day.minutes_driven,
        },
        "map": {
            "outlines": day.where.outlines,
            "points": {case: [lon, lat] for case, (lat, lon) in day.where.points.items()},
        } if day.where.points else None,
    }  # fmt: skip


def day_for(viewer: Actor, visits: Sequence[Visit], now: datetime, *, seconds: float = SECONDS) -> Day:
    """The order of one team's visits from the next quarter of an hour on, for a shift of four hours."""
    begins_at = shift_start(now)
    weights = {v.case: prize(v.due_at, begins_at, first=v.first, promised=v.promised) for v in visits}
    ordered = sorted(visits, key=lambda v: (-weights[v.case], v.due_at, v.case))
    places = where(viewer, ordered, _base(viewer, ordered))
    roads = minutes_between([places.start, *(places.points.get(visit.case) for visit in ordered)], settings.ROADS)
    matrix, model = roads.minutes, roads.model
    if places.start is None:
        matrix = ((0,) * len(matrix), *((0, *row[1:]) for row in matrix[1:]))
        model = (*model, BEGINS_ANYWHERE)
    stops = tuple(Stop(v.case, window_of(v.window, begins_at), prize=weights[v.case]) for v in ordered)
    problem = Problem(matrix, stops, horizon=SHIFT_MINUTES)
    plan = _solved(problem, seconds)
    return Day(
        plan, problem, begins_at, (*model, *[plan.remark] * bool(plan.remark)), {v.case: v for v in ordered}, places
    )


def own_day(viewer: Actor, now: datetime) -> TeamDay:
    """The viewer's own order: those of their people whose visit is due within three days, promised, or a first one."""
    return _team_day(viewer, "", queue_for(viewer, now).cases, now)


def plan_for_program(viewer: Actor, now: datetime) -> list[TeamDay]:
    """The day of every team that has somebody to visit, by towns: no place is opened for it. The teams share the second."""
    cases = cases_visible_to(viewer, now).filter(in_queue=True, person__out_of_reach=False)
    cases = cases.exclude(unsure_of_contact(viewer))
    rows = Assignment.objects.filter(case__in=cases, ended_at=None, expires_at__gt=now)
    rows = rows.select_related("case__person", "case__town", "officer__agency", "coach__agency")
    teams: dict[tuple[Any, Any], list[Assignment]] = {}
    for row in rows.order_by("coach__display_name", "officer__display_name", "case__due_at", "id"):
        teams.setdefault((row.officer_id, row.coach_id), []).append(row)
    seconds = max(FEWEST_SECONDS, SECONDS / max(1, len(teams)))
    return [
        _team_day(viewer, f"{team[0].coach}, {team[0].officer}", [row.case for row in team], now, seconds)
        for team in teams.values()
    ]


def _team_day(viewer: Actor, name: str, cases: Sequence[Case], now: datetime, seconds: float = SECONDS) -> TeamDay:
    """What the queue says of each case and what was promised; the places are opened here, and stay in memory."""
    begins_at = shift_start(now)
    zone = program_of(viewer).zone
    today = day_in(zone, begins_at)
    promises = _promises(cases, today)
    until = begins_at + timedelta(hours=WATCHED_HOURS)
    near = [case for case in cases if case.id in promises or case.first_attempt_at is None or case.due_at <= until]
    by_phone = [case for case in near if case.person.text_only or case.person.stop == "no_visits"]
    going = [case for case in near if case not in by_phone]
    places = _places(viewer, going)
    visits = [
        Visit(
            str(case.id), case.due_at, case.first_attempt_at is None, town_id=case.town_id,
            window=promise_of(today, kept.from_time, kept.to_time, zone) if kept else None, promised=kept is not None,
            place=places.get(case.person_id, ""),
        )
        for case in going
        for kept in [promises.get(case.id)]
    ]  # fmt: skip
    day = day_for(viewer, visits, now, seconds=seconds) if visits else None
    return TeamDay(name, {str(case.id): case for case in near}, by_phone, day)


def _promises(cases: Sequence[Case], today: date) -> dict[UUID, FollowUp]:
    """For each case what was promised for today: an hour, or that somebody comes back."""
    due = FollowUp.objects.filter(case__in=[case.id for case in cases], done_at=None, due_on=today)
    rows = due.order_by("from_time", "to_time", "id")
    return {row.case_id: row for row in rows if row.from_time or row.to_time or row.reason == "asked_back"}


def _places(viewer: Actor, cases: Sequence[Case]) -> dict[UUID, str]:
    """The meeting places, opened to those who go there; none where the site has no addresses to find them by."""
    if not cases or viewer.role == "coordinator" or not has_addresses(viewer):
        return {}
    contacts = list(contacts_of(viewer, [case.person_id for case in cases]).items())
    opened = firewall.open(viewer, "outreach_visit", *(contact.meeting_place for _, contact in contacts))
    return {person: text for (person, _), text in zip(contacts, opened, strict=True) if isinstance(text, str)}


def _base(viewer: Actor, visits: Sequence[Visit]) -> Agency | None:
    """Where a team sets out: at the coach's, so that officer and coach get one order; else at the viewer's own."""
    ids = [case for visit in visits if (case := _id(visit.case))]
    rows = Agency.objects.filter(program_id=viewer.program_id)
    teams = Assignment.objects.filter(case_id__in=ids, ended_at=None).order_by("case_id")
    coach = teams.values_list("coach__agency_id", flat=True).first()
    return rows.filter(id=coach or viewer.agency_id or UUID(int=0)).first()


def _id(case: str) -> UUID | None:
    try:
        return UUID(case)
    except ValueError:
        return None


def _visit(row: Visit | Mapping[str, Any]) -> Visit:
    if isinstance(row, Visit):
        return row
    known = {field.name: row[field.name] for field in fields(Visit) if field.name in row}
    known["case"] = str(known["case"])
    return Visit(**{"promised": known.get("window") is not None} | known)
