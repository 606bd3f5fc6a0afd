"""Set-up codes, passwords, fresh factors, and what ends a session."""

import time
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alongside.accounts import access, actions
from alongside.accounts.actions import Post, change_user, suspend_user
from alongside.accounts.models import SetUpCode, User
from alongside.accounts.rules import too_easy
from alongside.common.clock import now
from alongside.entrance.forms import PasswordForm
from tests.cast import force_two_factors
from tests.entrance.conftest import PHRASE, Door, code_at, give_sign_in
from tests.house.test_addresses import ADDRESSES

pytestmark = pytest.mark.django_db


# --- passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R57")
@pytest.mark.parametrize(
    ("phrase", "good"),
    [("fourteen signs", False), ("fifteen signs !", True), ("eight small boats on the gray water " * 2, True),
     ("Zq7 rivers" * 12 + "12345678", True), ("дуб и река тихо спят", True), ("水のそばのランプと静かな夜の小さな舟", True),
     ("nur kleine buchstaben", True), ("passwordpassword1", False), ("1234567890123456", False), ("aaaaaaaaaaaaaaaaaaaa", False),
     ("harbor outreach 2026", False), ("Coordinator12345", False), ("Eastpoint Police1", False)],
)  # fmt: skip
def test_a_password_is_long_and_not_easy_and_nothing_else_is_asked(ours, phrase, good):
    form = PasswordForm({"password": phrase, "again": phrase}, user=ours.users["coordinator"])
    assert form.is_valid() is good, form.errors


@pytest.mark.covers("R57")
@pytest.mark.parametrize("length", [14, 15, 64, 128])
def test_what_is_kept_opens_again_whatever_its_length_and_signs(door, length):
    phrase = (" ключ 鍵 llave, " * 12)[: length - 1] + "!"
    answer = _choose(door, phrase)
    assert answer.status_code == (422 if length < 15 else 302)
    if length >= 15:
        other = Door(door.user)
        other.password(phrase)
        other.code(step=1)
        assert other.is_in
        assert not User.objects.get(pk=door.user.pk).check_password(phrase.strip())


def _choose(door, phrase):
    door.client.force_login(door.user)
    return door.post("choose_password", {"password": phrase, "again": phrase})


@pytest.mark.covers("R57")
def test_a_new_password_ends_the_other_sessions_and_not_this_one(door, elsewhere, journal):
    elsewhere.client.force_login(door.user)
    _choose(door, "another lamp by another river")
    assert door.is_in
    assert not elsewhere.is_in
    assert journal() == ["factor_changed"]


@pytest.mark.covers("R57")
def test_pages_let_a_password_be_pasted_and_never_ask_to_change_it_by_the_calendar(door):
    door.client.force_login(door.user)
    for page in (Client().get(reverse("login")), door.get("choose_password")):
        assert b"onpaste" not in page.content
        assert b'autocomplete="off"' not in page.content
    User.objects.filter(pk=door.user.pk).update(reviewed_on=now().date())
    assert not [field.name for field in User._meta.fields if "password" in field.name and "expire" in field.name]
    assert door.user.password.startswith("argon2$argon2id$")


@given(st.text(min_size=1, max_size=40))
def test_too_easy_never_fails(text):
    assert too_easy(text, [text]) in {True, False}
    assert too_easy(text * 1, [text + " " + text]) or len(text.split()) != 1 or len(text) < 4


# --- the set-up code ------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(ours):
    by = ours.actor("administrator")
    user, code = actions.add_user("new-coach", "Ines Duarte", Post("recovery_coach", ours.agencies["recovery"]), by=by)
    return Door(user), code


def redeem(door, code):
    return door.post("first_time", {"login": door.user.username, "code": code})


@pytest.mark.covers("R56")
def test_a_set_up_code_opens_once_and_only_to_setting_up(newcomer, journal):
    door, code = newcomer
    assert code not in str(SetUpCode.objects.values())
    assert redeem(door, "AAAA-AAAA-AAAA-AAAA").status_code == 200
    answer = redeem(door, code.lower().replace("-", " "))
    assert answer["Location"] == reverse("set_up")
    assert journal() == ["sign_in_failed", "signed_in"]
    assert door.get("desk:today")["Location"] == reverse("set_up")
    assert door.get("mfa_activate_totp")["Location"] == reverse("choose_password")
    later = Door(door.user)
    assert redeem(later, code).status_code == 200
    assert not later.is_in


@pytest.mark.covers("R56")
def test_a_set_up_code_grows_old(newcomer):
    door, code = newcomer
    SetUpCode.objects.update(expires_at=now() - timedelta(seconds=1))
    assert redeem(door, code).status_code == 200


@pytest.mark.covers("R56")
def test_a_lost_factor_is_renewed_in_person_only(door, office, journal):
    door.enter()
    assert office.post("user_renew", user_id=door.user.pk)["Location"] == reverse("user", kwargs={"user_id": door.user.pk})
    assert door.is_in
    page = office.post("user_renew", {"in_person": "1"}, user_id=door.user.pk).content.decode()
    code = page.split("data-set-up-code>")[1].split("<")[0]
    assert not door.is_in
    assert not Authenticator.objects.filter(user=door.user).exists()
    cache.clear()
    assert door.password().status_code == 200
    assert not door.is_in
    assert {"factor_changed", "sessions_ended"} <= set(journal())
    assert redeem(Door(door.user), code)["Location"] == reverse("set_up")


