"""Organizations and services as public lists name them; nothing here says anything about a person."""

from __future__ import annotations

import re
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.services.rules import NEEDS, in_menu_order

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
    walk_in = models.BooleanField(_("walk in"), default=False)
    same_day = models.BooleanField(_("starts the same day"), default=False)
    languages = models.TextField(_("languages"), blank=True)
    eligibility = models.TextField(_("for whom"), blank=True)
    how_to_apply = models.TextField(_("how to ask"), blank=True)
    source = models.CharField(_("list"), max_length=64)
    source_key = models.CharField(_("key in the list"), max_length=200)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "organization", "source_organization", "name", "description", "phone", "address", "town", "latitude",
            "longitude", "url", "hours_text", "walk_in", "same_day", "languages", "eligibility", "how_to_apply",
            "source", "source_key", "confirmed_on",
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
