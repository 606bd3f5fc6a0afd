"""What may stand in a change, value by value: a closed table. What is not on it is not read; what does not fit is a no."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.free_text import why_not_kept
from alongside.consent.rules import AGES, DESIGNATIONS, LANGUAGES, SHAREABLE, SIGNERS
from alongside.field.rules import CONTACT_FIELDS, WISHES
from alongside.incidents.rules import FACTS, NALOXONE_BY
from alongside.incidents.rules import KINDS as EVENTS
from alongside.incidents.rules import OUTCOMES as ENDS
from alongside.naloxone.rules import MOST_AT_ONCE, STEPS, TAUGHT
from alongside.people.rules import WAYS
from alongside.referrals.rules import MEANS
from alongside.services.rules import NEEDS
from alongside.visits.rules import (
    CHANNELS,
    LEAST_MINUTES,
    MOST_MINUTES,
    PHONE_FIRST_WAIVERS,
    RESPONSES,
    RESULTS,
    USUAL_MINUTES,
)

UNREADABLE = "This could not be read as it was sent. It is kept for the coordinator."
# Whom kits are for, in the phone's words; whoever is not named is “somebody else, no name”.
KIT_TO = {"person": "person", "loved_one": "loved_one", "anonymous": "other"}
TWO_WEEKS = 14 * 24 * 60

Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One change, read by the table below: when it was made by the server's clock, by whom, about which case.

    Without a phone somebody filed it, knowing no version that was read; `over` is for who read both answers.
    """

    id: UUID
    kind: str
    at: datetime
    by: Actor
    case: Any = None
    data: Mapping[str, Any] = field(default_factory=dict)
    phone: UUID | None = None
    seq: int = 0
    base: Mapping[str, Any] = field(default_factory=dict)
    over: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a change: a sentence where there is something to say, and for a field which value it left behind."""

    sentence: str = ""
    state: str = "kept"
    field: str = ""
    became: str = ""
    said: str = ""


def read(kind: str, data: Any) -> dict[str, Any]:
    """The values of a change, each as its check gives it; `Refused` for the first that does not fit."""
    if kind not in TABLE or not isinstance(data, dict):
        raise Refused(UNREADABLE)
    return {name: check(data.get(name)) for name, check in TABLE[kind].items()}


def an_id(value: Any) -> UUID:
    """A UUID."""
    try:
        return UUID(_text(value))
    except ValueError:
        raise Refused(UNREADABLE) from None


def a_day(value: Any) -> date:
    """A day, as 2026-01-31."""
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise Refused(UNREADABLE) from None


def a_time(value: Any) -> time:
    """A time of the day, as 14:30."""
    try:
        return time.fromisoformat(_text(value)).replace(tzinfo=None)
    except ValueError:
        raise Refused(UNREADABLE) from None


def yes_no(value: Any) -> bool:
    """Yes only when it says so."""
    return value if isinstance(value, bool) else _no() if value is not None else False


def one_of(codes: Collection[str], empty: str | None = None) -> Check:
    """One of the codes; with `empty`, that one when nothing was said."""

    def check(value: Any) -> str:
        if value in (None, "") and empty is not None:
            return empty
        return value if isinstance(value, str) and value in codes else _no()

    return check


def some_of(codes: Collection[str]) -> Check:
    """Any of the codes, each once, in their own order."""

    def check(value: Any) -> tuple[str, ...]:
        given = [] if value is None else value
        if not isinstance(given, list) or not all(isinstance(one, str) and one in codes for one in given):
            _no()
        return tuple(dict.fromkeys(given))

    return check


def whole(low: int, high: int, empty: int | None = None) -> Check:
    """A whole number between two others."""

    def check(value: Any) -> int:
        if value is None and empty is not None:
            return empty
        return value if type(value) is int and low <= value <= high else _no()

    return check


def words(most: int) -> Check:
    """What somebody typed, in one line or several; not what no field may hold."""

    def check(value: Any) -> str:
        text = "" if value is None else value
        if not isinstance(text, str) or len(text) > most:
            _no()
        if any(ord(sign) < 32 and sign not in "\n\r\t" or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
            _no()
        if reason := why_not_kept(text):
            raise Refused(reason)
        return str(text.strip())

    return check


def maybe(check: Check) -> Check:
    """The same check, or nothing at all."""
    return lambda value: None if value in (None, "") else check(value)


def a_wish(value: Any) -> bool | str:
    """A wish is a yes, a no, or the way they like best."""
    if isinstance(value, bool) or (isinstance(value, str) and value in ("", *WAYS)):
        return value
    raise Refused(UNREADABLE)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _no() -> Any:
    raise Refused(UNREADABLE)


TABLE: dict[str, dict[str, Check]] = {
    "attempt": {
        "channel": one_of(CHANNELS), "result": one_of(RESULTS), "response": one_of(RESPONSES, ""),
        "waiver": one_of(PHONE_FIRST_WAIVERS, ""), "kits": whole(0, 20, 0), "kit_to": one_of(KIT_TO, "person"),
        "note": words(1000), "officer_present": yes_no,
    },
    "help": {
        "wants": some_of({*NEEDS, "nothing"}), "rides_to": some_of(NEEDS), "words": words(200),
        "means": one_of(MEANS, ""), "pick_up": words(200),
    },
    "kits": {"kits": whole(1, MOST_AT_ONCE), "to": one_of(KIT_TO, "anonymous")},
    "training": {
        "taught": one_of(TAUGHT), "steps": some_of(STEPS), "people": whole(1, MOST_AT_ONCE, 1), "language": words(12),
    },
    "follow_up": {"due_on": a_day, "from": maybe(a_time), "to": maybe(a_time)},
    "followed": {"follow_up": an_id},
    "agreement": {
        "agency": maybe(an_id), "designation": one_of(DESIGNATIONS, ""), "categories": some_of(SHAREABLE),
        "language": one_of(LANGUAGES), "age": one_of(AGES), "signer": one_of(SIGNERS), "signature": one_of(("drawn",)),
    },
    "agreement_back": {"agreement": an_id},
    "contact_field": {"field": one_of(CONTACT_FIELDS), "value": words(200)},
    "wish": {"field": one_of(WISHES), "value": a_wish, "said_so": yes_no},
    "contact": {
        "kind": one_of(EVENTS), "minutes_ago": whole(0, TWO_WEEKS, 0), "town": maybe(an_id),
        "outcome": one_of(ENDS, "unknown"), "naloxone_doses": maybe(whole(0, 20)), "naloxone_by": some_of(NALOXONE_BY),
        "facts": some_of(FACTS), "given_name": words(80), "ask_for": words(80), "phone": words(40),
        "meeting_place": words(200), "check_in_ok": one_of(("yes", "no", "not_asked"), "not_asked"),
    },
    "outing": {"outing": an_id, "minutes": whole(LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES)},
    "outing_end": {"outing": an_id},
    "know": {},
}  # fmt: skip
