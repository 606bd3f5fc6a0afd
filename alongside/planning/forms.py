"""What is tried in a what-if, with today's values filled in; and the choice of the order."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.accounts.rules import QUEUE_POLICIES
from alongside.common.words import choices_of
from alongside.planning.whatif import Setting


class WhatIfForm(forms.Form):
    """Teams, hours, clock and order."""

    teams = forms.IntegerField(label=_("Teams that go out"), min_value=1, max_value=50)
    shift_hours = forms.FloatField(label=_("Hours of a shift"), min_value=1, max_value=12)
    days = forms.IntegerField(label=_("Days a week"), min_value=1, max_value=7)
    minutes = forms.IntegerField(label=_("Minutes for a visit, with the way"), min_value=10, max_value=180)
    clock_hours = forms.TypedChoiceField(
        label=_("In time means within"), coerce=int, choices=[(24, _("24 hours")), (48, _("48 hours")), (72, _("72 hours"))]
    )
    policy = forms.ChoiceField(label=_("Order of the queue"), choices=choices_of(QUEUE_POLICIES))

    def setting(self, today: Setting) -> Setting:
        """What was filled in, over the values of today."""
        return replace(today, **self.cleaned_data)


class OrderForm(forms.Form):
    """The order of the queue."""

    policy = forms.ChoiceField(label=_("Order of the queue"), choices=choices_of(QUEUE_POLICIES))
