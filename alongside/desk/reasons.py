"""Why two records may be one person, or may not: the codes of recognition as words, each for or against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from alongside.identity.linkage import REASONS

# Levels that speak for two people; every other one speaks for the same.
AGAINST = frozenset({"different", "similar", "far", "near", "kin"})
# Matches proposed before recognition gave the codes of today.
OLDER = {
    "name_date": "same name and same date of birth",
    "sound_date": "names that sound alike and the same date of birth",
    "sound_year": "family names that sound alike, same first letter and same year of birth",
    "phone_sound": "the same phone and first names that sound alike",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words; `kind` is the part of the description it is about."""

    kind: str
    words: str
    speaks_for: bool


def in_words(codes: Iterable[str]) -> list[Reason]:
    """The reasons in the reader's language, as weighty as they came; a code nobody knows is left out."""
    words = OLDER | REASONS
    found = []
    for code in dict.fromkeys(codes):
        kind, _, level = code.partition("_")
        if code in words:
            found.append(Reason(kind if code in REASONS else "", gettext(words[code]), level not in AGAINST))
    return found
