"""What was printed before; every reader of counts may see the ledger of the own program."""

from __future__ import annotations

from collections.abc import Iterable

from alongside.common.actor import Actor
from alongside.suppression.attack import Key
from alongside.suppression.models import Release
from alongside.suppression.rules import Count, from_plain, months_of


def release_for(viewer: Actor, name: str, period: str, scope: str = "") -> Release | None:
    """The newest version of an edition, None when it was never printed."""
    rows = Release.objects.filter(program_id=viewer.program_id, name=name, period=period, scope=scope)
    return rows.order_by("-version").first()


def releases_for(viewer: Actor, name: str = "", period: str = "") -> list[Release]:
    """Every version that was printed, the newest first; of one report or one period where that is named."""
    rows = Release.objects.filter(program_id=viewer.program_id)
    rows = rows.filter(name=name) if name else rows
    rows = rows.filter(period=period) if period else rows
    return list(rows.order_by("-made_at", "-version"))


def printed_before(viewer: Actor, counts: Iterable[Count]) -> list[Count]:
    """Everything printed that could be read together with these counts: of their months, and of all months that those
    numbers reach into; each number as it was printed last."""
    wanted = months_of(counts)
    rows = [(row, from_plain(row.counts)) for row in Release.objects.filter(program_id=viewer.program_id).order_by("made_at")]
    found: dict[Key, Count] = {}
    reached = set[str]()
    while wanted != reached:
        reached = set(wanted)
        for _row, printed in rows:
            months = months_of(printed)
            if months & wanted:
                wanted |= months
    for _row, printed in rows:
        found |= {one.key: one for one in printed if months_of([one]) & wanted}
    return list(found.values())

