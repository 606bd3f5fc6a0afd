"""Every screen of the app: readable for everybody, by night and on a small phone; silent about anybody at the door."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from alongside.consent.wording import Scope, agreement
from alongside.desk.forms import CARD
from alongside.services.needs import BUTTONS
from tests.field.glass import anew, day, glass, go, kept, violations

pytestmark = pytest.mark.browser

ONE, TWO, THREE = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
PLACES = (
    "day", f"visit/{ONE}", f"visit/{TWO}", f"door/{ONE}", f"met/{ONE}", f"help/{ONE}", f"reach/{ONE}", f"agree/{ONE}",
    f"teach/{ONE}", "contact", "unsent", "clash/c1", "route", "settings",
)  # fmt: skip
LOOKS = [("light", 390), ("dark", 320)]
if os.environ.get("ALONGSIDE_EXAMPLES"):  # a night may look longer
    LOOKS += [("light", 320), ("dark", 390)]
TALL = 844
# What is on the glass to be touched: a tile's own input lies invisible over the whole tile.
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, textarea, input, label.choice, .tap label")]
  .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.matches(".skip, .blank"))
  .map((one) => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 44 || height < 44).map(([name, box]) => [name, box.width, box.height])"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll("main *")].filter((one) => getComputedStyle(one).overflowX === "hidden" &&
  !one.matches(".visually-hidden") && one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"""
