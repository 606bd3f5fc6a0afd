"""Cases, the incidents that belong to them, teams and follow-ups."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from alongside.cases.rules import FOLLOW_UP_REASONS, OUTCOMES, STATUSES, Standing, Why, urgency, why_of
from alongside.common.actor import POLICE_CLASSES
from alongside.common.clock import now
from alongside.common.ids import new_id

IN_QUEUE = ["waiting", "assigned", "in_contact"]


class Case(models.Model):
    """One stretch of work with one person. Not for anything said: that is sealed with the visit it belongs to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    town = models.ForeignKey("accounts.Town", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=list(STATUSES.items()), default="waiting")
    in_queue = models.GeneratedField(
        expression=models.ExpressionWrapper(models.Q(status__in=IN_QUEUE), output_field=models.BooleanField()),
        output_field=models.BooleanField(), db_persist=True,
    )  # fmt: skip
    event_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # As of which moment it counts in the order “freshest first” (`rules.counts_from`): a time, not a measure of a person.
    counts_from = models.DateTimeField(default=now)
    vain_visits = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, choices=list(OUTCOMES.items()))

    PRIVACY: ClassVar = {
        "id": "code", "program": "none", "person": "code", "town": "code", "status": "code",
        "in_queue": "code", "event_at": "code", "opened_at": "code", "contact_due_at": "code", "due_at": "code",
        "counts_from": "code", "vain_visits": "code", "reasons": "code", "attempts": "code",
        "first_attempt_at": "code", "first_contact_at": "code", "closed_at": "code", "outcome": "code",
    }  # fmt: skip
    RETENTION = "counted after closure"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="closed_has_a_time_and_an_outcome",
                condition=models.Q(status="closed", closed_at__isnull=False) & ~models.Q(outcome="")
                | ~models.Q(status="closed") & models.Q(closed_at__isnull=True, outcome=""),
            ),
            models.UniqueConstraint(
                name="one_open_case_per_person", fields=["person"], condition=~models.Q(status="closed")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["program", "in_queue", "due_at", "id", "status", "person"], name="case_queue"),
            models.Index(
                fields=["program", "in_queue", "-counts_from", "id", "first_attempt_at", "due_at", "person"], name="case_freshest"
            ),
            models.Index(fields=["program", "status", "due_at"], name="case_by_status"),
            models.Index(fields=["person", "opened_at"], name="case_of_person"),
            models.Index(fields=["program", "event_at"], name="case_by_event"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.status

    @property
    def standing(self) -> Standing:
        """What its place in the queue is made of."""
        return Standing(self.due_at, self.counts_from, self.first_attempt_at is not None, self.id)

    def why(self) -> Why:
        """What the moment it counts as of is made of, in the order “freshest first”."""
        look_in_at = self.due_at if self.first_contact_at else None
        return why_of(self.event_at, self.counts_from, self.reasons, self.vain_visits, look_in_at)

    def clock(self, at: datetime) -> str:
        """“now”, “soon” or “calm”, for the colour of the clock; only a first contact that runs out is “now”."""
        if self.first_attempt_at is None:
            return urgency(self.due_at, at)
        return "soon" if self.due_at <= at else "calm"


class CaseIncident(models.Model):
    """An incident that opened or joined a case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="incidents")
    incident = models.OneToOneField("incidents.Incident", on_delete=models.CASCADE, related_name="+")

    PRIVACY: ClassVar = {"id": "none", "case": "code", "incident": "code"}
    RETENTION = "with the case"

    def __str__(self) -> str:
        return "incident of a case"


class Assignment(models.Model):
    """One assignment, two views: an officer and a coach from two employers, for a limited time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="assignments")
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    coach = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    asked_by_coach = models.BooleanField(default=False)

    PRIVACY: ClassVar = {
        "id": "none", "case": "code", "officer": "staff", "coach": "staff", "assigned_at": "none",
        "expires_at": "none", "ended_at": "none", "asked_by_coach": "none",
    }  # fmt: skip
    RETENTION = "with the case"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_team_at_a_time", fields=["case"], condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        """Who goes, in words; police are not among them once the person said so."""
        members = [self.officer, self.coach]
        if self.case.person.no_police:
            members = [user for user in members if user.agency.kind not in POLICE_CLASSES]
        return str(get_text_list([user.display_name for user in members], _("and")))


class FollowUp(models.Model):
    """A day on which somebody looks in again, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="follow_ups")
    due_on = models.DateField()
    reason = models.CharField(max_length=20, choices=list(FOLLOW_UP_REASONS.items()))
    day = models.PositiveSmallIntegerField(default=0)
    # What was promised about the hour, in the program's zone; both empty when nothing was.
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "case": "code", "due_on": "code", "reason": "code", "day": "none",
        "from_time": "code", "to_time": "code", "done_at": "none",
    }  # fmt: skip
    RETENTION = "with the case"

    class Meta:
        ordering: ClassVar = ["due_on"]
        indexes: ClassVar = [models.Index(fields=["case", "done_at", "due_on"], name="follow_up_of_case")]

    def __str__(self) -> str:
        return FOLLOW_UP_REASONS[self.reason].format(day=self.day)
