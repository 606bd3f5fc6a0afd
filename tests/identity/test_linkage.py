"""What recognition answers: a table of two people and the answer, and what must hold for any two."""

# ruff: noqa: E501  (lists and tables laid by hand)

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter
from dataclasses import fields, replace
from datetime import date
from inspect import signature
from itertools import combinations

import pytest
from django.conf import settings as settings_of_django
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.identity import alike
from alongside.identity.description import Description
from alongside.identity.linkage import REASONS, VETO, compare, default_model, dump_model, judge, load_model, verdict_on

EXAMPLES = int(os.environ.get("ALONGSIDE_EXAMPLES", "60"))
MODEL = default_model().for_size(5_000)


def person(text: str, **more: object) -> Description:
    """“Rosa Lima 1984-05-07” as a description; “-” for a name that is not known."""
    first, last, *born = text.split(" ")
    born_on = date.fromisoformat(born[0]) if born else None
    names = {"given_name": first.replace("_", " ").strip("-"), "family_name": last.replace("_", " ").strip("-")}
    return Description(**names, birth_date=born_on, **more)  # type: ignore[arg-type]


HOME = {"place": "12 Main Street", "town": "Fairharbor"}
TABLE = [
    ("as before", person("Rosa Lima 1984-05-07"), person("Rosa Lima 1984-05-07"), "same"),
    ("accents lost", person("José Núñez 1990-02-11"), person("jose nunez 1990-02-11"), "same"),
    ("a nickname", person("Robert Kowalski 1971-03-02"), person("Bob Kowalski 1971-03-02"), "same"),
    ("another language", person("João Medeiros 1971-03-02"), person("John Medeiros 1971-03-02"), "same"),
    ("sounds alike", person("Katherine Meyer 1988-11-20"), person("Catherine Meier 1988-11-20"), "same"),
    ("one of two surnames", person("Ana García_López 1979-08-01"), person("Ana López 1979-08-01"), "same"),
    ("surnames in another order", person("Ana García-López 1979-08-01"), person("Ana López_García 1979-08-01"), "same"),
    ("particles", person("Maria De_La_Cruz 1979-08-01"), person("Maria Cruz 1979-08-01"), "same"),
    ("names swapped", person("Hung Nguyen 1979-08-01", **HOME), person("Nguyen Hung 1979-08-01", **HOME), "same"),
    ("day and month swapped, same phone", person("Rosa Lima 1984-05-07", phone="508-555-0147"),
     person("Rosa Lima 1984-07-05", phone="(508) 555 0147"), "same"),
    ("one digit wrong, same phone", person("Rosa Lima 1984-05-07", phone="508-555-0147"),
     person("Rosa Lima 1984-05-17", phone="5085550147"), "same"),
    ("a common name, no date", person("John Smith"), person("John Smith 1980-01-02"), "possible"),
    ("only the year", person("Ruslana Okafor 1984-05-07"), Description("Ruslana", "Okafor", born="1984"), "possible"),
    ("twins", person("Rosa Lima 1984-05-07", **HOME), person("Ines Lima 1984-05-07", **HOME), "possible"),
    ("Jr and Sr", person("Paul Roy 1951-05-07", **HOME), person("Paul Roy 1984-02-01", **HOME), "possible"),
    ("Jr said", person("Paul Roy 1984-05-07", suffix="Jr", **HOME), person("Paul Roy 1984-05-07", suffix="Sr", **HOME), "possible"),
    ("brothers", person("Paul Roy 1984-05-07", **HOME), person("Adam Roy 1988-02-01", **HOME), "new"),
    ("one name at one address, no date", person("Paul Roy", **HOME), person("Paul Roy 1984-02-01", **HOME), "possible"),
    ("Sr said, and no date to tell", person("Paul Roy", suffix="Sr", **HOME), person("Paul Roy 1984-02-01", **HOME), "possible"),
    ("a place", Description(**HOME), Description(**HOME), "new"),
    ("a place and a family name", person("- Roy", **HOME), person("- Roy", **HOME), "new"),
    ("a shelter's phone", person("Paul Roy 1984-05-07", phone="5085550147"), person("Ines Lima 1990-01-01", phone="5085550147"), "new"),
    ("a birthday", Description(birth_date=date(1984, 5, 7)), Description(birth_date=date(1984, 5, 7)), "new"),
    ("nothing", Description(), Description(), "new"),
    ("nothing and somebody", Description(), person("Rosa Lima 1984-05-07"), "new"),
    ("an impossible date", Description("Rosa", "Smith", born="1984-02-31"), Description("Rosa", "Smith", born="1984-13-45"), "possible"),
    ("emoji", Description("😀", "😀"), Description("😀", "😀"), "new"),
    ("street names", Description(aliases=("Slim",), town="Fairharbor"), Description(aliases=("slim",), town="Fairharbor"), "possible"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "answer"), [pytest.param(*row[1:], id=row[0]) for row in TABLE])
