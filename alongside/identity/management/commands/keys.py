"""`alongside keys …`: look at the keys, exchange them, split the root among several people and put it together again."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from alongside.accounts.models import Program
from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.keyfolder import KeyMissing, write_key
from alongside.common.walls import acting
from alongside.identity.envelope import Unreadable
from alongside.identity.fields import CLASSES
from alongside.identity.keyring import open_class_key, root_key, root_keys
from alongside.identity.models import ClassKey
from alongside.identity.rotating import (
    BATCH,
    destroy_class_keys,
    destroy_old_root,
    require_every_program,
    rotate_class_key,
    rotate_root_key,
)  # fmt: skip

ACTS = ("status", "rotate", "rotate-root", "split", "combine", "destroy")


class Command(BaseCommand):
    """Every act can be repeated; one that was interrupted is run again. No act ever prints a key."""

    help = "Look at, exchange, split, put together and destroy keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The act, its words, and how many share the root."""
        parser.add_argument("act", choices=ACTS)
        parser.add_argument("words", nargs="*", help="rotate: a privacy class; split, combine: one file for each share")
        parser.add_argument("--program", default="", help="its name, if there are several")
        parser.add_argument("--shares", type=int, default=5, help="split: for how many people (default 5)")
        parser.add_argument("--needed", type=int, default=3, help="split: how many of them it takes (default 3)")
        parser.add_argument("--write", action="store_true", help="combine: write root.key into the key folder")
        parser.add_argument("--serve", action="store_true", help="combine: serve with the key in memory; write nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help="rotate: keys in one transaction")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one act and say what was done."""
        acts = dict(zip(ACTS, (self.status, self.rotate, self.rotate_root, self.split, self.combine, self.destroy),
                        strict=True))  # fmt: skip
        try:
            summary = acts[options["act"]](options)
        except (Refused, KeyMissing) as fault:
            raise CommandError(str(fault)) from None
        except Unreadable:
            raise CommandError("This root key does not open the keys of this installation.") from None
        if options["json"]:
            self.stdout.write(json.dumps(summary))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in summary.items()))

    def status(self, options: dict[str, Any]) -> dict[str, Any]:
        """How many keys there are of each kind, and whether each opens."""
        program, roots = the_program(options["program"]), root_keys()
        with acting(program.id):
            rows = list(ClassKey.objects.filter(program=program).annotate(held=Count("datakey")).order_by("privacy_class"))
            for row in rows:
                open_class_key(row, roots)
        return {"roots": len(roots)} | {
            f"{row.privacy_class} ({'retired' if row.retired_at else 'current'})": row.held for row in rows
        }

    def rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new class key for one class, or for each when none is named."""
        unknown = set(options["words"]) - set(CLASSES)
        if unknown:
            raise CommandError(f"There is no privacy class {sorted(unknown)[0]}; there are {', '.join(CLASSES)}.")
        require_every_program()
        program = the_program(options["program"])
        by = Actor.system(program.id)
        return {
            name: rotate_class_key(program.id, name, by=by, batch=max(1, options["batch"]))
            for name in options["words"] or CLASSES
        }

    def rotate_root(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new root key."""
        return {"class keys": rotate_root_key(by=_anybody())}

    def destroy(self, options: dict[str, Any]) -> dict[str, Any]:
        """What an exchange left behind: retired class keys, and the root key before this one."""
        count = 0
        for program in Program.objects.order_by("id"):
            with acting(program.id):
                by = Actor.system(program.id)
                count += sum(destroy_class_keys(program.id, name, by=by) for name in CLASSES)
        return {"class keys": count, "old root": destroy_old_root(by=_anybody())}

    def split(self, options: dict[str, Any]) -> dict[str, Any]:
        """The root key as word lists (SLIP-39), of which some are enough to make it again and fewer say nothing."""
        shares, needed, files = options["shares"], options["needed"], [Path(name) for name in options["words"]]
        if not 2 <= needed <= shares <= 16:
            raise CommandError("At least 2 must be needed, at most all of them, and at most 16 can share.")
        if files and len(files) != shares:
            raise CommandError(f"Name {shares} files, one for each share, or none to have them printed.")
        there = [str(file) for file in files if file.exists()]
        if there:
            raise CommandError(f"{there[0]} is there already; shares are never written over anything.")
        lists = generate_mnemonics(1, [(needed, shares)], root_key())[0]
        for number, words in enumerate(lists, 1):
            self._hand_out(files[number - 1] if files else None, number, words)
        return {"shares": shares, "needed": needed}

    def _hand_out(self, file: Path | None, number: int, words: str) -> None:
        if file is None:
            self.stderr.write(f"Share {number}: {words}\n")
            return
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(words + "\n")

    def combine(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the root key again from shares; it is checked against this installation before anything is done with it."""
        try:
            texts = [Path(name).read_text() for name in options["words"]] or sys.stdin.read().splitlines()
        except OSError as fault:
            raise CommandError(f"{fault.filename} cannot be read.") from None
        try:
            root = combine_mnemonics([text.strip() for text in texts if text.strip()])
        except (MnemonicError, ValueError) as fault:
            raise CommandError(f"These shares do not make a key: {fault}") from None
        opened = _opened_by(root)
        if options["write"]:
            try:
                write_key(settings.KEY_FOLDER, "root", root)
            except FileExistsError:
                raise CommandError("There is a root.key in the key folder already; it was left alone.") from None
        if options["serve"]:
            os.environ["ALONGSIDE_KEY_ROOT"] = root.hex()  # for the server's own workers, and gone with them
            call_command("serve")
        return {"class keys opened": opened, "written": options["write"]}


def _opened_by(root: bytes) -> int:
    """How many class keys a root opens; refuses one that is not this installation's."""
    count = 0
    for program in Program.objects.order_by("id"):
        with acting(program.id):
            for key in ClassKey.objects.filter(program=program):
                open_class_key(key, [root])
                count += 1
    return count


def _anybody() -> Actor:
    """The system, for what concerns every program: written under the first of them."""
    program = Program.objects.order_by("id").first()
    if program is None:
        raise Refused("There is no program here yet; run “alongside setup --program NAME” first.")
    return Actor.system(program.id)
