"""How a referral moves, and when somebody is expected to leave."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.referrals.rules import (
    HOLD_MOVES,
    HOLD_STATUSES,
    MOST_ASKED,
    MOVES,
    PARTNER_MAY,
    PARTNER_MAY_RIDE,
    RIDE_MOVES,
    RIDE_STATUSES,
    STATUSES,
    STAYS,
    age_of,
    answer_due,
    exit_on,
    hold_hours,
    is_late,
    left,
    may_ask,
    may_hold,
    may_move,
    may_move_hold,
    may_move_ride,
    may_ride,
)
from alongside.services.needs import BED_KINDS, TONIGHT
from alongside.services.rules import NEEDS
from tests.cast import NOON

MINUTES, HOURS = (lambda n: timedelta(minutes=n)), (lambda n: timedelta(hours=n))


@pytest.mark.parametrize(("status", "to"), list(product([*STATUSES, "unknown"], repeat=2)))
def test_a_referral_moves_as_the_table_says(status, to):
    for is_partner in (False, True):
        decision = may_move(status, to, is_partner=is_partner)
        allowed = to in MOVES.get(status, ()) and (not is_partner or to in PARTNER_MAY)
        assert bool(decision) is allowed
        assert decision or decision.reason.endswith(".")


def test_the_ten_statuses_are_those_of_the_standard():
    assert set(STATUSES) == {
        "draft", "requested", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed", "completed",
        "entered-in-error",
    }  # fmt: skip


def test_a_partner_neither_calls_off_nor_undoes():
    assert not PARTNER_MAY & {"cancelled", "entered-in-error", "draft", "requested"}


def test_leaving_a_stay_is_expected_on_a_day():
    start = date(2026, 1, 15)
    assert set(STAYS) <= set(NEEDS)
    assert exit_on("detox", start, None) == start + timedelta(days=STAYS["detox"])
    assert exit_on("detox", start, date(2026, 1, 18)) == date(2026, 1, 18)
    assert exit_on("shelter_tonight", start, date(2026, 1, 18)) is None


@pytest.mark.parametrize("need", NEEDS)
def test_what_is_about_tonight_is_answered_in_half_an_hour_and_the_rest_in_two_days(need):
    assert answer_due(need, NOON) - NOON == (MINUTES(30) if need in TONIGHT else HOURS(48))


@pytest.mark.parametrize(("waiting", "has_a_yes", "allowed"), [
    (0, False, True), (MOST_ASKED - 1, False, True), (MOST_ASKED, False, False), (0, True, False), (9, False, False),
])  # fmt: skip
def test_three_are_asked_at_once_and_nobody_after_a_yes(waiting, has_a_yes, allowed):
    decision = may_ask(waiting, has_a_yes=has_a_yes)
    assert bool(decision) is allowed
    assert decision or decision.reason.endswith(".")


# --- beds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    status: str = "held"
    made_at: datetime = NOON + HOURS(1)
    expires_at: datetime = NOON + HOURS(9)
    changed_at: datetime = NOON + HOURS(1)


before = {"made_at": NOON - HOURS(2), "changed_at": NOON - HOURS(2)}
LEFT = [
    ("nobody said", None, [], None),
    ("as said", 3, [], 3),
    ("kept after the count", 3, [Kept(), Kept()], 1),
    ("in the very moment of the count", 3, [Kept(made_at=NOON, changed_at=NOON)], 2),
    ("slept in", 3, [Kept(status="arrived")], 2),
    ("given back", 3, [Kept(status="released")], 3),
    ("its time marked as over", 3, [Kept(status="expired")], 3),
    ("its time over, not marked", 3, [Kept(expires_at=NOON + HOURS(2))], 3),
    ("kept before: the count is beside it", 3, [Kept(**before)], 3),
    ("kept before, slept in since", 3, [Kept("arrived", **before | {"changed_at": NOON + HOURS(1)})], 3),
    ("kept before, given back since", 3, [Kept("released", **before | {"changed_at": NOON + HOURS(1)})], 4),
    ("kept before, given back before", 3, [Kept("released", **before)], 3),
    ("kept before, its time over since", 0, [Kept(made_at=NOON - HOURS(2), expires_at=NOON + HOURS(2))], 1),
    ("kept before, its time over before", 0, [Kept(made_at=NOON - HOURS(2), expires_at=NOON - HOURS(1))], 0),
    ("never less than none", 1, [Kept(), Kept()], 0),
]


@pytest.mark.parametrize(("free", "holds", "remaining"), [row[1:] for row in LEFT], ids=[row[0] for row in LEFT])
def test_how_many_are_left(free, holds, remaining):
    assert left(free, NOON, holds, NOON + HOURS(3)) == remaining


@given(st.integers(0, 5), st.lists(st.booleans(), max_size=8))
def test_keeping_one_takes_one_and_giving_it_back_brings_one(free, ends):
    holds = [Kept() for _ in range(min(free, len(ends)))]
    assert left(free, NOON, holds, NOON + HOURS(3)) == free - len(holds)
    over = [replace(hold, status="released") if end else hold for hold, end in zip(holds, ends, strict=False)]
    assert left(free, NOON, over, NOON + HOURS(3)) == free - sum(hold.status == "held" for hold in over)


@pytest.mark.parametrize(("hours", "age"), [(0, "fresh"), (4, "fresh"), (4.01, "grey"), (12, "grey"), (12.01, "ask")])
def test_a_count_is_good_for_four_hours_and_asked_for_after_twelve(hours, age):
    assert age_of(NOON, NOON + HOURS(hours)) == age
    assert age_of(None, NOON) == "ask"


@pytest.mark.parametrize(("remaining", "age", "allowed", "says"), [
    (None, "ask", False, "Nobody has said"), (0, "fresh", False, "No bed is left"), (0, "grey", False, "No bed is left"),
    (1, "fresh", True, ""), (1, "grey", True, "four hours"), (1, "ask", True, "twelve hours"),
])  # fmt: skip
def test_a_bed_may_be_kept_by_an_old_count_with_the_reason_to_ring(remaining, age, allowed, says):
    decision = may_hold(remaining, age)
    assert (decision.allowed, says in decision.reason, bool(decision.reason)) == (allowed, True, bool(says))


@pytest.mark.parametrize(("kind", "hours", "kept"), [
    ("shelter_tonight", None, 2), ("detox", None, 4), ("residential", None, 4), ("food", None, None),
    ("detox", 1, 1), ("detox", 72, 72), ("detox", 0, None), ("detox", 73, None), ("detox", -2, None),
])  # fmt: skip
def test_how_long_a_bed_is_kept(kind, hours, kept):
    assert hold_hours(kind, hours) == kept
    assert all(hold_hours(bed, None) for bed in BED_KINDS)


@pytest.mark.parametrize(("status", "to"), list(product([*HOLD_STATUSES, "unknown"], repeat=2)))
def test_a_kept_bed_moves_as_the_table_says(status, to):
    decision = may_move_hold(status, to)
    assert bool(decision) is (to in HOLD_MOVES.get(status, ()))
    assert decision or decision.reason.endswith(".")


# --- rides ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "to"), list(product([*RIDE_STATUSES, "unknown"], repeat=2)))
def test_a_ride_moves_as_the_table_says(status, to):
    for is_partner in (False, True):
        decision = may_move_ride(status, to, is_partner=is_partner)
        allowed = to in RIDE_MOVES.get(status, ()) and (not is_partner or to in PARTNER_MAY_RIDE)
        assert bool(decision) is allowed
        assert decision or decision.reason.endswith(".")


def test_a_police_car_only_when_they_said_so():
    assert not may_ride("police_car", asked_for_police_car=False)
    assert may_ride("police_car", asked_for_police_car=True)
    assert may_ride("taxi_voucher", asked_for_police_car=False)
    assert not may_ride("ambulance", asked_for_police_car=True)


@pytest.mark.parametrize(("status", "due", "minutes", "late"), [
    ("asked", None, 29, False), ("asked", None, 30, True), ("asked", 60, 30, True), ("asked", 25, 4, False),
    ("asked", 25, 5, True), ("asked", 600, 29, False), ("asked", 600, 31, True), ("dispatched", 60, 59, False),
    ("dispatched", 60, 60, True), ("picked_up", 60, 61, True), ("picked_up", None, 179, False),
    ("dispatched", None, 180, True), ("arrived", 60, 999, False), ("called_off", None, 999, False),
    ("no_ride", None, 999, False),
])  # fmt: skip
def test_when_somebody_looks_after_a_ride(status, due, minutes, late):
    assert is_late(status, NOON, due and NOON + MINUTES(due), NOON + MINUTES(minutes)) is late
