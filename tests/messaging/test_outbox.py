"""Written with what it tells of, sent once it is true, tried until a day is over, taken back when it must not go."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.messaging import channels, push, sending
from alongside.messaging.actions import cancel, switch_off, switch_on, tell
from alongside.messaging.models import Device, Message
from alongside.messaging.queries import devices_of, undelivered_for
from alongside.messaging.rules import Gone, NotTaken, pause_after
from tests.messaging.ways import DEVICE, configured

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ours, settings):
    configured(settings, "email")
    shelter = ours.agencies["shelter"]
    shelter.email = "desk@example.org"
    shelter.save()
    return shelter


@pytest.fixture
def clock(monkeypatch):
    """The outbox's clock, which the test moves."""
    start = sending.now()

    class Clock:
        moment = start

        def __call__(self):
            return self.moment

        def move(self, **length):
            self.moment += timedelta(**length)

    made = Clock()
    monkeypatch.setattr(sending, "now", made)
    return made


def due_now(clock):
    clock.moment = max(clock.moment, sending.Message.objects.get().next_at)


def test_it_is_sent_once(ours, desk, journal):
    tell(desk, "referral_asked", by=ours.system)
    assert sending.send_due(by=ours.system) == 1
    assert sending.send_due(by=ours.system) == 0
    assert len(mail.outbox) == 1
    row = Message.objects.get()
    assert (row.channel, row.tries, row.next_at, row.failed) == ("email", 1, None, "")
    assert row.sent_at is not None
    assert journal() == ["message_written"]


def test_the_same_again_is_one_message_and_another_link_is_another(ours, desk):
    link = new_id()
    for _ in range(3):
        tell(desk, "referral_asked", by=ours.system, link=link)
    assert Message.objects.count() == 1
    tell(desk, "ride_asked", by=ours.system, link=link)
    tell(desk, "referral_asked", by=ours.system, link=new_id())
    assert Message.objects.count() == 3


def test_minutes_later_it_is_a_new_message(ours, desk):
    tell(desk, "beds_asked", by=ours.system)
    Message.objects.update(made_at=sending.now() - timedelta(minutes=11))
    tell(desk, "beds_asked", by=ours.system)
    assert Message.objects.count() == 2


def test_what_was_taken_back_sends_nothing(ours, desk):
    def half_an_act():
        with transaction.atomic():
            tell(desk, "referral_asked", by=ours.system)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_an_act()
    assert sending.send_due(by=ours.system) == 0
    assert mail.outbox == []


@pytest.mark.covers("R05")
def test_a_revocation_calls_off_what_was_not_sent(ours, desk, journal):
    link = new_id()
    tell(desk, "referral_asked", by=ours.system, link=link)
    assert cancel(link, by=ours.actor("recovery_coach")) == 1
    assert cancel(link, by=ours.actor("recovery_coach")) == 0
    assert sending.send_due(by=ours.system) == 0
    assert mail.outbox == []
    assert journal() == ["message_written", "message_cancelled"]


def test_another_program_can_neither_tell_our_desk_nor_call_off(cast, desk):
    with pytest.raises(Refused):
        tell(desk, "referral_asked", by=cast.other.system)
    link = new_id()
    tell(desk, "referral_asked", by=cast.ours.system, link=link)
    assert cancel(link, by=cast.other.system) == 0
    assert sending.send_due(by=cast.other.system) == 0


class Fails:
    """A mail server that does not take it, a number of times."""

    def __init__(self, times):
        self.left, self.fault = times, smtplib.SMTPRecipientsRefused({"desk@example.org": (550, b"no")})

    def __call__(self):
        if self.left:
            self.left -= 1
            raise self.fault
        return 1


def test_it_is_tried_again_with_growing_pauses(ours, desk, clock, monkeypatch):
    monkeypatch.setattr(channels.EmailMessage, "send", Fails(3))
    tell(desk, "referral_asked", by=ours.system)
    due_now(clock)
    pauses = []
    for _ in range(3):
        assert sending.send_due(by=ours.system) == 0
        assert sending.send_due(by=ours.system) == 0  # not before the pause is over
        pauses.append(Message.objects.get().next_at - clock.moment)
        due_now(clock)
    assert pauses == [pause_after(number) for number in (1, 2, 3)]
    assert pauses == sorted(set(pauses))
    assert sending.send_due(by=ours.system) == 1
    assert Message.objects.get().tries == 4


def test_after_a_day_the_coordinator_sees_it_and_police_do_not(ours, cast, desk, clock, monkeypatch):
    monkeypatch.setattr(channels.EmailMessage, "send", Fails(1000))
    tell(desk, "referral_asked", by=ours.system)
    for _ in range(60):
        if Message.objects.get().next_at is None:
            break
        due_now(clock)
        sending.send_due(by=ours.system)
    row = Message.objects.get()
    assert (row.failed, row.sent_at) == ("given_up", None)
    assert timedelta(hours=24) <= clock.moment - row.made_at <= timedelta(hours=26)
    assert [lost.agency for lost in undelivered_for(ours.actor("coordinator"))] == [desk]
    assert list(undelivered_for(ours.actor("outreach_officer"))) == []
    assert list(undelivered_for(cast.other.actor("coordinator"))) == []


