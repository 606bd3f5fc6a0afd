"""From a porch to a bed: three taps, an answer from somebody else's phone, a ride, and the visit after the exit."""

from __future__ import annotations

import json
import re

import pytest

from tests.journeys.site import DESK, PHONE, window
from tests.journeys.test_main_job import tab_to, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HAND = {"viewport": PHONE, "is_mobile": True, "has_touch": True}


def case_of(member, name):
    """The address and the code of the case whose card says whom to ask for."""
    link = member.go("/today/").locator(".case-row", has_text=f"Ask for {name}").locator(".case-row__code a")
    return link.get_attribute("href"), link.inner_text()


def link_to(site, agency, code):
    return json.loads(site.inside("mailbox"))[f"{agency}/{code}"]


def test_three_taps_an_answer_by_link_a_ride_and_the_visit_after_the_exit(site, browser):
    with window(browser, site, "coach", **HAND) as coach, window(browser, site, **HAND) as desk:
        address, code = case_of(coach, "Wendeline")
        page = coach.go(f"{address}today/")
        page.get_by_label("Safe place tonight", exact=True).tap()
        page.get_by_label("with a ride: Detox").tap()
        page.get_by_role("button", name="Ask now").tap()
        page.get_by_role("heading", name="Waiting for answers").wait_for()
        for words in ("Stillwater Detox", "Harbor Night Shelter", "Ride: asked for", "without a name"):
            assert words in text_of(page)
        assert not coach.overflows()
        spoken = page.locator(".answer", has_text="Ride: asked for").locator(".spoken").inner_text()

        # The detox answers from the link in its message: no account, no name, two taps.
        answer = desk.go(link_to(site, "Stillwater Detox", code))
        assert "Wendeline" not in answer.content()
        answer.get_by_role("button", name="Yes", exact=True).tap()
        answer.get_by_text("You keep a bed until").wait_for()
        page.get_by_role("link", name="Look again").tap()
        page.get_by_text("Stillwater Detox said yes").wait_for()
        assert "Bed kept until" in text_of(page)
        assert "there by" in text_of(page)

        # Whoever drives types the code that was read out.
        drive = desk.go("/answer/")
        drive.get_by_label(re.compile("code", re.IGNORECASE)).fill(spoken)
        drive.get_by_role("main").get_by_role("button").first.tap()
        for step in ("Yes, we drive now", "They are in the car", "We have arrived"):
            drive.get_by_role("button", name=step).tap()
        drive.get_by_text("You can close this page.").wait_for()

        page.get_by_role("link", name="Look again").tap()
        page.get_by_text("Stillwater Detox: they are there").wait_for()
        assert "Ride: arrived" in text_of(page)
        assert "after leaving detox" in text_of(coach.go(address))
        assert coach.faults + desk.faults == []


def test_without_a_mouse_it_is_three_keys(site, browser):
    with window(browser, site, "coach", viewport=DESK) as coach:
        address, _ = case_of(coach, "Orla")
        page = coach.go(address)
        tab_to(page, "What would help today?")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Ask now").wait_for()
        tab_to(page, "A ride")
        page.keyboard.press("Space")
        tab_to(page, "with a ride : Detox")
        page.keyboard.press("Space")
        tab_to(page, "Ask now")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Waiting for answers").wait_for()
        assert "Ride: asked for" in text_of(page)
        assert coach.faults == []


def test_nobody_answers_somebody_cannot_and_an_agreement_is_taken_back(site, browser):
    with window(browser, site, "coach", **HAND) as coach, window(browser, site, **HAND) as desk:
        silent, silent_code = case_of(coach, "Wendeline")
        agreed, agreed_code = case_of(coach, "Orla")

        # Nobody answers: the list says so, and the number to ring is one tap away.
        site.inside("later")
        page = coach.go("/today/")
        page.locator(".due-line", has_text="no answer since").get_by_role("link", name=silent_code).tap()
        page.get_by_role("heading", name="Waiting for answers").wait_for()
        assert page.get_by_role("link", name="555-0161").get_attribute("href") == "tel:555-0161"

        # A no, with its reason: it comes back to the list.
        answer = desk.go(link_to(site, "Harbor Night Shelter", silent_code))
        answer.get_by_text("Not this time").tap()
        answer.get_by_role("button", name="No bed or no slot").tap()
        answer.get_by_text("the team asks somebody else").wait_for()
        assert "they could not, look for another way" in text_of(coach.go("/today/"))
        assert "no bed or no slot" in text_of(coach.go(f"{silent}answers/"))

        # Taken back: the page that could show a name a moment ago shows nothing of anybody.
        way = link_to(site, "Harbor Night Shelter", agreed_code)
        desk.go(way).get_by_role("button", name="Show who it is").tap()
        desk.page.get_by_text("Orla").wait_for()
        coach.go(agreed).get_by_role("button", name="Take it back").first.tap()
        coach.page.get_by_text("Nothing yet. Nobody is told their name.").wait_for()
        desk.go(way)
        for words in ("Orla", "somewhere quiet", "Show who it is"):
            assert words not in desk.page.content()

        # Somebody else is asked, and says yes on the telephone.
        page = coach.go(f"{agreed}today/")
        page.get_by_label("with a ride: Detox").tap()
        page.get_by_role("button", name="Ask now").tap()
        asked = page.locator(".answer", has_text="Stillwater Detox").last
        asked.get_by_text("They told me on the phone").tap()
        asked.get_by_role("button", name="They said yes").tap()
        page.get_by_text("Stillwater Detox said yes").wait_for()
        page.get_by_role("button", name="They are on the way").tap()
        page.get_by_text("Ride: on the way").wait_for()
        assert coach.faults == []
        assert [fault for fault in desk.faults if "404" not in fault] == []
