"""Our entry to ../shared/bench/lookup.py: people and queries in, the five nearest for each query out.

    ./run contest lookup PEOPLE.csv QUERIES.csv OUT.csv

A real site is made in a temporary folder: the encrypted database, the vault, each person's names and contact sealed
under keys of their own, tokens under the program's key. Only the making takes a short cut (rows in bulk, indexes after).
Each query goes the way a contact goes: `candidates.numbers_of` and `nearest` (timed as `ms`: before unsealing), then
`judged` (unsealing, `linkage`). At the end some queries go through `recognize_person` as a whole, journal and commit
included. `ssn4`, `zip` and `sex` are not read: this program keeps none of them.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import date
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
HOME = Path(tempfile.mkdtemp(prefix="alongside-lookup-", dir=os.environ.get("ALONGSIDE_BENCH_FOLDER")))
os.environ |= {"ALONGSIDE_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "alongside.settings"}
os.environ.pop("ALONGSIDE_KEYS", None)
os.environ.pop("DATABASE_URL", None)

from alongside.common.keyfolder import create_keys  # noqa: E402  # settings need the keys first

if SITE := os.environ.get("ALONGSIDE_BENCH_SITE", ""):  # an installed site to start from, as `./run contest` keeps one
    shutil.copytree(SITE, HOME, dirs_exist_ok=True)
else:
    create_keys(HOME / "keys")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402

from alongside.accounts.actions import set_up_program  # noqa: E402
from alongside.accounts.models import Program, Town  # noqa: E402
from alongside.common.actor import Actor  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.identity.actions import recognize_person  # noqa: E402
from alongside.identity.candidates import judged, nearest, numbers_of  # noqa: E402
from alongside.identity.description import Description  # noqa: E402
from alongside.identity.envelope import seal_bytes  # noqa: E402
from alongside.identity.keyring import class_key_for, data_place, index_key, token_key  # noqa: E402
from alongside.identity.models import Contact, DataKey, Identity, MatchToken  # noqa: E402
from alongside.identity.tokens import SCHEME, stored, tokens_of  # noqa: E402
from alongside.people.models import Person  # noqa: E402

BATCH = 5000
DOOR = int(os.environ.get("ALONGSIDE_BENCH_DOOR", "200"))
Row = dict[str, str]


def read(path: str) -> list[Row]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def described(row: Row) -> Description:
    return Description(
        given_name=row["first"], family_name=row["last"], middle_name=row["middle"], suffix=row["suffix"],
        birth_date=date.fromisoformat(row["dob"]) if row["dob"] else None, phone=row["phone"],
        place=" ".join(part for part in (row["street_no"], row["street"]) if part), town=row["city"],
    )  # fmt: skip


# --- making the site --------------------------------------------------------------------------------------------------


class Table:
    """Rows of one table in bulk: a made-up row gives every column its value, the rest is said for each row."""

    def __init__(self, row: Model, *said: str) -> None:
        fields = [field for field in row._meta.concrete_fields if not getattr(field, "generated", False)]
        if row._meta.auto_field is not None:
            fields.remove(row._meta.auto_field)
        usual = {f.attname: f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields if f.attname not in said}
        columns = [field.column for field in fields if field.attname in usual] + [
            row._meta.get_field(name).column for name in said
        ]
        self.usual, self.waiting = tuple(usual.values()), []
        marks = ", ".join(["%s"] * len(columns))
        self.sql = f"INSERT INTO {row._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # our own columns

    def add(self, *said: object) -> None:
        self.waiting.append(self.usual + said)

    def write(self, cursor: Any) -> None:
        cursor.executemany(self.sql, self.waiting)
        self.waiting = []


class Sealing:
    """What `vault.seal_many` and the ORM do for a thousand people, a million times: the same envelopes, the same places."""

    NAMES = ("given_name", "family_name", "birth_date", "middle_name", "suffix")
    REACHED = ("phone", "meeting_place")

    def __init__(self, program: Program, towns: dict[str, Town]) -> None:
        self.towns = {name: town.id.hex for name, town in towns.items()}
        self.owners = {name: class_key_for(program.id, name) for name in ("identity", "contact")}
        person = Person(program=program)
        self.people = Table(person, "id", "code", "home_town_id")
        self.keys = {
            name: Table(DataKey(class_key=owner, privacy_class=name), "id", "holder", "wrapped")
            for name, (owner, _key) in self.owners.items()
        }
        self.identities = Table(Identity(person=person, token_scheme=SCHEME), "id", "person_id", *self.NAMES)
        self.contacts = Table(Contact(person=person, kept_at=now()), "id", "person_id", *self.REACHED)
        self.tokens = Table(MatchToken(person=person), "person_id", "token")

    def add(self, row: Row, who: Description, numbers: Iterable[int]) -> None:
        person = new_id()
        self.people.add(person.hex, f"r {row['rec_id']}", self.towns.get(who.town))
        self._seal(self.identities, "identity", person, dict(zip(self.NAMES, (
            who.given_name, who.family_name, row["dob"], who.middle_name, who.suffix), strict=True)))  # fmt: skip
        if who.phone or who.place:
            self._seal(self.contacts, "contact", person, {"phone": who.phone, "meeting_place": who.place})
        for number in numbers:
            self.tokens.add(person.hex, number)

    def _seal(self, table: Table, name: str, person: UUID, plain: dict[str, str]) -> None:
        key, row = os.urandom(32), new_id()
        wrapped = seal_bytes(self.owners[name][1], key, data_place(person, name))
        self.keys[name].add(new_id().hex, person.hex, wrapped)
        place = f"identity_{name}|"
        table.add(row.hex, person.hex, *(
            seal_bytes(key, text.encode(), f"{place}{column}|{row}") if text else None for column, text in plain.items()
        ))  # fmt: skip

    def write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in (self.people, *self.keys.values(), self.identities, self.contacts, self.tokens):
                table.write(cursor)


def make(rows: list[Row]) -> tuple[Program, dict]:
    """The site; gives the program and how long its parts took, in seconds."""
    if not SITE:
        call_command("migrate", verbosity=0)
    program = Program.objects.first() or set_up_program("Contest")
    names = sorted({row["city"] for row in rows if row["city"]})
    towns = {town.name: town for town in Town.objects.bulk_create(Town(program=program, name=name) for name in names)}
    lookup = next(index for index in MatchToken._meta.indexes if index.name == "token_lookup")
    with connection.schema_editor() as editor:  # the running program may not change the schema; a migration may
        editor.remove_index(MatchToken, lookup)
    sealing, key, count = Sealing(program, towns), token_key(program.id), 0
    begun = time.perf_counter()
    for some in batched(rows, BATCH):
        for row in some:
            who = described(row)
            numbers = sorted(stored(*one) for one in tokens_of(who, key))
            sealing.add(row, who, numbers)
            count += len(numbers)
        sealing.write()
    spent = {"seal_s": time.perf_counter() - begun}
    begun = time.perf_counter()
    with connection.schema_editor() as editor:
        editor.add_index(MatchToken, lookup)
    return program, spent | {"index_s": time.perf_counter() - begun, "tokens_each": count / len(rows)}


# --- asking -----------------------------------------------------------------------------------------------------------


def answer(queries: list[Row], program: Program, out: str) -> dict:
    by, key = Actor.system(program.id), index_key()
    record_of = {person: code[2:] for person, code in Person.objects.values_list("id", "code").iterator()}
    for query in queries[:5]:
        judged(described(query), nearest(numbers_of(described(query), program.id, key)), by)
    before, cpu, opened, near = [], [], [], []
    with open(out, "w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["query_id", "rank", "rec_id", "ms", "p"])
        for query in queries:
            begun, busy = time.perf_counter(), time.thread_time()
            who = described(query)
            records = nearest(numbers_of(who, program.id, key))
            ms = (time.perf_counter() - begun) * 1e3
            cpu.append((time.thread_time() - busy) * 1e3)
            found = judged(who, records, by)
            opened.append((time.perf_counter() - begun) * 1e3)
            before.append(ms)
            near.append(len(found))
            for rank, one in enumerate(found[:5], 1):
                # What does not attach by itself, however probable, is for a coordinator: it never counts as attached.
                sure = one.verdict.probability if one.verdict.answer == "same" else min(one.verdict.probability, 0.95)
                lines.writerow([query["rec_id"], rank, record_of[one.record], f"{ms:.4f}", f"{sure:.6f}"])
            if not found:
                lines.writerow([query["rec_id"], 1, next(iter(record_of.values())), f"{ms:.4f}", "0"])
    return {"before_unsealing_ms": quantiles(before), "its_cpu_ms": quantiles(cpu),
            "with_unsealing_ms": quantiles(opened), "compared": quantiles(near)}  # fmt: skip


def at_the_door(queries: list[Row], program: Program) -> dict:
    """The whole answer, committed: who is recognized, kept as new, or asked about, with the journal."""
    by, spent, cpu, answers = Actor.system(program.id), [], [], {}
    for query in queries[:: max(1, len(queries) // DOOR)][:DOOR]:
        begun, busy = time.perf_counter(), time.thread_time()
        found = recognize_person(described(query), by=by)
        spent.append((time.perf_counter() - begun) * 1e3)
        cpu.append((time.thread_time() - busy) * 1e3)
        answers[found.answer] = answers.get(found.answer, 0) + 1
    return {"door_ms": quantiles(spent), "door_cpu_ms": quantiles(cpu), "door_answers": answers}


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    } if ordered else {}  # fmt: skip


def main(people: str, queries: str, out: str) -> None:
    rows, asked = read(people), read(queries)
    begun = time.perf_counter()
    program, spent = make(rows)
    said = {"people": len(rows), "make_s": time.perf_counter() - begun, **spent}
    del rows
    said |= answer(asked, program, out)
    said |= at_the_door(asked, program)
    said["disk_mb"] = sum(path.stat().st_size for path in HOME.glob("alongside.db*")) >> 20
    said["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print("lookup: " + json.dumps({key: round(value, 2) if isinstance(value, float) else value for key, value in said.items()}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
