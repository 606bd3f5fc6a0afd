"""Match review by keys alone, a join taken back, and the search first at the door: in a browser, readable for everybody."""

from __future__ import annotations

import pytest

from tests.journeys.site import DESK, PHONE, window
from tests.journeys.test_screens import SMALL_PHONE, TAGS, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOUCH = 44  # CSS pixels (WCAG 2.5.5); AA asks for 24


def readable(member):
    page = member.page
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert violations(page, TAGS) == [], (page.url, scheme, size)
    page.set_viewport_size(SMALL_PHONE)
    assert not member.overflows()
    small = [
        (button.inner_text(), box["height"])
        for button in page.locator("main .button").all()
        if (box := button.bounding_box()) and min(box["height"], box["width"]) < TOUCH
    ]
    assert small == []
    page.set_viewport_size(DESK)
    assert page.locator("h1").count() == 1


def tab_to(page, selector):
    """By the Tab key alone, as somebody without a mouse would."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def send_in(page, given, family, born):
    """The search, then the choice to send a new contact in; what was typed goes along."""
    page.get_by_role("link", name="New contact", exact=True).first.click()
    page.wait_for_url("**/people/find/?contact")
    page.get_by_label("First name").fill(given)
    page.get_by_label("Last name").fill(family)
    page.get_by_label("Date of birth").fill(born)
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="The answer").wait_for()
    assert given not in page.content()
    page.locator("main").get_by_role("link", name="New contact", exact=True).click()
    page.wait_for_url("**/intake/contact/?new")
    assert page.get_by_label("Last name").input_value() == family
    assert page.get_by_label("Date of birth").input_value() == born
    assert page.evaluate("sessionStorage.getItem('door')") is None
    page.get_by_label("Overdose", exact=True).check(force=True)
    page.get_by_label("Town", exact=True).select_option(index=1)
    page.get_by_label("Survived", exact=True).check(force=True)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you. It is in").wait_for()


def test_found_alike_joined_by_a_key_and_taken_apart_again(site, browser):
    with window(browser, site, "coordinator", reduced_motion="reduce") as member:
        page = member.go("/today/")
        send_in(page, "Wrenna", "Quillane", "1987-06-03")
        readable(member)
        member.go("/today/")
        send_in(page, "Wrenneth", "Quillane", "1987-06-03")
        member.go("/matches/")
        readable(member)
        pairs = page.locator("[data-keys]").count()
        assert pairs
        title = page.locator("#pair-1 h2").inner_text()
        page.keyboard.press("1")  # nothing has the focus yet: nobody is joined
        assert page.locator("[data-keys]").count() == pairs
        tab_to(page, "#pair-1")
        page.keyboard.press("3")
        page.get_by_text("Put off.").wait_for()
        assert page.locator("[data-keys]").count() == pairs - 1
        page.locator("details", has_text="nobody could tell yet").locator("summary").click()
        assert title in page.locator("details", has_text="nobody could tell yet").inner_text()
        readable(member)
        site.inside("month")
        member.go("/matches/")
        tab_to(page, "#pair-1")
        page.keyboard.press("1")
        page.get_by_text("Joined: one person, one case.").wait_for()
        tab_to(page, "a[href='/matches/decided/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/matches/decided/")
        readable(member)
        tab_to(page, "a[href^='/matches/decided/']:not([href$='/decided/'])")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Take apart").wait_for()
        readable(member)
        tab_to(page, "input[name=why]")
        page.keyboard.press("Space")
        tab_to(page, "main form .button--big")
        page.keyboard.press("Enter")
        page.get_by_text("Taken apart: two people again.").wait_for()
        assert "taken apart on" in page.locator("main").inner_text()
        assert member.faults == []
