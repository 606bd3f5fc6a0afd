"""`alongside import calls FILE --profile P`: a call log becomes incidents, once each."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.intake.actions import Summary, import_calls, undo_import
from alongside.intake.profiles import ProfileError, load_profile
from alongside.intake.reading import CallFileError

LINES_SHOWN = 20


class Command(BaseCommand):
    """Prints what became of every row; a bad file is one sentence, and nothing is kept of it."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and a nightly import has none
    help = "Import a call log; --dry-run shows the outcome without keeping it, --undo ID takes one import back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the layout and what to do with it."""
        parser.add_argument("file", nargs="?")
        parser.add_argument("--profile", default="")
        parser.add_argument("--program", default="", help="needed only when there are several programs")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--last-day-is-today", action="store_true", help="move all calls by whole days, for a demo")
        parser.add_argument("--undo", default="", metavar="IMPORT", help="take this import back")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or take back."""
        try:
            by = Actor.system(the_program(options["program"]).id)
            if options["undo"]:
                return self._undo(options, by)
            if not options["file"]:
                raise CommandError("Name the file to import.")
            summary = import_calls(
                options["file"], load_profile(options["profile"]), by=by, dry_run=options["dry_run"],
                last_day_is_today=options["last_day_is_today"],
            )  # fmt: skip
        except (CallFileError, ProfileError) as fault:
            raise CommandError(str(fault)) from None
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write(json.dumps(asdict(summary)) if options["json"] else in_words(summary, options["dry_run"]))
        return None

    def _undo(self, options: dict[str, Any], by: Actor) -> None:
        try:
            removed = undo_import(UUID(options["undo"]), by=by)
        except ValueError:
            raise CommandError("That is not the id of an import.") from None
        text = f"{removed} incidents were taken back."
        self.stdout.write(json.dumps({"removed": removed}) if options["json"] else text)


def in_words(summary: Summary, dry_run: object) -> str:
    """The summary for somebody at a terminal."""
    lines = [
        f"{summary.rows:,} rows: {summary.incidents:,} incidents, {summary.already_known:,} known already, "
        f"{summary.further_rows:,} further rows of one, {summary.not_qualifying:,} not qualifying, "
        f"{summary.rejected:,} rejected ({summary.seconds} s).",
        f"{summary.waiting:,} wait on the morning list; {summary.counted_only:,} are counted only.",
    ]
    if summary.dropped_columns:
        lines.append(f"Left out before anything was read: {', '.join(summary.dropped_columns)}.")
    lines += summary.rejections[:LINES_SHOWN]
    if len(summary.rejections) > LINES_SHOWN:
        lines.append(f"… and {len(summary.rejections) - LINES_SHOWN:,} more; --json names them all.")
    lines.append("Nothing was kept: this was a dry run." if dry_run else f"Take it back with --undo {summary.import_id}")
    return "\n".join(lines)
