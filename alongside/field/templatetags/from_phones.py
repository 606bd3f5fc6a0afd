"""The line on the due list that says something from a phone waits."""

from __future__ import annotations

from typing import Any

from django import template

from alongside.common.clock import now
from alongside.field.waiting import waiting_count_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_from_phones(context: dict[str, Any]) -> int:
    """How many things from phones wait for whoever looks."""
    return waiting_count_for(context["request"].actor, now())
