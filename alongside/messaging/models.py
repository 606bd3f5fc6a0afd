"""The outbox, and the devices that take a push."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.messaging.rules import CHANNELS, FAILURES, REASONS


class Message(models.Model):
    """One “you have a message” to one desk or one user. It holds no text: there is only one, and no person is in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=24, choices=list(REASONS.items()))
    # The AnswerLink whose signed address goes with it. A bare id: the referrals stand above this room.
    link = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    # When it is tried next; empty when it needs no more trying.
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=8, blank=True, choices=list(CHANNELS.items()))
    failed = models.CharField(max_length=12, blank=True, choices=list(FAILURES.items()))

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "agency": "code", "user": "staff", "reason": "code", "link": "code",
        "made_at": "none", "next_at": "none", "tries": "none", "sent_at": "none", "cancelled_at": "none",
        "channel": "none", "failed": "none",
    }  # fmt: skip
    RETENTION = "30 days"

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_to_one_desk_or_one_user",
                condition=models.Q(agency=None, user__isnull=False) | models.Q(agency__isnull=False, user=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "next_at"], name="messages_to_send"),
            models.Index(fields=["link"], name="messages_of_link"),
        ]

    def __str__(self) -> str:
        return self.reason


class Device(models.Model):
    """One browser of one user that takes a push, as that browser's push service named it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=600)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    PRIVACY: ClassVar = dict.fromkeys(("id", "user", "endpoint", "p256dh", "auth", "made_at"), "staff")
    RETENTION = "while it is switched on"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "endpoint"], name="one_push_of_a_browser")]

    def __str__(self) -> str:
        return "push"


class Duty(models.Model):
    """A timed duty: who is at it until when, and how it last ended. It belongs to the installation and tells of nobody."""

    name = models.CharField(max_length=40, primary_key=True)
    busy_until = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = dict.fromkeys(("name", "busy_until", "holder", "done_at", "failed_at"), "none")
    RETENTION = "kept"

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return self.name