def test_a_desk_without_an_address_is_known_at_once(ours, desk):
    desk.email = ""
    desk.save()
    tell(desk, "referral_asked", by=ours.system)
    assert sending.send_due(by=ours.system) == 0
    assert undelivered_for(ours.actor("coordinator")).get().failed == "no_address"


def test_a_text_message_goes_when_the_mail_is_not_taken(ours, desk, clock, settings, monkeypatch):
    settings.SMS_URL = "json://sms.example/{number}"
    Agency.objects.filter(id=desk.id).update(phone="555-0100", takes_texts=True)
    monkeypatch.setattr(channels.EmailMessage, "send", Fails(1000))
    monkeypatch.setattr(channels.TextMessage, "send", lambda self, address, text: None)
    tell(desk, "referral_asked", by=ours.system)
    due_now(clock)
    assert sending.send_due(by=ours.system) == 0
    due_now(clock)
    assert sending.send_due(by=ours.system) == 1
    assert Message.objects.get().channel == "sms"


class Killed(BaseException):
    """The process is gone; nothing after this line runs."""


@pytest.mark.parametrize("sends_first", [True, False])
def test_killed_around_the_sending_it_is_told_twice_at_most_and_never_forgotten(
    ours, desk, clock, monkeypatch, sends_first
):
    def send(self, address, text):
        if sends_first:
            mail.outbox.append(text)
        raise Killed

    tell(desk, "referral_asked", by=ours.system)
    due_now(clock)
    with monkeypatch.context() as patch:
        patch.setattr(channels.Email, "send", send)
        with pytest.raises(Killed):
            sending.send_due(by=ours.system)
    assert sending.send_due(by=ours.system) == 0  # another worker leaves it alone meanwhile
    due_now(clock)
    assert sending.send_due(by=ours.system) == 1
    clock.move(hours=3)
    assert sending.send_due(by=ours.system) == 0
    assert len(mail.outbox) == 1 + sends_first


def test_killed_between_sending_and_marking_it_is_told_once_more(ours, desk, clock, monkeypatch):
    def mark(*args, **kwargs):
        raise Killed

    tell(desk, "referral_asked", by=ours.system)
    due_now(clock)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "mark", mark)
        with pytest.raises(Killed):
            sending.send_due(by=ours.system)
    due_now(clock)
    assert sending.send_due(by=ours.system) == 1
    clock.move(hours=3)
    assert sending.send_due(by=ours.system) == 0
    assert len(mail.outbox) == 2


def test_old_messages_are_forgotten_and_waiting_ones_are_not(ours, desk):
    tell(desk, "referral_asked", by=ours.system)
    tell(desk, "beds_asked", by=ours.system)
    sending.deliver(Message.objects.get(reason="beds_asked").id, by=ours.system)
    Message.objects.update(made_at=sending.now() - timedelta(days=31))
    assert sending.forget_messages(by=ours.system) == 1
    assert Message.objects.get().reason == "referral_asked"


# --- devices ----------------------------------------------------------------------------------------------------------


def pushed(ours, monkeypatch, fault=None):
    heard = []

    def wake(address):
        heard.append(address)
        if fault:
            raise fault

    monkeypatch.setattr(push, "wake", wake)
    switch_on(**DEVICE, by=ours.actor("coordinator"))
    tell(ours.users["coordinator"], "answer_came", by=ours.system)
    return sending.send_due(by=ours.system), heard


def test_a_user_is_reached_on_the_own_device_and_nowhere_else(ours, settings, monkeypatch):
    configured(settings, "email")
    sent, heard = pushed(ours, monkeypatch)
    assert (sent, [address.to for address in heard]) == (1, [DEVICE["endpoint"]])
    assert mail.outbox == []


def test_a_device_that_is_gone_is_forgotten(ours, monkeypatch):
    sent, _ = pushed(ours, monkeypatch, Gone())
    assert sent == 0
    assert Device.objects.count() == 0
    assert devices_of(ours.actor("coordinator")) == 0


def test_a_device_that_is_off_is_kept(ours, monkeypatch):
    sent, _ = pushed(ours, monkeypatch, NotTaken())
    assert sent == 0
    assert Device.objects.count() == 1


def test_a_user_without_a_device_is_told_by_nothing(ours):
    tell(ours.users["coordinator"], "no_answer", by=ours.system)
    assert sending.send_due(by=ours.system) == 0
    assert Message.objects.get().failed == "no_device"
    assert list(undelivered_for(ours.actor("coordinator"))) == []  # the page they would read it on is theirs


def test_switching_on_twice_is_one_device_and_off_is_off(ours, journal):
    by = ours.actor("recovery_coach")
    for _ in range(2):
        switch_on(**DEVICE, by=by)
    assert devices_of(by) == 1
    assert (switch_off(by=by), switch_off(by=by)) == (1, 0)
    assert journal() == ["push_switched", "push_switched"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://updates.push.services.mozilla.com/x", "https://127.0.0.1/x", "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.apple.com.example/", "file:///etc/passwd", "https://user@localhost/", "https://notify.windows.com.example/",
    ],
)  # fmt: skip
def test_the_server_calls_no_address_that_a_browser_made_up(ours, endpoint):
    with pytest.raises(Refused):
        switch_on(**DEVICE | {"endpoint": endpoint}, by=ours.actor("recovery_coach"))
    assert Device.objects.count() == 0
