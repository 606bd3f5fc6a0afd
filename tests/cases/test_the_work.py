"""Cases from opening to closing, against the database."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alongside.cases.actions import (
    assign_team,
    close_case,
    finish_follow_up,
    join_cases,
    move_case,
    note_attempt,
    open_case,
    plan_follow_up,
)
from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.cases.queries import case_for, cases_of, due_counts_for, follow_ups_of, queue_for, stopped_cases_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.models import Tie
from alongside.identity.models import Contact
from alongside.people.actions import merge_people, set_contact_wishes
from tests.cast import (
    CANARIES,
    case_for_person,
    case_with_team,
    incident_for,
    person_of,
    person_who_asked_for_no_contact,
)


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def waiting(ours):
    return case_for_person(ours)


# --- opening and joining ------------------------------------------------------------------------------------------------


def test_a_case_needs_a_person(ours, by):
    with pytest.raises(Refused, match="add who"):
        open_case(incident_for(ours, None), by=by)


def test_the_clock_runs_from_the_event_however_late_it_was_entered(ours, by, journal):
    case = case_for_person(ours, hours_ago=30)
    assert case.contact_due_at == case.event_at + timedelta(hours=72)
    assert abs(case.event_at - (now() - timedelta(hours=30))) < timedelta(minutes=1)
    assert journal()[-1] == "case_opened"


def test_a_case_belongs_to_the_home_town_of_the_person(ours, by):
    person = person_of(ours)
    person.home_town = ours.towns[1]
    person.save()
    case = case_for_person(ours, person)
    assert case.town == ours.towns[1]


def test_a_second_report_joins_the_open_case(ours, by, waiting, journal):
    again = incident_for(ours, waiting.person, hours_ago=1)
    case, opened = open_case(again, by=by)
    assert (case.id, opened) == (waiting.id, False)
    assert case.event_at == again.occurred_at
    assert case.reasons == ["repeat_30_days"]
    assert CaseIncident.objects.filter(case=case).count() == 2
    assert journal()[-1] == "case_joined"


def test_the_same_incident_twice_changes_nothing(ours, by, waiting):
    incident = CaseIncident.objects.get(case=waiting).incident
    case, opened = open_case(incident, by=by)
    assert (case.id, opened) == (waiting.id, False)
    assert CaseIncident.objects.count() == 1


def test_a_new_event_reopens_a_paused_case(ours, by, waiting):
    move_case(waiting, "paused", by=by)
    case, _ = open_case(incident_for(ours, waiting.person, hours_ago=1), by=by)
    assert (case.id, case.status) == (waiting.id, "waiting")


def test_after_a_closed_case_a_new_event_opens_a_new_one(ours, by, waiting):
    close_case(waiting, "not_reached", by=by)
    case, opened = open_case(incident_for(ours, waiting.person, hours_ago=1), by=by)
    assert opened
    assert case.id != waiting.id
    assert [row.id for row in cases_of(by, [waiting.person_id], now())] == [case.id, waiting.id]


def test_an_old_event_that_comes_late_does_not_turn_the_clock_back_on(ours, by):
    """Somebody was reached yesterday; a call of last week that is entered today changes nothing about when to go."""
    case = case_with_team(ours, hours_ago=30)
    note_attempt(case, now() - timedelta(hours=10), reached=True, by=by)
    case.refresh_from_db()
    due = case.due_at
    joined, _ = open_case(incident_for(ours, case.person, hours_ago=150), by=by)
    assert joined.id == case.id
    assert joined.due_at == due


def test_one_open_case_per_person_is_a_promise_of_the_database(waiting):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            program=waiting.program, person=waiting.person, event_at=now(), opened_at=now(), contact_due_at=now(),
            due_at=now(),
        )  # fmt: skip


# --- the team --------------------------------------------------------------------------------


def test_two_people_of_two_employers_are_sent(ours, by, waiting, journal):
    assignment = assign_team(waiting, ours.users["outreach_officer"], ours.users["recovery_coach"], by=by)
    waiting.refresh_from_db()
    assert waiting.status == "assigned"
    assert assignment.expires_at - assignment.assigned_at == timedelta(days=ours.program.assignment_days)
    assert Tie.objects.filter(person=waiting.person, closed_at=None).count() == 2
    assert journal()[-1] == "team_assigned"


def test_two_of_the_same_employer_are_not(ours, by, waiting):
    with pytest.raises(Refused, match="two different employers"):
        assign_team(waiting, ours.user("clinician", employer="recovery"), ours.users["recovery_coach"], by=by)
    assert not Assignment.objects.exists()
    assert not Tie.objects.exists()


@pytest.mark.parametrize("place", ["first", "second"])
def test_no_police_is_respected_wherever_the_officer_stands(ours, by, waiting, place):
    set_contact_wishes(waiting.person_id, "none", no_police=True, by=by)
    waiting.refresh_from_db()
    officer, coach = ours.users["outreach_officer"], ours.users["recovery_coach"]
    pair = (officer, coach) if place == "first" else (coach, officer)
    with pytest.raises(Refused, match="no police"):
        assign_team(waiting, *pair, by=by)
    clinician = ours.users["clinician"]
    assert assign_team(waiting, clinician, coach, by=by)


def test_nobody_of_another_program_is_sent(cast, by, waiting):
    """Their coordinator would say no; ours may not lend them out."""
    with pytest.raises(Refused):
        assign_team(waiting, cast.other.users["outreach_officer"], cast.ours.users["recovery_coach"], by=by)


def test_nobody_is_sent_to_whoever_asked_for_no_contact(ours, by):
    case = case_for_person(ours, person_who_asked_for_no_contact(ours))
    with pytest.raises(Refused, match="no contact"):
        assign_team(case, ours.users["clinician"], ours.users["recovery_coach"], by=by)


def test_a_new_team_ends_the_old_ones_ties(ours, by):
    case = case_with_team(ours)
    other = ours.user("recovery_coach")
    assign_team(case, ours.users["outreach_officer"], other, by=by)
    assert Assignment.objects.filter(case=case, ended_at=None).get().coach == other
    open_ties = Tie.objects.filter(person=case.person, closed_at=None)
    assert set(open_ties.values_list("user", flat=True)) == {other.id, ours.users["outreach_officer"].id}


def test_a_closed_case_gets_no_team(ours, by, waiting):
    close_case(waiting, "moved", by=by)
    with pytest.raises(Refused, match="reopen it first"):
        assign_team(waiting, ours.users["outreach_officer"], ours.users["recovery_coach"], by=by)


# --- moving and closing --------------------------------------------------------------------------------


@pytest.mark.covers("R30")
def test_closing_ends_every_tie_and_every_plan(ours, by, journal):
    case = case_with_team(ours)
    plan_follow_up(case, now().date(), "asked_back", by=by)
    close_case(case, "goals_met", by=by)
    assert not Tie.objects.filter(person=case.person, closed_at=None).exists()
    assert not FollowUp.objects.filter(case=case).exists()
    assert journal()[-1] == "case_moved"
    assert queue_for(by, now()).cases == []


@pytest.mark.parametrize("outcome", ["", "refused", "non_compliant", "closed"])
def test_only_an_outcome_of_the_list_closes(by, waiting, outcome):
    with pytest.raises(Refused):
        close_case(waiting, outcome, by=by)
    waiting.refresh_from_db()
    assert waiting.status == "waiting"


def test_pausing_ends_the_assignment_and_going_on_needs_a_team(ours, by):
    case = case_with_team(ours)
    move_case(case, "paused", by=by)
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    with pytest.raises(Refused):
        move_case(case, "in_contact", by=by)
    move_case(case, "waiting", by=by)
    assert [row.id for row in queue_for(by, now()).cases] == [case.id]


def test_a_word_from_the_person_reopens(ours, by, waiting):
    close_case(waiting, "declined", by=by)
    move_case(waiting, "waiting", by=by)
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.closed_at) == ("", None)
    assert waiting.due_at <= now()


def test_the_database_holds_no_half_closed_case(waiting):
    for change in ({"status": "closed"}, {"outcome": "moved"}, {"closed_at": now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(id=waiting.id).update(**change)


# --- attempts and follow-ups --------------------------------------------------------------------------------


def test_a_first_contact_plans_the_usual_follow_ups_once(ours, by):
    case = case_with_team(ours)
    note_attempt(case, now(), reached=True, by=by)
    note_attempt(case, now(), reached=True, by=by)
    assert case.status == "in_contact"
    assert case.attempts == 2
    assert [row.day for row in follow_ups_of(by, case, now())] == [3, 7, 14, 30, 60, 90]
    assert case.due_at.date() == FollowUp.objects.filter(case=case).order_by("due_on").first().due_on


def test_an_earlier_attempt_that_comes_later_counts_as_first(ours, by):
    case = case_with_team(ours)
    late, early = now() - timedelta(hours=1), now() - timedelta(hours=3)
    note_attempt(case, late, reached=True, by=by)
    note_attempt(case, early, reached=True, by=by)
    assert case.first_attempt_at == case.first_contact_at == early


def test_the_same_follow_up_is_planned_once_and_done_once(ours, by, waiting, journal):
    first = plan_follow_up(waiting, now().date(), "retry", by=by)
    assert plan_follow_up(waiting, now().date(), "retry", by=by) == first
    finish_follow_up(first, by=by)
    finish_follow_up(first, by=by)
    assert journal().count("follow_up_planned") == journal().count("follow_up_done") == 1
    assert "try again" in str(first)


def test_before_a_first_attempt_a_follow_up_does_not_move_the_contact_clock(ours, by, waiting):
    due = waiting.due_at
    plan_follow_up(waiting, now().date() + timedelta(days=9), "asked_back", by=by)
    waiting.refresh_from_db()
    assert waiting.due_at == due


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["nonsense", "2026-01-01T00:00:00+00:00_x", "_", "f_2026-01-01T00:00:00+00:00_x",
     "f_x_0190a2b0-0000-7000-8000-000000000000", "d_2026-01-01T00:00:00+00:00_0190a2b0-0000-7000-8000-000000000000"],
)
def test_a_key_nobody_gave_is_an_empty_page(by, waiting, key):
    assert queue_for(by, now(), after=key).cases == []


def test_the_queue_of_one_town(ours, by, waiting):
    assert queue_for(by, now(), town=ours.towns[1].id).cases == []
    assert len(queue_for(by, now(), town=ours.towns[0].id).cases) == 1


@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach"])
@pytest.mark.covers("R30", "R31")
def test_a_worker_sees_the_own_cases_only_and_only_while_assigned(ours, waiting, role):
    case, viewer = case_with_team(ours), ours.actor(role)
    assert [row.id for row in queue_for(viewer, now()).cases] == [case.id]
    assert case_for(viewer, waiting.id, now()) is None
    expired = now() + timedelta(days=ours.program.assignment_days, minutes=1)
    assert queue_for(viewer, expired).cases == []
    assert case_for(viewer, case.id, expired) is None
    assert follow_ups_of(viewer, waiting, now()) == []


def test_another_program_sees_nothing(cast, waiting):
    foreign = cast.other.actor("coordinator")
    assert queue_for(foreign, now()).cases == []
    assert case_for(foreign, waiting.id, now()) is None
    assert cases_of(foreign, [waiting.person_id], now()) == []
    assert due_counts_for(foreign, now())["open"] == 0
    assert stopped_cases_for(foreign) == []


@pytest.mark.parametrize("role", ["coordinator", "outreach_officer", "recovery_coach"])
@pytest.mark.covers("R42")
def test_whoever_asked_for_no_contact_leaves_the_queue_in_every_role(ours, role):
    case = case_with_team(ours)
    assert len(queue_for(ours.actor(role), now()).cases) == 1
    set_contact_wishes(case.person_id, "no_contact", no_police=False, by=ours.actor("recovery_coach"))
    assert queue_for(ours.actor(role), now()).cases == []
    assert due_counts_for(ours.actor(role), now())["open"] == 0
    assert [row.id for row in stopped_cases_for(ours.actor("coordinator"))] == [case.id]


def test_the_counts_above_the_queue(ours, by, waiting):
    case_for_person(ours, person_of(ours), hours_ago=90)
    assert due_counts_for(by, now()) == {"open": 2, "overdue": 1, "waiting": 2}


def test_the_queue_costs_as_many_queries_for_twenty_as_for_one(ours, by, waiting, django_assert_num_queries):
    for _ in range(20):
        case_with_team(ours, person_of(ours))
    with django_assert_num_queries(5):  # whom the viewer knows, the order, the cases, those for later, the teams
        page = queue_for(by, now())
        _ = [(case.person.code, str(case.town), case.current_team, case.clock(now())) for case in page.cases]


# --- merging --------------------------------------------------------------------------------


@pytest.fixture
def twice(ours, by):
    """One person under two records, each with an open case; the newer one has a team."""
    older = case_for_person(ours, person_of(ours), hours_ago=40)
    newer = case_with_team(ours, person_of(ours, canaries=True), hours_ago=5)
    return older, newer


def test_merging_joins_the_open_cases(ours, by, twice):
    older, newer = twice
    merge_people(newer.person, older.person, by=by)
    join_cases(older.person, by=by)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (newer.status, newer.outcome) == ("closed", "duplicate")
    assert older.event_at == newer.event_at
    assert older.reasons == ["repeat_30_days"]
    assert CaseIncident.objects.filter(case=older).count() == 2


def test_merging_moves_the_case_when_the_other_record_has_none(ours, by):
    newer, older = case_with_team(ours), person_of(ours)
    merge_people(newer.person, older, by=by)
    join_cases(older, by=by)
    newer.refresh_from_db()
    assert (newer.person, newer.status) == (older, "assigned")


def test_after_a_merge_the_assigned_team_still_opens_what_a_visit_needs(ours, by):
    """The contact lies sealed with the record it was taken on; the team of the joined case must still reach it."""
    newer, older = case_with_team(ours), person_of(ours, canaries=True)
    merge_people(newer.person, older, by=by)
    join_cases(older, by=by)
    contact = Contact.objects.get(person=older)
    opened = firewall.open(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for)
    assert opened == [CANARIES["identity.Contact.ask_for"]]


def test_merging_keeps_what_either_record_asked_for(ours, by):
    asked, other = person_who_asked_for_no_contact(ours), person_of(ours)
    merge_people(asked, other, by=by)
    other.refresh_from_db()
    assert (other.stop, other.no_police) == ("no_contact", True)
