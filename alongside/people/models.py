"""The person, as every other room sees one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.decision import Decision
from alongside.common.ids import new_id
from alongside.people.rules import WAYS, may_join


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
    text_only = models.BooleanField(default=False)
    not_at_home = models.BooleanField(default=False)
    prefers = models.CharField(max_length=12, blank=True, default="", choices=list(WAYS.items()))
    # Asked together with "no contact": may a new event bring somebody to the door again?
    come_back_after_new_event = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Kept because a law or a hold forbids destroying it, and opened for nobody but an ordered release.
    sealed_at = models.DateTimeField(null=True, blank=True)
    deceased = models.BooleanField(default=False)
    out_of_reach = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(deceased=True) | models.Q(stop="no_contact"), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(), db_persist=True,
    )  # fmt: skip

    PRIVACY: ClassVar = {
        "id": "code", "program": "none", "code": "code", "home_town": "code", "merged_into": "code", "stop": "code",
        "no_police": "code", "text_only": "code", "not_at_home": "code", "prefers": "code",
        "come_back_after_new_event": "code", "stopped_at": "code", "sealed_at": "code", "deceased": "code",
        "out_of_reach": "code",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "out_of_reach"], name="person_out_of_reach")]
        constraints: ClassVar = [
            models.CheckConstraint(name="person_not_merged_into_itself", condition=~models.Q(merged_into=models.F("id"))),
        ]

    def __str__(self) -> str:
        return self.code

    def may_join(self, other: Person) -> Decision:
        """Whether this record and another may become one person."""
        closed = self.sealed_at is not None or other.sealed_at is not None
        return may_join(died=(self.deceased, other.deceased), closed=closed)


class Hold(models.Model):
    """A legal hold: one named record that nobody forgets while it stands. Not for why: the reason lies with counsel.

    It stands once both counsel and the privacy reviewer have signed, and comes up for review every 90 days.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    counsel = models.UUIDField(null=True)
    reviewer = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "counsel": "staff", "reviewer": "staff", "asked_at": "none",
        "placed_at": "none", "lifted_at": "none", "review_on": "none",
    }  # fmt: skip
    RETENTION = "6 years"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_hold_at_a_time", fields=["person"], condition=models.Q(lifted_at=None)),
            models.CheckConstraint(
                name="hold_stands_when_both_signed",
                condition=models.Q(placed_at=None)
                | models.Q(counsel__isnull=False, reviewer__isnull=False, review_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "hold"
