"""Phones on a bad line against the real program: 200 devices x 50 changes, cut, repeated, reordered, late; kill -9 midway.

Each phone is a thread with a store of its own. It learns only what a phone would learn. In the end everything that was
written down is looked for in the database: once each, nothing acknowledged missing, no word overwritten that nobody had read.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from tests.journeys.site import free_port  # noqa: E402
from tests.walls.site import Site, make_site, remove  # noqa: E402

PHONES = int(os.environ.get("ALONGSIDE_FIELD_DEVICES", "200"))
CHANGES = int(os.environ.get("ALONGSIDE_FIELD_CHANGES", "50"))
COACHES = max(1, PHONES // 10)
AT_ONCE = int(os.environ.get("ALONGSIDE_FIELD_AT_ONCE", "16"))
ROUNDS = 10
KINDS = ("attempt", "attempt", "attempt", "training", "training", "contact", "contact_field", "contact_field", "kits")
SEED = "import runpy; runpy.run_path('bench/field_sync_seed.py', run_name='__main__')"


class Phone:
    """One store: what it wrote down, what is unsent, what it was told."""

    def __init__(self, known: dict[str, Any], number: int) -> None:
        self.bearer = f"Bearer {known['phone']}.{known['token']}"
        self.id, self.coach, self.cases = known["phone"], known["coach"], known["cases"]
        self.chance = random.Random(number)
        self.skew = self.chance.randrange(-48, 49) * 3_600_000
        self.seq, self.version, self.pack = 0, "", None
        self.written: dict[str, dict[str, Any]] = {}
        self.unsent: list[dict[str, Any]] = []
        self.told: dict[str, str] = {}
        self.changed_answers = 0
        self.held: list[list[dict[str, Any]]] = []
        self.busy = threading.Lock()

    def write(self) -> None:
        """Write something down, on top of what this phone last heard."""
        kind, case = self.chance.choice(KINDS), self.chance.choice(self.cases)
        self.seq += 1
        data: dict[str, Any] = {
            "attempt": {"channel": "phone", "result": "called_off"},
            "training": {"taught": "group", "steps": ["call"], "people": 3},
            "contact": {"kind": "at_risk", "minutes_ago": self.chance.randrange(600)},
            "kits": {"kits": 1, "to": "loved_one"},
            "contact_field": {"field": "meeting_place", "value": f"bench {self.id[-6:]} {self.seq}"},
        }[kind]
        base = {}
        if kind == "contact_field":
            visits = (self.pack or {}).get("visits", [])
            base = next((visit["versions"] for visit in visits if visit["case"] == case), {})
        change = {
            "id": str(uuid.uuid4()), "seq": self.seq, "kind": kind, "made": int(time.time() * 1000) + self.skew,
            "case": case if kind in ("attempt", "contact_field") else None, "data": data,
            "base": {"meeting_place": base.get("meeting_place", "")},
        }  # fmt: skip
        self.written[change["id"]] = change
        self.unsent.append(change)

    def take(self, said: dict[str, Any]) -> None:
        for one in said["answers"]:
            before = self.told.get(one["id"], "taken")
            self.changed_answers += before not in ("taken", one["state"])  # only what was taken may become something
            self.told[one["id"]] = one["state"]
        self.unsent = [change for change in self.unsent if change["id"] not in self.told]
        self.version, self.pack = said["pack_version"], said["pack"] or self.pack


class Line:
    """The way to the server: while it is bad, requests get lost, cut, doubled, mixed up or late."""

    def __init__(self, port: int) -> None:
        self.port, self.bad = port, True
        self.counts: Counter[str] = Counter()

    def post(self, phone: Phone, changes: list[dict[str, Any]], *, cut: bool = False) -> dict[str, Any] | None:
        body = {"v": 1, "now": int(time.time() * 1000) + phone.skew, "have": phone.version, "changes": changes}
        body["taken"] = [change for change, state in phone.told.items() if state == "taken"]
        headers = {"Authorization": phone.bearer, "Content-Type": "application/json", "Content-Encoding": "gzip"}
        self.counts["requests"] += 1
        try:
            with closing(http.client.HTTPConnection("localhost", self.port, timeout=90)) as link:
                link.request("POST", "/field/sync/", gzip.compress(json.dumps(body).encode()), headers)
                if cut:  # arrived, and nobody hears what became of it
                    return None
                answer = link.getresponse()
                said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.counts["no answer"] += 1
            return None
        if answer.status != 200:
            self.counts[f"status {answer.status}"] += 1
            return None
        return dict(said)

    def send(self, phone: Phone) -> bool:
        """One try of one phone; true when it has nothing left."""
        with phone.busy:
            return self._bad(phone) if self.bad else self._good(phone)

    def _good(self, phone: Phone) -> bool:
        for part in phone.held:
            self.post(phone, part)
        phone.held = []
        said = self.post(phone, phone.unsent)
        if said is not None:
            phone.take(said)
        return said is not None and not phone.unsent and "taken" not in phone.told.values()

    def _bad(self, phone: Phone) -> bool:
        part = [change for change in phone.unsent if phone.chance.random() < 0.9]
        part += phone.chance.sample(part, len(part) // 4)
        phone.chance.shuffle(part)
        fate = phone.chance.random()
        if fate < 0.15:
            self.counts["lost"] += 1
        elif fate < 0.25:
            self.counts["late"] += 1
            phone.held.append(part)
        elif fate < 0.40:
            self.counts["cut"] += 1
            self.post(phone, part, cut=True)
        else:
            said = self.post(phone, part)
            if said is not None:
                phone.take(said)
            if said is not None and fate < 0.5:
                self.counts["twice"] += 1
                if (again := self.post(phone, part)) is not None:
                    phone.take(again)
        return False


def serve(site: Site, port: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "alongside", "serve", "--port", str(port)]
    with (site.home / "server.log").open("ab") as log:
        server = subprocess.Popen(
            words, env=site.environment, cwd=TOP, stdout=log, stderr=log, start_new_session=True
        )
    for _ in range(600):
        try:
            with closing(http.client.HTTPConnection("localhost", port, timeout=5)) as link:
                link.request("GET", "/field/who/")
                if link.getresponse().status == 200:
                    return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not come up")


def all_at_once(phones: list[Phone], line: Line, writes: int = 0) -> list[bool]:
    """Each phone writes something down and tries once to send, many at a time."""
    waiting, done, guard = list(phones), [], threading.Lock()

    def work() -> None:
        while True:
            with guard:
                if not waiting:
                    return
                phone = waiting.pop()
            for _ in range(writes):
                phone.write()
            done.append(line.send(phone))

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def kill(server: subprocess.Popen[bytes], phones: list[Phone], acknowledged: dict[str, str]) -> None:
    """Note what was acknowledged until now, and kill the server without a word."""
    for phone in phones:
        acknowledged.update(dict(phone.told))
    os.killpg(server.pid, signal.SIGKILL)


def shift(phones: list[Phone], line: Line, site: Site, port: int, acknowledged: dict[str, str]) -> subprocess.Popen[bytes]:
    """A shift on a bad line; in the middle of it the server is killed, and comes back."""
    server = serve(site, port)
    for number in range(ROUNDS):
        killer = threading.Timer(1.5, kill, (server, phones, acknowledged)) if number == ROUNDS // 2 else None
        if killer is not None:
            killer.start()
        all_at_once(phones, line, CHANGES // ROUNDS)
        if killer is not None:
            killer.join()
            server.wait()
            server = serve(site, port)
    return server


def heal(phones: list[Phone], line: Line) -> float:
    """From here on the line is good: the seconds until no phone has anything unsent and all of a coach hold the same pack."""
    line.bad = False
    started = time.monotonic()
    while True:
        done = all_at_once(phones, line)
        sent = len(done) == len(phones) and all(done)
        packs: dict[int, set[str]] = {}
        for phone in phones:
            packs.setdefault(phone.coach, set()).add(phone.version)
        if sent and all(len(versions) == 1 for versions in packs.values()):
            return time.monotonic() - started
        if time.monotonic() - started > 1200:
            return float("inf")


def overwritten(phones: list[Phone], stood: dict[str, Any]) -> int:
    """Words that were written over by a phone that had neither read them nor said them itself."""
    by_id = {change: phone for phone in phones for change in phone.written}
    last: dict[tuple[str, str], tuple[str, str]] = {}
    found = 0
    for change_id, phone_id, case_id, _seq, _kind, state, field, became in stood["changes"]:
        if state != "kept" or not field:
            continue
        before = last.get((case_id, field))
        base = by_id[change_id].written[change_id]["base"].get(field)
        if before is not None and base != before[1] and phone_id != before[0]:
            found += 1
        last[case_id, field] = (phone_id, became)
    return found


def report(phones: list[Phone], line: Line, seconds: float, acknowledged: dict[str, str], stood: dict[str, Any]) -> bool:
    written = {change_id: change for phone in phones for change_id, change in phone.written.items()}
    states = {row[0]: row[5] for row in stood["changes"]}
    told = {change_id: state for phone in phones for change_id, state in phone.told.items()}
    kept = Counter(written[change_id]["kind"] for change_id, state in states.items() if state == "kept")
    lost = [change_id for change_id, state in acknowledged.items()
            if change_id not in states or state not in ("taken", states[change_id])]  # fmt: skip
    changed = sum(phone.changed_answers for phone in phones)
    once = set(states) == set(written) == set(told) and all(kept[kind] == n for kind, n in stood["done"].items())
    clashes = sum(state == "clash" for state in states.values())
    both = sum(stood["said"].get(i) == written[i]["data"]["value"] for i, state in states.items() if state == "clash")
    silent = overwritten(phones, stood)
    print(f"field-sync: {len(phones)} phones x {CHANGES} changes = {len(written)}; the line: {dict(line.counts)}")
    print(f"field-sync: exactly once: {'yes' if once else 'NO'} ({dict(Counter(states.values()))}; done: {dict(stood['done'])})")
    print(f"field-sync: acknowledged before kill -9: {len(acknowledged)}, of these lost: {len(lost)}")
    print(f"field-sync: answers that became other ones: {changed}")
    print(f"field-sync: all phones had sent everything and held the same day {seconds:.1f} s after the line was good")
    print(f"field-sync: two answers: {clashes}, both kept: {both}; silent overwrites: {silent}")
    print(f"field-sync: the chain of the journal is whole: {stood['journal']}")
    return once and not lost and not changed and both == clashes and not silent and bool(stood["journal"])


def main() -> None:
    site, port = make_site(), free_port()
    server = None
    try:
        known = json.loads(site.python(SEED, str(PHONES), str(COACHES)).splitlines()[-1])
        phones, line = [Phone(one, number) for number, one in enumerate(known)], Line(port)
        started = time.monotonic()
        acknowledged: dict[str, str] = {}
        server = shift(phones, line, site, port, acknowledged)
        waits, spent = sum(len(phone.unsent) for phone in phones), time.monotonic() - started
        print(f"field-sync: {spent:.0f} s on a bad line; {waits} changes wait when it becomes good", flush=True)
        seconds = heal(phones, line)
        stood = json.loads(site.python(SEED).splitlines()[-1])
        good = report(phones, line, seconds, acknowledged, stood)
    finally:
        if server is not None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()
        remove(site)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
