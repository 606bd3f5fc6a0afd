"""What a phone keeps, for how long, and what becomes of it: Chromium, and a server that can be made to fail."""

from __future__ import annotations

import contextlib

import pytest

from tests.field.letters import files_with
from tests.field.phone_server import CANARY, Server
from tests.journeys.site import PHONE, chromium, running_browser

pytestmark = [pytest.mark.browser]
PIN = "271828"
HOUR = 3_600_000
# A window of the app with a user's store; `s` is the open session.
JOIN = f"""async () => {{
  window.store = await import("/static/field/store.js");
  window.sync = await import("/static/field/sync.js");
  window.s = await store.join("{PIN}");
  return s.id;
}}"""
# A phone that is slow gets the fewest rounds there may be, and these tests are done sooner.
SLOW_PHONE = "{ const real = performance.now.bind(performance); performance.now = () => 4 * real(); }"
ENTER = """async ([id, pin]) => {
  window.store = await import("/static/field/store.js");
  window.sync = await import("/static/field/sync.js");
  try {
    window.s = await store.enter(id, pin);
    return "open";
  } catch (fault) {
    return fault.code ?? String(fault);
  }
}"""
STORES = """async () => (await import("/static/field/store.js")).stores()"""
ADD = """async (note) => (await s.add("attempt", { channel: "visit", note }, { caseId: "c1" })).id"""
# Straight into the database, as somebody with the phone in hand might, or a broken disk.
RAW = """async ([id, store, key, change]) => {
  const told = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const db = await told(indexedDB.open(`field-${id}`));
  const at = db.transaction(store, "readwrite").objectStore(store);
  const found = await told(at.get(key));
  const spoilt = new Uint8Array(40);
  if (store === "outbox") at.put({ id: key, sealed: spoilt });
  else if (change) at.put(...(store === "meta" ? [{ ...found, ...change }, key] : [spoilt, key]));
  await new Promise((done) => { at.transaction.oncomplete = done; });
  db.close();
  return store === "meta" ? { tries: found.tries, rounds: found.kept?.rounds ?? 0 } : null;
}"""


@pytest.fixture(scope="module")
def browser():
    if not chromium():
        pytest.skip("Chromium is missing: install it or name it in ALONGSIDE_CHROMIUM.")
    with running_browser() as made:
        yield made


@pytest.fixture
def server():
    made = Server().start()
    yield made
    made.stop()


@pytest.fixture
def page(browser, server):
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(10_000)
    context.add_init_script(SLOW_PHONE)
    made = context.new_page()
    made.goto(f"{server.address}/field/")
    yield made
    context.close()


def until(page, expression: str) -> None:
    page.wait_for_function(expression, timeout=10_000)


def set_clock(page, moment: int) -> None:
    page.clock.set_system_time(moment / 1000)


