"""Who is found by tokens: the nearest first, of one program only, few opened; and tokens of an older scheme meanwhile."""

from datetime import date

import pytest

from alongside.common.actor import Actor
from alongside.identity import candidates
from alongside.identity.actions import find_known, keep_identity, look_up, recognize_person
from alongside.identity.candidates import find, judged, nearest, numbers_of
from alongside.identity.description import Description
from alongside.identity.keyring import forget, index_key
from alongside.identity.laying import lay_anew
from alongside.identity.models import Identity, MatchToken
from alongside.identity.rules import may_ask
from alongside.identity.tokens import SCHEME, old_tokens_of, stored
from alongside.journal.models import Entry
from alongside.people.actions import add_person, merge_people

BORN = date(1984, 5, 2)
ANNA = Description("Anna", "Katz", BORN, "978-555-0101")


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


def described(by, description):
    person = add_person(by=by)
    keep_identity(person, description, by=by)
    return person


def near(by, description):
    return nearest(numbers_of(description, by.program_id, index_key()))


def test_the_nearest_comes_first(by):
    far = described(by, Description("Anton", "Berger", BORN))
    anna = described(by, ANNA)
    assert near(by, ANNA) == [anna.id, far.id]


def test_a_dozen_are_opened_at_most(by, monkeypatch):
    for n in range(20):
        described(by, Description("Anna", "Katz", BORN, f"978-555-01{n:02}"))
    opened = []
    real = candidates.recall
    monkeypatch.setattr(candidates, "recall", lambda records, towns: opened.append(len(records)) or real(records, towns))
    assert len(find(ANNA, index_key(), by)) == 12
    assert opened == [12]


def test_nobody_of_another_program_is_near(cast, by):
    described(by, ANNA)
    foreign = cast.other.actor("coordinator")
    assert near(foreign, ANNA) == []
    assert judged(ANNA, near(by, ANNA), by)
    assert judged(ANNA, near(by, ANNA), foreign) == []


def test_those_of_other_programs_do_not_stand_in_the_way(cast, by):
    """By chance people of other programs share a number; they take no place among the dozen."""
    foreign = cast.other.actor("coordinator")
    strangers = [add_person(by=foreign).id for _ in range(14)]
    anna = described(by, ANNA)
    assert [one.person for one in judged(ANNA, [*strangers, anna.id], by)] == [anna]


def test_of_two_records_of_one_person_the_nearer_speaks(by):
    old, anna = described(by, Description("Ana", "Katz", date(1984, 2, 5))), described(by, ANNA)
    merge_people(anna, old, by=by)
    found = find(ANNA, index_key(), by)
    assert [(one.person, one.record) for one in found] == [(old, anna.id)]


def test_whoever_is_forgotten_is_not_found(by):
    anna = described(by, ANNA)
    forget(anna.id, by=by)
    assert near(by, ANNA) == []


def test_a_phone_that_is_nobodys_finds_nobody(by):
    described(by, Description("Anna", "Katz", BORN, "413-555-0177"))
    described(by, Description("Otto", "Lang", phone="555-555-5555"))
    assert near(by, Description("Ida", phone="555-555-5555")) == []
    assert not may_ask(Description("Otto", "Lang", phone="555-555-5555"), "outreach").allowed


def test_a_look_up_says_why(by):
    anna = described(by, ANNA)
    found = find_known(Description("Anna", "Kats", BORN), "coordination", by=by)
    assert [one.person for one in found] == [anna]
    assert "born_exact" in found[0].verdict.reasons


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (Description("Anna", "Katz", BORN), True), (Description("Annie", "Katz", BORN), True),
        (Description("Katz", "Anna", BORN), True), (Description("Anna", "Katz", date(1984, 2, 5)), True),
        (Description("Anna", "Katz", None, "9785550101"), True), (Description("Anna", "Katz", date(1984, 5, 3)), False),
        (Description("Anna", "Ka", BORN), False), (Description("Peter", "Katz", BORN), False),
        (Description("Anna", "Katz", None, "9785550102"), False),
    ],
)  # fmt: skip
def test_both_identifiers_must_fit(by, asked, fits):
    anna = described(by, ANNA)
    assert look_up(asked, "coordination", by=by) == ([anna] if fits else [])


# --- the scheme before this one ---------------------------------------------------------------------------------------


@pytest.fixture
def of_before(by):
    """Somebody whose tokens are as the scheme before this one laid them."""
    anna = described(by, ANNA)
    MatchToken.objects.filter(person=anna).delete()
    MatchToken.objects.bulk_create(
        MatchToken(person=anna, token=stored(*pair)) for pair in old_tokens_of(ANNA, index_key())
    )
    Identity.objects.filter(person=anna).update(token_scheme=0)
    return anna


def test_whoever_has_old_tokens_is_recognized_meanwhile(by, of_before):
    assert recognize_person(ANNA, by=by).person == of_before
    assert look_up(ANNA, "coordination", by=by) == [of_before]


def test_tokens_are_laid_anew_in_steps_and_it_can_be_run_again(by, of_before):
    others = [described(by, Description("Ruth", f"Alves{letter}", BORN)) for letter in "abcd"]
    Identity.objects.update(token_scheme=0)
    system = Actor.system(by.program_id)
    assert lay_anew(by=system, size=2, seconds=0) == 0
    assert lay_anew(by=system, size=2) == 5
    assert set(Identity.objects.values_list("token_scheme", flat=True)) == {SCHEME}
    assert not MatchToken.objects.filter(token__lt=8 << 20).exists()
    assert near(by, Description("Ann", "Katz", date(1974, 5, 2))) == [of_before.id]
    assert lay_anew(by=system) == 0
    assert [entry.detail["people"] for entry in Entry.objects.filter(verb="tokens_laid").order_by("seq")] == [2, 2, 1]
    assert near(by, Description("Ruth", "Alvesa", BORN))[0] in {one.id for one in others}


def test_only_the_own_program_is_laid_anew(cast, by, of_before):
    assert lay_anew(by=Actor.system(cast.other.program.id)) == 0
    assert Identity.objects.get(person=of_before).token_scheme == 0
