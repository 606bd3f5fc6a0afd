"""Rows for public health hold a year, a state, a band of age and a kind, and can hold nothing else."""

from dataclasses import asdict, fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.consent.public_rows import AGE_BANDS, PublicRow, age_band, public_rows

KINDS = ("overdose", "theft")
IDENTIFYING = {
    "name": "Wrenna Quill", "town": "Eastpoint", "county": "Harbor County", "zip": "02134", "phone": "555-010-4411",
    "place": "12 Pier Road", "person": "018f", "code": "amber-heron 42", "birth_date": date(1990, 2, 3), "note": "at noon",
    "coordinates": (42.1, -71.2), "email": "w@example.org",
}  # fmt: skip


@pytest.mark.covers("R15")
def test_a_row_has_four_columns():
    assert [field.name for field in fields(PublicRow)] == ["year", "state", "age_band", "kind"]


@pytest.mark.covers("R15")
def test_nothing_that_could_find_somebody_comes_out():
    row = IDENTIFYING | {"on": datetime(2026, 1, 15, 17, 3, tzinfo=UTC), "age": 35, "kind": "overdose"}
    (out,) = public_rows([row], KINDS, "MA")
    assert out == PublicRow(2026, "MA", "35-44", "overdose")
    assert not [value for value in IDENTIFYING.values() if str(value) in str(asdict(out))]


@pytest.mark.covers("R15")
@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-17"), (17, "0-17"), (18, "18-24"), (64, "55-64"), (65, "65-89"), (89, "65-89"), (90, "90+"), (91, "90+"),
     (110, "90+"), (-1, "unknown"), (131, "unknown"), (None, "unknown"), ("35", "unknown"), (True, "unknown")],
)  # fmt: skip
def test_ages_are_bands_and_ninety_and_more_is_one(age, band):
    assert age_band(age) == band


@pytest.mark.covers("R15")
@pytest.mark.parametrize("state", ["", "ma", "Eastpoint", "02134", "M4"])
def test_a_place_is_a_state_or_nothing(state):
    assert public_rows([{}], KINDS, state) == [PublicRow(None, "unknown", "unknown", "unknown")]


@pytest.mark.covers("R15")
@given(st.dictionaries(st.sampled_from(["on", "age", "kind", "town", "name", "zip"]), st.text(max_size=20)))
def test_free_text_never_passes(row):
    (out,) = public_rows([row], KINDS, "MA")
    assert out.year is None
    assert out.age_band in {"unknown", *(band for _, band in AGE_BANDS)}
    assert out.kind in {"unknown", *KINDS}
