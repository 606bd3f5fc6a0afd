"""When outreach began, as it was said, and monthly counts that somebody brought. Numbers of months; no row is about a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.evaluation.rules import Series


class OutreachStart(models.Model):
    """The first month of outreach, as it was said; a later row replaces an earlier one, and both stay to be seen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    said_at = models.DateTimeField()

    PRIVACY: ClassVar = {"id": "none", "program": "none", "month": "public", "said_at": "none"}
    RETENTION = "kept: a start that was changed after the numbers were seen must stay to be seen"

    class Meta:
        ordering: ClassVar = ["-said_at", "-id"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class MonthlySeries(models.Model):
    """Monthly counts from elsewhere, such as a state's table of deaths, with or without those of a comparison."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=120)
    first_on = models.DateField()
    counts = models.JSONField()
    comparison = models.JSONField(default=list)
    added_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "name": "public", "source": "public", "first_on": "none", "counts": "code",
        "comparison": "code", "added_at": "none",
    }  # fmt: skip
    RETENTION = "until taken away: counts of months, no person"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "name"], name="one_series_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def series(self) -> Series:
        """The counts as they are judged."""
        return Series(self.first_on, tuple(self.counts), tuple(self.comparison))
