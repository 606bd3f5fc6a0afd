"""The app in a second engine, WebKit as on every iPhone: a shift from joining to the office, with the server killed halfway.

The driver cannot take the network away, so the server goes instead. What it cannot show at all: a passkey (this build of
WebKit has none), Safari's own deletion after seven days, and the app on the first screen of a real iPhone.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.field import webkit
from tests.journeys.site import PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PIN = "493817"
ENTER = "\ue007"
ATTEMPTS = """
import django; django.setup()
from alongside.visits.models import Attempt
print(Attempt.objects.filter(channel="phone", result="no_answer").count())
"""
# What the app stands on, each done for real.
NEEDS = """
const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
const db = await new Promise((done, fail) => {
  const asked = indexedDB.open("probe", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
const turn = (mode, act) => new Promise((done, fail) => {
  const asked = act(db.transaction("keys", mode, {durability: "strict"}).objectStore("keys"));
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
await turn("readwrite", keys => keys.put(key, 1));
const kept = await turn("readonly", keys => keys.get(1));
const iv = new Uint8Array(12);
const sealed = await crypto.subtle.encrypt({name: "AES-GCM", iv}, kept, new Uint8Array([7]));
const opened = new Uint8Array(await crypto.subtle.decrypt({name: "AES-GCM", iv}, key, sealed));
db.close();
indexedDB.deleteDatabase("probe");
const words = new Blob(["a".repeat(1000)]).stream().pipeThrough(new CompressionStream("gzip"));
return {
  "a key that no script can read, kept in IndexedDB": kept.extractable === false && opened[0] === 7,
  "gzip in the browser": (await new Response(words).arrayBuffer()).byteLength < 100,
  "one at a time over all tabs": await navigator.locks.request("probe", () => true),
  "the names of the databases": (await indexedDB.databases()).every(one => "name" in one),
  "a service worker": "serviceWorker" in navigator,
  "a secure page": isSecureContext,
};
"""


@pytest.fixture(scope="module")
def site():
    if absent := webkit.missing():
        pytest.skip(absent)
    home = Path(tempfile.mkdtemp(prefix="alongside-webkit-site-"))
    try:
        made = Site(home)
        made.seed()
        yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def window(site):
    with webkit.running() as made:
        yield made


def sign_in(window, site) -> None:
    """From the app's own link and back to it, like anybody."""
    window.press("Set up on this phone")
    window.press("Sign in")
    window.type("[name=login]", "coach")
    window.type("[name=password]", PASSWORD + ENTER)
    window.type("[name=code]", site.code_for("coach") + ENTER)


def unlock(window) -> None:
    window.type("#pin", PIN + ENTER)
    window.sees("Orla")


def test_a_shift_goes_through_in_a_second_engine(site, window):
    with site.served():
        window.go(f"{site.address}/field/")
        found = window.ask(NEEDS)
        print(f"WebKit {window.version}: {found}")
        assert [name for name, there in found.items() if not there] == []
        sign_in(window, site)
        window.type("#pin-one", PIN)
        window.type("#pin-two", PIN + ENTER)
        window.sees("Orla")
        window.until("return (await navigator.serviceWorker.ready).active.state === 'activated'")
    # No server from here: the page comes up by itself, locked, and opens with the number.
    window.reload()
    window.type("#pin", "000000" + ENTER)
    window.until("return document.querySelector('#pin-wrong').innerText !== ''")
    assert "Orla" not in window.text()
    unlock(window)
    window.press("No answer")
    window.press("Called")
    window.until("return document.querySelector('[data-unsent]').hasAttribute('data-some')")
    window.press("Lock")
    window.element("#pin")
    assert "Orla" not in window.text()
    with site.served():
        unlock(window)
        window.until("return !document.querySelector('[data-unsent]').hasAttribute('data-some')")
    assert site._python("-c", ATTEMPTS).split() == ["2"]  # one is of the seeding, one of the door
