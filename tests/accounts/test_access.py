"""Roles, the custody principle, sign-in and how long a session lives."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from alongside import settings as program_settings
from alongside.accounts import middleware
from alongside.accounts.access import public, role_required
from alongside.accounts.errors import NothingShown
from alongside.accounts.models import User
from alongside.accounts.roles import PERMISSIONS, ROLES, may
from alongside.common.actor import POLICE_CLASSES
from alongside.common.clock import now
from alongside.common.decision import Refused
from tests.cast import two_factor_records

PHRASE = "a lamp beside the water"


@pytest.mark.parametrize("role", ROLES)
def test_every_permission_of_a_role_is_known(role):
    assert ROLES[role].permissions <= set(PERMISSIONS)
    assert str(ROLES[role].label)
    assert str(ROLES[role].sentence)


def test_every_permission_is_held_by_somebody():
    held = set().union(*(role.permissions for role in ROLES.values()))
    assert held == set(PERMISSIONS)


def test_what_police_may_hold_never_opens_a_case_or_a_need():
    for role in ROLES.values():
        if role.police_may_hold:
            assert not role.permissions & {
                "see_queue", "see_case", "note_needs", "assign_team", "close_case", "review_matches", "review_journal",
                "run_machine", "answer_referral", "see_reports",
            }  # fmt: skip


def test_an_unknown_role_and_an_unknown_permission_hold_nothing():
    assert not may("chief", "see_queue")
    assert not may("coordinator", "see_everything")


@pytest.mark.parametrize("role", [code for code, role in ROLES.items() if not role.police_may_hold])
def test_nobody_of_the_police_holds_a_role_that_sees_people(ours, role):
    with pytest.raises((ValidationError, ValueError)):
        ours.user(role, employer="police")


@pytest.mark.parametrize("role", [code for code, role in ROLES.items() if role.police_may_hold])
def test_police_hold_the_roles_made_for_them(ours, role):
    assert ours.user(role, employer="police").actor().is_police


def test_a_role_that_does_not_exist_is_refused_by_the_database(ours):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(id=ours.users["partner"].id).update(role="chief")


def test_an_actor_carries_what_rules_ask_for(ours):
    actor = ours.actor("outreach_officer")
    assert (actor.role, actor.agency_class) == ("outreach_officer", "police")
    assert actor.program_id == ours.program.id
    assert actor.town_ids == {town.id for town in ours.towns}
    assert actor.agency_class in POLICE_CLASSES


# --- a view and its role -----------------------------------------------------------------------------------------------


def ask(view, user):
    request = RequestFactory().get("/somewhere/")
    request.user = user
    request.session = two_factor_records(user) if user.is_authenticated else {}
    return view(request)


class Nobody:
    is_authenticated = False


@role_required("see_queue", "see_own_visits")
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.actor.role)


def test_a_view_is_there_for_each_role_that_holds_one_of_its_permissions(ours):
    for role, user in ours.users.items():
        if may(role, "see_queue") or may(role, "see_own_visits"):
            assert ask(page, user).content == role.encode()
        else:
            with pytest.raises(Http404):
                ask(page, user)


def test_whoever_is_not_signed_in_is_sent_to_the_door():
    answer = ask(page, Nobody())
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_a_misspelt_permission_fails_when_the_program_starts():
    with pytest.raises(KeyError, match="see_qeue"):
        role_required("see_qeue")


def test_views_carry_their_mark():
    assert page.permissions == ("see_queue", "see_own_visits")
    assert public(lambda request: None).permissions == ("public",)


# --- sign-in and sessions --------------------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(ours):
    user = ours.users["coordinator"]
    user.set_password(PHRASE)
    user.save()
    return user


@pytest.fixture
def client():
    return Client()


def sign_in(client, user):
    client.force_login(user)


def test_passphrases_are_kept_as_argon2id(coordinator):
    assert coordinator.password.startswith("argon2$argon2id$")


def test_outside_of_tests_a_guess_costs_what_django_asks_for():
    """The tests hash with less work; the program's own settings do not."""
    assert program_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert Argon2PasswordHasher().encode("a long way beside the river", "salt-of-sixteen-").split("$")[1:4] == [
        "argon2id", "v=19", "m=102400,t=2,p=8",
    ]  # fmt: skip


@pytest.mark.covers("R59")
def test_a_disabled_user_is_out_at_once(coordinator, client):
    sign_in(client, coordinator)
    coordinator.is_active = False
    coordinator.save()
    assert client.get(reverse("home"))["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(
    ("minutes", "signed_in"), [([14], True), ([16], False), ([14] * 51, True), ([14] * 52, False)],
)  # fmt: skip
@pytest.mark.covers("R59")
def test_a_session_ends_after_fifteen_idle_minutes_or_twelve_hours(
    coordinator, client, monkeypatch, minutes, signed_in
):
    start, passed = now(), 0
    sign_in(client, coordinator)
    client.get(reverse("trust"))
    for step in minutes:
        passed += step
        moment = start + timedelta(minutes=passed)
        monkeypatch.setattr(middleware, "now", lambda moment=moment: moment)
        client.get(reverse("trust"))
    assert ("_auth_user_id" in client.session) is signed_in


def test_a_signed_in_page_is_kept_by_nobody(coordinator, client):
    sign_in(client, coordinator)
    assert client.get(reverse("home"))["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "back", "goes_to"),
    [("post", "/cases/1/", "/cases/1/"), ("post", "https://elsewhere.example/", "/"), ("post", "//elsewhere.example", "/"),
     ("post", "", "/"), ("get", "", "/")],
)  # fmt: skip
def test_a_refusal_comes_back_with_its_reason(rf, method, back, goes_to, monkeypatch):
    said = []
    monkeypatch.setattr(middleware.messages, "warning", lambda request, reason: said.append(reason))
    request = getattr(rf, method)("/somewhere/", {"back": back} if back else {})
    guard = middleware.Guard(lambda request: HttpResponse())
    assert guard.process_exception(request, Refused("Phone first."))["Location"] == goes_to
    assert said == ["Phone first."]
    assert guard.process_exception(request, ValueError("Zyxwhale")) is None


def test_an_error_report_shows_no_variable_and_no_posted_value(rf):
    shown = NothingShown()
    request = rf.post("/", {"given_name": "Zyxwhale"})
    assert shown.get_traceback_frame_variables(request, None) == []
    assert shown.get_post_parameters(request) == {}
    assert shown.get_safe_settings() == {}


def test_rows_are_called_by_their_names(ours):
    names = {str(ours.program), str(ours.towns[0]), str(ours.agencies["police"]), str(ours.users["partner"])}
    assert names == {"Harbor Outreach", "Eastpoint", "Harbor Police", "Partner"}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_first_page(ours, client, role):
    client.force_login(ours.users[role])
    answer = client.get(reverse("home"))
    assert answer.status_code in {200, 302}
