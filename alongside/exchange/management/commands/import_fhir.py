"""`alongside import fhir FILE`: an answer that a partner sent as a FHIR Task."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.exchange.actions import take_answer
from alongside.exchange.reading import MOST_BYTES


class Command(BaseCommand):
    """Reads a status and a reason; the same file twice changes nothing, and a bad one is one sentence."""

    help = "Keep an answer to a referral of ours that came as a FHIR R4 Task, or a Bundle with one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", default="", help="needed only when there are several programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep the answer and print what became of it."""
        try:
            with options["file"].open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
        except OSError:
            raise CommandError("The file cannot be read.") from None
        try:
            by = Actor.system(the_program(options["program"]).id)
            with acting(by.program_id):
                answered = take_answer(raw, by=by)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write(answered.sentence)
