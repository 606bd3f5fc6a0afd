"""Kits in, kits out, soonest expiry first, and none lost from the count."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.clock import day_in, now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.naloxone.actions import (
    Box,
    Hand,
    Lesson,
    Told,
    add_place,
    hand_out,
    keep_lines,
    make_codes,
    note_training,
    receive,
    receive_kits,
    report_reversal,
    take_count,
    undo_hand_out,
)
from alongside.naloxone.ledger import Line
from alongside.naloxone.models import Lot, Move, Reversal, Training
from alongside.naloxone.queries import (
    KitCounts,
    books_for,
    hand_out_for,
    is_taken_back,
    kits_counts_for,
    lots_of,
    person_to_give,
    refill_prompts_for,
    stock_for,
    usual_place,
)
from alongside.naloxone.rules import MOST_AT_ONCE, NOT_SAID, STEPS, LotState, may_note_training, may_undo, take_from
from tests.cast import NOON


def today():
    """The day where the program is; the machine may be a day ahead."""
    return day_in("America/New_York", now())


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
    soon, late = today() + 30 * DAY, today() + 300 * DAY
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "LATE", late, 10, by=coach)
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", soon, 2, by=coach)
    return coach


def left(viewer):
    return {line.lot.number: line.left for line in stock_for(viewer, today()) if line.lot}


def test_handing_out_takes_the_soonest_expiry_first(stocked, journal):
    moves = hand_out(3, "loved_one", by=stocked)
    assert left(stocked) == {"LATE": 9}
    assert [str(move) for move in moves] == ["given 2", "given 1"]
    assert journal() == ["kits_given"]


def test_a_hand_out_sent_twice_is_one(stocked, journal):
    hand = Hand()
    first, again = (hand_out(3, "person", by=stocked, hand=hand) for _ in range(2))
    assert [move.id for move in first] == [move.id for move in again]
    assert left(stocked) == {"LATE": 9}
    assert journal() == ["kits_given"]


def test_a_box_sent_twice_is_one(ours, coach, journal):
    box = Box("nasal_4mg", "A1", today() + 90 * DAY, 12)
    for _ in range(2):
        receive(ours.agencies["recovery"], box, by=coach)
    assert left(coach) == {"A1": 12}
    assert journal() == ["kit_place_added", "kits_received"]


def test_the_same_number_with_another_expiry_is_asked_about(ours, stocked):
    with pytest.raises(Refused, match="Look at the box"):
        receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", today() + 31 * DAY, 3, by=stocked)


def test_a_kit_without_stock_on_the_books_is_kept_too_and_asks_to_be_explained(stocked):
    moves = hand_out(20, "person", by=stocked)
    assert sum(move.amount for move in moves) == 20
    assert moves[-1].lot is None
    books = books_for(stocked, today())
    assert [(one.correction.amount, one.who, str(one.place)) for one in books.unexplained] == [
        (8, "Recovery coach", "Harbor Recovery, Office")
    ]


def test_a_late_receipt_or_a_count_explains_it(ours, stocked):
    hand_out(20, "person", by=stocked)
    box = Box("nasal_3mg", "FOUND", today() + 90 * DAY, 8, at=now() - timedelta(hours=1))
    receive(ours.agencies["recovery"], box, by=stocked)
    assert books_for(stocked, today()).unexplained == []
    assert left(stocked) == {}
    hand_out(1, "person", by=stocked)
    place = usual_place(stocked).id
    take_count(place, {(NOT_SAID, None): 0}, new_id(), by=stocked)
    assert books_for(stocked, today()).unexplained == []


def test_the_usual_place_is_where_one_handed_out_last(ours, stocked):
    car = add_place(ours.agencies["recovery"], "Car 7", "car", by=stocked)
    assert usual_place(stocked).name == "Office"
    lot = Lot.objects.get(number="LATE")
    keep_lines([Line(new_id(), now(), "issued", lot.product, 4, usual_place(stocked).id, lot.id, car.id)], by=stocked)
    hand_out(1, "other", by=stocked, hand=Hand(place=car.id))
    assert usual_place(stocked) == car
    (move,) = hand_out(1, "person", by=stocked)
    assert (move.place, move.lot) == (car, lot)


def test_a_slip_is_taken_back_and_no_count_sees_it(ours, stocked):
    moves = hand_out(3, "person", by=stocked)
    assert not is_taken_back(stocked, moves)
    for _ in range(2):
        undo_hand_out(hand_out_for(stocked, moves[0].id), by=stocked)
    assert left(stocked) == {"SOON": 2, "LATE": 10}
    assert is_taken_back(stocked, moves)
    counts = kits_counts_for(stocked, today())
    assert (counts.kits, counts.doses) == (0, 0)


@pytest.mark.parametrize(
    ("minutes", "own", "allowed"), [(0, True, True), (10, True, True), (11, True, False), (0, False, False)]
)
def test_who_may_take_back_a_slip_and_until_when(minutes, own, allowed):
    assert bool(may_undo(NOON, NOON + timedelta(minutes=minutes), own=own)) is allowed


def test_nobody_takes_back_what_another_handed_out(ours, stocked):
    moves = hand_out(1, "person", by=stocked)
    with pytest.raises(Refused, match="whoever handed it out"):
        undo_hand_out(moves, by=ours.actor("coordinator"))


def test_the_same_lot_again_adds_to_it(ours, stocked):
    receive_kits(ours.agencies["recovery"], "nasal_4mg", "SOON", today() + 30 * DAY, 3, by=stocked)
    assert Lot.objects.count() == 2
    assert left(stocked)["SOON"] == 5
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
        receive_kits(ours.agencies["recovery"], "nasal_4mg", "X", today(), kits, by=coach)
    assert not Lot.objects.exists()


def test_stock_is_seen_within_the_program(cast, stocked):
    assert [line.lot.number for line in stock_for(cast.coordinator, today())] == ["SOON", "LATE"]
    assert len(lots_of(stocked)) == 2
    assert lots_of(cast.clinician) == []
    assert stock_for(cast.other.actor("coordinator"), today()) == []


# --- refills, training, reversals, counts ---------------------------------------------------------------------------------


def test_a_new_kit_is_offered_when_the_last_one_ran_out_or_was_used(ours, case, stocked):
    soon = Box("nasal_4mg", "VERYSOON", today() + 20 * DAY, 1)
    receive(ours.agencies["recovery"], soon, by=stocked)
    hand_out(1, "person", by=stocked, person_id=case.person_id)
    (prompt,) = refill_prompts_for(stocked, now())
    assert (prompt.person, prompt.reason) == (case.person, "expires")
    assert refill_prompts_for(ours.actor("coordinator"), now() + 25 * DAY)[0].reason == "expired"
    hand_out(3, "person", by=stocked, person_id=case.person_id)
    assert refill_prompts_for(stocked, now()) == []
    told = Told(new_id(), today(), "survived", "yes", "no")
    for _ in range(2):
        report_reversal(told, by=stocked, person_id=case.person_id)
    assert [one.reason for one in refill_prompts_for(stocked, now())] == ["used"]


def test_prompts_are_for_those_who_work_with_the_person(ours, cast, case, stocked):
    report_reversal(Told(new_id(), today(), "unknown"), by=stocked, person_id=case.person_id)
    seen = {
        role: len(refill_prompts_for(ours.actor(role), now()))
        for role in ("coordinator", "recovery_coach", "clinician")
    }
    assert seen == {"coordinator": 1, "recovery_coach": 1, "clinician": 0}
    assert refill_prompts_for(ours.actor("outreach_officer"), now()) == []
    assert refill_prompts_for(cast.other.actor("coordinator"), now()) == []
    case.person.stop = "no_contact"
    case.person.save()
    assert refill_prompts_for(stocked, now()) == [], "who asked for no contact is not looked for with a kit"


def test_a_kit_is_tied_only_to_somebody_one_works_with(ours, cast, case):
    may = {role: person_to_give(ours.actor(role), case.person_id, now()) for role in
           ("coordinator", "recovery_coach", "clinician", "outreach_officer")}  # fmt: skip
    assert may == {
        "coordinator": case.person,
        "recovery_coach": case.person,
        "clinician": None,
        "outreach_officer": None,
    }
    assert person_to_give(cast.other.actor("coordinator"), case.person_id, now()) is None


def test_a_reversal_keeps_the_month_and_nobodys_key(stocked, journal):
    row = report_reversal(Told(new_id(), today(), "survived", "yes", "not_said", 2), by=stocked)
    assert row.month.day == 1
    assert {field.name for field in Reversal._meta.concrete_fields} == {
        "id", "program", "month", "product", "lot", "kits", "outcome", "called", "police", "by_code",
    }  # fmt: skip
    assert journal() == ["reversal_reported"]


def test_a_report_by_code_says_which_lot_and_leaves_no_minute(ours, stocked, journal):
    lot = Lot.objects.get(number="SOON")
    draft = new_id()
    code = make_codes(lot, draft, by=stocked)
    assert make_codes(lot, draft, by=stocked) == code
    row = report_reversal(Told(uuid4(), today(), "survived"), by=ours.system, code=code)
    assert (row.lot, row.product, row.by_code) == (lot, "nasal_4mg", True)
    assert row.id.version == 4
    assert journal() == ["kit_codes_made"]


@pytest.mark.parametrize(
    "told",
    [
        {"outcome": "no"}, {"called": ""}, {"police": "maybe"}, {"kits": 0}, {"kits": 11}, {"product": "syringes"},
        {"month": today() + 40 * DAY},
    ],
)  # fmt: skip
def test_a_report_that_says_something_else_is_not_kept(stocked, told):
    fields = {"id": uuid4(), "month": today(), "outcome": "survived"} | told
    with pytest.raises(Refused):
        report_reversal(Told(**fields), by=stocked)
    assert not Reversal.objects.exists()


@pytest.mark.parametrize(
    ("taught", "people", "steps", "allowed"),
    [
        ("person", 1, ["call"], True), ("group", 12, list(STEPS), True), ("person", 2, ["call"], False),
        ("group", 0, ["call"], False), ("person", 1, [], False), ("person", 1, ["sing"], False), ("crowd", 1, ["call"], False),
    ],
)  # fmt: skip
def test_a_training_has_somebody_and_a_step_taught_back(taught, people, steps, allowed):
    assert bool(may_note_training(taught, people, steps)) is allowed


def test_the_month_in_counts(ours, cast, stocked):
    receive(ours.agencies["recovery"], Box("injection_04mg", "VIALS", today() + 9 * DAY, 5, doses=3), by=stocked)
    hand_out(2, "person", by=stocked, hand=Hand(product="injection_04mg"))
    hand_out(3, "loved_one", by=stocked, hand=Hand(product="nasal_4mg"))
    hand_out(40, "other", by=stocked, hand=Hand(product="fentanyl_strips"))
    hand_out(100, "person", by=stocked, hand=Hand(product="syringes"))
    keep_lines([Line(new_id(), now(), "collected", "syringes", 60, usual_place(stocked).id)], by=stocked)
    report_reversal(Told(uuid4(), today(), "survived", "yes", kits=2), by=stocked)
    report_reversal(Told(uuid4(), today(), "died", "no"), by=stocked)
    lesson = Lesson(new_id(), "group", ("recognize", "call"), 8, "es")
    for _ in range(2):
        note_training(lesson, by=stocked)
    counts = kits_counts_for(cast.epidemiologist, today())
    assert counts == KitCounts(
        kits=5, doses=12, by_recipient={"person": 2, "loved_one": 3}, reversals=3, outcomes={"survived": 2, "died": 1},
        called=2, trained=8, strips=40, syringes_out=100, syringes_back=60,
    )  # fmt: skip
    assert str(Training.objects.get()) == "group 8"
    empty = kits_counts_for(cast.epidemiologist, today() - 60 * DAY)
    assert (empty.kits, empty.trained, empty.reversals, empty.syringes_back) == (0, 0, 0, 0)
    assert kits_counts_for(cast.other.actor("coordinator"), today()).kits == 0


def test_a_slip_leaves_no_shortfall_and_no_prompt(ours, case, stocked):
    soon = Box("nasal_4mg", "VERYSOON", today() + 20 * DAY, 1)
    receive(ours.agencies["recovery"], soon, by=stocked)
    moves = hand_out(40, "person", by=stocked, person_id=case.person_id)
    assert len(moves) == 4
    assert books_for(stocked, today()).unexplained[0].correction.amount == 27
    undo_hand_out(moves, by=stocked)
    assert left(stocked) == {"VERYSOON": 1, "SOON": 2, "LATE": 10}
    assert books_for(stocked, today()).unexplained == []
    assert refill_prompts_for(stocked, now()) == []


@pytest.mark.parametrize("number", range(6))
def test_what_no_lot_covers_is_asked_last_whatever_the_ids(stocked, number):
    moves = hand_out(15, "person", by=stocked, hand=Hand(id=UUID(int=(number + 1) << 120)))
    assert [(move.amount, move.lot is None) for move in moves] == [(2, False), (10, False), (3, True)]
    (short,) = books_for(stocked, today()).unexplained
    assert (short.correction.amount, short.correction.line.product) == (3, NOT_SAID)


def test_when_the_usual_car_is_empty_the_kit_comes_from_another_own_place(ours, stocked):
    car = add_place(ours.agencies["recovery"], "Car 7", "car", by=stocked)
    hand_out(1, "other", by=stocked, hand=Hand(place=car.id))
    assert usual_place(stocked) == car
    (move,) = hand_out(1, "person", by=stocked)
    assert (move.place.name, move.lot.number) == ("Office", "SOON")
    moves = hand_out(90, "person", by=stocked)
    assert {move.place.name for move in moves} == {"Office"}, (
        "what nobody has on the books is missing at the usual place"
    )
