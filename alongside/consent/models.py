"""Ties, agreements and what was shared under them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id


class Tie(models.Model):
    """A worker (or a partner agency) and a person, for a while. The firewall reads relations here and nowhere else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # "work", or the one purpose of `consent.rules.OPENED_APART` that this tie opens.
    opens = models.CharField(max_length=20, default="work")

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "user": "code", "agency": "code", "opened_at": "none", "expires_at": "none",
        "closed_at": "none", "opens": "none",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tie_of_a_user_or_an_agency",
                condition=models.Q(user__isnull=False, agency__isnull=True)
                | models.Q(user__isnull=True, agency__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "user"], name="tie_by_person")]

    def __str__(self) -> str:
        return "tie"


class Restriction(models.Model):
    """Classes kept from one agency or one user: the person asked and we agreed, or the user knows the person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    classes = models.JSONField()
    why = models.CharField(max_length=20)
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "user": "code", "agency": "code", "classes": "none", "why": "none",
        "agreed_at": "none", "ended_at": "none",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="restriction_of_a_user_or_an_agency",
                condition=models.Q(user__isnull=False, agency__isnull=True)
                | models.Q(user__isnull=True, agency__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "restriction"


class Consent(models.Model):
    """One agreement with every element of 42 CFR 2.31(a). Never edited: a change is a new one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    categories = models.JSONField()
    purpose = models.CharField(max_length=30)
    language = models.CharField(max_length=12)
    how = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "recipient": "code", "categories": "code", "purpose": "code",
        "language": "code", "how": "none", "given_at": "none", "expires_at": "none", "revoked_at": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    def __str__(self) -> str:
        return "consent"


class Disclosure(models.Model):
    """Something shared with a partner: what, to whom, why, under which agreement. Holds no content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey("consent.Consent", on_delete=models.PROTECT, related_name="+")
    categories = models.JSONField()
    purpose = models.CharField(max_length=30)
    at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "recipient": "code", "consent": "code", "categories": "code",
        "purpose": "code", "at": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    def __str__(self) -> str:
        return "disclosure"
