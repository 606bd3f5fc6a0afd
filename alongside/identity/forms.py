"""What may be said of somebody at a door, as fields of a form: the same for a search and for a new contact."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.common.clock import now as clock

YOUNGEST, OLDEST = 10, 110  # years that a guess at an age may say
FIRST_YEAR = 1900


class SaidOfSomebody(forms.Form):
    """A date of birth that is possible, other names, and a guess at the age where no date is known; each may stay empty."""

    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    other_names = forms.CharField(label=_("Other or street name"), max_length=200, required=False)
    about_age = forms.IntegerField(
        label=_("About how old"), required=False, help_text=_("In years, or the year of birth.")
    )

    def clean_birth_date(self) -> date | None:
        """A day in the past."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None and not date(FIRST_YEAR, 1, 1) <= born <= clock().date():
            raise forms.ValidationError(_("That date of birth is not possible."))
        return born

    def clean_about_age(self) -> str:
        """The age as a year of birth by estimate (“~1984”), or the year as it was said; as a `Description` has it."""
        said: int | None = self.cleaned_data["about_age"]
        year = clock().date().year
        if said is None:
            return ""
        if YOUNGEST <= said <= OLDEST:
            return f"~{year - said}"
        if not FIRST_YEAR <= said <= year:
            raise forms.ValidationError(_("Say the age in years, 10 to 110, or the year of birth."))
        return str(said)

    @property
    def born(self) -> str:
        """What is known of the birth in part; nothing where the whole date is."""
        return "" if self.cleaned_data["birth_date"] else str(self.cleaned_data["about_age"])
