"""The quick contact form and the morning list."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import program_of, served_towns, towns_for
from alongside.accounts.roles import may
from alongside.cases.receiving import add_person_to, receive_report
from alongside.common.clock import now
from alongside.consent import firewall
from alongside.incidents.actions import join_incidents, set_town, settle_incident
from alongside.incidents.models import Incident
from alongside.incidents.queries import morning_list_for, one_event_pairs, waiting_incident_for
from alongside.intake.forms import ContactForm, PersonFields
from alongside.intake.queries import newest_imports


@role_required("report_incident")
def report(request: HttpRequest) -> HttpResponse:
    """Send a contact in. Nothing about the person comes back, to anybody; whoever may ask is led past the search first."""
    actor = cast(SignedIn, request).actor
    if request.method == "GET" and "new" not in request.GET and may(actor.role, "find_person"):
        return redirect(f"{reverse('desk:find')}?contact")
    form = ContactForm(request.POST or None, towns=served_towns(actor))
    if request.method == "POST" and form.is_valid():
        receive_report(form.report(program_of(actor)), form.who(), by=actor, town=form.cleaned_data["town"])
        messages.success(request, _("Thank you. It is in; the team sees it on its list."))
        return redirect("intake:report")
    return render(request, "intake/report.html", {"form": form}, status=422 if form.errors else 200)


@role_required("see_morning_list")
def morning(request: HttpRequest) -> HttpResponse:
    """The calls of the last days that wait for a person, with where each was."""
    actor = cast(SignedIn, request).actor
    rows = morning_list_for(actor, now())
    places = firewall.open(actor, "morning_list", *(row.place for row in rows))
    pairs = one_event_pairs(rows)
    items = [
        {"row": row, "place": place, "pair": pairs.get(row.id)} for row, place in zip(rows, places, strict=True)
    ]
    context = {"items": items, "towns": towns_for(actor), "imports": newest_imports(actor), "now": now()}
    return render(request, "intake/morning.html", context)


def _waiting(request: HttpRequest, incident_id: UUID) -> Incident:
    incident = waiting_incident_for(cast(SignedIn, request).actor, incident_id, now())
    if incident is None:
        raise Http404
    return incident


@role_required("see_morning_list")
def settle(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Add the person a call was about; their case opens with the clock of the event."""
    actor, incident = cast(SignedIn, request).actor, _waiting(request, incident_id)
    form = PersonFields(request.POST or None, towns=served_towns(actor))
    if request.method == "POST" and form.is_valid():
        add_person_to(incident, form.who(), by=actor)
        messages.success(request, _("The person was added and the case is open."))
        return redirect("intake:morning")
    place = firewall.open(actor, "morning_list", incident.place)[0]
    context = {"form": form, "incident": incident, "place": place, "towns": served_towns(actor)}
    return render(request, "intake/settle.html", context, status=422 if form.errors else 200)


@require_POST
@role_required("see_morning_list")
def nobody(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Mark a call as nobody to find."""
    settle_incident(_waiting(request, incident_id), by=cast(SignedIn, request).actor, person=None)
    messages.success(request, _("Marked: nobody to find."))
    return redirect("intake:morning")


@require_POST
@role_required("see_morning_list")
def join(request: HttpRequest, incident_id: UUID, earlier_id: UUID) -> HttpResponse:
    """Two calls on one event become one."""
    later, earlier = _waiting(request, incident_id), _waiting(request, earlier_id)
    join_incidents(later, earlier, by=cast(SignedIn, request).actor)
    messages.success(request, _("The two calls are one event now."))
    return redirect("intake:morning")


@require_POST
@role_required("see_morning_list")
def town(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Correct the town of a call."""
    actor, incident = cast(SignedIn, request).actor, _waiting(request, incident_id)
    chosen = next((row for row in served_towns(actor) if str(row.id) == request.POST.get("town")), None)
    if chosen is None:
        messages.warning(request, _("Choose a town of the list."))
    else:
        set_town(incident, chosen, by=actor)
        messages.success(request, _("The town was corrected."))
    return redirect("intake:morning")
