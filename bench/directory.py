"""The directory at 10,000 services: find, rank and say why, beside plain Django and the database's own full-text search.

The services are those of the real lists, repeated with moved coordinates until there are enough. All contestants answer in one
process on the same rows. The peers do less: plain Django reads whole rows and sorts them by distance, the full-text search gives
ids by its own likeness; neither knows whether anything is open. With DATABASE_URL set it is PostgreSQL, in a database of its own.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
HOME = Path(tempfile.mkdtemp(prefix="alongside-directory-"))
DATA = Path(os.environ.get("ALONGSIDE_DATA", str(TOP.parent / "shared" / "data")))
SERVER = os.environ.get("DATABASE_URL", "")
OWN = f"bench_directory_{os.getpid()}"
if SERVER:
    os.environ["DATABASE_URL"] = SERVER.rsplit("/", 1)[0] + f"/{OWN}"
os.environ |= {
    "ALONGSIDE_HOME": str(HOME),
    "DJANGO_SETTINGS_MODULE": "alongside.settings",
    "ALONGSIDE_HOSTS": "testserver",
}

from alongside.common.keyfolder import create_keys  # noqa: E402  # settings need the keys first

create_keys(HOME / "keys")

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from alongside.accounts.models import Agency, Program  # noqa: E402
from alongside.common.actor import Actor  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.listings.hsds11 import read_package  # noqa: E402
from alongside.listings.lists import LISTS, read_list  # noqa: E402
from alongside.services.actions import import_services  # noqa: E402
from alongside.services.models import Schedule, Service  # noqa: E402
from alongside.services.queries import Wanted, find_services  # noqa: E402
from alongside.services.ranking import kilometers  # noqa: E402
from alongside.services.records import Directory, ServiceRecord  # noqa: E402

SERVICES, SHOWN, AIM = 10_000, 50, 100
ROUNDS = int(os.environ.get("ALONGSIDE_BENCH_ROUNDS", "20"))
MIAMI = DATA / "hsds-miami" / "open211_miami_hsds11_2019-07.zip"
PHILADELPHIA = {
    "philadelphia-medication": "dbhids_mat_walkin_geocoded_2020-02.csv",
    "philadelphia-syringe": "syringe_exchange_sites_geocoded.csv",
}
HERE = (25.7743, -80.1937)
AT = datetime(2026, 11, 25, 19, 30, tzinfo=UTC)
SEARCHES = {
    "a need and a point": Wanted(need="food", near=HERE, at=AT),
    "a need, a town, features": Wanted(need="shelter_tonight", town="Miami", features=("pets", "walk_in"), at=AT),
    "a need and a language": Wanted(need="mental_health", language="Spanish", near=HERE, at=AT),
    "two words and a point": Wanted(words="recovery clinic", near=HERE, at=AT),
    "one common word": Wanted(words="health", near=HERE, at=AT),
    "nothing but the place": Wanted(near=HERE, at=AT),
}


def moved(record: ServiceRecord, number: int, lap: int) -> ServiceRecord:
    """The same service a lap further on."""
    where = {}
    if record.latitude is not None and record.longitude is not None:
        where = {"latitude": record.latitude + 0.07 * lap, "longitude": record.longitude + 0.05 * lap}
    return replace(record, key=str(number), **where)


def seed() -> Actor:
    """A program and its directory, brought in by the import that everybody uses."""
    program = Program.objects.create(name="Bench")
    agency = Agency.objects.create(program=program, name="Health", kind="health")
    miami = read_package(MIAMI)
    real = [*miami.services]
    for code, name in PHILADELPHIA.items():
        assert code in LISTS
        real += read_list(DATA / "philadelphia" / name, code).services
    many = [moved(real[i % len(real)], i, i // len(real)) for i in range(SERVICES)]
    import_services(Directory(miami.organizations, tuple(many), ()), "bench", by=Actor.system(program.id))
    return Actor(new_id(), "coordinator", program.id, agency.id, "health")


def ours(viewer: Actor, wanted: Wanted) -> int:
    return len(find_services(viewer, wanted, SHOWN))


def plain_django(_viewer: Actor, wanted: Wanted) -> int:
    """What one writes first: whole rows, their needs and hours, sorted by distance."""
    found = (
        Service.objects.filter(status="active").select_related("organization").prefetch_related("needs", "schedules")
    )
    if wanted.need:
        found = found.filter(needs__need=wanted.need)
    if wanted.town:
        found = found.filter(town__iexact=wanted.town)
    for word in wanted.words.split():
        found = found.filter(
            Q(name__icontains=word) | Q(description__icontains=word) | Q(address__icontains=word)
            | Q(organization__name__icontains=word)
        )  # fmt: skip
    near = wanted.near or HERE

    def far(row: Service) -> float:
        return 1e6 if row.latitude is None or row.longitude is None else kilometers(near, (row.latitude, row.longitude))

    return len(sorted(found, key=far)[:SHOWN])


SQLITE = sqlite3.connect(":memory:")


def lay_full_text() -> None:
    """PostgreSQL's own, or FTS5 of plain SQLite in memory: the encrypted database of the program allows no virtual table."""
    if SERVER:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_words AS SELECT id, to_tsvector('english', name || ' ' || description || ' ' || address"
                " || ' ' || languages || ' ' || town) AS words FROM services_service"
            )
            cursor.execute("CREATE INDEX ON bench_words USING gin (words)")
            cursor.execute("ANALYZE")
        return
    SQLITE.execute("CREATE VIRTUAL TABLE bench_words USING fts5(id UNINDEXED, words)")
    rows = Service.objects.values_list("id", "name", "description", "address", "languages", "town")
    SQLITE.executemany("INSERT INTO bench_words VALUES (?, ?)", ((str(row[0]), " ".join(row[1:])) for row in rows))


