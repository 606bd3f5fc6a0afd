"""The report for the board at 100,000 cases: from the click to the page, the workbook and the table, the first time and again."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
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
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from alongside.accounts.actions import set_up_program  # noqa: E402
from alongside.accounts.models import Agency, Program, Town, User  # noqa: E402
from alongside.cases.models import Case, CaseIncident  # noqa: E402
from alongside.common.ids import new_id  # noqa: E402
from alongside.incidents.models import Incident  # noqa: E402
from alongside.measures.queries import facts_for  # noqa: E402
from alongside.measures.rules import period_of  # noqa: E402
from alongside.naloxone.models import Move  # noqa: E402
from alongside.people.models import Person  # noqa: E402
from alongside.people.rules import spoken_code  # noqa: E402
from alongside.referrals.models import Need, Referral  # noqa: E402
from alongside.visits.models import Attempt  # noqa: E402
from tests.cast import force_two_factors  # noqa: E402

CASES, TOWNS = int(os.environ.get("ALONGSIDE_BENCH_PEOPLE", "100000")), int(os.environ.get("ALONGSIDE_BENCH_TOWNS", "40"))
START, DAYS, BATCH = datetime(2025, 1, 1, 6, tzinfo=UTC), 364, 5000
NEEDS = ("detox", "medication", "housing", "food", "ride", "naloxone", "shelter_tonight", "primary_care")


def seed() -> tuple[User, Program]:
    """A year of a whole state: each case with its event, two or three tries, some with needs and referrals."""
    program, draw = set_up_program("Bench"), random.Random(7)
    health = Agency.objects.create(program=program, name="Health", kind="health")
    towns = Town.objects.bulk_create(Town(program=program, name=f"Town {i:03}") for i in range(TOWNS))
    weights = [1 / (i + 1) for i in range(TOWNS)]
    user = User.objects.create(username="epi", display_name="Epi", role="epidemiologist", agency=health)
    homes = draw.choices(towns, weights, k=CASES)
    people = Person.objects.bulk_create(
        (Person(program=program, code=spoken_code(i * 13), home_town=home) for i, home in enumerate(homes)), batch_size=BATCH
    )
    moments = [START + timedelta(minutes=draw.randrange(DAYS * 1440)) for _ in people]
    incidents = Incident.objects.bulk_create(
        (Incident(program=program, source="bench", source_digest=str(new_id()), town=town, state="settled", person=person,
                  kind="overdose" if draw.random() < 0.8 else "theft",
                  occurred_at=at, entered_at=at + timedelta(hours=draw.expovariate(1 / 8)),
                  outcome=draw.choices(("non_fatal", "fatal", "unknown"), (85, 5, 10))[0], naloxone_doses=draw.randrange(3),
                  facts=["unhoused"] if draw.random() < 0.2 else [], substances=["opioid"])
         for person, at, town in zip(people, moments, draw.choices(towns, weights, k=CASES), strict=True)), batch_size=BATCH,
    )  # fmt: skip
    cases = Case.objects.bulk_create(
        (Case(program=program, person=person, town=home, event_at=at, opened_at=at, contact_due_at=at, due_at=at, status="closed",
              closed_at=at + timedelta(days=40), outcome="goals_met")
         for person, home, at in zip(people, homes, moments, strict=True)), batch_size=BATCH,
    )  # fmt: skip
    CaseIncident.objects.bulk_create(
        (CaseIncident(case=case, incident=incident) for case, incident in zip(cases, incidents, strict=True)), batch_size=BATCH
    )
    follow(program, cases, draw)
    with connection.schema_editor() as editor:  # the running program may not make SQLite's tables of statistics
        editor.execute("ANALYZE")
    return user, program


def follow(program: Program, cases: list[Case], draw: random.Random) -> None:
    """Tries, needs, referrals and kits of the cases."""
    tries = []
    for case in cases:
        for place in range(draw.choice((0, 1, 2, 2, 3, 4))):
            at = case.event_at + timedelta(hours=draw.expovariate(1 / 40) + 30 * place)
            tries.append(Attempt(case=case, person_id=case.person_id, draft=new_id(), at=at, recorded_at=at,
                                 channel="phone" if place == 0 else draw.choice(("phone", "home", "street")),
                                 result=draw.choice(("reached", "no_answer", "no_answer", "loved_one"))))  # fmt: skip
    Attempt.objects.bulk_create(tries, batch_size=BATCH)
    some = [case for case in cases if draw.random() < 0.4]
    needs = Need.objects.bulk_create(
        (Need(case=case, person_id=case.person_id, code=code, noted_at=case.event_at)
         for case in some for code in draw.sample(NEEDS, draw.randrange(1, 3))), batch_size=BATCH,
    )  # fmt: skip
    Referral.objects.bulk_create(
        (Referral(need=need, person_id=need.person_id, made_at=need.noted_at, changed_at=need.noted_at + timedelta(days=2),
                  status=draw.choice(("completed", "requested", "rejected"))) for need in needs if draw.random() < 0.7),
        batch_size=BATCH,
    )  # fmt: skip
    Move.objects.bulk_create(
        (Move(program=program, kind="given", amount=draw.randrange(1, 4), recipient=draw.choice(("person", "loved_one", "other")),
              at=case.event_at) for case in cases[: len(cases) // 10]), batch_size=BATCH,
    )  # fmt: skip


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


def main() -> None:
    """Seed, click, print."""
    call_command("setup", verbosity=0)
    started = time.perf_counter()
    user, _program = seed()
    spent = time.perf_counter() - started
    print(f"board: {CASES:,} cases in {TOWNS} towns, made in {spent:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
    client, year = Client(), period_of("2025")
    force_two_factors(client, user)
    assert year is not None
    timed("the facts of the year alone", lambda: facts_for(user.actor(), year, datetime.now(UTC)))
    for period in ("2025-05", "2025-Q2", "2025"):
        timed(f"{period}, one page (PDF), the first time", lambda p=period: client.get("/reports/month.pdf", {"period": p}))
        timed(f"{period}, one page (PDF), again", lambda p=period: client.get("/reports/month.pdf", {"period": p}))
    timed("2025, workbook (XLSX)", lambda: client.get("/reports/month.xlsx", {"period": "2025"}))
    timed("2025, table (CSV)", lambda: client.get("/reports/month.csv", {"period": "2025"}))
    page = timed("2025, on screen", lambda: client.get("/reports/month/", {"period": "2025"}))
    print(f"board: {page.content.decode().count('>hidden<')} times “hidden” on the page")


if __name__ == "__main__":
    main()
