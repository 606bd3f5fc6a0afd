"""A separate installation in a temporary folder, served for real, and a browser that signs in to it as anybody would."""

from __future__ import annotations

import base64
import hmac
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.installed import made_once, set_up

TOP = Path(__file__).resolve().parents[2]
# The same for everybody: the installation lives as long as the test.
PASSWORD = "a walk beside the river"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
# Beyond the network, the answer to a bad form is 422 on purpose, and Chromium says so on its console.
EXPECTED_ON_CONSOLE = "the server responded with a status of 422"

# name, login, the way there: an address, then links to follow on it ("*" stands for any one part of an address).
SCREENS = (
    ("sign-in", "", ("/sign-in/",)),
    ("trust", "", ("/trust/",)),
    ("due-list", "coordinator", ("/today/",)),
    ("case-coordinator", "coordinator", ("/today/", "/cases/*/")),
    ("assign", "coordinator", ("/today/", "/cases/*/team/")),
    ("close", "coordinator", ("/today/", "/cases/*/", "/cases/*/close/")),
    ("matches", "coordinator", ("/matches/",)),
    ("somebody-else", "coordinator", ("/today/", "/cases/*/", "/events/*/somebody-else/")),
    ("due-list-coach", "coach", ("/today/",)),
    ("case-coach", "coach", ("/today/", "/cases/*/", "/needs/*/refer/", "/cases/*/")),
    ("attempt", "coach", ("/today/", "/cases/*/", "/cases/*/attempt/")),
    ("help", "coach", ("/today/", "/cases/*/", "/cases/*/today/")),
    ("answers", "coach", ("/today/", "/cases/*/", "/cases/*/answers/")),
    ("ride", "coach", ("/today/", "/cases/*/", "/cases/*/answers/", "/needs/*/ride/")),
    ("beds", "coach", ("/beds/",)),
    ("card", "coach", ("/cards/",)),
    ("need", "coach", ("/today/", "/cases/*/", "/cases/*/today/", "/cases/*/need/")),
    ("arrange", "coach", ("/today/", "/cases/*/", "/needs/*/refer/")),
    ("wishes", "coach", ("/today/", "/cases/*/", "/cases/*/wishes/")),
    ("plan", "coach", ("/today/", "/cases/*/", "/cases/*/follow-up/")),
    ("day", "coordinator", ("/plan/",)),
    ("what-if", "coordinator", ("/today/", "/plan/what-if/")),
    ("day-coach", "coach", ("/today/", "/plan/mine/")),
    ("person", "coach", ("/today/", "/cases/*/", "/people/*/")),
    ("kits", "coach", ("/kits/",)),
    ("from-phones", "coordinator", ("/field/waiting/",)),
    ("your-phones", "coach", ("/field/phones/",)),
    ("find", "coordinator", ("/people/find/",)),
    ("pacts", "privacy", ("/elsewhere/",)),
    ("services", "coach", ("/services/",)),
    ("today-officer", "officer", ("/today/",)),
    ("case-officer", "officer", ("/today/", "/cases/*/")),
    ("attempt-officer", "officer", ("/today/", "/cases/*/", "/cases/*/attempt/")),
    ("contact", "patrol", ("/intake/contact/",)),
    ("morning", "data", ("/intake/morning/",)),
    ("settle", "data", ("/intake/morning/", "/intake/morning/*/")),
    ("inbox", "shelter", ("/referrals/",)),
    ("month", "epidemiologist", ("/reports/month/",)),
    ("form", "epidemiologist", ("/reports/forms/",)),
    ("signals", "coordinator", ("/signals/",)),
    ("why-no-alarm", "epidemiologist", ("/signals/why/",)),
    ("helping", "epidemiologist", ("/reports/helping/",)),
    ("users", "administrator", ("/users/",)),
    ("user", "administrator", ("/users/", "/users/*/")),
    ("user-add", "administrator", ("/add-user/",)),
    ("your-sign-in", "coach", ("/sign-in/mine/",)),
    ("add-passkey", "coach", ("/sign-in/mine/passkey/",)),
    ("set-up-code", "", ("/sign-in/first/",)),
    ("not-found", "administrator", ("/today/",)),
)


