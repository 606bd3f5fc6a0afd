"""`alongside purge`: what was kept long enough is forgotten; run it every night."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.rights import backup
from alongside.rights.purging import run_purge
from alongside.rights.rules import CLOCKS


class Command(BaseCommand):
    """May be stopped at any moment and run again; the counts of a report never change, and nobody held is touched."""

    help = "Forget what was kept long enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A look without doing it."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be forgotten, and change nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Every clock of every program, then the free pages."""
        total: dict[str, int] = {}
        for program in Program.objects.order_by("id"):
            counts = run_purge(now(), by=Actor.system(program.id), dry_run=options["dry_run"])
            total = {name: total.get(name, 0) + count for name, count in counts.items()}
        left = options["dry_run"] or backup.leave_nothing_behind()
        if options["json"]:
            self.stdout.write(json.dumps(total | {"dry_run": options["dry_run"], "compacted": left}))
            return
        for name, count in total.items():
            said = f"{CLOCKS[name].since}: {CLOCKS[name].then}" if name in CLOCKS else name
            self.stdout.write(f"{count:6} {name} ({said})")
        self.stdout.write("Nothing was changed." if options["dry_run"] else "Done.")
        if not left:
            self.stderr.write("Somebody was reading, so the write-ahead log was not emptied; the next run does it.")
