"""Writing a message into the outbox, in the transaction of what it tells of; taking it back; switching a device on or off."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction

from alongside.accounts.models import Agency, User
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.models import Device, Message
from alongside.messaging.push import takes
from alongside.messaging.rules import REASONS, SAME_WITHIN_MINUTES
from alongside.messaging.sending import deliver


@transaction.atomic
def tell(to: Agency | User, reason: str, *, by: Actor, link: UUID | None = None) -> None:
    """Tell a desk or a user that something waits for them: sent after the caller's commit, never when it is taken back.

    The same again within minutes is one message. `link` is the id of an AnswerLink; its signed address goes along.
    """
    if reason not in REASONS:
        raise KeyError(reason)
    of_program = to.program_id if isinstance(to, Agency) else to.agency.program_id
    if of_program != by.program_id:
        raise Refused("That desk does not exist here.")
    hold_the_chain()  # two who tell the same at once: the second finds the message of the first
    moment, whom = now(), {"agency": to} if isinstance(to, Agency) else {"user": to}
    since = moment - timedelta(minutes=SAME_WITHIN_MINUTES)
    if Message.objects.filter(**whom, reason=reason, link=link, made_at__gt=since, cancelled_at=None).exists():
        return
    message = Message.objects.create(
        **whom, program_id=by.program_id, reason=reason, link=link, made_at=moment, next_at=moment
    )
    record("message_written", kind="agency" if isinstance(to, Agency) else "user", target=to.pk, by=by, reason=reason)
    if not settings.MAIL_URL and not settings.SMS_URL:
        # A line on the terminal waits for no server; whatever does is the worker's.
        transaction.on_commit(partial(deliver, message.id, by=by), robust=True)


@transaction.atomic
def cancel(link: UUID, *, by: Actor) -> int:
    """Call off every message for a link that was not sent yet, as a revocation must; the number called off."""
    waiting = Message.objects.filter(program_id=by.program_id, link=link, sent_at=None, cancelled_at=None)
    count = waiting.update(cancelled_at=now(), next_at=None)
    if count:
        record("message_cancelled", kind="link", target=link, by=by, messages=count)
    return count


@transaction.atomic
def switch_on(endpoint: str, p256dh: str, auth: str, *, by: Actor) -> Device:
    """Let one browser of the acting user take messages; the same again changes nothing."""
    if not takes(endpoint):
        raise Refused("This browser's push service is not one that the administrator allowed.")
    made, fresh = Device.objects.update_or_create(
        user=_self(by), endpoint=endpoint, defaults={"p256dh": p256dh, "auth": auth, "made_at": now()}
    )
    if fresh:
        record("push_switched", kind="user", target=by.user_id, by=by, on=True)
    return made


@transaction.atomic
def switch_off(*, by: Actor) -> int:
    """Let no browser of the acting user take messages any more; the number that did."""
    count, _ = Device.objects.filter(user=_self(by)).delete()
    if count:
        record("push_switched", kind="user", target=by.user_id, by=by, on=False)
    return count


def _self(by: Actor) -> User:
    if by.user_id is None:
        raise Refused("The program itself has no device.")
    return User.objects.get(id=by.user_id)
