"""Programs, agencies, towns and users. A staff name is stored in clear: it is printed on the user's own door."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from alongside.accounts.roles import ROLES
from alongside.accounts.rules import QUEUE_POLICIES, may_hold
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import now
from alongside.common.ids import new_id


def today() -> date:
    """The day in UTC, as the day of a new account's first review."""
    return now().date()


class Program(models.Model):
    """One outreach program: some towns, some agencies, and a health body that holds the keys. It carries the policy."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=40, default="America/New_York")
    # Two letters; its law says from what age a person alone agrees (`consent.rules.MINORS`). Empty: nobody said.
    state = models.CharField(max_length=2, blank=True, default="")
    open_case_within_hours = models.PositiveIntegerField(default=14 * 24)
    assignment_days = models.PositiveIntegerField(default=14)
    attempt_cap = models.PositiveIntegerField(default=3)
    min_cell = models.PositiveIntegerField(default=11)
    queue_policy = models.CharField(max_length=10, choices=list(QUEUE_POLICIES.items()), default="index")
    # Printed for everybody: whom to write to about privacy, and the lawyer to call when somebody comes with papers.
    privacy_contact = models.CharField(max_length=200, blank=True)
    counsel_contact = models.CharField(max_length=200, blank=True)

    PRIVACY: ClassVar = dict.fromkeys(
        ("id", "name", "zone", "state", "open_case_within_hours", "assignment_days", "attempt_cap", "min_cell",
         "queue_policy", "privacy_contact", "counsel_contact"), "public"
    )  # fmt: skip
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
    RIDE = "ride", _("Rides")
    OTHER = "other", _("Other")


class Agency(models.Model):
    """An employer of users: a police department, a recovery center, a shelter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    # The desk that answers, as it is printed on its own door: where “you have a message” goes when it has no account.
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    # Whether that phone takes text messages.
    takes_texts = models.BooleanField(default=False)

    PRIVACY: ClassVar = dict.fromkeys(("id", "program", "name", "kind", "email", "phone", "takes_texts"), "public")
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


class OtherPost(models.TextChoices):
    """A post beside or instead of the outreach whose work is investigation (`rules.INVESTIGATING_POSTS`)."""

    NONE = "", _("no other post")
    INVESTIGATIONS = "investigations", _("Investigations")
    DRUG_UNIT = "drug_unit", _("Drug unit")
    GANG_UNIT = "gang_unit", _("Gang unit")
    FUGITIVE_UNIT = "fugitive_unit", _("Fugitive unit")


class User(AbstractBaseUser):
    """Someone who works with the program, in exactly one role and for exactly one agency. One person, one login.

    A session is bound to the role, agency, post, password and `session_stamp`: when one of them changes in the database,
    every session of the user is over at its next request, on every server.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=30, choices=[(code, role.label) for code, role in ROLES.items()])
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT)
    towns = models.ManyToManyField("accounts.Town", blank=True)
    is_active = models.BooleanField(default=True)
    other_post = models.CharField(max_length=20, choices=OtherPost, blank=True, default="")
    reviewed_on = models.DateField(default=today)
    password_locked_at = models.DateTimeField(null=True, blank=True)
    session_stamp = models.UUIDField(default=uuid4, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["display_name", "role", "agency"]
    objects = UserManager()

    PRIVACY: ClassVar = {
        "id": "code", "username": "staff", "display_name": "staff", "role": "none", "agency": "none", "towns": "none",
        "is_active": "none", "password": "staff", "last_login": "staff", "other_post": "staff", "reviewed_on": "staff",
        "password_locked_at": "staff", "session_stamp": "none",
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
        if not (decision := may_hold(self.role, self.other_post)):
            raise ValueError(decision.reason)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own binding of a session to the password, widened to everything that must end it when it changes."""
        bound = (self.password, self.session_stamp, self.role, self.agency_id, self.other_post)
        return salted_hmac("alongside.session", "|".join(map(str, bound)), secret=secret, algorithm="sha256").hexdigest()

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


class WrongTry(models.Model):
    """A wrong password or code of a known user; five within 15 minutes lock the password path. Never what was typed."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE)
    at = models.DateTimeField()

    PRIVACY: ClassVar = dict.fromkeys(("id", "user", "at"), "staff")
    RETENTION = "until the next sign-in, at most a day"

    def __str__(self) -> str:
        return str(self.at)


class SetUpCode(models.Model):
    """The hash of the one-time code with which a user sets up a passkey or a password; handed over in person."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="set_up_code")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    PRIVACY: ClassVar = dict.fromkeys(("id", "user", "code_hash", "expires_at"), "staff")
    RETENTION = "three days"

    def __str__(self) -> str:
        return str(self.expires_at)


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
