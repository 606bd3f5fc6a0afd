"""Which partner is asked first, over plain values."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.visits.ordering import Candidate, in_order, read_taps, room, worth_asking


def one(number: int, **facts) -> Candidate:
    return Candidate(UUID(int=number), facts.pop("name", f"Place {number}"), **facts)


@pytest.mark.parametrize(
    ("left", "age", "expected"),
    [(2, "fresh", 0), (2, "grey", 1), (2, "ask", 2), (None, "ask", 2), (None, "fresh", 2), (0, "fresh", 3), (0, "grey", 3),
     (0, "ask", 2)],
)  # fmt: skip
def test_a_fresh_bed_comes_before_an_old_one_and_no_bed_last(left, age, expected):
    assert room(one(1, left=left, age=age)) == expected


def test_room_then_open_then_fit_then_near():
    full, shut = one(1, left=0, age="fresh", open="now", km=0.1), one(2, left=1, age="fresh", open="closed")
    far, near = one(3, open="now", km=9.0), one(4, open="now", km=2.0)
    fits, evening = one(5, open="now", fits=2, km=30.0), one(6, open="tonight")
    assert in_order([full, far, evening, near, shut, fits]) == [shut, fits, near, far, evening, full]


def test_who_just_said_no_bed_is_asked_only_when_nobody_else_is_there():
    full, unknown = one(1, left=0, age="fresh"), one(2)
    assert worth_asking([full, unknown], 3) == [unknown]
    assert worth_asking([full], 3) == [full]
    assert worth_asking([one(n) for n in range(9)], 3) == [one(0), one(1), one(2)]
    assert worth_asking([unknown], -1) == []


CANDIDATES = st.builds(
    Candidate, agency_id=st.uuids(), name=st.sampled_from(["A", "B"]), left=st.none() | st.integers(0, 3),
    age=st.sampled_from(["fresh", "grey", "ask"]), open=st.sampled_from(["now", "tonight", "closed", "unknown"]),
    km=st.none() | st.floats(0, 50), fits=st.integers(0, 3),
)  # fmt: skip


@given(st.lists(CANDIDATES, unique_by=lambda one: one.agency_id, max_size=8), st.randoms())
def test_the_order_does_not_depend_on_how_they_came(candidates, random):
    shuffled = random.sample(candidates, len(candidates))
    assert in_order(shuffled) == in_order(candidates)


@pytest.mark.parametrize(
    ("wants", "rides_to", "codes", "riding"),
    [
        (["shelter_tonight"], ["detox"], ("shelter_tonight", "detox"), {"detox"}),
        ([], ["shelter_tonight"], ("shelter_tonight",), {"shelter_tonight"}),
        (["shelter_tonight", "ride"], [], ("shelter_tonight",), {"shelter_tonight"}),
        (["shelter_tonight", "ride"], ["detox"], ("shelter_tonight", "detox"), {"detox"}),
        (["ride", "food"], [], ("ride", "food"), set()),
        (["food", "food", "nothing", "syringe_card"], [], ("food",), set()),
        ([], [], (), set()),
    ],
)
def test_taps_become_needs_each_once_and_a_ride_beside_a_stay_leads_there(wants, rides_to, codes, riding):
    taps = read_taps(wants, rides_to)
    assert taps.codes == codes
    assert taps.rides_to == riding
