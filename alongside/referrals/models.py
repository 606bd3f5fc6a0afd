"""Needs and referrals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.referrals.rules import HANDOFFS, STATUSES
from alongside.services.rules import NEEDS


class Need(models.Model):
    """Something the person wants, in their own words when they gave any."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="needs")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=20)
    noted_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    words = SealedField(privacy_class="health", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "code", "case": "code", "person": "code", "code": "code", "noted_at": "code", "met_at": "code",
        "words": "health",
    }  # fmt: skip
    RETENTION = "words: until forgotten; the rest is counted"

    class Meta:
        ordering: ClassVar = ["noted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_open_need_of_a_kind", fields=["case", "code"],
                                    condition=models.Q(met_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> Promise:
        """What the person wants, in plain words."""
        return _(NEEDS[self.code])


class Referral(models.Model):
    """A need passed on to a service. Without `agency` it is a call or a number given; with one, the partner answers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need = models.ForeignKey("referrals.Need", on_delete=models.CASCADE, related_name="referrals")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey("services.Service", null=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    named = models.BooleanField(default=False)
    # What was shared with it; empty when nothing with a name was.
    disclosure = models.ForeignKey("consent.Disclosure", null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=18, choices=list(STATUSES.items()), default="draft")
    handoff = models.CharField(max_length=16, choices=list(HANDOFFS.items()), default="information")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "code", "need": "code", "person": "code", "service": "code", "agency": "code", "named": "none",
        "disclosure": "none", "status": "code", "handoff": "code", "made_at": "code", "changed_at": "code",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        ordering: ClassVar = ["-made_at"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "status"], name="referral_inbox"),
            models.Index(fields=["status", "made_at"], name="referral_unanswered"),
        ]

    def __str__(self) -> str:
        return self.status
