"""How long what phones sent is kept: with the person, ninety days, or until somebody is forgotten."""

from datetime import timedelta

import pytest
from django.conf import settings

from alongside.accounts.models import Program
from alongside.common.clock import now
from alongside.consent import firewall
from alongside.field import keeping
from alongside.field.models import Change, Clash, Parked, Phone
from alongside.field.waiting import clashes_for, parked_for, waiting_count_for
from alongside.identity.models import DataKey
from alongside.messaging.duties import run
from alongside.rights.actions import Ask, open_request, take_request
from alongside.rights.copying import own_copy
from alongside.rights.forgetting import forget_person
from tests.cast import CANARIES, case_with_team, change_of, clash_of, parked_of, phone_of, sent_from_phone

OLD, YOUNG = timedelta(days=91), timedelta(days=89)


@pytest.fixture
def case(ours):
    return case_with_team(ours)


def told(ours):
    return keeping.forget_old(by=ours.system)


def test_forgetting_a_person_leaves_nothing_of_what_waited_and_nothing_to_decide(ours, case):
    sent_from_phone(ours, case)
    coordinator = ours.actor("coordinator")
    assert waiting_count_for(coordinator, now()) == 3
    words, said = Parked.objects.get(person=case.person).words, Clash.objects.get().said
    forget_person(case.person, by=coordinator)
    row, clash = Parked.objects.get(person=case.person), Clash.objects.get()
    assert (row.words, clash.said, clash.stood) == (None, None, None)
    assert not DataKey.objects.filter(holder=case.person_id).exists()
    for kept_elsewhere in (words, said):  # a copy of the ciphertext, as from a backup
        assert not isinstance(firewall.open(coordinator, "coordination", kept_elsewhere)[0], str)
    assert [item.row.person for item in parked_for(coordinator)] == [None]
    assert clashes_for(coordinator, now()) == []
    told(ours)
    assert list(Parked.objects.values_list("person", flat=True)) == [None]
    assert not Clash.objects.exists()


@pytest.mark.parametrize(("age", "kept"), [(YOUNG, True), (OLD, False)])
@pytest.mark.parametrize("state", ["open", "filed", "set_aside"])
def test_a_call_about_nobody_known_goes_with_its_key_after_ninety_days(ours, age, kept, state):
    at = now() - age
    row = parked_of(ours, change_of(phone_of(ours.users["patrol_officer"]), "contact", at=at), kind="overdose")
    Parked.objects.update(state=state, made_at=at)
    told(ours)
    assert Parked.objects.exists() is kept
    assert DataKey.objects.filter(holder=row.id).exists() is kept
    assert Change.objects.exists() is kept


@pytest.mark.parametrize("state", ["open", "filed"])
def test_what_is_about_a_person_stays_as_long_as_their_record(ours, case, state):
    sent_from_phone(ours, case)
    Change.objects.update(received_at=now() - OLD)
    Parked.objects.exclude(person=None).update(state=state)
    told(ours)
    assert Parked.objects.filter(person=case.person).exists()
    assert Clash.objects.exists()


@pytest.mark.parametrize(("age", "kept"), [(YOUNG, True), (OLD, False)])
def test_the_line_of_a_change_that_was_kept_goes_after_ninety_days(ours, case, age, kept):
    change_of(phone_of(ours.users["recovery_coach"]), "attempt", case, state="kept", at=now() - age)
    told(ours)
    assert Change.objects.exists() is kept


@pytest.mark.parametrize(
    ("revoked", "seen", "kept"),
    [(YOUNG, OLD, True), (OLD, OLD, False), (None, YOUNG, True), (None, OLD, False)],
)
def test_a_phone_goes_ninety_days_after_its_end_or_after_it_was_last_heard_of(ours, revoked, seen, kept):
    phone_of(ours.users["recovery_coach"], revoked_at=revoked and now() - revoked, seen_at=now() - seen)
    told(ours)
    assert Phone.objects.exists() is kept


def test_a_phone_stays_while_something_from_it_waits(ours, case):
    phone = phone_of(ours.users["recovery_coach"], revoked_at=now() - OLD)
    parked_of(ours, change_of(phone, "attempt", case, at=now() - OLD), channel="phone")
    told(ours)
    assert Phone.objects.exists()
    assert Parked.objects.exists()


def test_nothing_of_another_program_is_touched_and_the_second_time_nothing_is_left_to_do(cast, ours):
    theirs = phone_of(cast.other.users["recovery_coach"], revoked_at=now() - OLD)
    change_of(theirs, "attempt", state="kept", at=now() - OLD)
    phone_of(ours.users["recovery_coach"], revoked_at=now() - OLD)
    assert (told(ours), told(ours)) == (1, 0)
    assert Phone.objects.get() == theirs


def test_it_is_a_duty_of_the_worker(ours):
    phone_of(ours.users["recovery_coach"], revoked_at=now() - OLD)
    assert "alongside.field.keeping.forget_old" in [what for _, _, what in settings.DUTIES.values()]
    assert Program.objects.exists()
    run("old phones")
    assert not Phone.objects.exists()


def test_a_persons_own_copy_holds_what_waits_in_plain_words(ours, case):
    sent_from_phone(ours, case)
    coach = ours.actor("recovery_coach")
    open_request(take_request(case.person, Ask("copy", "known"), by=coach), by=coach)
    page = own_copy(coach, case.person, now())
    said = dict(page["said"])
    sent = said["Sent from a phone, and waiting or set aside"]
    assert CANARIES["field.Parked.words"] in sent
    assert "{" not in sent
    assert said["Another answer, from a phone"] == CANARIES["field.Clash.said"]


def test_two_answers_are_kept_as_one_record_and_go_with_it(ours, case):
    row = clash_of(ours, change_of(phone_of(ours.users["recovery_coach"]), "contact_field", case), "phone", "a", "b")
    both = firewall.open(ours.actor("coordinator"), "coordination", row.said, row.stood)
    assert both == ["a", "b"]
