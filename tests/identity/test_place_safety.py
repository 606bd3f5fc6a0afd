"""A word about a place holds for ninety days from when it was said, can be said again, and can be dropped."""

from datetime import timedelta

import pytest

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.identity.actions import keep_contact
from alongside.identity.forgetting import forget_everything
from alongside.identity.models import Contact
from alongside.identity.rules import SAFETY_DAYS, safety_age
from tests.cast import NOON, person_of


@pytest.fixture
def by(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def person(ours, by):
    person = person_of(ours)
    keep_contact(person, by=by, ask_for="Sam", place_safety=["dog", "stairs"])
    return person


def contact_said(person, days_ago):
    Contact.objects.filter(person=person).update(place_safety_at=now() - timedelta(days=days_ago))
    return Contact.objects.get(person=person)


@pytest.mark.parametrize(
    ("said", "age"),
    [(timedelta(0), 0), (timedelta(hours=30), 1), (timedelta(days=89, hours=23), 89), (timedelta(days=90), None),
     (timedelta(days=400), None), (-timedelta(minutes=3), 0)],
)  # fmt: skip
def test_how_old_a_word_is(said, age):
    assert safety_age(NOON - said, NOON) == age


@pytest.mark.parametrize(("days_ago", "words"), [(0, ["dog", "steep stairs"]), (89, ["dog", "steep stairs"]), (90, [])])
def test_after_ninety_days_nothing_is_said(person, days_ago, words):
    contact = contact_said(person, days_ago)
    assert SAFETY_DAYS == 90
    assert contact.safety_words == words
    assert contact.safety_days == (days_ago if words else None)
    assert contact.safety_codes == (["dog", "stairs"] if words else [])


def test_the_same_word_said_again_holds_anew(person, by):
    contact_said(person, 80)
    keep_contact(person, by=by, place_safety=["dog"])
    contact = Contact.objects.get(person=person)
    assert (contact.safety_words, contact.safety_days) == (["dog"], 0)


def test_another_value_does_not_make_the_words_younger(person, by):
    contact_said(person, 80)
    keep_contact(person, by=by, phone="978-555-0101", language="es")
    contact = Contact.objects.get(person=person)
    assert (contact.safety_words, contact.safety_days) == (["dog", "steep stairs"], 80)


def test_words_kept_before_their_day_was_are_as_old_as_the_rest_and_stay_so(person, by):
    Contact.objects.filter(person=person).update(place_safety_at=None, kept_at=now() - timedelta(days=80))
    assert Contact.objects.get(person=person).safety_days == 80
    keep_contact(person, by=by, phone="978-555-0101")
    assert Contact.objects.get(person=person).safety_days == 80


def test_nothing_ticked_drops_them(person, by):
    keep_contact(person, by=by, place_safety=[])
    contact = Contact.objects.get(person=person)
    assert (contact.place_safety, contact.place_safety_at, contact.safety_words, contact.safety_days) == ([], None, [], None)
    assert contact.ask_for is not None


def test_nothing_is_said_about_the_place_of_somebody_forgotten(person, by):
    forget_everything([person.id], by=by)
    with pytest.raises(Refused, match="asked to be forgotten"):
        keep_contact(person, by=by, place_safety=["dog"])
    contact = Contact.objects.get(person=person)
    assert (contact.place_safety, contact.place_safety_at) == ([], None)
