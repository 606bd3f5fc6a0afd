"""Reading attempts, what is known before a visit starts, and who is out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from alongside.accounts.roles import ROLES, may
from alongside.cases.models import Assignment, Case, FollowUp
from alongside.cases.queries import case_for, cases_visible_to
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.decision import Decision
from alongside.referrals.models import Referral
from alongside.referrals.rules import STAYS
from alongside.visits.models import Attempt, Outing
from alongside.visits.rules import HOLDS_FOR, KNOCK_HOURS, KNOCKS, Standing, away_for, is_try, last_heard, may_start


def attempts_of(viewer: Actor, case_id: UUID, now: datetime) -> list[Attempt]:
    """The attempts of a case the viewer may see, newest first."""
    if case_for(viewer, case_id, now) is None:
        return []
    return list(Attempt.objects.filter(case_id=case_id).select_related("by_user").order_by("-at"))


def standings_for(viewer: Actor, cases: Sequence[Case], now: datetime) -> dict[UUID, Standing]:
    """What is known before a visit, by case, for cases the viewer sees: wishes, where they are, who was just there."""
    heard = _last_heard(cases, now)
    leaves = _leaves_on(cases)
    holders = holders_for(viewer, [case.id for case in cases], now)
    today = day_in(cases[0].program.zone, now) if cases else now.date()
    return {
        case.id: Standing(
            case.person.stop, case.person.deceased, case.person.no_police, case.person.text_only, case.person.not_at_home,
            away_for(heard[case.id], leaves.get(case.id), today), holders.get(case.id, ""),
        )
        for case in cases
    }  # fmt: skip


def _last_heard(cases: Sequence[Case], now: datetime) -> dict[UUID, str]:
    tries: dict[UUID, list[tuple[datetime, str, str]]] = defaultdict(list)
    rows = Attempt.objects.filter(case__in=cases, at__gt=now - max(HOLDS_FOR.values()), at__lte=now)
    for case_id, at, channel, result in rows.order_by("-at").values_list("case_id", "at", "channel", "result"):
        tries[case_id].append((at, channel, result))
    # Whoever had an event since is not where they were before it.
    return {case.id: last_heard((one for one in tries[case.id] if one[0] >= case.event_at), now) for case in cases}


def _leaves_on(cases: Sequence[Case]) -> dict[UUID, date]:
    """The day on which a stay that has begun is expected to end."""
    begun = Referral.objects.filter(need__case=OuterRef("case"), need__code__in=[*STAYS], status="in-progress")
    rows = FollowUp.objects.filter(Exists(begun), case__in=cases, reason="after_exit", day=0)
    return dict(rows.order_by("due_on").values_list("case_id", "due_on"))


def holders_for(viewer: Actor, case_ids: Sequence[UUID], now: datetime) -> dict[UUID, str]:
    """The role of whoever of another team than the viewer's was there in person within 24 hours, or is there now."""
    since = now - timedelta(hours=KNOCK_HOURS)
    tried = Attempt.objects.filter(case_id__in=case_ids, at__gt=since, at__lte=now, channel__in=KNOCKS)
    tried = tried.filter(by_user__isnull=False).order_by("at")
    there = [
        (case_id, user_id, role)
        for case_id, user_id, role, result in tried.values_list("case_id", "by_user_id", "by_user__role", "result")
        if is_try(result) and role != "coordinator"  # who writes down what a team told them was not there
    ]
    out = Outing.objects.filter(case_id__in=case_ids, begun_at__gt=since, begun_at__lte=now, ended_at=None)
    there += out.values_list("case_id", "user_id", "user__role")
    there = [one for one in there if one[1] != viewer.user_id]
    if not there:
        return {}
    teams = Assignment.objects.filter(case_id__in=case_ids, ended_at=None).values_list("case_id", "officer_id", "coach_id")
    together = {case_id: {officer, coach} for case_id, officer, coach in teams}
    return {
        case_id: str(ROLES[role].label).lower()
        for case_id, user_id, role in there
        if not {user_id, viewer.user_id} <= together.get(case_id, set())
    }


def may_start_for(viewer: Actor, known: Standing) -> Decision:
    """Whether the viewer may start a visit now; whoever only goes along is not told where the person is."""
    return may_start(known, by_police=viewer.is_police, told_why=not viewer.goes_along,
                     coordinator_agrees=viewer.role == "coordinator")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Out:
    """Somebody who is out: whether they should be back, and whether the viewer may open the case it is for."""

    outing: Outing
    late: bool
    seen: bool


def outings_for(viewer: Actor, now: datetime) -> list[Out]:
    """Who is out, those first who should be back: everybody for a coordinator, the own for whoever goes."""
    rows = list(_outings(viewer).filter(ended_at=None).select_related("user", "case__person").order_by("due_at", "id"))
    if not rows:  # as nearly always: one question, and no other
        return []
    visible = cases_visible_to(viewer, now).filter(id__in=[row.case_id for row in rows])
    seen = set(visible.values_list("id", flat=True))
    return [Out(row, row.due_at <= now, row.case_id in seen) for row in rows]


def outing_for(viewer: Actor, outing_id: UUID) -> Outing | None:
    """One outing the viewer may end, or has ended."""
    return _outings(viewer).filter(id=outing_id).first()


def _outings(viewer: Actor) -> QuerySet[Outing]:
    rows = Outing.objects.filter(user__agency__program_id=viewer.program_id)
    if not may(viewer.role, "record_attempt"):
        return rows.none()
    return rows if viewer.role == "coordinator" else rows.filter(user_id=viewer.user_id or UUID(int=0))
