"""What is out of the ordinary, what a week's review holds, and the clocks of a breach. Plain values in and out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from alongside.consent.rules import PURPOSES

# --- opening in danger (R69a) -----------------------------------------------------------------------------------------

DANGER_MINUTES = 15
SHORTEST_REASON = 20
DANGERS = {
    "not_breathing": "somebody may be dying now",
    "threat_to_life": "somebody said they will end their life",
    "violence": "somebody is being hurt or threatened",
    "child_in_danger": "a child is in danger",
    "bad_supply": "a deadly supply is about, and this person must be warned",
    "missing": "somebody is missing and cannot care for themselves",
}
# The person is told, unless telling them would put somebody in danger.
UNTOLD = {
    "danger_to_them": "telling would put the person in danger",
    "danger_to_others": "telling would put somebody else in danger",
}

# --- the week ---------------------------------------------------------------------------------------------------------

SHARE = 0.05
OUTCOMES = {"fine": "fine", "ask": "ask the person who looked", "not_justified": "not justified"}
REASONS = {
    "own_work": "it belongs to the work they had",
    "covering": "they stood in for somebody",
    "danger_real": "somebody was in danger",
    "chance": "a chance likeness: another family, a common name",
    "unclear": "it cannot be told from here",
    "no_task": "there was no work that needed it",
    "close": "they know the person",
    "danger_not_seen": "no danger can be seen",
}
FITS = {
    "fine": {"own_work", "covering", "danger_real", "chance"},
    "ask": {"unclear", "no_task", "close", "danger_not_seen"},
    "not_justified": {"no_task", "close", "danger_not_seen"},
}
ANOMALIES = {
    "no_task": "opened a name or a contact with no open case, match or call",
    "near": "the person has the family name, phone or address of the one who looked",
    "many": "three times as many people as on a usual day",
    "other_town": "a person of a town that is not theirs, and no task there",
    "denied": "asked three times in a day whether people are known, without being allowed to",
    "new_key": "renewed somebody's sign-in, or gave a role that opens people or a release: ask them whether it was them",
    "alone": "took a person's request and carried it out, and nobody else saw the person ask",
}


def week_of(moment: datetime, zone: str) -> str:
    """The ISO week of a moment in the program's zone, such as 2026-W03."""
    year, week, _ = moment.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"


def bounds_of(week: str, zone: str) -> tuple[datetime, datetime]:
    """From Monday's midnight to the next one; a text that is no week raises `ValueError`."""
    monday = date.fromisoformat(f"{week}-1")
    start, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (monday, monday + timedelta(days=7)))
    return start.astimezone(UTC), end.astimezone(UTC)


def sample_of(entries: Sequence[tuple[int, str]], week: str, head: str, share: float = SHARE) -> list[int]:
    """At least the share of (number, hash) entries, picked by the week and the journal's head at its end.

    The head is known only when the week is over, so nobody can choose what is picked; anybody can pick it again.
    """

    def rank(entry: tuple[int, str]) -> str:
        return hashlib.sha256(f"{week}|{head}|{entry[1]}".encode()).hexdigest()

    return sorted(seq for seq, _ in sorted(entries, key=rank)[: ceil(len(entries) * share)])


def one_business_day_after(moment: datetime, zone: str) -> datetime:
    """The same time on the next day that is neither Saturday nor Sunday, in the program's zone."""
    local = moment.astimezone(ZoneInfo(zone)) + timedelta(days=1)
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local.astimezone(UTC)


# --- out of the ordinary (R69b) ---------------------------------------------------------------------------------------

USUAL_DAYS = 28
FEWEST_DAYS = 5
LEAST_BOUND = 10
UNKNOWN_BOUND = 25  # until somebody's usual day is known: the most people one day's list holds


def most_people_a_day(earlier: Sequence[int]) -> int:
    """How many people somebody may open in a day before it is out of the ordinary: 3 × their own median, at least 10."""
    if len(earlier) < FEWEST_DAYS:
        return UNKNOWN_BOUND
    return max(LEAST_BOUND, int(3 * median(earlier)))


def every_third(times: Sequence[datetime], within: timedelta = timedelta(hours=24)) -> list[int]:
    """The places in a row of moments at which the third within 24 hours falls; counting starts anew after each."""
    found, open_ = list[int](), list[datetime]()
    for place, moment in enumerate(times):
        open_ = [*(earlier for earlier in open_ if moment - earlier < within), moment]
        if len(open_) == 3:
            found.append(place)
            open_ = []
    return found


# --- a breach (R70) ---------------------------------------------------------------------------------------------------

MANY = 500
STATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a breach: what is to be done by when, and under which rule."""

    what: str
    until_at: datetime
    source: str


def deadlines_of(known_at: datetime, affected: int, state_days: int) -> list[Deadline]:
    """The clocks that run from the moment the breach was known, soonest first."""
    sixty = known_at + timedelta(days=60)
    found = [
        Deadline("tell the privacy officer and the partners", known_at + timedelta(hours=1), "our own promise"),
        Deadline("tell the people and the state, as the state's law says", known_at + timedelta(days=state_days), "state law"),
        Deadline("tell every affected person", sixty, "45 CFR 164.404, 42 CFR 2.16(b)"),
    ]
    if affected >= MANY:
        found.append(Deadline("500 people or more: tell the Secretary of HHS and the media", sixty, "45 CFR 164.406, 164.408"))
    else:
        year_end = datetime(known_at.year, 12, 31, tzinfo=UTC) + timedelta(days=60)
        found.append(Deadline("fewer than 500 people: in the year's list to HHS", year_end, "45 CFR 164.408(c)"))
    return sorted(found, key=lambda row: row.until_at)


def purpose_in_words(purpose: str) -> str:
    """What somebody looked for, in the words of the wall's own table; a code nobody knows stays as it is."""
    return PURPOSES.get(purpose, purpose)
