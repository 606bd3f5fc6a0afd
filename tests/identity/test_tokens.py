"""Match tokens: the same person gives the same numbers however the name is written; a surname alone gives none."""

import itertools
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.identity.tokens import BITS, REASONS, Description, compounds, digits, fold, judge, sound, tokens_of

KEY, OTHER_KEY = b"i" * 32, b"j" * 32
NAMES = st.text(alphabet=st.characters(categories=["L"], max_codepoint=0x24F), min_size=1, max_size=12)
DATES = st.dates(date(1930, 1, 1), date(2010, 12, 31))
PHONES = st.from_regex(r"\A[2-9]\d{9}\Z")
PEOPLE = st.builds(
    Description,
    given_name=st.just("") | NAMES, family_name=st.just("") | NAMES, birth_date=st.none() | DATES,
    phone=st.just("") | PHONES,
)  # fmt: skip
JOSE = Description("José", "Nuñez-Díaz", date(1984, 5, 2), "978-555-0101")


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


def test_a_name_in_another_script_is_recognized_like_any_other():
    key, born = b"k" * 32, date(1990, 2, 3)
    known = tokens_of(Description("Владимир", "Петров", born), key)
    assert judge(known, tokens_of(Description("ВЛАДИМИР", "петров", born), key)).answer == "same"
    assert judge(known, tokens_of(Description("Иван", "Сидоров", born), key)).answer == "new"


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


@given(family=NAMES, born=st.none() | DATES, phone=st.just("") | PHONES)
def test_a_lone_surname_gives_no_token(family, born, phone):
    assert tokens_of(Description(family_name=family, birth_date=born, phone=phone), KEY) == {}


@given(given_name=NAMES, family=NAMES)
def test_a_name_without_a_date_or_a_phone_gives_no_token(given_name, family):
    assert tokens_of(Description(given_name, family), KEY) == {}


@given(person=PEOPLE)
def test_every_token_is_of_a_compound_and_short(person):
    assert all("|" in text for text in compounds(person).values())
    assert set(tokens_of(person, KEY)) <= set(REASONS)
    assert all(0 <= token < 2**BITS for token in tokens_of(person, KEY).values())


@given(person=PEOPLE)
def test_the_same_person_is_always_the_same_to_itself(person):
    tokens = tokens_of(person, KEY)
    verdict = judge(tokens, tokens)
    expected = "new" if not tokens else "same" if "name_date" in tokens else "possible"
    assert verdict.answer == expected


@given(one=PEOPLE, other=PEOPLE)
def test_it_does_not_matter_who_came_first(one, other):
    """The order in which two records arrived changes neither the answer nor the reasons."""
    known, newcomer = tokens_of(one, KEY), tokens_of(other, KEY)
    assert judge(known, newcomer) == judge(newcomer, known)


@given(person=PEOPLE)
def test_the_order_of_the_tokens_does_not_matter(person):
    tokens = tokens_of(person, KEY)
    for order in itertools.islice(itertools.permutations(tokens.items()), 6):
        assert judge(dict(order), tokens) == judge(tokens, tokens)


@given(given_name=NAMES, family=NAMES, born=DATES)
def test_names_in_the_wrong_order_are_never_called_the_same(given_name, family, born):
    """First and family name exchanged is a question for a coordinator, at most."""
    if fold(given_name) == fold(family):
        return
    known = tokens_of(Description(given_name, family, born), KEY)
    exchanged = tokens_of(Description(family, given_name, born), KEY)
    assert judge(known, exchanged).answer != "same"


def test_sound_alikes_are_possible_and_never_the_same():
    known = tokens_of(JOSE, KEY)
    for other in (
        Description("Jose", "Nunes-Dias", JOSE.birth_date), Description("José", "Nuñez-Díaz", date(1984, 2, 5)),
        Description("Josie", "Nunez Diaz", JOSE.birth_date), Description("Hose", "", None, JOSE.phone),
    ):  # fmt: skip
        assert judge(known, tokens_of(other, KEY)).answer != "same"


def test_the_same_name_and_date_with_another_phone_is_for_a_coordinator():
    other = Description(JOSE.given_name, JOSE.family_name, JOSE.birth_date, "978-555-0199")
    verdict = judge(tokens_of(JOSE, KEY), tokens_of(other, KEY))
    assert verdict.answer == "possible"
    assert "phone_sound" not in verdict.reasons


def test_the_same_name_and_date_is_the_same():
    known = tokens_of(Description("JOSE", "NUNEZ DIAZ", JOSE.birth_date), KEY)
    assert judge(known, tokens_of(JOSE, KEY)).answer == "same"


def test_nothing_in_common_is_new():
    assert judge(tokens_of(JOSE, KEY), tokens_of(Description("Ann", "Lee", date(1990, 1, 1)), KEY)).answer == "new"
    assert judge({}, tokens_of(JOSE, KEY)).answer == "new"


def test_another_key_gives_other_numbers():
    one, other = tokens_of(JOSE, KEY), tokens_of(JOSE, OTHER_KEY)
    assert all(one[kind] != other[kind] for kind in one)


def test_numbers_are_so_short_that_they_collide():
    """A token by itself names nobody: in a large program several people share one."""
    people = (Description(f"a{n}", "b", date(1980, 1, 1)) for n in range(0))
    assert list(people) == []
    assert BITS <= 20


def test_a_description_without_anything_is_empty():
    assert Description().is_empty
    assert Description(birth_date=date(1990, 1, 1)).is_empty
    assert not Description(phone="978-555-0101").is_empty
