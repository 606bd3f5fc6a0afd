"""One file or one pasted text: an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.exchange.reading import MOST_BYTES


class AnswerForm(forms.Form):
    """A FHIR Task as a file, or pasted."""

    file = forms.FileField(label=_("A file with the answer"), required=False)
    text = forms.CharField(
        label=_("Or paste it"), required=False, max_length=MOST_BYTES, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, as bytes under “raw”; never more of it than an answer can be."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        raw = file.read(MOST_BYTES + 1) if file else str(data.get("text", "")).encode()
        if not raw.strip():
            raise forms.ValidationError(_("Choose a file or paste the answer."))
        return data | {"raw": raw}
