"""The phone against our own server, as it is installed: join, a shift without signal, a server that was killed, a revoke."""

from __future__ import annotations

import pytest

from tests.field.test_store_in_browser import ENTER, JOIN, PIN, SLOW_PHONE, until, wait_for_worker
from tests.journeys.site import PHONE, chromium, installation, running_browser, window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ATTEMPT = """async ([result, note]) => (await s.add("attempt", { channel: "phone", result, note, kits: 0, kit_to: "",
  officer_present: false }, { caseId: s.pack().visits[0].case })).id"""


@pytest.fixture(scope="module")
def site():
    if not chromium():
        pytest.skip("Chromium is missing: install it or name it in ALONGSIDE_CHROMIUM.")
    with installation() as made:
        yield made


def test_a_shift_without_signal_comes_home_once(site):
    with running_browser() as browser, window(browser, site, viewport=PHONE) as member:
        member.context.add_init_script(SLOW_PHONE)
        page = member.sign_in("coach")
        page.goto(f"{site.address}/field/")
        wait_for_worker(page)
        phone = page.evaluate(JOIN)
        assert page.evaluate("() => sync.now(s)") is True
        visits = page.evaluate("() => s.pack().visits.length")
        assert visits
        tries = page.evaluate("() => s.pack().visits[0].tries.length")
        page.context.set_offline(True)
        made = page.evaluate(ATTEMPT, ["no_answer", ""])
        page.reload()
        assert page.evaluate(ENTER, [phone, PIN]) == "open"
        assert page.evaluate("() => sync.now(s)") is False
        assert page.evaluate("() => s.unsent().map(({ id }) => id)") == [made]
        page.context.set_offline(False)
        page.evaluate("() => { sync.start(s); }")
        until(page, "() => s.unsent().length === 0")
        said = page.evaluate("() => s.answers()")
        assert [(one["id"], one["state"]) for one in said] == [(made, "kept")], said
        assert page.evaluate("() => s.pack().visits[0].tries.length") == tries + 1
        faults = [one for one in member.faults if "ERR_INTERNET_DISCONNECTED" not in one]
        assert faults == []
