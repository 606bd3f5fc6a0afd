"""Pacts between programs, the tokens under them, and whom others asked about. No name stands here, sealed or not."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.elsewhere.rules import PART2, is_guarded


class Pact(models.Model):
    """One program's own copy of what two programs agreed; the other program holds the other copy, with the same `pair`.

    Each answers by its own copy alone. `secret` is there only while both allow it, and with it go the tokens.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    pair = models.UUIDField()
    other = models.UUIDField()
    other_name = models.CharField(max_length=80)
    # The desk that the other named, as it is printed on its own door.
    other_desk = models.CharField(max_length=160, blank=True, default="")
    # Whom the other is told to ask, and our own agency that stands for them in agreements of people; ours to say.
    desk = models.ForeignKey("accounts.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    stands_for = models.ForeignKey("accounts.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    part2 = models.CharField(
        max_length=8, choices=[(code, _(words)) for code, words in PART2.items()], default="unsure"
    )
    proposed_at = models.DateTimeField()
    allowed_at = models.DateTimeField(null=True)
    other_allowed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    secret = models.BinaryField(null=True)
    # The journal up to this entry has been looked through for people whose tokens must be laid or taken away.
    laid_to = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "pair": "none", "other": "none", "other_name": "public", "other_desk": "public",
        "desk": "public", "stands_for": "none", "part2": "public", "proposed_at": "none", "allowed_at": "none",
        "other_allowed_at": "none", "ended_at": "none", "secret": "key", "laid_to": "none",
    }  # fmt: skip
    RETENTION = "kept: who allowed it, and from when to when; its secret and its tokens only while it stands"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "other"], condition=models.Q(ended_at=None), name="one_pact_at_a_time"
            ),
            models.CheckConstraint(
                name="secret_only_while_both_allow",
                condition=models.Q(secret=None)
                | models.Q(allowed_at__isnull=False, other_allowed_at__isnull=False, ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.other_name

    @property
    def stands(self) -> bool:
        """Whether both allow it and neither ended it."""
        return None not in (self.allowed_at, self.other_allowed_at) and self.ended_at is None

    @property
    def is_guarded(self) -> bool:
        """Whether our program counts as one under 42 CFR Part 2."""
        return is_guarded(self.part2)


class PactToken(models.Model):
    """A keyed number of 128 bits of somebody's whole name and whole date of birth, or phone: under one pact alone.

    Not for recognition: nothing near is ever found by it, and without the key it says nothing.
    """

    id = models.BigAutoField(primary_key=True)
    pact = models.ForeignKey("elsewhere.Pact", on_delete=models.CASCADE, related_name="tokens")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    token = models.CharField(max_length=32)

    PRIVACY: ClassVar = {"id": "none", "pact": "none", "person": "code", "kind": "none", "token": "code"}
    RETENTION = "until the pact ends or the person is forgotten, whichever is first"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pact", "token"], name="pact_token_lookup")]

    def __str__(self) -> str:
        return self.kind


class Question(models.Model):
    """Another program asked about somebody whom we know: the day and our code, so that we may call. Not who asked there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pact = models.ForeignKey("elsewhere.Pact", on_delete=models.PROTECT, related_name="questions")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    asked_on = models.DateField()
    times = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = {
        "id": "none", "pact": "none", "person": "code", "asked_on": "code", "times": "code", "settled_at": "none",
    }  # fmt: skip
    RETENTION = "90 days"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pact", "person", "asked_on"], name="one_question_a_day"),
        ]

    def __str__(self) -> str:
        return str(self.asked_on)


class Silence(models.Model):
    """A person said that no other program is told that we know them. Not for why."""

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, primary_key=True, related_name="+")
    since_at = models.DateTimeField()

    PRIVACY: ClassVar = {"person": "code", "since_at": "none"}
    RETENTION = "until forgotten"

    def __str__(self) -> str:
        return "silence"
