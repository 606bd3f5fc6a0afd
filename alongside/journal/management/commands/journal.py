"""`alongside journal verify | export FILE | anchor`: check the chain, write it out, keep its head outside."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.keyfolder import read_key
from alongside.journal.actions import note_anchored, note_exported
from alongside.journal.anchors import anchor_line, hand_to_command, keep_in_folder, public_key, unsigned_lines
from alongside.journal.check import read_anchors, read_head, verify, write_line
from alongside.journal.queries import head_for, lines_in_order, programs_in_journal


class Command(BaseCommand):
    """Exit code 1 when an entry was changed, removed, reordered or added, or when something could not be kept."""

    help = "Check the journal, write it into a file, or keep its head outside."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, and what was kept outside."""
        parser.add_argument("act", choices=["verify", "export", "anchor"])
        parser.add_argument("file", nargs="?", default="", help="export: the file to write")
        parser.add_argument("--head", default="", help="verify: SEQ:HASH, a head that was noted outside earlier")
        parser.add_argument("--anchors", default="", help="verify: a file of anchors, one a line")
        parser.add_argument("--key", default="", help="verify: the public key of the anchors, if not this installation's")
        parser.add_argument("--public-key", action="store_true", help="anchor: only print the key that checks anchors")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """One act; every fault is one sentence."""
        try:
            {"verify": self.verify, "export": self.export, "anchor": self.anchor}[options["act"]](options)
        except (Refused, OSError, ValueError) as fault:
            raise CommandError(str(fault)) from None

    def verify(self, options: dict[str, Any]) -> None:
        """Walk the chain once."""
        seq, head = read_head(options["head"])
        anchors = self.anchors(options) if options["anchors"] else {}
        verdict = verify(lines_in_order(), head, seq, anchors)
        summary = {
            "entries": verdict.entries, "head": f"{verdict.entries}:{verdict.head}", "anchors": len(anchors),
            "broken_at": verdict.broken_at, "why": verdict.why,
        }  # fmt: skip
        if verdict.broken_at is not None:
            if options["json"]:
                self.stdout.write(json.dumps(summary))
            raise CommandError(f"The journal is broken at entry {verdict.broken_at}: {verdict.why}.")
        held = f" {len(anchors)} anchors hold." if anchors else ""
        text = f"{verdict.entries} entries, unbroken.{held} Head {summary['head']}"
        self.stdout.write(json.dumps(summary) if options["json"] else text)

    def anchors(self, options: dict[str, Any]) -> dict[int, str]:
        """The anchors of a file, after the signature of each was checked."""
        rows = Path(options["anchors"]).read_text(encoding="utf-8").splitlines()
        wrong = unsigned_lines(rows, options["key"] or public_key(read_key(settings.KEY_FOLDER, "anchor")))
        if wrong:
            raise CommandError(f"Anchor {wrong[0]} of the file was not signed with the key of this installation.")
        return read_anchors(rows)

    def export(self, options: dict[str, Any]) -> None:
        """Every entry as one line of JSON, for `check.py`; a file that is there already is not touched."""
        if not options["file"]:
            raise CommandError("Name the file to write: alongside journal export FILE")
        entries = 0
        with Path(options["file"]).open("x", encoding="utf-8") as file:
            for line, stored in lines_in_order():
                file.write(write_line(line, stored) + "\n")
                entries = line.seq
        for actor in programs_in_journal():
            note_exported(entries, by=actor)
        summary = {"entries": entries, "file": options["file"]}
        self.stdout.write(json.dumps(summary) if options["json"] else f"{entries} entries written.")

    def anchor(self, options: dict[str, Any]) -> None:
        """Keep the head where whoever rules this machine cannot reach it, then write down that it was kept."""
        secret = read_key(settings.KEY_FOLDER, "anchor")
        if options["public_key"]:
            self.stdout.write(public_key(secret))
            return
        actors = programs_in_journal()
        if not actors:
            raise CommandError("The journal is empty: there is nothing to anchor yet.")
        seq, head = head_for(actors[0])
        line = anchor_line(seq, head, now(), secret)
        self.keep(line, seq, actors)
        self.stdout.write(line if options["json"] else f"Anchored. Head {seq}:{head}")

    def keep(self, line: str, seq: int, actors: list[Actor]) -> None:
        """In the folder and with the command of the settings; with neither there is nothing outside."""
        if not settings.ANCHOR_FOLDER and not settings.ANCHOR_COMMAND:
            raise CommandError(
                "Nothing outside is named. Set ALONGSIDE_ANCHOR to a folder on another disk, or ALONGSIDE_ANCHOR_COMMAND; "
                "a small site prints the head from the reviewer's page."
            )
        if settings.ANCHOR_FOLDER:
            keep_in_folder(Path(settings.ANCHOR_FOLDER), line)
        if settings.ANCHOR_COMMAND:
            hand_to_command(settings.ANCHOR_COMMAND, line)
        for actor in actors:
            note_anchored(seq, "file" if settings.ANCHOR_FOLDER else "command", by=actor)
