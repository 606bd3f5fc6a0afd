"""The clocks and the order of the queue, as tables of example and answer."""

import itertools
from dataclasses import fields
from datetime import date, timedelta
from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.cases.models import Case
from alongside.cases.rules import (
    FOLLOW_UP_DAYS,
    LEAD_HOURS,
    MOVES,
    OUTCOMES,
    REASONS,
    STATUSES,
    Facts,
    contact_deadline,
    follow_up_days,
    may_close,
    may_contact,
    may_move,
    may_pair,
    priority,
    reasons_in_words,
    urgency,
)
from tests.cast import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENTS = st.datetimes(min_value=NOON.replace(tzinfo=None) - 800 * DAY, max_value=NOON.replace(tzinfo=None)).map(
    lambda moment: moment.replace(tzinfo=NOON.tzinfo)
)
CODES = sorted(code for code in REASONS if not code.startswith("repeat_"))
FACTS = st.builds(
    Facts, event_at=MOMENTS, earlier_events=st.lists(MOMENTS, max_size=6).map(tuple),
    codes=st.frozensets(st.sampled_from([*CODES, "white", "black", "on_parole", "eastpoint", "veteran"])),
)  # fmt: skip


def test_the_deadline_runs_from_the_event():
    assert contact_deadline(NOON) == NOON + 72 * HOUR
    assert list(signature(contact_deadline).parameters) == ["event_at"]


@pytest.mark.parametrize(
    ("earlier_days", "codes", "reasons", "lead"),
    [
        ((), (), (), 0),
        ((10,), (), ("repeat_30_days",), 24),
        ((30,), (), ("repeat_30_days",), 24),
        ((31,), (), ("repeat_12_months",), 12),
        ((365,), (), ("repeat_12_months",), 12),
        ((366,), (), (), 0),
        ((10, 200), (), ("repeat_30_days",), 24),
        ((0,), (), (), 0),
        ((-5,), (), (), 0),
        ((), ("unhoused",), ("unhoused",), 6),
        ((), ("left_hospital", "unhoused"), ("left_hospital", "unhoused"), 24),
        ((10,), ("recent_release", "asked_for_help"), ("repeat_30_days", "recent_release", "asked_for_help"), 60),
        ((), ("nonsense",), (), 0),
        ((), ("repeat_30_days",), (), 0),
    ],
)
def test_each_reason_moves_the_visit_up(earlier_days, codes, reasons, lead):
    place = priority(Facts(NOON, tuple(NOON - days * DAY for days in earlier_days), frozenset(codes)))
    assert place.reasons == reasons
    assert place.contact_due_at == NOON + 72 * HOUR
    assert place.visit_by_at == place.contact_due_at - lead * HOUR


def test_the_order_may_look_at_times_and_reasons_and_nothing_else():
    """There is no argument through which race, town, sex, age or a police record could come in."""
    assert list(signature(priority).parameters) == ["facts"]
    assert {field.name for field in fields(Facts)} == {"event_at", "earlier_events", "codes"}
    about = " ".join([*LEAD_HOURS, *REASONS.values()]).lower()
    for word in ("race", "ethnic", "town", "sex", "gender", "age", "arrest", "charge", "warrant", "record", "score"):
        assert word not in about.split()


@given(facts=FACTS)
def test_only_the_declared_reasons_count(facts):
    """Race, town or a justice fact among the codes changes nothing: the place is that of the declared ones alone."""
    declared = Facts(facts.event_at, facts.earlier_events, facts.codes & set(CODES))
    assert priority(facts) == priority(declared)


@given(facts=FACTS, chance=st.randoms())
def test_the_order_of_the_facts_does_not_matter(facts, chance):
    mixed = list(facts.earlier_events)
    chance.shuffle(mixed)
    assert priority(facts) == priority(Facts(facts.event_at, tuple(mixed), frozenset(sorted(facts.codes, reverse=True))))


@given(facts=FACTS)
def test_a_reason_more_never_puts_anybody_back(facts):
    for code in CODES:
        more = Facts(facts.event_at, facts.earlier_events, facts.codes | {code})
        assert priority(more).visit_by_at <= priority(facts).visit_by_at


@given(facts=FACTS)
def test_every_hour_gained_has_its_reason(facts):
    place = priority(facts)
    assert place.contact_due_at - place.visit_by_at == sum(LEAD_HOURS[code] for code in place.reasons) * HOUR
    assert len(set(place.reasons)) == len(place.reasons)


def test_the_table_knows_no_trait_of_a_person():
    names = {field.name for field in Case._meta.get_fields()}
    assert not names & {"race", "ethnicity", "sex", "gender", "age", "score", "risk"}


@pytest.mark.parametrize(
    ("hours_left", "looks"),
    [(-1, "now"), (0, "now"), (24, "now"), (24.1, "soon"), (48, "soon"), (48.1, "calm"), (72, "calm")],
)
def test_how_the_clock_looks(hours_left, looks):
    assert urgency(NOON + hours_left * HOUR, NOON) == looks


@pytest.mark.parametrize(("status", "to"), list(itertools.product([*STATUSES, "unknown"], repeat=2)))
def test_a_case_moves_as_the_table_says(status, to):
    decision = may_move(status, to)
    assert bool(decision) is (to in MOVES.get(status, ()))
    assert decision or decision.reason.endswith(".")


@pytest.mark.parametrize(
    ("officer", "coach", "police", "no_police", "allowed"),
    [
        ("pd", "center", True, False, True),
        ("pd", "pd", True, False, False),
        ("center", "center", False, False, False),
        ("pd", "center", True, True, False),
        ("clinic", "center", False, True, True),
    ],
)
def test_who_may_go_together(officer, coach, police, no_police, allowed):
    assert bool(may_pair(officer, coach, officer_is_police=police, no_police=no_police)) is allowed


@pytest.mark.parametrize(
    ("stop", "deceased", "allowed"),
    [("none", False, True), ("no_visits", False, True), ("no_contact", False, False), ("none", True, False)],
)
def test_whether_anybody_may_be_sent(stop, deceased, allowed):
    assert bool(may_contact(stop, deceased=deceased)) is allowed


def test_only_outcomes_of_the_list_close_a_case():
    assert all(may_close(outcome) for outcome in OUTCOMES)
    assert not may_close("")
    assert not may_close("refused")


def test_follow_ups_come_on_their_days_and_never_twice():
    first = date(2026, 1, 15)
    days = follow_up_days(first)
    assert [count for _, count in days] == list(FOLLOW_UP_DAYS)
    assert [(day - first).days for day, _ in days] == list(FOLLOW_UP_DAYS)


def test_reasons_are_said_in_words():
    assert reasons_in_words(["unhoused", "review_stop", "left_hospital"]) == [
        REASONS["unhoused"],
        REASONS["left_hospital"],
    ]
