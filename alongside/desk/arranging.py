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
from alongside.referrals.actions import meet_need, note_need
from alongside.referrals.models import Need
from alongside.referrals.queries import need_for
from alongside.services.needs import BED_KINDS
from alongside.services.rules import NEEDS
from alongside.visits.choosing import choices_for, found_for
from alongside.visits.giving import arrange_with, asking_of, plans_of


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
    """Choose up to three partners to ask, or a place from the directory; the page says what each would learn."""
    actor, wanted, moment = actor_of(request), _need(request, need_id), now()
    words = request.GET.get("words", "")
    found = found_for(actor, wanted.code, wanted.case.town.name if wanted.case.town else "", moment, words)
    choices = choices_for(actor, wanted.person, wanted.code, found, moment)
    form = ReferralForm(request.POST or None, partners=partner_agencies(actor))
    if request.method == "POST" and form.is_valid():
        plans, data = plans_of(form.cleaned_data, choices, found), form.cleaned_data
        language = spoken_language(actor, wanted.person_id)
        if try_it(form, arrange_with, wanted, plans, by=actor, age=data["age"], language=language):
            messages.success(request, _("Sent. The answer will show here."))
            return redirect("desk:waiting", case_id=wanted.case_id)
    state = asking_of(wanted)
    context = {
        "need": wanted, "label": _(NEEDS[wanted.code]), "choices": choices, "has_beds": wanted.code in BED_KINDS,
        "found": [one for one in found if one.service.agency_id is None],
        "others": [row for row in partner_agencies(actor) if row.id not in {one.agency.id for one in choices}],
        "decision": state.decision, "asked": state.asked, "most": state.most,
    }  # fmt: skip
    return show(request, "desk/arrange.html", form, **context)


@require_POST
@role_required("note_needs")
def met(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """The person has what they wanted."""
    wanted = _need(request, need_id)
    meet_need(wanted, by=actor_of(request))
    messages.success(request, _("Good. That is done."))
    return redirect("desk:case", case_id=wanted.case_id)
