"""Times as a person says them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def span(moment: datetime, now: datetime) -> str:
    """How far apart two moments are, in one unit: “9 hours”, “4 days”; “0 minutes” when they are the same."""
    return timesince(min(moment, now), max(moment, now), depth=1)


@register.filter
def is_about(moment: datetime, now: datetime) -> bool:
    """Whether a moment is within the hour before or after; then it is simply now."""
    return abs(moment - now) < timedelta(hours=1)
