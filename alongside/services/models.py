"""Organizations and services as public lists name them; nothing here says anything about a person."""

from __future__ import annotations

import re
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.services.needs import FEATURES
from alongside.services.rules import NEEDS, in_menu_order

# HSDS 3.0, service.status.
STATUSES = [
    ("active", _("open")),
    ("inactive", _("not offered now")),
    ("defunct", _("ended")),
    ("temporarily closed", _("closed for a while")),
]
NEED_CHOICES = [(code, _(label)) for code, label in NEEDS.items()]
_BARE_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)+(/\S*)?", re.ASCII)


class Organization(models.Model):
    """Who offers services; not an agency of this installation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("list"), max_length=64)
    source_key = models.CharField(_("key in the list"), max_length=200)
    name = models.TextField(_("name"))
    description = models.TextField(_("description"), blank=True)
    url = models.TextField(_("web address"), blank=True)

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "source", "source_key", "name", "description", "url"), "public"
    )
    RETENTION = "kept"

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_key"], name="organization_once_per_list")
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One thing an organization offers at one place; that it was listed does not mean that it is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        "services.Organization",
        verbose_name=_("organization"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
    )
    source_organization = models.TextField(_("organization as the list names it"), blank=True)
    name = models.TextField(_("name"))
    description = models.TextField(_("description"), blank=True)
    phone = models.TextField(_("phone"), blank=True)
    address = models.TextField(_("address"), blank=True)
    town = models.TextField(_("town"), blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    url = models.TextField(_("web address"), blank=True)
    hours_text = models.TextField(_("hours"), blank=True)
    # Codes of `needs.FEATURES` with a blank before, between and after, so that one can be looked for: " pets walk_in ".
    features = models.TextField(_("features"), blank=True)
    languages = models.TextField(_("languages"), blank=True)
    eligibility = models.TextField(_("for whom"), blank=True)
    how_to_apply = models.TextField(_("how to ask"), blank=True)
    source = models.CharField(_("list"), max_length=64)
    source_key = models.CharField(_("key in the list"), max_length=200)
    email = models.TextField(_("e-mail"), blank=True)
    fees = models.TextField(_("what it costs"), blank=True)
    accessibility = models.TextField(_("getting in"), blank=True)
    status = models.CharField(_("status"), max_length=20, choices=STATUSES, default="active")
    # The partner of this installation that answers for it, when there is one.
    agency = models.ForeignKey(
        "accounts.Agency", verbose_name=_("answers here"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.Agency", verbose_name=_("confirmed by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "organization", "source_organization", "name", "description", "phone", "address", "town", "latitude",
            "longitude", "url", "hours_text", "features", "languages", "eligibility", "how_to_apply", "source", "source_key",
            "email", "fees", "accessibility", "status", "agency", "confirmed_at", "confirmed_by",
        ),
        "public",
    )  # fmt: skip
    RETENTION = "kept"

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "source_key"], name="service_once_per_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def need_labels(self) -> list[str]:
        """The needs it answers, in the words and order of the menu; uses the prefetched rows."""
        labels = dict(NEED_CHOICES)
        return [str(labels[code]) for code in in_menu_order(row.need for row in self.needs.all())]

    @property
    def feature_labels(self) -> list[str]:
        """What the list says of it, in words: walk in, same day, pets."""
        return [str(_(FEATURES[code])) for code in self.features.split()]

    @property
    def web_address(self) -> str:
        """An address that is safe to link to, or nothing: only the web, never a script."""
        if self.url.lower().startswith(("https://", "http://")):
            return self.url
        return f"https://{self.url}" if _BARE_ADDRESS.fullmatch(self.url) else ""

    @property
    def phone_to_dial(self) -> str:
        """The first number with its digits only, for a `tel:` link."""
        return re.sub(r"[^\d+]", "", re.split(r";|ext|x", self.phone, maxsplit=1)[0])


class ServiceNeed(models.Model):
    """That a service answers one need of the menu."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(
        "services.Service", verbose_name=_("service"), on_delete=models.CASCADE, related_name="needs"
    )
    need = models.CharField(_("need"), max_length=32, choices=NEED_CHOICES)

    PRIVACY: ClassVar[dict[str, str]] = {"id": "public", "service": "public", "need": "public"}
    RETENTION = "kept"

    class Meta:
        verbose_name = _("need answered")
        verbose_name_plural = _("needs answered")
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "need"], name="need_once_per_service")]
        indexes: ClassVar = [models.Index(fields=["need", "service"], name="services_by_need")]

    def __str__(self) -> str:
        return self.get_need_display()


class Schedule(models.Model):
    """One rule of when a service is open (HSDS 3.0 schedule, RFC 5545). Without `opens_at` it says only what was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.ForeignKey(
        "services.Service", verbose_name=_("service"), on_delete=models.CASCADE, related_name="schedules"
    )
    place = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    freq = models.CharField(_("every"), max_length=8, choices=[("WEEKLY", _("week")), ("MONTHLY", _("month"))], blank=True)
    interval = models.PositiveSmallIntegerField(_("how many apart"), default=1)
    byday = models.CharField(_("days"), max_length=40, blank=True)
    bymonthday = models.CharField(_("days of the month"), max_length=100, blank=True)
    dtstart = models.DateField(_("counted from"), null=True, blank=True)
    until = models.DateField(_("last day"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    # Local time at the service. Closing at or before opening means the next morning; both at 00:00 is the whole day.
    opens_at = models.TimeField(_("opens"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"), null=True, blank=True)
    description = models.TextField(_("as written"), blank=True)

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "service", "place", "freq", "interval", "byday", "bymonthday", "dtstart", "until", "valid_from", "valid_to",
            "opens_at", "closes_at", "description",
        ),
        "public",
    )  # fmt: skip
    RETENTION = "kept"

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "place"], name="schedule_once_per_place")]

    def __str__(self) -> str:
        return self.description


class OrganizationPair(models.Model):
    """Two organizations that may be one. Somebody decides; nothing is merged by itself, and a decision can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey("services.Organization", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("services.Organization", on_delete=models.CASCADE, related_name="+")
    likeness = models.FloatField(_("likeness"))
    reasons = models.JSONField(_("reasons"), default=list)
    decision = models.CharField(
        _("decision"), max_length=10, default="open", choices=[("open", _("open")), ("same", _("one")), ("different", _("two"))]
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        ("id", "first", "second", "likeness", "reasons", "decision", "decided_at"), "public"
    )
    RETENTION = "kept"

    class Meta:
        verbose_name = _("two that may be one")
        verbose_name_plural = _("those that may be one")
        constraints: ClassVar = [models.UniqueConstraint(fields=["first", "second"], name="organization_pair_once")]

    def __str__(self) -> str:
        return self.decision
