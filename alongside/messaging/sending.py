"""The outbox on its way: claimed, sent outside of any transaction, then marked.

A process that dies in between leaves the claim behind. It ends after the pause, and the message goes once more: somebody may
be told twice, nobody is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.links import token
from alongside.common.walls import acting
from alongside.messaging.channels import Channel, channels_for
from alongside.messaging.models import Device, Message
from alongside.messaging.rules import KEPT_DAYS, TEXT, Address, Gone, NotTaken, is_over, pause_after, text_of

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One message with everything that sending needs, so that no row is held meanwhile."""

    id: UUID
    channel: Channel
    addresses: list[Address]
    text: str


def send_due(*, by: Actor) -> int:
    """Send what is due in the program; the number sent. Can run in several processes at once; lays its own walls."""
    with acting(by.program_id):
        due = Message.objects.filter(program_id=by.program_id, next_at__lte=now()).order_by("next_at")
        waiting = list(due.values_list("id", flat=True)[:MOST_AT_ONCE])
    return sum(deliver(message_id, by=by) for message_id in waiting)


def deliver(message_id: UUID, *, by: Actor) -> bool:
    """Send one message if it is due and nobody else is at it; whether it went out."""
    with acting(by.program_id):
        letter = claim(message_id, by=by)
    if letter is None:
        return False
    gone: list[str] = []
    sent = [_went(letter, address, gone) for address in letter.addresses]
    with acting(by.program_id):
        mark(letter, gone, sent=any(sent), by=by)
    return any(sent)


def _went(letter: Letter, address: Address, gone: list[str]) -> bool:
    try:
        letter.channel.send(address, letter.text)
    except Gone:
        gone.append(address.to)
        return False
    except NotTaken:
        return False
    return True


@transaction.atomic
def claim(message_id: UUID, *, by: Actor) -> Letter | None:
    """Take a due message for as long as the pause after this try; None when it is not due, or another process took it."""
    moment = now()
    due = Message.objects.filter(id=message_id, program_id=by.program_id, next_at__lte=moment)
    message = due.select_for_update(of=("self",), no_key=True).select_related("agency", "user").first()
    if message is None:
        return None
    to = message.agency or message.user
    ways = channels_for(to) if to else []
    message.next_at = moment + pause_after(message.tries + 1)
    if not ways or is_over(message.made_at, moment):
        message.next_at = None
        message.failed = "given_up" if ways else "no_address" if message.agency_id else "no_device"
        message.save(update_fields=["next_at", "failed"])
        return None
    way = ways[message.tries % len(ways)]  # the other way, when the first did not take it
    message.tries, message.channel = F("tries") + 1, way.name
    message.save(update_fields=["next_at", "tries", "channel"])
    with translation.override(settings.LANGUAGE_CODE):
        text = text_of(gettext(TEXT), _link(message))
    return Letter(message.id, way, way.addresses(to) if to else [], text)


def _link(message: Message) -> str:
    """The signed address that answers without an account; nothing of it is kept anywhere."""
    if message.link is None:
        return ""
    return f"{settings.ADDRESS}/a/{token('answer', message.program_id, message.link)}/"


@transaction.atomic
def mark(letter: Letter, gone: list[str], *, sent: bool, by: Actor) -> None:
    """Write down that a message went out; forget the devices that are gone. One that did not go is due after its pause."""
    Device.objects.filter(user__agency__program_id=by.program_id, endpoint__in=gone).delete()
    if sent:
        Message.objects.filter(id=letter.id).update(sent_at=now(), next_at=None)


@transaction.atomic
def forget_messages(*, by: Actor) -> int:
    """Take out what was settled thirty days ago; every night."""
    over = Message.objects.filter(program_id=by.program_id, next_at=None, made_at__lt=now() - timedelta(days=KEPT_DAYS))
    return over.delete()[0]
