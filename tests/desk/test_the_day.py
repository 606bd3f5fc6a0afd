"""The main job through its pages, each step by the role that does it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from alongside.cases.models import Case, FollowUp
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.identity.models import Match
from alongside.incidents.models import Incident
from alongside.people.models import Person
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt
from tests.cast import case_for_person, case_with_team, person_who_asked_for_no_contact

QUICK = {"kind": "overdose", "when": "now", "outcome": "non_fatal"}


@pytest.fixture
def as_role(ours):
    """A browser signed in as one of our roles."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(ours.users[role])
        return client

    return sign_in


def contact(ours, **more):
    return QUICK | {"draft": str(new_id()), "town": ours.towns[0].id} | more


WREN = {"given_name": "Wrenna", "family_name": "Quill", "birth_date": "1990-02-03", "meeting_place": "the pier"}


def test_a_patrol_officer_sends_a_contact_in_and_sees_nothing_back(ours, as_role):
    patrol = as_role("patrol_officer")
    after = patrol.post("/intake/contact/", contact(ours, **WREN), follow=True).content.decode()
    case = Case.objects.get()
    assert "Wrenna" not in after
    assert case.person.code not in after
    for path in (f"/cases/{case.id}/", f"/people/{case.person_id}/", "/today/", "/matches/", "/intake/morning/"):
        assert patrol.get(path).status_code == 404


def test_the_same_form_sent_twice_is_one_incident(ours, as_role):
    sent = contact(ours, **WREN)
    for _ in range(2):
        as_role("patrol_officer").post("/intake/contact/", sent)
    assert (Incident.objects.count(), Case.objects.count(), Person.objects.count()) == (1, 1, 1)


def test_an_incomplete_form_says_what_is_missing_and_keeps_nothing(ours, as_role):
    answer = as_role("patrol_officer").post("/intake/contact/", contact(ours, when="earlier"))
    assert answer.status_code == 422
    assert "Say when it was" in answer.content.decode()
    assert Incident.objects.count() == 0


def test_a_contact_without_a_name_waits_and_the_data_designee_adds_the_person(ours, as_role):
    as_role("patrol_officer").post("/intake/contact/", contact(ours))
    incident, designee = Incident.objects.get(), as_role("data_designee")
    assert f"/intake/morning/{incident.id}/" in designee.get("/intake/morning/").content.decode()
    designee.post(f"/intake/morning/{incident.id}/", WREN)
    assert Case.objects.get().contact_due_at > incident.occurred_at
    assert designee.get(f"/intake/morning/{incident.id}/").status_code == 404


def test_nobody_to_find_takes_the_call_off_the_list(ours, as_role):
    as_role("patrol_officer").post("/intake/contact/", contact(ours))
    incident = Incident.objects.get()
    as_role("data_designee").post(f"/intake/morning/{incident.id}/nobody/")
    assert Incident.objects.get().state == "nobody"
    assert Case.objects.count() == 0


def test_two_calls_on_one_event_become_one(ours, as_role):
    for _ in range(2):
        as_role("patrol_officer").post("/intake/contact/", contact(ours))
    later, earlier = Incident.objects.order_by("-occurred_at")
    page = as_role("data_designee").get("/intake/morning/").content.decode()
    assert f"/intake/morning/{later.id}/same-as/{earlier.id}/" in page
    as_role("data_designee").post(f"/intake/morning/{later.id}/same-as/{earlier.id}/")
    assert Incident.objects.filter(state="waiting").count() == 1


def test_a_look_alike_opens_a_case_at_once_and_a_coordinator_joins_the_two(ours, as_role):
    patrol, coordinator = as_role("patrol_officer"), as_role("coordinator")
    patrol.post("/intake/contact/", contact(ours, **WREN))
    patrol.post("/intake/contact/", contact(ours, **(WREN | {"given_name": "Wrenneth"})))
    assert Case.objects.exclude(status="closed").count() == 2
    assert "Quil" in coordinator.get("/matches/").content.decode()
    coordinator.post(f"/matches/{Match.objects.get().id}/", {"answer": "same"})
    assert Case.objects.exclude(status="closed").count() == 1
    assert Person.objects.exclude(merged_into=None).count() == 1


