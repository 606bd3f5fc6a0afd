"""Times as a person says them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils.dateformat import format as date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext

register = template.Library()


@register.filter
def span(moment: datetime, now: datetime) -> str:
    """How far apart two moments are, in one unit: “9 hours”, “4 days”; “0 minutes” when they are the same."""
    return timesince(min(moment, now), max(moment, now), depth=1)


@register.filter
def day_word(day: date, now: datetime) -> str:
    """A day as somebody says it: “today”, “tomorrow”, or “Thu 3 Dec”."""
    near = {0: gettext("today"), 1: gettext("tomorrow")}
    return near.get((day - localtime(now).date()).days) or date_format(day, "D j M")


@register.filter
def is_about(moment: datetime, now: datetime) -> bool:
    """Whether a moment is within the hour before or after; then it is simply now."""
    return abs(moment - now) < timedelta(hours=1)