FORBIDDEN = re.compile(
    r"overdose|sobredosis|ovèdoz|drug|drog|dwòg|opioid|opioide|opyoyid|opiace|narcan|naloxon|naloksòn|nalokson|\bkit|polic|police|"
    r"lapolis|treatment|tratamiento|tratamento|tretman|recovery|recuperaci|recupera[çc]|rekiperasyon|detox|dezentoks|methadon|metadon|"
    r"needle|syringe|jering|seringa|sereng|piki", re.IGNORECASE
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(glasses):
    with glass(glasses) as page:
        yield page


@pytest.fixture
def phone(opened):
    opened.set_viewport_size({"width": 390, "height": TALL})
    return anew(opened)


def look(page, place, width):
    """The whole screen at once: what waits below the edge is no fault."""
    page.set_viewport_size({"width": width, "height": TALL})
    go(page, place)
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight") + 40})


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_screen_is_readable_for_everybody(phone, scheme, width):
    phone.emulate_media(color_scheme=scheme)
    for place in PLACES:
        look(phone, place, width)
        assert violations(phone) == [], place
        assert phone.evaluate(SMALL) == [], place
        assert phone.evaluate(WIDE) <= 0, place
        assert phone.locator("h1:visible").count() == 1, place
        assert phone.evaluate("document.activeElement.tagName") == "H1", (
            f"{place}: a reader does not start at its heading"
        )


def test_at_twice_the_size_nothing_is_cut_off_or_wider_than_the_glass(phone):
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    try:
        for place in PLACES:
            go(phone, place)
            assert phone.evaluate(WIDE) <= 0, place
            assert phone.evaluate(CUT) == [], place
    finally:
        phone.evaluate("document.documentElement.style.fontSize = ''")


def test_what_is_opened_on_a_screen_is_readable_too(phone):
    """The panels of the list, the questions that follow an answer, the text to agree to, the card, what is not sent."""
    marisol = phone.get_by_role("listitem").filter(has=phone.get_by_role("heading", name="Marisol"))
    for panel in ("No answer", "Kit"):
        marisol.get_by_role("button", name=panel).click()
        assert violations(phone) == [], panel
        assert phone.evaluate(SMALL) == [], panel
    marisol.get_by_role("button", name="To them").click()
    go(phone, f"met/{ONE}")
    for result in ("Has died", "Reached them"):
        phone.get_by_role("radio", name=result).check()
    phone.get_by_text("Where, a note, who was there").click()
    assert violations(phone) == []
    look(phone, "unsent", 390)
    assert phone.get_by_role("heading", name="Marisol").is_visible()
    assert violations(phone) == []
    go(phone, f"door/{ONE}")
    phone.get_by_role("button", name="A card to show or leave").click()
    assert violations(phone) == []


@pytest.mark.nightly
def test_before_it_is_open_it_is_readable_and_says_how_many_tries_are_left(glasses):
    for facts in (day(), day(stores=[]), day(stores=[], who={"signed_in": True, "name": "Ana Costa"})):
        with glass(glasses, facts, unlock=False) as page:
            assert violations(page) == []
            assert page.evaluate(SMALL) == []
            assert page.locator("[data-bottom]").is_hidden()
            if facts["stores"]:
                page.fill("#pin", "111222")
                page.keyboard.press("Enter")
                page.get_by_text("9 more wrong tries").wait_for()
                assert page.evaluate("document.activeElement.id") == "pin"
            elif facts["who"]["signed_in"]:
                page.fill("#pin-one", "271828")
                page.fill("#pin-two", "271829")
                page.keyboard.press("Enter")
                assert page.get_by_text("The two are not the same.").is_visible()
                page.fill("#pin-two", "271828")
                page.keyboard.press("Enter")
                page.wait_for_selector(".screen--day, .screen--finger")


def test_a_reader_hears_a_visit_in_the_order_in_which_it_is_needed(phone):
    heard = phone.locator("main").aria_snapshot()
    order = [
        "Today", "Marisol", "1 h late", "amber-heron 41 · Harborview · Spanish", "Call", "Text", "No answer", "Kit", "Help",
        "Start visit", "Teo", "due in 9 h", "text only", "They asked for text messages only", "amber-heron 43", "no police",
    ]  # fmt: skip
    places = [heard.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    reached = []
    for _ in range(9):
        phone.keyboard.press("Tab")
        reached.append(phone.evaluate("document.activeElement.textContent.trim()"))
    assert reached == ["Two answers to one question wait for you.", "Marisol", "Call", "Text", "No answer", "Kit", "Help",
                       "Start visit", "Teo"]  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_two_days_off_changes_no_hour_on_the_screen(glasses, hours):
    with glass(glasses, day(off=hours * 3_600_000)) as page:
        words = page.locator("main").inner_text()
        assert "as of 2 h ago" in words
        assert "1 h late" in words
        assert "due in 9 h" in words


# --- at the door ----------------------------------------------------------------------------------------------------


def test_at_the_door_no_word_tells_why_or_who_in_any_language(phone):
    marisol = phone.get_by_role("listitem").filter(has=phone.get_by_role("heading", name="Marisol"))
    marisol.get_by_role("button", name="Kit").click()
    marisol.get_by_role("button", name="To them").click()
    phone.get_by_text("Kept on this phone: one kit").wait_for()  # and none of that may be left standing at the door
    go(phone, f"door/{ONE}")
    assert phone.title() == "–"
    assert phone.locator("[data-top], [data-bottom]").locator("visible=true").count() == 0
    assert "Usted no está en problemas" in phone.locator("main").inner_text()  # theirs comes first
    said = set()
    for tongue in ("English", "Español", "Português", "Kreyòl"):
        phone.get_by_role("button", name=tongue).click()
        said.add(phone.locator("body").inner_text())
        phone.get_by_role("button", name="A card to show or leave").click()
        said.add(phone.locator("body").inner_text())
        phone.get_by_role("button", name="Back").click()
    assert len(said) == 8
    for words in said:
        assert not FORBIDDEN.search(words), FORBIDDEN.search(words)
        assert not re.search("Marisol|amber|Harborview|Pier|555|Costa", words)


def test_one_tap_blanks_the_glass_and_the_lock_holds_behind_it(phone, glasses):
    go(phone, f"door/{ONE}")
    phone.get_by_role("button", name="Blank the screen").click()
    assert phone.title() == "–"
    assert phone.locator("[data-page]").is_hidden()
    phone.mouse.click(200, 400)
    assert phone.get_by_role("heading", name="Hello").is_visible()
    with glass(glasses) as page:
        go(page, f"door/{ONE}")
        page.get_by_role("button", name="Blank the screen").click()
        page.evaluate("session.lock()")
        assert page.locator("[data-page]").is_hidden()
        page.mouse.click(200, 400)
        page.get_by_label("Your number").wait_for()
        assert "Marisol" not in page.content()


# --- what a screen lets one do ----------------------------------------------------------------------------------------


def test_the_eight_buttons_are_those_of_the_desk(phone):
    go(phone, f"help/{ONE}")
    tiles = phone.locator(".taps input[name=wants]").evaluate_all("all => all.map((one) => one.value)")
    desk = {need for button in BUTTONS for need in button.needs} | {CARD, "nothing"}
    assert set(tiles) == desk
    assert phone.locator(".tap").count() == len(BUTTONS)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("language", "first"), [("en", "You can say no."), ("es", "Usted"), ("pt-br", "Você"), ("ht", "Ou")]
)
def test_the_text_to_agree_to_is_word_for_word_the_one_of_the_office(phone, language, first):
    go(phone, f"agree/{ONE}")
    phone.get_by_label("Who may be told?").select_option("a1")
    phone.get_by_label("how to reach them").check()
    phone.get_by_label("what they need").check()
    phone.get_by_label("Read it in").select_option(language)
    phone.get_by_role("button", name="Show the text").click()
    read = phone.locator(".agreement").evaluate(
        "one => [...one.querySelectorAll('h2, p, li')].map((line) => line.textContent)"
    )
    until = datetime.now(UTC) + timedelta(days=90)
    scope = Scope("Harbor Health", "Harbor Shelter", "", ("contact", "health"), "referral_send", until)
    text = agreement(scope, language, "UTC")
    (tells, whom), (what, items), (why, _), _until = text.scope
    wanted = [text.title, text.free, f"{tells} {whom[0]}", what, *items, why, *text.promises, text.sign]
    assert [line for line in read if line in wanted] == wanted
    assert len(read) == len(wanted) + 1  # and the day on which it ends, as the phone writes days
    assert first in " ".join(read)
    phone.get_by_role("button", name="They agree").click()
    assert "sign" in phone.get_by_role("alert").inner_text()
    assert kept(phone) == []
    box = phone.locator("canvas").bounding_box()
    phone.locator("canvas").scroll_into_view_if_needed()
    box = phone.locator("canvas").bounding_box()
    phone.mouse.move(box["x"] + 20, box["y"] + 40)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 150, box["y"] + 60, steps=8)
    phone.mouse.up()
    phone.get_by_role("button", name="They agree").click()
    assert [one["data"] for one in kept(phone)] == [{
        "agency": "a1", "categories": ["contact", "health"], "language": language, "age": "adult", "signer": "self",
        "signature": "drawn",
    }]  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize(("answer", "sentence", "starts"), [
    (None, "No signal to ask again. What you see is as of 2 h ago.", True),
    ({"ok": True, "sentence": "", "flags": {"stop": ""}}, "Asked just now: you may go.", True),
    ({"ok": False, "sentence": "", "flags": {"stop": "no_contact"}}, "They asked for no contact.", False),
    ({"ok": False, "sentence": "", "flags": {"deceased": True}}, "They have died.", False),
    ({"ok": False, "sentence": "This visit is not on your list any more.", "flags": {}}, "not on your list any more", False),
])  # fmt: skip
def test_start_visit_asks_once_more_and_says_how_old_the_answer_is(phone, answer, sentence, starts):
    phone.evaluate("answer => { globalThis.checked = answer }", answer)
    go(phone, f"visit/{ONE}")
    phone.get_by_role("button", name="Start visit").click()
    phone.locator("p:visible").filter(has_text=sentence).first.wait_for()
    assert [one["kind"] for one in kept(phone)] == (["outing"] if starts else [])
    if starts:
        assert kept(phone)[0]["data"]["minutes"] == 30
        phone.get_by_role("button", name="I am out").click()
        phone.locator("[data-out]").wait_for(state="hidden")
        assert kept(phone)[1]["data"] == {"outing": kept(phone)[0]["data"]["outing"]}


