"""From facts to counts, without a database: a table of examples."""

import pytest

from alongside.measures.computing import counts_of, figures_of, flags_of, kin_of, together
from alongside.measures.facts import CaseFact, EventFact, Facts, NeedFact
from alongside.measures.rules import middle, percent, period_of
from alongside.suppression.protecting import protect

TOWNS = ("", "East", "West")


def event(town="East", kind="overdose", outcome="non_fatal", person=True, entered24=True, known=("time",)):
    return EventFact(town, kind, outcome, person, naloxone=True, entered24=entered24, known=frozenset(known))


def hours(tried=10.0, reached=None, loved_one=None, phoned=None, visited=None, waived=None):
    return flags_of(tried, reached, loved_one, phoned, visited, waived)


def numbers(facts):
    return {(one.of, *(value for name, value in one.where if name != "month")): one.value for one in counts_of(facts)}


def facts_of(**parts):
    return Facts(("2026-05",), "2026-05", TOWNS, **parts)


@pytest.mark.parametrize(
    ("made", "of"),
    [
        (hours(tried=None), {"cases"}),
        (hours(tried=24.0), {"cases", "cases.tried", "cases.within24", "cases.within48", "cases.within72"}),
        (hours(tried=72.1), {"cases", "cases.tried"}),
        (hours(tried=80.0, loved_one=80.0), {"cases", "cases.tried", "cases.contact"}),
        (hours(tried=80.0, reached=90.0), {"cases", "cases.tried", "cases.contact", "cases.reached"}),
        (hours(tried=80.0, visited=80.0), {"cases", "cases.tried", "cases.visited"}),
        (hours(tried=80.0, phoned=80.0, visited=90.0), {"cases", "cases.tried", "cases.visited", "cases.phone_first"}),
        (hours(tried=80.0, visited=80.0, waived=80.0), {"cases", "cases.tried", "cases.visited", "cases.phone_first"}),
        (hours(tried=80.0, visited=80.0, waived=85.0), {"cases", "cases.tried", "cases.visited"}),
        (hours(tried=80.0, phoned=95.0, visited=90.0), {"cases", "cases.tried", "cases.visited"}),
    ],
)
def test_a_case_counts_where_it_belongs(made, of):
    found = numbers(facts_of(cases={CaseFact("East", False, made): 3}))
    assert made == of
    assert {code: found[code,] for code in of} == dict.fromkeys(of, 3)
    assert sum(number for (code, *where), number in found.items() if not where and code.startswith("cases")) == 3 * len(of)


def test_people_count_once_and_needs_by_case():
    needs = {"ride": NeedFact(2, 1, 1), "food": NeedFact(1, 0, 0)}
    events = {event(): 3, event(person=False, entered24=None): 1}
    found = numbers(facts_of(events=events, people=2, needs=needs, in_need=NeedFact(2, 1, 1)))
    assert [found[of,] for of in ("incidents", "incidents.person", "people@2026-05")] == [4, 3, 2]
    assert [found[of,] for of in ("incidents.timed", "incidents.entered24")] == [3, 3]
    assert [found[of,] for of in ("need:ride", "need:ride:sent", "need:food", "cases.need", "cases.connected")] == [2, 1, 1, 2, 1]


@pytest.mark.parametrize(("days", "known"), [(10, []), (30, [30]), (364, [30, 90]), (365, [30, 90, 365])])
def test_another_overdose_is_counted_when_its_days_are_over(days, known):
    found = numbers(facts_of(again=[80.0, None], followed_days=days))
    asked = [number for number in (30, 90, 365) if (f"repeat{number}@2026-05",) in found]
    assert asked == known
    assert [found[f"repeat{number}@2026-05",] for number in known] == [0, 1, 1][: len(known)]


def test_touch_is_being_reached_on_the_day_or_in_the_month_after_it():
    linked = [[at] for at in (29, 30, 60, 61, 91, 125)]
    found = numbers(facts_of(linked=linked, followed_days=120))
    assert [found[f"touch{days}@2026-05",] for days in (30, 60, 90)] == [2, 2, 1]


def test_small_towns_stand_together_and_nobody_reads_which_they_were():
    assert together({"East": 20, "West": 3, "": 2}, TOWNS, 11) == [("East",), ("", "West")]
    assert together({"East": 5, "West": 3, "": 2}, TOWNS, 11) == []
    found = numbers(facts_of(events={event(): 20, event(town="West"): 12}))
    assert found["incidents", ("East",)] == 20
    assert found["incidents", ("",)] == 0


def test_every_count_of_a_period_may_be_looked_at_together():
    made = {CaseFact("East", False, hours(reached=20.0)): 15, CaseFact("East", True, hours()): 16}
    facts = facts_of(events={event(): 40}, people=31, cases=made, hours={"cases.tried": [9.0, 11.0], "cases.reached": []})
    counts = counts_of(facts)
    shown = protect(counts, kin=kin_of(counts, facts.towns))
    assert shown.given_away == 0
    assert len({one.key for one in counts}) == len(counts)
    assert figures_of(facts) == {"cases.tried": 10.0}


@pytest.mark.parametrize(("part", "of", "share"), [(5, 20, 25), (5, 19, None), (None, 40, None), (7, None, None), (0, 40, 0)])
def test_a_share_is_printed_from_twenty_on(part, of, share):
    assert percent(part, of) == share


@pytest.mark.parametrize(("code", "months"), [
    ("2026-02", ("2026-02",)), ("2026-Q1", ("2026-01", "2026-02", "2026-03")), ("2026-Q4", ("2026-10", "2026-11", "2026-12")),
])  # fmt: skip
def test_a_period_has_its_months(code, months):
    assert period_of(code).months == months
    assert len(period_of("2026").months) == 12


def test_the_middle_of_nothing_is_nothing():
    assert middle([]) is None
    assert middle([3.04, 9, 12]) == 9
