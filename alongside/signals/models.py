"""What was raised, the newest readings, the budget and who is told. Counts of towns; no row here is about a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.signals.rules import BUDGET_WORDS, LOOKS


class AlarmBudget(models.Model):
    """How often a program accepts to be warned for nothing; without a row it is once a quarter."""

    program = models.OneToOneField("accounts.Program", primary_key=True, on_delete=models.CASCADE, related_name="+")
    budget = models.CharField(
        max_length=8, choices=[(code, _(words)) for code, words in BUDGET_WORDS.items()], default="quarter"
    )
    set_at = models.DateTimeField()

    PRIVACY: ClassVar = {"program": "none", "budget": "public", "set_at": "none"}
    RETENTION = "kept"

    def __str__(self) -> str:
        return self.budget


class Bar(models.Model):
    """How unlikely (-log10) something must be to be raised, for one way of looking; found anew each day and for each budget."""

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    look = models.CharField(max_length=6, choices=list(LOOKS.items()))
    bar = models.FloatField()
    budget = models.CharField(max_length=8)
    found_on = models.DateField()

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "look", "bar", "budget", "found_on"), "none")
    RETENTION = "until the next day's"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "look"], name="one_bar_of_a_look")]

    def __str__(self) -> str:
        return self.look


class Signal(models.Model):
    """More than chance brings, in some towns (none: in all together). Not for who it happened to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    look = models.CharField(max_length=6, choices=list(LOOKS.items()))
    towns = models.ManyToManyField("accounts.Town", related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    usual = models.FloatField()
    # How far above the bar it is, in tenfold steps of rareness.
    above = models.FloatField()
    once_in_days = models.FloatField()
    raised_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "look": "none", "towns": "none", "starts_at": "none", "ends_at": "none",
        "count": "code", "usual": "code", "above": "code", "once_in_days": "none", "raised_at": "none",
    }  # fmt: skip
    RETENTION = "kept: counts of towns, no person"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "ends_at"], name="signal_newest")]

    def __str__(self) -> str:
        return f"{self.look} {self.ends_at:%Y-%m-%d}"


class Reading(models.Model):
    """The newest window of one town, or of all together: why nothing was raised, or why something was."""

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    look = models.CharField(max_length=6, choices=list(LOOKS.items()))
    town = models.ForeignKey("accounts.Town", null=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    usual = models.FloatField()
    needed = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "look": "none", "town": "none", "starts_at": "none", "ends_at": "none",
        "count": "code", "usual": "code", "needed": "code", "read_at": "none",
    }  # fmt: skip
    RETENTION = "until the next look"

    def __str__(self) -> str:
        return self.look


class Subscription(models.Model):
    """Somebody of the program, or a desk, who is told when something is raised; in one town, or anywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey("accounts.Agency", null=True, on_delete=models.CASCADE, related_name="+")
    town = models.ForeignKey("accounts.Town", null=True, on_delete=models.CASCADE, related_name="+")
    since_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "user": "none", "agency": "none", "town": "none", "since_at": "none",
    }  # fmt: skip
    RETENTION = "until they no longer want it"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="told_is_a_user_or_a_desk",
                condition=models.Q(user=None, agency__isnull=False) | models.Q(user__isnull=False, agency=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Neighbour(models.Model):
    """One program's own copy of what two programs agreed: that the one is told where something was raised in the other.

    `tells` says which side this is; until `agreed_at` it is an offer. The other's copy has the same `pair`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    other = models.UUIDField()
    other_name = models.CharField(max_length=80)
    pair = models.UUIDField()
    tells = models.BooleanField()
    offered_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "other": "none", "other_name": "public", "pair": "none", "tells": "none",
        "offered_at": "none", "agreed_at": "none",
    }  # fmt: skip
    RETENTION = "until either side ends it"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "other", "tells"], name="told_to_a_neighbour_once"),
        ]

    def __str__(self) -> str:
        return self.other_name


class Heard(models.Model):
    """Something was raised in another program's towns, as it was told to this one; a small count is not told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.CASCADE, related_name="+")
    from_name = models.CharField(max_length=80)
    towns = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    at_least = models.PositiveIntegerField(null=True)
    raised_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "from_name": "public", "towns": "none", "starts_at": "none", "ends_at": "none",
        "at_least": "code", "raised_at": "none",
    }  # fmt: skip
    RETENTION = "kept: counts of towns, no person"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "ends_at"], name="heard_newest")]

    def __str__(self) -> str:
        return self.from_name
