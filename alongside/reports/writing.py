"""What the commands that write a report share: which period, which form, where to, and one sentence when it cannot be."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.measures.funders import FORMS, Form
from alongside.measures.rules import Period, period_of
from alongside.measures.sheets import is_over
from alongside.measures.shown import Printed
from alongside.reports.actions import read_report


class Written(NamedTuple):
    """What a file is written from."""

    printed: Printed
    program: str
    form: Form | None


class ReportCommand(BaseCommand):
    """A command that writes a printed period into a file; it is written down as any file is."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which period, and where to."""
        parser.add_argument("period", help="2026-05, 2026-Q2 or 2026; it has to be over")
        parser.add_argument("file", type=Path)
        parser.add_argument("--form", default="", choices=["", *FORMS], help="only the lines of a form")
        parser.add_argument("--program", default="", help="needed only when there are several programs")

    def endings(self, written: Written) -> dict[str, Any]:
        """What is written, by the ending of the file."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say in one sentence why not."""
        period, file = period_of(options["period"]), options["file"]
        if period is None:
            raise CommandError("A period is a month, a quarter or a year: 2026-05, 2026-Q2, 2026.")
        try:
            program = the_program(options["program"])
            with acting(program.id):
                printed = self._read(period, by=Actor.system(program.id))
        except Refused as refused:
            raise CommandError(refused.reason) from None
        known = self.endings(Written(printed, program.name, FORMS.get(options["form"])))
        if file.suffix not in known:
            raise CommandError(f"The file ends in {' or '.join(known)}.")
        try:
            file.write_bytes(known[file.suffix]())
        except OSError:
            raise CommandError("The file cannot be written there.") from None
        self.stdout.write(f"Written, as printed with what had been entered by {printed.as_of:%Y-%m-%d}.")

    def _read(self, period: Period, *, by: Actor) -> Printed:
        if not is_over(by, period, clock()):
            raise Refused("This period is not over.")
        return read_report(period, "file", clock(), by=by)
