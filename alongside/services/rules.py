"""The menu of needs, and which of them a published service answers, by one declared table of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alongside.services.keywords import NOT_A_SERVICE, PHRASES, TERMS
from alongside.services.needs import NEED_KINDS

OTHER = "other"
NEEDS = {code: kind.label for code, kind in NEED_KINDS.items()}

_TERM_TABLE = {need: re.compile("|".join(map(re.escape, terms))) for need, terms in TERMS.items()}
_PHRASE_TABLE = {need: re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)") for need, phrases in PHRASES.items()}
_NOT_A_SERVICE = re.compile("|".join(NOT_A_SERVICE))


def needs_of(name: str, taxonomy_names: Iterable[str], description: str) -> frozenset[str]:
    """The needs a service answers, by its terms and its name; by its description only without terms; else `other`."""
    terms = tuple(taxonomy_names)
    found = _needs_in_words(name.lower())
    for term in terms:
        found |= _needs_of_term(term.lower())
    if not found and not terms:
        found = _needs_in_words(description.lower())
    return frozenset(found or {OTHER})


def takes_walk_ins(how_to_apply: str) -> bool:
    """Whether the published words say that one may come without an appointment; silence means no."""
    words = how_to_apply.lower()
    return bool(re.search(r"\bwalk[- ]?ins?\b", words)) and not re.search(
        r"\b(no|not accept\w*) walk[- ]?ins?\b", words
    )


def in_menu_order(needs: Iterable[str]) -> tuple[str, ...]:
    """The needs in the order of the menu, so that a card always lists them alike."""
    wanted = set(needs)
    return tuple(code for code in NEEDS if code in wanted)


def _needs_of_term(term: str) -> set[str]:
    if _NOT_A_SERVICE.search(term):
        return set()
    return {need for need, table in _TERM_TABLE.items() if table.match(term)}


def _needs_in_words(words: str) -> set[str]:
    return {need for need, table in _PHRASE_TABLE.items() if table.search(words)}
