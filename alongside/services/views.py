"""The directory on one page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.services.forms import ServiceSearch
from alongside.services.queries import services_for

SHOWN = 50


@role_required("see_services")
@require_safe
def list_services(request: SignedIn) -> HttpResponse:
    """Services by need and words, as cards one can read aloud."""
    form = ServiceSearch(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"need": "", "words": ""}
    found = services_for(request.actor, wanted["need"], wanted["words"], limit=SHOWN + 1)
    context = {"form": form, "services": found[:SHOWN], "more": len(found) > SHOWN, "shown": SHOWN}
    return render(request, "services/list.html", context)
