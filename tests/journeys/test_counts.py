"""Counts, warnings and what-if in a browser: by keyboard alone, and each picture with its table by day, by night and on paper."""

from __future__ import annotations

import pytest

from tests.journeys.site import DESK, PHONE, TOP, window
from tests.journeys.test_screens import SMALL_PHONE, TAGS, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "month": ("/reports/month/?month={month}", {"steps", "hours", "trend", "needs", "kits", "towns", "home", "housing"}),
    "form": ("/reports/forms/?form=board&month={month}", set()),
    "signals": ("/signals/", {"weeks"}),
    "why": ("/signals/why/", set()),
    "what-if": ("/plan/what-if/", set()),
}
# For each figure: its name, whether something is drawn in it that keeps its color on paper, and whether its table is shown
# (a table in a closed fold is there, and not shown) and says the same name.
LOOK = """() => [...document.querySelectorAll("main figure")].map((figure) => {
  const named = figure.querySelector("figcaption").id, table = figure.querySelector("table");
  const drawn = [...figure.querySelectorAll("svg")].filter((one) => one.getBoundingClientRect().height > 2);
  return {
    name: named.replace("chart-", ""), drawn: drawn.length,
    pale: drawn.filter((one) => getComputedStyle(one).printColorAdjust !== "exact").length,
    table: table?.getAttribute("aria-labelledby") === named, shown: Boolean(table?.checkVisibility()),
    wide: figure.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
  };
})"""


@pytest.fixture(scope="module")
def month(site):
    return site._python(str(TOP / "tests" / "journeys" / "counted.py")).strip()


@pytest.fixture(scope="module")
def coordinator(site, browser, month):
    with window(browser, site, "coordinator", reduced_motion="reduce") as member:
        year, number = map(int, month.split("-"))
        member.go(f"/reports/month/?month={year}-{number - 1:02}")  # a trend is drawn of what was printed
        yield member


def tab_to(page, words):
    """By the Tab key alone, until something with these words has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.innerText?.trim() ?? ''") == words:
            return
    raise AssertionError(f"Tab never came to {words!r} on {page.url}")


def press(page, words, address):
    tab_to(page, words)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def kept(page, words):
    """The first bytes of a file that a link gives, taken with the Enter key."""
    tab_to(page, words)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    return download.value.path().read_bytes()[:4]


def test_all_of_it_is_reached_by_keyboard(coordinator, month):
    page = coordinator.go("/today/")
    page.set_viewport_size(DESK)
    tab_to(page, "Numbers")
    page.keyboard.press("Enter")
    press(page, "The month", "**/reports/month/")
    assert page.locator(".site-room summary[aria-current]").inner_text() == "Numbers"
    coordinator.go(f"/reports/month/?month={month}")
    assert kept(page, "One page for the board (PDF)") == b"%PDF"
    assert kept(page, "Workbook (XLSX)")[:2] == b"PK"
    page.reload()
    year, number = month.split("-")
    quarter = f"{year}-Q{int(number) // 3}"
    link = page.locator(f'nav a[href$="period={quarter}"]', has_text=" to ").inner_text()
    press(page, link, f"**period={quarter}")
    press(page, "Funders' forms", f"**/reports/forms/?period={quarter}")
    press(page, "SAMHSA State Opioid Response", "**form=sor**")
    assert page.locator("[aria-current=page]").last.inner_text() == "SAMHSA State Opioid Response"
    tab_to(page, "Numbers")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.innerText") == "Numbers"
    page.keyboard.press("Enter")
    press(page, "Early warning", "**/signals/")
    assert page.get_by_role("heading", name="Norristown").is_visible()
    press(page, "Why no alarm?", "**/signals/why/")
    assert page.locator("tbody .chip").first.inner_text() == "raised"
    tab_to(page, "Numbers")
    page.keyboard.press("Enter")
    press(page, "What if", "**/plan/what-if/")
    tab_to(page, "Try it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/what-if/?teams=**")
    assert page.locator(".what-if__bar").count() == 9
    assert coordinator.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_counts_is_readable_by_day_by_night_and_on_paper(coordinator, month, name):
    page, (address, pictures) = coordinator.page, PAGES[name]
    coordinator.go(address.format(month=month))
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page.set_viewport_size(size)
        page.emulate_media(media="screen", color_scheme=scheme)
        assert violations(page, TAGS) == [], (name, scheme)
    page.set_viewport_size(SMALL_PHONE)
    assert not coordinator.overflows()
    page.set_viewport_size({"width": 700, "height": 960})
    page.emulate_media(media="print", color_scheme="light")
    assert violations(page, TAGS) == [], (name, "print")
    assert not page.locator(".site-nav").is_visible()
    figures = page.evaluate(LOOK)
    with_table = [one for one in figures if one["name"] in pictures]
    assert {one["name"] for one in with_table} == pictures
    assert [one for one in with_table if not one["table"] or not one["shown"]] == []
    assert [one for one in figures if one["pale"] or one["wide"]] == []
    assert {one["name"] for one in figures if not one["drawn"]} <= {"home", "housing", "language"}
    page.emulate_media(media="screen")