def test_a_full_phone_says_so_and_what_was_tapped_stays(glasses):
    with glass(glasses, day(full=True)) as page:
        go(page, f"met/{ONE}")
        page.get_by_role("radio", name="Reached them").check()
        page.get_by_role("radio", name="Not today").check()
        page.get_by_role("button", name="Keep it").click()
        page.get_by_text("This phone is full").wait_for()
        assert page.get_by_role("radio", name="Not today").is_checked()


def test_two_answers_are_shown_side_by_side_and_the_choice_carries_the_new_version(phone):
    go(phone, "clash/c1")
    words = phone.locator("main").inner_text()
    assert "Mari\n" in words
    assert "Marisol\n" in words
    phone.get_by_role("button", name="This one").first.click()
    assert kept(phone) == [
        {"kind": "contact_field", "of": ONE, "base": {"ask_for": "a1b2"}, "data": {"field": "ask_for", "value": "Mari"}}
    ]


def test_no_police_is_lifted_on_the_phone_only_when_they_said_so(glasses):
    given = day()
    first = given["pack"]["visits"][0]["case"]
    given["pack"]["clashes"] = [{"id": "c2", "case": first, "field": "no_police", "said": False, "stands": True}]
    with glass(glasses, given) as page:
        go(page, "clash/c2")
        page.get_by_role("button", name="This one").first.click()
        assert kept(page) == []
        assert page.locator(".screen--clash [data-slot=wrong]").inner_text()
        page.get_by_label("They said so themselves").check()
        page.get_by_role("button", name="This one").first.click()
        page.wait_for_selector(".screen--unsent, .screen--visit, .screen--day")
        assert [one["data"] for one in kept(page)] == [{"field": "no_police", "value": False, "said_so": True}]


