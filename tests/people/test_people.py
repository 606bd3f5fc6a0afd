"""Spoken codes, merges, wishes about contact."""

import re
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.people.actions import add_person, merge_people, seal_away, set_contact_wishes, set_deceased, strictest
from alongside.people.models import Person, Stop
from alongside.people.queries import person_for, records_of
from alongside.people.rules import BIRDS, CODES, COLOURS, NUMBERS, may_join, spoken_code
from tests.cast import person_of

ORDER = ["none", "no_visits", "no_contact"]


def test_every_number_has_a_code_of_its_own():
    every_pair = {spoken_code(number) for number in range(0, CODES, NUMBERS)}
    every_tail = {spoken_code(number) for number in range(NUMBERS)}
    assert len(every_pair) == CODES // NUMBERS == len(COLOURS) * len(BIRDS)
    assert len(every_tail) == NUMBERS


def test_words_are_not_repeated_within_a_list():
    assert len(set(COLOURS)) == len(COLOURS)
    assert len(set(BIRDS)) == len(BIRDS)


@given(number=st.integers(0, CODES - 1))
def test_a_code_can_be_said_over_a_radio(number):
    assert re.fullmatch(r"[a-z]+-[a-z]+ [1-9]\d{1,2}", spoken_code(number))


def test_a_code_that_is_taken_is_not_given_twice(ours, monkeypatch):
    numbers = iter([5, 5, 5, 6])
    monkeypatch.setattr("alongside.people.actions.secrets.randbelow", lambda _: next(numbers))
    one, other = add_person(by=ours.system), add_person(by=ours.system)
    assert (one.code, other.code) == (spoken_code(5), spoken_code(6))
    assert str(one) == one.code


def test_a_person_is_a_key_and_a_code_and_nothing_else():
    names = {field.name for field in Person._meta.fields}
    wishes = {"stop", "no_police", "text_only", "not_at_home", "prefers", "come_back_after_new_event", "stopped_at"}
    assert names == wishes | {"id", "program", "code", "home_town", "merged_into", "deceased", "sealed_at", "out_of_reach"}


@pytest.mark.parametrize(("one", "other"), list(product(ORDER, ORDER)))
def test_the_stricter_wish_wins(one, other):
    assert strictest(one, other) == ORDER[max(ORDER.index(one), ORDER.index(other))]


@pytest.mark.parametrize(("one", "other"), list(product(ORDER, ORDER)))
def test_a_merge_keeps_the_stricter_wish_of_both(ours, one, other):
    duplicate, into = person_of(ours), person_of(ours)
    set_contact_wishes(duplicate.id, one, no_police=one == "no_visits", by=ours.system)
    set_contact_wishes(into.id, other, no_police=False, by=ours.system)
    duplicate.refresh_from_db()
    into.refresh_from_db()
    merge_people(duplicate, into, by=ours.system)
    into.refresh_from_db()
    assert (into.stop, into.no_police) == (strictest(one, other), one == "no_visits")


def test_a_merge_is_refused_twice_with_itself_and_across_programs(cast):
    ours = cast.ours
    one, other, third = person_of(ours), person_of(ours), person_of(ours)
    merge_people(one, other, by=ours.system)
    for pair in ((one, third), (third, one), (third, third), (third, person_of(cast.other))):
        with pytest.raises(Refused):
            merge_people(*pair, by=ours.system)


@pytest.mark.parametrize(
    ("died", "closed", "reason"),
    [((False, False), False, ""), ((True, True), False, ""), ((True, False), False, "having died"),
     ((False, True), False, "having died"), ((False, False), True, "closed"), ((True, True), True, "closed")],
)  # fmt: skip
def test_which_records_may_become_one(died, closed, reason):
    answer = may_join(died=died, closed=closed)
    assert bool(answer) == (not reason)
    assert reason in answer.reason


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_who_has_died_is_joined_with_somebody_alive(ours, which):
    pair = [person_of(ours), person_of(ours)]
    pair[which] = set_deceased(pair[which].id, deceased=True, by=ours.system)
    with pytest.raises(Refused, match="Note it on the other record too"):
        merge_people(*pair, by=ours.system)
    assert Person.objects.filter(merged_into=None).count() == 2
    pair[1 - which] = set_deceased(pair[1 - which].id, deceased=True, by=ours.system)
    assert merge_people(*pair, by=ours.system).deceased


@pytest.mark.parametrize("which", [0, 1])
def test_a_record_that_is_closed_to_everybody_is_not_joined(ours, which):
    pair = [person_of(ours), person_of(ours)]
    seal_away([pair[which].id], by=ours.system, why="schedule")
    pair[which].refresh_from_db()
    with pytest.raises(Refused, match="closed to everybody"):
        merge_people(*pair, by=ours.system)
    assert Person.objects.filter(merged_into=None).count() == 2


def test_the_living_record_is_found_over_any_number_of_merges(cast):
    ours = cast.ours
    people = [person_of(ours) for _ in range(4)]
    for duplicate, into in zip(people, people[1:], strict=False):
        merge_people(duplicate, into, by=ours.system)
    assert person_for(ours.system, people[0].id) == people[-1]
    assert set(records_of(people[-1])) == {person.id for person in people}
    assert person_for(cast.other.system, people[0].id) is None
    assert person_for(ours.system, new_id()) is None


def test_a_record_is_never_merged_into_itself(ours):
    person = person_of(ours)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(id=person.id).update(merged_into=person)


def test_wishes_are_kept_and_journaled(ours, journal):
    person = person_of(ours)
    kept = set_contact_wishes(person.id, Stop.NO_VISITS, no_police=True, by=ours.actor("recovery_coach"))
    assert (kept.stop, kept.no_police) == ("no_visits", True)
    assert journal()[-1] == "contact_stopped"


def test_an_unknown_wish_and_another_programs_person_are_refused(cast):
    person = person_of(cast.ours)
    with pytest.raises(Refused):
        set_contact_wishes(person.id, "never_again", no_police=False, by=cast.ours.system)
    with pytest.raises(Refused):
        set_contact_wishes(person.id, "no_contact", no_police=False, by=cast.other.system)
