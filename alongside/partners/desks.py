"""For coordinators: which desk answers for a partner, a try of its address, and what a partner sees."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.models import Agency
from alongside.common.clock import now
from alongside.partners import rules
from alongside.partners.actions import keep_desk, try_message
from alongside.partners.forms import DeskForm
from alongside.partners.queries import desks_for
from alongside.referrals.rules import BARRIERS


@role_required("keep_partners")
def partners(request: SignedIn) -> HttpResponse:
    """Every partner that may be asked for something, and where its messages go."""
    return render(request, "partners/list.html", {"agencies": desks_for(request.actor)})


def _agency(request: SignedIn, agency_id: UUID) -> Agency:
    agency = desks_for(request.actor).filter(id=agency_id).first()
    if agency is None:
        raise Http404
    return agency


@role_required("keep_partners")
@fresh_factor
def partner(request: SignedIn, agency_id: UUID) -> HttpResponse:
    """Change where a partner's messages go. Links go there, so it asks for a fresh factor."""
    agency = _agency(request, agency_id)
    initial = {"email": agency.email, "phone": agency.phone, "takes_texts": agency.takes_texts}
    form = DeskForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keep_desk(agency, form.desk(), by=request.actor)
        messages.success(request, _("Kept. Send a test message to be sure that it arrives."))
        return redirect("partners:list")
    status = 422 if form.is_bound else 200
    return render(request, "partners/partner.html", {"agency": agency, "form": form}, status=status)


@require_POST
@role_required("keep_partners")
def send_test(request: SignedIn, agency_id: UUID) -> HttpResponse:
    """Send a message that says nothing but that there is one."""
    agency = _agency(request, agency_id)
    try_message(agency, by=request.actor)
    messages.success(request, _("A test message is on its way. Ask them whether it came."))
    return redirect("partners:list")


@role_required("keep_partners")
def example(request: SignedIn) -> HttpResponse:
    """What a partner without an account sees, with nobody in it."""
    moment = now()
    context = {
        "steps": rules.STEPS["requested"], "reasons": [(code, BARRIERS[code]) for code in rules.NO_REASONS],
        "until": [(hours, moment + timedelta(hours=hours)) for hours in rules.HOLD_HOURS],
    }  # fmt: skip
    return render(request, "partners/example.html", context)