# --- what ends a session --------------------------------------------------------------------------------------------

ENDS = {
    "role": lambda user, by, ours: change_user(user, Post("clinician", user.agency, "", user.towns.all()), by=by),
    "agency": lambda user, by, ours: change_user(user, Post(user.role, ours.agencies["recovery"], "", user.towns.all()), by=by),
    "suspended": lambda user, by, ours: suspend_user(user, "left", by=by),
    "lost device": lambda user, by, ours: actions.end_sessions(user, by=by),
    "straight in the database": lambda user, by, ours: User.objects.filter(pk=user.pk).update(role="clinician"),
}


@pytest.mark.covers("R59")
@pytest.mark.parametrize("what", ENDS)
def test_a_session_is_dead_at_the_next_request(door, elsewhere, ours, what):
    for at in (door, elsewhere):
        at.client.force_login(door.user)
        assert at.is_in
    ENDS[what](User.objects.get(pk=door.user.pk), ours.actor("administrator"), ours)
    for at in (door, elsewhere):
        assert not at.is_in
        assert at.client.get(reverse("home"))["Location"].startswith(reverse("login"))


@pytest.mark.covers("R59")
def test_signing_out_ends_the_session_on_the_server(door):
    door.enter()
    kept = door.client.cookies[site.SESSION_COOKIE_NAME].value
    door.post("logout")
    assert not import_module(site.SESSION_ENGINE).SessionStore().exists(kept)


@pytest.mark.covers("R59")
def test_a_user_sees_and_ends_the_other_sessions(door, elsewhere, journal):
    door.enter()
    elsewhere.enter(step=1)
    assert elsewhere.is_in
    assert UserSession.objects.filter(user=door.user).count() == 2
    page = door.get("mfa_index").content.decode()
    assert page.count("127.0.0.1") == 2
    door.post("end_other_sessions")
    assert door.is_in
    assert not elsewhere.is_in
    assert journal()[-1] == "sessions_ended"


@pytest.mark.covers("R59")
def test_no_session_state_is_kept_in_a_cache_or_a_process(settings):
    """A session that ended on one server is over on every other: state and user are read from the database each time."""
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


# --- the fresh factor -----------------------------------------------------------------------------------------------

FRESH = [(name, view, parts) for name, view, parts in ADDRESSES if getattr(view, "fresh", False)]
MUST_BE_FRESH = {
    "users_reviewed", "user_add", "user", "user_suspend", "user_restore", "user_release", "user_sessions", "user_renew",
    "choose_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "rights:open", "rights:answer", "rights:copy",
    "legal:approve", "legal:pack", "legal:hand_over", "review:danger", "review:breaches", "review:affected_file",
    "reports:month_csv",
}  # fmt: skip


@pytest.mark.covers("R60")
def test_what_is_grave_is_marked():
    assert {name for name, _, _ in FRESH} >= MUST_BE_FRESH


@pytest.mark.covers("R60")
def test_an_old_factor_is_asked_for_again_and_leads_back(ours, monkeypatch, journal):
    user = ours.users["administrator"]
    give_sign_in(user)
    door = Door(user)
    door.enter()
    assert door.get("user_add").status_code == 200
    passed = now() + timedelta(minutes=5, seconds=2)
    monkeypatch.setattr(access, "now", lambda: passed)
    away = door.get("user_add")
    assert away["Location"] == f"{reverse('mfa_reauthenticate')}?next={reverse('user_add')}"
    refused = door.post("user_suspend", user_id=ours.users["partner"].pk)
    assert refused["Location"].startswith(reverse("mfa_reauthenticate"))
    assert User.objects.get(pk=ours.users["partner"].pk).is_active
    monkeypatch.undo()
    back = door.client.post(away["Location"], {"code": code_at(1), "next": reverse("user_add")})
    assert back["Location"] == reverse("user_add")
    records = door.client.session["account_authentication_methods"]
    assert records[-1]["method"] == "mfa"
    assert time.time() - records[-1]["at"] < 60


@pytest.mark.covers("R60")
def test_a_password_alone_is_never_a_fresh_factor(door):
    names = {name for name, _, _ in ADDRESSES}
    assert "account_reauthenticate" not in names
    force_two_factors(door.client, door.user)
    page = door.get("mfa_reauthenticate").content.decode()
    assert 'type="password"' not in page
    assert "/sign-in/again/" in page


@pytest.mark.covers("R60")
def test_what_was_sent_too_late_is_kept_nowhere(office, monkeypatch):
    passed = now() + timedelta(days=2)
    monkeypatch.setattr(access, "now", lambda: passed)
    office.post("user_add", {"display_name": "Zyxwhale"})
    assert "Zyxwhale" not in str(dict(office.client.session))


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/x", "javascript:alert(1)"])
def test_it_never_leads_back_to_elsewhere(door, office, monkeypatch, back):
    passed = now() + timedelta(days=2)
    monkeypatch.setattr(access, "now", lambda: passed)
    answer = office.post("user_suspend", {"back": back}, user_id=door.user.pk)
    assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=/"


def test_the_phrase_of_these_tests_is_a_good_one(ours):
    assert PasswordForm({"password": PHRASE, "again": PHRASE}, user=ours.users["partner"]).is_valid()
