"""`alongside journal verify`: walk the chain and name the first entry that is wrong."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.journal.queries import lines_in_order
from alongside.journal.rules import verify


class Command(BaseCommand):
    """Check the journal; exit code 1 when an entry was changed, removed, reordered or added."""

    help = "Check that no entry of the journal was changed, removed, reordered or slipped in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and the anchor kept outside."""
        parser.add_argument("act", choices=["verify"])
        parser.add_argument("--head", default="", help="SEQ:HASH, a head that was noted outside earlier")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk the chain once."""
        seq, _, head = options["head"].partition(":")
        if options["head"] and not (seq.isdecimal() and head):
            raise CommandError("The head is written SEQ:HASH, as an earlier “journal verify” printed it.")
        verdict = verify(lines_in_order(), head, int(seq or 0))
        summary = {
            "entries": verdict.entries, "head": f"{verdict.entries}:{verdict.head}",
            "broken_at": verdict.broken_at, "why": verdict.why,
        }  # fmt: skip
        if verdict.broken_at is not None:
            if options["json"]:
                self.stdout.write(json.dumps(summary))
            raise CommandError(f"The journal is broken at entry {verdict.broken_at}: {verdict.why}.")
        text = f"{verdict.entries} entries, unbroken. Head {summary['head']}"
        self.stdout.write(json.dumps(summary) if options["json"] else text)
