"""What a person said holds at once and everywhere; nobody and nothing is lost when cases pause, join or start again."""

from datetime import timedelta

import pytest
from django.test import Client

from alongside.cases.actions import assign_team, keep_wishes, move_case, open_case, plan_follow_up
from alongside.cases.models import Assignment, Case, FollowUp
from alongside.cases.queries import case_for, paused_cases_for, queue_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.models import Consent
from alongside.desk.actions import settle_match
from alongside.identity.actions import keep_contact
from alongside.identity.models import Match
from alongside.identity.queries import contacts_of
from alongside.people.models import Person
from alongside.referrals.actions import Plan, move_referral, note_need, refer
from alongside.referrals.models import Need
from alongside.visits.actions import record_attempt
from alongside.visits.models import Attempt
from tests.cast import case_for_person, case_with_everything, case_with_team, draft, incident_for, person_of, reached


def place_of(viewer, case):
    contact = contacts_of(viewer, [case.person_id])[case.person_id]
    return firewall.open(viewer, "outreach_visit", contact.meeting_place)[0]


def look_alikes(ours):
    older, newer = case_with_everything(ours), case_with_everything(ours)
    match = Match.objects.create(program=ours.program, newer=newer.person, older=older.person, made_at=now())
    return older, newer, match


@pytest.mark.parametrize("wish", [{"stop": "no_contact", "no_police": False}, {"stop": "none", "no_police": True}])
@pytest.mark.covers("R30", "R42")
def test_a_wish_ends_what_the_officer_sees_at_once(ours, wish):
    case = case_with_team(ours)
    officer, coach = ours.actor("outreach_officer"), ours.actor("recovery_coach")
    assert isinstance(place_of(officer, case), str)
    keep_wishes(case.person_id, wish["stop"], no_police=wish["no_police"], by=coach)
    assert isinstance(place_of(officer, case), Refused)
    assert case_for(officer, case.id, now()) is None
    assert queue_for(officer, now()).cases == []
    case.refresh_from_db()
    assert case.status == ("closed" if wish["stop"] == "no_contact" else "assigned")


def test_no_police_leaves_the_coach_with_the_person(ours):
    case = case_with_team(ours)
    coach = ours.actor("recovery_coach")
    keep_wishes(case.person_id, "none", no_police=True, by=coach)
    assert isinstance(place_of(coach, case), str)
    team = case_for(coach, case.id, now()).current_team[0]
    assert str(team) == ours.users["recovery_coach"].display_name
    page = Client()
    page.force_login(ours.users["recovery_coach"])
    assert page.get(f"/cases/{case.id}/").status_code == 200


def test_a_partners_no_comes_back_to_the_list(ours):
    case = case_with_team(ours)
    coach = ours.actor("recovery_coach")
    need = note_need(case, "shelter_tonight", by=coach)
    sent = refer(need, Plan(agency=ours.agencies["shelter"]), by=coach)
    move_referral(sent.id, "rejected", by=ours.actor("partner"))
    page = Client()
    page.force_login(ours.users["recovery_coach"])
    assert "look for another way" in page.get("/today/").content.decode()
    page.force_login(ours.users["outreach_officer"])
    assert "look for another way" not in page.get("/today/").content.decode()


def test_what_was_recorded_can_be_read_back(ours):
    case = case_with_team(ours)
    record_attempt(case, reached(kits=2), by=ours.actor("recovery_coach"))
    page = Client()
    page.force_login(ours.users["recovery_coach"])
    text = page.get(f"/cases/{case.id}/").content.decode()
    assert "2 naloxone kits" in text
    assert "Wants help with something" in text


def test_a_post_after_the_session_ended_says_that_nothing_was_kept(ours):
    page = Client()
    answer = page.post("/intake/contact/", {"kind": "overdose"}, follow=True)
    assert "Nothing was kept" in answer.content.decode()


def test_an_officer_cannot_record_a_visit_the_person_does_not_want(ours):
    case = case_with_team(ours)
    Person.objects.filter(id=case.person_id).update(no_police=True)
    with pytest.raises(Refused, match="no police"):
        record_attempt(case, draft(), by=ours.actor("outreach_officer"))


def test_a_wish_survives_merging_in_either_direction_and_on_every_record(ours):
    older, newer, match = look_alikes(ours)
    keep_wishes(newer.person_id, "no_contact", no_police=True, by=ours.actor("recovery_coach"))
    settle_match(match, "same", by=ours.actor("coordinator"))
    assert set(Person.objects.values_list("stop", "no_police")) == {("no_contact", True)}
    assert Case.objects.exclude(status="closed").count() == 0
    newer.refresh_from_db()
    with pytest.raises(Refused, match="joined"):
        move_case(newer, "waiting", by=ours.actor("coordinator"))


def test_joining_two_cases_loses_nothing(ours):
    older, newer, match = look_alikes(ours)
    plan_follow_up(newer, now().date() + timedelta(days=6), "after_exit", by=ours.actor("recovery_coach"))
    note_need(newer, "detox", by=ours.actor("recovery_coach"))
    planned, tried = FollowUp.objects.count(), Attempt.objects.count()
    settle_match(match, "same", by=ours.actor("coordinator"))
    kept = Case.objects.exclude(status="closed").get()
    assert kept.id == older.id
    assert FollowUp.objects.filter(case=kept).count() == planned
    assert Attempt.objects.filter(case=kept).count() == tried
    assert set(Need.objects.filter(case=kept).values_list("code", flat=True)) == {"shelter_tonight", "detox"}