def card_of(page, name):
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def test_who_asked_for_no_contact_at_the_door_is_left_alone_by_this_phone_at_once(phone):
    go(phone, f"met/{ONE}")
    phone.get_by_label("Reached them").check()
    phone.get_by_label("Asked for no contact").check()
    phone.get_by_role("button", name="Keep it").click()
    phone.wait_for_selector(".screen--day")
    card = card_of(phone, "Marisol")
    assert "They asked for no contact." in card.inner_text()
    assert card.get_by_role("link", name="Call").is_hidden()
    go(phone, f"visit/{ONE}")
    assert phone.get_by_role("button", name="Start visit").is_hidden()


def test_what_was_changed_on_the_phone_stands_there_and_can_be_changed_back(phone):
    go(phone, f"reach/{ONE}")
    phone.get_by_label("Text messages only").check()
    phone.get_by_label("Name to ask for").fill("Mari")
    phone.get_by_role("button", name="Keep it").click()
    phone.wait_for_selector(".screen--visit")
    assert phone.get_by_role("link", name="Call").is_hidden()
    go(phone, f"reach/{ONE}")
    assert phone.get_by_label("Name to ask for").input_value() == "Mari"
    phone.get_by_label("Text messages only").uncheck()
    phone.get_by_role("button", name="Keep it").click()
    phone.wait_for_selector(".screen--visit")
    assert [one["data"]["value"] for one in kept(phone)] == ["Mari", True, False]
    assert phone.get_by_role("link", name="Call").is_visible()


@pytest.mark.parametrize("flag", ["in_custody", "in_hospital", "in_treatment", "not_today"])
def test_without_signal_nobody_starts_for_who_is_not_there_as_far_as_is_known(glasses, flag):
    given = day()
    given["pack"]["visits"][0]["flags"][flag] = True
    with glass(glasses, given) as page:
        go(page, f"visit/{ONE}")
        assert page.get_by_role("button", name="Start visit").is_hidden()
        assert page.locator(".screen--visit [data-slot=halt]").inner_text()


def test_what_was_typed_comes_back_after_the_lock_and_a_number_does_not(phone):
    go(phone, f"met/{ONE}")
    phone.get_by_label("Reached them").check()
    phone.get_by_label("Wants help with something").check()
    phone.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    phone.get_by_label("Note for the team").fill("likes the early bus")
    phone.evaluate("session.lock()")
    phone.wait_for_selector("#pin")
    assert "early bus" not in phone.content()
    phone.fill("#pin", "271828")
    phone.click("form .button")
    phone.wait_for_selector(".screen--met")
    assert phone.get_by_label("Note for the team").input_value() == "likes the early bus"
    assert phone.get_by_label("Wants help with something").is_checked()
    phone.get_by_role("button", name="Keep it").click()
    phone.wait_for_selector(".screen--day")
    assert kept(phone)[0]["data"]["note"] == "likes the early bus"


def test_a_visit_begun_without_signal_does_not_promise_that_somebody_is_told(phone):
    go(phone, f"visit/{ONE}")
    phone.get_by_role("button", name="Start visit").click()
    bar = phone.locator("[data-out]")
    bar.wait_for()
    assert "nobody knows yet that you are out" in bar.inner_text()
    phone.get_by_role("button", name="I am out").click()


