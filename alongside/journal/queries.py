"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from alongside.common.actor import Actor
from alongside.journal.check import START, Line
from alongside.journal.models import Entry
from alongside.journal.rules import ANCHOR_HOURS


def lines_in_order() -> Iterator[tuple[Line, str]]:
    """Every entry with its stored hash, in order, for the check; holds no content, so it takes no viewer."""
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        yield entry.line(), entry.hash


def entries_about(viewer: Actor, target: UUID, limit: int = 200, verb: str = "") -> list[Entry]:
    """The newest entries about one thing of the viewer's own program, of all verbs or of one."""
    rows = Entry.objects.filter(program=str(viewer.program_id), target=str(target))
    return list((rows.filter(verb=verb) if verb else rows).order_by("-seq")[:limit])


def newest_about(viewer: Actor, targets: Iterable[UUID], verbs: Sequence[str]) -> dict[str, Entry]:
    """The newest entry with one of the verbs about each of some things of the viewer's program; by the thing's id as text."""
    rows = Entry.objects.filter(program=str(viewer.program_id), target__in=[str(one) for one in targets], verb__in=verbs)
    return {row.target: row for row in rows.order_by("seq")}


def entries_since(viewer: Actor, targets: Iterable[UUID], verb: str, since: datetime) -> list[Entry]:
    """What happened to some things of the viewer's program since a moment, by one verb, the oldest first."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb=verb, at__gt=since)
    return list(rows.filter(target__in=[str(one) for one in targets]).order_by("seq"))


def changed_lately(viewer: Actor, user_id: UUID, since: datetime) -> bool:
    """Whether a user of the viewer's program was added, changed or given a new sign-in by somebody else since a moment."""
    rows = Entry.objects.filter(program=str(viewer.program_id), target=str(user_id), at__gte=since)
    rows = rows.filter(verb__in=("user_added", "user_changed", "factor_changed"))
    return rows.exclude(actor=str(user_id)).exists()


def releases_of(viewer: Actor, records: Sequence[UUID], since: datetime) -> list[Entry]:
    """What a court's order made the viewer's program hand over about these records; not where the order bars telling."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="released", target__in=[str(one) for one in records])
    return [row for row in rows.filter(at__gt=since).order_by("-seq") if row.detail.get("told")]


def told_elsewhere_of(viewer: Actor, records: Sequence[UUID], since: datetime) -> list[Entry]:
    """Each time another program was told that the viewer's program knows one of these records, newest first."""
    rows = Entry.objects.filter(program=str(viewer.program_id), verb="elsewhere_told", at__gt=since)
    return list(rows.filter(target__in=[str(one) for one in records]).order_by("-seq"))


def head_for(viewer: Actor) -> tuple[int, str]:
    """The number and the hash of the last entry; they say nothing about anybody, so any program may anchor them."""
    return Entry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, START)


def last_anchor_for(viewer: Actor) -> Entry | None:
    """The last entry of the viewer's program that says the head was kept outside."""
    return Entry.objects.filter(program=str(viewer.program_id), verb="anchored").order_by("-at").first()


def anchor_is_stale(viewer: Actor, now: datetime) -> bool:
    """Whether the head was not kept outside for too long: a day for a file or a command, eight days on paper."""
    last = last_anchor_for(viewer)
    return last is None or now - last.at > timedelta(hours=ANCHOR_HOURS.get(str(last.detail.get("how")), 24))


def programs_in_journal() -> list[Actor]:
    """Each program that has entries, as itself: the chain is one for all of them."""
    names = Entry.objects.order_by("program").values_list("program", flat=True).distinct()
    return [Actor.system(UUID(name)) for name in names]


def looks_at(viewer: Actor, records: Sequence[UUID], limit: int = 2000) -> list[Entry]:
    """The newest entries of the viewer's program that say somebody opened, or found, any of these records.

    What a court ordered is not among them: `releases_of` tells of it, unless the order forbids telling.
    """
    looked = Entry.objects.filter(program=str(viewer.program_id), verb__in=("opened", "broke_glass", "looked_up"))
    names = [str(found) for found in records]
    among = reduce(or_, (Q(among__contains=name) for name in names))
    rows = looked.annotate(among=Cast("detail", TextField())).filter(Q(target__in=names) | Q(target="several") & among)
    found = [row for row in rows.order_by("-seq")[:limit] if row.detail.get("purpose") != "legal_release"]
    quiet = [(row.actor, row.at) for row in found if row.verb == "broke_glass" and row.detail.get("told") is False]
    return [row for row in found if not any(_is_part_of(row, actor, at) for actor, at in quiet)]


def _is_part_of(row: Entry, actor: str, at: datetime) -> bool:
    """Whether an entry belongs to an opening in danger that the person is not told of, since telling would endanger somebody."""
    danger = row.verb == "broke_glass" or row.detail.get("purpose") == "break_glass"
    return danger and row.actor == actor and at <= row.at <= at + timedelta(minutes=15)
