"""A long list in pages, by a key of the page before: nothing is left out and nothing shown twice while rows come and go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page[Row: Model]:
    """Some rows of a long list, and the key for the next page; empty at the end."""

    rows: list[Row]
    next_key: str


def page_of[Row: Model](rows: QuerySet[Row], after: str, moment: str) -> Page[Row]:
    """Fifty rows of a list that goes by a moment, those without one first, then the newest; from a key of the page before."""
    rows = rows.order_by(F(moment).desc(nulls_first=True), "-id")
    at, _, last = after.rpartition("_")
    try:
        if after:
            rows = rows.filter(_behind(moment, datetime.fromisoformat(at).astimezone(UTC) if at else None, UUID(last)))
    except (ValueError, OverflowError):
        return Page([], "")
    found = list(rows[: PAGE + 1])
    if len(found) <= PAGE:
        return Page(found, "")
    end = getattr(found[PAGE - 1], moment)
    return Page(found[:PAGE], f"{end.isoformat() if end else ''}_{found[PAGE - 1].pk}")


def _behind(moment: str, at: datetime | None, last: UUID) -> Q:
    after = Q(**{f"{moment}__lt": at}) if at else Q(**{f"{moment}__isnull": False})
    return after | Q(**{moment: at}, id__lt=last)
