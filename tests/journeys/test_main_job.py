"""From a call in a file to a closed case and the report of the month, each role in its own browser."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.site import PHONE, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GIVEN, FAMILY = "Juniper", "Hollowell"
PLACE, NOTE, WORDS = "The blue bench by the ferry", "Talked about her sister", "somewhere with my dog"
HEADER = "lat,lng,desc,zip,title,timeStamp,twp,addr,e"


def call_file(folder, happened_at):
    at = f"{happened_at:%Y-%m-%d %H:%M:%S}"
    day, moment = at.split(" ")
    where = "FERRY RD & THIRD ST"
    row = f"40.1,-75.3,{where};  NORRISTOWN; Station 3; {day} @ {moment};,19401,EMS: OVERDOSE,{at},NORRISTOWN,{where},1"
    file = folder / "calls.csv"
    file.write_text(f"{HEADER}\n{row}\n")
    return file


def text_of(page):
    return page.inner_text("body")


def tab_to(page, words):
    """Press Tab until the field or button of these words has the focus, as somebody without a mouse does."""
    for _ in range(90):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels && e.labels.length ? e.labels[0].innerText : e.innerText) || ''; }"
        )
        if " ".join(focused.split()).startswith(words):
            return
    raise AssertionError(f"no way to “{words}” with the Tab key")


@pytest.fixture(scope="module")
def staff(site, browser):
    """A window for each of those who take part, signed in through the real page."""
    with ExitStack() as stack:

        def open_window(login, **options):
            return stack.enter_context(window(browser, site, login, **options))

        logins = ("coordinator", "data", "officer", "shelter", "epidemiologist")
        made = {login: open_window(login) for login in logins}
        yield made | {"coach": open_window("coach", viewport=PHONE, has_touch=True, is_mobile=True)}


def codes_on(page):
    return set(page.locator(".case-row__code").all_inner_texts())


def test_the_whole_job_from_the_call_file_to_the_report(site, staff, tmp_path):
    data, coordinator, coach, officer = (staff[name] for name in ("data", "coordinator", "coach", "officer"))
    happened_at = datetime.now(ZoneInfo("America/New_York")) - timedelta(hours=2)

    assert "1 incidents" in site.run(
        "import", "calls", str(call_file(tmp_path, happened_at)), "--profile", "montgomery"
    )
    known = codes_on(coordinator.go("/today/"))

    # The morning list: the call gets its person.
    page = data.go("/intake/morning/")
    page.locator(".case-row", has_text="FERRY RD").get_by_role("link", name="Add the person").click()
    page.get_by_label("First name").fill(GIVEN)
    page.get_by_label("Last name").fill(FAMILY)
    page.get_by_label("Date of birth").fill("1991-03-09")
    page.get_by_label("Where to find them").fill(PLACE)
    page.get_by_role("button", name="Add and open the case").click()
    page.get_by_text("The person was added and the case is open.").wait_for()
    assert GIVEN not in text_of(page)
    assert "FERRY RD" not in text_of(page)

    # The coordinator sends two people from two employers.
    page = coordinator.go("/today/")
    (code,) = codes_on(page) - known
    page.get_by_role("link", name=f"Assign {code}").click()
    page.get_by_label("Officer or second person").select_option(label="Sgt. Marcus Bell (Harbor Police)")
    page.get_by_label("Coach who leads").select_option(label="Teresa Lindgren (Harbor Recovery)")
    page.get_by_role("button", name="Send them").click()
    page.get_by_text("Assigned. Both see it on their list now.").wait_for()
    address = re.sub(r"https?://[^/]+", "", page.url)

    # The coach phones first, on a phone: “no answer” is two taps from the list.
    page = coach.go("/today/")
    page.get_by_role("link", name=f"Open {code}").tap()
    page.get_by_role("button", name="Phone: no answer").tap()
    page.get_by_text("Recorded.").wait_for()
    assert "Phone call: No answer" in text_of(page)

    # The officer was at the visit and records it without a mouse.
    page = officer.go("/today/")
    assert f"Ask for {GIVEN}" in text_of(page)
    assert PLACE in text_of(page)
    tab_to(page, f"Open {code}")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=code).wait_for()
    tab_to(page, "Reached them, or something else")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What happened", level=1).wait_for()
    tab_to(page, "Phone call")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    tab_to(page, "Reached them")
    page.keyboard.press("Space")
    tab_to(page, "Wants help with something")
    page.keyboard.press("Space")
    tab_to(page, "Naloxone kits given")
    page.keyboard.type("1")
    tab_to(page, "Keep it")
    page.keyboard.press("Enter")
    page.get_by_text("Recorded.").wait_for()
    assert "At home: Reached them" in text_of(page)

    # The coach writes down what would help, and arranges it with the shelter, as agreed.
    page = coach.go(address)
    page.get_by_role("link", name="Reached them, or something else").tap()
    page.get_by_label("Somewhere they chose").tap()
    page.get_by_label("Reached them", exact=True).tap()
    page.get_by_label("Check-ins are fine").tap()
    page.get_by_label("Note for the team").fill(NOTE)
    page.get_by_role("button", name="Keep it").tap()
    page.get_by_role("link", name="What would help today?").tap()
    page.get_by_text("More about it").tap()
    page.get_by_role("link", name="Look one thing up in the directory").tap()
    page.get_by_label("A safe place to sleep tonight").tap()
    page.get_by_label("In their own words").fill(WORDS)
    page.get_by_role("main").get_by_role("button").last.tap()
    page.get_by_role("heading", name="A safe place to sleep tonight").wait_for()
    page.get_by_label("Harbor Night Shelter").tap()
    page.get_by_label("How was it handed over?").select_option(label="called together")
    page.get_by_label("The person agreed that those I chose").check()
    page.get_by_label("18 or older").check()
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("Sent. The answer will show here.").wait_for()

    # The partner sees whom to expect, and says yes.
    page = staff["shelter"].go("/referrals/")
    item = page.get_by_role("main").locator("li, article, section").filter(has_text=WORDS).last
    assert GIVEN in item.inner_text()
    assert FAMILY not in text_of(page)
    item.get_by_role("button", name="We can help").click()
    page.get_by_text("Thank you, the answer is in.").wait_for()

    # Connected; and somebody looks in again.
    page = coach.go(address)
    assert "accepted" in text_of(page)
    page.get_by_role("button", name="They connected").tap()
    page.get_by_text("They have it").first.wait_for()
    page.get_by_role("link", name="Plan a day").tap()
    tomorrow = datetime.now(ZoneInfo("America/New_York")) + timedelta(days=1)
    page.get_by_label("Look in again on").fill(f"{tomorrow:%Y-%m-%d}")
    page.get_by_role("main").get_by_role("button").last.tap()
    page.get_by_text("Planned.").wait_for()
    page.get_by_role("button", name="Done").tap()
    page.get_by_text("Done. The next one is planned.").wait_for()

    # The officer's pages know nothing of all this.
    for path in ("/today/", address, f"{address}attempt/"):
        page = officer.go(path)
        shown = page.content()
        for hidden in (NOTE, WORDS, "A safe place to sleep", "Night Shelter", "They connected", FAMILY):
            assert hidden not in shown, (path, hidden)

    # The coordinator closes; from then on the team sees nothing of it.
    page = coordinator.go(address)
    page.get_by_role("link", name="Close").click()
    page.get_by_label("How did it end?").select_option(index=1)
    page.get_by_role("main").get_by_role("button").last.click()
    page.get_by_text("Closed. A new event").wait_for()
    assert [member.status_of(address) for member in (officer, coach, data)] == [404, 404, 404]
    assert code not in text_of(coach.go("/today/"))

    # The month the closed case belongs to: counts, and nobody.
    assert staff["epidemiologist"].status_of(f"/reports/month/?month={tomorrow:%Y-%m}") == 404  # not over
    page = staff["coordinator"].go(f"/reports/month/?month={happened_at:%Y-%m}")
    assert page.locator("h1").inner_text() == f"{happened_at:%B %Y} in numbers"
    for hidden in (GIVEN, FAMILY, PLACE, NOTE, WORDS, "FERRY RD", code, address):
        assert hidden not in page.content()

    assert {name: member.faults for name, member in staff.items() if member.faults} == {}
    assert "unbroken" in site.run("journal", "verify")


def test_a_patrol_officer_sends_a_contact_and_sees_nothing_back(site, browser, staff):
    links = staff["coordinator"].go("/today/").locator(".case-row__code a")
    addresses = [link.get_attribute("href") for link in links.all()]
    assert addresses
    with window(browser, site, "patrol", viewport=PHONE, is_mobile=True, has_touch=True) as patrol:
        page = patrol.page
        page.wait_for_url("**/intake/contact/")
        page.get_by_label("Overdose", exact=True).tap()
        page.get_by_label("Town", exact=True).select_option(label="Norristown")
        page.get_by_label("Survived", exact=True).tap()
        page.get_by_label("First name").fill("Fenwick")
        page.get_by_label("Last name").fill("Tarrowby")
        page.get_by_label("Where to find them").fill("Under the south stairs")
        page.get_by_role("button", name="Send").tap()
        page.get_by_text("Thank you. It is in; the team sees it on its list.").wait_for()
        for hidden in ("Fenwick", "Tarrowby", "south stairs"):
            assert hidden not in page.content()
        places = [f"{address}{more}" for address in addresses for more in ("", "attempt/", "team/", "need/", "wishes/")]
        places += ["/today/", "/intake/morning/", "/matches/", "/referrals/", "/kits/", "/services/", "/reports/month/"]
        assert {place: status for place in places if (status := patrol.status_of(place)) != 404} == {}
        assert patrol.faults == []


def test_a_visitor_without_an_account_is_led_to_the_sign_in_page(site, browser):
    with window(browser, site) as visitor:
        page = visitor.go("/today/")
        assert "/sign-in/" in page.url
        page.get_by_label("Sign-in name").fill("coordinator")
        page.get_by_label("Password").fill("not the password at all")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("alert").wait_for()
        visitor.go("/trust/")
        assert visitor.faults == []


def test_one_tap_blanks_the_screen_and_one_brings_it_back(site, browser):
    with window(browser, site, "coach", viewport=PHONE) as coach:
        assert coach.follow(("/today/", "/cases/*/"))
        page = coach.page
        code = page.locator("h1").inner_text()
        page.get_by_role("button", name="Blank the screen").click()
        assert code not in text_of(page)
        assert code not in page.title()
        page.get_by_role("button", name="Back").click()
        assert code in text_of(page)
