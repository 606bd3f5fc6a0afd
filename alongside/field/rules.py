"""What a phone may hold and for how long, what a change may be, and what becomes of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

MOST_VISITS = 25  # security.md R68a
LEASE_HOURS = 24  # without the server, the phone erases what it holds of people
SESSION_HOURS = 12  # after this the pack is not given again before somebody signs in
LOCK_MINUTES = 5
WRONG_TRIES = 10
PROTOCOL = 1
MOST_CHANGES = 1000
MOST_BYTES = 4_000_000  # of one request, unpacked

KINDS = {
    "attempt": "an attempt or a visit",
    "help": "what would help today",
    "kits": "naloxone handed out",
    "training": "a training",
    "follow_up": "a day to look in again",
    "followed": "a follow-up that was done",
    "agreement": "an agreement",
    "agreement_back": "an agreement taken back",
    "contact_field": "how to reach somebody",
    "wish": "a wish about contact",
    "contact": "a new contact",
    "outing": "a visit begun",
    "outing_end": "a visit ended",
    "know": "“I know this person”",
}
# Of these nothing stands on a phone but the words to send: the role that only drops something in has no other.
WRITE_ONLY = frozenset({"contact", "kits"})
STATES = {
    "kept": "Kept",
    "taken": "Received; it is being filed",
    "parked": "Kept for the coordinator",
    "clash": "Two answers, a person decides",
}
PARKED_STATES = {"open": "To be decided", "filed": "Filed", "set_aside": "Set aside"}
REVOKED = {"lost": "reported lost", "user": "the account ended", "self": "signed out on the phone", "role": "the role changed",
           "unknown": "not known when its work was handed over"}  # fmt: skip
# What may be changed on a phone, one by one: the sealed words of `identity.Contact`, and the wishes of `people.Person`.
CONTACT_FIELDS = ("ask_for", "meeting_place", "phone", "never_mention")
WISHES = ("no_police", "text_only", "not_at_home", "prefers")
CLASH_STATES = {"open": "To be decided", "phone": "What the phone said", "office": "What stood here"}
LATEST = timedelta(hours=72)
A_MINUTE_MS = 60_000


def made_at(made: Any, off: Any, sent_at_ms: Any, moment: datetime) -> datetime:
    """When a change was made, within the last 72 hours: by the server's clock as the phone knew it when it wrote, or as
    long before now as it was before the phone's own now.

    The two differ when the phone's clock was set between: what lies ahead or days back is wrong, and of two the later holds.
    """
    latest = LATEST.total_seconds() * 1000
    by_phone, by_server = _ago(sent_at_ms, made), _ago(moment.timestamp() * 1000, made, off)
    likely = [ago for ago in (by_phone, by_server) if ago is not None and -A_MINUTE_MS < ago <= latest]
    ago = min(likely) if likely else by_phone or 0
    return moment - timedelta(milliseconds=min(max(ago, 0), latest))


def _ago(now_ms: Any, made: Any, off: Any = 0) -> float | int | None:
    """How many milliseconds before now; None for what is no number a clock has."""
    if any(type(value) not in (int, float) for value in (now_ms, made, off)):
        return None
    try:
        ago = now_ms - made - off
    except OverflowError:
        return None
    return ago if ago == ago else None
