"""What may be tried, what may be left, and what follows from what happened (PRONTO best practice guidance 5.1, 5.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alongside.cases.rules import may_contact
from alongside.common.decision import YES, Decision

CHANNELS = {
    "phone": "Phone call", "text": "Text message", "letter": "Card or letter", "home": "At home",
    "event_place": "Where it happened", "shelter": "Shelter", "street": "Street or camp", "hospital": "Hospital",
    "jail": "Jail", "station": "Police station", "drop_in": "Drop-in center", "elsewhere": "Somewhere they chose",
}  # fmt: skip
REMOTE = frozenset({"phone", "text", "letter"})
RESULTS = {
    "reached": "Reached them",
    "loved_one": "Reached a loved one only",
    "other_person": "Somebody else; nothing said",
    "no_answer": "No answer",
    "bad_address": "Moved or wrong address",
    "not_private": "Not safe or not private",
    "in_hospital": "In hospital",
    "in_custody": "In custody",
    "in_treatment": "In treatment",
    "deceased": "Has died",
    "sent": "Sent, no reply yet",
    "called_off": "Called off",
}
RESPONSES = {
    "services": "Wants help with something",
    "naloxone": "Took naloxone",
    "check_ins": "Check-ins are fine",
    "come_back": "Asked us to come back",
    "not_today": "Not today",
    "no_contact": "Asked for no contact",
}
PHONE_FIRST_WAIVERS = {
    "no_phone": "no working phone is known",
    "asked_for_visit": "the person asked for a visit",
    "unhoused": "no fixed place and no phone",
    "at_scene": "met at the scene or in a place they came to",
}
WALK_UP = frozenset({"station", "drop_in", "hospital", "jail", "shelter"})
GENTLE_DAYS = 14
NOT_TODAY = "Not today. Ask the coach."


@dataclass(frozen=True, slots=True)
class Next:
    """What follows an attempt: a follow-up reason with days from now, a pause, a stop, or nothing."""

    follow_up: str = ""
    in_days: int = 0
    pause: bool = False
    stop: bool = False
    deceased: bool = False


AFTER_RESULT = {
    "deceased": Next(deceased=True),
    "called_off": Next(follow_up="retry", in_days=1),
}
AFTER_RESPONSE = {
    "no_contact": Next(stop=True),
    "come_back": Next(follow_up="asked_back", in_days=1),
    "not_today": Next(follow_up="gentle_check_in", in_days=GENTLE_DAYS),
}


def may_go(channel: str, earlier_channels: Collection[str], waiver: str) -> Decision:
    """Phone or text first: a visit needs an earlier try by phone, text or card, or a reason from the list."""
    if channel not in CHANNELS:
        return Decision.no("Choose how you tried from the list.")
    if channel in REMOTE | WALK_UP or REMOTE & set(earlier_channels) or waiver in PHONE_FIRST_WAIVERS:
        return YES
    return Decision.no("Phone or text first. If that is not possible, say why.")


def may_try_again(attempts_without_contact: int, cap: int, *, coordinator_agrees: bool) -> Decision:
    """Never-ending knocks help nobody: after the program's number of tries without contact, a coordinator decides."""
    if attempts_without_contact < cap or coordinator_agrees:
        return YES
    return Decision.no(f"{attempts_without_contact} tries without contact. Ask the coordinator before another one.")


# They came to us: whatever they asked about being looked for, this was their own step.
THEIR_OWN_STEP = frozenset({"drop_in"})
AT_HOME = frozenset({"home", "letter"})


def may_visit(channel: str, stop: str, *, no_police: bool, by_police: bool, text_only: bool = False,
              not_at_home: bool = False) -> Decision:  # fmt: skip
    """Whether this way of contact, by this worker, is what the person asked for."""
    if no_police and by_police:
        return Decision.no("The person asked for no police.")
    if stop == "no_contact":
        return Decision.no("The person asked for no contact. Only they can change that.")
    if stop == "no_visits" and channel not in REMOTE:
        return Decision.no("The person asked for no visits. Phone, text or write instead.")
    if text_only and channel not in {"text"} | THEIR_OWN_STEP:
        return Decision.no("The person asked for text messages only.")
    if not_at_home and channel in AT_HOME:
        return Decision.no("The person asked that nobody comes or writes to their home.")
    return YES


def may_leave_kit(result: str, kits: int) -> Decision:
    """Nothing that tells is left where nobody was met."""
    if kits > 0 and result not in {"reached", "loved_one"}:
        return Decision.no("Nothing is left behind when nobody was met: take the kit back with you.")
    return YES


def is_try(result: str) -> bool:
    """Whether anything was tried at all; a visit that was called off answers no clock and counts to no cap."""
    return result != "called_off"


def is_contact(result: str) -> bool:
    """Whether the person themselves was reached."""
    return result == "reached"


def next_after(result: str, response: str, tries_without_contact: int, cap: int) -> Next:
    """What the program does next by itself; a “not today” brings one gentle check-in and never counts against anybody."""
    if result in AFTER_RESULT:
        return AFTER_RESULT[result]
    if response in AFTER_RESPONSE:
        return AFTER_RESPONSE[response]
    if is_contact(result):
        return Next()
    if result == "bad_address":
        return Next(follow_up="relocate", in_days=1)
    return Next(pause=True) if tries_without_contact >= cap else Next(follow_up="retry", in_days=2)


