"""Addresses that are a key: ours open, everybody else's do not."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common import links

A, B = UUID(int=7), UUID(int=9)


@given(st.uuids(), st.uuids())
def test_what_was_signed_is_read_again(program, row):
    written = links.token("answer", program, row)
    assert links.read("answer", written) == (program, row)
    assert len(written) == 64
    assert written.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("wrong", ["", "a", "é" * 64, "A" * 64, "=" * 64])
def test_anything_else_is_nothing(wrong):
    assert links.read("answer", wrong) is None


def test_one_letter_more_is_nothing():
    assert links.read("answer", links.token("answer", A, B) + "A") is None


def test_every_changed_letter_and_every_other_purpose_is_nothing():
    written = links.token("answer", A, B)
    for place in range(len(written)):
        changed = written[:place] + ("A" if written[place] != "A" else "B") + written[place + 1 :]
        assert links.read("answer", changed) is None
    assert links.read("ride", written) is None


def test_a_code_can_be_said_in_any_case():
    code = links.spoken_code("answer", A)
    assert links.code_hash("answer", code) == links.code_hash("answer", code.lower().replace("-", " "))
    assert code != links.spoken_code("answer", B)
    assert code != links.spoken_code("ride", A)
