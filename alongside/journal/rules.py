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
    "sign_in_failed": "somebody tried to sign in and did not get in",
    "password_locked": "too many wrong passwords locked the password of a user; the passkey stays open",
    "password_released": "a locked password was released",
    "factor_changed": "a user added or removed a passkey, a code generator or recovery codes",
    "sessions_ended": "sessions of a user were ended",
    "user_added": "a user was added",
    "user_changed": "a user's role, agency, towns, post or activity changed",
    "users_reviewed": "the list of users was reviewed",
    "opened": "sealed values were opened for a purpose",
    "denied": "sealed values were asked for and not opened",
    "looked_up": "somebody asked whether a person is known",
    "lookup_denied": "somebody who may not asked whether a person is known",
    "exported": "something was written into a file",
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
    "consent_drafted": "an agreement was drafted that does not hold yet",
    "disclosed": "something was shared with a partner, as agreed",
    "disclosure_refused": "something was not shared, because the rules do not allow it",
    "emergency_disclosed": "something was told in a medical emergency (42 CFR 2.51)",
    "outside_report_made": "it was noted that a report was made outside this program",
    "restricted": "something is kept from a user or an agency",
    "restriction_ended": "a restriction ended",
    "arrival_suppressed": "somebody who asked for no contact and was forgotten arrived again; nothing was kept",
    "request_received": "a person asked to see, correct, restrict or forget what is kept",
    "request_answered": "a person's request was answered",
    "own_copy_made": "a person's own copy was made",
    "purged": "what was kept long enough was forgotten",
    "hold_placed": "a legal hold froze a named person's record",
    "hold_lifted": "a legal hold was lifted",
    "backup_made": "a backup was made",
    "backup_restored": "a backup was restored, and what was forgotten since was forgotten again",
    "legal_request_received": "a legal request was entered in the ledger",
    "legal_request_moved": "a legal request changed its state",
    "release_approved": "one of two approved a release",
    "release_built": "the pack of an ordered release was built",
    "broke_glass": "one person was opened for 15 minutes because somebody was in danger",
    "reviewed": "a look-up, an opening in danger or an anomaly was reviewed",
    "anomaly_found": "a look-up was out of the ordinary",
    "anchored": "the head of the journal was anchored outside",
    "breach_declared": "a breach was declared",
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
