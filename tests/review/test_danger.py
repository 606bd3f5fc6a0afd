"""Somebody in danger: one person, fifteen minutes, never police, a reason, a reviewer at once."""

from datetime import timedelta

import pytest
from django.test import Client

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import restrict
from alongside.consent.models import Tie
from alongside.consent.rules import CLASSES
from alongside.identity.actions import keep_contact
from alongside.journal.models import Entry
from alongside.journal.queries import looks_at
from alongside.people.actions import merge_people
from alongside.review import danger as screens
from alongside.review.actions import Danger, break_glass
from alongside.review.models import BreakGlass
from alongside.review.opening import everything_about
from alongside.review.queries import opened_in_danger
from alongside.review.rules import DANGERS, UNTOLD, one_business_day_after
from tests.cast import CANARIES, NOON, browser_of, canaries_in, case_with_everything, force_one_factor, person_of

WHY = "Their sister called: pills, and the door is locked."
FORM = {"category": "threat_to_life", "reason": WHY, "untold": ""}
ROLES = ["recovery_coach", "clinician", "coordinator"]


@pytest.fixture
def person(ours):
    """Somebody with a canary everywhere, whom another team has."""
    return case_with_everything(ours).person


def address(person, tail=""):
    return f"/review/danger/{person.id}/{tail}"


@pytest.mark.covers("R69a", "R60")
@pytest.mark.parametrize("role", ROLES)
def test_one_person_is_opened_for_fifteen_minutes(ours, person, role, monkeypatch):
    client = browser_of(ours.user(role))
    assert client.get(address(person, "opened/")).status_code == 404
    assert canaries_in(client.get(address(person)).content) == set()
    assert client.post(address(person), FORM).status_code == 302
    page = client.get(address(person, "opened/"))
    assert canaries_in(page.content) >= {"identity.Identity.family_name", "identity.Contact.phone", "visits.Attempt.note"}
    assert client.get(address(person)).status_code == 302  # it is open already
    other = case_with_everything(ours, person_of(ours, canaries=True)).person
    assert client.get(address(other, "opened/")).status_code == 404
    later = now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(screens, "now", lambda: later)
    assert client.get(address(person, "opened/")).status_code == 404


@pytest.mark.covers("R69a")
def test_the_tie_opens_for_this_purpose_and_this_time_alone(ours, person):
    user = ours.user("recovery_coach")
    opened = break_glass(person, Danger("violence", WHY), by=user.actor())
    ties = Tie.objects.filter(user=user)
    assert {(tie.person_id, tie.opens) for tie in ties} == {(person.id, "break_glass")}
    assert ties.get().expires_at - opened.opened_at <= timedelta(minutes=15)
    assert browser_of(user).get(f"/cases/{person.id}/").status_code == 404


@pytest.mark.covers("R69a")
@pytest.mark.parametrize("role", ["patrol_officer", "data_designee", "outreach_officer"])
def test_police_never(ours, person, role):
    client = browser_of(ours.users[role])
    for path in ("/review/danger/", address(person), address(person, "opened/")):
        assert client.get(path).status_code == 404
        assert client.post(path, FORM).status_code == 404
    with pytest.raises(Refused, match="does not open"):
        break_glass(person, Danger("violence", WHY), by=ours.actor(role))
    assert not BreakGlass.objects.exists()


@pytest.mark.covers("R60", "R69a")
def test_without_a_fresh_factor_nothing_opens(ours, person):
    client = Client()
    force_one_factor(client, ours.user("recovery_coach"))
    answer = client.post(address(person), FORM)
    assert answer.status_code in (302, 404)
    assert not BreakGlass.objects.exists()


