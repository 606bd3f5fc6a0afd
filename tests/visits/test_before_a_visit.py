"""What is looked at before a visit starts, as tables: wishes first, then where somebody is, then who was just there."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alongside.visits.rules import (
    CHANNELS,
    KNOCKS,
    REMOTE,
    WALK_UP,
    Away,
    Standing,
    away_for,
    ended_at,
    last_heard,
    may_be_out,
    may_end,
    may_knock,
    may_start,
)
from tests.cast import NOON

TODAY = NOON.date()
IN_TREATMENT = Away("in_treatment", date(2026, 1, 19))

STARTS = [
    # what is known, told to a coach, told to police ("" means: go)
    (Standing(), "", ""),
    (Standing(stop="no_contact"), "no contact", "no contact"),
    (Standing(stop="no_visits"), "no visits", "no visits"),
    (Standing(deceased=True), "has died", "has died"),
    (Standing(text_only=True), "text messages only", "text messages only"),
    (Standing(not_at_home=True), "", ""),
    (Standing(no_police=True), "", "no police"),
    (Standing(away=Away("in_custody")), "In custody, as far as we know", "Not today. Ask the coach."),
    (Standing(away=Away("in_hospital")), "In hospital, as far as we know", "Not today. Ask the coach."),
    (Standing(away=IN_TREATMENT), "In treatment until 19 January", "Not today. Ask the coach."),
    (Standing(holder="recovery coach"), "Another team (recovery coach)", "Not today. Ask the coach."),
    # A wish comes before a place: what the person said is no secret, where they are may be one.
    (Standing(stop="no_visits", away=IN_TREATMENT), "no visits", "no visits"),
]


@pytest.mark.parametrize(("known", "coach", "police"), STARTS)
def test_a_visit_starts_or_says_in_one_sentence_why_not(known, coach, police):
    to_coach = may_start(known, by_police=False, told_why=True)
    to_police = may_start(known, by_police=True, told_why=False)
    assert (bool(to_coach), bool(to_police)) == (not coach, not police)
    assert coach in to_coach.reason
    assert police in to_police.reason
    assert to_coach.reason.count(".") <= 2


@pytest.mark.parametrize("where", ["in_custody", "in_hospital", "in_treatment"])
def test_police_cannot_tell_one_place_from_another_nor_from_another_team(where):
    """Were the sentences different, one of them would say “detox”."""
    away = may_start(Standing(away=Away(where)), by_police=True, told_why=False)
    held = may_start(Standing(holder="recovery coach"), by_police=True, told_why=False)
    assert away == held


def test_a_coordinator_decides_about_a_second_visit_but_not_about_a_place():
    assert may_start(Standing(holder="recovery coach"), by_police=False, told_why=True, coordinator_agrees=True)
    known = replace(Standing(holder="recovery coach"), away=IN_TREATMENT)
    assert not may_start(known, by_police=False, told_why=True, coordinator_agrees=True)


def ago(channel, result, days=0):
    return (NOON - timedelta(days=days), channel, result)


HEARD = [
    ([], ""),
    ([ago("phone", "in_treatment", 13)], "in_treatment"),
    ([ago("phone", "in_treatment", 15)], ""),
    ([ago("phone", "in_custody", 6)], "in_custody"),
    ([ago("phone", "in_custody", 8)], ""),
    ([ago("home", "in_hospital", 2)], "in_hospital"),
    ([ago("home", "in_hospital", 4)], ""),
    # Met in the hospital or the jail, they are there; met anywhere else since, they are not.
    ([ago("hospital", "reached", 1)], "in_hospital"),
    ([ago("jail", "reached", 1)], "in_custody"),
    ([ago("street", "reached"), ago("phone", "in_custody", 1)], ""),
    # Nobody opened: that says nothing of where they are.
    ([ago("home", "no_answer"), ago("phone", "in_custody", 1)], "in_custody"),
    ([ago("phone", "loved_one"), ago("phone", "in_treatment", 1)], "in_treatment"),
    # The newest word holds, also when it is over.
    ([ago("phone", "in_hospital", 5), ago("phone", "in_treatment", 6)], ""),
]


@pytest.mark.parametrize(("tries", "where"), HEARD)
def test_where_somebody_was_last_heard_of(tries, where):
    assert last_heard(tries, NOON) == where


@pytest.mark.parametrize(
    ("heard", "leaves_in", "away"),
    [
        ("", None, None),
        ("in_custody", None, Away("in_custody")),
        ("", 4, Away("in_treatment", TODAY + timedelta(days=4))),
        ("in_hospital", 4, Away("in_treatment", TODAY + timedelta(days=4))),
        # On the day they leave somebody stands at the door, whatever was heard of the stay before.
        ("in_treatment", 0, None),
        ("", -1, None),
        ("in_custody", -1, Away("in_custody")),
    ],
)
def test_a_stay_holds_until_the_day_they_leave(heard, leaves_in, away):
    leaves_on = None if leaves_in is None else TODAY + timedelta(days=leaves_in)
    assert away_for(heard, leaves_on, TODAY) == away


@pytest.mark.parametrize(
    ("channel", "holder", "waiver", "coordinator", "allowed"),
    [
        *((channel, "recovery coach", "", False, channel not in KNOCKS) for channel in CHANNELS),
        ("home", "", "", False, True),
        ("home", "recovery coach", "asked_for_visit", False, True),
        ("home", "recovery coach", "no_phone", False, False),
        ("home", "recovery coach", "", True, True),
    ],
)
def test_one_knock_in_a_day(channel, holder, waiver, coordinator, allowed):
    decision = may_knock(channel, holder, waiver, coordinator_agrees=coordinator)
    assert bool(decision) is allowed
    assert allowed or "recovery coach" in decision.reason


def test_a_knock_is_neither_a_call_nor_a_meeting_in_a_place():
    assert set(CHANNELS) == KNOCKS | REMOTE | WALK_UP
    assert not KNOCKS & (REMOTE | WALK_UP)


@pytest.mark.parametrize(("minutes", "allowed"), [(4, False), (5, True), (30, True), (240, True), (241, False), (-30, False)])
def test_how_long_somebody_may_be_out(minutes, allowed):
    assert bool(may_be_out(minutes)) is allowed


def test_who_says_that_somebody_is_back():
    assert may_end(is_own=True, by_coordinator=False)
    assert may_end(is_own=False, by_coordinator=True)
    assert not may_end(is_own=False, by_coordinator=False)


def test_an_outing_ends_by_the_first_of_its_ends_and_never_before_it_began():
    later, earlier = NOON + timedelta(minutes=40), NOON + timedelta(minutes=20)
    assert ended_at(NOON, []) is None
    assert ended_at(NOON, [later, earlier]) == ended_at(NOON, [earlier, later]) == earlier
    assert ended_at(NOON, [NOON - timedelta(minutes=1)]) == NOON
