"""What may be asked about a person and what may be said about a place: two closed lists and one question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from alongside.common.decision import YES, Decision
from alongside.identity.alike import number
from alongside.identity.description import Description
from alongside.identity.names import canonical, parts
from alongside.identity.tokens import fold, sound

# Said of the place, never of a person: there is no word here for “violent”, and no free text for one.
PLACE_SAFETY = {"dog": "dog", "stairs": "steep stairs", "no_light": "no light", "ask_first": "call before you come"}
SAFETY_DAYS = 90  # a dog dies, a lamp is mended: after this a word about a place says nothing
FIND_PURPOSES = {
    "arrival": "A contact came in",
    "coach_followup": "Following up with somebody I work with",
    "coordination": "Assigning, or deciding who is who",
    "outreach": "Before a visit or a call",
}
MOST_FOUND = 3  # whoever asks wants to know who it is, not to read a list
MATCH_ANSWERS = ("same", "different", "cannot_tell")
ASK_AGAIN_DAYS = 30  # “can't tell” moves a match down for so long, unless something new comes to be known
UNDO_REASONS = {
    "two_people": "They turned out to be two people",
    "person_said": "One of the two said so",
    "mistake": "It was joined by mistake",
}


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
    if named and (asked.birth_date is not None or number(asked.phone)):
        return YES
    return Decision.no("It takes two: the whole name, and the date of birth or the phone.")


def is_phone(text: str) -> bool:
    """Whether a text is a phone number, of at least seven digits, and not one that is typed where nobody has one."""
    return bool(number(text))


def fits(asked: Description, known: Description) -> bool:
    """Whether both identifiers of a question fit somebody: the whole name by sound or nickname, and the date or the phone.

    Another name that is asked with may stand for the first one.
    Stricter than recognition: the start of a name, or a year, finds nobody. Day and month may be the other way round.
    """
    dates = {asked.birth_date, swapped(asked.birth_date)} - {None}
    second = known.birth_date in dates or bool(number(asked.phone)) and number(asked.phone) == number(known.phone)
    given = (asked.given_name, *(name for name in asked.aliases if len(fold(name)) > 1))
    straight = any(_same_given(name, known) for name in given) and _same_family(asked.family_name, known)
    crossed = _same_given(asked.family_name, known) and _same_family(asked.given_name, known)
    return second and (straight or crossed)


def swapped(born: date | None) -> date | None:
    """A date with day and month the other way round; None where there is no such date."""
    return date(born.year, born.day, born.month) if born is not None and born.day <= 12 else None


def _same_given(name: str, known: Description) -> bool:
    others = [known.given_name, known.middle_name, *known.aliases]
    own = canonical(name) | {sound(name)}
    return any(own & (canonical(other) | {sound(other)}) for other in others if len(fold(other)) > 1)


def _same_family(name: str, known: Description) -> bool:
    own = {sound(part) for part in parts(name)}
    return any(own & {sound(part) for part in parts(other)} for other in (known.family_name, *known.aliases))


def may_undo(why: str, *, allowed: bool, held: bool, forgotten: bool) -> Decision:
    """Whether a join may be undone: by whoever decides matches, for a reason of the list, unless a hold or an end forbids."""
    if not allowed:
        return Decision.no("Only a coordinator takes a join back.")
    if why not in UNDO_REASONS:
        return Decision.no("Say why the two are taken apart.")
    if forgotten:
        return Decision.no("This person asked to be forgotten; there is nothing left to take apart.")
    if held:
        return Decision.no("A legal hold freezes this record. Counsel and the privacy reviewer lift it first.")
    return YES
