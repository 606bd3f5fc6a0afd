"""Reading the journal."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from alongside.common.actor import Actor
from alongside.journal.models import Entry
from alongside.journal.rules import Line


def lines_in_order() -> Iterator[tuple[Line, str]]:
    """Every entry with its stored hash, in order, for the check; holds no content, so it takes no viewer."""
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        yield entry.line(), entry.hash


def entries_about(viewer: Actor, target: UUID, limit: int = 200) -> list[Entry]:
    """The newest entries about one thing of the viewer's own program."""
    return list(Entry.objects.filter(program=str(viewer.program_id), target=str(target)).order_by("-seq")[:limit])
