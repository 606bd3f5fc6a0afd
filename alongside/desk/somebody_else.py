"""“This was somebody else”: one event of a case gets a person of its own, after one page that says what will happen."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.accounts.access import role_required
from alongside.cases.models import CaseIncident
from alongside.cases.queries import event_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.words import keepable
from alongside.desk.matching import on_the_day
from alongside.desk.mistaken import part_event, questions_of
from alongside.desk.taking_apart import PartForm
from alongside.desk.views import actor_of, show, try_it
from alongside.identity.description import Description
from alongside.identity.forms import SaidOfSomebody
from alongside.identity.models import Merge
from alongside.people.models import Person
from alongside.people.queries import person_for


class SomebodyElseForm(PartForm):
    """Who it was, as far as anybody knows, and whose each line is of what was added since the event."""

    why = None  # type: ignore[assignment]  # always the same: they are two people
    taken_for = forms.UUIDField(widget=forms.HiddenInput)
    given_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False, validators=[keepable])
    family_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False, validators=[keepable])

    clean_birth_date = SaidOfSomebody.clean_birth_date

    def who(self) -> Description:
        """The cleaned fields as the action wants them; empty when nobody said anything."""
        data = self.cleaned_data
        return Description(data["given_name"], data["family_name"], data["birth_date"], data["phone"])

    def asked(self) -> list[forms.BoundField]:
        """The lines of which somebody has to say whose they are."""
        return [field for field in self if field.name == "everything" or field.name.startswith("line_")]


def _form(request: HttpRequest, event: CaseIncident, person: Person) -> SomebodyElseForm:
    sides = Merge(duplicate=Person(code=_("somebody else")), into=person)  # for the names of the two sides; not kept
    return SomebodyElseForm(
        request.POST if request.method == "POST" else None, merge=sides, questions=questions_of(event, actor_of(request)),
        on=on_the_day, initial={"taken_for": person.id},
    )  # fmt: skip


@role_required("review_matches")
def somebody_else(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Say that an event was attached to the wrong person: it gets its own, and the two are remembered as two people."""
    actor, moment = actor_of(request), now()
    event = event_for(actor, event_id, moment)
    person = person_for(actor, event.case.person_id) if event else None
    if event is None or person is None:
        raise Http404
    try:
        form = _form(request, event, person)
    except Refused as refused:
        messages.warning(request, _(refused.reason))
        return redirect("desk:case", case_id=event.case_id)
    data = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    if data and try_it(form, part_event, event, data["taken_for"], form.who(), form.answers(), by=actor):
        messages.success(request, _("Two people from now on. This is the case of the new one; please look at both."))
        return redirect("desk:case", case_id=event.case_id)
    return show(request, "desk/somebody_else.html", form, event=event, person=person)
