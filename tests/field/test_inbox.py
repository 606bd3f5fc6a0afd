"""More than can be filed at once: kept whole the moment it comes, filed once and in order, and the phone hears of it."""

import pytest

from alongside.common.actor import Actor
from alongside.field import inbox
from alongside.field.inbox import file_waiting
from alongside.field.models import Change, Inbox, Parked
from alongside.field.phones import revoke
from alongside.journal.models import Entry
from alongside.naloxone.models import Training
from tests.cast import CANARIES, case_with_team, person_of
from tests.field.sending import Device

pytestmark = pytest.mark.django_db(transaction=False)
MANY = 65


@pytest.fixture
def coach(ours, monkeypatch):
    """A coach's phone with much to send, and a server that has time for one handful only."""
    monkeypatch.setattr(inbox, "SECONDS_OF_A_SYNC", 0)
    return Device(ours.users["recovery_coach"])


def note(device, count=MANY):
    return [device.add("training", taught="group", steps=["call"], people=3, language="en") for _ in range(count)]


def file_all(ours):
    while Inbox.objects.exists():
        file_waiting(by=Actor.system(ours.program.id))


def states(device):
    return [device.answers[key]["state"] for key in device.answers]


def test_what_does_not_fit_is_taken_and_filed_once(ours, coach):
    sent = note(coach)
    coach.sync()
    assert states(coach).count("kept") == inbox.A_HANDFUL
    assert states(coach).count("taken") == MANY - inbox.A_HANDFUL
    assert (Training.objects.count(), coach.unsent) == (inbox.A_HANDFUL, [])
    file_all(ours)
    assert (Training.objects.count(), Change.objects.count(), Inbox.objects.count()) == (MANY, MANY, 0)
    coach.sync([])
    assert states(coach) == ["kept"] * MANY
    coach.sync(sent)
    assert Training.objects.count() == MANY


def test_the_same_sent_again_while_it_waits_is_done_once(ours, coach):
    sent = note(coach)
    for _ in range(3):
        coach.sync(sent)
    file_all(ours)
    assert (Training.objects.count(), Change.objects.count()) == (MANY, MANY)


def test_what_comes_later_waits_behind_what_came_before(ours, coach):
    note(coach)
    coach.sync()
    last = note(coach, 1)
    coach.sync()
    assert coach.answers[last[0]["id"]]["state"] == "taken"
    file_all(ours)
    assert list(Change.objects.order_by("received_at", "seq").values_list("seq", flat=True)) == list(range(1, MANY + 2))


def test_filing_that_breaks_off_goes_on_where_it_was(ours, coach, monkeypatch):
    note(coach)
    coach.sync()
    real, turns = inbox.receive, []

    def breaks(*args, **more):
        turns.append(1)
        if len(turns) == 2:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr(inbox, "receive", breaks)
    with pytest.raises(KeyboardInterrupt):
        file_waiting(by=Actor.system(ours.program.id))
    assert (Training.objects.count(), Inbox.objects.get().filed) == (2 * inbox.A_HANDFUL, inbox.A_HANDFUL)
    file_all(ours)
    assert Training.objects.count() == MANY


def test_it_lies_sealed_and_says_nothing(ours, coach):
    case = case_with_team(ours, person_of(ours))
    word = CANARIES["visits.Attempt.note"]
    for _ in range(MANY):
        coach.add("attempt", case, channel="phone", result="no_answer", note=word)
    coach.sync()
    body = bytes(Inbox.objects.get().body)
    assert all(word.encode(form) not in body for form in ("utf-8", "utf-16-le"))
    assert b"no_answer" not in body


def test_of_a_phone_that_ended_meanwhile_everything_is_parked(ours, coach):
    note(coach)
    coach.sync()
    phone = Inbox.objects.get().phone
    revoke(phone, "lost", by=ours.actor("recovery_coach"))
    file_all(ours)
    assert Training.objects.count() == inbox.A_HANDFUL
    assert Parked.objects.count() == MANY - inbox.A_HANDFUL


def test_one_without_an_id_is_passed_over_and_the_others_are_taken(ours, coach):
    note(coach)
    coach.unsent.append({"seq": 99, "kind": "training"})
    coach.send()
    file_all(ours)
    assert Change.objects.count() == MANY




def test_what_does_not_open_is_set_apart_once_and_keeps_nobody_waiting(ours, coach, caplog):
    note(coach)
    coach.sync()
    Inbox.objects.update(body=b"spoilt")
    note(coach)
    coach.sync()
    other = Device(ours.users["clinician"])
    note(other)
    other.sync()
    for _ in range(12):
        file_waiting(by=Actor.system(ours.program.id))
    assert Change.objects.count() == MANY + MANY + inbox.A_HANDFUL  # all but what lies in the spoilt row
    assert Inbox.objects.get().unreadable_at is not None
    assert Entry.objects.filter(verb="changes_unreadable").count() == 1
    assert coach.send([]).status_code == 200


def test_an_answer_that_got_lost_is_given_when_the_phone_asks(ours, coach):
    note(coach)
    coach.sync()
    file_all(ours)
    coach.send([])  # answered, and nobody heard it
    assert states(coach).count("taken") == MANY - inbox.A_HANDFUL
    coach.sync([])
    assert states(coach) == ["kept"] * MANY


def test_what_was_filed_and_not_heard_of_and_then_taken_again_is_answered(ours, coach, monkeypatch):
    note(coach)
    monkeypatch.setattr(inbox, "SECONDS_OF_A_SYNC", 600)
    coach.send()
    monkeypatch.setattr(inbox, "SECONDS_OF_A_SYNC", 0)
    coach.sync()
    file_all(ours)
    coach.sync([])
    assert states(coach) == ["kept"] * MANY
    assert Training.objects.count() == MANY


def test_what_was_filed_and_comes_again_behind_other_work_is_not_called_taken(ours, coach, monkeypatch):
    monkeypatch.setattr(inbox, "SECONDS_OF_A_SYNC", 600)
    first = note(coach, 5)
    coach.sync()
    monkeypatch.setattr(inbox, "SECONDS_OF_A_SYNC", 0)
    coach.sync(note(coach) + first)
    assert {coach.state(change) for change in first} == {"kept"}
    file_all(ours)
    assert Training.objects.count() == MANY + 5
