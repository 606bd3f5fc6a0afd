"""The search of the directory."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.services.models import NEED_CHOICES


class ServiceSearch(forms.Form):
    """A need from the menu and a few words; both may be empty."""

    need = forms.ChoiceField(label=_("What would help?"), choices=[("", _("Anything")), *NEED_CHOICES], required=False)
    words = forms.CharField(label=_("Words"), max_length=100, required=False, help_text=_("A name, a town, a language"))
