"""What the commands that write a report share: which period, which form, where to, and one sentence when it cannot be."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

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

    # What is written, by the ending of the file.
    endings: ClassVar[Mapping[str, Callable[[Written], bytes]]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which period, and where to."""
        parser.add_argument("period", help="2026-05, 2026-Q2 or 2026; it has to be over")
        parser.add_argument("file", type=Path)
        parser.add_argument("--form", default="", choices=["", *FORMS], help="only the lines of a form")
        parser.add_argument("--program", default="", help="needed only when there are several programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say in one sentence why not."""
        period, file = period_of(options["period"]), options["file"]
        if period is None:
            raise CommandError("A period is a month, a quarter or a year: 2026-05, 2026-Q2, 2026.")
        if file.suffix not in self.endings:
            raise CommandError(f"The file ends in {' or '.join(self.endings)}.")
        if not file.parent.is_dir() or file.is_dir():
            raise CommandError("The file cannot be written there.")
        try:
            program = the_program(options["program"])
            with acting(program.id):
                printed = self._read(period, by=Actor.system(program.id))
        except Refused as refused:
            raise CommandError(refused.reason) from None
        try:
            file.write_bytes(self.endings[file.suffix](Written(printed, program.name, FORMS.get(options["form"]))))
        except OSError:
            raise CommandError("The file cannot be written there.") from None
        self.stdout.write(f"Written, as printed with what had been entered by {printed.as_of:%Y-%m-%d}.")

    def _read(self, period: Period, *, by: Actor) -> Printed:
        if not is_over(by, period, clock()):
            raise Refused("This period is not over.")
        return read_report(period, "file", clock(), by=by)
