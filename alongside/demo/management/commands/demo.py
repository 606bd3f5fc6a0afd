"""`alongside demo`: real calls, made-up people, one login for each role, and the pages served."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import socket
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections

from alongside.accounts.management.commands.serve import serve, worker_beside
from alongside.accounts.models import Program, User
from alongside.accounts.roles import ROLES
from alongside.common.clock import now as clock
from alongside.demo.making import make_demo, set_password
from alongside.demo.staff import PROGRAM, STAFF
from alongside.demo.tonight import link_to_try
from alongside.measures.rules import period_of
from alongside.people.rules import CODES, spoken_code
from alongside.reports.actions import read_report

ADDRESS, PORT = "127.0.0.1", 8765
# Printed in place of the number: a browser keeps passkeys for names only.
NAME = "localhost"
SHORTEST = 15
PRINTED_MONTHS = 7


class Command(BaseCommand):
    """Makes the demonstration the first time, finds it the next time, and ends with an address and the logins."""

    help = "Made-up people over real calls, with one login for each role; then serves the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to make it and where to serve it."""
        parser.add_argument("--fresh", action="store_true", help="throw the demonstration away and make it anew")
        parser.add_argument("--no-serve", action="store_true", help="make it and stop")
        parser.add_argument("--port", type=int, default=PORT, help="0 takes any free one")
        parser.add_argument("--json", action="store_true", help="print the address and the logins as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check first, then make or find, then print, then serve."""
        started = time.perf_counter()
        password = os.environ.get("ALONGSIDE_DEMO_PASSWORD") or new_password()
        if len(password) < SHORTEST:
            raise CommandError(f"ALONGSIDE_DEMO_PASSWORD is too short; at least {SHORTEST} characters.")
        port = options["port"] if options["no_serve"] else free_port(options["port"])
        found = demo_is_here()
        if options["fresh"]:
            throw_away()
            found = False
        self.say("Preparing the database and the pages ...")
        call_command("setup", verbosity=0, stdout=io.StringIO())
        told = None if found else make_demo(settings.DATA_FOLDER, self.say)
        set_password(password)
        if told is not None:
            print_months()
            self.say(f"{told.waiting} calls wait on the morning list, {told.matches} matches wait in review.")
        seconds = round(time.perf_counter() - started, 1)
        url = f"http://{NAME}:{port}"
        link = link_to_try(Program.objects.get(name=PROGRAM).id)
        self.show({"url": f"{url}/", "password": password, "seconds": seconds, "partner": f"{url}{link}" if link else ""},
                  as_json=options["json"])  # fmt: skip
        if not options["no_serve"]:
            connections.close_all()
            with worker_beside():
                serve(ADDRESS, port, 4)

    def say(self, words: str) -> None:
        """One line of progress; never mixed with what a program reads."""
        self.stderr.write(words, style_func=str)
        self.stderr.flush()

    def show(self, facts: dict[str, Any], *, as_json: bool) -> None:
        """The address, the logins, the password, and a link that a partner would get."""
        if as_json:
            logins = [{"username": row.username, "role": row.role, "name": row.name} for row in STAFF]
            text = json.dumps(facts | {"logins": logins})
        else:
            text = in_words(facts)
        self.stdout.write(text)
        self.stdout.flush()


def print_months() -> None:
    """The last months, the newest first: a trend is drawn of what was printed, and what is printed first hides least."""
    by, moment = User.objects.get(agency__program__name=PROGRAM, role="epidemiologist").actor(), clock()
    this_month = moment.year * 12 + moment.month - 1
    for month in range(this_month - 1, this_month - 1 - PRINTED_MONTHS, -1):
        period = period_of(f"{month // 12}-{month % 12 + 1:02}")
        if period is not None:
            read_report(period, "page", moment, by=by)


def in_words(facts: dict[str, Any]) -> str:
    """What somebody at a terminal needs to look around."""
    lines = [f"  {row.username:<14} {ROLES[row.role].label!s:<21} {row.sees}" for row in STAFF if row.sees]
    colleagues = ", ".join(row.username for row in STAFF if not row.sees)
    head = f"Ready in {facts['seconds']} s. The people are made up. Nothing here leaves this machine."
    partner = ["", "  Answer as a partner, without a login:", f"  {facts['partner']}"] if facts["partner"] else []
    return "\n".join(
        ["", head, "", f"  Open      {facts['url']}",
         f"  Password  {facts['password']}   (the same for every login)",
         "  Code      after the password a code is asked for; in the demonstration the page shows it", "",
         *lines, f"  Colleagues: {colleagues}", *partner, ""]
    )  # fmt: skip


def new_password() -> str:
    """Two spoken codes, made anew each time."""
    return "-".join(spoken_code(secrets.randbelow(CODES)).replace(" ", "-") for _ in range(2))


def demo_is_here() -> bool:
    """Whether this installation already holds the demonstration; one that holds anything else is refused."""
    if not settings.DATABASE_URL and not (settings.HOME / "alongside.db").exists():
        return False
    try:
        tables = connection.introspection.table_names()
        names = list(Program.objects.values_list("name", flat=True)) if "accounts_program" in tables else []
    except DatabaseError:
        raise CommandError(f"The database in {settings.HOME} cannot be opened with the keys that are there.") from None
    if names and names != [PROGRAM]:
        raise CommandError(
            f"The installation in {settings.HOME} is not a demonstration and was left alone; "
            "set ALONGSIDE_HOME to another folder."
        )
    return bool(names)


def throw_away() -> None:
    """Remove what an earlier demonstration made: the database and the collected static files, never the keys."""
    if settings.DATABASE_URL:
        raise CommandError("With DATABASE_URL set, make a new empty database yourself; --fresh only removes a file.")
    connections.close_all()
    for file in settings.HOME.glob("alongside.db*"):
        file.unlink()
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)


def free_port(port: int) -> int:
    """The port, when nobody listens there; with 0 any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except (OSError, OverflowError):
            raise CommandError(f"Port {port} is taken; choose another one with --port.") from None
        return int(probe.getsockname()[1])
