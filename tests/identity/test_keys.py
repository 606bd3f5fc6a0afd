"""Keys from the root to a value: moving, turning and destroying them."""

import os

import pytest
from django.conf import settings
from django.db import connection

from alongside.common.decision import Refused
from alongside.identity import keyring
from alongside.identity.actions import keep_contact
from alongside.identity.envelope import Unreadable
from alongside.identity.keyring import class_key_for, data_keys, forget
from alongside.identity.models import ClassKey, Contact, DataKey, Forgotten
from alongside.identity.rotating import (
    destroy_class_keys,
    rewrap_batch,
    rewrap_class_keys,
    rotate_class_key,
    start_class_key,
)
from alongside.identity.unsealing import unseal
from alongside.identity.vault import LONGEST, seal, seal_many
from tests.cast import CANARIES, person_of

ASK_FOR = CANARIES["identity.Contact.ask_for"]


@pytest.fixture
def person(ours):
    return person_of(ours, canaries=True)


def contact_of(person):
    return Contact.objects.get(person=person)


def read(person, name="ask_for"):
    return unseal([getattr(contact_of(person), name)])[0]


def test_sealed_and_opened(person):
    assert read(person) == ASK_FOR
    assert read(person, "phone") == CANARIES["identity.Contact.phone"]


@pytest.mark.covers("R63")
@pytest.mark.covers("R63")
def test_a_value_moved_to_another_column_does_not_open(person):
    contact = contact_of(person)
    contact.phone = contact.ask_for
    with pytest.raises(Unreadable):
        unseal([contact.phone])


@pytest.mark.covers("R63")
@pytest.mark.covers("R63")
def test_a_value_moved_to_another_row_does_not_open(ours, person):
    other = person_of(ours, canaries=True)
    stolen = contact_of(other)
    Contact.objects.filter(person=person).update(ask_for=stolen.ask_for)
    with pytest.raises(Unreadable):
        read(person)


@pytest.mark.covers("R63")
@pytest.mark.covers("R63")
def test_a_value_given_to_another_holder_does_not_open(ours, person):
    other = person_of(ours, canaries=True)
    contact, sealed = contact_of(person), contact_of(person).ask_for
    Contact.objects.filter(person=other).delete()
    Contact.objects.filter(pk=contact.pk).update(person=other)
    assert contact_of(other).ask_for.ciphertext == sealed.ciphertext
    with pytest.raises(Unreadable):
        read(other)


@pytest.mark.covers("R63")
@pytest.mark.covers("R63")
def test_a_data_key_moved_to_another_holder_does_not_open(ours, person):
    other = person_of(ours, canaries=True)
    mine = DataKey.objects.get(holder=person.id, privacy_class="contact")
    DataKey.objects.filter(holder=other.id, privacy_class="contact").update(wrapped=mine.wrapped)
    with pytest.raises(Unreadable):
        read(other)


@pytest.mark.covers("R63")
def test_a_value_moved_to_another_program_does_not_open(cast, person):
    """The row is copied whole, keys and all, and the other program's class key is put under the data key."""
    theirs = person_of(cast.other, canaries=True)
    Contact.objects.filter(person=person).update(ask_for=contact_of(theirs).ask_for)
    with pytest.raises(Unreadable):
        read(person)
    other_class = ClassKey.objects.get(program=cast.other.program, privacy_class="contact")
    DataKey.objects.filter(holder=person.id, privacy_class="contact").update(class_key=other_class)
    with pytest.raises(Unreadable):
        read(person)


@pytest.mark.covers("R63")
def test_a_class_key_moved_to_another_program_does_not_open(cast, person):
    theirs = person_of(cast.other, canaries=True)
    stolen = ClassKey.objects.get(program=cast.other.program, privacy_class="contact").wrapped
    ClassKey.objects.filter(program=cast.ours.program, privacy_class="contact").update(wrapped=stolen)
    with pytest.raises(Unreadable):
        read(person)
    assert read(theirs) == ASK_FOR


def test_each_person_and_class_has_a_key_of_its_own(ours, person):
    other = person_of(ours, canaries=True)
    names = [(who.id, kind) for who in (person, other) for kind in ("identity", "contact")]
    assert len(set(data_keys(names).values())) == 4


def test_keys_are_stored_wrapped_only(person):
    opened = data_keys([(person.id, "contact")])[person.id, "contact"]
    stored = [bytes(row.wrapped) for row in DataKey.objects.all()] + [
        bytes(row.wrapped) for row in ClassKey.objects.all()
    ]
    root = keyring.root_key()
    assert not [row for row in stored if opened in row or root in row]


@pytest.mark.covers("R64")
def test_turning_a_class_key_keeps_every_value_and_ends_the_old_key(ours, person, journal):
    others = [person_of(ours, canaries=True) for _ in range(3)]
    before, old = class_key_for(ours.program.id, "contact")
    sealed = contact_of(person).ask_for.ciphertext
    journal_before = len(journal())
    assert rotate_class_key(ours.program.id, "contact", by=ours.system) == 4
    _, new = class_key_for(ours.program.id, "contact")
    assert new != old
    assert not ClassKey.objects.filter(id=before.id).exists()
    assert [read(who) for who in (person, *others)] == [ASK_FOR] * 4
    assert contact_of(person).ask_for.ciphertext == sealed
    assert journal()[journal_before:] == ["keys_rotated", "keys_rotated"]


def test_turning_one_class_leaves_the_others_alone(ours, person):
    before = data_keys([(person.id, "identity")])
    rotate_class_key(ours.program.id, "contact", by=ours.system)
    assert data_keys([(person.id, "identity")]) == before


