"""What may be asked about a person and what may be said about a place: two closed lists and one question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alongside.common.decision import YES, Decision
from alongside.identity.tokens import Description, digits, fold

# Said of the place, never of a person: there is no word here for “violent”, and no free text for one.
PLACE_SAFETY = {"dog": "dog", "stairs": "steep stairs", "no_light": "no light", "ask_first": "call before you come"}
SAFETY_DAYS = 90  # a dog dies, a lamp is mended: after this a word about a place says nothing
FIND_PURPOSES = {
    "coach_followup": "Following up with somebody I work with",
    "coordination": "Assigning, or deciding who is who",
    "outreach": "Before a visit or a call",
}
MOST_FOUND = 5


def may_keep_safety(codes: Iterable[str]) -> Decision:
    """Whether everything said about a place is on the list."""
    if set(codes) <= set(PLACE_SAFETY):
        return YES
    return Decision.no("Choose what is said about the place from the list; nothing else is kept about it.")


def safety_age(said_at: datetime, now: datetime) -> int | None:
    """How many days ago something was said about a place; None when it is too long ago to say anything."""
    days = max((now - said_at).days, 0)
    return days if days < SAFETY_DAYS else None


def may_ask(asked: Description, purpose: str) -> Decision:
    """Whether somebody may be looked for: a purpose of the list, and two identifiers, the whole name being one.

    Signs that stand for other letters fall away when a name is folded, and a single letter is no name.
    """
    if purpose not in FIND_PURPOSES:
        return Decision.no("Say what it is for.")
    named = len(fold(asked.given_name)) > 1 and len(fold(asked.family_name)) > 1
    if named and (asked.birth_date is not None or digits(asked.phone)):
        return YES
    return Decision.no("It takes two: the whole name, and the date of birth or the phone.")
