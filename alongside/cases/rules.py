"""Clocks, the order of the queue, who may go together, how a case moves, and which follow-ups come.

Sources: contact targets of 24/48/72 hours as programs state them (PCO, DART, NC PORT); the risk in the first 48 hours
after a survived overdose (Weiner 2020) and again after leaving jail, detox or hospital (Joudrey 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from alongside.common.decision import YES, Decision

CONTACT_HOURS = 72
SOON_HOURS = 48
TARGET_HOURS = 24
# Police go out while the event is fresh (programs visit at 24 to 72 hours), and hold so many open visits at most.
POLICE_HOURS = 72
MOST_OPEN = 25
FOLLOW_UP_DAYS = (3, 7, 14, 30, 60, 90)
AFTER_EXIT_DAYS = (0, 2, 7, 14)

# Each reason moves the visit up by hours. Nothing else does: no race, no town, no police record, no score.
LEAD_HOURS = {
    "repeat_30_days": 24,
    "recent_release": 24,
    "left_hospital": 18,
    "repeat_12_months": 12,
    "not_transported": 12,
    "asked_for_help": 12,
    "unhoused": 6,
}
# In the order “freshest first” an hour of lead counts as twelve (24 hours: twelve days); each visit at which nobody was met
# counts as six days, and a place that turned out to be the wrong one as ten more, until a better one is known.
LEAD_COUNTS = 12
VAIN_DAYS, LOST_DAYS = 6, 10
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
REASONS = {
    "repeat_30_days": "another event within 30 days",
    "repeat_12_months": "two or more events in 12 months",
    "recent_release": "released from jail, detox or hospital within 14 days",
    "left_hospital": "left hospital early",
    "not_transported": "not taken to hospital",
    "asked_for_help": "asked for help",
    "unhoused": "no fixed place to stay",
}
STATUSES = {
    "waiting": "waits for a team",
    "assigned": "a team is assigned",
    "in_contact": "in contact",
    "paused": "paused",
    "closed": "closed",
}
STATUS_OWNERS = {
    "waiting": "coordinator", "assigned": "team", "in_contact": "team", "paused": "coordinator", "closed": "nobody",
}  # fmt: skip
MOVES: dict[str, frozenset[str]] = {
    "waiting": frozenset({"assigned", "paused", "closed"}),
    "assigned": frozenset({"waiting", "assigned", "in_contact", "paused", "closed"}),
    "in_contact": frozenset({"assigned", "paused", "closed"}),
    "paused": frozenset({"waiting", "assigned", "closed"}),
    "closed": frozenset({"waiting"}),
}
OUTCOMES = {
    "goals_met": "Their goals were met",
    "in_services": "In services, doing well",
    "moved": "Moved away",
    "not_reached": "Not reached; may come back any time",
    "declined": "Wants nothing now; may come back any time",
    "no_contact": "Asked for no contact",
    "deceased": "Died",
    "transferred": "Taken on by another program",
    "duplicate": "Same as another case",
}
FOLLOW_UP_REASONS = {
    "schedule": "day {day} after the contact",
    "after_exit": "day {day} after leaving detox, jail or hospital",
    "gentle_check_in": "a gentle check-in after “not today”",
    "asked_back": "asked us to come back",
    "retry": "try again",
    "relocate": "find a better address",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the order of the queue may look at, and nothing more."""

    event_at: datetime
    earlier_events: tuple[datetime, ...] = ()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Priority:
    """When the contact is due by the clock, by when to go given the reasons, and the reasons as codes of `REASONS`."""

    contact_due_at: datetime
    visit_by_at: datetime
    reasons: tuple[str, ...]


def contact_deadline(event_at: datetime) -> datetime:
    """72 hours after the event itself, however late it was entered."""
    return event_at + timedelta(hours=CONTACT_HOURS)


def priority(facts: Facts) -> Priority:
    """The place in the queue: the deadline, moved up by the hours of each reason. The same facts give the same place."""
    due = contact_deadline(facts.event_at)
    reasons = [code for code in REASONS if code in facts.codes and not code.startswith("repeat_")]
    earlier = [moment for moment in facts.earlier_events if moment < facts.event_at]
    if any(facts.event_at - moment <= timedelta(days=30) for moment in earlier):
        reasons.insert(0, "repeat_30_days")
    elif any(facts.event_at - moment <= timedelta(days=365) for moment in earlier):
        reasons.insert(0, "repeat_12_months")
    lead = sum(LEAD_HOURS[code] for code in reasons)
    return Priority(due, due - timedelta(hours=lead), tuple(reasons))


