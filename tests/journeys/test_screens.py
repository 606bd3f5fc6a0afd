"""Every main screen, for its role: readable for everybody, on a phone and by night, and silent towards the outside."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize

from tests.field.glass import violations
from tests.journeys.site import DESK, PHONE, SCREENS, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def windows(site, browser):
    """One window per login, opened when the first screen asks for it."""
    opened = {}

    def window_of(login):
        if login not in opened:
            holder = window(browser, site, login, reduced_motion="reduce")
            opened[login] = (holder, holder.__enter__())
        return opened[login][1]

    yield window_of
    for holder, _ in opened.values():
        holder.__exit__(None, None, None)


@pytest.mark.parametrize(("name", "login", "way"), SCREENS, ids=[screen[0] for screen in SCREENS])
def test_a_screen_is_readable_for_everybody(windows, name, login, way):
    member = windows(login)
    page = member.page
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    member.faults.clear()
    assert member.follow(way), f"no way to {name}"
    faults = [fault for fault in member.faults if not (name == "not-found" and "404" in fault)]
    assert faults == []
    assert page.title().strip()
    assert page.locator("h1").count() == 1
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert violations(page, TAGS) == [], (scheme, size)
    for size in (DESK, PHONE, SMALL_PHONE):
        page.set_viewport_size(size)
        assert not member.overflows(), f"wider than {size['width']} pixels"
