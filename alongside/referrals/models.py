"""Needs and referrals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.referrals.rules import (
    ANSWERED_HOW,
    BARRIERS,
    HANDOFFS,
    HELPED,
    HOLD_STATUSES,
    MEANS,
    RIDE_STATUSES,
    STAGES,
    STATUSES,
)
from alongside.services.rules import NEEDS


class Need(models.Model):
    """Something the person wants, in their own words when they gave any."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="needs")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=32)
    # Where the worker thinks they are with it (`rules.STAGES`); a guess, never asked for, never counted.
    stage = models.CharField(max_length=16, blank=True, choices=list(STAGES.items()))
    noted_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    words = SealedField(privacy_class="health", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "code", "case": "code", "person": "code", "code": "code", "stage": "code", "noted_at": "code", "met_at": "code",
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
    # When silence becomes something to act on, and since when a coordinator knows.
    answer_due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    answered_how = models.CharField(max_length=8, blank=True, choices=list(ANSWERED_HOW.items()))
    # Why a service could not, in one word of the list; and whether the person was helped, which is not the same as “connected”.
    barrier = models.CharField(max_length=16, blank=True, choices=list(BARRIERS.items()))
    helped = models.CharField(max_length=8, blank=True, choices=list(HELPED.items()))

    PRIVACY: ClassVar = {
        "id": "code", "need": "code", "person": "code", "service": "code", "agency": "code", "named": "none",
        "disclosure": "none", "status": "code", "handoff": "code", "made_at": "code", "changed_at": "code",
        "answer_due_at": "none", "escalated_at": "none", "answered_how": "none", "barrier": "code", "helped": "code",
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


class Beds(models.Model):
    """How many beds of a kind an agency says are free, beside those it already keeps for us. One row to lock for a hold."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    free = models.PositiveSmallIntegerField(null=True)
    said_at = models.DateTimeField(null=True)
    said_how = models.CharField(max_length=8, blank=True, choices=list(ANSWERED_HOW.items()))
    said_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = {
        "id": "none", "agency": "none", "kind": "none", "free": "none", "said_at": "none", "said_how": "none",
        "said_by": "staff", "asked_at": "none",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        verbose_name_plural = "beds"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "kind"], name="beds_of_a_kind_once")]

    def __str__(self) -> str:
        return self.kind


class BedCount(models.Model):
    """One count as it was said: who, when, how."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    beds = models.ForeignKey("referrals.Beds", on_delete=models.CASCADE, related_name="counts")
    free = models.PositiveSmallIntegerField()
    said_at = models.DateTimeField()
    said_how = models.CharField(max_length=8, choices=list(ANSWERED_HOW.items()))
    said_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": "none", "beds": "none", "free": "none", "said_at": "none", "said_how": "none", "said_by": "staff",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        ordering: ClassVar = ["-said_at"]

    def __str__(self) -> str:
        return str(self.free)


class BedHold(models.Model):
    """A bed kept for one referral until a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    beds = models.ForeignKey("referrals.Beds", on_delete=models.PROTECT, related_name="holds")
    referral = models.ForeignKey("referrals.Referral", on_delete=models.CASCADE, related_name="holds")
    status = models.CharField(max_length=10, choices=list(HOLD_STATUSES.items()), default="held")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "code", "beds": "code", "referral": "code", "status": "code", "made_at": "code", "expires_at": "code",
        "changed_at": "code",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_bed_for_a_referral", fields=["referral"],
                                    condition=models.Q(status="held")),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["status", "expires_at"], name="bed_holds_that_end")]

    def __str__(self) -> str:
        return self.status


class Ride(models.Model):
    """Somebody is taken somewhere: to the place that said yes, before the bed is given away."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need = models.ForeignKey("referrals.Need", on_delete=models.CASCADE, related_name="rides")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    # Where to: the referral that is waited for or said yes; empty is a ride to somewhere else.
    referral = models.ForeignKey("referrals.Referral", null=True, on_delete=models.SET_NULL, related_name="rides")
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    means = models.CharField(max_length=14, choices=list(MEANS.items()))
    status = models.CharField(max_length=12, choices=list(RIDE_STATUSES.items()), default="asked")
    # The person said themselves that a police car is fine.
    asked_for_police_car = models.BooleanField(default=False)
    named = models.BooleanField(default=False)
    disclosure = models.ForeignKey("consent.Disclosure", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    pick_up = SealedField(privacy_class="contact", holder="person_id")

    PRIVACY: ClassVar = {
        "id": "code", "need": "code", "person": "code", "referral": "code", "agency": "code", "means": "code",
        "status": "code", "asked_for_police_car": "code", "named": "none", "disclosure": "none", "asked_at": "code",
        "changed_at": "code", "due_at": "code", "pick_up": "contact",
    }  # fmt: skip
    RETENTION = "pick_up: until forgotten; the rest is counted"

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        indexes: ClassVar = [models.Index(fields=["agency", "status"], name="rides_of_agency")]

    def __str__(self) -> str:
        return self.status


class AnswerLink(models.Model):
    """One thing a partner may answer without an account. Its secret is signed, not kept: the table opens nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    # What it is for: one referral, one ride, or (when both are empty) the beds of the agency.
    referral = models.ForeignKey("referrals.Referral", null=True, on_delete=models.CASCADE, related_name="links")
    ride = models.ForeignKey("referrals.Ride", null=True, on_delete=models.CASCADE, related_name="links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "agency": "code", "referral": "code", "ride": "code", "made_at": "none",
        "expires_at": "none", "used_at": "none", "code_hash": "none", "tries": "none",
    }  # fmt: skip
    RETENTION = "30 days after it ended"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "code_hash"], name="answer_link_by_code")]

    def __str__(self) -> str:
        return "answer by link"


class Card(models.Model):
    """A referral to syringe services that nobody can follow back: a card with a code, no person, no case, no moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    given_on = models.DateField()
    came_on = models.DateField(null=True)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "agency", "code", "given_on", "came_on"), "none")
    RETENTION = "counted"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "code"], name="card_code_once")]

    def __str__(self) -> str:
        return self.code
