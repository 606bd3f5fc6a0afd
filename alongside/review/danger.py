"""The screens of opening one person in danger, and one's own details for the alarm about looking up somebody close."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.models import User
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.queries import is_kept_from
from alongside.identity.actions import keep_own_details
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of
from alongside.review.actions import Danger, break_glass
from alongside.review.forms import DangerForm, FindForm, OwnDetailsForm
from alongside.review.opening import everything_about
from alongside.review.queries import opened_in_danger, person_by_code
from alongside.review.rules import DANGER_MINUTES


@role_required("break_glass")
def find(request: SignedIn) -> HttpResponse:
    """Who is it? By the code that every call and every message uses."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = person_by_code(request.actor, form.cleaned_data["code"])
        if person is not None and not is_kept_from(request.actor, records_of(person)):
            return redirect("review:danger", person_id=person.id)
        form.add_error("code", _("Nobody has this code. Look at the two words and the number again."))
    return render(request, "review/find.html", {"form": form}, status=422 if form.errors else 200)


@role_required("break_glass")
def danger(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """Say why one person must be opened now; a fresh factor first."""
    return _danger(request, _person(request, person_id))


danger.fresh = True  # type: ignore[attr-defined]  # read by the test that lists what needs a fresh factor


@fresh_factor
def _danger(request: HttpRequest, person: Person) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]  # set by role_required
    if opened_in_danger(actor, records_of(person), now()) is not None:
        return redirect("review:opened", person_id=person.id)
    form = DangerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            break_glass(person, Danger(**form.cleaned_data), by=actor)
            return redirect("review:opened", person_id=person.id)
        except Refused as refused:
            form.add_error(None, _(refused.reason))
    context = {"form": form, "person": person, "minutes": DANGER_MINUTES}
    return render(request, "review/danger.html", context, status=422 if form.errors else 200)


@role_required("break_glass")
def opened(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What was opened, until its 15 minutes are over; then there is nothing here."""
    moment, person = now(), _person(request, person_id)
    opening = opened_in_danger(request.actor, records_of(person), moment)
    if opening is None:
        raise Http404
    context = {"person": person, "opening": opening} | everything_about(request.actor, person, moment)
    return render(request, "review/opened.html", context)


def _person(request: SignedIn, person_id: UUID) -> Person:
    person = person_for(request.actor, person_id)
    if person is None or is_kept_from(request.actor, records_of(person)):
        raise Http404
    return person


@role_required()
def own(request: SignedIn) -> HttpResponse:
    """One's own phone and address, for the alarm about looking up somebody close; only keyed numbers are kept."""
    form = OwnDetailsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep_own_details(cast(User, request.user), form.cleaned_data["phone"], form.cleaned_data["place"], by=request.actor)
        messages.success(request, _("Kept."))
        return redirect("home")
    return render(request, "review/own.html", {"form": form}, status=422 if form.errors else 200)