def test_who_is_who(one, other, answer):
    verdict = verdict_on(one, other, MODEL)
    assert verdict.answer == answer, verdict
    assert set(verdict.reasons) <= set(REASONS)


def test_letters_of_another_script_are_compared_too():
    one = Description("יוסף", "כהן", date(1984, 5, 7))
    assert judge(compare(one, one, MODEL), MODEL).answer == "same"
    assert judge(compare(one, replace(one, given_name="דוד"), MODEL), MODEL).answer != "same"


def test_a_name_of_three_hundred_letters_is_no_match_and_no_trouble():
    one = Description("a" * 300, "b" * 300, date(1984, 5, 7))
    assert judge(compare(one, person("Rosa Lima 1984-05-07"), MODEL), MODEL).answer != "same"


def test_the_model_file_says_the_same_again_and_refuses_what_is_none():
    assert load_model(dump_model(MODEL)) == MODEL
    for text in (
        "",
        "{}",
        "[]",
        '{"version": 99}',
        dump_model(MODEL).replace('"prior": ', '"prior": 0, "x": ', 1)[:-5],
    ):
        with pytest.raises(ValueError, match=r"."):
            load_model(text)


def test_every_level_of_the_model_has_words():
    kinds = {f"{kind}_{level}" for kind, table in MODEL.levels.items() for level in table}
    assert kinds | {"household_kin"} == set(REASONS)
    assert set(VETO.values()) <= set(REASONS)


NAMES = st.sampled_from(
    [
        "",
        "Rosa",
        "Roza",
        "Maria José",
        "J",
        "John",
        "Jack",
        "Nguyen",
        "de la Cruz",
        "Cruz-Lima",
        "Smith",
        "Smyth",
        "😀",
        "משה",
    ]
)
DATES = st.sampled_from(
    [None, date(1984, 5, 7), date(1984, 7, 5), date(1984, 5, 8), date(1951, 5, 7), date(1985, 1, 1), date(1940, 2, 29)]
)
PEOPLE = st.builds(
    Description, given_name=NAMES, family_name=NAMES, birth_date=DATES, phone=st.sampled_from(["", "5085550147", "5085550148", "7"]),
    middle_name=NAMES, suffix=st.sampled_from(["", "Jr", "Sr", "III"]), aliases=st.lists(NAMES, max_size=2).map(tuple),
    born=st.sampled_from(["", "1984", "~1984", "1984-05", "1984-99-99", "soon"]), sex=st.sampled_from(["", "f", "m"]),
    place=st.sampled_from(["", "12 Main Street", "12 main st", "14 Main St", "Elm Ave", "shelter"]),
    town=st.sampled_from(["", "Fairharbor", "Fairhabor", "Millbridge"]),
)  # fmt: skip
ANY = st.builds(Description, given_name=st.text(max_size=90), family_name=st.text(max_size=90), phone=st.text(max_size=20), born=st.text(max_size=12), place=st.text(max_size=40), town=st.text(max_size=20))  # fmt: skip


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_who_came_first(one, other):
    assert compare(one, other, MODEL) == compare(other, one, MODEL)


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(ANY, ANY)
def test_any_text_is_answered(one, other):
    assert compare(one, other, MODEL) == compare(other, one, MODEL)
    assert 0 <= judge(compare(one, other, MODEL), MODEL).probability <= 1


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(PEOPLE, PEOPLE)
def test_a_place_and_a_town_never_link_alone(one, other):
    blank = {"given_name": "", "family_name": "", "middle_name": "", "phone": "", "aliases": ()}
    assert judge(compare(replace(one, **blank), replace(other, **blank), MODEL), MODEL).answer == "new"