def reconcile(result: str, response: str) -> Decision:
    """A response belongs to a contact; and a contact says what the person wanted."""
    if response and result not in {"reached", "loved_one"}:
        return Decision.no("Nobody was reached, so there is no answer to record.")
    if response == "no_contact" and result != "reached":
        return Decision.no("Only the person can ask for no contact. Choose “Not today” for what a loved one said.")
    if result == "reached" and response not in RESPONSES:
        return Decision.no("Say in one tap what the person wanted.")
    if result not in RESULTS or (response and response not in RESPONSES):
        return Decision.no("Choose what happened from the list.")
    return YES


# --- before a visit starts (docs/how-to/safety.md) ---------------------------------------------------------------------

# How long a word about where somebody is holds when nobody said until when.
HOLDS_FOR = {"in_hospital": timedelta(days=3), "in_custody": timedelta(days=7), "in_treatment": timedelta(days=14)}
MET_IN = {"hospital": "in_hospital", "jail": "in_custody"}
# A knock is a visit nobody agreed on beforehand; whoever comes to us, or is met in a hospital, was not knocked at.
KNOCKS = frozenset({"home", "event_place", "street", "elsewhere"})
KNOCK_HOURS = 24
ASKED_FOR = frozenset({"asked_for_visit", "at_scene"})


@dataclass(frozen=True, slots=True)
class Away:
    """Where somebody is as far as anybody noted (a code of `HOLDS_FOR`), and until which day where that is known."""

    where: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known at the moment a visit would start. `holder` is the role of another team that was just there."""

    stop: str = "none"
    deceased: bool = False
    no_police: bool = False
    text_only: bool = False
    not_at_home: bool = False
    away: Away | None = None
    holder: str = ""


def last_heard(tries: Iterable[tuple[datetime, str, str]], now: datetime) -> str:
    """Where somebody is by the (time, channel, result) of what was tried, newest first; "" when met elsewhere, or long ago."""
    for at, channel, result in tries:
        where = MET_IN.get(channel, "") if is_contact(result) else result
        if where in HOLDS_FOR:
            return where if now - at <= HOLDS_FOR[where] else ""
        if is_contact(result):
            return ""
    return ""


def away_for(heard: str, leaves_on: date | None, today: date) -> Away | None:
    """Where somebody is: in the stay that began and ends on a known day, else where they were last heard of."""
    if leaves_on is not None and leaves_on > today:
        return Away("in_treatment", leaves_on)
    came_out = heard == "in_treatment" and leaves_on is not None
    return Away(heard) if heard and not came_out else None


def may_knock(channel: str, holder: str, waiver: str = "", *, coordinator_agrees: bool, told_why: bool = True) -> Decision:
    """One knock in 24 hours: after another team was there in person, the coordinator decides whether anybody goes again."""
    if not holder or channel not in KNOCKS or waiver in ASKED_FOR or coordinator_agrees:
        return YES
    if not told_why:
        return Decision.no(NOT_TODAY)
    return Decision.no(f"Another team ({holder}) was there in person within {KNOCK_HOURS} hours. Ask the coordinator first.")


def may_start(known: Standing, *, by_police: bool, told_why: bool, coordinator_agrees: bool = False) -> Decision:
    """Whether a visit may start now. Who is not `told_why` (police: it may be a stay in detox) learns only “not today”."""
    wished = may_contact(known.stop, deceased=known.deceased)
    if wished:
        wished = may_visit("elsewhere", known.stop, no_police=known.no_police, by_police=by_police,
                           text_only=known.text_only, not_at_home=known.not_at_home)  # fmt: skip
    if not wished:
        return wished
    decision = _is_there(known.away)
    if decision:
        decision = may_knock("elsewhere", known.holder, coordinator_agrees=coordinator_agrees)
    return decision if decision or told_why else Decision.no(NOT_TODAY)


def _is_there(away: Away | None) -> Decision:
    if away is None:
        return YES
    until = f" until {away.until:%d %B}" if away.until else ""
    return Decision.no(f"{RESULTS[away.where]}{until}, as far as we know. Ask the coordinator before anybody goes.")


# --- somebody is out on a visit ----------------------------------------------------------------------------------------

USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 30, 5, 240
LATE_AFTER = timedelta(minutes=10)
OUTING_DAYS = 30


def may_be_out(minutes: int) -> Decision:
    """Whether somebody may say that they are back after so many minutes."""
    if LEAST_MINUTES <= minutes <= MOST_MINUTES:
        return YES
    return Decision.no(f"Say when you are back: {LEAST_MINUTES} to {MOST_MINUTES} minutes.")


def may_end(*, is_own: bool, by_coordinator: bool) -> Decision:
    """Whether somebody may say that a visit is over: whoever went, or the coordinator who reached them."""
    if is_own or by_coordinator:
        return YES
    return Decision.no("Only they, or the coordinator, can say that they are back.")


def ended_at(begun_at: datetime, ends: Iterable[datetime]) -> datetime | None:
    """When an outing ended, by everything that ends it (a word, the next one begun), in whatever order it came in."""
    first = min(ends, default=None)
    return None if first is None else max(begun_at, first)
