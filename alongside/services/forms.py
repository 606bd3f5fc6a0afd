"""The search of the directory."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.services.keywords import LANGUAGES
from alongside.services.models import NEED_CHOICES
from alongside.services.needs import FEATURES
from alongside.services.queries import Wanted


class ServiceSearch(forms.Form):
    """A need from the menu, the place, the hour and what it should offer; everything may be empty."""

    need = forms.ChoiceField(label=_("What would help?"), choices=[("", _("Anything")), *NEED_CHOICES], required=False)
    town = forms.CharField(
        label=_("Where?"), max_length=80, required=False, help_text=_("A town; places there and near it come first"),
        widget=forms.TextInput(attrs={"list": "towns", "autocomplete": "off"}),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Words"), max_length=100, required=False, help_text=_("A name, a street, what it is called")
    )
    open_only = forms.BooleanField(label=_("Open now or tonight"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Any")), *((name, _(name)) for name in LANGUAGES)], required=False
    )
    features = forms.MultipleChoiceField(
        label=_("What it should offer"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, _(label)) for code, label in FEATURES.items()],
    )  # fmt: skip

    def wanted(self) -> Wanted:
        """What was asked for; nothing in particular, when the form has something to say."""
        data: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return Wanted(
            need=data.get("need", ""), words=data.get("words", ""), features=tuple(data.get("features", ())),
            language=data.get("language", ""), town=data.get("town", "").strip(), open_only=data.get("open_only", False),
        )  # fmt: skip
