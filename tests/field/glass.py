"""The screens of the app on a real Chromium's glass: the real page and scripts, over a day that is made up in memory.

What keeps, seals and sends has tests of its own; here `store.js` and `sync.js` are replaced by a few lines with the same
contract, so that a tap is a tap and nothing waits for a network.
"""

from __future__ import annotations

import json
import mimetypes
import time
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.csp import build_policy
from django.utils.translation import override
from playwright.sync_api import Browser, Page, Route

from alongside.consent.wording import LANGUAGES, VERSION, texts
from alongside.field import lists
from alongside.field.views import _page as page_in

ADDRESS = "http://localhost:9"  # nobody is there: every request is answered by the lines below
HOUR = 3_600_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
AXE = """async (options) => (await axe.run(document, options)).violations
  .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target, failureSummary]))"""
STORE = """
import { Fault } from "./words.js";
const given = GIVEN;
export const PASSKEY = "passkey";
let out = [], seq = 0, calls = {}, pin = "271828", left = 10;
const session = {
  id: "s1",
  me: given.me, now: () => Date.now() - given.off,
  state: { signIn: given.signIn, reached: Date.now() - 7200000, sending: false, problem: "", damaged: [] },
  pack: () => given.pack,
  pending: () => session.unsent(), takeDraft: async () => session.kept_draft,
  unsent: () => out.map((one) => ({ ...one, state: "unsent", sentence: "" })),
  answers: () => given.answers, on: (name, call) => (calls[name] ??= []).push(call), touch() {},
  async add(kind, data, { caseId = null, base = {} } = {}) {
    if (given.full) throw new Fault("full");
    out.push({ id: crypto.randomUUID(), seq: ++seq, kind, made: Date.now(), case: caseId, base, data });
    globalThis.kept = out;
    calls.unsent.forEach((call) => call(session));
  },
  lock() {
    session.kept_draft = session.draft?.();
    calls.locked.forEach((call) => call(session));
  },
  async erase() {
    session.erased = { why: "self", left: out.length };
    stored = given.left ?? [];
    calls.erased.forEach((call) => call(session));
  },
  async handOver() { return new Blob(["{}"]); }, async addPasskey() {}, async renew() { throw new Fault("sign_in"); },
};
globalThis.session = session;
globalThis.forget = () => { out = []; globalThis.checked = null; globalThis.kept = out; localStorage.clear(); };
let stored = given.stores;
export async function check() {}
export async function stores() { return stored; }
export async function who() { return given.who; }
export async function join(pin) { if (pin.length < 6) throw new Fault("pin_short"); return session; }
export async function enter(id, said) {
  if (said === pin) return session;
  left -= 1;
  throw new Fault(left === 1 ? "last_pin" : "wrong_pin", { n: left, left });
}
export async function handOver() { return new Blob(["{}"]); }
export async function discard() {}
"""
SYNC = """
const given = GIVEN;
export const start = () => () => {};
export const now = async () => true;
export const check = async () => globalThis.checked ?? null; // what the server says to “start visit”
export const handOverAll = async () => 0;
export const leave = (session) => session.erase();
"""
NO_WORKER = "export const register = () => {};\nexport const takeNew = () => {};\n"


def _flags(**more: Any) -> dict[str, Any]:
    names = ("no_police", "text_only", "not_at_home", "deceased", "in_custody", "in_hospital", "in_treatment", "not_today")
    return {"stop": ""} | dict.fromkeys(names, False) | more


def _visit(number: int, name: str, clock: str, hours: float, **more: Any) -> dict[str, Any]:
    now = int(time.time() * 1000)
    flags, contact = more.pop("flags", {}), more.pop("contact", {})
    return {
        "case": f"00000000-0000-4000-8000-00000000000{number}", "code": f"amber-heron {40 + number}", "clock": clock,
        "due": now + int(hours * HOUR), "first": False, "reasons": [], "versions": {"ask_for": "a1b2", "no_police": "c3d4"},
        "contact": {"ask_for": name, "meeting_place": "12 Pier Street, blue door", "phone": "+1 555 0100", "language": "English",
                    "language_code": "en", "safety": ["dog", "steep stairs"], "safety_days": 12} | contact,
        "flags": _flags(**flags), "tries": [[now - 20 * HOUR, "phone", "no_answer"]], "follow_ups": [], "needs": [],
        "agreements": [], "town": "Harborview", "say": "en", "window": None, "prefers": "",
    } | more  # fmt: skip


