"""The rules over plain values: who may be answered for, who is the same, how often."""

import pytest

from alongside.common.actor import POLICE_CLASSES
from alongside.elsewhere import rules
from alongside.elsewhere.rules import Standing, is_guarded, is_same, may_answer, may_answer_calls, may_ask_again


@pytest.mark.parametrize(
    ("person", "guarded", "allowed"),
    [
        (Standing(), False, True),
        (Standing(), True, False),
        (Standing(agreed=True), True, True),
        (Standing(stop="no_contact", agreed=True), False, False),
        (Standing(stop="no_visits"), False, False),
        (Standing(stop="a word nobody knows"), False, False),
        (Standing(deceased=True), False, False),
        (Standing(sealed=True, agreed=True), True, False),
        (Standing(forgotten=True, agreed=True), False, False),
        (Standing(restricted=True), False, False),
        (Standing(silent=True, agreed=True), True, False),
    ],
)
def test_who_may_be_answered_for(person, guarded, allowed):
    decision = may_answer(person, guarded=guarded)
    assert bool(decision) is allowed
    assert allowed or decision.reason


@pytest.mark.parametrize(
    ("said", "guarded"), [("no", False), ("yes", True), ("unsure", True), ("", True), ("NO", True)]
)
def test_anything_but_a_clear_no_counts_as_part_2(said, guarded):
    assert is_guarded(said) is guarded


DATE, OTHER_DATE, PHONE = ("name_date", "a"), ("name_date", "b"), ("name_phone", "c")


@pytest.mark.parametrize(
    ("asked", "known", "same"),
    [
        ([DATE], [DATE], True),
        ([DATE], [OTHER_DATE], False),
        ([DATE], [PHONE], False),
        ([PHONE], [PHONE, DATE], True),
        ([DATE, PHONE], [OTHER_DATE, PHONE], False),  # father and son, one name and one phone
        ([DATE, PHONE], [DATE], True),
        ([DATE], [OTHER_DATE, DATE], True),  # one of two records that were joined
        ([], [DATE], False),
        ([], [], False),
    ],
)
def test_the_same_is_the_same_and_nothing_near(asked, known, same):
    assert is_same(asked, known) is same
    assert is_same(known, asked) is same


@pytest.mark.parametrize(("kind", "allowed"), [(kind, False) for kind in sorted(POLICE_CLASSES)] + [("health", True)])
def test_nobody_is_told_to_ask_the_police(kind, allowed):
    assert bool(may_answer_calls(kind)) is allowed


def test_how_often():
    assert may_ask_again(rules.MOST_ASKED_BY_ONE - 1)
    assert not may_ask_again(rules.MOST_ASKED_BY_ONE)
    assert not rules.may_be_asked_again(rules.MOST_ASKED_UNDER_A_PACT)
