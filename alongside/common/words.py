"""What pages say: translated choices of a code table, what a text must not hold, and a count for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.common.free_text import why_not_kept


def choices_of(table: Mapping[str, str], codes: Iterable[str] | None = None) -> list[tuple[str, Promise]]:
    """(code, translated label) pairs of a table, in its order or the order of `codes`."""
    return [(code, _(table[code])) for code in (codes if codes is not None else table)]


def keepable(text: str) -> None:
    """For the fields of a form: what the vault would refuse is said beside the field, and what was typed stays there."""
    reason = why_not_kept(text)
    if reason:
        raise ValidationError(gettext(reason))


def band(count: int) -> str:
    """A count for the public: nought and eleven or more as they are, 1 to 10 as a band."""
    return "1–10" if 0 < count < 11 else str(count)
