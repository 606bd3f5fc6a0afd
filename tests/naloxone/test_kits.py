"""Kits in, kits out, soonest expiry first, and none lost from the count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.naloxone.actions import MOST_AT_ONCE, hand_out, receive_kits
from alongside.naloxone.models import Lot, Move
from alongside.naloxone.queries import lots_of, stock_for
from alongside.naloxone.rules import LotState, take_from

TODAY = date(2026, 1, 15)
DAY = timedelta(days=1)
LOTS = st.lists(
    st.builds(
        LotState, lot=st.uuids(), left=st.integers(-3, 20), expires_on=st.dates(TODAY - 99 * DAY, TODAY + 999 * DAY)
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("lots", "kits", "expected"),
    [
        ([], 2, [(None, 2)]),
        ([("a", 5, 10)], 2, [("a", 2)]),
        ([("a", 5, 10)], 5, [("a", 5)]),
        ([("a", 5, 10)], 7, [("a", 5), (None, 2)]),
        ([("a", 5, 30), ("b", 5, 10)], 7, [("b", 5), ("a", 2)]),
        ([("old", 5, -1), ("a", 5, 10)], 2, [("a", 2)]),
        ([("today", 5, 0)], 2, [("today", 2)]),
        ([("empty", 0, 10), ("below", -2, 10)], 2, [(None, 2)]),
        ([("a", 5, 10)], 0, []),
    ],
)
def test_from_which_lot(lots, kits, expected):
    states = [LotState(name, left, TODAY + days * DAY) for name, left, days in lots]
    assert take_from(states, kits, TODAY) == expected


@given(lots=LOTS, kits=st.integers(0, 60))
def test_every_kit_is_taken_from_somewhere(lots, kits):
    parts = take_from(lots, kits, TODAY)
    assert sum(taken for _, taken in parts) == kits
    left = {state.lot: state.left for state in lots}
    assert all(taken > 0 and (lot is None or taken <= left[lot]) for lot, taken in parts)
    used = [next(state.expires_on for state in lots if state.lot == lot) for lot, _ in parts if lot is not None]
    assert used == sorted(used)
    assert all(day >= TODAY for day in used)


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def stocked(ours, coach):
    soon, late = now().date() + 30 * DAY, now().date() + 300 * DAY
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "LATE", late, 10, by=coach)
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", soon, 2, by=coach)
    return coach


def left():
    return {lot.number: sum(lot.moves.values_list("kits", flat=True)) for lot in Lot.objects.all()}


def test_handing_out_takes_the_soonest_expiry_first(stocked, journal):
    moves = hand_out(3, "loved_one", by=stocked)
    assert left() == {"SOON": 0, "LATE": 9}
    assert [str(move) for move in moves] == ["given -2", "given -1"]
    assert journal() == ["kits_given"]


def test_a_kit_without_stock_on_the_books_is_kept_too(stocked):
    hand_out(20, "person", by=stocked)
    assert Move.objects.get(lot=None).kits == -8
    assert -sum(Move.objects.filter(kind="given").values_list("kits", flat=True)) == 20


def test_the_same_lot_again_adds_to_it(ours, stocked):
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", now().date() + 30 * DAY, 3, by=stocked)
    assert Lot.objects.count() == 2
    assert left()["SOON"] == 5
    assert str(Lot.objects.get(number="SOON")) == "SOON"


@pytest.mark.parametrize(
    ("kits", "recipient"), [(0, "person"), (-1, "person"), (MOST_AT_ONCE + 1, "person"), (1, "crowd"), (1, "")]
)
def test_no_number_and_nobody_are_refused(stocked, kits, recipient):
    with pytest.raises(Refused):
        hand_out(kits, recipient, by=stocked)
    assert not Move.objects.filter(kind="given").exists()


@pytest.mark.parametrize("kits", [0, -5, 100_001])
def test_no_kits_or_too_many_cannot_come_in(ours, coach, kits):
    with pytest.raises(Refused):
        receive_kits(ours.agencies["recovery"], "nasal_4mg", "X", now().date(), kits, by=coach)
    assert not Lot.objects.exists()


def test_stock_is_seen_within_the_program(cast, stocked):
    assert [lot.number for lot in stock_for(cast.coordinator)] == ["SOON", "LATE"]
    assert len(lots_of(stocked)) == 2
    assert lots_of(cast.clinician) == []
    assert stock_for(cast.other.actor("coordinator")) == []
