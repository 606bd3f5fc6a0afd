"""`alongside export fhir REFERRAL FILE`: one referral as a FHIR Bundle, with the code only."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.exchange.actions import take_out


class Command(BaseCommand):
    """Whoever runs the machine sees no name: a referral with one is taken out on the page, by somebody signed in."""

    help = "Write one referral into a file as FHIR R4 (SDOH Clinical Care); of the person it carries the code only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which referral, and where to."""
        parser.add_argument("referral", help="the id of the referral, as it stands in the address of its page")
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", default="", help="needed only when there are several programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say in one sentence why not."""
        try:
            by = Actor.system(the_program(options["program"]).id)
            with acting(by.program_id):
                bundle = take_out(UUID(options["referral"]), by=by)
        except ValueError:
            raise CommandError("That is not the id of a referral.") from None
        except Refused as refused:
            raise CommandError(refused.reason) from None
        if bundle is None:
            raise CommandError("There is no such referral in this program.")
        try:
            options["file"].write_text(json.dumps(bundle, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError:
            raise CommandError("The file cannot be written there.") from None
        self.stdout.write("Written, with the code only.")
