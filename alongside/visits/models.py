"""Attempts (a visit is an attempt in person), and who is out on one right now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.visits.rules import CHANNELS, PHONE_FIRST_WAIVERS, RESPONSES, RESULTS


class Attempt(models.Model):
    """One effort to reach the person. `draft` is made on the phone: the same draft twice is one attempt."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="tries")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    draft = models.UUIDField(unique=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_user = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=list(CHANNELS.items()))
    waiver = models.CharField(max_length=16, blank=True, choices=list(PHONE_FIRST_WAIVERS.items()))
    result = models.CharField(max_length=14, choices=list(RESULTS.items()))
    response = models.CharField(max_length=12, blank=True, choices=list(RESPONSES.items()))
    kits = models.PositiveSmallIntegerField(default=0)
    officer_present = models.BooleanField(default=False)
    note = SealedField(privacy_class="health", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "code", "case": "code", "person": "code", "draft": "none", "at": "code", "recorded_at": "none",
        "by_user": "staff", "channel": "code", "waiver": "code", "result": "code", "response": "code", "kits": "code",
        "officer_present": "code", "note": "health",
    }  # fmt: skip
    RETENTION = "note: until forgotten; the rest is counted"

    class Meta:
        ordering: ClassVar = ["at"]
        indexes: ClassVar = [
            models.Index(fields=["case", "at"], name="attempt_of_case"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return RESULTS[self.result]


class Outing(models.Model):
    """Somebody went to a visit: begun, meant to end, ended. For the safety of whoever goes, never for where they are."""

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # When the coordinators were told that it should have ended; once.
    told_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "case": "code", "user": "staff", "begun_at": "none", "due_at": "none", "ended_at": "none",
        "told_at": "none",
    }  # fmt: skip
    RETENTION = "30 days"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ended_at", "due_at"], name="outings_open")]

    def __str__(self) -> str:
        return "outing"
