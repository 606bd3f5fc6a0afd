"""`alongside schedule keep|destroy`: whether a public-records law forbids destroying records of the program."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.rights.forgetting import set_records_schedule


class Command(BaseCommand):
    """Under “keep” whoever is to be forgotten is closed to everybody instead, and every answer says so."""

    help = "Say whether records may be destroyed (destroy, the default) or a law forbids it (keep)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The law of the place."""
        parser.add_argument("law", choices=["keep", "destroy"])
        parser.add_argument("--program", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep it as policy of the program."""
        try:
            program = the_program(options["program"])
        except Refused as refused:
            raise CommandError(refused.reason) from None
        set_records_schedule(forbids=options["law"] == "keep", by=Actor.system(program.id))
        self.stdout.write(f"{program}: {'closed instead of destroyed' if options['law'] == 'keep' else 'destroyed'}.")
