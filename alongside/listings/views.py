"""The page on which somebody says which organizations are one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.common.decision import Refused
from alongside.services.duplicates import decide_pair, pairs_for, propose


@role_required("keep_directory")
@require_http_methods(["GET", "HEAD", "POST"])
def list_pairs(request: SignedIn) -> HttpResponse:
    """The pairs to decide and the last decided; posting compares all organizations again."""
    if request.method == "POST":
        new = propose(by=request.actor)
        messages.success(request, _("%(new)d new pairs were found.") % {"new": new})
        return redirect("listings:pairs")
    waiting, decided = pairs_for(request.actor)
    return render(request, "listings/pairs.html", {"waiting": waiting, "decided": decided})


@role_required("keep_directory")
@require_POST
def decide(request: SignedIn) -> HttpResponse:
    """One decision; what cannot be decided is said in a sentence. The directory is shared, so no address names a row of it."""
    try:
        decide_pair(_pair(request), request.POST.get("decision", ""), by=request.actor)
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect("listings:pairs")


def _pair(request: SignedIn) -> UUID:
    try:
        return UUID(request.POST.get("pair", ""))
    except ValueError:
        raise Refused("These two are no longer compared.") from None
