"""What a note cannot hold, what only sounds like it, and the words that get a better one offered."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.free_text import BETTER_WORDS, better_words, why_not_kept

KEPT = [
    "",
    "In charge of her kids until Friday.",
    "Needs a phone charger and a charging cable.",
    "Left a plate of food and a coffee.",
    "Works at the license plate factory.",
    "Free of charge at the clinic.",
    "Meet at the courthouse steps, by the bench.",
    "Behind 4412 Court Street, second door.",
    "Phone 555-010-9917, mornings.",
    "Call 215 555 0134 after six.",
    "+1 (617) 555-0100",
    "Born in 1984, lives with two cats.",
    "Bus 23 to Main St, room 114.",
    "Bed 12-34-5678 is not a thing anyone says, but zip 19103-1234 is.",
    "Was in cardiac arrest when the medics came.",
    "Respiratory arrest, two doses.",
    "The nurse in charge will call back.",
    "Price tags on the door.",
    "No charge for the ride.",
    "Asked about methadone dose of 90 mg.",
    "Spoke of the lighthouse.",
    "She is warranted a rest.",
    "Wants to see her probate lawyer.",
    "The visit on 2026-01-15 at 17:00 went well.",
    "Registration desk opens at 9 am.",
    "Said 100 or 200 milligrams is enough.",
    "Behind the old Charge Street bakery.",
    "Lost her driver's license, wants a new one.",
    "Needs help to renew his state ID.",
    "SSN card was lost; wants a new one.",
]
BLOCKED = [
    ("His SSN is 123-45-6789.", "social security"),
    ("123 45 6789", "social security"),
    ("social security number: 123456789", "social security"),
    ("SSN#123456789", "social security"),
    ("NCIC W123456789", "police or court"),
    ("FBI no. 123456AB7", "police or court"),
    ("SID number PA12345678", "police or court"),
    ("booking # 2024-00123", "police or court"),
    ("docket no 24-CR-00123", "police or court"),
    ("plate ABC-1234", "license plate"),
    ("Drives a blue car, license plate 7XYZ123", "license plate"),
    ("tag number KJH 4521", "license plate"),
    ("driver's license S12345678", "license"),
    ("VIN 1HGCM82633A004352", "license"),
    ("There is a bench warrant in the next county.", "warrants"),
    ("He has a warrant.", "warrants"),
    ("She has open warrants", "warrants"),
    ("Facing drug charges next week.", "warrants"),
    ("charged with possession", "warrants"),
    ("long criminal history", "warrants"),
    ("Was arrested last week.", "warrants"),
    ("He is on probation until May.", "warrants"),
    ("convicted in 2019", "warrants"),
    ("two felonies", "warrants"),
    ("undocumented, afraid of ICE", "warrants"),
    ("priors", "warrants"),
]


@pytest.mark.covers("R25")
@pytest.mark.parametrize("text", KEPT)
def test_what_only_sounds_like_it_is_kept(text):
    assert why_not_kept(text) == ""


@pytest.mark.covers("R25")
@pytest.mark.parametrize(("text", "named"), BLOCKED)
def test_a_number_of_a_file_or_a_word_about_charges_is_named(text, named):
    reason = why_not_kept(text)
    assert named in reason
    assert reason.endswith("not kept here.")
    assert text not in reason


PLAIN_WORDS = st.text(string.ascii_lowercase + " .,", max_size=60)


@pytest.mark.covers("R25")
@given(before=PLAIN_WORDS, after=PLAIN_WORDS, which=st.sampled_from(BLOCKED), shout=st.booleans())
def test_it_is_found_wherever_it_stands(before, after, which, shout):
    text = f"{before} . {which[0]} . {after}"
    assert why_not_kept(text.upper() if shout else text)
    assert why_not_kept(text.replace(" ", "\n  "))


@pytest.mark.covers("R25")
@given(area=st.integers(1, 899), group=st.integers(1, 99), serial=st.integers(1, 9999), mark=st.sampled_from("- "))
def test_every_social_security_number_is_found(area, group, serial, mark):
    text = f"{area:03}{mark}{group:02}{mark}{serial:04}"
    assert bool(why_not_kept(f"it is {text} he said")) is (area != 666)


@given(area=st.integers(200, 999), middle=st.integers(0, 999), last=st.integers(0, 9999), mark=st.sampled_from("- ."))
def test_no_phone_number_is_taken_for_one(area, middle, last, mark):
    assert why_not_kept(f"{area}{mark}{middle:03}{mark}{last:04}") == ""


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text):
    assert isinstance(why_not_kept(text), str)
    assert isinstance(better_words(text), list)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An addict, but kind.", ["a person who uses drugs"]),
        ("He is clean now.", ["not using"]),
        ("A clean shirt would help.", []),
        ("Said \"I am an addict\" and laughed.", []),
        ("Said “I am a junkie”.", []),
        ("Refused help again.", ["said not today"]),
        ("Wants to talk about drug use.", []),
        ("The database of users", ["a person who uses drugs"]),
    ],
)  # fmt: skip
def test_a_word_that_judges_gets_a_better_one(text, found):
    assert [better for _, better in better_words(text)] == found


def test_the_better_words_judge_nobody():
    assert [words for words in BETTER_WORDS.values() if better_words(words)] == []
