"""The code of the telephone, and a partner's desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alongside.partners.actions import Desk


class CodeForm(forms.Form):
    """Eight letters and digits, read out on the telephone."""

    code = forms.CharField(
        label=_("The code"), max_length=40,
        help_text=_("Eight letters and digits. Small or big letters, with or without a line."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class DeskForm(forms.Form):
    """Where “you have a message” goes."""

    email = forms.EmailField(label=_("E-mail of the desk"), required=False, max_length=254)
    phone = forms.CharField(
        label=_("Phone of the desk"), required=False, max_length=30,
        validators=[RegexValidator(r"^\+?[\d ().-]{3,29}$", _("Write it with digits, for example 413-555-0142."))],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    takes_texts = forms.BooleanField(label=_("It takes text messages"), required=False)

    def clean(self) -> dict[str, Any]:
        """A text message needs a number."""
        data = super().clean() or {}
        if data.get("takes_texts") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Text messages need a phone number."))
        return data

    def desk(self) -> Desk:
        """What was written."""
        return Desk(**self.cleaned_data)
