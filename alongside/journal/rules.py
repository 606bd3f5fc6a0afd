"""What an entry is made of, how entries are chained, and how a break in the chain is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64

VERBS = {
    "signed_in": "a user signed in",
    "opened": "sealed values were opened for a purpose",
    "denied": "sealed values were asked for and not opened",
    "sealed": "values were sealed for a person",
    "keys_rotated": "keys were wrapped anew",
    "forgotten": "a person's keys were destroyed",
    "person_added": "a person became known to the program, under a code",
    "people_merged": "two records were found to be one person",
    "people_kept_apart": "two records were found to be two people",
    "death_noted": "it was noted that a person has died, or that this was wrong",
    "contact_stopped": "a person said how they want to be contacted, or not at all",
    "consent_given": "a person agreed to share something",
    "consent_revoked": "a person took an agreement back",
    "disclosed": "something was shared with a partner, as agreed",
    "tie_opened": "a worker was given a person to work with",
    "tie_closed": "a worker's tie to a person ended",
    "incident_recorded": "an incident was kept",
    "calls_imported": "a call log was imported",
    "import_undone": "one import was taken back",
    "incident_settled": "a call on the morning list was given its person, its town, or marked as nobody to find",
    "incidents_joined": "two calls were found to be one event",
    "case_opened": "a case was opened",
    "case_joined": "a new incident joined an open case",
    "case_moved": "a case changed its status",
    "team_assigned": "an officer and a coach were assigned",
    "attempt_recorded": "an attempt to reach the person was recorded",
    "follow_up_planned": "a follow-up was planned",
    "follow_up_done": "a follow-up was done",
    "need_noted": "a need was noted",
    "referral_moved": "a referral changed its status",
    "kits_received": "kits came into stock",
    "kits_given": "kits were handed out",
    "services_imported": "a directory of services was imported",
    "report_read": "a report of counts was read",
    "program_set_up": "a program was set up",
}


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


def hash_of(line: Line) -> str:
    """SHA-256 over the previous hash and the entry as canonical JSON (sorted keys, UTC, microseconds)."""
    facts = asdict(line)
    facts["at"] = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found: how many entries, the head, and the first entry that is wrong, if any."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""


def verify(lines: Iterable[tuple[Line, str]], expected_head: str = "", expected_seq: int = 0) -> Verdict:
    """Walk (line, stored hash) pairs in order; `expected_head` is an anchor kept outside, against a cut tail."""
    previous, count, seen_anchor = START, 0, not expected_head
    for line, stored in lines:
        why = _fault(line, stored, previous, count + 1)
        if why:
            return Verdict(count, previous, line.seq, why)
        previous, count = stored, line.seq
        seen_anchor = seen_anchor or (line.seq == expected_seq and stored == expected_head)
    if not seen_anchor:
        return Verdict(count, previous, expected_seq, "the anchored entry is not in the journal")
    return Verdict(count, previous)


def _fault(line: Line, stored: str, previous: str, seq: int) -> str:
    if line.seq != seq:
        return "an entry is missing or out of order"
    if line.previous != previous:
        return "the entry does not follow the one before it"
    return "" if hash_of(line) == stored else "the entry was changed"
