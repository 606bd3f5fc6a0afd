"""Going to a visit from a desk or a phone's browser, coming back, what is said about the place, and promised hours."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.cases.models import FollowUp
from alongside.common.clock import day_in, now
from alongside.common.ids import new_id
from alongside.identity.models import Contact
from alongside.visits.actions import record_attempt
from alongside.visits.models import Outing
from alongside.visits.outings import begin_outing
from tests.cast import browser_of, case_with_team, draft

GO = ("recovery_coach", "outreach_officer")


@pytest.fixture
def case(ours):
    return case_with_team(ours)


def page(ours, role, address, *args):
    return browser_of(ours.users[role]).get(reverse(address, args=args)).content.decode()


@pytest.mark.parametrize("role", GO)
def test_somebody_goes_in_one_tap_and_comes_back_in_one(ours, case, role):
    browser, sent = browser_of(ours.users[role]), {"outing": str(new_id()), "minutes": "30"}
    assert "I am going there now" in page(ours, role, "desk:case", case.id)
    for _ in range(2):
        browser.post(reverse("desk:out", args=[case.id]), sent)
    outing = Outing.objects.get()
    shown = page(ours, role, "desk:case", case.id)
    assert "I am back" in shown
    assert "I am going there now" not in shown
    assert "I am back" in page(ours, role, "desk:today")
    for _ in range(2):
        assert browser.post(reverse("desk:back", args=[outing.id])).status_code == 302
    outing.refresh_from_db()
    assert outing.ended_at is not None
    assert "Out now" not in page(ours, role, "desk:today")


def test_the_coordinator_sees_who_should_be_back_first_and_says_that_they_are(ours, case):
    user = ours.users["recovery_coach"]
    user.display_name = "Sam Rivera"
    user.save()
    officer = ours.actor("outreach_officer")
    begin_outing(case, new_id(), 60, now() - timedelta(minutes=5), by=officer)
    late = begin_outing(case, new_id(), 30, now() - timedelta(minutes=50), by=user.actor())
    shown = page(ours, "coordinator", "desk:today")
    assert "Sam Rivera should have been back at" in shown
    assert "Telephone them." in shown
    assert shown.index("Sam Rivera") < shown.index("Outreach officer, out since")
    assert case.person.code in shown[shown.index("Out now"):shown.index("They are back")]
    browser_of(ours.users["coordinator"]).post(reverse("desk:back", args=[late.id]))
    assert "Sam Rivera should" not in page(ours, "coordinator", "desk:today")


@pytest.mark.parametrize("role", ["outreach_officer", "clinician"])
def test_the_outing_of_another_is_not_there(ours, case, role):
    outing = begin_outing(case, new_id(), by=ours.actor("recovery_coach"))
    assert "Out now" not in page(ours, role, "desk:today")
    assert browser_of(ours.users[role]).post(reverse("desk:back", args=[outing.id])).status_code == 404


@pytest.mark.parametrize(("role", "words"), [("recovery_coach", "In custody"), ("outreach_officer", "Not today. Ask the coach.")])
def test_what_stands_against_it_keeps_somebody_here(ours, case, role, words):
    record_attempt(case, draft(result="in_custody"), by=ours.actor("recovery_coach"))
    sent = {"outing": str(new_id()), "minutes": "30"}
    answer = browser_of(ours.users[role]).post(reverse("desk:out", args=[case.id]), sent, follow=True)
    assert words in answer.content.decode()
    assert role == "recovery_coach" or "ustody" not in answer.content.decode()
    assert not Outing.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"minutes": "30"}, {"outing": "x", "minutes": "30"}, {"outing": str(new_id()), "minutes": "999"}]
)
def test_a_form_that_says_nothing_sends_nobody(ours, case, sent):
    answer = browser_of(ours.users["recovery_coach"]).post(reverse("desk:out", args=[case.id]), sent, follow=True)
    assert "Say when you mean to be back" in answer.content.decode()
    assert not Outing.objects.exists()


@pytest.mark.parametrize("role", GO)
def test_whoever_was_there_says_what_is_so_about_the_place(ours, case, role):
    browser = browser_of(ours.users[role])
    browser.post(reverse("desk:place", args=[case.id]), {"safety": ["dog", "no_light"]})
    shown = page(ours, role, "desk:case", case.id)
    assert "dog, no light" in shown
    assert "said today" in shown
    assert 'value="dog" id="place_dog" checked' in shown
    browser.post(reverse("desk:place", args=[case.id]), {})
    assert Contact.objects.get(person=case.person).place_safety == []


def test_only_words_of_the_list_are_taken_from_the_form(ours, case):
    answer = browser_of(ours.users["recovery_coach"]).post(
        reverse("desk:place", args=[case.id]), {"safety": ["dog", "violent"]}, follow=True
    )
    assert "from the list" in answer.content.decode()
    assert Contact.objects.get(person=case.person).place_safety == []


def test_old_words_are_shown_to_nobody_and_not_ticked(ours, case):
    browser_of(ours.users["recovery_coach"]).post(reverse("desk:place", args=[case.id]), {"safety": ["no_light"]})
    Contact.objects.update(place_safety_at=now() - timedelta(days=12))
    assert "said 12 days ago" in page(ours, "outreach_officer", "desk:case", case.id)
    Contact.objects.update(place_safety_at=now() - timedelta(days=91))
    for address in ("desk:case", "desk:door"):
        assert ">no light<" not in page(ours, "outreach_officer", address, case.id)
    assert "checked" not in page(ours, "outreach_officer", "desk:case", case.id)


def plan(ours, case, days=1, **hours):
    day = day_in(ours.program.zone, now()) + timedelta(days=days)
    browser = browser_of(ours.users["recovery_coach"])
    return browser.post(reverse("desk:plan", args=[case.id]), {"due_on": day.isoformat(), **hours})


@pytest.mark.parametrize(
    ("hours", "kept"),
    [({}, 1), ({"from_time": "14:00", "to_time": "16:00"}, 1), ({"from_time": "14:00"}, 0), ({"to_time": "14:00"}, 0),
     ({"from_time": "16:00", "to_time": "14:00"}, 0), ({"from_time": "two", "to_time": "16:00"}, 0)],
)  # fmt: skip
def test_an_hour_is_promised_with_the_day(ours, case, hours, kept):
    assert plan(ours, case, **hours).status_code == (302 if kept else 422)
    assert FollowUp.objects.filter(case=case, from_time__isnull="from_time" not in hours).count() == kept


@pytest.mark.parametrize("role", [*GO, "coordinator"])
@pytest.mark.parametrize(("days", "word"), [(0, "today"), (1, "tomorrow")])
def test_the_promise_stands_on_the_list_and_the_case_of_everybody_who_goes(ours, case, role, days, word):
    plan(ours, case, days, from_time="14:00", to_time="16:00")
    for shown in (page(ours, role, "desk:today"), page(ours, role, "desk:case", case.id)):
        assert f"asked back {word}, 2:00 p.m. to 4:00 p.m." in shown
