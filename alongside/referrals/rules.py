"""The ten statuses of a referral (HL7 SDOH Clinical Care: Task status without `ready` and `received`) and its moves."""

from __future__ import annotations

from datetime import date, timedelta

from alongside.common.decision import YES, Decision

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
MOST_ASKED = 3

HOLD_STATUSES = {
    "held": "kept for them", "arrived": "they are there", "released": "given back", "expired": "the time ran out",
}  # fmt: skip
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
# Those that still want an answer or an end.
OPEN_STATUSES = ("requested", "accepted", "on-hold", "in-progress")
# What a partner learns of a named referral: how to reach the person, and what they want.
SHARED = ("contact", "health")
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
