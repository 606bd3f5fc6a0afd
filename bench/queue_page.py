"""The due list of a coordinator (20,000 open cases) and of an officer (8), timed through the whole request in one process."""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))
HOME = Path(tempfile.mkdtemp(prefix="alongside-queue-"))
os.environ |= {"ALONGSIDE_HOME": str(HOME), "DJANGO_SETTINGS_MODULE": "alongside.settings", "ALONGSIDE_HOSTS": "testserver"}

from alongside.common.keyfolder import create_keys  # noqa: E402  # settings need the keys first

create_keys(HOME / "keys")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from alongside.accounts.actions import set_up_program  # noqa: E402
from alongside.accounts.models import Agency, Program, Town, User  # noqa: E402
from alongside.cases.actions import assign_team  # noqa: E402
from alongside.cases.models import Assignment, Case  # noqa: E402
from alongside.cases.rules import REASONS, contact_deadline, counts_from  # noqa: E402
from alongside.common.clock import now  # noqa: E402
from alongside.identity.actions import keep_contact  # noqa: E402
from alongside.identity.models import Match  # noqa: E402
from alongside.people.models import Person  # noqa: E402
from alongside.people.rules import spoken_code  # noqa: E402
from alongside.referrals.models import Need, Referral  # noqa: E402
from tests.cast import force_two_factors  # noqa: E402

PEOPLE = int(os.environ.get("ALONGSIDE_BENCH_PEOPLE", "100000"))
OPEN, OFFICERS_CASES, RECENT, ROUNDS = PEOPLE // 5, 8, 200, 200
BARE = Template("<ul>{% for c in rows %}<li>{{ c.person.code }} {{ c.town.name }} {{ c.due_at }}{% endfor %}</ul>")


def seed() -> tuple[User, User, Program]:
    """A program with a hundred towns; cases spread over three months, 20,000 of them open."""
    program = set_up_program("Bench")
    health = Agency.objects.create(program=program, name="Health", kind="health")
    police = Agency.objects.create(program=program, name="Police", kind="police")
    recovery = Agency.objects.create(program=program, name="Recovery", kind="recovery")
    towns = Town.objects.bulk_create(Town(program=program, name=f"Town {i}") for i in range(100))
    users = [
        User.objects.create(username=role, display_name=role, role=role, agency=agency)
        for role, agency in (("coordinator", health), ("outreach_officer", police), ("recovery_coach", recovery))
    ]
    draw, moment = random.Random(7), now()
    people = Person.objects.bulk_create(
        (Person(program=program, code=spoken_code(i * 13), home_town=draw.choice(towns)) for i in range(PEOPLE)),
        batch_size=5000,
    )
    cases = []
    for i, person in enumerate(people):
        days = 2 if i < RECENT else 90  # police go along within 72 hours of the event
        event = moment - timedelta(minutes=draw.randrange(days * 24 * 60))
        is_open = i < OPEN
        reasons = draw.sample(list(REASONS), 2)
        case = Case(program=program, person=person, town=person.home_town, event_at=event, opened_at=event,
                    contact_due_at=contact_deadline(event), due_at=contact_deadline(event),
                    counts_from=counts_from(event, reasons), reasons=reasons)  # fmt: skip
        if i % 2:  # every second one was met, and somebody looks in again within three months
            case.first_attempt_at = case.first_contact_at = event
            case.due_at = case.counts_from = event + timedelta(days=draw.randrange(90))
        if not is_open:
            case.status, case.closed_at, case.outcome = "closed", moment, "goals_met"
        cases.append(case)
    Case.objects.bulk_create(cases, batch_size=5000)
    for case in cases[:OFFICERS_CASES]:
        keep_contact(case.person, ask_for="Sam", meeting_place="the bench", by=users[0].actor())
        assign_team(case, users[1], users[2], by=users[0].actor(), asked_by_coach=True)
    crowd(program, users, cases[OFFICERS_CASES:OPEN], moment)
    with connection.schema_editor() as editor:  # the running program may not make SQLite's tables of statistics
        editor.execute("ANALYZE")
    return users[0], users[1], program


