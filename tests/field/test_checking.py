"""“Start visit” asks once more: what changed since the morning stops the visit, and police are not told why."""

from datetime import timedelta

import pytest

from alongside.cases.actions import keep_wishes
from alongside.cases.models import Assignment, Case, FollowUp
from alongside.cases.queries import case_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.field.checking import check_visit, flags_for
from alongside.people.actions import set_contact_wishes
from alongside.referrals.actions import Plan, move_referral, note_need, refer
from alongside.referrals.models import Referral
from alongside.visits.actions import record_attempt
from alongside.visits.models import Attempt
from alongside.visits.outings import begin_outing, end_outing
from tests.cast import case_with_team, draft

FLAGS = {"not_today", "stop", "no_police", "text_only", "not_at_home", "deceased", "in_custody", "in_hospital", "in_treatment"}
AWAY = ("in_custody", "in_hospital", "in_treatment")
GO = ("recovery_coach", "outreach_officer")


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


def check(ours, role, case):
    return check_visit(ours.actor(role), case.id, now())


def set_flags(answer):
    return {name for name, value in answer["flags"].items() if value}


@pytest.mark.parametrize("role", GO)
def test_nothing_in_the_way_is_a_yes_in_the_form_the_phone_reads(ours, case, role):
    answer = check(ours, role, case)
    assert (answer["ok"], answer["sentence"], set(answer["flags"])) == (True, "", FLAGS)
    assert set_flags(answer) == set()
    assert abs(answer["at"] / 1000 - now().timestamp()) < 5


@pytest.mark.parametrize("result", AWAY)
def test_who_was_found_elsewhere_is_not_visited_and_only_the_team_of_care_learns_where(ours, case, coach, result):
    record_attempt(case, draft(result=result), by=coach)
    told, police = check(ours, "recovery_coach", case), check(ours, "outreach_officer", case)
    assert (told["ok"], set_flags(told)) == (False, {result, "not_today"})
    assert "as far as we know" in told["sentence"]
    assert (police["ok"], police["sentence"], set_flags(police)) == (False, "Not today. Ask the coach.", {"not_today"})


def test_who_was_met_since_is_visited(ours, case, coach):
    record_attempt(case, draft(result="in_custody"), by=coach)
    record_attempt(case, draft("drop_in", "reached", response="check_ins"), by=coach)
    assert check(ours, "recovery_coach", case)["ok"]


def test_an_event_since_says_that_they_are_out(ours, case, coach):
    record_attempt(case, draft(result="in_custody"), by=coach)
    Case.objects.filter(id=case.id).update(event_at=now())
    assert check(ours, "recovery_coach", case)["ok"]


def in_detox(ours, case, coach, days=5):
    """A bed in detox that was taken, with the day they leave."""
    need = note_need(case, "detox", by=coach)
    leaves_on = (now() + timedelta(days=days)).date()
    referral = refer(need, Plan(agency=ours.agencies["shelter"], expected_exit=leaves_on), by=coach)
    for to in ("accepted", "in-progress"):
        move_referral(referral.id, to, by=ours.actor("partner"))
    return leaves_on


def test_a_stay_in_detox_says_until_when_and_police_learn_nothing_of_it(ours, case, coach):
    leaves_on = in_detox(ours, case, coach)
    told, police = check(ours, "recovery_coach", case), check(ours, "outreach_officer", case)
    assert f"In treatment until {leaves_on:%d %B}" in told["sentence"]
    assert set_flags(told) == {"in_treatment", "not_today"}
    assert "reatment" not in str(police["sentence"])
    assert set_flags(police) == {"not_today"}
    assert police["sentence"] == "Not today. Ask the coach."


def test_on_the_day_they_leave_somebody_goes(ours, case, coach):
    in_detox(ours, case, coach)
    FollowUp.objects.filter(case=case, reason="after_exit", day=0).update(due_on=now().date() - timedelta(days=1))
    assert check(ours, "recovery_coach", case)["ok"]


def test_a_yes_that_nobody_went_with_is_no_stay(ours, case, coach):
    in_detox(ours, case, coach)
    Referral.objects.update(status="accepted")
    assert check(ours, "recovery_coach", case)["ok"]


@pytest.mark.parametrize("role", GO)
def test_who_asked_for_no_visits_is_not_visited(ours, case, coach, role):
    set_contact_wishes(case.person_id, "no_visits", no_police=False, by=coach)
    answer = check(ours, role, case)
    assert (answer["ok"], answer["flags"]["stop"]) == (False, "no_visits")
    assert "no visits" in answer["sentence"]