def test_turning_a_class_nobody_used_does_nothing(ours):
    assert rotate_class_key(ours.program.id, "part2", by=ours.system) == 0
    assert not ClassKey.objects.filter(privacy_class="part2").exists()


@pytest.mark.covers("R64")
def test_while_a_class_key_is_turned_both_are_read_and_the_new_one_is_written(ours, person):
    second = person_of(ours, canaries=True)
    old, _ = class_key_for(ours.program.id, "contact")
    start_class_key(ours.program.id, "contact", by=ours.system)
    start_class_key(ours.program.id, "contact", by=ours.system)  # once more changes nothing
    fresh, _ = class_key_for(ours.program.id, "contact")
    assert fresh.id != old.id
    assert ClassKey.objects.filter(program=ours.program, privacy_class="contact").count() == 2
    newcomer = person_of(ours, canaries=True)
    assert DataKey.objects.get(holder=newcomer.id, privacy_class="contact").class_key_id == fresh.id
    assert rewrap_batch(ours.program.id, "contact", size=1) == 1
    assert [read(who) for who in (person, second, newcomer)] == [ASK_FOR] * 3
    with pytest.raises(Refused, match="still hang"):
        destroy_class_keys(ours.program.id, "contact", by=ours.system)
    assert rotate_class_key(ours.program.id, "contact", by=ours.system) == 1  # goes on, and begins no second one
    assert class_key_for(ours.program.id, "contact")[0].id == fresh.id
    assert ClassKey.objects.filter(program=ours.program, privacy_class="contact").count() == 1
    assert [read(who) for who in (person, second, newcomer)] == [ASK_FOR] * 3


def test_who_was_forgotten_while_keys_were_turned_stays_forgotten(ours, person):
    start_class_key(ours.program.id, "contact", by=ours.system)
    forget(person.id, by=ours.system)
    rotate_class_key(ours.program.id, "contact", by=ours.system)
    assert read(person) is None


def test_a_new_root_opens_and_the_old_one_no_longer_does(cast, person, monkeypatch):
    old, new = keyring.root_key(), os.urandom(32)
    person_of(cast.other, canaries=True)
    assert rewrap_class_keys([new, old], by=cast.ours.system) == ClassKey.objects.count() >= 4
    assert rewrap_class_keys([new, old], by=cast.ours.system) == 0
    with pytest.raises(Unreadable):
        read(person)
    monkeypatch.setattr(keyring, "root_keys", lambda: [new])
    assert read(person) == ASK_FOR


def test_a_root_exchanged_between_keys_and_rows_is_noticed(person, monkeypatch):
    """The first look has the wrong root; the second one is right, and nobody's reading fails."""
    answers = [[os.urandom(32)], keyring.root_keys()]
    monkeypatch.setattr(keyring, "root_keys", lambda: answers.pop(0))
    assert read(person) == ASK_FOR
    assert answers == []


def test_a_wrong_old_root_changes_nothing(ours, person):
    with pytest.raises(Unreadable):
        rewrap_class_keys([os.urandom(32), os.urandom(32)], by=ours.system)
    assert read(person) == ASK_FOR


def test_forgetting_destroys_the_keys_and_nothing_opens_again(ours, person, journal):
    assert forget(person.id, by=ours.system) == 2
    assert read(person) is None
    assert not DataKey.objects.filter(holder=person.id).exists()
    assert Forgotten.objects.filter(holder=person.id).exists()
    assert journal()[-1] == "forgotten"
    assert forget(person.id, by=ours.system) == 0


def test_forgetting_one_person_leaves_the_others(ours, person):
    other = person_of(ours, canaries=True)
    forget(person.id, by=ours.system)
    assert read(other) == ASK_FOR


def test_nothing_more_is_kept_about_somebody_who_was_forgotten(ours, person):
    forget(person.id, by=ours.system)
    with pytest.raises(Refused, match="asked to be forgotten"):
        keep_contact(person, by=ours.system, ask_for="Maria")


def test_an_empty_value_empties_the_field(ours, person):
    keep_contact(person, by=ours.system, phone="  ")
    assert contact_of(person).phone is None
    assert read(person) == ASK_FOR


def test_emptying_needs_no_key(ours):
    person = person_of(ours)
    seal(Contact(person=person), ours.program.id, ask_for="")
    assert not DataKey.objects.filter(holder=person.id).exists()


def test_too_long_a_text_is_refused_with_the_limit(ours, person):
    with pytest.raises(Refused, match=str(LONGEST)):
        keep_contact(person, by=ours.system, meeting_place="x" * (LONGEST + 1))


def test_many_rows_are_sealed_with_a_fixed_number_of_queries(ours, django_assert_num_queries):
    people = [person_of(ours) for _ in range(20)]
    seal_many([(Contact(person=people[0]), {"ask_for": "a"})], ours.program.id)
    with django_assert_num_queries(4 if connection.vendor == "sqlite" else 5):  # there, one more holds the class key
        seal_many([(Contact(person=who), {"ask_for": "a", "phone": "b"}) for who in people[1:]], ours.program.id)


@pytest.mark.covers("R34")
def test_the_keys_are_not_in_the_database_file(person):
    name = settings.DATABASES["default"].get("NAME")
    if settings.DATABASE_URL:
        pytest.skip("about the embedded file")
    with open(name, "rb") as file:
        content = file.read()
    assert keyring.root_key() not in content
    assert keyring.index_key() not in content


def test_rows_say_nothing_when_printed(ours, person):
    person_of(ours, canaries=True)
    forget(person.id, by=ours.system)
    assert {str(key) for key in [*ClassKey.objects.all(), *DataKey.objects.all()]} <= {"identity", "contact"}
    assert [str(row) for row in Forgotten.objects.all()] == [str(person.id)]
