"""Whose phones there are, and how one is cut off: by one tap, and by everything that ends the sessions of its user."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.accounts.actions import Post, change_user, end_sessions, renew_sign_in, restore_user, suspend_user
from alongside.common.clock import now
from alongside.field.models import Phone
from alongside.field.phones import end_if_over, join
from alongside.journal.models import Entry
from tests.cast import browser_of, phone_of
from tests.field.sending import Device

pytestmark = pytest.mark.covers("R68a")

MINE = "/field/phones/"


def page_of(user):
    return reverse("field:user_phones", args=[user.id])


def lose(browser, phone):
    return browser.post(reverse("field:lost", args=[phone.id]), follow=True)


def said(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    "role", ["recovery_coach", "outreach_officer", "patrol_officer", "data_designee", "coordinator"]
)
def test_every_worker_sees_the_own_phones_and_cuts_one_off_with_one_tap(ours, role):
    user = ours.users[role]
    phone, kept = phone_of(user, unsent=3, seen_at=now() - timedelta(hours=2)), phone_of(user)
    someone = phone_of(ours.user(role))
    browser = browser_of(user)
    page = said(browser.get(MINE))
    assert page.count("This phone is lost") == 2
    assert "2 hours ago" in page.replace("\xa0", " ")
    assert "<dd>3</dd>" in page
    assert str(someone.id) not in page
    assert "reported lost" in said(lose(browser, phone))
    phone.refresh_from_db()
    kept.refresh_from_db()
    assert (phone.revoked_why, bool(phone.revoked_at), kept.revoked_at) == ("lost", True, None)
    line = Entry.objects.filter(verb="phone_ended").get()
    assert (line.target, line.actor, line.detail) == (str(phone.id), str(user.id), {"why": "lost"})


def test_a_page_without_phones_says_how_to_begin(ours):
    assert "Open the app" in said(browser_of(ours.users["recovery_coach"]).get(MINE))


def test_the_administrator_cuts_off_anybodys_and_sees_nobody_served(ours):
    coach = ours.users["recovery_coach"]
    phone = phone_of(coach)
    browser = browser_of(ours.users["administrator"])
    assert page_of(coach) in said(browser.get(reverse("user", args=[coach.id])))
    assert "This phone is lost" in said(browser.get(page_of(coach)))
    page = said(lose(browser, phone))
    assert "reported lost" in page
    assert "This phone is lost" not in page
    phone.refresh_from_db()
    assert phone.revoked_at


@pytest.mark.parametrize("role", ["recovery_coach", "coordinator", "outreach_officer", "privacy_reviewer"])
def test_nobody_else_cuts_off_a_phone_of_others_or_finds_them(ours, role):
    phone = phone_of(ours.users["clinician"])
    browser = browser_of(ours.users[role])
    assert lose(browser, phone).status_code == browser.get(page_of(phone.user)).status_code == 404
    phone.refresh_from_db()
    assert phone.revoked_at is None


def test_an_administrator_of_another_program_finds_nothing(cast, ours):
    phone = phone_of(ours.users["recovery_coach"])
    browser = browser_of(cast.other.users["administrator"])
    assert lose(browser, phone).status_code == browser.get(page_of(phone.user)).status_code == 404


def test_a_phone_is_not_lost_twice(ours):
    phone = phone_of(ours.users["recovery_coach"])
    browser = browser_of(phone.user)
    lose(browser, phone)
    phone.refresh_from_db()
    first = phone.revoked_at
    lose(browser, phone)
    phone.refresh_from_db()
    assert phone.revoked_at == first
    assert Entry.objects.filter(verb="phone_ended").count() == 1


def another_role(user, admin, ours):
    change_user(user, Post("clinician", user.agency, towns=ours.towns), by=admin)


ENDS = {
    "suspended": lambda user, admin, ours: suspend_user(user, "left", by=admin),
    "another role": another_role,
    "sessions ended": lambda user, admin, ours: end_sessions(user, by=admin),
    "sign-in renewed": lambda user, admin, ours: renew_sign_in(user, by=admin),
}


@pytest.mark.parametrize("how", ENDS)
def test_what_ends_the_sessions_of_a_user_ends_their_phones_at_the_next_word(ours, how):
    user = ours.users["recovery_coach"]
    phone, _ = join(user, by=user.actor())
    assert not end_if_over(phone, by=user.actor())
    ENDS[how](user, ours.actor("administrator"), ours)
    phone = type(phone).objects.select_related("user").get(id=phone.id)
    assert end_if_over(phone, by=user.actor())
    phone.refresh_from_db()
    assert phone.revoked_why == ("user" if how == "suspended" else "role")


def test_signing_out_on_the_phone_ends_its_key_and_nothing_else(ours):
    mine, other = Device(ours.users["recovery_coach"]), Device(ours.users["recovery_coach"])
    assert mine.post("/field/leave/", {}, packed=False).json() == {}
    assert Phone.objects.get(id=mine.id).revoked_why == "self"
    assert "signed out on the phone" in said(browser_of(mine.user).get(MINE))
    assert mine.post("/field/leave/", {}, packed=False).status_code == 401
    assert mine.send().json()["gone"] == "revoked"
    assert other.send().status_code == 200


def test_who_is_restored_joins_the_phone_anew(ours):
    user, admin = ours.users["recovery_coach"], ours.actor("administrator")
    phone, _ = join(user, by=user.actor())
    restore_user(suspend_user(user, "asked", by=admin), by=admin)
    phone = type(phone).objects.select_related("user").get(id=phone.id)
    assert end_if_over(phone, by=user.actor())


def test_the_way_to_the_own_phones_stands_with_the_sign_in(ours):
    assert MINE in said(browser_of(ours.users["patrol_officer"]).get("/sign-in/mine/"))
    assert MINE not in said(browser_of(ours.users["epidemiologist"]).get("/sign-in/mine/"))


@pytest.mark.parametrize(
    ("role", "shown"),
    [("recovery_coach", True), ("outreach_officer", True), ("patrol_officer", True), ("data_designee", True),
     ("coordinator", False), ("partner", False), ("administrator", False)],
)  # fmt: skip
def test_the_app_stands_in_the_menu_of_whoever_goes_out(ours, role, shown):
    assert ("On my phone" in said(browser_of(ours.users[role]).get("/sign-in/mine/"))) is shown
