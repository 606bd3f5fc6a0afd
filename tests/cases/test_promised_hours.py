"""An hour that was promised: planned with the day, shown to those who go, past due only when it is over."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alongside.cases.actions import finish_follow_up, note_attempt, plan_follow_up
from alongside.cases.models import Case, FollowUp
from alongside.cases.queries import promises_for
from alongside.cases.rules import NO_HOURS, follow_up_moment, may_promise
from alongside.common.clock import day_in, now
from alongside.common.decision import Refused
from tests.cast import case_with_team

TWO, FOUR, SEVEN, EIGHT = time(14), time(16), time(19), time(20)


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def by(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def today(ours):
    return day_in(ours.program.zone, now())


@pytest.mark.parametrize(
    ("hours", "allowed"),
    [(NO_HOURS, True), ((TWO, FOUR), True), ((FOUR, TWO), False), ((TWO, TWO), False), ((TWO, None), False),
     ((None, FOUR), False), ((time(0), time(0, 1)), True)],
)  # fmt: skip
def test_both_hours_or_none_and_the_earlier_one_first(hours, allowed):
    assert bool(may_promise(hours)) is allowed


@pytest.mark.parametrize(
    ("until", "hour"), [(None, 22), (FOUR, 21), (EIGHT, 25)]
)  # in UTC, from Boston in winter
def test_a_promise_is_past_due_when_its_hours_are_over(until, hour):
    day = date(2026, 1, 15)
    assert follow_up_moment(day, "America/New_York", until) == datetime(2026, 1, 15, tzinfo=UTC) + timedelta(hours=hour)


def test_a_promise_is_kept_once(case, by, today, journal):
    first = plan_follow_up(case, today, "asked_back", by=by, hours=(TWO, FOUR))
    assert plan_follow_up(case, today, "asked_back", by=by, hours=(TWO, FOUR)) == first
    assert plan_follow_up(case, today, "asked_back", by=by) == first, "who plans the day alone takes no promise back"
    row = FollowUp.objects.get()
    assert (row.from_time, row.to_time) == (TWO, FOUR)
    assert journal() == ["follow_up_planned"]


def test_other_hours_are_the_newer_promise(case, by, today, journal):
    plan_follow_up(case, today, "asked_back", by=by, hours=(TWO, FOUR))
    plan_follow_up(case, today, "asked_back", by=by, hours=(SEVEN, EIGHT))
    row = FollowUp.objects.get()
    assert (row.from_time, row.to_time) == (SEVEN, EIGHT)
    assert journal() == ["follow_up_planned"] * 2


def test_half_a_promise_plans_nothing(case, by, today):
    with pytest.raises(Refused, match="from when and until when"):
        plan_follow_up(case, today, "asked_back", by=by, hours=(TWO, None))
    assert not FollowUp.objects.exists()


def test_the_case_is_due_when_the_promise_ends(case, by, today):
    note_attempt(case, now(), reached=True, usual=False, by=by)
    day = today + timedelta(days=2)
    plan_follow_up(case, day, "gentle_check_in", by=by)
    plan_follow_up(case, day, "asked_back", by=by, hours=(TWO, FOUR))
    assert Case.objects.get(id=case.id).due_at.astimezone(ZoneInfo(case.program.zone)).time() == FOUR


@pytest.mark.parametrize(("hour", "done"), [(9, False), (13, False), (14, True), (18, True)])
def test_a_call_in_the_morning_does_not_take_the_afternoons_promise_away(case, by, today, hour, done):
    plan_follow_up(case, today, "asked_back", by=by, hours=(TWO, FOUR))
    plan_follow_up(case, today, "gentle_check_in", by=by)
    at = datetime.combine(today, time(hour), tzinfo=ZoneInfo(case.program.zone))
    Case.objects.filter(id=case.id).update(event_at=at - timedelta(days=1))
    case.refresh_from_db()
    note_attempt(case, at, reached=False, by=by)
    assert (FollowUp.objects.get(reason="asked_back").done_at is not None) is done
    assert FollowUp.objects.get(reason="gentle_check_in").done_at is not None


def test_the_next_promise_of_each_case_comes_with_one_question(cast, ours, by, today, django_assert_num_queries):
    one, two, none = (case_with_team(ours) for _ in range(3))
    plan_follow_up(one, today + timedelta(days=3), "asked_back", by=by, hours=(TWO, FOUR))
    soon = plan_follow_up(one, today + timedelta(days=1), "asked_back", by=by, hours=(SEVEN, EIGHT))
    over = plan_follow_up(two, today, "asked_back", by=by, hours=(TWO, FOUR))
    plan_follow_up(two, today, "retry", by=by)
    finish_follow_up(over, by=by)
    with django_assert_num_queries(1):
        found = promises_for(by, [one, two, none])
    assert found == {one.id: soon}
    assert promises_for(cast.other.actor("recovery_coach"), [one, two, none]) == {}