def test_the_crossing_with_most_overdoses_of_a_real_county_joins_nobody():
    """56 calls to one crossing: without a name they are nobody, and neighbors with one name in common are two people."""
    calls = settings_of_django.DATA_FOLDER / "montco911" / "montco911_2015-12-10_2017-04-13.csv.gz"
    if not calls.exists():
        pytest.skip(f"the public call files are not in {calls.parent}")
    with gzip.open(calls, "rt", newline="") as file:
        places = Counter((row["addr"], row["twp"]) for row in csv.DictReader(file) if "OVERDOSE" in row["title"])
    [((place, town), count)] = places.most_common(1)
    assert count == 56
    unnamed = Description(place=place, town=town)
    assert judge(compare(unnamed, unnamed, MODEL), MODEL).answer == "new"
    given, family = ("Ann", "Ben", "Cleo", "Dov", "Elin", "Finn", "Gail", "Hugo"), ("Alves", "Brandt", "Chau", "Duarte", "Egan", "Ferro", "Gomes")
    # The worst there could be: all of one first name are of one year, and some of their dates differ by a digit.
    neighbors = [
        Description(one, other, date(1960 + 4 * at, 1 + (5 * at + back) % 12, 1 + 7 * back % 28), place=place, town=town)
        for at, one in enumerate(given) for back, other in enumerate(family)
    ]  # fmt: skip
    assert len(neighbors) == count
    answers = {verdict_on(one, other, MODEL).answer for one, other in combinations(neighbors, 2)}
    assert "same" not in answers


def test_nothing_but_what_tells_people_apart_is_asked_for():
    """What is not in a description can change no answer: no race, no ethnicity, nothing of a court, a jail or the police."""
    assert {part.name for part in fields(Description)} == {
        "given_name", "family_name", "birth_date", "phone", "middle_name", "suffix", "aliases", "born", "sex", "place", "town",
    }  # fmt: skip
    assert list(signature(compare).parameters) == ["one", "other", "model"]
    assert list(signature(judge).parameters) == ["evidence", "model"]


BORN = date(1984, 5, 7)
PHONE = {"phone": "617-555-0100"}


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        # Both names and a whole date attach, also with a slip in one of the three.
        (Description("Stephen", "Petersen", BORN), Description("Steven", "Peterson", BORN), "same"),
        (Description("Stephen", "Petersen", BORN, **PHONE), Description("Stephen", "Petersen", date(1984, 5, 17), **PHONE), "same"),
        (Description("Marisol", "de la Cruz", BORN), Description("Marisol", "Delacruz", BORN), "same"),
        # A year, an age or a month is shared by many of one name; 1 January is written where no day is known.
        (Description("Stephen", "Petersen", BORN), Description("Steven", "Peterson", born="1984"), "possible"),
        (Description("Stephen", "Petersen", BORN), Description("Stephen", "Petersen", born="1984-05"), "possible"),
        (Description("Stephen", "Petersen", BORN), Description("Stephen", "Petersen", born="~1983"), "possible"),
        (Description("Sokha", "Chea", date(1980, 1, 1)), Description("Sokha", "Chea", date(1980, 1, 1)), "possible"),
        # One name in one house, or with one phone, and a date missing: a father and his son; a shelter's phone.
        (Description("Stephen", "Petersen", BORN, **HOME), Description("Stephen", "Petersen", **HOME), "possible"),
        (Description("Stephen", "Petersen", **PHONE), Description("Stephen", "Petersen", **PHONE), "possible"),
        (Description("Mike", "Garcia", BORN, **PHONE), Description("Mike", **PHONE), "possible"),
        # One digit apart and thirty years: the son has the father's name, house and phone.
        (Description("Ernesto", "Quispe", BORN, **HOME), Description("Ernesto", "Quispe", date(1954, 5, 7), **HOME), "possible"),
        (Description("John", "Smith Jr", BORN, **PHONE), Description("John", "Smith", date(1954, 5, 7), **PHONE), "possible"),
        (Description("Rosa", "Smith", born="1984-02-31"), Description("Rosa", "Smith", born="1984-02-31"), "possible"),
        (Description("Ana", "Pires", date(1984, 1, 7)), Description("Ana", "Pires", date(1999, 1, 7)), "possible"),
        # Two names that are spelled alike: twins.
        (Description("Paul", "Silveira", BORN, **HOME), Description("Paula", "Silveira", BORN, **HOME), "possible"),
        (Description("Jayden", "Silveira", BORN, **HOME), Description("Hayden", "Silveira", BORN, **HOME), "possible"),
        (Description("Mark", "Silveira", BORN, **HOME), Description("Mary", "Silveira", BORN, **HOME), "possible"),
        (Description("Eugene", "Silveira", BORN, **HOME), Description("Rugene", "Silveira", BORN, **HOME), "same"),
        # Unlike family names attach with the very same date and a phone or a house besides, and with nothing less.
        (Description("Hector", "Lopes", BORN), Description("Hector", "Ruiz", BORN), "possible"),
        (Description("Dolores", "Lopes", BORN, **PHONE), Description("Dolores", "Ruiz", BORN, **PHONE), "same"),
        (Description("Dolores", "Lopes", BORN, **HOME), Description("Dolores", "Ruiz", date(1984, 5, 17), **HOME), "possible"),
        # What is written where nothing is known is nobody in common.
        (Description("Unknown", "Unknown", BORN), Description("Unknown", "Unknown", BORN), "new"),
        (Description("John", "Doe", date(1900, 1, 1)), Description("John", "Doe", date(1900, 1, 1)), "possible"),
        (Description("Ana", "Lopes", phone="0000000000"), Description("Ana", "Ruiz", phone="0000000000"), "new"),
    ],
)  # fmt: skip
def test_what_attaches_by_itself_and_what_asks(one, other, answer):
    model = default_model().for_size(300)
    assert verdict_on(one, other, model).answer == verdict_on(other, one, model).answer == answer


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(PEOPLE, PEOPLE)
def test_without_two_whole_dates_of_about_one_year_nobody_is_attached(one, other):
    if verdict_on(one, other, MODEL).answer == "same":
        assert None not in (one.birth_date, other.birth_date)
        assert abs(one.birth_date.year - other.birth_date.year) <= 12


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(PEOPLE, PEOPLE)
def test_unlike_first_names_jr_and_years_far_apart_never_attach_by_themselves(one, other):
    evidence = compare(one, other, MODEL)
    if any((item.kind, item.level) in VETO for item in evidence):
        assert judge(evidence, MODEL).answer != "same"


