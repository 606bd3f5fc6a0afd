"""`alongside import places FILE`: outlines of towns (GeoJSON) or public addresses (CSV) for the order of the day."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.planning.actions import KINDS, keep_addresses, keep_outlines, take_back
from alongside.planning.places import Read, Unreadable, read_addresses, read_towns

LINES_SHOWN = 20


class Command(BaseCommand):
    """Prints what became of every row; a bad file is one sentence, and nothing is kept of it."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and an import has none
    help = "Import outlines of towns (.geojson, .json) or public addresses (.csv); either may be .gz."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and what to do with it."""
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--program", default="", help="needed only when there are several programs")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--replace", action="store_true", help="addresses that are not in this list go")
        parser.add_argument("--undo", choices=sorted(KINDS), default="", help="take all of them back")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or take back."""
        try:
            by = Actor.system(the_program(options["program"]).id)
            if options["undo"]:
                removed = take_back(options["undo"], by=by)
                self.stdout.write(
                    json.dumps({"removed": removed}) if options["json"] else f"{removed} were taken back."
                )
                return
            if options["file"] is None:
                raise CommandError("Name the file to import.")
            self._bring(options, by)
        except Unreadable as fault:
            raise CommandError(str(fault)) from None
        except Refused as refused:
            raise CommandError(refused.reason) from None

    def _bring(self, options: dict[str, Any], by: Actor) -> None:
        file, dry_run = options["file"], options["dry_run"]
        if ".csv" in file.suffixes:
            read = read_addresses(file)
            done = keep_addresses(read.found, by=by, dry_run=dry_run, replace=options["replace"])
        else:
            read = read_towns(file)
            done = keep_outlines(read.found, by=by, dry_run=dry_run)
        summary = {"rows": read.rows, **asdict(done), "problems": read.problems, "dropped": read.dropped_columns}
        self.stdout.write(json.dumps(summary) if options["json"] else in_words(summary, read, dry_run=dry_run))


def in_words(summary: dict[str, Any], read: Read, *, dry_run: bool) -> str:
    """The summary for somebody at a terminal."""
    lines = [
        f"{summary['rows']:,} rows: {summary['added']:,} added, {summary['changed']:,} changed, "
        f"{summary['unchanged']:,} as before, {summary['removed']:,} removed, "
        f"{len(read.problems):,} not understood, {len(summary['not_ours']):,} not towns of this program."
    ]
    if read.dropped_columns:
        lines.append(f"Left out before anything was read: {', '.join(read.dropped_columns)}.")
    lines += read.problems[:LINES_SHOWN]
    if len(read.problems) > LINES_SHOWN:
        lines.append(f"… and {len(read.problems) - LINES_SHOWN:,} more; --json names them all.")
    return "\n".join([*lines, *(["Nothing was kept: this was a dry run."] if dry_run else [])])
