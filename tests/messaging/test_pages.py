"""The page where somebody switches the own device on, and where a coordinator sees whom to telephone."""

import pytest
from django.test import Client
from django.urls import reverse
from py_vapid import Vapid02

from alongside.messaging import channels, push, sending
from alongside.messaging.actions import switch_on, tell
from alongside.messaging.models import Device, Message
from alongside.messaging.rules import Address, Gone, NotTaken
from tests.messaging.ways import DEVICE, configured

pytestmark = pytest.mark.django_db


def signed_in(ours, role):
    client = Client()
    client.force_login(ours.users[role])
    return client


def test_on_a_try_and_off(ours, monkeypatch):
    woken = []
    monkeypatch.setattr(push, "wake", woken.append)
    client = signed_in(ours, "recovery_coach")
    assert "No device is switched on" in client.get(reverse("messaging:mine")).content.decode()
    client.post(reverse("messaging:on"), DEVICE)
    page = client.get(reverse("messaging:mine")).content.decode()
    assert "1 device is switched on" in page
    assert DEVICE["endpoint"] not in page
    client.post(reverse("messaging:try"))
    assert Message.objects.get().reason == "test"
    assert sending.send_due(by=ours.system) == 1
    assert [address.to for address in woken] == [DEVICE["endpoint"]]
    client.post(reverse("messaging:off"))
    assert Device.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"endpoint": "javascript:alert(1)"}, {"auth": ""}, {"p256dh": "<b>"}])
def test_nothing_is_kept_of_what_no_browser_would_say(ours, wrong):
    client = signed_in(ours, "recovery_coach")
    assert client.post(reverse("messaging:on"), DEVICE | wrong).status_code == 302
    assert Device.objects.count() == 0


def test_the_coordinator_sees_whom_to_telephone_and_the_coach_does_not(ours, settings):
    configured(settings, "email")
    tell(ours.agencies["shelter"], "referral_asked", by=ours.system)
    sending.send_due(by=ours.system)
    words = "Could not be reached"
    assert words in signed_in(ours, "coordinator").get(reverse("messaging:mine")).content.decode()
    assert words not in signed_in(ours, "recovery_coach").get(reverse("messaging:mine")).content.decode()


class Answer:
    def __init__(self, status):
        self.status_code, self.text, self.reason, self.headers = status, "the name of a person", "because", {}


@pytest.mark.parametrize(("status", "fault"), [(201, None), (404, Gone), (410, Gone), (429, NotTaken), (500, NotTaken)])
def test_a_push_is_signed_empty_and_patient(monkeypatch, status, fault):
    sent = []

    def post(session, url, **options):
        assert session.max_redirects == 0
        sent.append((url, options))
        return Answer(status)

    monkeypatch.setattr("requests.Session.post", post)
    address = Address("", DEVICE["endpoint"], (DEVICE["p256dh"], DEVICE["auth"]))
    if fault:
        with pytest.raises(fault) as caught:
            channels.Push().send(address, "You have a message in Alongside. https://somewhere/a/token/")
        assert str(caught.value) == ""
    else:
        channels.Push().send(address, "You have a message in Alongside. https://somewhere/a/token/")
    ((url, options),) = sent
    assert url == DEVICE["endpoint"]
    assert not options["data"]
    assert options["headers"]["ttl"] == str(push.SECONDS_KEPT)
    assert options["headers"]["Urgency"] == "high"
    assert options["headers"]["Authorization"].endswith(f"k={push.public_key()}")
    assert Vapid02.verify(options["headers"]["Authorization"])


def test_the_key_of_an_installation_stays_the_same():
    assert push.public_key() == push.public_key()
    assert len(push.public_key()) == 87


def test_a_device_of_one_user_is_not_anothers(ours):
    switch_on(**DEVICE, by=ours.actor("recovery_coach"))
    page = signed_in(ours, "clinician").get(reverse("messaging:mine")).content.decode()
    assert "No device is switched on" in page
