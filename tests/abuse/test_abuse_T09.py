"""T9: somebody on the internet before the door. Every address is tried; nothing gives way and nothing says too much."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings as site
from django.core.cache import cache
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alongside.accounts.models import User
from alongside.journal.models import Entry
from tests.cast import canaries_in, case_with_everything
from tests.entrance.conftest import PHRASE, SECRET, Door, code_at
from tests.house.test_addresses import ADDRESSES

pytestmark = pytest.mark.django_db
PLAIN = [(name, view) for name, view, parts in ADDRESSES if not parts]
PUBLIC = {name for name, view, _ in ADDRESSES if view.permissions == ("public",)}
ELSEWHERE = [
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "http:///elsewhere.example",
]


@pytest.fixture
def attacker():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def door(ours):
    case_with_everything(ours)
    user = ours.users["coordinator"]
    user.set_password(PHRASE)
    user.save()
    Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(SECRET)})
    return Door(user)


@pytest.mark.covers("R58")
def test_guessing_gets_nowhere_and_is_journaled(door, journal):
    """Five guesses lock the password path; the right password then opens nothing, and the owner's passkey path is open."""
    for guess in range(6):
        cache.clear()  # a new address each time
        door.password(f"guess number {guess} at the phrase")
    cache.clear()
    assert door.password().status_code == 200
    assert not door.is_in
    assert journal().count("password_locked") == 1
    assert set(journal()) == {"sign_in_failed", "password_locked"}
    assert door.client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).status_code == 200


@pytest.mark.covers("R58")
def test_names_cannot_be_collected(door):
    """Known and unknown names are answered alike on every page that takes a name."""
    for page, field in (("login", "password"), ("first_time", "code")):
        answers = []
        for name in (door.user.username, "nobody-like-this"):
            cache.clear()
            visitor = Client()
            answer = visitor.post(reverse(page), {"login": name, field: "AAAA-BBBB-CCCC-DDDD"})
            text = answer.content.decode().replace(name, "NAME")
            answers.append((answer.status_code, len(text)))
        assert answers[0] == answers[1], page


@pytest.mark.covers("R59")
def test_a_session_made_before_is_not_the_session_after(door):
    """Session fixation: the key changes when somebody comes in."""
    door.get("login")
    door.password()
    before = door.client.session.session_key
    door.code()
    assert door.is_in
    assert door.client.session.session_key != before
    planted = Client()
    planted.cookies[site.SESSION_COOKIE_NAME] = before
    assert planted.get(reverse("home")).status_code == 302
    assert "_auth_user_id" not in planted.session


def test_no_form_is_taken_from_another_site(ours, attacker):
    """CSRF: whoever is signed in and lured elsewhere sends nothing; each address that takes a POST says 403."""
    attacker.force_login(ours.users["administrator"])
    before = Entry.objects.count()
    for name, _view in PLAIN:
        answer = attacker.post(reverse(name), {}, headers={"origin": "https://elsewhere.example"})
        # A phone shows its own key and no cookie: what another site sends comes from no phone.
        phones = {"field:sync": 401, "field:check": 401, "field:leave": 401, "field:hand_over": 400}
        assert answer.status_code == phones.get(name, 403), name
    assert Entry.objects.count() == before


def test_every_answer_forbids_frames_sniffing_and_foreign_scripts(ours):
    """Clickjacking and injected scripts: the same headers on every address, for a visitor and for somebody signed in."""
    inside = Client()
    inside.force_login(ours.users["coordinator"])
    for client in (Client(), inside):
        for name, _view in [*PLAIN, ("not there", None)]:
            answer = client.get(reverse(name) if name != "not there" else "/not/there/")
            policy = answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, name
            assert "default-src 'self'" in policy, name
            assert "unsafe" not in policy, name
            assert answer["X-Frame-Options"] == "DENY", name
            assert answer["X-Content-Type-Options"] == "nosniff", name
            # Of a partner's page not even the path leaves, whose token is the key.
            assert answer["Referrer-Policy"] == ("strict-origin" if name == "partners:code" else "same-origin"), name
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
            assert "Server" not in answer.headers, name


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "localhost:80@elsewhere.example"])
def test_another_host_name_is_not_answered(host, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert Client().get(reverse("login"), headers={"host": host}).status_code == 400


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(door, target):
    """Open redirect: `next` in the address and in the form, before the password and after the code."""
    said = {"login": door.user.username, "password": PHRASE, "next": target}
    first = door.client.post(f"{reverse('login')}?next={target}", said)
    assert first["Location"] == reverse("mfa_authenticate")
    assert door.code()["Location"] == reverse("home")
    again = door.client.post(f"{reverse('mfa_reauthenticate')}?next={target}", {"code": code_at(1), "next": target})
    assert again["Location"] == reverse("home")
    out = door.client.post(reverse("logout"), {"next": target})
    assert "elsewhere" not in out.headers.get("Location", "")


WRITES = ("INSERT", "UPDATE", "DELETE")
# What a GET may write: the session itself, the journal's line about what was looked at, and that counts were printed.
MAY_WRITE = ("django_session", "journal_entry", "usersessions_usersession", "mfa_authenticator", "suppression_release")


@pytest.mark.slow  # what a page asks of a database is said in the same words to each kind
def test_reading_changes_nothing(cast):
    """No state changes on GET: a link in a message cannot make anybody do anything."""
    for role, user in cast.ours.users.items():
        client = Client()
        client.force_login(user)
        for name, _view in PLAIN:
            reset_queries()
            with transaction.atomic(), CaptureQueriesContext(connection) as asked:
                client.get(reverse(name))
                transaction.set_rollback(True)
            wrote = [query["sql"] for query in asked if query["sql"].lstrip().startswith(WRITES)]
            wrote = [sql for sql in wrote if not any(table in sql for table in MAY_WRITE)]
            assert not wrote, (role, name, wrote)


def test_a_visitor_finds_a_short_list_of_pages_and_no_person_on_them(door, attacker):
    for name, _view in PLAIN:
        answer = attacker.get(reverse(name))
        assert not canaries_in(answer.content), name
        if name not in PUBLIC:
            assert answer["Location"].startswith(reverse("login")), name


def test_half_a_sign_in_is_no_sign_in(door):
    """With the password alone, every page but the code's is the door."""
    door.password()
    for name, view in PLAIN:
        if view.permissions != ("public",):
            answer = door.get(name)
            assert answer["Location"].startswith(reverse("login")), name
    assert User.objects.get(pk=door.user.pk).last_login is None


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", '{"id": 1}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}', "x" * 5000],
)
def test_a_made_up_passkey_is_turned_away(credential):
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
