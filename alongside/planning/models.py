"""Points on the map that a site brings itself: addresses of its towns, from a public list. No person is in here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AddressPoint(models.Model):
    """One public address and where it is, in degrees (WGS 84). Not for who lives there."""

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    line = models.CharField(max_length=120)
    latitude = models.FloatField()
    longitude = models.FloatField()

    PRIVACY: ClassVar = {"id": "none", "program": "none", "line": "none", "latitude": "none", "longitude": "none"}
    RETENTION = "kept"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "line"], name="one_point_of_an_address"),
        ]

    def __str__(self) -> str:
        return self.line


class TownShape(models.Model):
    """Where a town lies: its middle, and its outline for the map, thinned, as rings of [longitude, latitude]."""

    town = models.OneToOneField("accounts.Town", primary_key=True, on_delete=models.CASCADE, related_name="+")
    latitude = models.FloatField()
    longitude = models.FloatField()
    outline = models.JSONField(default=list)

    PRIVACY: ClassVar = {"town": "none", "latitude": "none", "longitude": "none", "outline": "none"}
    RETENTION = "kept"

    def __str__(self) -> str:
        return str(self.town_id)