def test_the_newest_way_to_reach_somebody_wins_after_a_merge(ours):
    older, newer, match = look_alikes(ours)
    keep_contact(newer.person, by=ours.actor("coordinator"), meeting_place="the new place")
    settle_match(match, "same", by=ours.actor("coordinator"))
    assert place_of(ours.actor("recovery_coach"), older) == "the new place"


def test_a_paused_case_stays_in_sight_of_the_coordinator(ours):
    case = case_with_team(ours)
    for channel in ("phone", "text", "phone"):
        record_attempt(case, draft(channel), by=ours.actor("recovery_coach"))
    case.refresh_from_db()
    assert case.status == "paused"
    assert [row.id for row in paused_cases_for(ours.actor("coordinator"))] == [case.id]
    page = Client()
    page.force_login(ours.users["coordinator"])
    assert case.person.code in page.get("/today/").content.decode()


def test_a_new_event_starts_the_clock_of_an_open_case_again(ours):
    case = case_with_team(ours, hours_ago=60)
    record_attempt(case, reached(at=now() - timedelta(hours=40)), by=ours.actor("recovery_coach"))
    incident = incident_for(ours, case.person, hours_ago=2)
    again, opened = open_case(incident, by=ours.actor("coordinator"))
    assert not opened
    assert again.first_attempt_at is None
    assert again.contact_due_at == incident.occurred_at + timedelta(hours=72)
    assert again.due_at <= again.contact_due_at


def test_a_try_finishes_what_was_due(ours):
    case = case_with_team(ours)
    plan_follow_up(case, now().date() - timedelta(days=1), "retry", by=ours.actor("recovery_coach"))
    record_attempt(case, draft(), by=ours.actor("recovery_coach"))
    assert not FollowUp.objects.filter(case=case, done_at=None, due_on__lt=now().date()).exists()
    case.refresh_from_db()
    assert case.due_at > now()


def test_a_visit_that_was_called_off_is_no_try(ours):
    case = case_with_team(ours)
    record_attempt(case, draft(result="called_off"), by=ours.actor("recovery_coach"))
    case.refresh_from_db()
    assert (case.attempts, case.first_attempt_at) == (0, None)


def test_not_today_brings_one_gentle_check_in_and_no_row_of_visits(ours):
    case = case_with_team(ours)
    record_attempt(case, reached(response="not_today"), by=ours.actor("recovery_coach"))
    assert [row.reason for row in FollowUp.objects.filter(case=case)] == ["gentle_check_in"]


def test_a_loved_one_cannot_stop_the_contact_for_the_person(ours):
    case = case_with_team(ours)
    with pytest.raises(Refused, match="Only the person"):
        record_attempt(case, draft(result="loved_one", response="no_contact"), by=ours.actor("recovery_coach"))


def test_has_died_can_be_taken_back_by_reopening(ours):
    case = case_with_team(ours)
    record_attempt(case, draft(result="deceased"), by=ours.actor("recovery_coach"))
    case.refresh_from_db()
    assert Person.objects.get(id=case.person_id).deceased
    move_case(case, "waiting", by=ours.actor("coordinator"))
    assert not Person.objects.get(id=case.person_id).deceased


def test_an_agreement_is_taken_back_from_the_case_page(ours):
    case = case_with_everything(ours)
    client = Client()
    client.force_login(ours.users["recovery_coach"])
    need, shelter = Need.objects.get(), ours.agencies["shelter"]
    client.post(f"/needs/{need.id}/refer/", {"agency": shelter.id, "handoff": "information", "agreed": "on", "age": "adult"})
    consent = Consent.objects.get()
    assert f"/cases/{case.id}/agreements/{consent.id}/" in client.get(f"/cases/{case.id}/").content.decode()
    client.post(f"/cases/{case.id}/agreements/{consent.id}/")
    partner = Client()
    partner.force_login(ours.users["partner"])
    assert "Zyx" not in partner.get("/referrals/").content.decode()


def test_a_closed_case_takes_no_needs_and_no_days(ours):
    case = case_with_team(ours)
    keep_wishes(case.person_id, "no_contact", no_police=False, by=ours.actor("recovery_coach"))
    with pytest.raises(Refused, match="closed"):
        note_need(case, "food", by=ours.actor("recovery_coach"))
    with pytest.raises(Refused, match="closed"):
        plan_follow_up(case, now().date(), "retry", by=ours.actor("recovery_coach"))


@pytest.mark.covers("R26")
def test_an_officer_of_an_ambulance_sees_no_more_than_one_of_the_police(ours):
    medic = ours.user("outreach_officer", employer="health", name="medic")
    case = case_for_person(ours, person_of(ours, canaries=True), facts=("recent_release",))
    assign_team(case, medic, ours.users["recovery_coach"], by=ours.actor("coordinator"))
    note_need(case, "detox", by=ours.actor("recovery_coach"))
    client = Client()
    client.force_login(medic)
    for path in ("/today/", f"/cases/{case.id}/"):
        page = client.get(path).content.decode()
        assert "etox" not in page
        assert "released" not in page


@pytest.mark.covers("R30")
def test_an_expired_assignment_shows_as_no_team(ours):
    case = case_with_team(ours)
    Assignment.objects.update(expires_at=now() - timedelta(minutes=1))
    assert case_for(ours.actor("coordinator"), case.id, now()).current_team == []
    assert case_for(ours.actor("recovery_coach"), case.id, now()) is None
