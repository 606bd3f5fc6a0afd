"""The person, as every other room sees one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id


class Stop(models.TextChoices):
    """What the person said about being contacted; only the person lifts it, and it holds in every town."""

    NONE = "none", _("May be contacted")
    NO_VISITS = "no_visits", _("No visits")
    NO_CONTACT = "no_contact", _("No contact")


class Person(models.Model):
    """A key and a code. This row is not for any fact about the person: those are sealed in the rooms that own them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    code = models.CharField(max_length=40, unique=True)
    home_town = models.ForeignKey("accounts.Town", null=True, blank=True, on_delete=models.PROTECT)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    stop = models.CharField(max_length=12, choices=Stop, default=Stop.NONE)
    no_police = models.BooleanField(default=False)
    deceased = models.BooleanField(default=False)
    out_of_reach = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(deceased=True) | models.Q(stop="no_contact"), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(), db_persist=True,
    )  # fmt: skip

    PRIVACY: ClassVar = {
        "id": "code", "program": "none", "code": "code", "home_town": "code", "merged_into": "code", "stop": "code",
        "no_police": "code", "deceased": "code", "out_of_reach": "code",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "out_of_reach"], name="person_out_of_reach")]
        constraints: ClassVar = [
            models.CheckConstraint(name="person_not_merged_into_itself", condition=~models.Q(merged_into=models.F("id"))),
        ]

    def __str__(self) -> str:
        return self.code
