"""What was reviewed, who was opened in danger, and which breaches were declared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.review.rules import DANGERS, OUTCOMES, REASONS, STATE_DAYS, UNTOLD, Deadline, deadlines_of


class Review(models.Model):
    """What a reviewer said about one entry of the journal (`item` is its number). No free text: codes only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    item = models.BigIntegerField(unique=True)
    outcome = models.CharField(max_length=14, choices=list(OUTCOMES.items()))
    reason = models.CharField(max_length=16, choices=list(REASONS.items()))
    reviewed_at = models.DateTimeField()
    by_user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "item": "code", "outcome": "code", "reason": "code", "reviewed_at": "none",
        "by_user": "staff",
    }  # fmt: skip
    RETENTION = "6 years"

    def __str__(self) -> str:
        return self.outcome


class BreakGlass(models.Model):
    """One person opened for one user for 15 minutes because somebody was in danger; `item` is its journal entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    item = models.BigIntegerField(unique=True)
    category = models.CharField(max_length=16, choices=list(DANGERS.items()))
    reason = SealedField(privacy_class="health", holder="person_id")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tell_person = models.BooleanField(default=True)
    untold = models.CharField(max_length=16, blank=True, choices=list(UNTOLD.items()))

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "user": "staff", "item": "code", "category": "code", "reason": "health",
        "opened_at": "none", "expires_at": "none", "tell_person": "none", "untold": "code",
    }  # fmt: skip
    RETENTION = "6 years; the reason until forgotten"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="told_or_a_reason_why_not",
                condition=models.Q(tell_person=True, untold="") | models.Q(tell_person=False) & ~models.Q(untold=""),
            ),
        ]

    def __str__(self) -> str:
        return self.category


class Breach(models.Model):
    """A declared breach: whose look-ups, between when and when. Who is affected is read from the journal, not kept here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()
    known_at = models.DateTimeField()
    affected = models.PositiveIntegerField()
    state_days = models.PositiveSmallIntegerField(default=STATE_DAYS)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "user": "staff", "agency": "none", "since_at": "none", "until_at": "none",
        "known_at": "none", "affected": "none", "state_days": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    class Meta:
        ordering: ClassVar = ["-known_at"]

    def __str__(self) -> str:
        return f"{self.known_at:%Y-%m-%d}"

    @property
    def deadlines(self) -> list[Deadline]:
        """The clocks that run since it was known."""
        return deadlines_of(self.known_at, self.affected, self.state_days)
