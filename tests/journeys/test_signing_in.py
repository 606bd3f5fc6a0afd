"""The sign-in in a real browser: set up a passkey, come back with it alone, and what a page may load."""

from __future__ import annotations

import re

import pytest

from tests.journeys.site import DESK, PASSWORD, PHONE, Window, totp, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def put_in_authenticator(member: Window):
    """A security key of Chromium's own that has a finger on it."""
    link = member.context.new_cdp_session(member.page)
    link.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    return link, link.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


@pytest.mark.covers("R56", "R58")
def test_a_passkey_is_added_and_opens_alone(site, browser):
    with window(browser, site, "clinician", **PHONE_OPTIONS) as member:
        page = member.page
        put_in_authenticator(member)
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Samuel Achebe, RN").click()
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_label("A name for it").fill("my phone")
        page.get_by_role("button", name="Add it").click()
        page.wait_for_url("**/sign-in/mine/codes/**")
        member.go("/sign-in/mine/")
        assert page.get_by_text("my phone since").is_visible()
        member.go("/sign-in/mine/")
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in/**")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        assert page.get_by_role("button", name="Menu").is_visible()
        assert member.faults == []


PHONE_OPTIONS = {"viewport": PHONE}


@pytest.mark.covers("R56")
def test_a_passkey_that_did_not_ask_for_the_finger_does_not_open(site, browser):
    with window(browser, site, "privacy", viewport=DESK) as member:
        link, key = put_in_authenticator(member)
        member.go("/sign-in/mine/passkey/")
        member.page.get_by_role("button", name="Add it").click()
        member.page.wait_for_url("**/codes/**")
        member.go("/sign-in/mine/")
        member.page.get_by_role("button", name="Sign out").click()
        link.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
        member.page.get_by_role("button", name="Sign in with a passkey").click()
        member.page.get_by_text("No passkey came back").wait_for()
        assert "/sign-in/" in member.page.url


@pytest.mark.covers("R56", "R61")
def test_a_new_user_goes_from_the_code_to_the_first_page(site, browser):
    with window(browser, site, "administrator", viewport=DESK) as office:
        page = office.go("/add-user/")
        page.get_by_label("Sign-in name").fill("ines")
        page.get_by_label("Name", exact=True).fill("Ines Duarte")
        page.get_by_label("Role").select_option("epidemiologist")
        page.get_by_label("Agency").select_option(label="Harbor Health")
        page.get_by_role("button", name="Add, and show the set-up code").click()
        code = page.locator("[data-set-up-code]").inner_text()
        assert office.faults == []
    with window(browser, site, viewport=PHONE) as member:
        page = member.go("/sign-in/")
        page.get_by_role("link", name="Use the set-up code from your administrator.").click()
        page.get_by_label("Sign-in name").fill("ines")
        page.get_by_label("Set-up code").fill(code)
        page.get_by_role("button", name="Go on").click()
        assert not member.overflows()
        page.get_by_role("link", name="Choose a password first").click()
        page.get_by_label("New password").fill(PASSWORD + " at night")
        page.get_by_label("The same again").fill(PASSWORD + " at night")
        page.get_by_role("button", name="Keep it").click()
        secret = page.get_by_label("The key", exact=True).inner_text()
        assert page.locator("figure.square svg").is_visible()
        assert not member.overflows()
        step = int(page.evaluate("Date.now()") / 30_000)
        page.get_by_label("The code it shows now").fill(totp(secret, step))
        page.get_by_role("button", name="Add it").click()
        codes = page.locator(".codes li").all_inner_texts()
        assert len(codes) == 10
        assert all(re.fullmatch(r"\d{8}", code) for code in codes)
        assert not member.overflows()
        page.get_by_role("link", name="I have kept them").click()
        page.wait_for_url("**/reports/month/**")
        assert member.faults == []
