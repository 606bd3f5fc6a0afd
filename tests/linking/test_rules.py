"""What may be learned, and what may come of pairs: plain values."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.identity.linkage import default_model, dump_model, load_model
from alongside.linking.rules import (
    FEWEST_OF_A_NAME,
    FEWEST_TO_TRAIN,
    Pair,
    believable,
    blended,
    groups,
    listed,
    may_train,
    to_propose,
)


def pair(one, other, sure=0.9):
    return Pair(one, other, sure, "possible", ("born_exact",))


@pytest.mark.parametrize(
    ("people", "names", "allowed"),
    [(0, 0, False), (1, 1, False), (FEWEST_TO_TRAIN - 1, 900, False), (FEWEST_TO_TRAIN, 1, False),
     (FEWEST_TO_TRAIN, FEWEST_TO_TRAIN // 20, True), (1_000_000, 90_000, True)],
)  # fmt: skip
def test_few_people_and_one_name_teach_nothing(people, names, allowed):
    decision = may_train(people, names)
    assert bool(decision) is allowed
    assert allowed or decision.reason.endswith("the model in use stays.")


def test_a_chain_of_possible_pairs_is_never_one_person():
    assert groups([pair(1, 2, 0.99), pair(2, 3, 0.98), pair(3, 4, 0.97)]) == [frozenset({1, 2}), frozenset({3, 4})]


def test_people_of_whom_every_two_are_a_pair_are_one_group():
    assert groups([pair(1, 2), pair(2, 3), pair(1, 3)]) == [frozenset({1, 2, 3})]


pairs = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda ends: ends[0] < ends[1]),
    st.sampled_from([0.1, 0.5, 0.5001, 0.9, 0.99]),
    max_size=30,
).map(lambda found: [pair(*ends, sure) for ends, sure in found.items()])


@given(pairs, st.randoms(use_true_random=False))
def test_groups_depend_on_no_order_and_hold_no_two_strangers(found, chance):
    joined = {(one.one, one.other) for one in found}
    made = groups(found)
    for group in made:
        assert all((left, right) in joined for left in group for right in group if left < right)
    mixed = list(found)
    chance.shuffle(mixed)
    assert groups(mixed) == made


@given(pairs)
def test_nobody_is_asked_about_endlessly_and_never_about_what_is_no_pair(found):
    asked = to_propose(found, 3)
    assert set(asked) <= set(found)
    size = {person: len(group) for group in groups(found) for person in group}
    for person in range(10):
        about = [one for one in asked if person in (one.one, one.other)]
        assert len(about) <= 3 + size.get(person, 1)


def test_a_group_is_asked_about_with_its_first_only():
    asked = to_propose([pair(1, 2), pair(2, 3), pair(1, 3)], 3)
    assert sorted((one.one, one.other) for one in asked) == [(1, 2), (1, 3)]


def test_only_names_that_many_carry_are_listed():
    counts = [("smith", 500), ("rarely", FEWEST_OF_A_NAME - 1), ("twenty", FEWEST_OF_A_NAME), ("", 900)]
    shares = listed(counts, 0.0001)
    assert set(shares) == {"smith", "twenty"}
    assert shares["smith"] == pytest.approx(500 / (500 + 19 + 20), abs=1e-6)


def test_what_was_learned_moves_the_model_and_what_was_not_stays():
    base = default_model()
    fresh = blended(base, {"given": {"exact": (0.9, 0.002), "close": (None, None)}}, 10_000, 6_000)
    assert base.levels["given"]["exact"].same < fresh.levels["given"]["exact"].same < 0.9
    assert fresh.levels["given"]["close"] == base.levels["given"]["close"]
    assert fresh.levels["given"]["exact"].kin == base.levels["given"]["exact"].kin
    assert load_model(dump_model(fresh)) == fresh
    nothing = blended(base, {"given": {"exact": (0.2, 0.002)}}, 10_000, 0)
    assert nothing.levels["given"]["exact"].same == pytest.approx(base.levels["given"]["exact"].same)


def test_a_model_that_learned_the_wrong_thing_is_not_believed():
    base = default_model()
    assert believable(base)
    given = dict(base.levels["given"])
    given["different"] = replace(given["different"], same=0.7)
    assert "given" in believable(replace(base, levels={**base.levels, "given": given})).reason


def test_a_thousand_pairs_take_no_time():
    chance = random.Random(4)
    found = {tuple(sorted(chance.sample(range(800), 2))): chance.random() for _ in range(2000)}
    assert to_propose([pair(*ends, sure) for ends, sure in found.items()], 3)
