"""Whatever is productive now: a need noted, passed on, met."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.queries import partner_agencies
from alongside.common.clock import now
from alongside.desk.forms import NeedForm, ReferralForm
from alongside.desk.sharing import spoken_language
from alongside.desk.views import actor_of, show, try_it, visible_case
from alongside.referrals.actions import Plan, meet_need, note_need
from alongside.referrals.models import Need
from alongside.referrals.queries import need_for
from alongside.referrals.sharing import agree_and_refer
from alongside.services.queries import services_for
from alongside.services.rules import NEEDS


@role_required("note_needs")
def need(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Note what the person wants, then go straight on to who can give it."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        noted = note_need(case, form.cleaned_data["code"], words=form.cleaned_data["words"], by=actor)
        return redirect("desk:refer", need_id=noted.id)
    return show(request, "desk/need.html", form, case=case)


def _need(request: HttpRequest, need_id: UUID) -> Need:
    found = need_for(actor_of(request), need_id, now())
    if found is None:
        raise Http404
    return found


@role_required("note_needs")
def arrange(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """Pass a need on to a service or a partner."""
    actor, wanted = actor_of(request), _need(request, need_id)
    services = services_for(actor, wanted.code, request.GET.get("words", ""), limit=30)
    form = ReferralForm(request.POST or None, partners=partner_agencies(actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        service = next((row for row in services if row.id == data["service"]), None)
        plan = Plan(service, data["agency"], data["handoff"], data["agreed"], data["expected_exit"])
        language = spoken_language(actor, wanted.person_id)
        if try_it(form, agree_and_refer, wanted, plan, by=actor, age=data["age"], language=language):
            messages.success(request, _("Sent. The answer will show on the case."))
            return redirect("desk:case", case_id=wanted.case_id)
    context = {"need": wanted, "label": _(NEEDS[wanted.code]), "services": services}
    return show(request, "desk/arrange.html", form, **context)


@require_POST
@role_required("note_needs")
def met(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """The person has what they wanted."""
    wanted = _need(request, need_id)
    meet_need(wanted, by=actor_of(request))
    messages.success(request, _("Good. That is done."))
    return redirect("desk:case", case_id=wanted.case_id)
