"""The journal's one table; the database itself refuses to change or remove a row of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.journal.check import Line


class Entry(models.Model):
    """One thing done or seen. It is not for showing content: ids and codes only."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    program = models.CharField(max_length=36)
    actor = models.CharField(max_length=36)
    role = models.CharField(max_length=30)
    verb = models.CharField(max_length=30)
    kind = models.CharField(max_length=30)
    target = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    PRIVACY: ClassVar = {
        "seq": "none", "at": "none", "program": "code", "actor": "code", "role": "none", "verb": "none", "kind": "none",
        "target": "code", "detail": "code", "previous": "none", "hash": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["target", "seq"], name="journal_by_target"),
            models.Index(fields=["program", "verb", "at"], name="journal_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"

    def line(self) -> Line:
        """The entry as it was hashed."""
        return Line(
            seq=self.seq, at=self.at, program=self.program, actor=self.actor, role=self.role, verb=self.verb,
            kind=self.kind, target=self.target, detail=self.detail, previous=self.previous,
        )  # fmt: skip
