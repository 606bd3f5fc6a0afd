"""The plan of the demonstration: from the times of the calls alone to made-up people and what happened with each.

The same calls and the same moment give the same plan. Rates follow what programs report: about 1.9 attempts for each
person, a third to a half reached, a quarter to two fifths of those linked to something.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alongside.demo.names import (
    AREA_CODES,
    FAMILY,
    GIVEN,
    LANGUAGES,
    MEETING_PLACES,
    PLACE_SAFETY,
    SOUND_ALIKE,
)
from alongside.demo.staff import WITHOUT_POLICE
from alongside.demo.stories import Story, Teller, in_daytime

SEED = 20151210
MORNING_HOURS = 72
FEWEST_WAITING, MOST_WAITING = 8, 12
FOUND = 0.68
# Somebody comes a second time; more often lately, so that the due list shows its reason.
REPEAT, REPEAT_LATELY, LATELY_DAYS = 0.07, 0.25, 10
FORM_REPORTS = 14
OWN_CASELOAD, OWN_FRESH, SHELTER_INBOX = 7, 3, 5
FACTS = {
    "not_transported": 0.18,
    "unhoused": 0.14,
    "left_hospital": 0.08,
    "recent_release": 0.07,
    "asked_for_help": 0.05,
}
UNANSWERED = 2
FORM_KINDS = ("family_call", "walk_in", "at_risk", "theft", "other_agency", "jail_release", "assault")


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A person who does not exist."""

    given: str
    family: str
    born: date | None
    phone: str = ""
    meeting_place: str = ""
    language: str = "en"
    place_safety: tuple[str, ...] = ()
    no_police: bool = False
    no_visits: bool = False
    unhoused: bool = False


@dataclass(slots=True)
class Entry:
    """What becomes of one call (`call` is its place in the list) or of one report from the form (`kind` is set)."""

    at: datetime
    call: int = -1
    kind: str = ""
    fate: str = "waits"
    who: MadeUp | None = None
    story: Story | None = None
    facts: tuple[str, ...] = ()
    elsewhere: int = 0
    possible_match: bool = False
    named_on_purpose: bool = False


@dataclass(slots=True)
class _Plan:
    rng: random.Random
    now: datetime
    teller: Teller
    entries: list[Entry] = field(default_factory=list)


def plan_of(calls: Sequence[datetime], now: datetime, zone: str, seed: int = SEED) -> list[Entry]:
    """The whole plan, oldest first, for calls given by their times in order."""
    rng = random.Random(seed)  # noqa: S311  # nosec B311  # a story, not a secret
    plan = _Plan(rng, now, Teller(rng, now, ZoneInfo(zone)))
    plan.entries = [Entry(at, place) for place, at in enumerate(calls)]
    if calls:
        plan.entries += _form_reports(plan, calls[0])
    plan.entries.sort(key=lambda entry: (entry.at, entry.call))
    _decide_fates(plan)
    _people(plan)
    _sound_alikes(plan)
    _stories(plan)
    _share_out(plan)
    return plan.entries


