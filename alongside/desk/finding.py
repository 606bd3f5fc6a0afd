"""Asking whether somebody is known: a purpose and two identifiers in, at most five codes out, everything journaled.

Anybody signed in may ask. Who may not know gets what an unknown name gets: the same page, for the same work
(42 CFR 2.13(c)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.accounts.access import role_required
from alongside.cases.models import Case
from alongside.cases.queries import cases_of
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.words import choices_of
from alongside.consent.queries import is_kept_from
from alongside.desk.views import actor_of, show
from alongside.identity.actions import look_up
from alongside.identity.rules import FIND_PURPOSES
from alongside.identity.tokens import Description
from alongside.people.models import Person
from alongside.people.queries import records_of


class FindForm(forms.Form):
    """What it is for, and two identifiers."""

    purpose = forms.ChoiceField(label=_("What is it for?"), choices=choices_of(FIND_PURPOSES), widget=forms.RadioSelect)
    given_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = forms.CharField(label=_("Or the phone"), max_length=40, required=False)

    def as_description(self) -> Description:
        """The cleaned identifiers."""
        data = self.cleaned_data
        return Description(data["given_name"], data["family_name"], data["birth_date"], data["phone"])


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who fits: a code, and the case to open when the viewer may."""

    person: Person
    case: Case | None


def _known(viewer: Actor, people: list[Person], moment: datetime) -> list[Known]:
    found = []
    for person in people:
        records = records_of(person)
        if not is_kept_from(viewer, records):
            found.append(Known(person, next(iter(cases_of(viewer, records, moment)), None)))
    return found


@role_required()
def find(request: HttpRequest) -> HttpResponse:
    """Ask; the page comes back empty of what was typed, with what is known or with the sentence for nobody."""
    actor, form = actor_of(request), FindForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "desk/find.html", form, asked=False)
    try:
        people = look_up(form.as_description(), form.cleaned_data["purpose"], by=actor)
    except Refused as refused:
        form.add_error(None, gettext(refused.reason))
        return show(request, "desk/find.html", form, asked=False)
    again = FindForm(initial={"purpose": form.cleaned_data["purpose"]})
    return show(request, "desk/find.html", again, asked=True, found=_known(actor, people, now()))
