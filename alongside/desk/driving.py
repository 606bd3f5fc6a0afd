"""A ride asked for and followed; and the card for syringe services, which knows no person and no case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.models import AgencyKind
from alongside.accounts.queries import partner_agencies
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.desk.forms import RideForm
from alongside.desk.sharing import spoken_language
from alongside.desk.views import actor_of, show, try_it
from alongside.referrals.cards import card_came, give_card
from alongside.referrals.queries import need_for, ride_for
from alongside.referrals.rides import RidePlan, move_ride
from alongside.referrals.rules import SHARED_FOR_RIDE
from alongside.referrals.sharing import agree_and_ride
from alongside.visits.choosing import agreed_with, drivers


@role_required("note_needs")
def ride(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """Choose how somebody gets to the place that says yes."""
    actor = actor_of(request)
    need = need_for(actor, need_id, now())
    if need is None:
        raise Http404
    form = RideForm(request.POST or None, drivers=drivers(actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        driver = data["agency"]
        told = driver is not None and (
            data["agreed"] or agreed_with(actor, need.person, driver, now(), SHARED_FOR_RIDE)
        )
        plan = RidePlan(data["means"], agency=driver, pick_up=data["pick_up"], named=told,
                        asked_for_police_car=data["means"] == "police_car")  # fmt: skip
        language = spoken_language(actor, need.person_id)
        if try_it(form, agree_and_ride, need, plan, by=actor, age=data["age"], language=language):
            messages.success(request, _("The ride is asked for."))
            return redirect("desk:waiting", case_id=need.case_id)
    return show(request, "desk/ride.html", form, need=need)


@require_POST
@role_required("note_needs")
def step(request: HttpRequest, ride_id: UUID) -> HttpResponse:
    """Keep where a ride is, as somebody told us."""
    actor = actor_of(request)
    found = ride_for(actor, ride_id, now())
    if found is None or actor.role == "partner":
        raise Http404
    move_ride(found.id, request.POST.get("to", ""), by=actor, how="phone")
    messages.success(request, _("Kept."))
    return redirect("desk:waiting", case_id=found.need.case_id)


@role_required("answer_referral")
@require_POST
def card_back(request: HttpRequest) -> HttpResponse:
    """Syringe services say that somebody came with a card; who it was, nobody learns."""
    card_came(request.POST.get("code", ""), by=actor_of(request))
    messages.success(request, _("Thank you. It is counted, and nothing else."))
    return redirect("desk:inbox")


@role_required("note_needs")
def cards(request: HttpRequest) -> HttpResponse:
    """Give a card: a code to show at the place, and nothing that leads back to anybody."""
    actor = actor_of(request)
    if actor.goes_along:
        raise Http404
    places = [agency for agency in partner_agencies(actor) if agency.kind == AgencyKind.SYRINGE_SERVICES]
    card = None
    if request.method == "POST":
        chosen = next((one for one in places if str(one.id) == request.POST.get("agency", "")), None)
        if chosen is None:
            raise Http404
        draft = request.POST.get("draft", "")
        # Only that this form was sent is kept, never which card it was: the session leads to who gave it.
        if request.session.get("card_form") != draft:
            request.session["card_form"] = draft
            card = give_card(chosen, by=actor)
        else:
            messages.info(request, _("That card was given already. Tap once more for another one."))
    return show(request, "desk/cards.html", Form(), places=places, card=card, draft=new_id())
