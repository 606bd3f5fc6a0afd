"""One made-up story: who was assigned when, what was tried, what the person wanted, how it ended."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alongside.demo.names import NOTES, WORDS
from alongside.demo.staff import PARTNERS

FIRST_HOUR, LAST_HOUR = 9, 18
REACHED = 0.45
NO_CONTACT_AT = (12, 57)
DIED_AT = 40
NEEDS = {
    "shelter_tonight": 5, "detox": 5, "medication": 7, "residential": 2, "recovery_support": 6, "id_papers": 3,
    "food": 4, "ride": 3, "phone": 2, "mental_health": 2, "primary_care": 2, "employment": 2, "family_support": 2,
    "syringe_services": 3, "benefits": 2,
}  # fmt: skip
RESPONSES = {"services": 56, "check_ins": 14, "naloxone": 13, "not_today": 12, "come_back": 5}
MISSED = {
    "phone": {"no_answer": 8, "other_person": 1}, "text": {"sent": 1},
    "home": {"no_answer": 6, "loved_one": 3, "bad_address": 2, "other_person": 1, "not_private": 1, "in_hospital": 1},
    "street": {"no_answer": 1},
}  # fmt: skip
ENDINGS = {
    (): 10, ("accepted", "completed"): 38, ("accepted", "in-progress", "completed"): 18, ("failed",): 12,
    ("rejected",): 11, ("on-hold",): 9,
}  # fmt: skip
DONE = ("completed", "failed", "rejected")


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt; `officer` when the officer recorded it."""

    at: datetime
    channel: str
    result: str
    response: str = ""
    waiver: str = ""
    kits: int = 0
    kit_to: str = "person"
    note: str = ""
    officer: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Something the person wants, and the statuses its referral goes through after it was sent."""

    at: datetime
    need: str
    words: str = ""
    named: bool = False
    statuses: tuple[tuple[datetime, str], ...] = ()


@dataclass(slots=True)
class Story:
    """What happened after one event. Without `assigned_at` the case still waits for a team."""

    opened_at: datetime
    assigned_at: datetime | None = None
    team: int = 0
    tries: list[Try] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    reached_at: datetime | None = None
    assigned_again_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    stops: bool = False
    leaves_overdue: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing ends it before now."""
        return self.closed_at is None and not self.stops

    @property
    def ends_at(self) -> datetime | None:
        """When it ended; None while it goes on."""
        return self.closed_at or (self.tries[-1].at if self.stops else None)

    @property
    def will_pause(self) -> bool:
        """Whether the program pauses it by itself: three tries without contact."""
        return self.reached_at is None and len(self.tries) >= 3


def pick[T](rng: random.Random, weights: dict[T, int]) -> T:
    """One key, with the chance its weight gives it."""
    return rng.choices(list(weights), list(weights.values()))[0]


def in_daytime(moment: datetime, zone: ZoneInfo, rng: random.Random) -> datetime:
    """The moment itself when people are up, else a time in the next morning."""
    local = moment.astimezone(zone)
    if local.hour >= LAST_HOUR:
        local += timedelta(days=1)
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        local = datetime.combine(local.date(), time(FIRST_HOUR, rng.randrange(60)), tzinfo=zone)
    return local.astimezone(moment.tzinfo)