def wait_for_worker(page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    until(page, "() => navigator.serviceWorker.controller !== null")


# --- without signal -------------------------------------------------------------------------------------------------


def test_the_app_comes_up_without_signal_and_with_the_server_gone(page, server):
    wait_for_worker(page)
    page.context.set_offline(True)
    page.reload()
    assert page.locator("h1").first.inner_text()
    page.context.set_offline(False)
    server.stop()
    page.reload()
    assert page.locator("h1").first.inner_text()
    assert page.evaluate("async () => (await import('/static/field/vault.js')).checkPin.name") == "checkPin"


def test_what_was_noted_without_signal_is_sent_in_one_request_in_its_order(page, server):
    wait_for_worker(page)
    phone = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    assert page.evaluate("() => s.pack().visits[0].contact.ask_for") == CANARY
    page.evaluate("() => { sync.start(s); }")
    page.context.set_offline(True)
    made = [page.evaluate(ADD, f"note {n}") for n in range(3)]
    page.reload()  # the battery went
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => s.unsent().map(({ id }) => id)") == made
    assert page.evaluate("() => s.pack().visits[0].code") == "OTTER-12"
    assert page.evaluate("() => sync.now(s)") is False
    page.evaluate("() => { sync.start(s); }")
    page.context.set_offline(False)
    until(page, "() => s.unsent().length === 0")
    assert [batch for batch in server.batches if batch] == [made]
    assert [server.kept[one]["seq"] for one in made] == [1, 2, 3]
    assert page.evaluate("() => s.answers().map(({ state }) => state)") == ["kept"] * 3
    assert page.evaluate(STORES)[0]["unsent"] == 0


@pytest.mark.nightly
def test_nothing_is_lost_by_an_answer_that_is_none(page, server):
    page.evaluate(JOIN)
    made = page.evaluate(ADD, "as it was")
    for status, says in [
        (503, {}),
        (426, {"sentence": "Too old."}),
        (429, {}),
        (413, {}),
        (200, b"<h1>Our hotel</h1>"),
    ]:
        server.status, server.says = status, says
        assert page.evaluate("() => sync.now(s)") is False, status
        assert page.evaluate("() => s.unsent()[0].id") == made, status
        assert page.evaluate("() => s.state.problem").endswith("."), status
    server.status, server.says = 200, {}
    assert page.evaluate("() => sync.now(s)") is True
    assert list(server.kept) == [made]


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_two_users_of_one_phone_see_nothing_of_each_other(page, server):
    first = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    page.evaluate(ADD, "hers alone")
    page.evaluate("() => s.lock()")
    server.name = "Sgt. Marcus Bell"
    second = page.evaluate(JOIN.replace(PIN, "314159"))
    assert page.evaluate("() => [s.pack(), s.unsent(), s.answers()]") == [None, [], []]
    assert {one["label"] for one in page.evaluate(STORES)} == {"T. L.", "S. M. B."}
    assert page.evaluate(ENTER, [first, "314159"]) == "wrong_pin"
    assert page.evaluate("() => s.erase()") == 0
    assert [one["id"] for one in page.evaluate(STORES)] == [first]
    assert page.evaluate(ENTER, [second, "314159"]) == "erased"
    assert page.evaluate(ENTER, [first, PIN]) == "open"
    assert page.evaluate("() => s.unsent()[0].data.note") == "hers alone"


@pytest.mark.nightly
def test_it_locks_after_five_minutes_without_a_touch(page, server):
    page.clock.install()
    page.goto(f"{server.address}/field/")
    page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    page.evaluate("() => { window.heard = 0; s.on('locked', () => { heard += 1; }); }")
    page.clock.fast_forward(290_000)
    page.evaluate("() => s.touch()")
    page.clock.fast_forward(290_000)
    assert page.evaluate("() => s.open && s.pack() !== null")
    page.clock.fast_forward(20_000)
    until(page, "() => heard === 1")
    assert page.evaluate("() => [s.open, s.pack(), s.unsent()]") == [False, None, []]
    assert page.evaluate("() => s.add('know', {}).catch((fault) => fault.code)") == "locked"


def test_what_was_tapped_right_before_the_lock_is_kept(page, server):
    page.goto(f"{server.address}/field/")
    phone = page.evaluate(JOIN)
    page.evaluate("() => { const kept = s.add('know', { note: 'just so' }); return Promise.all([s.lock(), kept]); }")
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => s.unsent().map((one) => one.data.note)") == ["just so"]


# --- clocks, tries, ends --------------------------------------------------------------------------------------------


def test_a_clock_two_days_ahead_erases_the_people_and_never_the_work(page, server):
    page.clock.install()
    page.goto(f"{server.address}/field/")
    phone = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    made = page.evaluate(ADD, "before")
    set_clock(page, page.evaluate("() => Date.now()") + 48 * HOUR)
    found = page.evaluate(STORES)[0]
    assert (found["erased"], found["unsent"]) == ("lease", 1)
    assert page.evaluate(ENTER, [phone, PIN]) == "erased"
    assert page.evaluate("() => sync.handOverAll()") == 0
    assert server.parked[made]["data"]["note"] == "before"
    assert page.evaluate("() => indexedDB.databases()") == []


@pytest.mark.nightly
def test_a_clock_set_back_hides_the_list_until_the_server_was_there(page, server):
    page.clock.install()
    page.goto(f"{server.address}/field/")
    phone = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    before = page.evaluate("() => { s.lock(); return Date.now(); }")
    set_clock(page, before - HOUR // 12)  # five minutes of correction are nothing
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => s.pack() !== null")
    page.evaluate("() => s.lock()")
    set_clock(page, before - 48 * HOUR)
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => [s.pack(), s.state.hidden]") == [None, True]
    made = page.evaluate(ADD, "at night")
    page.evaluate("() => s.lock()")
    set_clock(page, before)  # set right again: still hidden, somebody played with it
    page.evaluate(ENTER, [phone, PIN])
    assert page.evaluate("() => [s.pack(), s.state.hidden]") == [None, True]
    assert page.evaluate("() => sync.now(s)") is True
    assert page.evaluate("() => [s.pack().visits[0].code, s.state.hidden]") == ["OTTER-12", False]
    assert made in server.kept


@pytest.mark.nightly
def test_a_list_that_is_withheld_does_not_outlive_its_day(page, server):
    page.clock.install()
    page.goto(f"{server.address}/field/")
    page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    server.withheld = True
    page.evaluate("() => s.lock()")
    start = page.evaluate("() => Date.now()")
    phone = page.evaluate(STORES)[0]["id"]
    set_clock(page, start + 20 * HOUR)
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => sync.now(s)") is True
    assert page.evaluate("() => s.state.signIn") is True
    page.evaluate("() => s.lock()")
    set_clock(page, start + 25 * HOUR)
    assert page.evaluate(STORES) == []


def test_ten_wrong_tries_erase_and_the_try_is_counted_before_it_is_made(page, server):
    phone = page.evaluate(JOIN)
    made = page.evaluate(ADD, "before")
    page.evaluate("() => s.lock()")
    assert page.evaluate(RAW, [phone, "meta", "meta", None])["rounds"] >= 600_000
    page.evaluate("([id, pin]) => { store.enter(id, pin); }", [phone, "000001"])
    until(page, f"async () => (await ({RAW})(['{phone}', 'meta', 'meta', null])).tries === 1")
    page.reload()  # pulled away in the middle
    assert page.evaluate(RAW, [phone, "meta", "meta", None])["tries"] == 1
    assert page.evaluate(ENTER, [phone, "12"]) == "pin_short"
    assert page.evaluate(ENTER, [phone, "000002"]) == "wrong_pin"
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate(RAW, [phone, "meta", "meta", None])["tries"] == 0
    page.evaluate("() => s.lock()")
    page.evaluate(RAW, [phone, "meta", "meta", {"tries": 8}])
    assert page.evaluate(ENTER, [phone, "000009"]) == "last_pin"
    assert page.evaluate(ENTER, [phone, "000010"]) == "erased_tries"
    assert page.evaluate(ENTER, [phone, PIN]) == "erased"
    page.evaluate("() => sync.handOverAll()")
    assert made in server.parked


def test_a_revoked_phone_erases_itself_and_hands_its_work_over(page, server):
    phone = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    server.revoked.add(phone)
    made = page.evaluate(ADD, "before it was lost")
    page.evaluate("() => { window.why = ''; s.on('erased', ({ erased }) => { why = erased.why; }); }")
    page.evaluate("() => sync.now(s)")
    assert page.evaluate("() => [why, s.open]") == ["revoked", False]
    assert server.parked[made]["data"]["note"] == "before it was lost"
    assert page.evaluate("() => indexedDB.databases()") == []


def test_after_signing_out_nothing_lies_there_but_the_shell(page, server):
    wait_for_worker(page)
    page.evaluate(JOIN)
    page.evaluate(ADD, "sent")
    page.evaluate("() => sync.now(s)")
    phone = page.evaluate("() => s.id")
    page.evaluate("() => sync.leave(s)")
    assert server.revoked == {phone}
    assert page.evaluate("() => indexedDB.databases()") == []
    assert page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat()"
    )
    assert "/field/" in kept
    assert all(path == "/field/" or path.startswith("/static/") for path in kept)


@pytest.mark.parametrize("signal", [True, False])
def test_who_signs_out_with_work_unsent_does_not_end_the_key_that_hands_it_over(page, server, signal):
    wait_for_worker(page)
    page.evaluate(JOIN)
    page.context.set_offline(True)
    change = page.evaluate(ADD, "unsent")
    page.evaluate("() => sync.now(s).catch(() => {}).then(() => { window.before = s.unsent().length; })")
    page.context.set_offline(not signal)
    page.evaluate("() => sync.leave(s)")
    page.context.set_offline(False)
    page.evaluate("() => sync.handOverAll()")
    assert page.evaluate("() => window.before") == 1
    assert list(server.parked) == [change]
    assert server.revoked == set()


def test_two_windows_of_one_phone_send_each_change_once(page, server):
    """Both see what either noted, one sends at a time, and what one erased is gone from the other."""
    phone = page.evaluate(JOIN)
    other = page.context.new_page()
    other.goto(f"{server.address}/field/")
    assert other.evaluate(ENTER, [phone, PIN]) == "open"
    page.context.set_offline(True)
    for number in range(6):
        (page, other)[number % 2].evaluate(ADD, f"note {number}")
    for window in (page, other):
        until(window, "s.unsent().length === 6")
    page.context.set_offline(False)
    page.evaluate("() => { sync.now(s); }")
    other.evaluate("() => sync.now(s)")
    for window in (page, other):
        until(window, "s.unsent().length === 0")
    sent = [change for batch in server.batches for change in batch]
    assert len(sent) == len(set(sent)) == 6
    assert [server.kept[change]["seq"] for change in sent] == [1, 2, 3, 4, 5, 6]
    page.evaluate("() => sync.leave(s)")
    until(other, "!s.open")
    other.close()


def test_who_thinks_better_of_the_finger_has_not_guessed_a_number(page, server):
    phone = page.evaluate(JOIN)
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('not now')); }")
    for _ in range(11):
        page.evaluate(f"() => s.addPasskey('{PIN}').catch(() => {{}})")
    assert page.evaluate(RAW, [phone, "meta", "meta", None])["tries"] == 0
    assert page.evaluate(ENTER, [phone, PIN]) == "open"


