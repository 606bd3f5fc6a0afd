"""No way leads out of the house but the one with an order, a mandate, counsel, two approvals, a pack and notice."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.legal import rules
from alongside.legal.rules import (
    FIELDS,
    FINDINGS,
    MOVES,
    NEEDED,
    STATUSES,
    STATUTES,
    Order,
    Standing,
    fictitious_name,
    may_approve,
    may_move,
    may_sign,
    months_between,
    noticed,
    verified,
)

WHOLE = Order("2.65", NEEDED["2.65"], "subpoena", frozenset({"phone"}), date(2026, 1, 1), date(2026, 2, 1))
READY = Standing(
    kind="court_order", has_counsel=True, statute="2.61", order=WHOLE, has_person=True, approvals=2, pack_built=True,
    notice="given",
)  # fmt: skip

some_orders = st.builds(
    Order,
    basis=st.sampled_from(["", "2.64", "2.65", "2.61"]),
    findings=st.sampled_from([frozenset(), frozenset(FINDINGS), NEEDED["2.64"], NEEDED["2.65"] - {"extremely_serious"}]),
    mandate=st.sampled_from(["", "subpoena", "in_order", "a friendly word"]),
    fields=st.sampled_from([frozenset(), frozenset({"phone"}), frozenset({"everything"})]),
    first_on=st.sampled_from([None, date(2026, 1, 1)]),
    last_on=st.sampled_from([None, date(2025, 12, 31), date(2026, 2, 1)]),
)
some_standings = st.builds(
    Standing,
    kind=st.sampled_from(["", "informal", "immigration", "court_order", "subpoena"]),
    has_counsel=st.booleans(),
    statute=st.sampled_from(["", *STATUTES]),
    order=st.one_of(st.just(WHOLE), some_orders),
    has_person=st.booleans(),
    approvals=st.integers(0, 3),
    pack_built=st.booleans(),
    notice=st.sampled_from(["", "given", "to_lawyer", "barred", "forgot"]),
    bar_paragraph=st.integers(0, 2),
)


@pytest.mark.covers("R32", "R33")
@given(st.lists(st.tuples(st.sampled_from(sorted(STATUSES)), some_standings), max_size=60))
def test_no_path_reaches_release_without_everything(tries):
    """Whatever is tried in whatever order, with whatever claimed: who arrives at “released” came the whole way."""
    status, path = "received", ["received"]
    for to, standing in tries:
        if may_move(status, to, standing):
            status = to
            path.append(to)
            if to in rules.WAY_OUT:
                assert standing.has_counsel
                assert standing.has_person
                assert verified(standing.order)
            if to in rules.WAY_OUT[1:]:
                assert standing.approvals >= 2
            if to in ("noticed", "released"):
                assert standing.pack_built
                assert noticed(standing.notice, standing.bar_paragraph)
    if "released" in path:
        way = ["acknowledged", "classified", "with_counsel", *rules.WAY_OUT]
        places = [max(i for i, step in enumerate(path[: path.index("released") + 1]) if step == name) for name in way]
        assert places == sorted(places)


@pytest.mark.covers("R32", "R33")
def test_every_path_of_the_table_to_release_goes_through_every_gate():
    """All simple paths of the table itself, not a sample of them."""
    paths = []

    def walk(path):
        for to in MOVES[path[-1]]:
            if to == "released":
                paths.append([*path, to])
            elif to not in path:
                walk([*path, to])

    walk(["received"])
    assert len(paths) >= 4
    for path in paths:
        assert {"with_counsel", "order_verified", "approved", "pack_built", "noticed"} <= set(path)


@pytest.mark.covers("R32", "R33")
@pytest.mark.parametrize(
    "lacks",
    [{"has_counsel": False}, {"has_person": False}, {"approvals": 1}, {"pack_built": False}, {"notice": ""},
     {"notice": "barred", "bar_paragraph": 0}]
    + [{"order": replace(WHOLE, findings=WHOLE.findings - {one})} for one in sorted(WHOLE.findings)]
    + [{"order": replace(WHOLE, **{name: empty})} for name, empty in
       (("basis", ""), ("mandate", ""), ("fields", frozenset()), ("first_on", None), ("last_on", None))],
)  # fmt: skip
def test_each_thing_that_lacks_stops_it(lacks):
    assert may_move("noticed", "released", READY)
    assert not may_move("noticed", "released", replace(READY, **lacks))


@pytest.mark.covers("R32")
def test_a_paper_alone_leads_to_counsel_and_no_further():
    """A subpoena, a warrant, a friendly question: the same three steps, and then only ways that release nothing."""
    paper = Standing(kind="court_order", has_counsel=True, statute="2.61")
    status = "received"
    for to in ("acknowledged", "classified", "with_counsel"):
        assert may_move(status, to, paper)
        status = to
    assert {to for to in STATUSES if may_move("with_counsel", to, paper)} == {"declined", "motion_filed", "narrowed"}


def test_a_step_asks_for_what_it_is_about():
    nothing = Standing()
    assert not may_move("acknowledged", "classified", nothing)
    assert not may_move("classified", "with_counsel", nothing)
    assert not may_move("with_counsel", "declined", nothing)
    assert not may_move("received", "released", READY)
    assert not may_move("nowhere", "closed", READY)


def test_a_field_nobody_knows_and_a_period_without_end_are_no_scope():
    assert not verified(replace(WHOLE, fields=frozenset({"phone", "everything"})))
    assert not verified(replace(WHOLE, last_on=date(2040, 1, 1)))
    assert not verified(replace(WHOLE, first_on=date(2026, 3, 1)))


@pytest.mark.covers("R32")
@pytest.mark.parametrize("who", ["is_police", "entered_it", "is_its_counsel", "did_already"])
def test_who_may_not_be_one_of_the_two(who):
    nobody = dict.fromkeys(("is_police", "entered_it", "is_its_counsel", "did_already"), False)
    assert may_approve(**nobody)
    assert not may_approve(**nobody | {who: True})


@pytest.mark.covers("R35")
def test_who_may_sign_a_month():
    month, today = date(2026, 1, 1), date(2026, 2, 1)
    assert may_sign(month, today, ["a"], "b", is_police=False)
    assert not may_sign(month, today, ["a"], "a", is_police=False)
    assert not may_sign(month, today, [], "b", is_police=True)
    assert not may_sign(month, date(2026, 1, 31), [], "b", is_police=False)
    assert not may_sign(date(2026, 1, 2), today, [], "b", is_police=False)


def test_small_words():
    assert months_between(date(2025, 11, 20), date(2026, 2, 1)) == [date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1)]
    assert fictitious_name(3) == "Jordan Doe 3"
    assert {privacy_class for _, privacy_class in FIELDS.values()} == {"identity", "contact", "health", ""}
