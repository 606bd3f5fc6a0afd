"""Places, lots and the ledger of moves (the stock is their fold); training, reversals, and the codes on kits."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

from alongside.common.ids import new_id
from alongside.naloxone.ledger import Line
from alongside.naloxone.rules import (
    ANSWERS,
    DOSES_IN_A_KIT,
    MOVES,
    NOT_SAID,
    OUTCOMES,
    PLACES,
    PRODUCTS,
    RECIPIENTS,
    REVERSAL,
    TAUGHT,
)


class StockPlace(models.Model):
    """Where kits are: an office, a car."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=list(PLACES.items()))

    PRIVACY: ClassVar = dict.fromkeys(("id", "agency", "name", "kind"), "none")
    RETENTION = "kept"

    class Meta:
        ordering: ClassVar = ["agency__name", "-kind", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="one_stock_place_of_a_name")]

    def __str__(self) -> str:
        return f"{self.agency.name}, {self.name}"


class Lot(models.Model):
    """One lot of kits in an agency's hands, and how many doses are in each kit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=20, choices=list(REVERSAL.items()))
    number = models.CharField(max_length=40)
    expires_on = models.DateField()
    doses = models.PositiveSmallIntegerField(default=DOSES_IN_A_KIT)

    PRIVACY: ClassVar = dict.fromkeys(("id", "agency", "product", "number", "expires_on", "doses"), "none")
    RETENTION = "kept"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "number"], name="one_lot_per_number")]

    def __str__(self) -> str:
        return self.number


class Move(models.Model):
    """One line of the ledger; its id is made where it happened. Not for who took kits by name: `person` is a key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=list(MOVES.items()))
    product = models.CharField(max_length=20, choices=list(PRODUCTS.items()), default=NOT_SAID)
    amount = models.PositiveIntegerField()
    place = models.ForeignKey("naloxone.StockPlace", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey(
        "naloxone.StockPlace", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lot = models.ForeignKey("naloxone.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="moves")
    recipient = models.CharField(max_length=10, blank=True, choices=list(RECIPIENTS.items()))
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_user = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "kind": "none", "product": "none", "amount": "none", "place": "none",
        "to_place": "none", "lot": "none", "recipient": "none", "person": "code", "by_user": "staff", "at": "code",
        "recorded_at": "code",
    }  # fmt: skip
    RETENTION = "counted"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["program", "at"], name="kit_move_by_time"),
            models.Index(fields=["place", "at"], name="kit_move_by_place"),
            models.Index(fields=["to_place", "at"], name="kit_move_by_other_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    def line(self) -> Line:
        """The row as the fold takes it."""
        expires_on = self.lot.expires_on if self.lot else None
        return Line(self.id, self.at, self.kind, self.product, self.amount, self.place_id, self.lot_id, self.to_place_id,
                    self.recipient, self.person_id, self.by_user, expires_on)  # fmt: skip


class Training(models.Model):
    """Somebody learned to use naloxone: who in kind, and the steps they taught back. Not for a test that one can fail."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    taught = models.CharField(max_length=10, choices=list(TAUGHT.items()))
    people = models.PositiveSmallIntegerField(default=1)
    steps = models.JSONField()
    language = models.CharField(max_length=8)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_user = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "taught": "none", "people": "none", "steps": "code", "language": "none",
        "person": "code", "by_user": "staff", "at": "code",
    }  # fmt: skip
    RETENTION = "counted"

    def __str__(self) -> str:
        return f"{self.taught} {self.people}"


class KitCode(models.Model):
    """A sheet of labels for kits of a lot, all with one code. The code itself is not kept; it is made from the id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    lot = models.ForeignKey("naloxone.Lot", on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    PRIVACY: ClassVar = {"id": "none", "program": "none", "lot": "none", "code_hash": "key", "made_at": "none"}
    RETENTION = "kept"

    def __str__(self) -> str:
        return str(self.lot)


class Reversal(models.Model):
    """A kit brought somebody back, or did not: the month, never the day, and nobody's key.

    The id is random, since one made from the clock would tell the minute of the report.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    month = models.DateField()
    product = models.CharField(max_length=20, choices=list(REVERSAL.items()), default=NOT_SAID)
    lot = models.ForeignKey("naloxone.Lot", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kits = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=list(OUTCOMES.items()))
    called = models.CharField(max_length=10, choices=list(ANSWERS.items()))
    police = models.CharField(max_length=10, choices=list(ANSWERS.items()))
    by_code = models.BooleanField(default=False)

    PRIVACY: ClassVar = dict.fromkeys(
        ("id", "program", "month", "product", "lot", "kits", "outcome", "called", "police", "by_code"), "none"
    )
    RETENTION = "counted"

    def __str__(self) -> str:
        return f"{self.outcome} {self.month:%Y-%m}"
