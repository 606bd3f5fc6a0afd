"""The report for the board at 100,000 cases: from the click to each file, the first time and again, before and after a purge."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
HOME = Path(tempfile.mkdtemp(prefix="alongside-board-"))
os.environ |= {"ALONGSIDE_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "alongside.settings", "ALONGSIDE_HOSTS": "testserver"}

from alongside.common.keyfolder import create_keys  # noqa: E402  # settings need the keys first

create_keys(HOME / "keys")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from alongside.accounts.models import User  # noqa: E402
from alongside.common.actor import Actor  # noqa: E402
from alongside.measures.computing import counts_of, figures_of  # noqa: E402
from alongside.measures.queries import facts_for  # noqa: E402
from alongside.measures.rules import period_of  # noqa: E402
from alongside.people.models import Person  # noqa: E402
from alongside.rights.forgetting import forget_person  # noqa: E402
from bench.board_seed import year_of_a_state  # noqa: E402
from tests.cast import force_two_factors  # noqa: E402

NOW = datetime.now(UTC)
CASES, TOWNS = int(os.environ.get("ALONGSIDE_BENCH_PEOPLE", "100000")), int(os.environ.get("ALONGSIDE_BENCH_TOWNS", "40"))
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
QUARTERS = [f"2025-Q{quarter}" for quarter in range(1, 5)]
FORGOTTEN = 200


def timed(name: str, ask: Any) -> Any:
    """The answer, its seconds and its queries, printed."""
    started, worked = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as seen:
        answer = ask()
    worked = time.process_time() - worked
    size = f", {len(answer.content) / 1024:.0f} kB" if hasattr(answer, "content") else ""
    print(f"board: {name:52s} {time.perf_counter() - started:6.2f} s ({worked:.2f} s of processor time), "
          f"{len(seen)} queries{size}", flush=True)
    if getattr(answer, "status_code", 200) != 200:
        sys.exit(f"{name}: answer {answer.status_code}")
    return answer


def clicked(client: Client, name: str, period: str, kind: str = "month.pdf") -> Any:
    """One request, timed and printed."""
    return timed(f"{period}, {name}", lambda: client.get(f"/reports/{kind}", {"period": period}))


def alone(client: Client) -> None:
    """Each kind of period as the very first that anybody reads, then once more; nothing of it is kept."""
    for period in ("2025-05", "2025-Q2", "2025"):
        with transaction.atomic():
            clicked(client, "one page (PDF), the very first reading", period)
            clicked(client, "one page (PDF), again", period)
            transaction.set_rollback(True)


def one_after_the_other(client: Client) -> None:
    """As a year goes: twelve months, four quarters, and the year, each read together with all before."""
    for name, periods in (("a month", MONTHS), ("a quarter", QUARTERS)):
        spans, works = [], []
        for period in periods:
            started, worked = time.perf_counter(), time.process_time()
            client.get("/reports/month.pdf", {"period": period})
            spans.append(time.perf_counter() - started)
            works.append(time.process_time() - worked)
        middle, work = statistics.median(spans), statistics.median(works)
        print(f"board: {name} after those before it, first reading: median {middle:.2f} s ({work:.2f} s of processor time), "
              f"longest {max(spans):.2f} s ({max(works):.2f} s)", flush=True)  # fmt: skip
    clicked(client, "first reading, after its months and quarters", "2025")
    clicked(client, "one page (PDF), again", "2025")
    for kind in ("month.xlsx", "month.csv", "measures.json", "month/"):
        clicked(client, kind, "2025", kind)


def numbers(client: Client, user: User) -> tuple[Any, Any]:
    """What stands in the ledger, and what is counted anew."""
    year = period_of("2025")
    assert year is not None
    printed = client.get("/reports/measures.json", {"period": "2025"}).json()
    facts = facts_for(user.actor(), year, NOW)
    return (printed["measures"], printed["counts"]), (counts_of(facts), figures_of(facts))


def main() -> None:
    """Seed, click, print, forget, compare."""
    call_command("setup", verbosity=0)
    started = time.perf_counter()
    user, program = year_of_a_state(CASES, TOWNS)
    spent = time.perf_counter() - started
    print(f"board: {CASES:,} cases in {TOWNS} towns, made in {spent:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
    client = Client()
    force_two_factors(client, user)
    client.get("/reports/forms/", {"period": "2024-01"})  # what Python loads once is no part of a click
    for code in ("2025-05", "2025"):
        period = period_of(code)
        assert period is not None
        timed(f"{code}, its facts alone", lambda p=period: facts_for(user.actor(), p, NOW))
    alone(client)
    one_after_the_other(client)
    before = numbers(client, user)
    for person in Person.objects.filter(program=program).order_by("id")[:FORGOTTEN]:
        forget_person(person, by=Actor.system(program.id))
    same = "the same" if numbers(client, user) == before else "NOT the same"
    print(f"board: {FORGOTTEN} people forgotten: the printed and the counted numbers of the year are {same}; "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
