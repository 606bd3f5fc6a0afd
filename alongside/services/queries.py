"""Reads the directory."""

from __future__ import annotations

from django.db.models import Q

from alongside.common.actor import Actor
from alongside.services.models import Service


def services_for(viewer: Actor, need: str, words: str = "", limit: int = 50) -> list[Service]:
    """The services that answer a need (any, when empty) and hold every word, by name; all viewers see them alike."""
    found = Service.objects.select_related("organization").prefetch_related("needs")
    if need:
        found = found.filter(needs__need=need)
    for word in words.split()[:8]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(town__icontains=word)
            | Q(address__icontains=word)
            | Q(languages__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(source_organization__icontains=word)
        )
    return list(found.order_by("name", "id")[:limit])
