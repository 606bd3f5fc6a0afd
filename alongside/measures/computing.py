"""From dated facts to counts with their places, the middle values that hang on them, and what any reader knows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from alongside.families.rules import KINDS as SUPPORTS
from alongside.incidents.rules import KINDS, OUTCOMES
from alongside.measures.facts import CaseFact, Facts
from alongside.measures.rules import CLOCK_HOURS, REPEAT_DAYS, TOUCH_DAYS, TOUCH_WITHIN, middle
from alongside.naloxone.rules import RECIPIENTS
from alongside.services.rules import NEEDS
from alongside.suppression.rules import THRESHOLD, Count, Kin, count

# What every release prints whole, zeros and all.
DOMAINS: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS), "outcome": tuple(OUTCOMES), "recipient": tuple(RECIPIENTS), "given": tuple(SUPPORTS),
    "housing": ("unhoused", "not_noted"),
}  # fmt: skip
NESTED: dict[str, tuple[str, ...]] = {
    "incidents.person": ("incidents",), "incidents.overdose": ("incidents",), "incidents.naloxone": ("incidents",),
    "incidents.timed": ("incidents",), "incidents.entered24": ("incidents.timed",), "incidents.complete": ("incidents",),
    "cases.tried": ("cases",), "cases.contact": ("cases.tried",), "cases.reached": ("cases.contact",),
    "cases.within24": ("cases.within48",), "cases.within48": ("cases.within72",), "cases.within72": ("cases.tried",),
    "cases.need": ("cases",), "cases.connected": ("cases.need",), "cases.visited": ("cases.tried",),
    "cases.phone_first": ("cases.visited",), "tries.visits": ("tries",), "tries.no_police": ("tries.visits",),
    "referrals.connected": ("referrals",), "lookups.odd": ("lookups",),
}  # fmt: skip
# Nearly always so, and then a difference of a few is somebody: people with an event and cases of the same months.
USUAL: dict[str, tuple[str, ...]] = {"cases": ("incidents.person",)}
OF_PEOPLE = ("people", "people.overdose", "repeat30", "repeat90", "repeat365", "linked", "touch30", "touch60", "touch90",
             "families.served")  # fmt: skip
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
    groups = {
        "incidents.timed": [event.entry for event in facts.events if event.entry is not None],
        "cases.tried": [case.tried for case in facts.cases.values() if case.tried is not None],
        "cases.reached": [case.reached for case in facts.cases.values() if case.reached is not None],
    }
    return {of: value for of, hours in groups.items() if (value := middle(hours)) is not None}


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


def _of_events(facts: Facts, threshold: int) -> Iterator[Count]:
    events = facts.events
    flags = {
        "incidents": len(events),
        "incidents.person": sum(event.person is not None for event in events),
        "incidents.overdose": sum(event.kind == "overdose" for event in events),
        "incidents.naloxone": sum(event.naloxone for event in events),
        "incidents.timed": sum(event.entry is not None for event in events),
        "incidents.entered24": sum(event.entry is not None and event.entry <= CLOCK_HOURS[0] for event in events),
        "incidents.complete": sum(event.complete for event in events),
    }
    yield from (count(of, number, month=facts.months) for of, number in flags.items())
    for name in ("kind", "outcome"):
        numbers = Counter(getattr(event, name) for event in events)
        yield from (count("incidents", numbers[code], month=facts.months, **{name: code}) for code in DOMAINS[name])
    cells = Counter((event.town, event.outcome) for event in events)
    for towns in together(Counter(event.town for event in events), facts.towns, threshold):
        row = {outcome: sum(cells[town, outcome] for town in towns) for outcome in OUTCOMES}
        yield count("incidents", sum(row.values()), month=facts.months, town=towns)
        yield from (count("incidents", number, month=facts.months, town=towns, outcome=code) for code, number in row.items())


def together(numbers: Counter[str], towns: Iterable[str], threshold: int) -> list[tuple[str, ...]]:
    """Each large town by itself, and all others as one group."""
    large: list[tuple[str, ...]] = [(town,) for town in towns if numbers[town] >= threshold]
    rest = tuple(town for town in towns if numbers[town] < threshold)
    return [*large, rest] if rest and large else large


CASE_FLAGS = ("cases", "cases.tried", "cases.contact", "cases.reached", "cases.within24", "cases.within48", "cases.within72",
              "cases.visited", "cases.phone_first")  # fmt: skip
BY_GROUP = ("cases", "cases.tried", "cases.within72", "cases.reached")


def _flags(case: CaseFact) -> set[str]:
    found = {"cases"}
    if case.tried is not None:
        found |= {"cases.tried"} | {f"cases.within{hours}" for hours in CLOCK_HOURS if case.tried <= hours}
    if case.reached is not None or case.loved_one is not None:
        found.add("cases.contact")
    if case.reached is not None:
        found.add("cases.reached")
    if case.visited is not None:
        found.add("cases.visited")
        if case.waived or (case.phoned is not None and case.phoned <= case.visited):
            found.add("cases.phone_first")
    return found


def _of_cases(facts: Facts, threshold: int) -> Iterator[Count]:
    flags = {key: _flags(case) for key, case in facts.cases.items()}
    total = Counter(flag for found in flags.values() for flag in found)
    yield from (count(of, total[of], month=facts.months) for of in CASE_FLAGS)
    homes = Counter((facts.cases[key].home, flag) for key, found in flags.items() for flag in found)
    for towns in together(Counter(case.home for case in facts.cases.values()), facts.towns, threshold):
        for of in BY_GROUP:
            yield count(of, sum(homes[town, of] for town in towns), month=facts.months, home=towns)
    housed = Counter((facts.cases[key].unhoused, flag) for key, found in flags.items() for flag in found)
    for unhoused, name in ((True, "unhoused"), (False, "not_noted")):
        yield from (count(of, housed[unhoused, of], month=facts.months, housing=name) for of in BY_GROUP)


def _of_needs(facts: Facts) -> Iterator[Count]:
    columns = {"": facts.needs, ":sent": [one for one in facts.needs if one.sent],
               ":connected": [one for one in facts.needs if one.connected]}  # fmt: skip
    for ending, rows in columns.items():
        cases = {code: {one.case for one in rows if one.code == code} for code in NEEDS}
        yield from (count(f"need:{code}{ending}", len(found), month=facts.months) for code, found in cases.items())
    yield count("cases.need", len({one.case for one in facts.needs}), month=facts.months)
    yield count("cases.connected", len({one.case for one in columns[":connected"]}), month=facts.months)


def _of_people(facts: Facts) -> Iterator[Count]:
    def people(of: str, number: int) -> Count:
        return count(f"{of}@{facts.period}", number, month=facts.months)

    yield people("people", len({event.person for event in facts.events} - {None}))
    yield people("people.overdose", len(facts.overdoses))
    for days in REPEAT_DAYS:
        if facts.followed_days >= days:
            again = sum(
                any(moment <= first + timedelta(days=days) for moment in later) for first, *later in facts.overdoses.values()
            )
            yield people(f"repeat{days}", again)
    yield people("linked", len(facts.linked))
    for days in TOUCH_DAYS:
        if facts.followed_days >= days + TOUCH_WITHIN:
            since, until = timedelta(days=days), timedelta(days=days + TOUCH_WITHIN)
            touched = sum(any(at + since <= moment <= at + until for moment in reached) for at, reached in facts.linked.values())
            yield people(f"touch{days}", touched)
