"""T7: a phone is stolen or seized while somebody is signed in. What the server still gives it, and for how long.

The server's side, of the pages and of the app for the door. What lies on the phone is tried on a real one's storage in
`tests/field/test_store_in_browser.py`. What is left over: whatever stands on the screen at that moment.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from alongside.accounts import middleware
from alongside.accounts.actions import end_sessions
from alongside.cases.rules import MOST_OPEN
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.field.phones import join
from tests.cast import CLASS_OF, browser_of, canaries_in, case_with_everything, case_with_team, person_of


@pytest.fixture
def phone(ours):
    """The officer's phone, signed in, with a case open."""
    case = case_with_everything(ours)
    client = browser_of(ours.users["outreach_officer"])
    assert client.get(f"/cases/{case.id}/").status_code == 200
    return client, case


def ask(client, case):
    return [client.get(path) for path in ("/today/", f"/cases/{case.id}/", "/")]


@pytest.mark.covers("R59")
def test_left_alone_for_a_quarter_of_an_hour_it_is_signed_out(phone, monkeypatch):
    client, case = phone
    later = now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(middleware, "now", lambda: later)
    for answer in ask(client, case):
        assert answer.status_code == 302
        assert urlsplit(answer["Location"]).path.startswith("/sign-in")
        assert canaries_in(answer.content) == set()


@pytest.mark.covers("R59")
def test_reported_as_lost_it_is_dead_with_the_next_request(ours, phone):
    client, case = phone
    end_sessions(ours.users["outreach_officer"], by=ours.actor("administrator"))
    for answer in ask(client, case):
        assert answer.status_code == 302
        assert canaries_in(answer.content) == set()


@pytest.mark.covers("R59")
def test_a_user_who_was_suspended_is_out_too(ours, phone):
    client, case = phone
    ours.users["outreach_officer"].is_active = False
    ours.users["outreach_officer"].save()
    assert {answer.status_code for answer in ask(client, case)} == {302}


def test_the_phone_keeps_nothing(phone):
    client, case = phone
    for answer in ask(client, case):
        assert answer["Cache-Control"] == "no-store"
        assert "etag" not in answer
        assert "last-modified" not in answer
    for cookie in client.cookies.values():
        assert canaries_in(cookie.value) == set()
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]


@pytest.mark.covers("R68a", "R59")
def test_the_app_on_it_gets_nothing_more_after_one_tap_and_sends_nothing_that_is_done(ours, phone):
    _client, case = phone
    officer = ours.users["outreach_officer"]
    stolen, token = join(officer, by=officer.actor())
    headers = {"Authorization": f"Bearer {stolen.id}.{token}"}
    attempt = {"id": str(new_id()), "seq": 1, "kind": "attempt", "made": 0, "case": str(case.id), "base": {},
               "data": {"channel": "phone", "result": "no_answer"}}  # fmt: skip
    asked = {"v": 1, "now": 0, "have": "", "changes": [attempt]}
    app = Client()
    before = app.post("/field/sync/", asked | {"changes": []}, "application/json", headers=headers)
    assert "identity.Contact.ask_for" in canaries_in(before.content)  # until then it is a phone like any other
    browser_of(officer).post(f"/field/phones/{stolen.id}/lost/")
    tries = case.tries.count()
    after = app.post("/field/sync/", asked, "application/json", headers=headers)
    assert (after.status_code, after.json()["gone"]) == (401, "revoked")
    assert canaries_in(after.content) == set()
    assert case.tries.count() == tries


def test_no_address_and_no_title_tells_of_anybody(phone):
    """The history, the list of open pages and the lock screen show addresses and titles."""
    client, case = phone
    page = client.get(f"/cases/{case.id}/").content.decode()
    title = page.split("<title>")[1].split("</title>")[0]
    assert canaries_in(title) == set()
    assert canaries_in(" ".join(part.split('"')[0] for part in page.split('href="/')[1:])) == set()


@pytest.mark.covers("R26")
def test_it_shows_the_few_people_of_the_day_and_only_how_to_meet_them(ours):
    assert MOST_OPEN <= 25
    for _ in range(3):
        case_with_team(ours)
    strangers = [person_of(ours, canaries=True) for _ in range(3)]
    page = browser_of(ours.users["outreach_officer"]).get("/today/").content.decode()
    assert {CLASS_OF[found] for found in canaries_in(page)} <= {"contact"}
    assert page.count('class="case-row"') == 3
    assert [person.code for person in strangers if person.code in page] == []


@pytest.mark.covers("R60")
def test_with_the_phone_alone_nothing_of_weight_can_be_done(ours, monkeypatch):
    """Opening somebody in danger, or taking a file out, asks for the passkey again after five minutes."""
    case = case_with_everything(ours)
    client = browser_of(ours.user("recovery_coach"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": now().timestamp() - 301}]
    session.save()
    form = {"category": "violence", "reason": "somebody is in danger, they say", "untold": ""}
    answer = client.post(f"/review/danger/{case.person_id}/", form)
    assert answer.status_code == 302
    assert "opened" not in answer["Location"]
    assert client.get(f"/review/danger/{case.person_id}/opened/").status_code == 404
