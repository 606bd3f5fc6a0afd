"""The menu of needs, and which of them a published service answers, by one declared table of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alongside.common.decision import YES, Decision
from alongside.services.keywords import (
    FEATURE_PHRASES,
    FEATURES_WITH_A_NO,
    LANGUAGES,
    NOT_A_SERVICE,
    PHRASES,
    TERMS,
)
from alongside.services.needs import BUTTONS, FEATURES, NEED_KINDS

OTHER = "other"
NEEDS = {code: kind.label for code, kind in NEED_KINDS.items()}
# What the eight buttons stand for, in their order.
ON_BUTTONS = tuple(code for button in BUTTONS for code in button.needs)

_TERM_TABLE = {need: re.compile("|".join(map(re.escape, terms))) for need, terms in TERMS.items()}
_PHRASE_TABLE = {need: re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)") for need, phrases in PHRASES.items()}
_NOT_A_SERVICE = re.compile("|".join(NOT_A_SERVICE))
_FEATURE_TABLE = {code: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") for code, words in FEATURE_PHRASES.items()}
_WITH_A_NO = {code: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") for code, words in FEATURES_WITH_A_NO.items()}
_LANGUAGE_TABLE = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for name, words in LANGUAGES.items()}
# One statement ends here and a “no” in it no longer counts.
_STATEMENT = re.compile(r"[.;\n()\[\]]+|,? but |, ?(?!or |and )")
_NO_BEFORE = re.compile(
    r"\b(?:no|non|not|never|without|cannot|can't|don't|doesn't|does not|do not|isn't|aren't|neither|nor|except|excluding)"
    r"\b(?:\W+\w+){0,5}\W*$"
)
_NO_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:(?:is|are|was) )?(?:not|no longer|never) |^ ?[:=?] ?no\b|^\W*(?:\w+ )?(?:prohibited|unavailable)"
)


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
    return "walk_in" in features_in(how_to_apply)


def features_in(words: str) -> frozenset[str]:
    """The codes of `FEATURES` that the words say of a service; what is said with a “no”, and what is not said, is not there."""
    found = {code for code, table in _WITH_A_NO.items() if table.search(words.lower())}
    for statement in _statements(words):
        found |= {code for code, table in _FEATURE_TABLE.items() if _says(table, statement)}
    return frozenset(found & set(FEATURES))


def languages_in(words: str) -> tuple[str, ...]:
    """The languages that the words name, in the order of the table, without those named with a “no”."""
    statements = _statements(words)
    return tuple(name for name, table in _LANGUAGE_TABLE.items() if any(_says(table, one) for one in statements))


def may_confirm(role: str, *, own: bool) -> Decision:
    """Who may say that a service is as listed: everybody who keeps the directory, a partner for its own services alone."""
    if role == "partner" and not own:
        return Decision.no("Only who offers this service, or the program, can say that it is still as listed.")
    return YES


def may_link(role: str) -> Decision:
    """Who may say which partner answers for a service: the coordinator, because referrals follow it."""
    return (
        YES if role == "coordinator" else Decision.no("Only the coordinator says which partner answers for a service.")
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


def _statements(words: str) -> list[str]:
    return [part for part in _STATEMENT.split(words.lower().replace("’", "'")) if part]


def _says(table: re.Pattern[str], statement: str) -> bool:
    return any(
        not _NO_BEFORE.search(statement[: match.start()]) and not _NO_AFTER.search(statement[match.end() :])
        for match in table.finditer(statement)
    )
