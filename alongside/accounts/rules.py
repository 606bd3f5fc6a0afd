"""When a password locks, when an account sleeps, who may hold which role, and which passwords are too easy to guess.

Plain values in, a `Decision` out; the numbers are those of CJIS AC-7 and NIST SP 800-63B-4 (see docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from alongside.common.decision import YES, Decision

WRONG_TRIES, WRONG_WITHIN_MINUTES = 5, 15
IDLE_DAYS = 60
REVIEW_DAYS, REVIEW_GRACE_DAYS = 92, 14
SET_UP_CODE_HOURS = 72
SHORTEST_PASSWORD, LONGEST_PASSWORD = 15, 1024
# Posts whose work is investigation. Whoever holds one, beside the outreach or instead of it, never visits for the program.
INVESTIGATING_POSTS = frozenset({"investigations", "drug_unit", "gang_unit", "fugitive_unit"})
NEVER_WITH_INVESTIGATING = frozenset({"outreach_officer"})

# How a program orders its queue; what each means is in `cases.rules.order_key`.
QUEUE_POLICIES = {"index": "The freshest first", "deadline": "The soonest deadline first"}


def may_order(role: str) -> Decision:
    """Whether somebody may choose how the queue is ordered."""
    return YES if role == "coordinator" else Decision.no("A coordinator chooses how the queue is ordered.")


def may_hold(role: str, post: str) -> Decision:
    """Whether somebody with another post may hold the role: nobody visits who also investigates."""
    if post in INVESTIGATING_POSTS and role in NEVER_WITH_INVESTIGATING:
        return Decision.no("Somebody with an investigating post cannot be an outreach officer.")
    return YES


def role_after(role: str, post: str) -> str:
    """The role that is left when somebody takes a post: an investigating post takes the outreach role away."""
    return role if may_hold(role, post) else "patrol_officer"


def may_manage(*, own: bool) -> Decision:
    """Whether an administrator may change this user: never their own role, agency, post or state."""
    return Decision.no("Another administrator has to change your own account.") if own else YES


def locks(wrong_tries: int) -> bool:
    """Whether this many wrong tries within the window lock the password path."""
    return wrong_tries >= WRONG_TRIES


def is_idle(last_signed_in_on: date | None, reviewed_on: date, today: date) -> bool:
    """Whether nobody used the account for 60 days; one that was never used counts from its last review."""
    return today - max(last_signed_in_on or reviewed_on, reviewed_on) > timedelta(days=IDLE_DAYS)


def review_is_due(reviewed_on: date, today: date) -> bool:
    """Whether a quarter has passed since somebody said that this person still needs the account."""
    return today - reviewed_on > timedelta(days=REVIEW_DAYS)


def review_is_over(reviewed_on: date, today: date) -> bool:
    """Whether the grace after a missed review is over too: the account is suspended."""
    return today - reviewed_on > timedelta(days=REVIEW_DAYS + REVIEW_GRACE_DAYS)


def too_easy(password: str, local_words: Iterable[str]) -> bool:
    """Whether little is left of a password without the names everybody here knows, or it is a row."""
    left = password.casefold()
    words = {part for text in local_words for part in text.casefold().split() if len(part) > 3}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return min(len(set(password.casefold())), len(steps)) < 6 or sum(not sign.isspace() for sign in left) < 8
