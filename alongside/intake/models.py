"""Imports that were made, so that one can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id


class CallImport(models.Model):
    """One import of a call file. Not for its rows: those are incidents or counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    profile = models.CharField(max_length=40)
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "profile", "at", "counts", "undone_at"), "none")
    RETENTION = "kept"

    def __str__(self) -> str:
        return self.profile
