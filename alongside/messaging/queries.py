"""What did not arrive."""

from __future__ import annotations

from django.db.models import QuerySet

from alongside.common.actor import Actor
from alongside.messaging.models import Device, Message


def undelivered_for(viewer: Actor) -> QuerySet[Message]:
    """Messages to desks of the viewer's program that could not be delivered: somebody has to telephone. Never for police."""
    if viewer.goes_along:
        return Message.objects.none()
    lost = Message.objects.filter(program_id=viewer.program_id, agency__isnull=False, sent_at=None, cancelled_at=None)
    return lost.exclude(failed="").select_related("agency")


def devices_of(viewer: Actor) -> int:
    """How many browsers of the viewer take messages."""
    return Device.objects.filter(user__id=viewer.user_id).count() if viewer.user_id else 0
