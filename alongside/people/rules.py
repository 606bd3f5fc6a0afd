"""Spoken codes (impossible to trace back), what a person said about contact, and who signs a legal hold."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.common.decision import YES, Decision

COLOURS = (
    "amber", "aqua", "bronze", "cedar", "cherry", "coral", "cream", "fern", "ginger", "golden", "hazel", "indigo",
    "ivory", "jade", "lemon", "lilac", "lime", "maple", "mint", "moss", "olive", "opal", "orchid", "peach", "pearl",
    "pine", "plum", "rose", "russet", "sage", "sand", "silver", "slate", "teal", "umber", "violet", "willow", "wheat",
)  # fmt: skip
BIRDS = (
    "avocet", "bluebird", "bunting", "cardinal", "chickadee", "crane", "curlew", "dove", "dunlin", "eider", "finch",
    "grebe", "heron", "ibis", "jay", "junco", "kestrel", "kinglet", "lark", "linnet", "loon", "martin", "oriole",
    "osprey", "owl", "petrel", "phoebe", "plover", "puffin", "robin", "sanderling", "sparrow", "starling", "swallow",
    "swift", "tanager", "teal", "tern", "thrush", "towhee", "vireo", "warbler", "willet", "wren",
)  # fmt: skip
NUMBERS = 990
CODES = len(COLOURS) * len(BIRDS) * NUMBERS


def spoken_code(number: int) -> str:
    """The code for a number in 0 … CODES-1, such as “amber-heron 42”; the same number always gives the same code."""
    rest, tail = divmod(number % CODES, NUMBERS)
    colour, bird = divmod(rest, len(BIRDS))
    return f"{COLOURS[colour]}-{BIRDS[bird]} {tail + 10}"


WAYS = {
    "phone": "Phone call", "text": "Text message", "letter": "Card or letter", "visit": "A visit",
    "drop_in": "They come to us",
}  # fmt: skip
STRICTNESS = ("none", "no_visits", "no_contact")


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person wants to be reached, as long as they did not ask for no contact at all."""

    text_only: bool = False
    not_at_home: bool = False
    prefers: str = ""


def may_loosen(before: tuple[str, bool], after: tuple[str, bool], *, said_so: bool) -> Decision:
    """Whether (stop, no police) may become less strict: only at the person's own word, never by anybody for them."""
    looser = STRICTNESS.index(after[0]) < STRICTNESS.index(before[0]) or (before[1] and not after[1])
    if looser and not said_so:
        return Decision.no("Only the person lifts this. Mark that they said so themselves.")
    return YES


def may_come_back(stop: str, *, chosen: bool, stopped_before_the_event: bool) -> bool:
    """Whether a new event lifts “no contact”: only when the person chose that, and only for an event after it."""
    return stop == "no_contact" and chosen and stopped_before_the_event


def may_join(*, died: tuple[bool, bool], closed: bool) -> Decision:
    """Whether two records may become one person: not while they differ about a death, nor when one is closed to everybody."""
    if closed:
        return Decision.no("One of the two records is closed to everybody and can't be joined. Choose “Can't tell yet”.")
    if died[0] != died[1]:
        return Decision.no("One of the two is noted as having died and the other is not. Note it on the other record too, or "
                           "reopen the case if it was wrong; then join them.")  # fmt: skip
    return YES


HOLD_REVIEW_DAYS = 90
# Who signs a hold; it stands when both have. Nobody holds both roles.
HOLD_SIGNERS = {"counsel": "counsel", "privacy_reviewer": "reviewer"}


def may_sign_hold(role: str) -> Decision:
    """Whether a role may sign a legal hold; both counsel and the privacy reviewer have to before it stands."""
    if role in HOLD_SIGNERS:
        return YES
    return Decision.no("A legal hold is signed by counsel and by the privacy reviewer.")