def test_a_store_that_does_not_open_just_now_loses_nothing(page, server):
    phone = page.evaluate(JOIN)
    page.context.set_offline(True)
    change = page.evaluate(ADD, "still here")
    page.context.set_offline(False)
    page.reload()
    shut = """([id]) => { const real = IDBFactory.prototype.open; window.mend = () => { IDBFactory.prototype.open = real; };
      IDBFactory.prototype.open = function () { throw new DOMException("busy", "UnknownError"); }; }"""
    page.evaluate("async () => { window.store = await import('/static/field/store.js'); }")
    page.evaluate("async () => { window.sync = await import('/static/field/sync.js'); }")
    page.evaluate(shut, [phone])
    assert page.evaluate("id => store.discard(id).then(() => 'gone', () => 'kept')", phone) == "kept"
    page.evaluate("() => mend()")
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    page.evaluate("() => sync.now(s)")
    until(page, "s.unsent().length === 0")
    assert list(server.kept) == [change]


# --- a phone in other hands, a phone that breaks --------------------------------------------------------------------


def test_a_dump_of_the_browsers_folder_holds_no_word_of_anybody(browser, server, tmp_path):
    long_pin = "271828182845"
    how = {"executable_path": chromium(), "args": ["--no-sandbox", "--disable-background-networking"]}
    context = browser.browser_type.launch_persistent_context(str(tmp_path), **how)
    page = context.pages[0]
    page.goto(f"{server.address}/field/")
    wait_for_worker(page)
    page.evaluate(JOIN.replace(PIN, long_pin))
    page.evaluate("() => sync.now(s)")
    assert page.evaluate("() => s.pack().visits[0].contact.ask_for") == CANARY
    page.context.set_offline(True)
    page.evaluate(ADD, CANARY)
    page.evaluate("() => { localStorage.planted = 'Planted-Where-A-Scan-Must-Look'; }")
    context.close()
    assert files_with("Planted-Where-A-Scan-Must-Look", tmp_path)  # the scan does find what lies there
    assert files_with("envelopes", tmp_path)
    for word in (CANARY, "OTTER-12", "Lindgren", "token-of", long_pin):
        assert files_with(word, tmp_path) == [], word


