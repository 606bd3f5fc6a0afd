"""What may be said to a loved one, and the day a bereaved family is called: tables of example and answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.families.rules import (
    GRIEF_ANSWERS,
    KINDS,
    MOST_TALK_DAYS,
    NEED_OF_KIND,
    RELATIONS,
    TALKS,
    TOPICS,
    grief_of,
    may_agree,
    may_say,
)
from alongside.services.rules import NEEDS

NOW = datetime(2026, 1, 15, 17, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=3), NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("talk", "until", "topic", "allowed"),
    [
        ("none", None, "general", True),
        ("none", None, "naloxone", False),
        ("none", LATER, "how_they_are", False),
        ("naloxone_only", LATER, "naloxone", True),
        ("naloxone_only", LATER, "how_they_are", False),
        ("naloxone_only", LATER, "plans", False),
        ("naloxone_only", BEFORE, "naloxone", False),
        ("naloxone_only", NOW, "naloxone", False),
        ("all", LATER, "naloxone", True),
        ("all", LATER, "how_they_are", True),
        ("all", LATER, "plans", True),
        ("all", BEFORE, "plans", False),
        ("all", None, "plans", False),
        ("all", BEFORE, "general", True),
        ("everything", LATER, "plans", False),
        ("all", LATER, "the address", False),
        ("all", LATER, "", False),
    ],
)
def test_what_may_be_said(talk, until, topic, allowed):
    answer = may_say(talk, until, topic, NOW)
    assert bool(answer) is allowed
    assert bool(answer.reason) is not allowed


@given(
    st.sampled_from([*TALKS, "", "other"]),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([*TOPICS, "", "address"]),
    st.datetimes(timezones=st.just(UTC)),
)
def test_nothing_about_the_person_without_their_word_that_still_holds(talk, until, topic, now):
    if may_say(talk, until, topic, now) and topic != "general":
        assert talk in {"naloxone_only", "all"}
        assert until is not None
        assert until > now


@pytest.mark.parametrize(
    ("talk", "days", "allowed"),
    [("none", None, True), ("all", None, False), ("all", 0, False), ("all", -1, False), ("all", 1, True),
     ("naloxone_only", MOST_TALK_DAYS, True), ("all", MOST_TALK_DAYS + 2, False), ("family", 1, False)],
)  # fmt: skip
def test_an_agreement_has_an_end_within_ninety_days(talk, days, allowed):
    until = None if days is None else NOW + timedelta(days=days)
    assert bool(may_agree(talk, until, NOW)) is allowed


DIED = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "answer", "state"),
    [(0, "", "early"), (27, "", "early"), (28, "", "open"), (35, "", "open"), (42, "", "open"), (43, "", "late"),
     (400, "", "late"), (30, "reached", "done"), (30, "not_now", "done"), (3, "no_contact", "done")],
)  # fmt: skip
def test_the_family_is_called_from_day_28_to_day_42(day, answer, state):
    found = grief_of(DIED, answer, DIED + timedelta(days=day))
    assert found.state == state
    assert (found.opens_on, found.due_on) == (date(2026, 1, 29), date(2026, 2, 12))
    assert found.is_due is (state in {"open", "late"})


def test_without_a_death_there_is_no_way_after_it():
    assert grief_of(None, "", DIED).state == "none"
    assert not grief_of(None, "", DIED).is_due


def test_every_code_has_words_and_the_groups_are_needs_of_the_menu():
    for table in (RELATIONS, TALKS, TOPICS, KINDS, GRIEF_ANSWERS):
        assert all(words.strip() for words in table.values())
    assert set(NEED_OF_KIND.values()) <= set(NEEDS)
    assert set(NEED_OF_KIND) <= set(KINDS)
