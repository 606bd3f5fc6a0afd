"""A phone in a test: what it keeps, what it sends, and what it was told; the server is asked over HTTP."""

from __future__ import annotations

import gzip
import json
import time

from django.test import Client

from alongside.common.ids import new_id
from tests.cast import browser_of

HOUR = 3_600_000


def now_ms():
    return int(time.time() * 1000)


class Device:
    """One store of one user. `skew` is how far its clock is off, in milliseconds."""

    def __init__(self, user, skew=0):
        self.user, self.skew, self.seq, self.version = user, skew, 0, ""
        self.unsent, self.answers, self.pack = [], {}, None
        joined = browser_of(user).post("/field/phone/", data="{}", content_type="application/json")
        assert joined.status_code == 200, joined.content
        told = joined.json()
        self.id, self.token = told["phone"], told["token"]
        self.client = Client()

    @property
    def clock(self):
        return now_ms() + self.skew

    @property
    def bearer(self):
        return f"Bearer {self.id}.{self.token}"

    def add(self, kind, case=None, /, base=None, ago=0, **data):
        """Write something down; gives the change as it will be sent."""
        self.seq += 1
        change = {
            "id": str(new_id()), "seq": self.seq, "kind": kind, "made": self.clock - ago * 60_000,
            "case": str(case.id) if case is not None else None, "base": base or {}, "data": data,
        }  # fmt: skip
        self.unsent.append(change)
        return change

    def post(self, path, body, packed=True, **headers):
        raw = json.dumps(body).encode()
        if packed:
            raw, headers = gzip.compress(raw), headers | {"Content-Encoding": "gzip"}
        return self.client.post(
            path, data=raw, content_type="application/json", headers={"Authorization": self.bearer} | headers
        )

    def send(self, changes=None, **more):
        """One request with everything that is unsent, or with these; gives the answer as it came."""
        changes = self.unsent if changes is None else changes
        body = {"v": 1, "now": self.clock, "have": self.version, "changes": changes} | more
        body["taken"] = [key for key, answer in self.answers.items() if answer["state"] == "taken"]
        return self.post("/field/sync/", body)

    def sync(self, changes=None, **more):
        """Send, and keep what the server said."""
        answer = self.send(changes, **more)
        assert answer.status_code == 200, answer.content
        return self.take(answer.json())

    def take(self, said):
        for one in said["answers"]:
            self.answers[one["id"]] = one
        self.unsent = [change for change in self.unsent if change["id"] not in self.answers]
        self.version = said["pack_version"]
        self.pack = said["pack"] or self.pack
        return said

    def visit(self, case):
        """A visit of the pack, by its case."""
        return next((one for one in self.pack["visits"] if one["case"] == str(case.id)), None)

    def state(self, change):
        return self.answers[change["id"]]["state"]
