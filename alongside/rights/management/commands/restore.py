"""`alongside restore FILE`: a backup back in its place, and what was forgotten since forgotten again before it serves."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.forgetting import holders_of, lay_suppressions, missing_here
from alongside.journal.actions import record
from alongside.rights.backup import leave_nothing_behind, put_back
from alongside.rights.forgetting import forget_again
from alongside.rights.purging import run_purge

OLDER = "This database is older than the list of what was forgotten. Run “alongside restore” first: it forgets it again."


class Command(BaseCommand):
    """With a file: into an empty home. Without one: only forget again, for a restore that was cut off or made by hand."""

    help = "Restore a backup and forget again what was forgotten since it was made."
    requires_system_checks: Any = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to restore."""
        parser.add_argument("file", nargs="?", help="the backup; without one, only the list is applied")
        parser.add_argument("--check", action="store_true", help="only say whether the list was applied")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, or put back and apply."""
        if options["check"]:
            if behind():
                raise CommandError(OLDER)
            return
        try:
            if options["file"]:
                put_back(Path(options["file"]).resolve())
            call_command("migrate", interactive=False, verbosity=0)
            again = forget_list_again()
        except Refused as refused:
            raise CommandError(refused.reason) from None
        for program in Program.objects.order_by("id"):
            run_purge(now(), by=Actor.system(program.id))
        leave_nothing_behind()
        self.stdout.write(json.dumps({"forgotten_again": again}) if options["json"] else f"Restored; {again} forgotten again.")


def behind() -> bool:
    """Whether the list knows more than this database; one without tables yet is behind nothing."""
    try:
        return bool(missing_here())
    except DatabaseError:
        return False


def forget_list_again() -> int:
    """Apply what the list has and this database lacks, each id by itself; gives the number. Can be cut off and repeated."""
    missing = missing_here()
    programs = [Actor.system(program.id) for program in Program.objects.order_by("id")]
    if not programs:
        if missing:
            raise Refused("There is no program in this database; it is not one that can be served.")
        return 0
    lay_suppressions(missing, now())
    for holder in holders_of(missing):
        forget_again(holder, by=programs[0])
    with transaction.atomic():
        for by in programs:
            record("backup_restored", kind="backup", target="list", by=by, forgotten_again=len(missing))
    return len(missing)