@pytest.mark.covers("R69a")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"reason": "too short"}, "20"), ({"reason": "a" + " " * 30}, "20"), ({"category": "curious"}, ""),
     ({"untold": "rather not"}, "")],
)  # fmt: skip
def test_it_takes_a_category_and_a_reason_of_twenty_letters(ours, person, change, sentence):
    answer = browser_of(ours.users["coordinator"]).post(address(person), FORM | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not BreakGlass.objects.exists()
    data = FORM | change
    with pytest.raises(Refused):
        break_glass(person, Danger(data["category"], data["reason"], data["untold"]), by=ours.actor("coordinator"))


@pytest.mark.covers("R69a", "R52")
def test_the_reason_is_sealed_and_the_journal_holds_codes(ours, person):
    browser_of(ours.users["coordinator"]).post(address(person), FORM)
    opened = BreakGlass.objects.get()
    assert (str(opened.reason), opened.reason.privacy_class, opened.reason.holder) == ("▮▮▮", "health", person.id)
    entry = Entry.objects.get(verb="broke_glass")
    assert (entry.seq, entry.target) == (opened.item, str(person.id))
    assert entry.detail == {"category": "threat_to_life", "told": True, "untold": ""}
    assert set(DANGERS) >= {opened.category}


@pytest.mark.covers("R69a")
def test_the_reviewer_is_told_in_the_same_moment(ours, person):
    reviewer = browser_of(ours.users["privacy_reviewer"])
    before = reviewer.get("/review/head/").content.decode()
    break_glass(person, Danger("violence", WHY), by=ours.actor("coordinator"))
    after = reviewer.get("/review/head/").content.decode()  # any page: it stands in the menu
    assert "wait" not in before.split("</header>")[0]
    assert "(1 waits)" in after
    page = reviewer.get("/review/").content.decode()
    assert "Opened in danger" in page
    assert person.code in page
    assert canaries_in(page) == set()
    assert "pills" not in page


@pytest.mark.covers("R69a")
def test_it_is_reviewed_within_one_business_day(ours):
    friday = NOON.replace(day=16)
    assert one_business_day_after(NOON, "America/New_York") == NOON + timedelta(days=1)
    assert one_business_day_after(friday, "America/New_York") == friday + timedelta(days=3)


@pytest.mark.covers("R69a")
def test_the_person_is_told_unless_it_would_put_somebody_in_danger(ours, person):
    first = break_glass(person, Danger("violence", WHY), by=ours.actor("coordinator"))
    assert (first.tell_person, first.untold) == (True, "")
    second = break_glass(person, Danger("violence", WHY, "danger_to_them"), by=ours.user("clinician").actor())
    assert (second.tell_person, second.untold) == (False, "danger_to_them")
    assert set(UNTOLD) == {"danger_to_them", "danger_to_others"}
    told = [row.detail["told"] for row in Entry.objects.filter(verb="broke_glass").order_by("seq")]
    assert told == [True, False]
    everything_about(ours.actor("coordinator"), person, now())
    everything_about(second.user.actor(), person, now())
    looks = looks_at(ours.actor("coordinator"), [person.id])  # what the person's own account is made from
    danger = [row for row in looks if row.verb == "broke_glass" or row.detail.get("purpose") == "break_glass"]
    assert {(row.verb, row.actor) for row in danger} == {
        ("broke_glass", str(first.user_id)), ("opened", str(first.user_id))
    }  # fmt: skip


def test_sending_twice_is_one_opening(ours, person):
    client = browser_of(ours.users["coordinator"])
    for _ in range(2):
        assert client.post(address(person), FORM).status_code == 302
    by = ours.actor("coordinator")
    assert break_glass(person, Danger("violence", WHY), by=by) == BreakGlass.objects.get()
    assert str(BreakGlass.objects.get()) == "threat_to_life"


def test_what_was_joined_to_the_person_opens_too(ours, person):
    other = person_of(ours)
    keep_contact(other, by=ours.actor("coordinator"), phone="555-010-8888")
    merge_people(other, person, by=ours.actor("coordinator"))
    user = ours.user("clinician")
    browser_of(user).post(address(person), FORM)
    assert "555-010-8888" in browser_of(user).get(address(person, "opened/")).content.decode()


@pytest.mark.covers("R69a")
def test_somebody_from_whom_the_person_is_kept_finds_nobody(ours, person):
    coach = ours.user("recovery_coach")
    restrict(person, list(CLASSES), by=ours.actor("coordinator"), why="conflict", user=coach)
    client = browser_of(coach)
    assert client.get(address(person)).status_code == 404
    assert client.post("/review/danger/", {"code": person.code}).status_code == 422
    with pytest.raises(Refused, match="kept from you"):
        break_glass(person, Danger("violence", WHY), by=coach.actor())


def test_a_person_is_found_by_the_code_alone(cast, person):
    client = browser_of(cast.ours.user("clinician"))
    assert client.get("/review/danger/").status_code == 200
    answer = client.post("/review/danger/", {"code": f"  {person.code.upper()} "})
    assert answer["Location"] == address(person)
    for nobody in ("Qvumblethorp", CANARIES["identity.Contact.phone"], person_of(cast.other).code):
        assert client.post("/review/danger/", {"code": nobody}).status_code == 422


def test_another_program_opens_nobody(cast, person):
    with pytest.raises(Refused):
        break_glass(person, Danger("violence", WHY), by=cast.other.actor("coordinator"))
    assert opened_in_danger(cast.other.actor("coordinator"), [person.id], now()) is None
