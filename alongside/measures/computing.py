"""From dated facts to counts with their places, the middle values that hang on them, and what any reader knows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from alongside.families.rules import KINDS as SUPPORTS
from alongside.incidents.rules import KINDS, OUTCOMES
from alongside.measures.facts import FIELDS, CaseFact, EventFact, Facts, NeedFact
from alongside.measures.rules import CLOCK_HOURS, LANGUAGES, REPEAT_DAYS, TOUCH_DAYS, TOUCH_WITHIN, middle
from alongside.naloxone.rules import RECIPIENTS
from alongside.services.rules import NEEDS
from alongside.suppression.rules import THRESHOLD, Count, Kin, count

# What every release prints whole, zeros and all.
DOMAINS: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS), "outcome": tuple(OUTCOMES), "recipient": tuple(RECIPIENTS), "given": tuple(SUPPORTS),
    "housing": ("unhoused", "not_noted"), "language": (*LANGUAGES, ""),
}  # fmt: skip
NESTED: dict[str, tuple[str, ...]] = {
    "incidents.person": ("incidents",), "incidents.overdose": ("incidents",), "incidents.naloxone": ("incidents",),
    "incidents.timed": ("incidents",), "incidents.entered24": ("incidents.timed",), "incidents.complete": ("incidents",),
    "soon": ("incidents.overdose", "incidents.entered24"), "soon.place": ("soon",), "soon.naloxone": ("soon",),
    "soon.end": ("soon",), "soon.substance": ("soon",), "soon.person": ("soon", "incidents.person"),
    "soon.whole": ("soon.place", "soon.naloxone", "soon.end", "soon.substance", "incidents.complete"),
    "cases.tried": ("cases",), "cases.contact": ("cases.tried",), "cases.reached": ("cases.contact",),
    "cases.within24": ("cases.within48",), "cases.within48": ("cases.within72",), "cases.within72": ("cases.tried",),
    "cases.need": ("cases",), "cases.connected": ("cases.need",), "cases.visited": ("cases.tried",),
    "cases.phone_first": ("cases.visited",), "tries.visits": ("tries",), "tries.no_police": ("tries.visits",),
    "referrals.connected": ("referrals",), "lookups.odd": ("lookups",),
}  # fmt: skip
# Nearly always so, and then a difference of a few is somebody: people with an event and cases of the same months.
USUAL: dict[str, tuple[str, ...]] = {"cases": ("incidents.person",)}
AMONG = (("people.overdose", "people"), ("repeat365", "people.overdose"), ("repeat90", "repeat365"), ("repeat30", "repeat90"),
         ("touch30", "linked"), ("touch60", "linked"), ("touch90", "linked"))  # fmt: skip


def counts_of(facts: Facts, threshold: int = THRESHOLD) -> list[Count]:
    """Every count of a period. Towns with fewer than `threshold` stand together, so that nobody reads which they were."""
    found = [*_of_events(facts, threshold), *_of_cases(facts, threshold), *_of_needs(facts), *_of_people(facts)]
    for of, places in facts.sums.items():
        found += [count(of, number, month=facts.months, **dict(where)) for where, number in places.items()]
    return found


def figures_of(facts: Facts) -> dict[str, float]:
    """Middle values in hours, by the code of the count that they hang on."""
    return {of: value for of, hours in facts.hours.items() if (value := middle(hours)) is not None}


def kin_of(counts: Iterable[Count], towns: tuple[str, ...]) -> Kin:
    """What any reader knows of these counts, by the definitions alone, in a program with these towns."""
    codes = sorted({one.of for one in counts})
    needs = [code for code in codes if code.startswith("need:") and code.count(":") == 1]
    parts = dict(NESTED)
    for code in needs:
        parts |= {code: ("cases.need",), f"{code}:sent": (code,), f"{code}:connected": (f"{code}:sent", "cases.connected")}
    inside: dict[str, list[str]] = {}
    for code in codes:
        kind, at, period = code.partition("@")
        if kind == "people" and at:
            parts[code] = ("incidents.person",)
        inside[code] = [f"{whole}@{period}" for part, whole in AMONG if at and part == kind]
    covers = {"cases.need": needs, "cases.connected": [f"{code}:connected" for code in needs]} if needs else {}
    among = {part: wholes for part, wholes in inside.items() if wholes}
    return Kin(parts, among, covers, DOMAINS | {"town": towns, "home": towns}, USUAL)


def _tally[Kind: (EventFact, CaseFact)](kinds: Mapping[Kind, int], key: Callable[[Kind], Iterable[Hashable]]) -> Counter[Any]:
    """How many there are of everything that a kind belongs to."""
    found: Counter[Any] = Counter()
    for kind, number in kinds.items():
        for one in key(kind):
            found[one] += number
    return found


WHOLE = frozenset(FIELDS)


def _soon(event: EventFact, field: str = "time") -> bool:
    """An overdose that was entered within 24 hours with this known of it."""
    return event.kind == "overdose" and bool(event.entered24) and field in event.known


EVENT_FLAGS: dict[str, Callable[[EventFact], bool]] = {
    "incidents": lambda event: True,
    "incidents.person": lambda event: event.person,
    "incidents.overdose": lambda event: event.kind == "overdose",
    "incidents.naloxone": lambda event: event.naloxone,
    "incidents.timed": lambda event: event.entered24 is not None,
    "incidents.entered24": lambda event: bool(event.entered24),
    "incidents.complete": lambda event: event.known >= WHOLE,
    "soon": lambda event: _soon(event),
    "soon.place": lambda event: _soon(event, "place"),
    "soon.naloxone": lambda event: _soon(event, "naloxone"),
    "soon.end": lambda event: _soon(event, "end"),
    "soon.substance": lambda event: _soon(event, "substance"),
    "soon.person": lambda event: _soon(event) and event.person,
    "soon.whole": lambda event: _soon(event) and event.known >= WHOLE,
}


def _of_events(facts: Facts, threshold: int) -> Iterator[Count]:
    total = _tally(facts.events, lambda event: [of for of, has in EVENT_FLAGS.items() if has(event)])
    yield from (count(of, total[of], month=facts.months) for of in EVENT_FLAGS)
    for name in ("kind", "outcome"):
        numbers = _tally(facts.events, lambda event, name=name: [getattr(event, name)])  # type: ignore[misc]
        yield from (count("incidents", numbers[code], month=facts.months, **{name: code}) for code in DOMAINS[name])
    cells = _tally(facts.events, lambda event: [event.town, (event.town, event.outcome)])
    for towns in together(cells, facts.towns, threshold):
        row = {outcome: sum(cells[town, outcome] for town in towns) for outcome in OUTCOMES}
        yield count("incidents", sum(row.values()), month=facts.months, town=towns)
        yield from (count("incidents", number, month=facts.months, town=towns, outcome=code) for code, number in row.items())


def together(numbers: Mapping[Any, int], towns: Iterable[str], threshold: int) -> list[tuple[str, ...]]:
    """Each large town by itself, and all others as one group."""
    large: list[tuple[str, ...]] = [(town,) for town in towns if numbers.get(town, 0) >= threshold]
    rest = tuple(town for town in towns if numbers.get(town, 0) < threshold)
    return [*large, rest] if rest and large else large


CASE_FLAGS = ("cases", "cases.tried", "cases.contact", "cases.reached", "cases.within24", "cases.within48", "cases.within72",
              "cases.visited", "cases.phone_first")  # fmt: skip
BY_GROUP = ("cases", "cases.tried", "cases.within72", "cases.reached")


def flags_of(tried: float | None, reached: float | None, loved_one: float | None, phoned: float | None,
             visited: float | None, waived: float | None) -> frozenset[str]:  # fmt: skip
    """The counts that a case belongs to, by the hours from its event to what came first after it (None: not yet).

    `waived` is the first visit with a reason of the list for going without a call: it speaks for the first visit alone.
    """
    found = {"cases"}
    if tried is not None:
        found |= {"cases.tried"} | {f"cases.within{hours}" for hours in CLOCK_HOURS if tried <= hours}
    if reached is not None or loved_one is not None:
        found.add("cases.contact")
    if reached is not None:
        found.add("cases.reached")
    if visited is not None:
        found.add("cases.visited")
        if waived == visited or (phoned is not None and phoned <= visited):
            found.add("cases.phone_first")
    return frozenset(found)


def _of_cases(facts: Facts, threshold: int) -> Iterator[Count]:
    total = _tally(facts.cases, lambda case: case.flags)
    yield from (count(of, total[of], month=facts.months) for of in CASE_FLAGS)
    homes = _tally(facts.cases, lambda case: [(case.home, flag) for flag in case.flags])
    for towns in together(_tally(facts.cases, lambda case: [case.home]), facts.towns, threshold):
        for of in BY_GROUP:
            yield count(of, sum(homes[town, of] for town in towns), month=facts.months, home=towns)
    housed = _tally(facts.cases, lambda case: [(case.unhoused, flag) for flag in case.flags])
    for unhoused, name in ((True, "unhoused"), (False, "not_noted")):
        yield from (count(of, housed[unhoused, of], month=facts.months, housing=name) for of in BY_GROUP)


def _of_needs(facts: Facts) -> Iterator[Count]:
    nothing = NeedFact(0, 0, 0)
    for ending, name in (("", "noted"), (":sent", "sent"), (":connected", "connected")):
        for code in NEEDS:
            yield count(f"need:{code}{ending}", getattr(facts.needs.get(code, nothing), name), month=facts.months)
    yield count("cases.need", facts.in_need.noted, month=facts.months)
    yield count("cases.connected", facts.in_need.connected, month=facts.months)


def _of_people(facts: Facts) -> Iterator[Count]:
    def people(of: str, number: int) -> Count:
        return count(f"{of}@{facts.period}", number, month=facts.months)

    yield people("people", facts.people)
    yield people("people.overdose", len(facts.again))
    for days in REPEAT_DAYS:
        if facts.followed_days >= days:
            yield people(f"repeat{days}", sum(later is not None and later <= days for later in facts.again))
    yield people("linked", len(facts.linked))
    for days in TOUCH_DAYS:
        if facts.followed_days >= days + TOUCH_WITHIN:
            touched = sum(any(days <= later <= days + TOUCH_WITHIN for later in reached) for reached in facts.linked)
            yield people(f"touch{days}", touched)
