"""`alongside backup FILE`: one encrypted copy of everything, and none older than 35 days beside it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.forgetting import write_list
from alongside.journal.actions import record
from alongside.rights.backup import remove_old, write_backup


class Command(BaseCommand):
    """Makes a backup, removes the old ones of the same folder, or only the latter."""

    help = "Write a backup, and remove those past their 35 days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", nargs="?", help="the backup to write; its name ends in .backup")
        parser.add_argument("--prune", metavar="FOLDER", help="only remove the backups of a folder that are past 35 days")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, then prune."""
        if bool(options["file"]) == bool(options["prune"]):
            raise CommandError("Name the file to write, or the folder to prune with --prune.")
        target = Path(options["file"] or "").resolve()
        folder = Path(options["prune"]).resolve() if options["prune"] else target.parent
        if options["file"]:
            write_list()
            try:
                write_backup(target)
            except Refused as refused:
                raise CommandError(refused.reason) from None
            with transaction.atomic():
                for program in Program.objects.order_by("id"):
                    record("backup_made", kind="backup", target=target.name[:60], by=Actor.system(program.id))
        removed = remove_old(folder, now())
        summary = {"backup": str(target) if options["file"] else None, "removed": removed}
        if options["json"]:
            self.stdout.write(json.dumps(summary))
            return
        if options["file"]:
            self.stdout.write(f"Written: {target}")
        self.stdout.write(f"{len(removed)} past their 35 days were removed.")
