"""What is sealed for one place opens there, under its key and unchanged, and nowhere else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.identity.envelope import NONCE_BYTES, VERSION, Unreadable, open_bytes, seal_bytes

KEY, PLACE = b"k" * 32, "identity_identity|given_name|0190"


@given(plain=st.binary(max_size=300), place=st.text(max_size=60))
def test_what_was_sealed_opens_again(plain, place):
    assert open_bytes(KEY, seal_bytes(KEY, plain, place), place) == plain


@given(plain=st.binary(min_size=8, max_size=300))
def test_the_plain_value_is_not_in_the_sealed_one(plain):
    assert plain not in seal_bytes(KEY, plain, PLACE)


@pytest.mark.covers("R63")
@given(place=st.text(max_size=60).filter(lambda place: place != PLACE))
@pytest.mark.covers("R63")
def test_it_opens_in_no_other_place(place):
    with pytest.raises(Unreadable):
        open_bytes(KEY, seal_bytes(KEY, b"Maria", PLACE), place)


@pytest.mark.covers("R63")
@given(spot=st.integers(0, 1000), bit=st.integers(0, 7))
def test_a_single_changed_bit_is_noticed(spot, bit):
    sealed = bytearray(seal_bytes(KEY, b"Maria", PLACE))
    sealed[spot % len(sealed)] ^= 1 << bit
    with pytest.raises(Unreadable):
        open_bytes(KEY, bytes(sealed), PLACE)


def test_another_key_does_not_open_it():
    with pytest.raises(Unreadable):
        open_bytes(os.urandom(32), seal_bytes(KEY, b"Maria", PLACE), PLACE)


@pytest.mark.parametrize("version", [b"\x00", b"\x02", b"\xff", b""])
def test_an_unknown_version_is_not_guessed_at(version):
    with pytest.raises(Unreadable, match="version"):
        open_bytes(KEY, version + seal_bytes(KEY, b"Maria", PLACE)[1:] if version else b"", PLACE)


@given(cut=st.integers(1, 40))
def test_a_cut_value_is_unreadable_and_nothing_worse(cut):
    with pytest.raises(Unreadable):
        open_bytes(KEY, seal_bytes(KEY, b"Maria", PLACE)[:-cut], PLACE)


@pytest.mark.covers("R63")
def test_a_nonce_is_never_used_twice():
    """At night ten million times: 96 random bits, so the chance of one repeat by luck is below 10**-15."""
    count = int(os.environ.get("ALONGSIDE_NONCES", "100000"))
    nonces = {seal_bytes(KEY, b"", PLACE)[len(VERSION) : len(VERSION) + NONCE_BYTES] for _ in range(count)}
    assert len(nonces) == count
