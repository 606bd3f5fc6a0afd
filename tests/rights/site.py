"""A whole installation of its own for a test: made, filled, looked into page by page, and driven by its own commands."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.installed import set_up

TOP = Path(__file__).resolve().parents[2]
PAGE, RESERVE, IV = 4096, 80, 16

SEED = """
import sys
sys.path.insert(0, {top!r})
import django
django.setup()
import json
from tests.cast import side, case_with_everything, person_of, now
from alongside.accounts.models import Program
from alongside.consent.actions import record_consent
from alongside.identity.fields import SealedField
from alongside.identity.forgetting import rows_about, sealed_fields
from alongside.identity.models import DataKey
from alongside.incidents.models import Incident
from alongside.people.models import Person
ours = side("Harbor", ("Eastpoint",))
found = {{}}
for number in range({people}):
    case = case_with_everything(ours)
    person = case.person
    calls = list(Incident.objects.filter(person=person).values_list("id", flat=True))
    secrets = [bytes(row.wrapped).hex() for row in DataKey.objects.filter(holder__in=[person.id, *calls])]
    for model, fields in sealed_fields():
        for row in rows_about(model, fields, [person.id]):
            secrets += [getattr(row, f.attname).ciphertext.hex() for f in fields if getattr(row, f.attname)]
    found[str(person.id)] = {{"code": person.code, "secrets": secrets, "calls": [str(call) for call in calls]}}
print(json.dumps({{"people": found, "program": str(ours.program.id)}}))
"""

FORGET = """
import sys
sys.path.insert(0, {top!r})
import django
django.setup()
from alongside.common.actor import Actor
from alongside.people.models import Person
from alongside.rights.forgetting import forget_person
person = Person.objects.get(id={person!r})
print(forget_person(person, by=Actor.system(person.program_id), never_again=True))
"""

MONTHS = """
import sys
sys.path.insert(0, {top!r})
import django
django.setup()
from alongside.accounts.models import Program, User
from alongside.common.clock import now
from alongside.reports.queries import month_for, this_month_for
Program.objects.update(min_cell=1)
viewer = User.objects.get(role="coordinator").actor()
first = this_month_for(viewer, now())
print(month_for(viewer, first.year, first.month, first and now()).counts)
"""


class Site:
    """An installation in a folder; `secrets` are ciphertexts and wrapped keys as they were before anybody was forgotten."""

    top = str(TOP)

    def __init__(self, home: Path) -> None:
        self.home, self.secrets, self.people = home, [], {}
        # Always the embedded file, wherever the other tests run.
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ALONGSIDE_KEYS")}
        self.environment |= {
            "ALONGSIDE_HOME": str(home), "PYTHONPATH": str(TOP), "DJANGO_SETTINGS_MODULE": "alongside.settings",
        }  # fmt: skip
        set_up(home, self.environment)

    @property
    def database(self) -> Path:
        return self.home / "alongside.db"

    def key(self, name="database") -> bytes:
        return bytes.fromhex((self.home / "keys" / f"{name}.key").read_text().strip())

    def ask(self, *words):
        command = [sys.executable, "-m", "alongside", *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def run(self, *words) -> str:
        done = self.ask(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code: str, **values) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code.format(top=self.top, **values)], env=self.environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def seed(self, people=2) -> None:
        told = json.loads(self.python(SEED, people=people).splitlines()[-1])
        self.people = told["people"]
        self.secrets = [bytes.fromhex(secret) for who in self.people.values() for secret in who["secrets"]]

    def secrets_of(self, person):
        return [bytes.fromhex(secret) for secret in self.people[person]["secrets"]], self.people[person]["code"]

    def forget(self, person) -> str:
        return self.python(FORGET, person=person).strip()

    def months(self) -> str:
        return self.python(MONTHS)

    # --- looking into the file --------------------------------------------------------------------------------------

    def pages(self, file: Path | None = None):
        """Every page of the file and of its WAL, decrypted: also those that are free and those nothing points at."""
        file = file or self.database
        raw = file.read_bytes()
        for start in range(0, len(raw), PAGE):
            yield self._page(raw[start : start + PAGE], 16 if start == 0 else 0)
        wal = file.with_name(file.name + "-wal")
        frames = wal.read_bytes()[32:] if wal.exists() else b""
        for start in range(0, len(frames), PAGE + 24):
            body = frames[start + 24 : start + 24 + PAGE]
            number = int.from_bytes(frames[start : start + 4], "big")
            if len(body) == PAGE:
                yield self._page(body, 16 if number == 1 else 0)

    def _page(self, page: bytes, salt: int) -> bytes:
        iv = page[PAGE - RESERVE : PAGE - RESERVE + IV]
        box = Cipher(algorithms.AES(self.key()), modes.CBC(iv)).decryptor()
        return box.update(page[salt : PAGE - RESERVE]) + box.finalize()

    def dump(self, file: Path | None = None) -> str:
        """Every row of every table as SQL would write it."""
        connection = sqlcipher.connect(str(file or self.database))
        connection.execute(f"PRAGMA key = \"x'{self.key().hex()}'\"")
        try:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [row for name in names for row in connection.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            return "\n".join(v.hex() if isinstance(v, bytes) else str(v) for row in rows for v in row)
        finally:
            connection.close()

    def traces(self, secrets=None, codes=(), file: Path | None = None) -> dict[str, int]:
        """Where a ciphertext, a wrapped key or a code still stands: pages, WAL, dump; nowhere gives an empty answer."""
        secrets = self.secrets if secrets is None else secrets
        found: dict[str, int] = {}
        everything = b"".join(self.pages(file))
        dump = self.dump(file)
        for needle in [*secrets, *(code.encode() for code in codes)]:
            forms = {needle, needle.hex().encode(), needle.hex().upper().encode(), base64.b64encode(needle)}
            for where, hay in (("pages", everything), ("dump", dump.encode())):
                if any(form in hay for form in forms):
                    found[where] = found.get(where, 0) + 1
        return found
