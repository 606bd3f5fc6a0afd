"""The incident table."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.incidents.rules import KINDS, OUTCOMES, STATES


class Incident(models.Model):
    """One event. Not for a story: there is no free text, and the call's own number is kept only as a keyed digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    source = models.CharField(max_length=40)
    source_digest = models.CharField(max_length=40)
    batch = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    occurred_at = models.DateTimeField()
    time_known = models.BooleanField(default=True)
    entered_at = models.DateTimeField()
    town = models.ForeignKey("accounts.Town", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=list(OUTCOMES.items()), default="unknown")
    naloxone_doses = models.PositiveSmallIntegerField(null=True, blank=True)
    naloxone_by = models.JSONField(default=list)
    substances = models.JSONField(default=list)
    facts = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="waiting")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    joined_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="joined")
    place = SealedField(privacy_class="origin", holder="id")

    PRIVACY: ClassVar = {
        "id": "code", "program": "none", "source": "none", "source_digest": "code", "batch": "code", "kind": "code",
        "occurred_at": "code", "time_known": "none", "entered_at": "none", "town": "code", "outcome": "code",
        "naloxone_doses": "code", "naloxone_by": "code", "substances": "code", "facts": "code", "state": "none",
        "person": "code", "joined_into": "code", "place": "origin",
    }  # fmt: skip
    RETENTION = "place: 90 days; the rest is counted"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "source", "source_digest"], name="received_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "state", "occurred_at"], name="incident_morning"),
            models.Index(fields=["person", "occurred_at"], name="incident_of_person"),
            models.Index(fields=["batch"], name="incident_of_import"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"