@pytest.mark.parametrize("change", ["no_contact", "deceased", "no_police", "another_team", "unknown", "foreign"])
def test_a_case_that_left_the_list_is_not_visited_and_says_nothing_more(cast, ours, case, coach, change):
    viewer = ours.actor("outreach_officer")
    case_id = case.id
    if change == "no_contact":
        keep_wishes(case.person_id, "no_contact", no_police=False, by=coach)
    elif change == "deceased":
        record_attempt(case, draft(result="deceased"), by=coach)
    elif change == "no_police":
        keep_wishes(case.person_id, "none", no_police=True, by=coach)
    elif change == "another_team":
        Assignment.objects.update(ended_at=now())
    elif change == "unknown":
        case_id = new_id()
    else:
        viewer = cast.other.actor("coordinator")
    answer = check_visit(viewer, case_id, now())
    assert (answer["ok"], set_flags(answer), set(answer["flags"])) == (False, set(), FLAGS)
    assert answer["sentence"].startswith("Do not go")


def test_a_coordinator_is_told_who_died_and_who_asked_for_no_contact(ours, case, coach):
    record_attempt(case, draft(result="deceased"), by=coach)
    answer = check(ours, "coordinator", case)
    assert set_flags(answer) == {"deceased"}
    assert "has died" in answer["sentence"]


# --- two teams, two knocks ---------------------------------------------------------------------------------------------


def other_coach_was_there(ours, case, hours=5, channel="street", result="no_answer"):
    """A coach who was of the team this morning, and is not any more."""
    other = ours.user("recovery_coach", "recovery")
    return Attempt.objects.create(case=case, person=case.person, draft=new_id(), at=now() - timedelta(hours=hours),
                                  recorded_at=now(), by_user=other, channel=channel, result=result)  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "channel", "result", "refused"),
    [
        (5, "street", "no_answer", True),
        (23, "home", "reached", True),
        (25, "home", "no_answer", False),
        (5, "phone", "no_answer", False),
        (5, "drop_in", "reached", False),
        (5, "home", "called_off", False),
    ],
)
def test_another_teams_visit_within_a_day_is_not_followed_by_a_second_one(ours, case, coach, hours, channel, result, refused):
    record_attempt(case, draft(), by=coach)
    other_coach_was_there(ours, case, hours, channel, result)
    answer = check(ours, "recovery_coach", case)
    assert answer["ok"] is not refused
    assert not refused or "Another team (recovery coach)" in answer["sentence"]
    if refused:
        with pytest.raises(Refused, match=r"Another team \(recovery coach\)"):
            record_attempt(case, draft("home"), by=coach)
        assert record_attempt(case, draft("home", waiver="asked_for_visit"), by=coach)
    assert record_attempt(case, draft("home"), by=ours.actor("coordinator"))


def test_the_holder_is_shown_by_role_and_never_by_name(ours, case):
    attempt = other_coach_was_there(ours, case)
    attempt.by_user.display_name = "Zyxname Ombley"
    attempt.by_user.save()
    assert "Zyxname" not in str(check(ours, "recovery_coach", case))


def test_the_two_of_one_team_do_not_stand_in_each_others_way(ours, case, coach):
    record_attempt(case, draft(), by=coach)
    record_attempt(case, draft("home"), by=ours.actor("outreach_officer"))
    assert check(ours, "recovery_coach", case)["ok"]
    assert record_attempt(case, draft("home"), by=coach)


def test_whoever_is_there_now_holds_the_visit_until_they_are_back(ours, case):
    other = ours.user("recovery_coach", "recovery").actor()
    outing = begin_outing(case, new_id(), by=other)
    assert "Another team" in check(ours, "recovery_coach", case)["sentence"]
    assert check(ours, "outreach_officer", case)["sentence"] == "Not today. Ask the coach."
    end_outing(outing.id, by=other)
    assert check(ours, "recovery_coach", case)["ok"]


def test_a_visit_that_comes_in_late_is_not_refused_over_a_later_one(ours, case, coach):
    """The first visit of the day, sent when there was signal again, is what happened first."""
    Case.objects.filter(id=case.id).update(event_at=now() - timedelta(hours=12))
    case.refresh_from_db()
    record_attempt(case, draft(at=now() - timedelta(hours=7)), by=coach)
    other_coach_was_there(ours, case, hours=2)
    assert record_attempt(case, draft("home", at=now() - timedelta(hours=6)), by=coach)


def test_a_whole_day_is_checked_with_the_same_number_of_questions(ours, coach, django_assert_max_num_queries):
    cases = [case_with_team(ours) for _ in range(4)]
    for case in cases:
        record_attempt(case, draft(result="in_custody"), by=coach)
        begin_outing(case, new_id(), by=ours.user("recovery_coach", "recovery").actor())
    found = [case_for(coach, case.id, now()) for case in cases]
    with django_assert_max_num_queries(6):
        flags = flags_for(coach, found, now())
    assert [flags[case.id]["in_custody"] for case in cases] == [True] * 4
