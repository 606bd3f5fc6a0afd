"""What the walls cost: a coach's list of 50 with names opened, beside the same page without vault, firewall and journal.

Both are the same view, template, session and rows in one process, asked in turn. The bare one takes the two strings of each row
from a plain dictionary instead of asking the firewall: no ties, no decision, no key, no unsealing, no journal entry. What
both keep is the encrypted database file, whose cost this does not show.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import queue_page  # makes the installation and starts Django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alongside.accounts.models import User
from alongside.cases.actions import assign_team
from alongside.cases.models import Case
from alongside.consent import firewall
from alongside.identity.actions import keep_contact
from alongside.identity.fields import Sealed
from alongside.journal.models import Entry
from tests.cast import force_two_factors

OWN_CASES, CASES_EACH, ROUNDS, AIM = 60, 20, 200, 1.5


def remembering(plain: dict[str, str]) -> Callable[..., list[Any]]:
    """The real firewall, which also notes what it opened."""
    real = firewall.open

    def noted(viewer: Any, purpose: str, *sealed: Sealed | None, **more: Any) -> list[Any]:
        answers = real(viewer, purpose, *sealed, **more)
        plain.update({value.place: str(text) for value, text in zip(sealed, answers, strict=True) if value is not None})
        return answers

    return noted


def from_dictionary(plain: dict[str, str]) -> Callable[..., list[str]]:
    """The bare variant: strings that lie there for the taking."""

    def bare(_viewer: Any, _purpose: str, *sealed: Sealed | None, **_more: Any) -> list[str]:
        return ["" if value is None else plain[value.place] for value in sealed]

    return bare


def asked(client: Client) -> tuple[float, str]:
    """Milliseconds and the page of one request."""
    started = time.perf_counter()
    answer = client.get("/today/")
    spent = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        sys.exit(f"walls: answer {answer.status_code}")
    return spent, answer.content.decode()


def counted(client: Client) -> tuple[int, int]:
    """Queries and journal entries of one request."""
    before = Entry.objects.count()
    with CaptureQueriesContext(connection) as seen:
        client.get("/today/")
    queries = len(seen)
    return queries, Entry.objects.count() - before


def crowded(coordinator: User, officer: User) -> User:
    """The coach, with as many open cases as fill the page, together with several officers: each may hold few."""
    coach = User.objects.get(username="recovery_coach")
    officers = [
        User.objects.create(username=f"walls{i}", display_name=f"Officer {i}", role=officer.role, agency=officer.agency)
        for i in range(1 + OWN_CASES // CASES_EACH)
    ]
    free = Case.objects.filter(status="waiting", assignments=None, person__stop="none").order_by("-event_at")
    for i, case in enumerate(free.select_related("person")[: OWN_CASES - queue_page.OFFICERS_CASES]):
        keep_contact(case.person, ask_for="Sam", meeting_place="the bench", by=coordinator.actor())
        assign_team(case, officers[i // CASES_EACH], coach, by=coordinator.actor())
    return coach


def main() -> None:
    """Seed, ask both in turn, print."""
    call_command("setup", verbosity=0)
    coordinator, officer, _ = queue_page.seed()
    client, plain = Client(), dict[str, str]()
    force_two_factors(client, crowded(coordinator, officer))
    with mock.patch.object(firewall, "open", remembering(plain)):
        _, page = asked(client)
    names = page.count("Sam")
    if names < 50 or len(plain) < 100:
        sys.exit(f"walls: only {names} names on the page: this measures nothing")
    bare = from_dictionary(plain)
    spans: dict[str, list[float]] = {"walls": [], "bare": []}
    for _ in range(ROUNDS):
        with mock.patch.object(firewall, "open", bare):
            spent, page = asked(client)
            spans["bare"].append(spent)
        if page.count("Sam") != names:
            sys.exit("walls: the two pages differ")
        spans["walls"].append(asked(client)[0])
    with mock.patch.object(firewall, "open", bare):
        without = counted(client)
    for name, (queries, entries) in (("walls", counted(client)), ("bare", without)):
        spans[name].sort()
        print(f"walls: {name:6s} {names} names  p50 {statistics.median(spans[name]):6.1f} ms  "
              f"p95 {spans[name][int(ROUNDS * 0.95)]:6.1f} ms  queries {queries}  journal entries {entries}")  # fmt: skip
    ratio = statistics.median(spans["walls"]) / statistics.median(spans["bare"])
    print(f"walls: {queue_page.PEOPLE:,} people; with walls / without at the median = {ratio:.2f} (aim: at most {AIM})")


if __name__ == "__main__":
    main()
