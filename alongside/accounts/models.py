"""Programs, agencies, towns and users. A staff name is stored in clear: it is printed on the user's own door."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.accounts.roles import ROLES
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.ids import new_id


class Program(models.Model):
    """One outreach program: some towns, some agencies, and a health body that holds the keys. It carries the policy."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=40, default="America/New_York")
    open_case_within_hours = models.PositiveIntegerField(default=14 * 24)
    assignment_days = models.PositiveIntegerField(default=14)
    attempt_cap = models.PositiveIntegerField(default=3)
    min_cell = models.PositiveIntegerField(default=11)

    PRIVACY: ClassVar = dict.fromkeys(
        ("id", "name", "zone", "open_case_within_hours", "assignment_days", "attempt_cap", "min_cell"), "public"
    )
    RETENTION = "kept"

    def __str__(self) -> str:
        return self.name


class AgencyKind(models.TextChoices):
    """What an agency is; the first five enforce the law and never receive health facts."""

    POLICE = "police", _("Police")
    PROSECUTION = "prosecution", _("Prosecution")
    CORRECTIONS = "corrections", _("Corrections")
    COURT = "court", _("Court")
    FEDERAL_ENFORCEMENT = "federal_enforcement", _("Federal enforcement")
    HEALTH = "health", _("Public health")
    RECOVERY = "recovery", _("Recovery organization")
    TREATMENT = "treatment", _("Treatment")
    SHELTER = "shelter", _("Shelter")
    SYRINGE_SERVICES = "syringe_services", _("Syringe services")
    EMS = "ems", _("Ambulance or fire")
    OTHER = "other", _("Other")


class Agency(models.Model):
    """An employer of users: a police department, a recovery center, a shelter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AgencyKind)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "name", "kind"), "public")
    RETENTION = "kept"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "name"], name="one_agency_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Town(models.Model):
    """A town the program serves, or one that only appears in a call log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    served = models.BooleanField(default=True)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "name", "served"), "public")
    RETENTION = "kept"

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "name"], name="one_town_of_a_name")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Django's manager, which brings the agency and the program with the user: every request asks for both."""

    def get_queryset(self) -> models.QuerySet[User]:
        """Users with their agency and program."""
        return super().get_queryset().select_related("agency__program")


class User(AbstractBaseUser):
    """Someone who works with the program, in exactly one role and for exactly one agency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=30, choices=[(code, role.label) for code, role in ROLES.items()])
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT)
    towns = models.ManyToManyField("accounts.Town", blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["display_name", "role", "agency"]
    objects = UserManager()

    PRIVACY: ClassVar = {
        "id": "code", "username": "staff", "display_name": "staff", "role": "none", "agency": "none", "towns": "none",
        "is_active": "none", "password": "staff", "last_login": "staff",
    }  # fmt: skip
    RETENTION = "while employed"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="user_has_a_known_role", condition=models.Q(role__in=list(ROLES))),
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """Refuse a role that police may not hold to someone from a police agency (the custody principle)."""
        super().clean()
        if self.agency.kind in POLICE_CLASSES and not ROLES[self.role].police_may_hold:
            raise ValueError(_("Someone who works for the police cannot hold this role."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, after the custody principle was checked."""
        self.clean()
        super().save(*args, **kwargs)

    def actor(self) -> Actor:
        """This user as plain values for rules, queries and the journal."""
        return Actor(
            user_id=self.id, role=self.role, program_id=self.agency.program_id, agency_id=self.agency_id,
            agency_class=self.agency.kind, town_ids=frozenset(self.towns.values_list("id", flat=True)),
        )  # fmt: skip


class Team(models.Model):
    """An officer and a coach who usually go out together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    members = models.ManyToManyField("accounts.User", blank=True)
    towns = models.ManyToManyField("accounts.Town", blank=True)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "name", "members", "towns"), "staff")
    RETENTION = "kept"

    def __str__(self) -> str:
        return self.name
