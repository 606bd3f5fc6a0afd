"""The forms of this room: codes and one sealed reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import Agency
from alongside.common.words import choices_of
from alongside.review.rules import DANGERS, OUTCOMES, REASONS, SHORTEST_REASON, STATE_DAYS, UNTOLD


class ReviewForm(forms.Form):
    """What a reviewer says about one item."""

    item = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    outcome = forms.ChoiceField(label=_("What was it?"), choices=[("", _("Choose")), *choices_of(OUTCOMES)])
    reason = forms.ChoiceField(label=_("Because"), choices=[("", _("Choose")), *choices_of(REASONS)])


class FindForm(forms.Form):
    """The code of the person who is in danger."""

    code = forms.CharField(label=_("The person's code"), max_length=40, help_text=_("For example: amber-heron 42"))


class DangerForm(forms.Form):
    """Why one person must be opened now."""

    category = forms.ChoiceField(label=_("What is happening?"), widget=forms.RadioSelect, choices=choices_of(DANGERS))
    reason = forms.CharField(
        label=_("Why must it be now?"), min_length=SHORTEST_REASON, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least 20 letters. It is sealed, and the person may read it later."),
    )  # fmt: skip
    untold = forms.ChoiceField(
        label=_("The person will be told that you looked"), required=False,
        choices=[("", _("Yes, as always")), *choices_of(UNTOLD)],
    )  # fmt: skip


class OwnDetailsForm(forms.Form):
    """One's own phone and address; only keyed numbers of them are kept."""

    phone = forms.CharField(label=_("Your own phone"), required=False, max_length=40)
    place = forms.CharField(label=_("Your own address"), required=False, max_length=120,
                            help_text=_("House number and street"))  # fmt: skip


class BreachForm(forms.Form):
    """Whose look-ups were a breach, and when."""

    who = forms.CharField(
        label=_("One user, by the code on the week's list"), required=False, max_length=12,
    )  # fmt: skip
    agency = forms.ModelChoiceField(
        label=_("Or everybody of one agency"), queryset=Agency.objects.none(), required=False, empty_label=_("No agency")
    )
    since_at = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    until_at = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    state_days = forms.IntegerField(
        label=_("Days the state's law gives"), min_value=1, max_value=60, initial=STATE_DAYS
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
        field.queryset = agencies

    def clean(self) -> dict[str, Any]:
        """One of the two, and a stretch of time that has a length."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(data.get("who")) == bool(data.get("agency")):
            raise forms.ValidationError(_("Name one user or one agency."))
        since, until = data.get("since_at"), data.get("until_at")
        if isinstance(since, datetime) and isinstance(until, datetime) and since >= until:
            raise forms.ValidationError(_("The end comes after the beginning."))
        return data