def test_only_what_was_changed_about_reaching_them_is_kept_with_the_version_it_was_read_in(phone):
    go(phone, f"reach/{ONE}")
    phone.get_by_label("Name to ask for").fill("Mari")
    phone.get_by_label("No police at visits").check()
    phone.get_by_label("They like best").select_option(label="Text message")
    phone.get_by_role("button", name="Keep it").click()
    phone.wait_for_selector(".screen--visit")
    assert [(one["data"]["field"], one["data"]["value"], one["base"]) for one in kept(phone)] == [
        ("ask_for", "Mari", {"ask_for": "a1b2"}), ("no_police", True, {"no_police": "c3d4"}), ("prefers", "text", {}),
    ]  # fmt: skip


def test_an_officer_is_offered_neither_needs_nor_notes_nor_a_call_to_who_wants_no_police(glasses):
    with glass(glasses, day("outreach_officer")) as page:
        assert page.get_by_role("link", name="Help").count() == 0
        assert "Somebody else goes" in page.locator("main").inner_text()
        for place in (f"help/{ONE}", f"agree/{ONE}", f"teach/{ONE}"):
            page.evaluate("place => { location.hash = place }", place)
            page.get_by_role("heading", name="Not on this phone").wait_for()
            page.evaluate("location.hash = 'day'")
            page.wait_for_selector(".screen--day")
        go(page, f"met/{ONE}")
        page.get_by_text("Where, a note, who was there").click()
        assert page.get_by_label("Note for the team").is_hidden()
        go(page, f"visit/{THREE}")
        assert page.get_by_role("button", name="Start visit").is_hidden()


def test_patrol_has_nothing_but_the_contact_and_what_is_not_sent(glasses):
    with glass(glasses, day("patrol_officer")) as page:
        assert page.get_by_role("navigation").inner_text().split() == ["Contact", "Settings"]
        page.evaluate("location.hash = 'route'")
        page.get_by_role("heading", name="New contact").wait_for()
        page.get_by_role("button", name="I left a kit").click()
        assert kept(page) == [{"kind": "kits", "data": {"kits": 1, "to": "anonymous"}, "of": None, "base": {}}]
        go(page, "unsent")
        assert "naloxone handed out" in page.locator("main").inner_text()


def test_signing_out_warns_about_what_is_not_sent_and_leaves_nothing_on_the_screen_or_beside_it(glasses):
    other = {"id": "other", "label": "T. L.", "locked": True, "unsent": 0, "passkey": False, "erased": "", "broken": False}
    with glass(glasses, day(left=[other])) as page:
        marisol = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Marisol"))
        marisol.get_by_role("button", name="Kit").click()
        marisol.get_by_role("button", name="To them").click()
        page.evaluate("localStorage.setItem('out-other', '{}')")  # somebody else of this phone is out
        go(page, "settings")
        assert "1 things are not sent" in page.locator("main").inner_text()
        page.get_by_role("button", name="Sign out and erase").click()
        page.get_by_role("button", name="Yes, erase").click()
        page.wait_for_selector(".screen--start, .screen--unlock")
        assert "Marisol" not in page.content()
        assert page.evaluate("Object.keys(localStorage)") == ["out-other"]


# --- the page itself --------------------------------------------------------------------------------------------------


def test_every_word_of_the_page_goes_through_the_translation_but_what_is_said_at_the_door():
    folder = finders.find("field/app.js").replace("static/field/app.js", "field/templates/field/")
    for path in [*Path(folder).glob("_*.html"), Path(folder) / "shell.html"]:
        text = re.sub(r'<template id="tongues">.*?</template>', "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"\{#.*?#\}|<option[^>]*>[^<]*</option>|<button[^>]* lang=[^>]*>[^<]*</button>", "", text)
        bare = re.findall(r">([^<>]*[A-Za-z]{2}[^<>]*)<", re.sub(r"\{[%{].*?[%}]\}", "", text))
        assert bare == [], f"{path.name}: {bare}"
        assert not re.search(r'(?:aria-label|title|placeholder|alt)="[^"{]*[A-Za-z]', text), path.name
