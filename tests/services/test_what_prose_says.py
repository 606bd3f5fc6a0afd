"""What the words of a list say of a service: features and languages, and when they say no."""

import pytest

from alongside.services.needs import FEATURES
from alongside.services.rules import features_in, languages_in

SAID = [
    ("Walk-ins welcome", {"walk_in"}),
    ("Walk in Mon-Fri", {"walk_in"}),
    ("No appointment needed", {"walk_in"}),
    ("Come without an appointment", {"walk_in"}),
    ("No walk-ins", set()),
    ("not walk-in", set()),
    ("Walk-ins are not accepted", set()),
    ("We do not take walk-ins", set()),
    ("Does not accept any new walk-ins", set()),
    ("Same-day induction", {"same_day"}),
    ("Start treatment on the same day", {"same_day"}),
    ("No same-day appointments", set()),
    ("Same-day cancellations are charged", set()),
    ("Low-barrier shelter", {"low_barrier"}),
    ("No sobriety required", {"low_barrier"}),
    ("Sobriety is not required", {"low_barrier"}),
    ("Pets welcome", {"pets"}),
    ("Come with your pet", {"pets"}),
    ("no pets", set()),
    ("No pets allowed", set()),
    ("Pets are not allowed", set()),
    ("Pet food is handed out", set()),
    ("Couples together", {"couples"}),
    ("Couples counseling", set()),
    ("No pets. Couples welcome.", {"couples"}),
    ("Families with children", {"families"}),
    ("Women and their children", {"families"}),
    ("Females only, Child care on site", {"women_only"}),
    ("For men and women", set()),
    ("Men only", {"men_only"}),
    ("Serves only women", {"women_only"}),
    ("Not for women only", set()),
    ("Young adults 18 to 24", {"young_people"}),
    ("No youth", set()),
    ("In building Suboxone program", {"buprenorphine"}),
    ("Bupe & Vivitrol = maintenance, not induction.", {"buprenorphine", "naltrexone"}),
    ("Vivitrol only", {"naltrexone"}),
    ("Methadone and counseling", {"methadone"}),
    ("No methadone or buprenorphine", set()),
    ("Methadone: no; Buprenorphine: yes", {"buprenorphine"}),
    ("Methadone is no longer offered", set()),
    ("Wheelchair accessible", {"step_free"}),
    ("Not wheelchair accessible", set()),
    ("Interpreters available", {"interpreter"}),
    ("No insurance needed", {"no_insurance"}),
    ("Insurance is not required", {"no_insurance"}),
    ("Uninsured adults", {"no_insurance"}),
    ("Insurance required", set()),
    ("Mobile van", {"mobile"}),
    ("Automobile services", set()),
    ("", set()),
]


@pytest.mark.parametrize(("words", "features"), SAID)
def test_a_feature_is_said_or_it_is_not(words, features):
    assert features_in(words) == features


def test_every_feature_has_an_example_that_says_it():
    assert set().union(*(features for _words, features in SAID)) == set(FEATURES)


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ("Spanish, Korean, Vietnamese, Chinese, Cambodian", ("Spanish", "Chinese", "Vietnamese", "Korean", "Khmer")),
        ("Se habla español", ("Spanish",)),
        ("Haitian Creole and Portuguese spoken", ("Portuguese", "Haitian Creole")),
        ("Sign language on request", ("American Sign Language",)),
        ("No Spanish", ()),
        ("We do not speak Spanish", ()),
        ("English only", ()),
        ("Frenchtown Road", ()),
        ("", ()),
    ],
)
def test_languages_are_named(words, languages):
    assert languages_in(words) == languages
