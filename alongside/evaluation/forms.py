"""The month in which outreach began, and a table of months."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.common.decision import Refused
from alongside.evaluation.rules import month_of, read_series

MOST_BYTES = 100_000


class StartForm(forms.Form):
    """The first month of outreach."""

    month = forms.CharField(
        label=_("The first month of outreach"), max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2023-07"}),
    )  # fmt: skip

    def clean_month(self) -> date:
        """Its first day."""
        month = month_of(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError(_("Write it as 2023-07."))
        return month


class SeriesForm(forms.Form):
    """What is counted, where the table is from, and the table."""

    name = forms.CharField(label=_("What is counted"), max_length=60)
    source = forms.CharField(label=_("Where the numbers are from"), max_length=120)
    file = forms.FileField(
        label=_("The table (CSV)"),
        help_text=_("The columns month (2023-07), count and, if you have one, comparison: the same months where there was no "
                    "outreach."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The table as a series, under “series”."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("file") is None:
            return data
        raw = data["file"].read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            self.add_error("file", gettext("The table is too large: at most 100 kB."))
            return data
        try:
            return data | {"series": read_series(raw.decode("utf-8-sig"))}
        except UnicodeDecodeError:
            self.add_error("file", gettext("The table is no plain text (UTF-8)."))
        except Refused as refused:
            self.add_error("file", gettext(refused.reason))
        return data
