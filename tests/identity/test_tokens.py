"""Match tokens: a slip in any one part of a record leaves others whole; a surname alone and an address give none."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.identity.description import Description
from alongside.identity.tokens import (
    BITS,
    CODES,
    KIND_OF,
    KINDS,
    OLD_KINDS,
    WEIGHTS,
    asked_of,
    compounds,
    digits,
    fold,
    old_tokens_of,
    program_key,
    sound,
    stored,
    suppression_tokens,
    tokens_of,
)

KEY, OTHER_KEY = b"i" * 32, b"j" * 32
NAMES = st.text(alphabet=st.characters(categories=["L"], max_codepoint=0x24F), min_size=1, max_size=12)
DATES = st.dates(date(1930, 1, 1), date(2010, 12, 31))
PHONES = st.from_regex(r"\A[2-9]\d{9}\Z")
PEOPLE = st.builds(
    Description,
    given_name=st.just("") | NAMES, family_name=st.just("") | NAMES, birth_date=st.none() | DATES,
    phone=st.just("") | PHONES, aliases=st.just(()) | st.tuples(NAMES), town=st.just("") | NAMES,
)  # fmt: skip
JOSE = Description("José", "Nuñez-Díaz", date(1984, 5, 2), "978-555-0101", town="Eastpoint")


def shared(known, asked):
    return {kind for kind, _ in tokens_of(known, KEY) & asked_of(asked, KEY)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "jose"),
        ("Nuñez-Díaz", "NUNEZ DIAZ"),
        ("O'Brien", "OBrien"),
        (" Ann  Marie ", "annmarie"),
        ("Zoë", "zoe"),
    ],
)
def test_names_fold_alike(one, other):
    assert fold(one) == fold(other)


@given(name=st.text(max_size=30))
def test_folding_is_idempotent_and_leaves_plain_letters_only(name):
    once = fold(name)
    assert fold(once) == once
    assert once == "" or once.isalpha()


def test_a_name_in_another_script_is_found_like_any_other():
    born = date(1990, 2, 3)
    known = Description("Владимир", "Петров", born)
    assert "date_name" in shared(known, Description("ВЛАДИМИР", "петров", born))
    assert not shared(known, Description("Иван", "Сидоров", date(1971, 8, 30)))


@given(name=st.text(max_size=30))
def test_how_accents_are_written_does_not_matter(name):
    assert fold(unicodedata.normalize("NFC", name)) == fold(unicodedata.normalize("NFD", name))


@given(name=NAMES)
def test_case_and_spacing_do_not_matter(name):
    if len(name.upper()) == len(name.lower()) == len(name):
        assert fold(f" {name} ") == fold(name)


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+1 (978) 555-0101", "9785550101"),
        ("978.555.0101", "9785550101"),
        ("555-0101", "5550101"),
        ("5550", ""),
        ("", ""),
    ],
)
def test_phones_are_their_last_ten_digits(phone, expected):
    assert digits(phone) == expected


@pytest.mark.parametrize(("one", "other"), [("Smith", "Smyth"), ("Catherine", "Katherine"), ("Jon", "John")])
def test_names_that_sound_alike(one, other):
    assert sound(one) == sound(other) != ""


# --- what finds whom --------------------------------------------------------------------------------------------------

BOB = Description("Robert", "Ferreira", date(1984, 5, 12), "978-555-0101", town="Eastpoint")
SLIPS = {
    "a nickname": {"given_name": "Bob"},
    "a typing slip in the family name": {"family_name": "Fereirra"},
    "another family name": {"family_name": "Lopes"},
    "a second family name": {"family_name": "Ferreira-Lopes"},
    "a family name written apart": {"family_name": "de Ferreira"},
    "an initial": {"given_name": "R."},
    "no given name": {"given_name": ""},
    "first and last exchanged": {"given_name": "Ferreira", "family_name": "Robert"},
    "day and month exchanged": {"birth_date": date(1984, 12, 5)},
    "a wrong day": {"birth_date": date(1984, 5, 21)},
    "a wrong month": {"birth_date": date(1984, 6, 12)},
    "a wrong year": {"birth_date": date(1974, 5, 12)},
    "no date": {"birth_date": None},
    "a year only": {"birth_date": None, "born": "1984"},
    "an estimate": {"birth_date": None, "born": "~1985"},
    "both names misspelled": {"given_name": "Rboert", "family_name": "Frerira"},
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
@pytest.mark.parametrize("phone", ["978-555-0101", ""])
def test_a_slip_in_any_one_part_leaves_another_whole(slip, phone):
    """Whichever of the two came first."""
    other = replace(BOB, phone=phone, **slip)
    known = replace(BOB, phone=phone)
    assert shared(known, other) - {"phone", "phone_name"}
    assert shared(other, known) - {"phone", "phone_name"}


def test_two_who_go_by_two_short_forms_of_one_name_are_found():
    known = Description("Bill", "Ferreira", None, town="Eastpoint")
    assert shared(known, Description("Will", "Ferreira", None, town="Eastpoint"))


def test_another_name_finds_whoever_is_known_by_it():
    known = replace(BOB, aliases=("Big Red",))
    assert shared(known, Description(aliases=("Big Red",))) == {"alias"}
    assert shared(known, Description(given_name="Big Red")) == {"alias"}


def test_a_phone_alone_finds_and_says_the_least():
    assert shared(BOB, Description(phone="(978) 555 0101")) == {"phone"}


@given(person=PEOPLE)
def test_everybody_finds_themselves(person):
    """What is laid is asked for, but for what is laid for those who know no date."""
    laid = {pair for pair in tokens_of(person, KEY) if pair[0] not in ("names", "names_middle")}
    assert laid <= asked_of(person, KEY)


# --- what is never a token --------------------------------------------------------------------------------------------


@given(family=NAMES, place=st.text(max_size=40), sex=st.sampled_from(["", "f", "m"]))
def test_a_lone_surname_gives_no_token_and_an_address_never_does(family, place, sex):
    lone = Description(family_name=family, place=place, sex=sex)
    assert tokens_of(lone, KEY) == asked_of(lone, KEY) == frozenset()


@given(person=PEOPLE, place=st.text(max_size=40))
def test_where_somebody_lives_changes_no_token(person, place):
    assert tokens_of(replace(person, place=place), KEY) == tokens_of(person, KEY)


@given(person=PEOPLE)
def test_every_token_is_of_a_compound_and_short(person):
    for asked in (False, True):
        assert all("|" in text for _, text in compounds(person, asked=asked))
    assert {kind for kind, _ in asked_of(person, KEY)} <= set(KINDS)
    assert all(0 <= number < 2**BITS for _, number in asked_of(person, KEY))
    assert all(0 <= stored(kind, number) < 2**31 for kind, number in asked_of(person, KEY))


def test_numbers_are_so_short_that_they_collide():
    """A token by itself names nobody: in a program of a million every number is shared by a stranger on average."""
    assert BITS <= 20
    laid = [tokens_of(Description("Ann", f"Lee{n}", date(1980, 1, 1)), KEY) for n in range(3000)]
    for kind in ("month_name", "day_name"):
        assert len({number for one in laid for own, number in one if own == kind}) < 3000


@pytest.mark.parametrize(
    "description",
    [
        Description(), Description(given_name="🙂"), Description("*", "%"), Description("x" * 300, "y " * 300),
        Description("שלום", "עולם"), Description(phone="12"), Description(birth_date=date(1, 1, 1)),
        Description("A", "B", date(9999, 12, 31)), Description("a", "b", born="soon"), Description(aliases=("", " ")),
        Description("\u202eevil", "\x00"), Description(given_name="-", family_name="-"),
    ],
)  # fmt: skip
def test_whatever_is_typed_there_are_few_tokens_and_no_fault(description):
    assert len(tokens_of(description, KEY)) < 60
    assert len(asked_of(description, KEY)) < 200


def test_a_long_list_of_names_is_cut():
    many = Description("Maria Josefa Ana Rosa", "de la Cruz y Santos Pereira Lopes", date(1980, 2, 3),
                       aliases=tuple(f"name{n}" for n in range(90)), town="Eastpoint")  # fmt: skip
    assert len(tokens_of(many, KEY)) < 160


# --- keys, and the scheme before this one -----------------------------------------------------------------------------


def test_another_key_gives_other_numbers():
    assert not tokens_of(JOSE, KEY) & tokens_of(JOSE, OTHER_KEY)


def test_two_programs_have_no_number_in_common():
    one, other = program_key(KEY, b"a" * 16), program_key(KEY, b"b" * 16)
    assert not tokens_of(JOSE, one) & tokens_of(JOSE, other)


def test_the_tokens_of_the_scheme_before_are_as_they_were():
    """Rows of that scheme are in databases: were one number to change, nobody of them would be found."""
    assert dict(old_tokens_of(JOSE, KEY)) == {
        "name_date": 718914, "sound_date": 411155, "sound_year": 606218, "phone_sound": 415241,
    }  # fmt: skip


def test_suppressions_never_change():
    """They keep a promise to people who are forgotten: nobody could make them again."""
    assert suppression_tokens(JOSE, KEY) == {
        "sound_date": "57eefd634c69afa511dd545d09ca527b", "phone_sound": "4e7020feb8cc71d2325754c6d61b7b4c",
    }  # fmt: skip


def test_each_kind_has_a_number_of_its_own_and_a_weight():
    assert len(set(CODES.values())) == len(CODES)
    assert {KIND_OF[code] for code in CODES.values()} == set(CODES) == set(WEIGHTS)
    assert max(OLD_KINDS.values()) < min(KINDS.values())
    assert list(KINDS.values()) == sorted(KINDS.values())


def test_a_description_without_anything_is_empty():
    assert Description().is_empty
    assert Description(birth_date=date(1990, 1, 1)).is_empty
    assert not Description(phone="978-555-0101").is_empty
