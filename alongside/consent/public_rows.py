"""Rows for public health without an agreement: only what nobody can be found by (42 CFR 2.54, 45 CFR 164.514(b)(2))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# Ages are pooled into bands; 90 and more is one (45 CFR 164.514(b)(2)(i)(C)).
AGE_BANDS = ((0, "0-17"), (18, "18-24"), (25, "25-34"), (35, "35-44"), (45, "45-54"), (55, "55-64"), (65, "65-89"), (90, "90+"))
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PublicRow:
    """All that such a row can hold; there is nothing else to put anything into."""

    year: int | None
    state: str
    age_band: str
    kind: str


def age_band(age: object) -> str:
    """The band of an age in whole years; anything else is unknown."""
    if not isinstance(age, int) or isinstance(age, bool) or not 0 <= age <= 130:
        return UNKNOWN
    return [band for first, band in AGE_BANDS if first <= age][-1]


def public_rows(rows: Iterable[Mapping[str, Any]], kinds: Iterable[str], state: str) -> list[PublicRow]:
    """Rows of year, state, age band and kind; every other column of a row is dropped, and an unknown kind is unknown.

    A town or a county never leaves: the rule names every place smaller than a state but the first digits of a large ZIP.
    """
    known = frozenset(kinds)
    place = state if len(state) == 2 and state.isalpha() and state.isupper() else UNKNOWN
    return [_row(row, known, place) for row in rows]


def _row(row: Mapping[str, Any], known: frozenset[str], place: str) -> PublicRow:
    day, kind = row.get("on"), row.get("kind")
    year = day.year if isinstance(day, date) else None
    return PublicRow(year, place, age_band(row.get("age")), kind if isinstance(kind, str) and kind in known else UNKNOWN)
