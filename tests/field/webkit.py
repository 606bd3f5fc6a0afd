"""A second engine: WebKit, the one of every iPhone, through the driver Debian packages and the W3C's own protocol."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from typing import Any

from tests.journeys.site import free_port

DRIVER = "WebKitWebDriver"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how the protocol calls an element
SIZE = "390x844x24"


class Fault(AssertionError):
    """What the driver, or the page, said."""


def missing() -> str:
    """One sentence on what is not here, or an empty string."""
    absent = [name for name in (DRIVER, "Xvfb") if not shutil.which(name)] + ([] if mini_browser() else ["MiniBrowser"])
    return f"No second engine here, {', '.join(absent)} is missing (Debian: webkit2gtk-driver, xvfb)." if absent else ""


def mini_browser() -> str:
    """The driver's own small browser, or an empty string."""
    return next(iter(sorted(glob("/usr/lib/*/webkit2gtk-*/MiniBrowser"), reverse=True)), "")


@dataclass
class WebKit:
    """One window. Every wait ends by itself with what the page shows then."""

    base: str
    version: str = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if method != "POST" else json.dumps(body or {}).encode()
        asked = urllib.request.Request(self.base + path, data=data, method=method)  # noqa: S310  # our own driver
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise Fault(f"{told['error']}: {told['message']}") from None

    def go(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def reload(self) -> None:
        self.call("POST", "/refresh")

    def ask(self, script: str, *given: Any) -> Any:
        """What an async function body gives back; a throw in it is a fault."""
        whole = (
            "const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1);"
            f"(async () => {{ {script} }})().then(value => done({{value}}), error => done({{error: String(error)}}))"
        )
        told = self.call("POST", "/execute/async", {"script": whole, "args": list(given)})
        if "error" in told:
            raise Fault(told["error"])
        return told.get("value")

    def until(self, script: str, *given: Any, seconds: float = 20) -> Any:
        """Ask until it is true."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if found := self.ask(script, *given):
                return found
            time.sleep(0.1)
        raise Fault(f"waited in vain for {script} {given}; the page shows: {self.text()}")

    def text(self) -> str:
        return str(self.ask("return location.href + ' | ' + document.body.innerText"))

    def sees(self, words: str) -> None:
        self.until("return document.body.innerText.includes(given[0])", words)

    def element(self, css: str) -> str:
        self.until("const it = document.querySelector(given[0]); return !!it && it.checkVisibility()", css)
        return str(self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT])

    def click(self, css: str) -> None:
        self.call("POST", f"/element/{self.element(css)}/click")

    def type(self, css: str, text: str) -> None:
        self.call("POST", f"/element/{self.element(css)}/value", {"text": text})

    def press(self, name: str) -> None:
        """The visible button or link that says so."""
        self.until(
            "const it = [...document.querySelectorAll('button, a, summary, label')].find("
            "  one => one.checkVisibility() && one.innerText.trim() === given[0]);"
            "document.querySelectorAll('[data-pressed]').forEach(one => one.removeAttribute('data-pressed'));"
            "it?.setAttribute('data-pressed', ''); return !!it", name,
        )  # fmt: skip
        self.click("[data-pressed]")


@contextmanager
def running() -> Iterator[WebKit]:
    """A screen nobody sees, the driver on it, and one window; all three end with the block."""
    with tempfile.TemporaryDirectory(prefix="alongside-webkit-") as folder, screen() as display:
        environment = os.environ | {"DISPLAY": display, "HOME": folder, "XDG_RUNTIME_DIR": folder, "NO_AT_BRIDGE": "1"}
        port = free_port()
        with subprocess.Popen(
            [DRIVER, f"--port={port}"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as driver:
            try:
                yield from opened(f"http://127.0.0.1:{port}")
            finally:
                driver.terminate()


def opened(driver: str) -> Iterator[WebKit]:
    wanted = {"webkitgtk:browserOptions": {"binary": mini_browser(), "args": ["--automation"]}}
    for attempt in range(50):
        try:
            told = WebKit(driver).call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            break
        except urllib.error.URLError:  # it does not listen yet
            if attempt == 49:
                raise
            time.sleep(0.1)
    window = WebKit(f"{driver}/session/{told['sessionId']}", told["capabilities"]["browserVersion"])
    try:
        yield window
    finally:
        window.call("DELETE", "")


@contextmanager
def screen() -> Iterator[str]:
    """Xvfb picks a free number itself and says which."""
    ours, theirs = os.pipe()
    words = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SIZE, "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[theirs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        try:
            with os.fdopen(ours) as said:
                number = said.readline().strip()
            yield f":{number}"
        finally:
            server.terminate()