def full_text(_viewer: Actor, wanted: Wanted) -> int:
    """The database's own index of words; it knows no need, place or hour."""
    if not SERVER:
        text = "SELECT id FROM bench_words WHERE bench_words MATCH ? ORDER BY rank LIMIT 50"
        return len(SQLITE.execute(text, [wanted.words]).fetchall())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM bench_words WHERE words @@ plainto_tsquery('english', %s)"
            " ORDER BY ts_rank(words, plainto_tsquery('english', %s)) DESC LIMIT 50",
            [wanted.words] * 2,
        )
        return len(cursor.fetchall())


def measured(ask: Callable[[Actor, Wanted], int], viewer: Actor, wanted: Wanted) -> tuple[float, float, int]:
    """The median on the wall and in this process's own time (a busy machine moves it less), and how many came."""
    came, spans, own = ask(viewer, wanted), [], []
    for _ in range(ROUNDS):
        wall, work = time.perf_counter(), time.process_time()
        ask(viewer, wanted)
        spans.append((time.perf_counter() - wall) * 1000)
        own.append((time.process_time() - work) * 1000)
    return statistics.median(spans), statistics.median(own), came


def run() -> None:
    viewer = seed()
    lay_full_text()
    name = "PostgreSQL" if SERVER else "SQLite in SQLCipher"
    services, rules = Service.objects.count(), Schedule.objects.count()
    print(f"directory: {services:,} services, {rules:,} rules of hours, {name}, {ROUNDS} times each")
    for what, wanted in SEARCHES.items():
        contestants: dict[str, Any] = {"ours": ours, "plain Django": plain_django}
        if wanted.words:
            contestants["full text"] = full_text
        with CaptureQueriesContext(connection) as seen:
            ours(viewer, wanted)
        base = 0.0
        for who, ask in contestants.items():
            wall, own, came = measured(ask, viewer, wanted)
            base = base or own
            more = f"queries {len(seen)}" if who == "ours" else f"ours / this = {base / max(own, 0.01):.2f} of own time"
            line = f"{what:26s} {who:13s} p50 {wall:7.1f} ms, own time {own:7.1f} ms, {came:3d} shown, {more}"
            print(f"directory: {line}", flush=True)
    print(f"directory: aimed at under {AIM} ms at the median, on a machine with nothing else to do.")


def main() -> None:
    """Seed, ask all in turn, print."""
    if not MIAMI.exists():
        print("directory: not measured; the real lists are not beside this checkout.")
        return
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {OWN}")  # type: ignore[call-overload]  # our own name
    try:
        call_command("migrate", verbosity=0)
        run()
    finally:
        connection.close()
        if SERVER:
            with psycopg.connect(SERVER, autocommit=True) as link:
                link.execute(f"DROP DATABASE {OWN} WITH (FORCE)")  # type: ignore[call-overload]  # as above


if __name__ == "__main__":
    main()