def days_fresher(lead_hours: float, vain_visits: int = 0, *, place_lost: bool = False) -> float:
    """By how many days an event counts as fresher than it is in the order “freshest first”; less than zero is older.

    Derived by simulation from published hazards (ADR 36): what a visit can avert falls with the days since the event,
    rises with each reason, and falls when nobody opened before.
    """
    return lead_hours * LEAD_COUNTS / 24 - VAIN_DAYS * vain_visits - LOST_DAYS * place_lost


Steps = tuple[tuple[str, float], ...]


def steps_of(reasons: Sequence[str], vain_visits: int = 0, *, place_lost: bool = False) -> Steps:
    """What makes an event count as fresher or older, as (code, days): reasons, then `vain` and `lost`."""
    steps = [(code, days_fresher(LEAD_HOURS[code])) for code in reasons if code in LEAD_HOURS]
    steps += [("vain", days_fresher(0, vain_visits))] * bool(vain_visits)
    steps += [("lost", days_fresher(0, place_lost=True))] * place_lost
    return tuple(steps)


def moved(at: datetime, steps: Steps) -> datetime:
    """A moment moved by the days of all steps."""
    return at + timedelta(days=sum(days for _, days in steps))


def counts_from(event_at: datetime, reasons: Sequence[str], vain_visits: int = 0, *, place_lost: bool = False) -> datetime:
    """As of which moment an event counts in the order “freshest first”, as long as nobody was met since."""
    return moved(event_at, steps_of(reasons, vain_visits, place_lost=place_lost))


def look_in_counts_from(due_at: datetime, *, promised: bool) -> datetime:
    """The same once somebody was met: the hour of the next look-in stands for the event, and a promise is a reason."""
    return due_at + timedelta(days=days_fresher(LEAD_HOURS["repeat_30_days"] if promised else 0))


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case counts as of a moment: `at` of “event”, “look_in” or “put_back”, moved by the steps."""

    base: str
    at: datetime
    steps: Steps = ()


def why_of(event_at: datetime, counts: datetime, reasons: Sequence[str], vain_visits: int, look_in_at: datetime | None) -> Why:
    """What a stored `counts_from` is made of, to the minute; `look_in_at` once somebody was met. It always adds up."""
    if look_in_at is not None and counts >= look_in_at:
        gained = (counts - look_in_at) / timedelta(days=1)
        return Why("look_in", look_in_at, (("promised", gained),) if gained else ())
    for lost in (False, True):
        steps = steps_of(reasons, vain_visits, place_lost=lost)
        if moved(event_at, steps) == counts:
            return Why("event", event_at, steps)
    return Why("put_back", counts)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the order of the queue is made of. `tried` says that somebody tried since the newest event."""

    due_at: datetime
    counts_from: datetime
    tried: bool
    id: UUID


def is_for_later(standing: Standing, now: datetime) -> bool:
    """Whether what comes next was planned for a moment that is still to come."""
    return standing.tried and standing.due_at > now


def order_key(standing: Standing, policy: str, now: datetime) -> tuple[int, timedelta, UUID]:
    """What the queue is sorted by. The table pages by the same through an index.

    “deadline”: the soonest `due_at`. “index”: the freshest `counts_from`, and after all of those what is planned for later.
    """
    if policy == "deadline" or is_for_later(standing, now):
        return int(policy != "deadline"), standing.due_at - FIRST_DAY, standing.id
    return 0, FIRST_DAY - standing.counts_from, standing.id


def urgency(due_at: datetime, now: datetime) -> str:
    """How the clock looks: “now” when less than 24 of the 72 hours are left or none, “soon” under 48, else “calm”."""
    left = due_at - now
    if left <= timedelta(hours=CONTACT_HOURS - SOON_HOURS):
        return "now"
    return "soon" if left <= timedelta(hours=CONTACT_HOURS - TARGET_HOURS) else "calm"


def may_move(status: str, to: str) -> Decision:
    """Whether a case in a status may go to another."""
    if to in MOVES.get(status, frozenset()):
        return YES
    if status == "closed":
        return Decision.no("This case is closed; reopen it first.")
    return Decision.no("The case cannot go there from where it is now.")


