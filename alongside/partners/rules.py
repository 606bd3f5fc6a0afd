"""What a partner may tap: for each state of a referral and of a ride the next steps, in the partner's words."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.common.decision import Refused
from alongside.referrals.rules import MOST_BEDS


def _(words: str) -> str:
    """Mark a label for the translators; the screen looks the translation up."""
    return words


@dataclass(frozen=True, slots=True)
class Step:
    """One button: the status it leads to, and its words."""

    to: str
    words: str


_YES = Step("accepted", _("Yes, we can help"))
_LIST = Step("on-hold", _("On our waiting list"))
_HERE = Step("in-progress", _("They are here"))
_GONE = Step("failed", _("They did not come"))
_DONE = Step("completed", _("They have what they came for"))
# Beside these there is “no”, with its reason. What is not a key here has come to its end.
STEPS: dict[str, tuple[Step, ...]] = {
    "requested": (_YES, _LIST),
    "on-hold": (_YES,),
    "accepted": (_HERE, _GONE),
    "in-progress": (_DONE,),
}
MAY_SAY_NO = frozenset({"requested", "on-hold", "accepted"})
# The reasons a service has; the others of `referrals.rules.BARRIERS` are the person's.
NO_REASONS = (
    "no_room", "not_eligible", "insurance", "papers", "transport", "children_pets", "withdrawal", "other",
)  # fmt: skip
HOLD_HOURS = (2, 4, 8, 12, 24)

# What the page says first, once there is an answer.
STANDS = {
    "accepted": _("Thank you. That is answered."),
    "on-hold": _("Thank you. They are on your list."),
    "in-progress": _("Thank you. They are with you."),
    "completed": _("Thank you. That is answered."),
    "failed": _("Thank you for telling us. The team looks after it."),
    "rejected": _("Thank you. Knowing it quickly helps; the team asks somebody else."),
    "cancelled": _("This is no longer needed. You keep nothing free for it. Thank you."),
    "entered-in-error": _("This is no longer needed. You keep nothing free for it. Thank you."),
}

RIDE_STEPS: dict[str, tuple[Step, ...]] = {
    "asked": (
        Step("dispatched", _("Yes, we drive now")), Step("picked_up", _("They are in the car")), Step("no_ride", _("We cannot")),
    ),
    "dispatched": (
        Step("picked_up", _("They are in the car")), Step("arrived", _("We are there")),
        Step("no_ride", _("We cannot after all")),
    ),
    "picked_up": (Step("arrived", _("We have arrived")),),
}
RIDE_STANDS = {
    "dispatched": _("Thank you. You are on the way."),
    "picked_up": _("Thank you. Drive safely."),
    "arrived": _("Thank you. They are there."),
    "no_ride": _("Thank you for telling us. The team looks for another ride."),
    "called_off": _("This ride is no longer needed. Thank you."),
}

# A link ends with its referral or ride; for a day longer it says so kindly, to whoever taps a moment too late.
COURTESY_HOURS = 24


def beds_said(words: str) -> int:
    """How many free beds were typed; anything but a small number is refused."""
    if not (words.isascii() and words.isdigit()) or len(words) > 3 or int(words) > MOST_BEDS:
        raise Refused(_("Write the number of free beds with digits, 0 to 500."))
    return int(words)


def hours_said(words: str) -> int | None:
    """For how many hours a bed is kept, out of the list; None leaves it to the usual time."""
    return int(words) if words in {str(hours) for hours in HOLD_HOURS} else None
