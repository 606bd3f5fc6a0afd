"""Requests of people about what is kept, and the one policy that forbids destroying."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.rights.rules import ANSWERS, CORRECTABLE, KINDS, STATES, VERIFIED


class Request(models.Model):
    """One request of a person: to see, correct, restrict or forget. Not for what the copy says: that is never stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=list(KINDS.items()))
    received_at = models.DateTimeField()
    due_on = models.DateField()
    verified = models.CharField(max_length=12, choices=list(VERIFIED.items()))
    about = models.CharField(max_length=16, blank=True, choices=list(CORRECTABLE.items()))
    # A name may stand in it, so it is sealed like one.
    asked = SealedField(privacy_class="identity", holder="person_id")
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="open")
    answer = models.CharField(max_length=16, blank=True, choices=list(ANSWERS.items()))
    answered_at = models.DateTimeField(null=True, blank=True)
    # The person's statement of disagreement: shown with the record from now on (45 CFR 164.526(d)).
    statement = SealedField(privacy_class="health", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "code", "person": "code", "kind": "code", "received_at": "code", "due_on": "code", "verified": "code",
        "about": "code", "asked": "identity", "state": "code", "answer": "code", "answered_at": "code",
        "statement": "health",
    }  # fmt: skip
    RETENTION = "6 years; the person's words until forgotten"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="request_by_clock")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="answered_request_has_an_answer",
                condition=models.Q(state="open", answer="", answered_at__isnull=True)
                | (models.Q(state="answered", answered_at__isnull=False) & ~models.Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class RecordsSchedule(models.Model):
    """A program under a public-records law that forbids destroying records: they are closed to everybody instead."""

    program = models.OneToOneField("accounts.Program", primary_key=True, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()

    PRIVACY: ClassVar = {"program": "none", "since_at": "none"}
    RETENTION = "while the law says so"

    def __str__(self) -> str:
        return "records schedule"
