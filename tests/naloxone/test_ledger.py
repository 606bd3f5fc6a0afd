"""The same lines give the same stock, in any order and sent twice; nothing goes below nought without a named correction."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.clock import day_in, now
from alongside.common.decision import Refused
from alongside.naloxone.actions import add_place, keep_lines, receive_kits
from alongside.naloxone.ledger import INTO, OUT, Line, fold, part_id, undo_id
from alongside.naloxone.models import Move
from alongside.naloxone.queries import stock_of
from alongside.naloxone.rules import NOT_SAID, REVERSAL, SUPPLIES


def today():
    """The day where the program is; the machine may be a day ahead."""
    return day_in("America/New_York", now())


START = datetime(2026, 1, 15, 17, tzinfo=UTC)
OFFICE, CAR = UUID(int=1), UUID(int=2)
LOT, OTHER_LOT = UUID(int=11), UUID(int=12)
SOON, LATE = START.date() + timedelta(days=30), START.date() + timedelta(days=300)


def line(number, kind, amount, hours=0, product="nasal_4mg", **more):
    more = {"place": OFFICE, "lot": LOT, "expires_on": SOON} | more
    return Line(UUID(int=100 + number), START + timedelta(hours=hours), kind, product, amount, **more)


def left(stock, product="nasal_4mg", lot=LOT, place=OFFICE):
    return stock.left.get((place, product, lot), 0)


def balanced(lines):
    """Whether what came in and was corrected is what went out and is left, whatever was moved about inside."""
    stock = fold(lines)
    once = {one.id: one for one in lines}.values()
    came = sum(one.amount for one in once if one.kind in INTO)
    went = sum(one.amount for one in once if one.kind in OUT - {"issued", "moved"})
    corrected = sum(one.amount for one in stock.corrections)
    return came + corrected == went + sum(stock.left.values())


def same(one, other):
    return (one.left, one.corrections, one.unexplained()) == (other.left, other.corrections, other.unexplained())


@pytest.mark.parametrize(
    ("lines", "at_office", "in_car", "corrections"),
    [
        ([], 0, 0, []),
        ([line(1, "received", 10)], 10, 0, []),
        ([line(1, "received", 10), line(2, "given", 3, 1)], 7, 0, []),
        ([line(2, "given", 3, 1), line(1, "received", 10)], 7, 0, []),
        ([line(1, "received", 10), line(2, "issued", 4, 1, to_place=CAR)], 6, 4, []),
        ([line(1, "received", 10), line(2, "issued", 4, 1, to_place=CAR), line(3, "given", 1, 2, place=CAR)], 6, 3, []),
        ([line(1, "given", 5)], 0, 0, [("short", 5)]),
        ([line(1, "given", 5), line(2, "received", 10, 1)], 10, 0, [("short", 5)]),
        ([line(1, "given", 5), line(2, "received", 10, -1)], 5, 0, []),
        ([line(1, "received", 2), line(2, "issued", 5, 1, to_place=CAR)], 0, 5, [("short", 3)]),
        ([line(1, "received", 10), line(2, "counted", 8, 1)], 8, 0, [("count", -2)]),
        ([line(1, "received", 10), line(2, "counted", 13, 1)], 13, 0, [("count", 3)]),
        ([line(1, "received", 10), line(2, "counted", 10, 1)], 10, 0, []),
        ([line(1, "received", 10), line(2, "expired", 4, 1), line(3, "lost", 1, 2)], 5, 0, []),
        ([line(1, "received", 10), line(2, "given", 4, 1), line(3, "returned", 4, 1)], 10, 0, []),
        ([line(1, "received", 10), line(2, "used", 4, 1)], 10, 0, []),
    ],
)
def test_the_stock_after(lines, at_office, in_car, corrections):
    stock = fold(lines)
    assert (left(stock), left(stock, place=CAR)) == (at_office, in_car)
    assert [(one.why, one.amount) for one in stock.corrections] == corrections
    assert balanced(lines)


def test_a_shortfall_says_whose_line_it_was_and_a_count_settles_it():
    lines = [line(1, "given", 5, by=UUID(int=77))]
    (found,) = fold(lines).unexplained()
    assert (found.amount, found.line.place, found.line.by) == (5, OFFICE, UUID(int=77))
    assert fold([*lines, line(2, "counted", 0, 1)]).unexplained() == []
    assert len(fold([*lines, line(2, "counted", 0, -1)]).unexplained()) == 1, "a count before it explains nothing"
    assert len(fold([*lines, line(2, "counted", 0, 1, place=CAR)]).unexplained()) == 1, "nor one in another place"


def test_a_late_receipt_settles_a_shortfall():
    lines = [line(1, "given", 5, 2, lot=None)]
    assert len(fold(lines).unexplained()) == 1
    stock = fold([*lines, line(2, "received", 20, 1)])
    assert (stock.unexplained(), left(stock)) == ([], 15)


def test_what_was_taken_from_no_named_lot_comes_of_the_soonest_expiry():
    lines = [
        line(1, "received", 3, lot=OTHER_LOT, expires_on=LATE),
        line(2, "received", 2),
        line(3, "given", 4, 1, lot=None, expires_on=None, product=NOT_SAID),
    ]
    stock = fold(lines)
    assert (left(stock), left(stock, lot=OTHER_LOT), stock.corrections) == (0, 1, [])


def test_an_expired_lot_is_not_handed_out_by_itself_and_can_be_taken_out():
    old = START.date() - timedelta(days=1)
    lines = [line(1, "received", 3, -99, expires_on=old), line(2, "given", 1, lot=None)]
    assert [(one.why, one.amount) for one in fold(lines).corrections] == [("short", 1)]
    assert left(fold([*lines, line(3, "expired", 3, 1)])) == 0


def test_strips_and_kits_do_not_stand_in_for_each_other():
    lines = [
        line(1, "received", 50, product="fentanyl_strips", lot=None),
        line(2, "given", 1, 1, lot=None, product=NOT_SAID),
    ]
    stock = fold(lines)
    assert (left(stock, "fentanyl_strips", None), len(stock.unexplained())) == (50, 1)


def test_a_part_and_an_undoing_have_one_id_each():
    draft = UUID(int=5)
    assert part_id(draft, 0) == draft
    assert len({part_id(draft, number) for number in range(40)} | {undo_id(draft)}) == 41


KINDS = st.sampled_from(
    ["received", "given", "expired", "lost", "returned", "counted", "collected", "used", "issued", "moved"]
)
PLACES = st.sampled_from([OFFICE, CAR, UUID(int=3)])
LOTS = st.sampled_from(
    [(LOT, "nasal_4mg", SOON), (OTHER_LOT, "nasal_3mg", LATE), (None, NOT_SAID, None), (None, "syringes", None)]
)


@st.composite
def some_line(draw):
    kind, place, (lot, product, expires_on) = draw(KINDS), draw(PLACES), draw(LOTS)
    to_place = draw(PLACES.filter(lambda other: other != place)) if kind in ("issued", "moved") else None
    return Line(
        draw(st.uuids()), START + timedelta(hours=draw(st.integers(0, 5))), kind, product, draw(st.integers(1, 9)), place,
        lot, to_place, expires_on=expires_on,
    )  # fmt: skip


@given(lines=st.lists(some_line(), max_size=25, unique_by=lambda one: one.id), chance=st.randoms(use_true_random=False))
def test_any_order_and_sent_twice_is_the_same_stock(lines, chance):
    mixed = [*lines, *lines]
    chance.shuffle(mixed)
    assert same(fold(lines), fold(mixed))
    assert all(count >= 0 for count in fold(lines).left.values())
    assert balanced(lines)


# --- the same, through the tables ----------------------------------------------------------------------------------------


@pytest.fixture
def shelves(ours):
    """Three places of two agencies, and a lot of each of two products."""
    by = ours.actor("coordinator")
    recovery, health = ours.agencies["recovery"], ours.agencies["health"]
    lots = [
        receive_kits(recovery, "nasal_4mg", "A1", today() + timedelta(days=90), 40, by=by),
        receive_kits(health, "nasal_3mg", "B2", today() + timedelta(days=300), 40, by=by),
    ]
    places = [add_place(recovery, "Car 1", "car", by=by), add_place(recovery, "Car 2", "car", by=by),
              add_place(health, "Van", "car", by=by)]  # fmt: skip
    return [place.id for place in places], lots


def random_lines(chance, places, lots, count):
    kinds = (
        ["received"] * 4 + ["given"] * 6 + ["issued", "moved", "expired", "lost", "returned", "counted", "collected"]
    )
    start = now() - timedelta(days=365)
    for number in range(count):
        kind, place = chance.choice(kinds), chance.choice(places)
        if kind == "collected":
            lot, product = None, "syringes"
        elif chance.random() < 0.8:
            lot = chance.choice(lots)
            product, lot = lot.product, lot.id
        else:
            lot, product = None, chance.choice([NOT_SAID, *SUPPLIES])
        yield Line(
            UUID(int=(0xA << 100) + number), start + timedelta(minutes=chance.randrange(60 * 24 * 364)), kind, product,
            chance.randrange(1, 30), place, lot,
            chance.choice([other for other in places if other != place]) if kind in ("issued", "moved") else None,
            recipient="person" if kind == "given" else "",
        )  # fmt: skip


def test_ten_thousand_movements_in_any_order_sent_twice_are_one_stock(ours, shelves, django_assert_max_num_queries):
    places, lots = shelves
    chance = random.Random(6)  # a shuffle, no secret
    lines = list(random_lines(chance, places, lots, 10_000))
    before = {move.id: move.line() for move in Move.objects.all()}
    coach, coordinator = ours.actor("recovery_coach"), ours.actor("coordinator")
    mixed = [*lines, *lines]
    chance.shuffle(mixed)
    kept = sum(keep_lines(mixed[at : at + 2500], by=coach) for at in range(0, len(mixed), 2500))
    assert kept == 10_000
    with django_assert_max_num_queries(1):
        stock = stock_of(coordinator)
    stored = [move.line() for move in Move.objects.select_related("lot")]
    assert len(stored) == 10_000 + len(before)
    assert same(stock, fold(stored)), "the order of the rows does not matter"
    assert all(count >= 0 for count in stock.left.values())
    assert balanced(stored)
    assert not [one for one in stock.corrections if one.why == "short" and one.amount <= 0]
    by_kind = defaultdict(int)
    for one in stored:
        by_kind[one.kind] += one.amount if one.product in REVERSAL else 0
    corrected = sum(one.amount for one in stock.corrections if one.line.product in REVERSAL)
    kits = sum(count for (_, product, _), count in stock.left.items() if product in REVERSAL)
    out = by_kind["given"] + by_kind["expired"] + by_kind["lost"]
    assert by_kind["received"] + by_kind["returned"] + corrected == out + kits


def test_what_does_not_belong_here_is_refused(ours, cast, shelves):
    places, lots = shelves
    theirs = add_place(cast.other.agencies["recovery"], "Car", "car", by=cast.other.actor("coordinator"))
    coach = ours.actor("recovery_coach")
    good = Line(UUID(int=7), now(), "given", "nasal_4mg", 1, places[0], lots[0].id, recipient="person")
    for wrong in (
        {"place": theirs.id}, {"product": "nasal_3mg"}, {"amount": 0}, {"recipient": ""}, {"kind": "stolen"},
        {"at": now() + timedelta(days=1)}, {"to_place": places[1]}, {"kind": "moved", "recipient": ""},
        {"kind": "collected", "recipient": ""}, {"product": "balloons", "lot": None}, {"amount": 501},
    ):  # fmt: skip
        parts = {name: getattr(good, name) for name in Line.__dataclass_fields__} | wrong
        with pytest.raises(Refused):
            keep_lines([Line(**parts)], by=coach)
    assert keep_lines([good], by=coach) == 1
    with pytest.raises(Refused, match="another program"):
        keep_lines([Line(UUID(int=7), now(), "given", NOT_SAID, 1, theirs.id, recipient="person")],
                   by=cast.other.actor("recovery_coach"))  # fmt: skip
