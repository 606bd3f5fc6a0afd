"""What an entry is made of, how entries are chained, and how a break in the chain is found.

This file is also a program of its own, in Python's standard library alone: copy it anywhere and run it on an export.

    alongside journal export FILE          on the machine of the program
    python check.py FILE [--head SEQ:HASH] [--anchors FILE]          anywhere, by anybody

It answers 0 when nothing was changed, removed, reordered or slipped in, 1 with the first wrong entry, 2 when it cannot
read the file. A cut tail shows only against a head that was kept outside.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is hashed: every column but the hash itself."""

    seq: int
    at: datetime
    program: str
    actor: str
    role: str
    verb: str
    kind: str
    target: str
    detail: dict[str, Any]
    previous: str


def facts_of(line: Line) -> dict[str, Any]:
    """The entry as it is written down and hashed: the time in UTC with microseconds."""
    return asdict(line) | {"at": line.at.astimezone(UTC).isoformat(timespec="microseconds")}


def hash_of(line: Line) -> str:
    """SHA-256 over the previous hash and the entry as canonical JSON (sorted keys, UTC, microseconds)."""
    text = json.dumps(facts_of(line), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found: how many entries, the head, and the first entry that is wrong, if any."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""


def verify(
    lines: Iterable[tuple[Line, str]], expected_head: str = "", expected_seq: int = 0,
    anchors: Mapping[int, str] | None = None,
) -> Verdict:  # fmt: skip
    """Walk (line, stored hash) pairs in order; heads kept outside (`anchors`, by number) tell of a forged or cut tail."""
    awaited = dict(anchors or {}) | ({expected_seq: expected_head} if expected_head else {})
    previous, count = START, 0
    for line, stored in lines:
        why = _fault(line, stored, previous, count + 1)
        if why:
            return Verdict(count, previous, line.seq, why)
        if awaited.pop(line.seq, stored) != stored:
            return Verdict(count, previous, line.seq, NOT_ANCHORED)
        previous, count = stored, line.seq
    if awaited:
        return Verdict(count, previous, min(awaited), NOT_ANCHORED)
    return Verdict(count, previous)


NOT_ANCHORED = "the anchored entry is not in the journal"


def _fault(line: Line, stored: str, previous: str, seq: int) -> str:
    if line.seq != seq:
        return "an entry is missing or out of order"
    if line.previous != previous:
        return "the entry does not follow the one before it"
    return "" if hash_of(line) == stored else "the entry was changed"


# --- as a file, and as a program ---------------------------------------------------------------------------------


def write_line(line: Line, stored: str) -> str:
    """One entry with its hash as a line of an export."""
    return json.dumps(facts_of(line) | {"hash": stored}, ensure_ascii=True)


def read_lines(rows: Iterable[str]) -> Iterator[tuple[Line, str]]:
    """Entries and their stored hashes from the lines of an export; a line that is not an entry raises `ValueError`."""
    names = {field.name for field in fields(Line)}
    for number, row in enumerate(rows, start=1):
        try:
            facts = json.loads(row)
            stored = facts.pop("hash")
            if set(facts) != names or not isinstance(facts["seq"], int):
                raise ValueError
            facts["at"] = datetime.fromisoformat(facts["at"])
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"Line {number} is not an entry of a journal.") from None
        yield Line(**facts), stored


def read_anchors(rows: Iterable[str]) -> dict[int, str]:
    """Heads by their number from the lines of an anchor file (`seq` and `hash` of each; signatures are not looked at)."""
    found: dict[int, str] = {}
    for number, row in enumerate((row for row in rows if row.strip()), start=1):
        try:
            anchor = json.loads(row)
            seq, head = int(anchor["seq"]), str(anchor["hash"])
        except (ValueError, TypeError, KeyError):
            raise ValueError(f"Line {number} is not an anchor.") from None
        if found.setdefault(seq, head) != head:
            raise ValueError(f"Two anchors of entry {seq} differ: one of them is forged.")
    return found


def read_head(text: str) -> tuple[int, str]:
    """A head as it is printed, SEQ:HASH; an empty text is no head."""
    seq, _, head = text.partition(":")
    if text and not (seq.isdecimal() and head):
        raise ValueError("The head is written SEQ:HASH, as an earlier “journal verify” printed it.")
    return int(seq or 0), head


def main(words: list[str] | None = None) -> int:
    """Check one export; the answer is also the exit code."""
    parser = argparse.ArgumentParser(description="Check that no entry of an exported journal was changed or removed.")
    parser.add_argument("file", help="the file that “alongside journal export” wrote")
    parser.add_argument("--head", default="", help="SEQ:HASH, a head that was noted outside earlier")
    parser.add_argument("--anchors", default="", help="a file of anchors, one a line")
    asked = parser.parse_args(words)
    try:
        seq, head = read_head(asked.head)
        anchors = {}
        if asked.anchors:
            with open(asked.anchors, encoding="utf-8") as rows:
                anchors = read_anchors(rows)
        with open(asked.file, encoding="utf-8") as rows:
            verdict = verify(read_lines(rows), head, seq, anchors)
    except (OSError, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 2
    if verdict.broken_at is not None:
        print(f"The journal is broken at entry {verdict.broken_at}: {verdict.why}.", file=sys.stderr)
        return 1
    print(f"{verdict.entries} entries, unbroken. Head {verdict.entries}:{verdict.head}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
