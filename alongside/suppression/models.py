"""The ledger of what was printed. Its numbers are those that everybody may read; a hidden one is not kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id


class Release(models.Model):
    """One edition of counts as it was printed, kept for ever: later ones are looked at together with it.

    It is a snapshot: whoever prints the same edition again prints this row. A correction is a later version with its
    reason; nothing is edited.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    # Which report, of which period ("2026-05", "2026-Q2", "2026"), narrowed to what ("" for all of the program).
    name = models.CharField(max_length=30)
    period = models.CharField(max_length=10)
    scope = models.CharField(max_length=60, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    threshold = models.PositiveSmallIntegerField()
    # What had been entered by then is what is counted.
    as_of = models.DateTimeField()
    made_at = models.DateTimeField()
    # [of, {dimension: [values]}, value or null]; a fourth, true, of a hidden one that may be zero.
    counts = models.JSONField()
    figures = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    small = models.PositiveIntegerField()
    beside = models.PositiveIntegerField()
    given_away = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, blank=True)

    PRIVACY: ClassVar = dict.fromkeys(
        ("id", "program", "name", "period", "scope", "version", "threshold", "as_of", "made_at", "counts", "figures",
         "notes", "small", "beside", "given_away", "reason"), "none"
    )  # fmt: skip
    RETENTION = "kept"

    class Meta:
        ordering: ClassVar = ["made_at", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "name", "period", "scope", "version"], name="one_release_of_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.period} {self.version}"