@pytest.mark.nightly
def test_a_full_phone_says_so_and_keeps_nothing_half(page, server):
    link = page.context.new_cdp_session(page)
    link.send("Storage.overrideQuotaForOrigin", {"origin": server.address, "quotaSize": 3_000_000})
    phone = page.evaluate(JOIN)
    first = page.evaluate(ADD, "fits")
    large = "s.add('attempt', { note: 'x'.repeat(4_000_000) }, {})"
    said = page.evaluate(f"() => {large}.catch(({{ code, message }}) => [code, message])")
    assert said[0] == "full"
    assert said[1].startswith("This phone is full")
    assert page.evaluate("() => s.unsent().map(({ id }) => id)") == [first]
    second = page.evaluate(ADD, "fits again")
    page.evaluate("() => s.lock()")
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => s.unsent().map(({ id, seq }) => [id, seq])") == [[first, 1], [second, 2]]


@pytest.mark.nightly
def test_a_broken_store_says_so_and_still_gives_up_its_work(page, server):
    phone = page.evaluate(JOIN)
    made = page.evaluate(ADD, "before it broke")
    page.evaluate("() => s.lock()")
    page.evaluate(RAW, [phone, "parts", "profile", {}])
    assert page.evaluate(ENTER, [phone, PIN]) == "broken"
    envelopes = page.evaluate("async (id) => JSON.parse(await (await store.handOver(id)).text()).envelopes", phone)
    assert [server.open(one)["change"]["id"] for one in envelopes] == [made]
    assert page.evaluate("(id) => store.discard(id)", phone) == 1
    assert page.evaluate("() => sync.handOverAll()") == 0
    assert server.parked[made]["data"]["note"] == "before it broke"
    assert page.evaluate(STORES) == []


