"""Writing to the journal: one verb, in the transaction of the act it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.journal.models import Entry
from alongside.journal.rules import START, VERBS, Line, hash_of

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
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Entry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, START)
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
