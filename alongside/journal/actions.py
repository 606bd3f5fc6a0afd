"""Writing to the journal: one verb, in the transaction of the act it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.check import START, Line, hash_of
from alongside.journal.models import Entry
from alongside.journal.rules import VERBS

# One number for pg_advisory_xact_lock: two writers may not both take the same place in the chain.
CHAIN_LOCK = 0x616C6F6E67


class NotInTransaction(Exception):
    """The journal was written outside the transaction of the act; the act must be atomic with its entry."""


def record(verb: str, *, kind: str, target: object, by: Actor, now: datetime | None = None, **detail: Any) -> Entry:
    """Append one entry; it stands or falls with the transaction around it. `detail` holds ids, codes and counts only."""
    if not connection.in_atomic_block:
        raise NotInTransaction(verb)
    if verb not in VERBS:
        raise KeyError(verb)
    last = _last_entry(by)
    line = Line(
        seq=last[0] + 1, at=now or clock(), program=str(by.program_id), actor=str(by.user_id or by.role), role=by.role,
        verb=verb, kind=kind, target=str(target), detail=detail, previous=last[1],
    )  # fmt: skip
    entry = Entry(
        seq=line.seq, at=line.at, program=line.program, actor=line.actor, role=line.role, verb=line.verb,
        kind=line.kind, target=line.target, detail=line.detail, previous=line.previous, hash=hash_of(line),
    )  # fmt: skip
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def note_anchored(seq: int, how: str, *, by: Actor) -> Entry:
    """Write down that the head at `seq` was kept outside: in a "file", by a "command" or on "paper"."""
    return record("anchored", kind="journal", target=seq, by=by, how=how)


@transaction.atomic
def keep_on_paper(seq: int, head: str, *, by: Actor) -> Entry:
    """A small site printed the head and put it where this machine does not reach: an anchor for eight days."""
    if not Entry.objects.filter(seq=seq, hash=head).exists():
        raise Refused("That head is not in the journal; print the page again.")
    return note_anchored(seq, "paper", by=by)


@transaction.atomic
def note_exported(seq: int, *, by: Actor) -> Entry:
    """Write down that the journal up to `seq` was written into a file."""
    return record("exported", kind="journal", target=seq, by=by, entries=seq)


def hold_the_chain() -> None:
    """Take the place at the end of the chain until this transaction ends; what is read from here on is not older than it.

    Without it a decision could stand on what was taken back before its own entry. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _last_entry(by: Actor) -> tuple[int, str]:
    """The end of the chain, and nobody else writes there before this transaction ends."""
    if connection.vendor != "postgresql":
        return Entry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, START)
    with connection.cursor() as cursor:
        # Whoever acts for nobody yet (somebody signing in) acts from here on for the program of the entry.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s), set_config('alongside.program',"
            " coalesce(nullif(current_setting('alongside.program', true), ''), %s), true)",
            [CHAIN_LOCK, str(by.program_id)],
        )
        # Row security hides other programs' entries; the one chain's end is told by a function of the owner.
        cursor.execute("SELECT seq, hash FROM journal_head()")
        return cursor.fetchone() or (0, START)
