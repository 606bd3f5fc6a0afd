"""Loved ones: what they may be given, what may be said to them about the person, and when a bereaved family is called.

Nothing here sends anything: a family is called by somebody, on a day, and may say “not now” or “never”.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alongside.common.decision import YES, Decision

RELATIONS = {
    "parent": "a parent",
    "partner": "a partner",
    "sibling": "a brother or sister",
    "adult_child": "a grown child",
    "friend": "a friend",
    "housemate": "somebody who lives with them",
    "other": "somebody else close",
}
# What the person agreed may be said about them to this one loved one; without their word, nothing.
TALKS = {
    "none": "nothing about them",
    "naloxone_only": "only that there is naloxone, and where",
    "all": "how they are, and what was arranged",
}
TOPICS = {
    "general": "What helps families, and how naloxone works",
    "naloxone": "That they have naloxone, and where it is kept",
    "how_they_are": "How they are, and that we are in touch",
    "plans": "What they want, and what was arranged",
}
_COVERED = {
    "none": frozenset({"general"}),
    "naloxone_only": frozenset({"general", "naloxone"}),
    "all": frozenset(TOPICS),
}
MOST_TALK_DAYS = 90
KINDS = {
    "naloxone": "Naloxone",
    "training": "Shown how to use naloxone",
    "support_group": "A support group",
    "grief_group": "A grief group",
    "information": "Information about services",
    "talk": "Somebody to talk to",
}
# From the directory: the need whose services are offered for a kind.
NEED_OF_KIND = {"support_group": "family_support", "grief_group": "grief_support"}
MOST_KITS = 20

# How long whoever works with a loved one sees their name; each time something is given it starts anew.
WORK_DAYS = 90
# After a death the family is called four to six weeks later (Plymouth County Outreach).
GRIEF_OPENS_DAYS = 28
GRIEF_DUE_DAYS = 42
GRIEF_ANSWERS = {
    "reached": "we spoke",
    "not_now": "not now, they call us",
    "no_contact": "please do not contact us",
}


def may_say(talk: str, until: datetime | None, topic: str, now: datetime) -> Decision:
    """Whether a topic may be spoken of with a loved one; what says nothing about the person always may.

    The agreement is the person's, names this one loved one and ends by itself. Unknown values of anything are a no.
    """
    if topic not in TOPICS:
        return Decision.no("That is not on the list of what may be said.")
    if topic in _COVERED["none"]:
        return YES
    if talk not in _COVERED or talk == "none":
        return Decision.no("The person has not agreed that anything is said to this loved one.")
    if until is None or until <= now:
        return Decision.no("What the person agreed to has ended. Ask them again before you say more.")
    if topic not in _COVERED[talk]:
        return Decision.no("The person agreed to talk about naloxone only.")
    return YES


def may_agree(talk: str, until: datetime | None, now: datetime) -> Decision:
    """Whether an agreement can be kept so: a known answer and, where something may be said, an end within 90 days."""
    if talk not in TALKS:
        return Decision.no("Choose what may be said from the list.")
    if talk == "none":
        return YES
    if until is None or not now < until <= now + timedelta(days=MOST_TALK_DAYS + 1):
        return Decision.no(f"Say until when, at most {MOST_TALK_DAYS} days from now.")
    return YES


@dataclass(frozen=True, slots=True)
class Grief:
    """Where the way after a death stands: none, early, open, late or done, with its two days."""

    state: str
    opens_on: date | None = None
    due_on: date | None = None

    @property
    def is_due(self) -> bool:
        """Whether somebody calls now."""
        return self.state in {"open", "late"}


def grief_of(died_on: date | None, answer: str, today: date) -> Grief:
    """The way after a death: opens on day 28, due by day 42, stays until it was done or the family said no."""
    if died_on is None:
        return Grief("none")
    opens_on, due_on = died_on + timedelta(days=GRIEF_OPENS_DAYS), died_on + timedelta(days=GRIEF_DUE_DAYS)
    if answer:
        return Grief("done", opens_on, due_on)
    if today < opens_on:
        return Grief("early", opens_on, due_on)
    return Grief("open" if today <= due_on else "late", opens_on, due_on)
