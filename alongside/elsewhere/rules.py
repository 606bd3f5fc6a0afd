"""Who may be answered for, who is the same, and how often may be asked: plain values, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alongside.common.actor import POLICE_CLASSES
from alongside.common.decision import YES, Decision

# What a program says of itself. “Unsure” is treated as “yes” everywhere (42 CFR 2.11; counsel decides, not a form).
PART2 = {
    "unsure": "we are not sure, so treat us as one",
    "yes": "yes, we are or contain a program under 42 CFR Part 2",
    "no": "no, counsel said that we are not one",
}
MOST_ASKED_BY_ONE = 20  # questions of one user in 24 hours
MOST_ASKED_UNDER_A_PACT = 100  # questions that one program answers to another in 24 hours
KEEP_QUESTIONS_DAYS = 90
# The short statement of 42 CFR 2.32(a)(2), word for word; it goes with every answer, so that it tells nothing apart.
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
SCOPE = "You are told whom to ask, and nothing else. Whether they say more, the person decides."

Tokens = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so about a person of the asked program, over all of their records; `agreed`: an agreement names the asker."""

    stop: str = "none"
    deceased: bool = False
    sealed: bool = False
    forgotten: bool = False
    restricted: bool = False
    silent: bool = False
    agreed: bool = False


def is_guarded(part2: str) -> bool:
    """Whether a program counts as one under 42 CFR Part 2; anything but a clear “no” does."""
    return part2 != "no"


def may_answer(person: Standing, *, guarded: bool) -> Decision:
    """Whether another program may be told that somebody is known; in doubt, no."""
    if person.forgotten or person.sealed:
        return Decision.no("Nothing is said of somebody who was forgotten or whose record is closed.")
    if person.deceased:
        return Decision.no("Nothing is said of the dead.")
    if person.stop != "none":
        return Decision.no("The person asked for peace; that holds for being mentioned, too.")
    if person.silent or person.restricted:
        return Decision.no("The person asked that this is not told.")
    if guarded and not person.agreed:
        return Decision.no("Under 42 CFR Part 2 it takes the person's agreement that names whoever is told.")
    return YES


def is_same(asked: Tokens, known: Tokens) -> bool:
    """Whether two sets of (kind, token) are of one person: one kind agrees, and no kind that both know disagrees.

    So a father and a son of one name and one phone, whose dates of birth are both known, are two people.
    """
    here, there = _by_kind(asked), _by_kind(known)
    both = here.keys() & there.keys()
    return bool(both) and all(here[kind] & there[kind] for kind in both)


def _by_kind(tokens: Tokens) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, token in tokens:
        found.setdefault(kind, set()).add(token)
    return found


def may_ask_others(wholes: int) -> Decision:
    """Whether a description has at least one whole value that others could know it by."""
    if wholes:
        return YES
    return Decision.no(
        "Others are asked with the whole name, and the whole date of birth or all ten digits of the phone."
    )


def may_ask_again(asked_today: int) -> Decision:
    """Whether one user may ask once more within 24 hours."""
    if asked_today < MOST_ASKED_BY_ONE:
        return YES
    return Decision.no("You asked other programs twenty times within a day. Ask again tomorrow, or call them.")


def may_be_asked_again(asked_today: int) -> Decision:
    """Whether one program may ask another once more within 24 hours."""
    if asked_today < MOST_ASKED_UNDER_A_PACT:
        return YES
    return Decision.no("Your program asked another a hundred times within a day. Ask again tomorrow, or call them.")


def may_answer_calls(agency_kind: str) -> Decision:
    """Whether an agency may be the desk that others are told to ask: never one that enforces the law."""
    if agency_kind not in POLICE_CLASSES:
        return YES
    return Decision.no("Others are told to ask a desk of the health side, never the police.")
