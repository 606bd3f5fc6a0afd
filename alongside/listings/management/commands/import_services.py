"""Imports a published list of services: an HSDS package or JSON file, or one of the declared CSV lists; or takes one back."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.listings.hsds11 import read_package
from alongside.listings.hsds30 import read_json, read_tables
from alongside.listings.hsds30_tables import SIGNS
from alongside.listings.lists import LISTS, read_list
from alongside.listings.tables import open_package
from alongside.services.actions import import_services, undo_services
from alongside.services.records import Directory, Unreadable


class Command(BaseCommand):
    """`import_services FILE --list NAME [--dry-run] [--json]`, or `import_services --undo NAME`."""

    help = "Imports a list of services: HSDS 1.1 or 3.0 (zip, folder or JSON) or one of the known CSV lists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the list's name, and how to run."""
        known = ", ".join(LISTS)
        parser.add_argument("file", type=Path, nargs="?", help="a zip, a folder, a JSON file or a CSV file")
        parser.add_argument(
            "--list", dest="list_name", default="", help=f"the list's short name; a CSV file is one of: {known}"
        )
        parser.add_argument("--undo", default="", metavar="NAME", help="take this list back")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the summary as one JSON object")
        parser.add_argument(
            "--problems", action="store_true", help="print every problem, not only how many of each kind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, import, print the summary; a bad file or name ends in one sentence."""
        started = time.perf_counter()
        program = Program.objects.order_by("id").first()
        if program is None:
            raise CommandError("There is no program yet; run “alongside setup” first.")
        by = Actor.system(program.pk)
        if options["undo"]:
            self._undo(options, by)
            return
        if options["file"] is None or not options["list_name"]:
            raise CommandError("Say which file, and with --list under which name; or --undo NAME.")
        try:
            directory = read(options["file"], options["list_name"])
            done = import_services(directory, options["list_name"], by=by, dry_run=options["dry_run"])
        except Unreadable as problem:
            raise CommandError(str(problem)) from None
        except Refused as problem:
            raise CommandError(problem.reason) from None
        summary = {
            **asdict(done),
            "problems": directory.problems_by_kind,
            "seconds": round(time.perf_counter() - started, 2),
        }
        summary.pop("not_listed_keys")
        if options["problems"]:
            summary["not_listed_keys"] = done.not_listed_keys
            summary["problem_rows"] = [asdict(problem) for problem in directory.problems]
        self.stdout.write(json.dumps(summary, ensure_ascii=False) if options["as_json"] else as_text(summary))

    def _undo(self, options: dict[str, Any], by: Actor) -> None:
        try:
            done = undo_services(options["undo"], by=by)
        except Refused as problem:
            raise CommandError(problem.reason) from None
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(done)))
            return
        self.stdout.write(f"{done.removed} services and {done.organizations_removed} organizations were taken back.")
        if done.set_inactive:
            self.stdout.write(f"{done.set_inactive} stay as not offered now: a referral points at them.")


def read(file: Path, list_name: str) -> Directory:
    """The list in `file`: a declared CSV list by its name, anything else as HSDS, by what is in it."""
    if list_name in LISTS:
        return read_list(file, list_name)
    if file.suffix.lower() == ".csv":
        raise Unreadable(f"There is no CSV list named {list_name}; known are: {', '.join(LISTS)}.")
    if file.suffix.lower() == ".json":
        return read_json(file)
    package = open_package(file)
    return read_tables(package) if set(SIGNS) & set(package.members) else read_package(file)


def as_text(summary: dict[str, Any]) -> str:
    """The summary as lines to read."""
    lines = ["Dry run: nothing was written."] if summary["dry_run"] else []
    names = (
        "organizations",
        "organizations_added",
        "organizations_changed",
        "services",
        "added",
        "changed",
        "unchanged",
        "not_listed_now",
    )
    lines += [f"{name.replace('_', ' ')}: {summary[name]}" for name in names]
    lines += [f"problem, {kind.replace('_', ' ')}: {count}" for kind, count in summary["problems"].items()]
    lines += [f"{key}: no longer on the list; it stays as it is." for key in summary.get("not_listed_keys", ())]
    lines += [f"{row['row']}: {row['sentence']}" for row in summary.get("problem_rows", ())]
    return "\n".join([*lines, f"seconds: {summary['seconds']}"])
