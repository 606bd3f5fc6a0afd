"""Plain code tables of the rules, as translated choices for a form or a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def choices_of(table: Mapping[str, str], codes: Iterable[str] | None = None) -> list[tuple[str, Promise]]:
    """(code, translated label) pairs of a table, in its order or the order of `codes`."""
    return [(code, _(table[code])) for code in (codes if codes is not None else table)]
