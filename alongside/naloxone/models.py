"""Lots and the ledger of moves; the stock is their sum."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.naloxone.rules import MOVES, PRODUCTS, RECIPIENTS


class Lot(models.Model):
    """One lot of kits in an agency's hands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=20, choices=list(PRODUCTS.items()))
    number = models.CharField(max_length=40)
    expires_on = models.DateField()

    PRIVACY: ClassVar = dict.fromkeys(("id", "agency", "product", "number", "expires_on"), "none")
    RETENTION = "kept"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "number"], name="one_lot_per_number")]

    def __str__(self) -> str:
        return self.number


class Move(models.Model):
    """Kits in (positive) or out (negative). Not for who took them by name: `person` is a key and may be empty."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("naloxone.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=list(MOVES.items()))
    kits = models.IntegerField()
    recipient = models.CharField(max_length=10, blank=True, choices=list(RECIPIENTS.items()))
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "agency": "none", "lot": "none", "kind": "none", "kits": "none",
        "recipient": "none", "person": "code", "at": "code",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "at"], name="kit_move_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.kits}"
