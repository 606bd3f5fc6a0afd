"""What may be tried, what may be left, and what follows: tables of example and answer."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.cases.rules import FOLLOW_UP_REASONS
from alongside.visits.rules import (
    CHANNELS,
    GENTLE_DAYS,
    PHONE_FIRST_WAIVERS,
    REMOTE,
    RESPONSES,
    RESULTS,
    WALK_UP,
    Next,
    is_contact,
    may_go,
    may_leave_kit,
    may_try_again,
    may_visit,
    next_after,
    reconcile,
)

DOORS = sorted(set(CHANNELS) - REMOTE - WALK_UP)
ANY = {"result": st.sampled_from(sorted(RESULTS)), "response": st.sampled_from(["", *sorted(RESPONSES)])}


@pytest.mark.parametrize("channel", DOORS)
def test_nobody_knocks_before_phone_or_text(channel):
    assert may_go(channel, [], "").reason.startswith("Phone or text first")
    assert not may_go(channel, ["street", "home"], "")
    assert not may_go(channel, [], "because")
    for earlier in REMOTE:
        assert may_go(channel, [earlier], "")
    for waiver in PHONE_FIRST_WAIVERS:
        assert may_go(channel, [], waiver)


@pytest.mark.parametrize("channel", sorted(REMOTE | WALK_UP))
def test_a_call_and_a_place_they_came_to_need_nothing_before(channel):
    assert may_go(channel, [], "")


def test_an_unknown_way_is_refused():
    assert not may_go("drone", ["phone"], "no_phone")


@pytest.mark.parametrize(
    ("tries", "agrees", "allowed"),
    [(0, False, True), (2, False, True), (3, False, False), (9, False, False), (3, True, True)],
)
def test_after_the_cap_a_coordinator_decides(tries, agrees, allowed):
    assert bool(may_try_again(tries, 3, coordinator_agrees=agrees)) is allowed


@pytest.mark.parametrize(("channel", "stop"), list(itertools.product(CHANNELS, ["none", "no_visits", "no_contact"])))
def test_the_way_of_contact_is_what_the_person_asked_for(channel, stop):
    expected = stop == "none" or (stop == "no_visits" and channel in REMOTE)
    assert bool(may_visit(channel, stop, no_police=False, by_police=False)) is expected


@pytest.mark.parametrize("result", RESULTS)
def test_a_kit_is_left_with_somebody_or_taken_back(result):
    assert may_leave_kit(result, 0)
    assert bool(may_leave_kit(result, 1)) is (result in {"reached", "loved_one"})


@pytest.mark.parametrize(
    ("result", "response"), list(itertools.product([*RESULTS, "unknown"], ["", *RESPONSES, "unknown"]))
)
def test_an_answer_belongs_to_a_contact_and_a_contact_has_one(result, response):
    allowed = result in RESULTS
    if response and result not in {"reached", "loved_one"}:
        allowed = False
    if result == "reached" and response not in RESPONSES:
        allowed = False
    if result == "loved_one" and response not in {"", *RESPONSES}:
        allowed = False
    if response == "no_contact" and result != "reached":
        allowed = False
    assert bool(reconcile(result, response)) is allowed


@pytest.mark.parametrize(
    ("result", "response", "tries", "expected"),
    [
        ("reached", "services", 0, Next()),
        ("reached", "naloxone", 0, Next()),
        ("reached", "check_ins", 0, Next()),
        ("reached", "come_back", 0, Next("asked_back", 1)),
        ("reached", "not_today", 0, Next("gentle_check_in", GENTLE_DAYS)),
        ("reached", "no_contact", 0, Next(stop=True)),
        ("loved_one", "", 1, Next("retry", 2)),
        ("loved_one", "no_contact", 1, Next(stop=True)),
        ("no_answer", "", 1, Next("retry", 2)),
        ("no_answer", "", 2, Next("retry", 2)),
        ("no_answer", "", 3, Next(pause=True)),
        ("sent", "", 4, Next(pause=True)),
        ("bad_address", "", 1, Next("relocate", 1)),
        ("bad_address", "", 3, Next("relocate", 1)),
        ("deceased", "", 1, Next(deceased=True)),
        ("in_hospital", "", 1, Next("retry", 2)),
    ],
)
def test_what_follows(result, response, tries, expected):
    assert next_after(result, response, tries, 3) == expected


@given(tries=st.integers(0, 9), cap=st.integers(1, 5), **ANY)
def test_something_always_follows_unless_they_were_reached(result, response, tries, cap):
    then = next_after(result, response, tries, cap)
    assert then != Next() or is_contact(result)
    assert not then.follow_up or (then.follow_up in FOLLOW_UP_REASONS and then.in_days > 0)
    assert sum([bool(then.follow_up), then.pause, then.stop, then.deceased]) <= 1


@given(tries=st.integers(0, 9), **ANY)
def test_only_the_person_or_death_ends_it(result, response, tries):
    """No number of tries and no “not today” ever closes a case."""
    then = next_after(result, response, tries, 3)
    assert not then.stop or response == "no_contact"
    assert not then.deceased or result == "deceased"
