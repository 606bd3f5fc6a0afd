"""Loved ones, and what they got."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.common.decision import Decision
from alongside.common.ids import new_id
from alongside.families.rules import GRIEF_ANSWERS, KINDS, RELATIONS, TALKS, may_say


class LovedOne(models.Model):
    """Somebody close to a person, as a person with a record and keys of their own. Not a fact about the person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    # Their own record: name and phone are sealed under their own keys.
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    # Whom they are close to; empty when they named nobody.
    of = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    relation = models.CharField(max_length=12, choices=list(RELATIONS.items()))
    # What the person agreed may be said to them, and until when.
    talk = models.CharField(max_length=14, choices=list(TALKS.items()), default="none")
    talk_until = models.DateTimeField(null=True, blank=True)
    bereaved_on = models.DateField(null=True, blank=True)
    grief = models.CharField(max_length=10, blank=True, choices=list(GRIEF_ANSWERS.items()))
    call_back_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "code", "program": "none", "person": "code", "of": "code", "relation": "code", "talk": "code",
        "talk_until": "code", "bereaved_on": "code", "grief": "code", "call_back_on": "code", "created_at": "code",
    }  # fmt: skip
    RETENTION = "of, talk, days: until either of the two is forgotten; the rest is counted"

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["program", "created_at"], name="loved_ones_of_program")]
        constraints: ClassVar = [
            models.CheckConstraint(name="nobody_is_their_own_loved_one", condition=~models.Q(person=models.F("of"))),
        ]

    def __str__(self) -> str:
        return self.relation

    @property
    def relation_label(self) -> Promise:
        """How they are close, in plain words."""
        return _(RELATIONS[self.relation])

    def may_say(self, topic: str, now: datetime) -> Decision:
        """Whether a topic may be spoken of with this loved one now; with nobody named there is nothing to speak of."""
        answer = may_say(self.talk, self.talk_until, topic, now)
        if answer and topic != "general" and self.of_id is None:
            return Decision.no("Nobody has said whom they are close to.")
        return answer


class Support(models.Model):
    """One thing a loved one got. Not for what was said: there is no note here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    loved_one = models.ForeignKey("families.LovedOne", on_delete=models.CASCADE, related_name="supports")
    kind = models.CharField(max_length=16, choices=list(KINDS.items()))
    service = models.ForeignKey("services.Service", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    PRIVACY: ClassVar = {"id": "code", "loved_one": "code", "kind": "code", "service": "code", "at": "code"}
    RETENTION = "counted"

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.kind

    @property
    def label(self) -> Promise:
        """What it was, in plain words."""
        return _(KINDS[self.kind])
