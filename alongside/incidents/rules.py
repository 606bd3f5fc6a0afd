"""Kinds of incident, and what is to be done with a call that arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

KINDS = {
    "overdose": "Overdose",
    "at_risk": "At risk, no overdose",
    "theft": "Drug-related theft",
    "assault": "Drug-related assault",
    "walk_in": "Walked in",
    "family_call": "Family asked for help",
    "other_agency": "Sent by another agency",
    "jail_release": "Leaving jail",
    "hot_spot": "Street outreach",
}
OUTCOMES = {"non_fatal": "Survived", "fatal": "Died", "unknown": "Not known"}
NALOXONE_BY = {
    "ems": "Ambulance", "fire": "Fire department", "police": "Police", "bystander": "Bystander",
    "hospital": "Hospital", "other": "Somebody else",
}  # fmt: skip
FACTS = {
    "asked_for_help": "asked for help",
    "not_transported": "not taken to hospital",
    "left_hospital": "left hospital early",
    "recent_release": "released from jail, detox or hospital within 14 days",
    "unhoused": "no fixed place to stay",
}
STATES = {
    "waiting": "on the morning list: nobody added yet",
    "settled": "the person was added",
    "nobody": "nobody to find",
    "counted": "too old to follow, or nobody survived: counted only",
    "joined": "the same event as another call",
}
SAME_EVENT_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Report:
    """One report as any door hands it in: coded, without narrative. `key` is made by the door, unique in its source."""

    source: str
    key: str
    kind: str
    occurred_at: datetime
    time_known: bool = True
    outcome: str = "unknown"
    naloxone_doses: int | None = None
    naloxone_by: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    facts: tuple[str, ...] = field(default=())
    place: str = ""


def state_on_arrival(report: Report, now: datetime, open_case_within_hours: int) -> str:
    """A call older than the program's limit, or one nobody survived, counts in statistics and opens no case."""
    too_old = now - report.occurred_at > timedelta(hours=open_case_within_hours)
    return "counted" if too_old or report.outcome == "fatal" else "waiting"


def may_be_one_event(one: tuple[str, object, datetime], other: tuple[str, object, datetime]) -> bool:
    """Whether two (kind, town, time) triples are near enough to offer them as one event."""
    near = abs(one[2] - other[2]) <= timedelta(minutes=SAME_EVENT_MINUTES)
    return near and one[0] == other[0] and one[1] is not None and one[1] == other[1]
