"""What a declared layout may say, and which columns can never be part of one."""

import pytest

from alongside.intake.profiles import (
    ProfileError,
    fitting_profiles,
    forbidden_columns,
    load_profile,
    parse_profile,
    profile_names,
)

SMALL = """
name = "small"
purpose = "A made-up feed."
feed = "made-up"
zone = "America/New_York"
[identity]
columns = ["number"]
[time]
column = "at"
format = "%Y-%m-%d %H:%M"
[kind]
column = "type"
values = { "OD" = "overdose" }
"""


def test_the_declared_profiles_load_and_are_named_like_their_files():
    assert profile_names() == ["montgomery", "montgomery-earlier", "odin"]
    for name in profile_names():
        profile = load_profile(name)
        assert profile.name == name
        assert profile.purpose.endswith(".")
        assert forbidden_columns(profile.required) == []


def test_both_layouts_of_one_feed_give_a_call_the_same_identity():
    later, earlier = load_profile("montgomery"), load_profile("montgomery-earlier")
    assert (later.feed, later.identity) == (earlier.feed, earlier.identity)


def test_a_name_that_is_not_declared_is_answered_with_those_that_are():
    with pytest.raises(ProfileError, match="no profile .*montgomery, montgomery-earlier, odin"):
        load_profile("../secrets")


def test_the_smallest_profile_reads_only_what_it_names():
    assert parse_profile(SMALL).required == ("number", "at", "type")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"small"', "", "not valid TOML"),
        ('feed = "made-up"', "", 'does not say "feed"'),
        ('"A made-up feed."', '" "', '"purpose" in the profile is empty'),
        ('"A made-up feed."', "7", '"purpose" in the profile is not of the expected kind'),
        ("America/New_York", "Mars/Olympus", '"Mars/Olympus" is not a time zone'),
        ("America/New_York", "/etc/passwd", "is not a time zone"),
        ('columns = ["number"]', "columns = []", "names no column that makes the identity"),
        ('columns = ["number"]', "columns = [1]", '"identity.columns" in the profile is not a list of texts'),
        ('column = "at"', 'column = "at"\npattern = "("', '"time.pattern" in the profile is not a valid pattern'),
        ("%H:%M", "%H:%M %z", "only local times"),
        ('column = "at"', 'column = "at"\nclock_column = "clock"', "clock_column and clock_format together"),
        ('column = "at"', 'column = "at"\nagrees_with = "text"', "agrees_with and agrees_pattern together"),
        ('column = "at"', 'column = "at"\ncolour = "red"', '"time.colour", which means nothing here'),
        ('values = { "OD" = "overdose" }', "", "either which values qualify or that every row does"),
        ('values = { "OD" = "overdose" }', 'values = { "OD" = "overdose" }\nevery_row = "overdose"', "either which"),
        ('"overdose"', '"Over dose!"', 'gives "OD" a code that is not known'),
        ('column = "type"', 'column = "Warrant Type"', 'reads the column "Warrant Type", which must never be kept'),
        ('["number"]', '["number", "SSN"]', 'reads the column "SSN", which must never be kept'),
    ],
)
def test_a_profile_that_cannot_be_used_says_why_in_one_sentence(old, new, says):
    assert old in SMALL
    with pytest.raises(ProfileError, match=says):
        parse_profile(SMALL.replace(old, new, 1))


def test_an_outcome_outside_the_list_is_no_profile():
    with pytest.raises(ProfileError, match=r'"outcome.values" in the profile gives "Y" a code that is not known'):
        parse_profile(SMALL + '[outcome]\ncolumn = "alive"\nvalues = { Y = "saved" }\n')


@pytest.mark.parametrize(
    "name",
    [
        "Warrant", "warrant_flag", "WarrantFlag", "warrantflag", "war-rant", "WANTED", "Criminal History",
        "criminalhistory", "Charges", "charged", "Arrest Made", "On Parole?", "Parolee", "Probation Officer",
        "ImmigrationStatus", "SSN", "SSNLast4", "ssn4", "Social Security No", "Driver's License", "License Plate",
        "licence", "plate", "riskScore", "Risk", "Mugshot URL", "photos", "narrative", "Jail", "Offenses", "DL Number",
    ],
)  # fmt: skip
@pytest.mark.covers("R29")
def test_a_column_about_the_law_or_a_score_is_never_read(name):
    assert forbidden_columns(["desc", name, "title"]) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "desc", "title", "timeStamp", "Cardiac Arrest", "respiratory_arrest", "Discharge Date", "platelets",
        "Response Desc", "Nature", "provider", "Dose Unit", "Susp OD Drug Desc", "",
    ],
)  # fmt: skip
def test_a_name_that_only_looks_like_one_is_kept(name):
    assert forbidden_columns([name]) == []


def test_a_header_names_the_profiles_that_fit_it():
    assert fitting_profiles(load_profile("odin").required) == ["odin"]
    assert fitting_profiles(load_profile("montgomery").required) == ["montgomery", "montgomery-earlier"]
    assert fitting_profiles(["a", "b"]) == []
