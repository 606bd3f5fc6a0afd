"""The clocks of the person's requests and of keeping, and what each request may become. Plain values only.

Sources: 45 CFR 164.524 (a copy within 30 days), 164.526 (correction within 60 days, with the person's statement when it
is not accepted), 164.522 and 42 CFR 2.26 (restriction), 164.316(b)(2) (papers of six years).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alongside.common.decision import YES, Decision

KINDS = {
    "copy": "see what is kept",
    "correction": "correct something",
    "restriction": "keep something from somebody",
    "deletion": "be forgotten",
}
DUE_DAYS = {"copy": 30, "correction": 60, "restriction": 30, "deletion": 30}
VERIFIED = {
    "known": "in person, known to the team",
    "papers": "in person, with a paper that shows the name",
    "called": "called back on the number we have",
    "own_code": "with the code of their record and one more thing only they know",
    "stands_in": "through somebody who may act for them, with papers",
}
STATES = {"open": "to be answered", "answered": "answered"}
ANSWERS = {
    "copy_given": "the copy was made and shown",
    "corrected": "corrected",
    "not_accepted": "not accepted; the person's statement stands with the record",
    "restricted": "agreed and in force",
    "not_restricted": "not agreed",
    "forgotten": "forgotten",
    "sealed": "closed to everybody: a law or a court forbids destroying it",
    "withdrawn": "the person took the request back",
}
ANSWERS_OF = {
    "copy": ("copy_given", "withdrawn"),
    "correction": ("corrected", "not_accepted", "withdrawn"),
    "restriction": ("restricted", "not_restricted", "withdrawn"),
    "deletion": ("forgotten", "sealed", "withdrawn"),
}
CORRECTABLE = {
    "given_name": "first name",
    "family_name": "last name",
    "birth_date": "date of birth",
    "ask_for": "name to ask for",
    "phone": "phone",
    "meeting_place": "where to meet",
    "other": "something else that was written down",
}
IDENTITY_PARTS = ("given_name", "family_name", "birth_date")
COPY_MINUTES = 30
SOON_DAYS = 7


def due_days(kind: str) -> int:
    """Within how many days a request of a kind is answered."""
    return DUE_DAYS[kind]


def may_ask(kind: str, verified: str, about: str, asked: str) -> Decision:
    """Whether a request may be taken: a kind and a way of making sure from the lists, and a correction says what and how."""
    if kind not in KINDS or verified not in VERIFIED:
        return Decision.no("Say what the person asks for and how you made sure who they are.")
    if kind == "correction" and (about not in CORRECTABLE or not asked.strip()):
        return Decision.no("Say what is wrong and how it is right.")
    return YES


def may_answer(kind: str, state: str, answer: str, statement: str = "") -> Decision:
    """Whether a request may get this answer; a correction that is not accepted keeps the person's own statement."""
    if state != "open":
        return Decision.no("This request was answered already.")
    if answer not in ANSWERS_OF.get(kind, ()):
        return Decision.no("Choose one of the answers of this request.")
    if answer == "not_accepted" and not statement.strip():
        return Decision.no("Write down what the person says about it; it is shown with the record from now on.")
    return YES


def urgency(days_left: int) -> str:
    """How the clock of a request looks: “now” when it ran out, “soon” in its last week, else “calm”."""
    if days_left < 0:
        return "now"
    return "soon" if days_left <= SOON_DAYS else "calm"


# --- keeping --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something is kept, from when, and what happens then."""

    days: int
    since: str
    then: str


CLOCKS = {
    "unconsented": Clock(90, "the last event or try, for somebody who never said yes to anything", "forgotten"),
    "stopped": Clock(7, "the day they asked for no contact", "forgotten, and a token keeps them from being kept again"),
    "declined": Clock(7, "the day a case ended with “wants nothing now”", "forgotten"),
    "closed": Clock(365, "the end of the last case of somebody who worked with us", "forgotten"),
    "place_unfound": Clock(14, "a call that nobody was found for", "the place is destroyed, the call is counted"),
    "place_found": Clock(90, "a call whose person was added", "the place is destroyed, the call is counted"),
    "papers": Clock(6 * 366, "an agreement, what was shared, a request, a hold, an entry of the journal", "six years at least"),
    "sessions": Clock(7, "the end of a signed-in session", "removed"),
}  # fmt: skip
PERSON_CLOCKS = ("stopped", "declined", "closed", "unconsented")
# Answers at the door that mean “go on with me”; without one of them, or an agreement, nobody said yes.
YES_RESPONSES = frozenset({"services", "check_ins", "come_back"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What the clocks look at for one person, all records together."""

    last_at: datetime
    said_yes: bool = False
    agreed_until: datetime | None = None
    stopped_at: datetime | None = None
    come_back: bool = False
    declined_at: datetime | None = None
    has_open_case: bool = False
    closed_at: datetime | None = None
    has_open_request: bool = False


def clock_that_ran_out(kept: Kept, now: datetime) -> str:
    """The code of the clock that ran out for a person, or an empty string. An open request holds every clock."""
    if kept.has_open_request:
        return ""
    if kept.stopped_at is not None and not kept.come_back:
        return "stopped" if _over("stopped", kept.stopped_at, now) else ""
    if kept.agreed_until is not None and kept.agreed_until > now:
        return ""
    if kept.declined_at is not None and not kept.has_open_case:
        return "declined" if _over("declined", kept.declined_at, now) else ""
    if kept.said_yes:
        over = not kept.has_open_case and _over("closed", kept.closed_at or kept.last_at, now)
        return "closed" if over else ""
    return "unconsented" if _over("unconsented", kept.last_at, now) else ""


def _over(clock: str, since: datetime, now: datetime) -> bool:
    return now - since >= timedelta(days=CLOCKS[clock].days)


def may_destroy(*, held: bool, schedule_forbids: bool) -> Decision:
    """Whether a record may be destroyed now; where not, it is closed to everybody instead."""
    if held:
        return Decision.no("A legal hold keeps this record. It is closed to everybody until the hold ends.")
    if schedule_forbids:
        return Decision.no("A public-records schedule forbids destroying this record. It is closed to everybody instead.")
    return YES


BACKUP_DAYS = 35


def is_too_old(made_at: datetime, now: datetime) -> bool:
    """Whether a backup is past its 35 days: whoever was forgotten before then is in it, and it has to go."""
    return now - made_at > timedelta(days=BACKUP_DAYS)
