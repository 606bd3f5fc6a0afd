"""`alongside setup`: the database made or brought up to date, and on PostgreSQL roles, rights and row security."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from alongside.accounts.actions import set_up_program
from alongside.common.walls import lay_walls


class Command(BaseCommand):
    """Can be repeated at any time; on PostgreSQL run it as the owner and serve as the role `alongside_app`."""

    help = "Make or update the database of this installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The first program, and the shape of the summary."""
        parser.add_argument("--program", default="", help="the name of a program to make, if it is not there yet")
        parser.add_argument("--zone", default="America/New_York", help="its time zone, an IANA name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, lay the walls, collect the static files."""
        settings.HOME.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        with connection.schema_editor() as editor:
            editor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            lay_walls()
        if options["program"]:
            set_up_program(options["program"], options["zone"])
        call_command("collectstatic", interactive=False, verbosity=0)
        summary = {"home": str(settings.HOME), "database": connection.vendor}
        self.stdout.write(json.dumps(summary) if options["json"] else f"Ready in {summary['home']}.")
