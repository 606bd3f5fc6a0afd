"""Another house says who somebody is: for its own agency only, for users that are there, and never instead of our factor."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect import views as openid
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from tests.entrance.conftest import Door, give_sign_in

pytestmark = pytest.mark.django_db
CONFIGURATION = {
    "issuer": "https://idp.example", "authorization_endpoint": "https://idp.example/authorize",
    "token_endpoint": "https://idp.example/token", "userinfo_endpoint": "https://idp.example/me",
    "jwks_uri": "https://idp.example/keys",
}  # fmt: skip


@pytest.fixture
def house(settings, monkeypatch, ours):
    """A provider in this process: it vouches for whatever name the test puts in."""
    settings.OIDC_NAME, settings.OIDC_AGENCY, settings.OIDC_CLAIM = "County", ours.agencies["health"].name, "preferred_username"
    stated = {"sub": "42", "preferred_username": ours.users["coordinator"].username}

    adapter = openid.OpenIDConnectOAuth2Adapter
    monkeypatch.setattr(adapter, "openid_config", CONFIGURATION)
    monkeypatch.setattr(adapter, "_fetch_user_info", lambda self, access_token: stated)
    token = {"access_token": "made-up"}
    monkeypatch.setattr(OAuth2Client, "get_access_token", lambda self, code, pkce_code_verifier=None, **more: token)
    return stated


def come_back(client):
    away = client.post(reverse("openid_connect_login", kwargs={"provider_id": "agency"}))
    assert away["Location"].startswith(CONFIGURATION["authorization_endpoint"]), away["Location"]
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    return client.get(reverse("openid_connect_callback", kwargs={"provider_id": "agency"}), {"code": "c", "state": state})


@pytest.mark.covers("R56")
def test_it_leads_to_our_second_factor_and_keeps_no_claims(house, ours):
    give_sign_in(ours.users["coordinator"])
    door = Door(ours.users["coordinator"])
    assert come_back(door.client)["Location"] == reverse("mfa_authenticate")
    assert not door.is_in
    door.code()
    assert door.is_in
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.covers("R56")
def test_without_our_second_factor_there_is_only_setting_one_up(house, ours):
    client = Client()
    come_back(client)
    assert client.get(reverse("desk:today"))["Location"] == reverse("set_up")


@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach", "nobody"])
def test_it_vouches_for_nobody_elses_users_and_makes_none(house, ours, role):
    count = User.objects.count()
    house["preferred_username"] = ours.users[role].username if role != "nobody" else "somebody-new"
    client = Client()
    assert come_back(client)["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert (User.objects.count(), SocialAccount.objects.count()) == (count, 0)


def test_it_does_not_open_a_suspended_account(house, ours):
    User.objects.filter(pk=ours.users["coordinator"].pk).update(is_active=False)
    client = Client()
    assert come_back(client)["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_it_is_off_unless_it_is_configured(client):
    for method, name in (("post", "openid_connect_login"), ("get", "openid_connect_callback")):
        assert getattr(client, method)(reverse(name, kwargs={"provider_id": "agency"})).status_code == 404
    assert b"Sign in with" in client.get(reverse("login")).content
    assert b"openid" not in client.get(reverse("login")).content
