"""`alongside review find | breach | who CODE`: the job of every five minutes, a breach, and whose code that is."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.models import Agency, Program
from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.review.actions import declare_breach, find_anomalies
from alongside.review.queries import Scope, affected_codes, user_behind
from alongside.review.rules import STATE_DAYS


class Command(BaseCommand):
    """`find` can be repeated at any time; run it every five minutes."""

    help = "Look for look-ups out of the ordinary, or declare a breach and list who is affected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and its stretch of time."""
        parser.add_argument("act", nargs="?", default="find", choices=["find", "breach", "who"])
        parser.add_argument("code", nargs="?", default="", help="who: the code on the week's list")
        parser.add_argument("--program", default="")
        parser.add_argument("--since", default="", help="2026-01-31 or 2026-01-31T08:00, in the program's zone")
        parser.add_argument("--until", default="")
        parser.add_argument("--user", default="", help="breach: one user, by the code on the week's list")
        parser.add_argument("--agency", default="", help="breach: everybody of one agency, by its name")
        parser.add_argument("--state-days", type=int, default=STATE_DAYS)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """One act; every fault is one sentence."""
        try:
            {"find": self.find, "breach": self.breach, "who": self.who}[options["act"]](options)
        except (Refused, ValueError) as fault:
            raise CommandError(str(fault)) from None

    def find(self, options: dict[str, Any]) -> None:
        """The last two days of every program, or from --since; what was found before is not opened again."""
        programs = [the_program(options["program"])] if options["program"] else list(Program.objects.all())
        found = 0
        for program in programs:
            since = _moment(options["since"], program) or now() - timedelta(days=2)
            with acting(program.id):
                found += find_anomalies(since, now() + timedelta(minutes=1), by=Actor.system(program.id))
        self.stdout.write(json.dumps({"found": found}) if options["json"] else f"{found} found.")

    def breach(self, options: dict[str, Any]) -> None:
        """Declare it, print the clocks, and the codes of everybody affected."""
        program = the_program(options["program"])
        actor, began = Actor.system(program.id), time.monotonic()
        since, until = _moment(options["since"], program), _moment(options["until"], program) or now()
        if since is None:
            raise CommandError("Say from when: --since 2026-01-31")
        user = user_behind(actor, options["user"]) if options["user"] else None
        agency = Agency.objects.filter(program=program, name=options["agency"]).first() if options["agency"] else None
        scope = Scope(user, agency)
        with acting(program.id):
            made = declare_breach(scope, since, until, options["state_days"], by=actor)
            codes = affected_codes(actor, scope, since, until)
        seconds = round(time.monotonic() - began, 1)
        if options["json"]:
            self.stdout.write(json.dumps({"affected": made.affected, "seconds": seconds, "people": codes}))
            return
        for row in made.deadlines:
            self.stdout.write(f"{row.until_at:%Y-%m-%d %H:%M} UTC  {row.what} ({row.source})")
        self.stdout.write("\n".join([f"{made.affected} people affected.", *codes]))

    def who(self, options: dict[str, Any]) -> None:
        """Whose pseudonym it is, so that somebody can be asked."""
        user = user_behind(Actor.system(the_program(options["program"]).id), options["code"])
        if user is None:
            raise CommandError("Nobody of this program has this code.")
        self.stdout.write(f"{user.display_name}, {user.agency.name}")


def _moment(text: str, program: Program) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(program.zone))).astimezone(UTC)
