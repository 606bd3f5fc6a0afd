"""The ten statuses of a referral (HL7 SDOH Clinical Care: Task status without `ready` and `received`) and its moves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from alongside.common.decision import YES, Decision
from alongside.services.needs import BED_KINDS, TONIGHT

STATUSES = {
    "draft": "written down",
    "requested": "sent",
    "accepted": "accepted",
    "rejected": "declined by the service",
    "cancelled": "called off",
    "in-progress": "started",
    "on-hold": "on a waiting list",
    "failed": "did not connect",
    "completed": "connected",
    "entered-in-error": "entered by mistake",
}
STATUS_OWNERS = {
    "draft": "team", "requested": "partner", "accepted": "partner", "rejected": "nobody", "cancelled": "nobody",
    "in-progress": "partner", "on-hold": "partner", "failed": "nobody", "completed": "nobody",
    "entered-in-error": "nobody",
}  # fmt: skip
_OPEN_ENDS = frozenset({"cancelled", "entered-in-error"})
MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"requested"}) | _OPEN_ENDS,
    "requested": frozenset({"accepted", "rejected", "on-hold", "failed", "completed"}) | _OPEN_ENDS,
    "accepted": frozenset({"in-progress", "on-hold", "failed", "completed", "rejected"}) | _OPEN_ENDS,
    "on-hold": frozenset({"accepted", "in-progress", "rejected", "failed"}) | _OPEN_ENDS,
    "in-progress": frozenset({"completed", "failed", "on-hold"}) | _OPEN_ENDS,
    "rejected": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset(),
    "completed": frozenset({"entered-in-error"}),
    "entered-in-error": frozenset(),
}
# A final status is nobody's turn, and the person's next step all the same.
NEXT = {
    "rejected": "the need is open again: ask the next place",
    "cancelled": "nothing is waited for; what the person wants stands on its own",
    "failed": "look in again, and ask what would help now",
    "completed": "ask whether it helped",
    "entered-in-error": "nothing",
}
HANDOFFS = {
    "information": "gave the information", "number": "gave a phone number", "called_together": "called together",
    "in_person": "went there together", "transported": "drove there",
}  # fmt: skip
# Where somebody is with what they want, after the field scale of outreach programs; the transtheoretical stages behind it
# (Prochaska 1983) are named in docs/reference/words.md. Optional, the worker's guess, never a condition.
STAGES = {
    "nothing_now": "wants nothing now",
    "safer_use": "wants to use more safely",
    "talk_more": "wants to talk more",
    "one_thing": "wants one practical thing",
    "sometime": "wants treatment sometime",
    "today": "wants treatment today",
    "in_treatment": "is in treatment",
    "in_recovery": "is in recovery",
}
ANSWERED_HOW = {
    "account": "signed in", "link": "by the link", "code": "by the code", "phone": "said on the phone", "file": "in a file",
}  # fmt: skip
# Why a service could not, or why somebody did not get there. Not one of them is about what the person did wrong.
BARRIERS = {
    "no_room": "no bed or no slot",
    "waiting_list": "only a waiting list",
    "not_eligible": "not for whom this service is",
    "insurance": "insurance or money",
    "papers": "no ID or papers",
    "transport": "no way to get there",
    "children_pets": "children or a pet",
    "work": "work",
    "withdrawal": "too unwell from withdrawal",
    "worry_law": "worried about the police or a court",
    "changed_mind": "wants something else now",
    "not_found": "could not be found",
    "other": "something else",
}
HELPED = {"yes": "was helped", "partly": "was helped in part", "no": "was not helped", "unknown": "nobody knows"}
# More than three askings at once wear out the places that answer, for the sake of one person.
MOST_ASKED = 3
# The words of a place that takes the person. The first of them wins; one need has one at a time.
YES_STATUSES = frozenset({"accepted", "in-progress", "completed"})
# A no, and what is as good as one: the place is not kept, and its barrier is.
NO_STATUSES = frozenset({"rejected", "failed"})
# A shelter that answers after an hour has left somebody outside; two days are what partners agree to for the rest.
ANSWER_TONIGHT, ANSWER_OTHERWISE = timedelta(minutes=30), timedelta(hours=48)
# After a yes there is silence too: then the team asks how it stands.
QUIET_AFTER = {"accepted": timedelta(days=3), "on-hold": timedelta(days=7), "in-progress": timedelta(days=30)}

HOLD_STATUSES = {
    "held": "kept for them", "arrived": "they are there", "released": "given back", "expired": "the time ran out",
}  # fmt: skip
HOLD_OWNERS = {"held": "partner", "arrived": "nobody", "released": "nobody", "expired": "nobody"}
HOLD_MOVES: dict[str, frozenset[str]] = {
    "held": frozenset({"arrived", "released", "expired"}),
    "arrived": frozenset(),
    "released": frozenset(),
    "expired": frozenset(),
}
HOLD_NEXT = {
    "arrived": "the referral has started",
    "released": "the bed is free again",
    "expired": "the bed is free again; the team sees it and asks what happened",
}
# How long a bed is kept when the place says nothing else: on foot across town, and an intake with its papers.
HOLD_HOURS = {"shelter_tonight": 2, "detox": 4, "residential": 4}
MOST_HOLD_HOURS = 72
MOST_BEDS = 500
# A count of beds is good for a shift's half, and after twelve hours it is yesterday's.
FRESH, STALE = timedelta(hours=4), timedelta(hours=12)
MEANS = {
    "volunteer": "a volunteer drives",
    "partner_van": "a partner's van",
    "taxi_voucher": "a taxi, paid for",
    "transit": "bus or train, paid for",
    "team_car": "the coach's car",
    "police_car": "a police car, because they said so",
}
RIDE_STATUSES = {
    "asked": "asked for", "dispatched": "on the way", "picked_up": "picked up", "arrived": "arrived",
    "called_off": "called off", "no_ride": "no ride was found",
}  # fmt: skip
# Without an agency it is the team's own turn: the coach's car, a bus ticket.
RIDE_OWNERS = {
    "asked": "partner", "dispatched": "partner", "picked_up": "partner", "arrived": "nobody", "called_off": "nobody",
    "no_ride": "nobody",
}  # fmt: skip
# Whoever drives presses late: a later word stands for the ones before it, so that none is lost.
RIDE_MOVES: dict[str, frozenset[str]] = {
    "asked": frozenset({"dispatched", "picked_up", "arrived", "called_off", "no_ride"}),
    "dispatched": frozenset({"picked_up", "arrived", "called_off", "no_ride"}),
    "picked_up": frozenset({"arrived", "called_off"}),
    "arrived": frozenset(),
    "called_off": frozenset(),
    "no_ride": frozenset(),
}
RIDE_NEXT = {
    "arrived": "the place has them; the referral has started",
    "called_off": "nothing is waited for",
    "no_ride": "the team sees it and asks for another",
}
RIDE_OPEN = ("asked", "dispatched", "picked_up")
PARTNER_MAY_RIDE = frozenset({"dispatched", "picked_up", "arrived", "no_ride"})
# Nobody on the way so long before the bed is given away, or so long after asking: somebody looks.
LEAD, NO_WORD = timedelta(minutes=20), timedelta(minutes=30)
# A ride without a deadline is over within this; the longest drive to a detox of a county.
LONGEST_RIDE = timedelta(hours=3)
# Those that still want an answer or an end.
OPEN_STATUSES = ("requested", "accepted", "on-hold", "in-progress")
# What a partner learns of a named referral: how to reach the person, and what they want.
SHARED = ("contact", "health")
# What a driver learns of a named ride: where to pick up and whom to ask for.
SHARED_FOR_RIDE = ("contact",)
PARTNER_MAY = frozenset({"accepted", "rejected", "on-hold", "in-progress", "completed", "failed"})
# Leaving one of these is the most dangerous day: the visit after it is planned when the referral is saved.
STAYS = {"detox": 6, "residential": 28}


def may_move(status: str, to: str, *, is_partner: bool) -> Decision:
    """Whether a referral may go from one status to another, and whether a partner may move it there."""
    if to not in STATUSES:
        return Decision.no("That is not a status of a referral.")
    if to not in MOVES.get(status, frozenset()):
        return Decision.no(f"A referral that is “{STATUSES.get(status, status)}” cannot become “{STATUSES[to]}”.")
    if is_partner and to not in PARTNER_MAY:
        return Decision.no("Only the team that sent it can do that.")
    return YES


def exit_on(need: str, started_on: date, expected: date | None) -> date | None:
    """The day somebody is expected to leave detox or residential care; a usual stay when nobody said."""
    if need not in STAYS:
        return None
    return expected or started_on + timedelta(days=STAYS[need])


def answer_due(need: str, made_at: datetime) -> datetime:
    """When silence becomes something to act on: half an hour for what is about tonight, else two days."""
    return made_at + (ANSWER_TONIGHT if need in TONIGHT else ANSWER_OTHERWISE)


def may_ask(waiting: int, *, has_a_yes: bool) -> Decision:
    """Whether one more place may be asked for a need: three at once, and none while somebody has said yes."""
    if has_a_yes:
        return Decision.no("Somebody already said yes to this; call that off first.")
    if waiting >= MOST_ASKED:
        return Decision.no("Three places are asked already; wait for an answer, or call one off.")
    return YES


def keeps_a_bed(need: str) -> bool:
    """Whether a yes to this need means that a bed is kept."""
    return need in BED_KINDS


# --- beds -----------------------------------------------------------------------------------------------------------


class Hold(Protocol):
    """What is asked of a bed that is or was kept."""

    @property
    def status(self) -> str:
        """A code of `HOLD_STATUSES`."""

    @property
    def made_at(self) -> datetime:
        """Since when it is kept."""

    @property
    def expires_at(self) -> datetime:
        """Until when it is kept."""

    @property
    def changed_at(self) -> datetime:
        """When its status last changed."""


def may_move_hold(status: str, to: str) -> Decision:
    """Whether a kept bed may become something else."""
    if to not in HOLD_STATUSES:
        return Decision.no("That is not a status of a kept bed.")
    if to not in HOLD_MOVES.get(status, frozenset()):
        if status == "expired":
            return Decision.no("The time for this bed ran out; keep one again if there is one left.")
        return Decision.no(f"A bed that is “{HOLD_STATUSES.get(status, status)}” cannot become “{HOLD_STATUSES[to]}”.")
    return YES


def hold_hours(kind: str, hours: int | None) -> int | None:
    """How long a bed is kept: as the place says, between one hour and three days, else the usual; None is no such time."""
    wanted = HOLD_HOURS.get(kind, 0) if hours is None else hours
    return wanted if 1 <= wanted <= MOST_HOLD_HOURS else None


def left(free: int | None, said_at: datetime | None, holds: Iterable[Hold], now: datetime) -> int | None:
    """How many beds can still be kept for somebody; None when nobody ever said.

    A count means “beside those we keep for you”. So a bed kept after it is taken off while it is kept or slept in, and
    one that was kept before it comes on top once it was given back or its time ran out.
    """
    if free is None or said_at is None:
        return None
    for hold in holds:
        over = hold.status == "held" and hold.expires_at <= now
        gone = hold.status in ("released", "expired") or over
        if hold.made_at >= said_at:
            free -= not gone
        elif gone:
            free += (hold.expires_at if over else hold.changed_at) >= said_at
    return max(free, 0)


def age_of(said_at: datetime | None, now: datetime) -> str:
    """Whether a count is "fresh", "grey" (four hours old) or one to "ask" for (twelve hours old, or never said)."""
    if said_at is None or now - said_at > STALE:
        return "ask"
    return "grey" if now - said_at > FRESH else "fresh"


def may_hold(remaining: int | None, age: str) -> Decision:
    """Whether a bed may be kept by this count; a yes on an old count carries what to know about it."""
    if remaining is None:
        return Decision.no("Nobody has said how many beds are free; ask them first.")
    if remaining < 1:
        return Decision.no("No bed is left by the last count.")
    if age == "grey":
        return Decision(allowed=True, reason="This count is more than four hours old; they may have fewer by now.")
    if age == "ask":
        return Decision(allowed=True, reason="This count is more than twelve hours old; ring them as well.")
    return YES


# --- rides ----------------------------------------------------------------------------------------------------------


def may_ride(means: str, *, asked_for_police_car: bool) -> Decision:
    """Whether somebody may be taken this way: a police car only when the person said so themselves."""
    if means not in MEANS:
        return Decision.no("Choose how they get there.")
    if means == "police_car" and not asked_for_police_car:
        return Decision.no("A police car only when the person said themselves that it is fine.")
    return YES


def may_move_ride(status: str, to: str, *, is_partner: bool) -> Decision:
    """Whether a ride may go on like this, and whether whoever drives may say so."""
    if to not in RIDE_STATUSES:
        return Decision.no("That is not a status of a ride.")
    if to not in RIDE_MOVES.get(status, frozenset()):
        return Decision.no(f"A ride that is “{RIDE_STATUSES.get(status, status)}” cannot become “{RIDE_STATUSES[to]}”.")
    if is_partner and to not in PARTNER_MAY_RIDE:
        return Decision.no("Only the team that asked can call it off.")
    return YES


def is_late(status: str, asked_at: datetime, due_at: datetime | None, now: datetime) -> bool:
    """Whether a ride needs somebody to look: nobody is on the way in time, or they are not there when they should be."""
    if status not in RIDE_OPEN:
        return False
    if status == "asked":
        return asked_at + NO_WORD <= now or (due_at is not None and due_at - LEAD <= now)
    return (due_at or asked_at + LONGEST_RIDE) <= now