def chromium() -> str:
    """Where Chromium is, or an empty string."""
    names = (os.environ.get("ALONGSIDE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), "")


def free_port() -> int:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


def totp(secret: str, step: int) -> str:
    """RFC 6238: six digits for one step of 30 seconds."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@dataclass
class Site:
    """One installation; `run` is its command line."""

    home: Path
    port: int = field(default_factory=free_port)
    used: dict[str, int] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {"ALONGSIDE_HOME": str(self.home), "PYTHONPATH": str(TOP), "DJANGO_SETTINGS_MODULE": "alongside.settings",
                "SITE_PASSWORD": PASSWORD, "SITE_SECRET": SECRET, "ALONGSIDE_DEMO_PASSWORD": PASSWORD}  # fmt: skip
        without = ("DATABASE_URL", "ALONGSIDE_KEYS", "ALONGSIDE_HTTPS", "ALONGSIDE_HOSTS")
        return {name: text for name, text in os.environ.items() if name not in without} | ours

    @property
    def address(self) -> str:
        """By name: a browser keeps passkeys for names only."""
        return f"http://localhost:{self.port}"

    def code_for(self, login: str) -> str:
        """What the code generator of this login shows; each code works once, so the next one where it was used."""
        # The one before is still taken, but not if it grows too old on its way: so three in a row need no waiting.
        step = int(time.time() - 20) // 30
        step = max(step, self.used.get(login, 0) + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        self.used[login] = step
        return totp(SECRET, step)

    def run(self, *words: str) -> str:
        """One command of the program; a fault fails the caller with what it said."""
        return self._python("-m", "alongside", *words)

    def seed(self) -> None:
        made_once(self.home, "of a journey", lambda home: Site(home)._seed())

    def _seed(self) -> None:
        set_up(self.home, self.environment, "--program", "Harbor Outreach")
        self._python(str(TOP / "tests" / "journeys" / "seeding.py"))

    def inside(self, what: str) -> str:
        """One of the small jobs of `inside.py`: what a mailbox shows, time that has passed."""
        return self._python(str(TOP / "tests" / "journeys" / "inside.py"), what)

    def _python(self, *words: str) -> str:
        done = subprocess.run([sys.executable, *words], env=self.environment, cwd=TOP, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[Site]:
        """The server as a process of its own, ended by its own handle."""
        words = [sys.executable, "-m", "alongside", "serve", "--port", str(self.port)]
        log = (self.home / "server.log").open("wb")
        with log, subprocess.Popen(words, env=self.environment, cwd=TOP, stdout=log, stderr=log) as server:
            try:
                self._wait(server)
                yield self
            finally:
                server.terminate()

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        for _ in range(300):
            if server.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.address}/trust/", timeout=5).close()  # noqa: S310  # our own address
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.home / "server.log").read_text())


@contextmanager
def installation() -> Iterator[Site]:
    """A seeded installation that is served until the block ends, and then gone."""
    home = Path(tempfile.mkdtemp(prefix="alongside-site-"))
    try:
        site = Site(home)
        site.seed()
        with site.served():
            yield site
    finally:
        shutil.rmtree(home, ignore_errors=True)


# --- the browser ----------------------------------------------------------------------------------------------------


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium without a window, and without calls of its own to anywhere."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage",
                # There is no screen: drawing it as a graphics card would is a fifth of the work.
                "--disable-gpu", "--disable-gpu-compositing", "--disable-software-rasterizer",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """One member of staff's browser; `faults` collects what no page may do."""

    site: Site
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        host = urlsplit(self.site.address).netloc
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", lambda asked: self._asked(asked.url, host))
        self.page.on(
            "response", lambda got: self.faults.append(f"{got.status} {got.url}") if got.status >= 500 else None
        )

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and EXPECTED_ON_CONSOLE not in text:
            self.faults.append(f"console: {text}")

    def _asked(self, url: str, host: str) -> None:
        if urlsplit(url).netloc != host and not url.startswith(("data:", "blob:")):
            self.faults.append(f"request to {url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        return self.page

    def sign_in(self, login: str) -> Page:
        """Through the real page, like anybody."""
        self.go("/sign-in/")
        self.page.get_by_label("Sign-in name").fill(login)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        field, shown = self.page.get_by_label("Code"), self.page.locator("[data-demo-code]")
        field.wait_for()
        # A demonstration has secrets of its own, and shows the code.
        field.fill("".join(filter(str.isdigit, shown.inner_text())) if shown.count() else self.site.code_for(login))
        self.page.get_by_role("button", name="Go on").click()
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
        return self.page

    def follow(self, way: tuple[str, ...]) -> bool:
        """Go to the first address and along the links of the rest, trying the next link where one leads nowhere."""
        answer = self.page.goto(self.site.address + way[0])
        if answer is None or len(way) == 1:
            return answer is not None
        links = self.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
        parts = way[1].split("*")
        slashes = way[1].count("/")
        fitting = [
            one for one in links if one.startswith(parts[0]) and one.endswith(parts[-1]) and one.count("/") == slashes
        ]
        return any(self.follow((link, *way[2:])) for link in list(dict.fromkeys(fitting))[:12])

    def status_of(self, path: str) -> int:
        """What the server answers to this login, without showing the page."""
        return self.context.request.get(self.site.address + path, max_redirects=0).status

    def overflows(self) -> bool:
        """Whether the page is wider than the glass."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@contextmanager
def window(browser: Browser, site: Site, login: str = "", **options) -> Iterator[Window]:
    """A browser of its own for one login; options are Playwright's (viewport, color_scheme, …)."""
    context = browser.new_context(**{"viewport": DESK, "locale": "en-US", "timezone_id": "America/New_York"} | options)
    context.set_default_timeout(10_000)
    made = Window(site, context, context.new_page())
    made.watch()
    try:
        if login:
            made.sign_in(login)
        yield made
    finally:
        context.close()
