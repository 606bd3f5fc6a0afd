"""Who is looked for: the form of the question, and the same question to programs there is a pact with, when it is ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.words import choices_of
from alongside.elsewhere.asking import known_elsewhere, may_ask_elsewhere
from alongside.identity.description import Description
from alongside.identity.forms import SaidOfSomebody
from alongside.identity.rules import FIND_PURPOSES


class FindForm(SaidOfSomebody):
    """What it is for, and two identifiers; where there is a pact and the viewer may, a tick to ask other programs, too."""

    purpose = forms.ChoiceField(label=_("What is it for?"), choices=choices_of(FIND_PURPOSES), widget=forms.RadioSelect)
    given_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Or the phone"), max_length=40, required=False)
    elsewhere = forms.BooleanField(
        label=_("Ask other programs, too"), required=False,
        help_text=_("They are not told the name, but may see that somebody asked about one of theirs."),
    )  # fmt: skip

    field_order = ("purpose", "given_name", "family_name", "birth_date", "phone", "other_names", "about_age", "elsewhere")

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_ask_elsewhere(viewer):
            del self.fields["elsewhere"]

    def as_description(self) -> Description:
        """The cleaned identifiers."""
        data = self.cleaned_data
        other = (data["other_names"],) if data["other_names"] else ()
        return Description(
            data["given_name"], data["family_name"], data["birth_date"], data["phone"], aliases=other, born=self.born
        )


def ask_others(form: FindForm, *, by: Actor) -> dict[str, Any]:
    """For the page: the desks to ask, or why the others were not asked; nothing where it was not ticked."""
    if not form.cleaned_data.get("elsewhere"):
        return {}
    try:
        return {"elsewhere": known_elsewhere(form.as_description(), form.cleaned_data["purpose"], by=by)}
    except Refused as refused:
        return {"not_asked": gettext(refused.reason)}