def crowd(program: Program, users: list[User], cases: list[Case], moment: datetime) -> None:
    """What else a busy program holds: other teams, referrals without an answer, matches, people who said stop."""
    shelter = Agency.objects.create(program=program, name="Shelter", kind="shelter")
    police, recovery = users[1].agency, users[2].agency
    others = [
        User.objects.create(username=f"{role}{i}", display_name=role, role=role, agency=agency)
        for i in range(20)
        for role, agency in (("outreach_officer", police), ("recovery_coach", recovery))
    ]
    until = moment + timedelta(days=14)
    Assignment.objects.bulk_create(
        (Assignment(case=case, officer=others[2 * (i % 20)], coach=others[2 * (i % 20) + 1], assigned_at=moment,
                    expires_at=until) for i, case in enumerate(cases[::2])),
        batch_size=5000,
    )  # fmt: skip
    needs = Need.objects.bulk_create(
        (Need(case=case, person=case.person, code="food", noted_at=moment) for case in cases[: len(cases) // 4]),
        batch_size=5000,
    )
    sent = moment - timedelta(days=3)
    Referral.objects.bulk_create(
        (Referral(need=need, person=need.person, agency=shelter, status="requested", made_at=sent, changed_at=sent,
                  answer_due_at=sent + timedelta(days=2))
         for need in needs),
        batch_size=5000,
    )  # fmt: skip
    people = [case.person for case in cases]
    Person.objects.filter(id__in=[person.id for person in people[-len(people) // 50 :]]).update(stop="no_contact")
    Match.objects.bulk_create(
        Match(program=program, newer=newer, older=older, reasons=["sound_date"], made_at=moment)
        for newer, older in zip(people[:300], people[300:600], strict=False)
    )


def timed(name: str, ask: Any) -> list[float]:
    """p50, p95 and the queries of one request, printed; the list of milliseconds."""
    ask()  # the first request of a minute also refreshes the session
    with CaptureQueriesContext(connection) as seen:
        ask()
    queries = len(seen)  # now: the next request empties the log
    spans = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        response = ask()
        spans.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200:
            sys.exit(f"{name}: answer {response.status_code}")
    spans.sort()
    print(f"queue: {name:34s} p50 {statistics.median(spans):6.1f} ms  p95 {spans[int(ROUNDS * 0.95)]:6.1f} ms  "
          f"queries {queries}", flush=True)  # fmt: skip
    return spans


def bare(request: HttpRequest, program: Program) -> HttpResponse:
    """The peer: the same fifty rows by a plain Django list, without role, wall, session, navigation or layout."""
    rows = Case.objects.filter(program=program, in_queue=True)
    return HttpResponse(BARE.render(Context({"rows": rows.select_related("person", "town").order_by("due_at", "id")[:50]})))


def main() -> None:
    """Seed, ask, print."""
    call_command("setup", verbosity=0)
    started = time.perf_counter()
    coordinator, officer, program = seed()
    print(f"queue: {PEOPLE:,} people, {OPEN:,} open cases, made in {time.perf_counter() - started:.0f} s")
    clients = {}
    for user in (coordinator, officer):
        clients[user.role] = Client()
        force_two_factors(clients[user.role], user)
    first = timed("coordinator, first page", lambda: clients["coordinator"].get("/today/"))
    deep = Case.objects.filter(status="waiting").order_by("-counts_from", "id")[OPEN // 2]
    key = f"f_{deep.counts_from.isoformat()}_{deep.id}"
    timed("coordinator, page 200", lambda: clients["coordinator"].get("/today/", {"after": key}))
    Program.objects.update(queue_policy="deadline")
    before = timed("the same, deadline first", lambda: clients["coordinator"].get("/today/"))
    key = f"d_{deep.contact_due_at.isoformat()}_{deep.id}"
    timed("the same, deadline first, page 200", lambda: clients["coordinator"].get("/today/", {"after": key}))
    print(f"queue: freshest first / deadline first at the median = {statistics.median(first) / statistics.median(before):.2f}")
    Program.objects.update(queue_policy="index")
    timed("officer with 8", lambda: clients["outreach_officer"].get("/today/"))
    request = RequestFactory().get("/")
    peer = timed("peer: bare Django list of 50", lambda: bare(request, program))
    print(f"queue: ours / peer at the median = {statistics.median(first) / statistics.median(peer):.2f}")


if __name__ == "__main__":
    main()
