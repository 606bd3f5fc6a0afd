"""The tick on the search: asked only when it is ticked, by those who may, where there is a pact."""

import pytest

from alongside.accounts.roles import ROLES, may
from alongside.elsewhere import rules
from alongside.journal.models import Entry
from tests.cast import browser_of
from tests.elsewhere.two import ANNA, DESK, agreed, lay, somebody

PATH, TICK = "/people/find/", "Ask other programs, too"
SENTENCE = f"Another program knows this person. Ask {DESK}."
ASKED = {
    "purpose": "coordination", "given_name": "Anna", "family_name": "Vliet-Moreno",
    "birth_date": ANNA.birth_date.isoformat(), "elsewhere": "on",
}  # fmt: skip


@pytest.fixture
def anna(cast):
    agreed(cast)
    person = somebody(cast.other)
    lay(cast.other)
    return person


def page(cast, role="coordinator", **changed):
    return browser_of(cast.ours.users[role]).post(PATH, ASKED | changed).content.decode()


def test_a_tick_a_sentence_and_the_notice(cast, anna):
    text = page(cast)
    assert SENTENCE in text
    assert rules.NOTICE in text
    assert rules.SCOPE in text
    assert anna.code not in text
    assert "Vliet" not in text


def test_without_the_tick_nobody_is_asked(cast, anna):
    assert SENTENCE not in page(cast, elsewhere="")
    assert not Entry.objects.filter(verb__in=("elsewhere_asked", "elsewhere_answered")).exists()


def test_without_a_pact_there_is_nothing_to_tick(cast):
    assert TICK not in browser_of(cast.ours.users["coordinator"]).get(PATH).content.decode()
    assert "other program" not in page(cast).split("<h2")[1]
    assert not Entry.objects.filter(verb="elsewhere_asked").exists()


def test_nobody_known_is_not_a_no(cast, anna):
    text = page(cast, given_name="Berta")
    assert SENTENCE not in text
    assert "That is not a no: some people are never mentioned." in text


def test_too_often_is_said_and_the_own_answer_is_still_there(cast, anna, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ASKED_BY_ONE", 0)
    text = page(cast)
    assert "twenty times within a day" in text
    assert "Nobody is found under these two" in text


def test_a_program_that_was_asked_too_often_is_named_and_no_answer_is_made_up(cast, anna, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ASKED_UNDER_A_PACT", 0)
    text = page(cast)
    assert "Valley Outreach was not asked." in text
    assert "hundred times within a day" in text
    assert "No other program says" not in text
    assert Entry.objects.filter(verb="elsewhere_asked").count() == 1


@pytest.mark.covers("R16", "R27")
@pytest.mark.parametrize("role", [role for role in ROLES if not may(role, "find_person")])
def test_who_may_not_know_is_offered_no_tick_and_a_forged_one_does_nothing(cast, anna, role):
    browser = browser_of(cast.ours.users[role])
    assert TICK not in browser.get(PATH).content.decode()
    known, unknown = browser.post(PATH, ASKED), browser.post(PATH, ASKED | {"given_name": "Erna"})
    assert len(known.content) == len(unknown.content)
    assert SENTENCE not in known.content.decode()
    assert not Entry.objects.filter(verb__startswith="elsewhere_a", program=str(cast.other.program.id)).filter(
        verb="elsewhere_answered"
    )