def may_pair(officer_agency: object, coach_agency: object, *, officer_is_police: bool, no_police: bool) -> Decision:
    """Whether an officer and a coach may go to this person: two employers, and no police when the person said so."""
    if no_police and officer_is_police:
        return Decision.no("The person asked for no police. Choose somebody who does not work for the police.")
    if officer_agency == coach_agency:
        return Decision.no("Choose two people from two different employers.")
    return YES


def may_send_police(event_at: datetime, now: datetime, *, asked_by_coach: bool) -> Decision:
    """Whether police may be part of an outreach: while the event is fresh, or because the coach asked them along."""
    if asked_by_coach or now - event_at <= timedelta(hours=POLICE_HOURS):
        return YES
    return Decision.no("The event is more than 72 hours ago. Police go along only when the coach asks for it.")


def may_approve_team(*, by_police: bool, is_of_the_team: bool) -> Decision:
    """Whether somebody may send a team: never police, and nobody sends themselves."""
    if by_police:
        return Decision.no("Somebody who does not work for the police decides who goes.")
    if is_of_the_team:
        return Decision.no("Somebody else decides when you are one of those who go.")
    return YES


def may_take_another(open_assignments: int, *, is_police: bool) -> Decision:
    """Whether an officer may be given one more visit: their list stays what two people can walk, never a register."""
    if is_police and open_assignments >= MOST_OPEN:
        return Decision.no(f"This officer has {MOST_OPEN} open visits already. End one, or choose somebody else.")
    return YES


def may_contact(stop: str, *, deceased: bool) -> Decision:
    """Whether anybody may be sent to this person at all."""
    if deceased:
        return Decision.no("This person has died. Nobody is sent; the family path is separate.")
    if stop == "no_contact":
        return Decision.no("The person asked for no contact. Only they can change that.")
    return YES


def may_send_in_doubt(*, no_contact: bool, no_police: bool, police: bool) -> Decision:
    """Whether somebody, or the police, may be sent while it is open who this is: the stricter wish of the two holds."""
    if no_contact:
        return Decision.no("This may be somebody who asked for no contact: decide in match review first.")
    if no_police and police:
        return Decision.no(
            "This may be somebody who asked for no police: decide in match review first, or send nobody of the police."
        )
    return YES


# How a case may end although somebody is about to leave detox or care: nobody may come, or somebody else does.
NOBODY_LOOKS_IN = frozenset({"moved", "no_contact", "deceased", "transferred", "duplicate"})


def may_close(outcome: str, exit_on: date | None = None) -> Decision:
    """Whether a case may end this way; none of the outcomes says anything against the person.

    `exit_on` is the next planned visit after detox, jail or hospital: it is not lost by closing, because those days are
    the most dangerous ones (Walley 2020, Joudrey 2019).
    """
    if outcome not in OUTCOMES:
        return Decision.no("Choose how it ended from the list.")
    if exit_on is not None and outcome not in NOBODY_LOOKS_IN:
        return Decision.no(f"Somebody looks in when they come out, on {exit_on:%d %B}. Do that first, then close.")
    return YES


FOLLOW_UP_HOUR = 17


def follow_up_moment(day: date, zone: str, until: time | None = None) -> datetime:
    """When a follow-up of a day is past due: at the end of a promised hour, else at five in the afternoon.

    Both where the program works (`zone`, an IANA name).
    """
    return datetime.combine(day, until or time(FOLLOW_UP_HOUR), tzinfo=ZoneInfo(zone))


Hours = tuple[time | None, time | None]
NO_HOURS: Hours = (None, None)


def may_promise(hours: Hours) -> Decision:
    """Whether somebody may be promised to come between two hours: both are said or none, the earlier one first."""
    start, end = hours
    if start is None and end is None:
        return YES
    if start is None or end is None:
        return Decision.no("Say from when and until when, or leave both empty.")
    return YES if start < end else Decision.no("The first hour comes before the second one.")


def may_plan(due_on: date, today: date) -> Decision:
    """Whether somebody may be asked to look in on a day: today or later, within two years."""
    if today <= due_on <= today + timedelta(days=730):
        return YES
    return Decision.no("Choose today or a day within the next two years.")


def follow_up_days(contact_on: date) -> list[tuple[date, int]]:
    """The days of the usual follow-ups after a first contact, each with its number of days."""
    return [(contact_on + timedelta(days=count), count) for count in FOLLOW_UP_DAYS]


def reasons_in_words(codes: Sequence[str]) -> list[str]:
    """The sentences of reason codes, in the order given; an unknown code is left out."""
    return [REASONS[code] for code in codes if code in REASONS]
