"""The directory on one page, and what the people here say about a listed service."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import partner_agencies, served_towns
from alongside.accounts.roles import may
from alongside.common.decision import Refused
from alongside.services.confirming import confirm_service, link_service
from alongside.services.forms import ServiceSearch
from alongside.services.queries import find_services, service_for
from alongside.services.rules import may_confirm

SHOWN = 50


@role_required("see_services")
@require_safe
def list_services(request: SignedIn) -> HttpResponse:
    """Services by need, place, hour and words, as cards one can read aloud, each with the reason for its place."""
    form, viewer = ServiceSearch(request.GET), request.actor
    found = find_services(viewer, form.wanted(), limit=SHOWN + 1)
    confirms, keeps = may(viewer.role, "confirm_services"), may(viewer.role, "keep_directory")
    cards = [
        (one, confirms and may_confirm(viewer.role, own=one.service.agency_id == viewer.agency_id).allowed)
        for one in found[:SHOWN]
    ]
    context = {
        "form": form, "cards": cards, "more": len(found) > SHOWN, "shown": SHOWN, "towns": served_towns(viewer),
        "partners": partner_agencies(viewer) if keeps else [], "keeps": keeps,
        "ticked": bool(form["features"].value() or form["language"].value()), "back": request.GET.urlencode(),
        "program_id": viewer.program_id,
    }  # fmt: skip
    return render(request, "services/list.html", context)


@role_required("confirm_services")
@require_POST
def confirm(request: SignedIn) -> HttpResponse:
    """“Still as listed”: said with one tap."""
    service = service_for(request.actor, request.POST.get("service", ""))
    if service is None:
        return _back(request, refused=_("This place is not in the directory any more."))
    try:
        confirm_service(service.id, by=request.actor)
    except Refused as no:
        return _back(request, refused=_(no.reason))
    messages.success(request, _("Noted: “%(name)s” is still as listed.") % {"name": service.name})
    return _back(request, service.id)


@role_required("keep_directory")
@require_POST
def link(request: SignedIn) -> HttpResponse:
    """Which partner answers for a service; the coordinator says it."""
    service = service_for(request.actor, request.POST.get("service", ""))
    if service is None:
        return _back(request, refused=_("This place is not in the directory any more."))
    chosen = request.POST.get("agency", "")
    agency = next((one for one in partner_agencies(request.actor) if str(one.id) == chosen), None)
    if chosen and agency is None:
        return _back(request, service.id, refused=_("This partner does not work with your program."))
    try:
        link_service(service.id, agency, by=request.actor)
    except Refused as no:
        return _back(request, service.id, refused=_(no.reason))
    messages.success(request, _("Noted who answers for “%(name)s”.") % {"name": service.name})
    return _back(request, service.id)


def _back(request: SignedIn, anchor: object = "", refused: str = "") -> HttpResponse:
    """To the same search, at the same card. Only the words of a search come back, never an address from outside."""
    if refused:
        messages.error(request, refused)
    asked = QueryDict(request.POST.get("back", ""))
    words = urlencode({name: values for name, values in asked.lists() if name in ServiceSearch.base_fields}, doseq=True)
    return HttpResponseRedirect(
        f"{reverse('services:list')}{'?' if words else ''}{words}{f'#s-{anchor}' if anchor else ''}"
    )
