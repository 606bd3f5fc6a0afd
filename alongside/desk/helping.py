"""“What would help today?”: the eight buttons, what waits for an answer, and what partners said on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.common.clock import now
from alongside.desk.forms import CARD, NOTHING, PhoneAnswerForm, TodayForm
from alongside.desk.views import actor_of, offer_words, show, try_it, visible_case
from alongside.desk.waiting import asked_of
from alongside.referrals.answering import answer, say_helped
from alongside.referrals.models import Referral
from alongside.referrals.queries import need_for, referral_for
from alongside.services.needs import BUTTONS, GROUPS, NEED_KINDS
from alongside.visits.giving import give_kits
from alongside.visits.helping import Today, help_today

ICONS = {"shelter_tonight": "bed", "ride": "ride", "naloxone": "kit", "syringe_services": "heart", "detox": "health",
         "food": "food", "id_papers": "paper", NOTHING: "door"}  # fmt: skip
# The further targets of a button: the field each fills, its value, its icon and its words.
MORE: dict[str, list[tuple[str, str, str, Promise]]] = {
    "shelter_tonight": [("ride_to", "shelter_tonight", "ride", gettext_lazy("with a ride"))],
    "detox": [
        ("ride_to", "detox", "ride", gettext_lazy("with a ride")),
        ("wants", "medication", "kit", gettext_lazy("medication")),
    ],
    "syringe_services": [("wants", "syringe_services", "paper", gettext_lazy("on the case"))],
    "food": [
        ("wants", "clothes_hygiene", "heart", gettext_lazy("clothes")),
        ("wants", "phone", "phone", gettext_lazy("a phone")),
    ],
}
# Where a button stands for several things, its own target is the first of them.
FIRST_WORDS = {"detox": gettext_lazy("Detox"), "food": gettext_lazy("Food")}
# One tap on syringe services is a card that nobody can follow back; a referral on the case is the second target.
FIRST_TARGET = {"syringe_services": CARD}


@dataclass(frozen=True, slots=True)
class Tile:
    """One big button of the page, with its further targets where it has any: field, value, icon, words, ticked."""

    code: str
    label: str | Promise
    icon: str
    on: bool
    more: tuple[tuple[str, str, str, Promise, bool], ...] = ()


def _tiles(chosen: dict[str, list[str]]) -> list[Tile]:
    tiles = []
    for button in BUTTONS:
        code = FIRST_TARGET.get(button.code, button.code)
        label = FIRST_WORDS.get(button.code) or _(button.label)
        more = tuple((name, value, icon, words, value in chosen[name])
                     for name, value, icon, words in MORE.get(button.code, ()))  # fmt: skip
        tiles.append(Tile(code, label, ICONS[button.code], code in chosen["wants"], more))
    return tiles


def _groups(chosen: list[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Everything else somebody may ask for, in its groups; what has a button of its own is left out."""
    buttons = {code for button in BUTTONS for code in button.needs}
    found = []
    for group, title in GROUPS.items():
        options = [(code, _(kind.label), code in chosen) for code, kind in NEED_KINDS.items()
                   if kind.group == group and code not in buttons]  # fmt: skip
        if options:
            found.append((_(title), options))
    return found


@role_required("note_needs")
def today(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Eight big buttons; three taps ask for a bed and the ride to it."""
    actor, case = actor_of(request), visible_case(request, case_id)
    if actor.goes_along:
        raise Http404
    form = TodayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.as_today()
        if set(wanted.wants) == {CARD} and not wanted.rides_to:
            return redirect("desk:cards")  # given without the case: not even that something was asked is kept
        if try_it(form, help_today, case, wanted, by=actor):
            _say_so(request, wanted)
            offer_words(request, wanted.words)
            return redirect("desk:case" if _is_nothing(wanted) else "desk:waiting", case_id=case.id)
    chosen = {name: request.POST.getlist(name) for name in ("wants", "ride_to")}
    groups = _groups(chosen["wants"])
    more_on = any(on for _title, options in groups for _code, _label, on in options)
    return show(request, "desk/help.html", form, case=case, tiles=_tiles(chosen), groups=groups, more_on=more_on)


def _say_so(request: HttpRequest, wanted: Today) -> None:
    if _is_nothing(wanted):
        messages.success(request, _("That is fine. Thank them for talking. Somebody looks in again, gently."))
    else:
        messages.success(request, _("Noted and asked. The answers show here."))
    if CARD in wanted.wants:
        messages.info(request, _("And a card: “A card to give”, below."))


def _is_nothing(wanted: Today) -> bool:
    return not wanted.rides_to and set(wanted.wants) <= {NOTHING, CARD}


@role_required("note_needs")
def waiting(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was asked for, of whom, and what came back."""
    actor, case, moment = actor_of(request), visible_case(request, case_id), now()
    if actor.goes_along:
        raise Http404
    context: dict[str, Any] = {
        "case": case, "needs": asked_of(actor, case, moment), "now": moment, "phone_form": PhoneAnswerForm(),
        "code_page": request.get_host() + reverse("partners:code"),
    }  # fmt: skip
    return render(request, "desk/waiting.html", context)


def _referral(request: HttpRequest, referral_id: UUID) -> Referral:
    actor = actor_of(request)
    found = referral_for(actor, referral_id, now())
    if found is None or actor.role == "partner":
        raise Http404
    return found


@require_POST
@role_required("note_needs")
def said(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Keep what a partner said on the telephone."""
    actor, referral = actor_of(request), _referral(request, referral_id)
    form = PhoneAnswerForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        answered = answer(
            referral.id, data["to"], by=actor, how="phone", hold_hours=data["hours"],
            barrier=data["barrier"] if data["to"] == "rejected" else "",
        )  # fmt: skip
        messages.success(request, _(answered.sentence) if answered.sentence else _("Kept."))
    return redirect("desk:waiting", case_id=referral.need.case_id)


@require_POST
@role_required("note_needs")
def helped(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Whether it helped, which is more than whether they connected."""
    actor, referral = actor_of(request), _referral(request, referral_id)
    say_helped(referral.id, request.POST.get("helped", ""), by=actor)
    messages.success(request, _("Thank you. It is kept."))
    return redirect("desk:waiting", case_id=referral.need.case_id)


@require_POST
@role_required("note_needs")
def give(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """Kits in hand, in one tap."""
    actor = actor_of(request)
    need = need_for(actor, need_id, now())
    if need is None:
        raise Http404
    give_kits(need, 2 if request.POST.get("kits") == "2" else 1, by=actor)
    messages.success(request, _("Good: naloxone in hand is already help. It is on the books."))
    return redirect("desk:waiting", case_id=need.case_id)