def test_from_the_queue_to_the_close(ours, as_role):
    as_role("patrol_officer").post("/intake/contact/", contact(ours, **WREN))
    case, coordinator, coach = Case.objects.get(), as_role("coordinator"), as_role("recovery_coach")
    assert case.person.code in coordinator.get("/today/").content.decode()
    team = {"officer": ours.users["outreach_officer"].id, "coach": ours.users["recovery_coach"].id}
    coordinator.post(f"/cases/{case.id}/team/", team)

    attempt = {"draft": str(new_id()), "channel": "phone", "result": "no_answer", "kit_to": "person"}
    coach.post(f"/cases/{case.id}/attempt/", attempt)
    coach.post(f"/cases/{case.id}/attempt/", attempt)
    assert Attempt.objects.count() == 1

    officer = as_role("outreach_officer")
    visit = {"draft": str(new_id()), "channel": "home", "result": "reached", "response": "services", "kits": 1,
             "kit_to": "person"}  # fmt: skip
    officer.post(f"/cases/{case.id}/attempt/", visit)
    assert FollowUp.objects.filter(case=case, reason="schedule").count() == 6

    coach.post(f"/cases/{case.id}/need/", {"code": "shelter_tonight", "words": "somewhere my dog may stay"})
    need, shelter = Need.objects.get(), ours.agencies["shelter"]
    coach.post(f"/needs/{need.id}/refer/", {"agency": shelter.id, "handoff": "called_together", "agreed": "on", "age": "adult"})
    referral, partner = Referral.objects.get(), as_role("partner")
    inbox = partner.get("/referrals/").content.decode()
    assert "Wrenna" in inbox
    assert "my dog" in inbox
    partner.post(f"/referrals/{referral.id}/answer/", {"to": "accepted"})
    coach.post(f"/referrals/{referral.id}/answer/", {"to": "completed"})
    need.refresh_from_db()
    assert need.met_at is not None

    seen_by_police = officer.get(f"/cases/{case.id}/").content.decode()
    assert "Wrenna" in seen_by_police
    assert "my dog" not in seen_by_police
    assert "sleep" not in seen_by_police

    coordinator.post(f"/cases/{case.id}/close/", {"outcome": "goals_met"})
    assert officer.get(f"/cases/{case.id}/").status_code == 404
    assert as_role("epidemiologist").get("/reports/month/").status_code == 200
    coordinator.post(f"/cases/{case.id}/move/", {"to": "waiting"})
    case.refresh_from_db()
    assert case.status == "waiting"


def test_a_name_leaves_only_with_agreement(ours, as_role):
    case = case_with_team(ours)
    coach = as_role("recovery_coach")
    coach.post(f"/cases/{case.id}/need/", {"code": "detox"})
    need, shelter = Need.objects.get(), ours.agencies["shelter"]
    coach.post(f"/needs/{need.id}/refer/", {"agency": shelter.id, "handoff": "information"})
    inbox = as_role("partner").get("/referrals/").content.decode()
    assert case.person.code in inbox
    assert "Zyx" not in inbox
    assert FollowUp.objects.filter(case=case, reason="after_exit").count() == 4


def test_a_visit_before_a_call_is_refused_with_its_reason_on_the_form(ours, as_role):
    case = case_with_team(ours)
    visit = {"draft": str(new_id()), "channel": "home", "result": "no_answer", "kit_to": "person"}
    answer = as_role("recovery_coach").post(f"/cases/{case.id}/attempt/", visit)
    assert answer.status_code == 422
    assert "Phone or text first" in answer.content.decode()
    assert Attempt.objects.count() == 0


def test_nobody_is_sent_to_somebody_who_asked_for_no_contact(ours, as_role):
    person = person_who_asked_for_no_contact(ours)
    case = case_for_person(ours, person)
    coordinator = as_role("coordinator")
    page = coordinator.get("/today/").content.decode()
    assert f"/cases/{case.id}/team/" not in page
    assert person.code in page, "a coordinator is told that there was a new event"
    assign = coordinator.get(f"/cases/{case.id}/team/").content.decode()
    assert "asked for no contact" in assign
    assert 'aria-disabled="true"' in assign


@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach", "coordinator"])
def test_the_number_of_queries_of_the_due_list_does_not_grow(ours, as_role, role, django_assert_max_num_queries):
    client = as_role(role)
    for expected in (1, 8):
        while Case.objects.count() < expected:
            case_with_team(ours)
        # Five of them are for answers, beds and rides, whoever waits. On PostgreSQL the second wall and the lock of the
        # chain ask some more, the same number for any list.
        with django_assert_max_num_queries(41 if connection.vendor == "sqlite" else 48):
            assert client.get("/today/").status_code == 200


def test_a_key_of_the_list_that_makes_no_sense_shows_an_empty_page(as_role):
    assert as_role("coordinator").get("/today/", {"after": "nonsense"}).status_code == 200


@pytest.mark.parametrize(("minutes", "words"), [(-90, "past due"), (-20, "due now"), (20, "due now"), (90, "due in")])
def test_the_clock_speaks_as_a_person_would(ours, as_role, minutes, words):
    case = case_for_person(ours)
    Case.objects.filter(id=case.id).update(due_at=now() + timedelta(minutes=minutes))
    assert words in as_role("coordinator").get(f"/cases/{case.id}/").content.decode()