@pytest.mark.nightly
def test_a_spoilt_list_comes_again_and_a_spoilt_note_goes_by_its_envelope(page, server):
    phone = page.evaluate(JOIN)
    page.evaluate("() => sync.now(s)")
    made = page.evaluate(ADD, "spoilt")
    page.evaluate("() => s.lock()")
    page.evaluate(RAW, [phone, "parts", "pack", {}])
    page.evaluate(RAW, [phone, "outbox", made, {}])
    assert page.evaluate(ENTER, [phone, PIN]) == "open"
    assert page.evaluate("() => s.pack()") is None
    assert page.evaluate("() => sync.now(s)") is True
    assert page.evaluate("() => s.pack().visits[0].code") == "OTTER-12"
    assert server.parked[made]["data"]["note"] == "spoilt"
    assert page.evaluate(STORES)[0]["unsent"] == 0


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.nightly
def test_a_passkey_opens_it_without_the_number(page, server):
    link = page.context.new_cdp_session(page)
    link.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
               "hasPrf": True}  # fmt: skip
    link.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    phone = page.evaluate(JOIN)
    assert page.evaluate("() => s.addPasskey('000001').catch(({ code }) => code)") == "wrong_pin"
    server.stop()  # no server has a part in it
    page.evaluate(f"() => s.addPasskey('{PIN}')")
    page.evaluate(ADD, "by finger")
    page.evaluate("() => s.lock()")
    assert page.evaluate(STORES)[0]["passkey"] is True
    assert page.evaluate(ENTER, [phone, "passkey"]) == "open"
    assert page.evaluate("() => s.unsent()[0].data.note") == "by finger"


def test_what_the_browser_closes_python_opens(page, server):
    words = "ünd weiter: " + "x" * 5000
    closed = page.evaluate(
        "async ([key, note]) => (await import('/static/field/vault.js')).envelope(key, { note })", [server.key, words]
    )
    assert server.open(closed) == {"note": words}
    other = Server()
    with contextlib.suppress(Exception):
        other.open(closed)
        pytest.fail("another key opened it")


def test_a_number_that_would_be_tried_first_is_not_taken(page):
    look = """async (pin) => {
      const { checkPin } = await import("/static/field/vault.js");
      try { checkPin(pin); return ""; } catch ({ code }) { return code; }
    }"""
    said = {"000000": "pin_plain", "123456": "pin_plain", "987654": "pin_plain", "12345": "pin_short", "12345a": "pin_short",
            "": "pin_short", PIN: ""}  # fmt: skip
    assert {pin: page.evaluate(look, pin) for pin in said} == said