def _form_reports(plan: _Plan, first: datetime) -> list[Entry]:
    length = (plan.now - first).total_seconds()
    count = min(FORM_REPORTS, int(length // 86_400))
    moments = [first + timedelta(seconds=plan.rng.random() * length * 0.97) for _ in range(count)]
    return [Entry(in_daytime(at, plan.teller.zone, plan.rng), kind=plan.rng.choice(FORM_KINDS)) for at in moments]


def _decide_fates(plan: _Plan) -> None:
    """Leave a handful of the last days' calls on the morning list; the others got a person or nobody was found."""
    plan.entries = [entry for entry in plan.entries if entry.at < plan.now]
    fresh = [e for e in plan.entries if e.call >= 0 and plan.now - e.at < timedelta(hours=MORNING_HOURS)]
    count = min(MOST_WAITING, max(FEWEST_WAITING, len(fresh) - 4), len(fresh))
    waiting = {entry.call for entry in plan.rng.sample(fresh, count)}
    for entry in plan.entries:
        found = entry.kind or plan.rng.random() < FOUND
        entry.fate = "waits" if entry.call in waiting else "found" if found else "nobody"


def _people(plan: _Plan) -> None:
    for entry in plan.entries:
        if entry.fate != "found":
            continue
        entry.who = _person(plan.rng)
        facts = [code for code, share in FACTS.items() if code != "unhoused" and plan.rng.random() < share]
        entry.facts = (*facts, "unhoused") if entry.who.unhoused else tuple(facts)
        entry.elsewhere = plan.rng.randrange(1, 60) if plan.rng.random() < 0.12 else 0


def _person(rng: random.Random) -> MadeUp:
    unhoused = rng.random() < FACTS["unhoused"]
    number = f"{rng.choice(AREA_CODES)}-555-01{rng.randrange(100):02d}"
    return MadeUp(
        given=rng.choice(GIVEN), family=rng.choice(FAMILY),
        born=date(1958, 1, 1) + timedelta(days=rng.randrange(46 * 365)),
        phone="" if rng.random() < (0.6 if unhoused else 0.18) else number,
        meeting_place=rng.choice(MEETING_PLACES), language=rng.choice(LANGUAGES),
        place_safety=(rng.choice(PLACE_SAFETY),) if rng.random() < 0.2 else (),
        no_police=rng.random() < 0.04, no_visits=rng.random() < 0.02, unhoused=unhoused,
    )  # fmt: skip


def _sound_alikes(plan: _Plan) -> None:
    """Some people come twice under two spellings, lately and without a date of birth: they wait in match review."""
    ages = [(entry, (plan.now - entry.at).days) for entry in plan.entries if entry.who is not None]
    older = [entry for entry, days in ages if 20 <= days < 85]
    newer = [entry for entry, days in ages if 3 <= days < 14]
    count = min(len(SOUND_ALIKE), len(older), len(newer))
    pairs = zip(plan.rng.sample(older, count), plan.rng.sample(newer, count), SOUND_ALIKE, strict=False)
    for early, late, (first, second) in pairs:
        before = _person(plan.rng)
        early.who = replace(before, given=first[0], family=first[1], phone="")
        late.who = replace(before, given=second[0], family=second[1], meeting_place="", born=None)
        late.possible_match = late.named_on_purpose = early.named_on_purpose = True


def _stories(plan: _Plan) -> None:
    """Tell each person's story in the order of the calls; now and then somebody comes a second time."""
    told: list[Entry] = []
    for entry in plan.entries:
        if entry.who is None:
            continue
        again = [e.who for e in told if e.story and not e.story.stops and (e.story.ends_at or plan.now) < entry.at]
        chance = REPEAT_LATELY if plan.now - entry.at < timedelta(days=LATELY_DAYS) else REPEAT
        if again and not entry.named_on_purpose and plan.rng.random() < chance:
            entry.who = plan.rng.choice(again[-60:]) or entry.who
        by_phone = bool(entry.who.phone), entry.who.no_visits
        entry.story = plan.teller.story(entry.at, by_phone, unhoused="unhoused" in entry.facts)
        told = [e for e in told if e.who != entry.who]
        told.append(entry)


def _share_out(plan: _Plan) -> None:
    """Give every story its team; the first team gets a caseload of its own, and the shelter some mail to answer."""
    open_now = []
    for entry in plan.entries:
        if entry.who is None or entry.story is None:
            continue
        entry.story.team = WITHOUT_POLICE if entry.who.no_police else plan.rng.randrange(WITHOUT_POLICE + 1)
        if entry.story.is_open and entry.story.assigned_at and not entry.story.will_pause:
            open_now.append(entry)
    free = [e.story for e in open_now if e.story and e.who and not e.who.no_police]
    plan.rng.shuffle(free)
    fresh = [story for story in free if story.reached_at is None][:OWN_FRESH]
    own = [*fresh, *(story for story in free if story.reached_at)][:OWN_CASELOAD]
    for story in free:
        story.team = 0 if story in own else 1 + plan.rng.randrange(WITHOUT_POLICE)
    reached = [e.story for e in open_now if e.story and e.story.reached_at]
    for place, story in enumerate(plan.rng.sample(reached, min(SHELTER_INBOX, len(reached)))):
        plan.teller.ask_again(story, "shelter_tonight", (3, 40), named=place % 2 == 0)
    longer_ago = [story for story in reached if story.reached_at and plan.now - story.reached_at > timedelta(days=4)]
    for story in longer_ago[-UNANSWERED:]:
        plan.teller.ask_again(story, "detox", (55, 80), named=True)
