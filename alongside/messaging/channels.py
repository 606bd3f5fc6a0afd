"""The ways a message can take. Each says whom it reaches and sends; none knows why, or about whom."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext

from alongside.accounts.models import Agency, User
from alongside.messaging import push
from alongside.messaging.models import Device
from alongside.messaging.rules import SUBJECT, Address, Gone, NotTaken

Recipient = Agency | User
MOST_DEVICES = 5


class Channel(Protocol):
    """One way of sending. A failure is `NotTaken`, without a word of what the other side said."""

    name: str

    def reaches(self, to: Recipient) -> bool:
        """Whether there is an address of this kind."""
        ...

    def addresses(self, to: Recipient) -> list[Address]:
        """Where a message to this desk or user goes; none when it does not reach them."""
        ...

    def send(self, address: Address, text: str) -> None:
        """Hand it over, or raise `NotTaken`; `Gone` when the address will never be good again."""
        ...


class Console:
    """Where nothing is set up: a line for whoever looks at the terminal, with nothing in it to follow."""

    name = "console"

    def reaches(self, to: Recipient) -> bool:
        """Every desk; a user's page shows what waits anyway."""
        return isinstance(to, Agency)

    def addresses(self, to: Recipient) -> list[Address]:
        """The name on the desk's own door."""
        return [Address(to.name, "")] if isinstance(to, Agency) else []

    def send(self, address: Address, text: str) -> None:
        """One line, without the text and its link."""
        sys.stderr.write(f"one message to the desk of {address.name}\n")


class Email:
    """The desk's own e-mail address, through Django's mail back end."""

    name = "email"

    def reaches(self, to: Recipient) -> bool:
        """A desk with an e-mail address; no address of a user is kept."""
        return isinstance(to, Agency) and bool(to.email)

    def addresses(self, to: Recipient) -> list[Address]:
        """The one of the desk."""
        return [Address(to.name, to.email)] if isinstance(to, Agency) and to.email else []

    def send(self, address: Address, text: str) -> None:
        """Subject and text say the same."""
        letter = EmailMessage(gettext(SUBJECT), text, settings.MAIL_FROM, [address.to])
        _or_not_taken(lambda: letter.send() == 1)


class TextMessage:
    """The desk's telephone, through the service whose apprise address the administrator wrote into the settings."""

    name = "sms"

    def reaches(self, to: Recipient) -> bool:
        """A desk whose telephone takes text messages."""
        return isinstance(to, Agency) and bool(to.phone) and to.takes_texts

    def addresses(self, to: Recipient) -> list[Address]:
        """The digits of that telephone."""
        if not isinstance(to, Agency) or not self.reaches(to):
            return []
        return [Address(to.name, "".join(sign for sign in to.phone if sign in "+0123456789"))]

    def send(self, address: Address, text: str) -> None:
        """The text alone: a title would only repeat it."""
        service = import_module("apprise").Apprise()  # it knows a hundred services, so only who sends a text loads it
        if not service.add(settings.SMS_URL.replace("{number}", address.to)):
            raise NotTaken
        _or_not_taken(lambda: bool(service.notify(body=text)))


class Push:
    """The browsers a user switched on. What is pushed is empty: the sentence on the screen is the device's own."""

    name = "push"

    def reaches(self, to: Recipient) -> bool:
        """A user with at least one device."""
        return isinstance(to, User) and Device.objects.filter(user=to).exists()

    def addresses(self, to: Recipient) -> list[Address]:
        """The devices switched on last."""
        if not isinstance(to, User):
            return []
        rows = Device.objects.filter(user=to).order_by("-made_at")[:MOST_DEVICES]
        return [Address("", row.endpoint, (row.p256dh, row.auth)) for row in rows]

    def send(self, address: Address, text: str) -> None:
        """Wake one device."""
        push.wake(address)


def channels_for(to: Recipient) -> list[Channel]:
    """The channels of this installation that reach a desk or a user, the preferred one first."""
    ways: list[Channel] = [Push()]
    if settings.MAIL_URL:
        ways.append(Email())
    if settings.SMS_URL:
        ways.append(TextMessage())
    if not settings.MAIL_URL and not settings.SMS_URL:
        ways.append(Console())
    return [way for way in ways if way.reaches(to)]


def _or_not_taken(hand_over: Callable[[], bool]) -> None:
    """Any failure of somebody else's server is one of ours without its words: they may repeat an address."""
    try:
        taken = hand_over()
    except Gone:
        raise
    except Exception:  # each service has errors of its own
        raise NotTaken from None
    if not taken:
        raise NotTaken
