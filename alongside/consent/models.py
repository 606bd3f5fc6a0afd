"""Ties, agreements and what was shared under them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext

from alongside.common.ids import new_id
from alongside.consent.rules import EMERGENCIES, designations_of, may_receive
from alongside.identity.fields import SealedField


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


class Agreements(models.QuerySet["Consent"]):
    """The two questions every door asks about agreements."""

    def holding(self, at: datetime) -> Agreements:
        """Those given by then, not ended by then, and not over by then: by the server's clock alone."""
        rows = self.filter(models.Q(revoked_at=None) | models.Q(revoked_at__gt=at))
        return rows.filter(given_at__lte=at, expires_at__gt=at)

    def naming(self, agency_id: UUID | None, agency_kind: str) -> Agreements:
        """Those that name the agency, or a class it belongs to; none for a kind that may never be told anything."""
        if agency_id is None or not may_receive(agency_kind):
            return self.none()
        named = models.Q(recipient_id=agency_id)
        classes = models.Q(designation__in=designations_of(agency_kind))
        return self.filter(named | classes)


class Consent(models.Model):
    """One version of an agreement, with every element of 42 CFR 2.31(a). Never edited: a change is a new version.

    The database refuses any change but the first ending (`revoked_at`: taken back, or followed by a newer version).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    discloser = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    designation = models.CharField(max_length=30, blank=True, default="")
    categories = models.JSONField()
    purpose = models.CharField(max_length=30)
    language = models.CharField(max_length=12)
    wording = models.PositiveSmallIntegerField(default=0)
    how = models.CharField(max_length=12)
    signer = models.CharField(max_length=10, default="self")
    age = models.CharField(max_length=8, default="adult")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = Agreements.as_manager()

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "discloser": "none", "recipient": "code", "designation": "code",
        "categories": "code", "purpose": "code", "language": "code", "wording": "none", "how": "none", "signer": "code",
        "age": "code", "version": "none", "replaces": "none", "given_at": "none", "expires_at": "none",
        "revoked_at": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="consent_names_an_agency_or_a_class",
                condition=models.Q(recipient__isnull=False, designation="")
                | (models.Q(recipient__isnull=True) & ~models.Q(designation="")),
            ),
        ]

    def __str__(self) -> str:
        return "consent"

    @property
    def whom(self) -> str:
        """Who may be told: the name of the agency, or the class in words."""
        return self.recipient.name if self.recipient else gettext("My treating providers")


class ConsentDraft(models.Model):
    """An agreement that does not hold: made on a phone or lacking its signer. Nothing that decides reads this table.

    A draft that was taken back stays as a mark, so that it cannot come alive when it arrives again.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True, default="")

    PRIVACY: ClassVar = {"id": "none", "person": "code", "received_at": "none", "taken_back_at": "none", "why": "none"}
    RETENTION = "until forgotten"

    def __str__(self) -> str:
        return "draft"

    @property
    def reason(self) -> str:
        """Why it does not hold yet, in the reader's language."""
        return gettext(self.why) if self.why else ""


class Disclosure(models.Model):
    """Something shared with a partner: what, to whom, why, under which agreement. Holds no content."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey("consent.Consent", on_delete=models.PROTECT, related_name="+")
    # The partner that passed it on; empty when our own team told them.
    forwarded_by = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    categories = models.JSONField()
    purpose = models.CharField(max_length=30)
    at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "recipient": "code", "consent": "code", "forwarded_by": "code",
        "categories": "code", "purpose": "code", "at": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    def __str__(self) -> str:
        return "disclosure"


class Emergency(models.Model):
    """Something told in a medical emergency without an agreement: what 42 CFR 2.51(c) wants written down, and no more.

    It opens nothing for a police role, ever.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    by_user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField(max_length=12, choices=list(EMERGENCIES.items()))
    at = models.DateTimeField()
    # Name and affiliation of whoever was told. Typed by hand next to a person, so it is sealed.
    told = SealedField(privacy_class="health", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "by_user": "staff", "nature": "code", "at": "none", "told": "health",
    }  # fmt: skip
    RETENTION = "6 years; who was told: until forgotten"

    def __str__(self) -> str:
        return "emergency"