@dataclass(slots=True)
class Teller:
    """Tells stories that end at `now`; counts them so that the rare ones come just once or twice."""

    rng: random.Random
    now: datetime
    zone: ZoneInfo
    reached: int = 0
    missed: int = 0

    def story(self, event: datetime, by_phone: tuple[bool, bool], *, unhoused: bool) -> Story:
        """One story from an event on; `by_phone` says whether a phone is known, and whether only that is wanted."""
        opened = self._past(in_daytime(event + timedelta(hours=2), self.zone, self.rng), event)
        story = Story(opened)
        days = (self.now - event).total_seconds() / 86_400
        if self.rng.random() < (0.7 if days < 2.5 else 0.4 if days < 6 else 0.0):
            return story
        story.assigned_at = self._past(self._later(opened, 1, 8 if self.rng.random() < 0.8 else 40), opened)
        self._try(story, by_phone, unhoused=unhoused)
        if story.reached_at and story.tries[-1].response == "services":
            self._wish(story)
        self._end(story)
        recent = self.now - timedelta(days=10)
        if story.is_open and story.assigned_at < recent and not story.will_pause:
            story.assigned_again_at = in_daytime(recent + timedelta(days=self.rng.random() * 8), self.zone, self.rng)
        return story

    def _later(self, moment: datetime, least: float, most: float) -> datetime:
        return in_daytime(moment + timedelta(hours=self.rng.uniform(least, most)), self.zone, self.rng)

    def _past(self, moment: datetime, after: datetime) -> datetime:
        """The moment, or, when it is still to come, one between `after` and now."""
        return moment if moment < self.now else after + (self.now - after) / 2

    def _try(self, story: Story, by_phone: tuple[bool, bool], *, unhoused: bool) -> None:
        reaches = self.rng.random() < REACHED
        count = pick(self.rng, {1: 42, 2: 42, 3: 16} if reaches else {1: 30, 2: 36, 3: 34})
        at = story.assigned_at or story.opened_at
        for number in range(1, count + 1):
            at = self._later(at, 1, 26 if number == 1 else 50)
            if at >= self.now:
                return
            channel, waiver = self._channel(number, by_phone, unhoused=unhoused)
            if reaches and number == count:
                story.tries.append(self._contact(at, channel, waiver))
                story.reached_at, story.stops = at, story.tries[-1].response == "no_contact"
                return
            story.tries.append(self._miss(at, channel, waiver))
        self.missed += 1
        if self.missed == DIED_AT:
            story.tries[-1] = Try(at, channel, "deceased", waiver=waiver)
            story.stops = True

    def _channel(self, number: int, by_phone: tuple[bool, bool], *, unhoused: bool) -> tuple[str, str]:
        has_phone, only_phone = by_phone
        if has_phone and (number == 1 or only_phone):
            return ("text" if self.rng.random() < 0.2 else "phone"), ""
        place = "street" if unhoused else "home"
        return place, "" if has_phone else "unhoused" if unhoused else "no_phone"

    def _contact(self, at: datetime, channel: str, waiver: str) -> Try:
        self.reached += 1
        response = "no_contact" if self.reached in NO_CONTACT_AT else pick(self.rng, RESPONSES)
        in_person = channel in ("home", "street")
        kits = self.rng.choice((1, 1, 2)) if in_person and self.rng.random() < 0.8 and response != "no_contact" else 0
        note = self.rng.choice(NOTES) if self.rng.random() < 0.4 else ""
        return Try(at, "phone" if channel == "text" else channel, "reached", response, waiver, kits, note=note)

    def _miss(self, at: datetime, channel: str, waiver: str) -> Try:
        result = pick(self.rng, MISSED[channel])
        kits = 1 if result == "loved_one" and self.rng.random() < 0.7 else 0
        officer = channel == "home" and not kits and self.rng.random() < 0.35
        return Try(at, channel, result, "", waiver, kits, "loved_one", officer=officer)

    def _wish(self, story: Story) -> None:
        wanted = {pick(self.rng, NEEDS) for _ in range(pick(self.rng, {1: 4, 2: 4, 3: 2}))}
        for need in sorted(wanted):
            at = (story.reached_at or self.now) + timedelta(minutes=self.rng.randrange(5, 20))
            words = self.rng.choice(WORDS[need]) if need in WORDS and self.rng.random() < 0.7 else ""
            named = need in PARTNERS and need != "syringe_services" and self.rng.random() < 0.6
            story.wishes.append(Wish(min(at, self.now), need, words, named, self._statuses(at, need)))

    def _statuses(self, at: datetime, need: str) -> tuple[tuple[datetime, str], ...]:
        ending = pick(self.rng, {path: share for path, share in ENDINGS.items() if path or need != "shelter_tonight"})
        if need not in PARTNERS:
            ending = tuple(status for status in ending if status in DONE)
        steps = []
        for status in ending:
            at = self._later(at, 2, 40)
            steps.append((at, status))
        return tuple(step for step in steps if step[0] < self.now)

    def _end(self, story: Story) -> None:
        """Close it some time after the last try, with an outcome that says nothing against anybody."""
        if story.stops or not story.tries:
            return
        stays = story.reached_at is not None and self.rng.random() < 0.05
        days = self.rng.uniform(4, 19) if story.reached_at else self.rng.uniform(2, 6)
        at = self._later(story.tries[-1].at, days * 24, days * 24 + 8)
        story.leaves_overdue = self.rng.random() < 0.25
        if stays or at >= self.now:
            return
        story.closed_at, story.outcome = at, self._outcome(story)
        story.wishes = [self._settled(wish, at) for wish in story.wishes]

    def _outcome(self, story: Story) -> str:
        if story.reached_at is None:
            return "moved" if story.tries[-1].result == "bad_address" else "not_reached"
        if story.tries[-1].response == "not_today":
            return "declined"
        linked = any(status == "completed" for wish in story.wishes for _, status in wish.statuses)
        return "in_services" if linked else pick(self.rng, {"goals_met": 6, "declined": 2, "moved": 1})

    def _settled(self, wish: Wish, at: datetime) -> Wish:
        """No referral of a closed case stays without an end."""
        steps = tuple(step for step in wish.statuses if step[0] < at)
        if not steps or steps[-1][1] not in DONE:
            steps = (*steps, (at, "cancelled"))
        return Wish(wish.at, wish.need, wish.words, wish.named, steps)

    def ask_again(self, story: Story, need: str, hours_ago: tuple[float, float], *, named: bool) -> None:
        """Send a request to a partner some hours ago that nobody answered yet."""
        earliest = (story.reached_at or story.opened_at) + timedelta(minutes=20)
        at = max(earliest, in_daytime(self.now - timedelta(hours=self.rng.uniform(*hours_ago)), self.zone, self.rng))
        at = self._past(at, min(earliest, self.now))
        story.wishes = [wish for wish in story.wishes if wish.need != need]
        story.wishes.append(Wish(at, need, self.rng.choice(WORDS[need]), named))