DIFFERENCES = {
    "phone": ("5085550147", "7745550199"), "birth_date": (date(1951, 5, 7), date(1990, 2, 1)), "sex": ("f", "m"),
    "suffix": ("Jr", "Sr"), "given_name": ("Thaddeus", "Imke"), "family_name": ("Quartermain", "Zabriskie"), "middle_name": ("Xena", "Quill"),
    "town": ("Fairharbor", "Millbridge"), "place": ("12 Main Street", "99 Elm Ave"),
}  # fmt: skip


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(PEOPLE, PEOPLE, st.sampled_from(sorted(DIFFERENCES)))
def test_more_that_differs_never_makes_it_more_probable(one, other, part):
    nothing = {part: None if part == "birth_date" else "", **({"born": ""} if part == "birth_date" else {})}
    if part in (
        "given_name",
        "family_name",
    ):  # another name would no longer be unknown, which is what swapping hangs on
        nothing |= {"aliases": (), "middle_name": ""}
    one, other = replace(one, **nothing), replace(other, **nothing)
    first, second = DIFFERENCES[part]
    without = judge(compare(one, other, MODEL), MODEL)
    with_it = judge(compare(replace(one, **{part: first}), replace(other, **{part: second}), MODEL), MODEL)
    assert with_it.probability <= without.probability + 1e-9


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(st.lists(PEOPLE, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_known_does_not_matter(known, random):
    newcomer, *rest = known
    answers = [judge(compare(newcomer, one, MODEL), MODEL) for one in rest]
    mixed = list(range(len(rest)))
    random.shuffle(mixed)
    assert [judge(compare(newcomer, rest[at], MODEL), MODEL) for at in mixed] == [answers[at] for at in mixed]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [("12 Main Street", "12 main st.", "exact"), ("12 Main St", "14 Main St", "street"), ("Main St", "main street", "street"),
     ("12 Main St", "Main St", "street"), ("Main St & 5th Ave", "Main St & 5th Ave", "street"), ("5th and Main", "5TH & MAIN", "street"),
     ("shelter", "Shelter", "street"), ("12 Main St", "14 Elm Ave", "different"), ("12", "12", ""), ("", "12 Main St", "")],
)  # fmt: skip
def test_places(one, other, level):
    """A house is a number and a street; where many are found, nobody is at home."""
    assert alike.place(one, other) == alike.place(other, one) == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [("1984-05-07", "1984-05-07", "exact"), ("1984-05-07", "1984-07-05", "swapped"), ("1984-05-07", "1984-05-17", "digit"),
     ("1984-05-07", "1948-05-07", "digit"), ("1984-05-07", "1986-05-23", "near"), ("1984-05-07", "1984", "known_year"),
     ("1984-05-07", "1984-05", "month"), ("1984-05-07", "~1980", "about"), ("1984-05-07", "~1950", "far"),
     ("1984-02-31", "1984-02-31", "digit"), ("1984-05-07", "yesterday", ""), ("", "1984-05-07", ""), ("1984-05-07", "1950-01-01", "far")],
)  # fmt: skip
def test_dates(one, other, level):
    assert alike.born(one, other) == alike.born(other, one) == level
