"""The ledger of legal requests, who approved a release, and the signed statement of each month."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.legal.rules import (
    ASKERS,
    KINDS,
    MANDATES,
    NOTICES,
    ORDERS,
    STATUSES,
    STATUTES,
    Order,
    Standing,
    fictitious_name,
)


class LegalRequest(models.Model):
    """One request by somebody with or without a paper. Not for whom they seek or why: no name, no reason, no text of it.

    The person is linked only once an order and its mandate were verified; the database holds that, too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    received_on = models.DateField()
    answer_due_on = models.DateField(null=True, blank=True)
    asker = models.CharField(max_length=20, choices=list(ASKERS.items()))
    people_asked = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=list(KINDS.items()), blank=True)
    status = models.CharField(max_length=16, choices=list(STATUSES.items()), default="received")
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    counsel = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    statute = models.CharField(max_length=12, choices=list(STATUTES.items()), blank=True)
    was_narrowed = models.BooleanField(default=False)
    basis = models.CharField(max_length=6, choices=list(ORDERS.items()), blank=True)
    findings = models.JSONField(default=list)
    mandate = models.CharField(max_length=10, choices=list(MANDATES.items()), blank=True)
    fields = models.JSONField(default=list)
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    built_at = models.DateTimeField(null=True, blank=True)
    notice = models.CharField(max_length=10, choices=list(NOTICES.items()), blank=True)
    bar_paragraph = models.PositiveSmallIntegerField(default=0)
    declined_on = models.DateField(null=True, blank=True)
    released_on = models.DateField(null=True, blank=True)

    PRIVACY: ClassVar = dict.fromkeys(
        ("id", "program", "number", "received_on", "answer_due_on", "asker", "people_asked", "kind", "status", "statute",
         "was_narrowed", "basis", "findings", "mandate", "fields", "first_on", "last_on", "verified_at", "built_at",
         "notice", "bar_paragraph", "declined_on", "released_on"), "none"
    ) | {"entered_by": "staff", "counsel": "staff", "person": "code"}  # fmt: skip
    RETENTION = "kept: the ledger is never shortened"

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_request_of_a_number", fields=["program", "number"]),
            models.CheckConstraint(
                name="no_person_before_a_verified_order",
                condition=models.Q(person=None) | models.Q(verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="released_only_with_an_order_a_pack_and_notice",
                condition=models.Q(released_on=None)
                | models.Q(verified_at__isnull=False, built_at__isnull=False) & ~models.Q(notice=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def pack_name(self) -> str:
        """The fictitious name of its pack."""
        return fictitious_name(self.number)

    @property
    def order(self) -> Order:
        """What was verified of the order, as the rules want it."""
        return Order(self.basis, frozenset(self.findings), self.mandate, frozenset(self.fields), self.first_on, self.last_on)

    def standing(self) -> Standing:
        """What is there by now, as the rules want it; an approval of an earlier verification does not count."""
        return Standing(
            kind=self.kind, has_counsel=self.counsel_id is not None, statute=self.statute, order=self.order,
            has_person=self.person_id is not None, pack_built=self.built_at is not None, notice=self.notice,
            bar_paragraph=self.bar_paragraph,
            approvals=len(self.approvals_now()),
        )  # fmt: skip

    def approvals_now(self) -> list[Approval]:
        """The approvals of the order as it was last verified; one each."""
        if self.verified_at is None:
            return []
        return list(self.approvals.filter(verified_at=self.verified_at))


class Approval(models.Model):
    """One of the two who approved a release, for one verification of the order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey("legal.LegalRequest", on_delete=models.PROTECT, related_name="approvals")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()
    approved_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "request": "none", "user": "staff", "verified_at": "none", "approved_at": "none",
    }  # fmt: skip
    RETENTION = "with the ledger"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="nobody_approves_twice", fields=["request", "user", "verified_at"]),
        ]

    def __str__(self) -> str:
        return "approval"


class Statement(models.Model):
    """The signed statement of a month: this many requests came. A month without two signatures shows as missing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    month = models.DateField()
    received = models.PositiveIntegerField()
    first_signer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    first_signed_at = models.DateTimeField()
    second_signer = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    second_signed_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "month": "none", "received": "none", "first_signer": "staff",
        "first_signed_at": "none", "second_signer": "staff", "second_signed_at": "none",
    }  # fmt: skip
    RETENTION = "with the ledger"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_statement_a_month", fields=["program", "month"]),
            models.CheckConstraint(
                name="two_different_signers",
                condition=models.Q(second_signer=None) | ~models.Q(second_signer=models.F("first_signer")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def stands(self) -> bool:
        """Whether two have signed."""
        return self.second_signed_at is not None