def day(role: str = "recovery_coach", **more: Any) -> dict[str, Any]:
    """What the app is given: three visits for whoever goes, none for whoever only drops something in."""
    police = role in ("patrol_officer", "outreach_officer", "data_designee")
    visits = [
        _visit(1, "Marisol", "now", -1, window=["14:00", "16:00"], say="es",
               contact={"language": "Spanish", "language_code": "es", "never_mention": "the program, to the aunt"},
               follow_ups=[{"id": "f1", "due_on": "2026-12-01", "label": "day 3", "from": "14:00", "to": "16:00"}],
               needs=[{"label": "Safe place tonight", "status": "asked"}], agreements=[{"id": "g1", "label": "Harbor Shelter"}]),
        _visit(2, "Teo", "soon", 9, first=True, tries=[], flags={"text_only": True}),
        _visit(3, "", "calm", 50, tries=[], flags={"no_police": True}, contact={"phone": ""}),
    ]  # fmt: skip
    first = visits[0]["case"]
    taps = {**lists.FOR_CONTACTS, **lists.FOR_VISITS, **lists.FOR_CARE}
    pack = {
        "version": "1", "made": int(time.time() * 1000) - 2 * HOUR, "me": {"name": "Ana Costa", "role": role, "police": police},
        "towns": [{"id": "t1", "name": "Harborview"}, {"id": "t2", "name": "Millbrook"}],
        "lists": {name: [[code, str(label)] for code, label in codes.items()] for name, codes in taps.items()},
        "agencies": [{"id": "a1", "name": "Harbor Shelter", "kind": "shelter"}],
        "wording": {"version": VERSION, "discloser": "Harbor Health", "texts": {one: texts(one) for one in LANGUAGES}},
        "visits": [] if role in ("patrol_officer", "data_designee") else visits,
        "route": {"order": [first, visits[1]["case"]], "arrive": {first: int(time.time() * 1000)},
                  "left_out": [visits[2]["case"]], "model": "Straight lines, times 1.3.", "minutes": 95},
        "map": {"outlines": [{"name": "Harborview", "rings": [[[-71.1, 42.3], [-71.0, 42.3], [-71.0, 42.4], [-71.1, 42.4]]]}],
                "points": {first: [-71.06, 42.33], visits[1]["case"]: [-71.02, 42.37]}},
        "clashes": [{"id": "c1", "case": first, "field": "ask_for", "said": "Mari", "stands": "Marisol"}],
        "outing_minutes": 30, "lease_hours": 24,
    }  # fmt: skip
    given = {
        "pack": pack, "me": pack["me"], "answers": [], "signIn": False, "off": 0, "full": False,
        "stores": [{"id": "s1", "label": "A. C.", "locked": True, "unsent": 0, "passkey": False, "erased": "", "broken": False}],
        "who": {"signed_in": False},
    }  # fmt: skip
    return given | more


def _answer(given: dict[str, Any], path: str) -> tuple[str, bytes | str]:
    if path == "/field/":
        with override("en"):
            return "text/html; charset=utf-8", page_in("en")
    made = {"store.js": STORE, "sync.js": SYNC, "version.js": NO_WORKER}.get(path.removeprefix("/static/field/"))
    if made is not None:
        return "text/javascript", made.replace("GIVEN", json.dumps(given))
    found = finders.find(path.removeprefix("/static/"))
    if not found:
        return "", ""
    with open(found, "rb") as file:
        return mimetypes.guess_type(found)[0] or "application/octet-stream", file.read()


@contextmanager
def glass(browser: Browser, given: dict[str, Any] | None = None, *, unlock: bool = True, **options: Any):
    """The app on a phone; `page.faults` is what a browser complains of, `page.sent` what was kept."""
    facts = given or day()
    context = browser.new_context(
        **{"viewport": {"width": 390, "height": 844}, "locale": "en-US", "reduced_motion": "reduce"} | options
    )
    context.set_default_timeout(5_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    context.route("**/*", lambda route: _serve(route, facts))
    try:
        if facts["off"]:
            page.clock.install(time=time.time() + facts["off"] / 1000)
        page.goto(f"{ADDRESS}/field/")
        page.wait_for_selector("main h1[tabindex]")
        if unlock:
            page.fill("#pin", "271828")
            page.click("form .button")
            page.wait_for_selector(".screen--day, .screen--contact")
        yield page
        assert faults == []
    finally:
        context.close()


def _serve(route: Route, given: dict[str, Any]) -> None:
    kind, body = _answer(given, urlsplit(route.request.url).path)
    if not kind:
        route.fulfill(status=404, body="")
        return
    headers = {"Content-Type": kind, "Content-Security-Policy": build_policy(settings.SECURE_CSP)}
    route.fulfill(status=200, body=body, headers=headers)


def go(page: Page, place: str) -> None:
    """To a screen by its address, as a link does; done when it stands there."""
    page.evaluate("place => { location.hash = place }", place)
    page.wait_for_selector(f".screen--{place.split('/')[0]} h1")


def anew(page: Page) -> Page:
    """The same phone as if nothing had been done on it yet, at its first screen: quicker than another phone."""
    page.evaluate("() => { forget(); location.hash = 'settings'; }")
    page.wait_for_selector(".screen--settings")
    go(page, "day")
    return page


def kept(page: Page) -> list[dict[str, Any]]:
    """What the session was given to keep, in order."""
    return list(
        page.evaluate("(globalThis.kept ?? []).map(({ kind, data, case: of, base }) => ({ kind, data, of, base }))")
    )


def violations(page: Page, tags: Sequence[str] = TAGS) -> list[Any]:
    """What axe finds wrong, and nothing of the much that it finds right."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(Axe().axe_script)
    return list(page.evaluate(AXE, {"runOnly": {"type": "tag", "values": list(tags)}, "resultTypes": ["violations"]}))
