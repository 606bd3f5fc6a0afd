"""The page of the day's order: every team's for the coordinator, one's own for who goes. It shows; it keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from alongside.accounts.access import SignedIn, role_required
from alongside.cases.models import Case
from alongside.common.clock import now
from alongside.planning.drawing import Drawing, drawing_of
from alongside.planning.queries import Day, TeamDay, own_day, plan_for_program
from alongside.planning.rules import LEFT_OUT, REASONS, SHIFT_MINUTES, reasons, why_left_out


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: a visit with its time and why it stands there, or one left out and why."""

    case: Case
    why: list[str]
    at: datetime | None = None
    window: tuple[datetime, datetime] | None = None
    on_map: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One team's day as the page shows it."""

    team: TeamDay
    lines: list[Line]
    left_out: list[Line]
    drawing: Drawing | None


@role_required("assign_team")
def program_day(request: HttpRequest) -> HttpResponse:
    """The order of every team that has somebody to visit."""
    start = _start(request)
    sheets = [_sheet(team) for team in plan_for_program(cast(SignedIn, request).actor, start)]
    return render(request, "planning/day.html", _context(sheets, start) | {"for_all": True})


@role_required("see_own_visits", "see_queue")
def my_day(request: HttpRequest) -> HttpResponse:
    """The order of one's own visits."""
    actor = cast(SignedIn, request).actor
    if actor.role == "coordinator":
        return redirect("planning:day")
    start = _start(request)
    return render(request, "planning/day.html", _context([_sheet(own_day(actor, start))], start))


def _context(sheets: list[Sheet], start: datetime) -> dict[str, object]:
    return {
        "sheets": [sheet for sheet in sheets if sheet.team.cases], "start": start, "hours": SHIFT_MINUTES // 60,
    }  # fmt: skip


def _start(request: HttpRequest) -> datetime:
    """Now, or a time of today that was asked for: the evening's order can be looked at in the morning."""
    moment = now()
    try:
        clock = time.fromisoformat(request.GET.get("from", ""))
        asked = timezone.localtime(moment).replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    except ValueError:
        return moment
    return max(moment, asked)


def _sheet(team: TeamDay) -> Sheet:
    day = team.day
    if day is None:
        return Sheet(team, [], [], None)
    stops = {stop.id: stop for stop in day.problem.stops}
    lines = [_line(team, day, case, day.at(case)) for case in day.order]
    left = [
        Line(team.cases[case], [gettext(LEFT_OUT[why_left_out(stops[case])])], window=day.visits[case].window)
        for case in day.plan.left_out
    ]
    points = [day.where.points.get(case) for case in day.order]
    return Sheet(team, lines, left, drawing_of(day.where.outlines, points, day.where.start))


def _line(team: TeamDay, day: Day, case: str, at: datetime) -> Line:
    visit = day.visits[case]
    why = reasons(visit.due_at, day.begins_at, first=visit.first, promised=visit.promised)
    words = [gettext(REASONS[code]) for code in why] + [gettext("no police")] * team.cases[case].person.no_police
    return Line(team.cases[case], words, at, visit.window, case in day.where.points)
