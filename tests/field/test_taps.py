"""What is done at a door takes as few taps as on paper: real taps on a real screen, counted."""

from __future__ import annotations

import re

import pytest

from tests.field.glass import anew, day, glass, go, kept

pytestmark = pytest.mark.browser

ONE, TWO = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))


class Finger:
    """One finger on the glass. It can only tap what shows and what nothing lies over."""

    def __init__(self, page) -> None:
        self.page, self.taps = page, 0

    def on(self, name: str | re.Pattern[str], *, role: str = "button", within=None, exact: bool = False) -> None:
        (within or self.page).get_by_role(role, name=name, exact=exact).tap()
        self.taps += 1


@pytest.fixture(scope="module")
def opened(glasses):
    with glass(glasses, has_touch=True) as page:
        yield page


@pytest.fixture
def phone(opened):
    return anew(opened)


def card(page, name):
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


@pytest.mark.parametrize(("how", "channel"), [("Called", "phone"), ("Knocked", "home")])
def test_no_answer_is_two_taps(phone, how, channel):
    finger, marisol = Finger(phone), card(phone, "Marisol")
    finger.on("No answer", within=marisol)
    finger.on(how, within=marisol)
    assert kept(phone) == [
        {"kind": "attempt", "data": {"channel": channel, "result": "no_answer"}, "of": ONE, "base": {}}
    ]
    assert finger.taps == 2
    phone.get_by_role("status").get_by_text("Kept on this phone.").wait_for()
    assert phone.evaluate("document.activeElement.textContent") == "No answer"  # and one can go on from there


def test_a_knock_before_any_call_asks_why_in_one_more_tap(glasses):
    facts = day()
    facts["pack"]["visits"][1]["flags"]["text_only"] = False
    with glass(glasses, facts, has_touch=True) as page:
        finger, teo = Finger(page), card(page, "Teo")
        finger.on("No answer", within=teo)
        finger.on("Knocked", within=teo)
        assert kept(page) == []
        finger.on("no working phone is known", role="radio", within=teo)
        assert [one["data"]["waiver"] for one in kept(page)] == ["no_phone"]
        assert finger.taps == 3


@pytest.mark.parametrize(("whom", "code"), [("To them", "person"), ("To a loved one", "loved_one")])
def test_a_kit_is_two_taps(phone, whom, code):
    finger, marisol = Finger(phone), card(phone, "Marisol")
    finger.on("Kit", within=marisol)
    finger.on(whom, within=marisol)
    assert kept(phone) == [{"kind": "kits", "data": {"kits": 1, "to": code}, "of": ONE, "base": {}}]
    assert finger.taps == 2


def test_a_bed_and_the_ride_to_it_are_three_taps(phone):
    finger = Finger(phone)
    finger.on("Help", role="link", within=card(phone, "Marisol"))
    finger.on(re.compile("with a ride.*Safe place tonight"), role="checkbox")
    finger.on("Ask now")
    assert kept(phone) == [
        {"kind": "help", "data": {"wants": [], "rides_to": ["shelter_tonight"]}, "of": ONE, "base": {}}
    ]
    assert finger.taps == 3


@pytest.mark.parametrize("role", ["patrol_officer", "recovery_coach"])
def test_a_contact_is_six_taps_and_a_name(glasses, role):
    with glass(glasses, day(role), has_touch=True) as page:
        if role == "recovery_coach":
            go(page, "contact")
        finger = Finger(page)
        for tile in ("Overdose", "Harborview", "Survived", "2", "Yes"):
            finger.on(tile, role="radio", exact=True)
        page.get_by_label("A name to ask for").fill("Lu")
        finger.on("Keep it")
        page.get_by_text("Kept on this phone.").wait_for()
        assert finger.taps == 6
        assert kept(page) == [{"kind": "contact", "of": None, "base": {}, "data": {
            "kind": "overdose", "minutes_ago": 0, "town": "t1", "outcome": "non_fatal", "naloxone_doses": 2,
            "naloxone_by": [], "facts": [], "check_in_ok": "yes", "given_name": "Lu",
        }}]  # fmt: skip
        # Nothing of it is shown again but the town, which the next one most likely shares.
        assert page.get_by_label("A name to ask for").input_value() == ""
        assert page.get_by_role("radio", name="Harborview").is_checked()
        assert not page.get_by_role("radio", name="Overdose", exact=True).is_checked()


def test_what_happened_is_three_taps_and_says_what_they_wanted(phone):
    go(phone, f"met/{ONE}")
    finger = Finger(phone)
    finger.on("Keep it")
    assert "Choose one" in phone.get_by_role("alert").inner_text()
    assert kept(phone) == []
    finger.taps = 0
    finger.on("Reached them", role="radio")
    finger.on("Check-ins are fine", role="radio")
    finger.on("Keep it")
    assert [one["data"] for one in kept(phone)] == [{"channel": "home", "result": "reached", "response": "check_ins"}]
    assert finger.taps == 3


def test_a_death_is_asked_once_more(phone):
    go(phone, f"met/{ONE}")
    finger = Finger(phone)
    finger.on("Has died", role="radio")
    finger.on("Keep it")
    assert kept(phone) == []
    finger.on("Yes, they have died", role="checkbox")
    finger.on("Keep it")
    assert [one["data"]["result"] for one in kept(phone)] == ["deceased"]


def test_nothing_today_is_help_too_and_a_card_leaves_no_trace(phone):
    go(phone, f"help/{ONE}")
    finger = Finger(phone)
    finger.on("Syringe services", role="checkbox", exact=True)
    finger.on("Ask now")
    phone.get_by_text("Nothing is written down").wait_for()
    assert kept(phone) == []
    go(phone, f"help/{ONE}")
    finger.on("Nothing today", role="checkbox")
    finger.on("Ask now")
    assert [one["data"] for one in kept(phone)] == [{"wants": ["nothing"], "rides_to": []}]
