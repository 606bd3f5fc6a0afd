"""Going to a visit and coming back, and what is said about the place: for the safety of whoever goes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.common.clock import now
from alongside.desk.forms import OutForm
from alongside.desk.views import actor_of, visible_case
from alongside.identity.actions import keep_contact
from alongside.visits.outings import begin_outing, end_outing
from alongside.visits.queries import may_start_for, outing_for, standings_for


@require_POST
@role_required("record_attempt")
def out(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Somebody goes now and says when they mean to be back; what is known by now may keep them from going."""
    actor, case, moment = actor_of(request), visible_case(request, case_id), now()
    form = OutForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say when you mean to be back."))
        return redirect("desk:case", case_id=case.id)
    may_start_for(actor, standings_for(actor, [case], moment)[case.id]).require()
    begin_outing(case, form.cleaned_data["outing"], form.cleaned_data["minutes"], moment, by=actor)
    messages.success(request, _("Take care. Tap “I am back” when you are."))
    return redirect("desk:case", case_id=case.id)


@require_POST
@role_required("record_attempt")
def back(request: HttpRequest, outing_id: UUID) -> HttpResponse:
    """They are back."""
    actor = actor_of(request)
    outing = outing_for(actor, outing_id)
    if outing is None:
        raise Http404
    end_outing(outing.id, now(), by=actor)
    messages.success(request, _("Good that you are back.") if outing.user_id == actor.user_id else _("Good. They are back."))
    return redirect("desk:today")


@require_POST
@role_required("record_attempt")
def place(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep what is so about the place today, in words of the list; what is not ticked is dropped."""
    case = visible_case(request, case_id)
    keep_contact(case.person, by=actor_of(request), place_safety=request.POST.getlist("safety"))
    messages.success(request, _("Kept for 90 days."))
    return redirect("desk:case", case_id=case.id)
