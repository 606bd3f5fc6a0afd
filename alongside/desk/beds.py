"""The bed board: who has room, who said so and when; ask for the number, keep one for somebody, give it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.queries import partner_agencies
from alongside.common.clock import now
from alongside.desk.forms import CountForm
from alongside.desk.views import actor_of
from alongside.referrals.beds import arrive, ask_for_counts, give_back, say_free
from alongside.referrals.models import BedHold, Need
from alongside.referrals.queries import BedLine, board_for, holds_for, need_for, rides_for
from alongside.services.needs import BED_KINDS
from alongside.services.rules import NEEDS
from alongside.visits.giving import keep_and_ask


def _need(request: HttpRequest) -> Need | None:
    """The need a bed is looked for, when the page was opened from a case."""
    try:
        asked = UUID(request.GET.get("for", "") or request.POST.get("need", ""))
    except ValueError:
        return None
    need = need_for(actor_of(request), asked, now())
    return need if need is not None and need.code in BED_KINDS and need.met_at is None else None


@role_required("note_needs")
def board(request: HttpRequest) -> HttpResponse:
    """Every partner with beds, by kind: the number left, who said it, how old it is, and what is kept until when."""
    actor, moment = actor_of(request), now()
    if actor.goes_along:
        raise Http404
    need = _need(request)
    lines, holds = board_for(actor, moment, need.code if need else ""), holds_for(actor, moment)
    by_kind = [(_(NEEDS[kind]), kind, [(line, _kept_by(line, holds)) for line in lines if line.kind == kind])
               for kind in BED_KINDS if any(line.kind == kind for line in lines)]  # fmt: skip
    context = {"kinds": by_kind, "need": need, "now": moment, "rides": rides_for(actor, moment)}
    return render(request, "desk/beds.html", context)


def _kept_by(line: BedLine, holds: list[BedHold]) -> list[BedHold]:
    """The beds this partner keeps for people the viewer works with."""
    return [hold for hold in holds if (hold.beds.agency_id, hold.beds.kind) == (line.agency.id, line.kind)]


def _line(request: HttpRequest) -> BedLine:
    """The line of the board that a form is about."""
    agency, kind = request.POST.get("agency", ""), request.POST.get("kind", "")
    for line in board_for(actor_of(request), now(), kind if kind in BED_KINDS else "shelter_tonight"):
        if str(line.agency.id) == agency and line.kind == kind:
            return line
    raise Http404


@role_required("note_needs")
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Keep the number somebody said on the telephone."""
    actor, form = actor_of(request), CountForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Say how many beds are free, as a number."))
        return redirect("desk:beds")
    agency = next((row for row in partner_agencies(actor) if row.id == form.cleaned_data["agency"]), None)
    if agency is None or actor.goes_along:
        raise Http404
    say_free(agency, form.cleaned_data["kind"], form.cleaned_data["free"], by=actor, how="phone")
    messages.success(request, _("Kept. Everybody on the team sees it."))
    return redirect("desk:beds")


@role_required("note_needs")
@require_POST
def ask_numbers(request: HttpRequest) -> HttpResponse:
    """Ask every partner whose number is old; each once in twelve hours."""
    actor = actor_of(request)
    if actor.goes_along:
        raise Http404
    asked = ask_for_counts(by=actor)
    none = _("Every number is younger than four hours, or was asked for. Ring them.")
    messages.success(request, _("They are asked. The number shows here.") if asked else none)
    return redirect("desk:beds")


@role_required("note_needs")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a bed of this partner for somebody, and ask the partner about them."""
    need, actor = _need(request), actor_of(request)
    if need is None:
        raise Http404
    line = _line(request)
    keep_and_ask(need, line.agency, by=actor)
    messages.success(request, _("A bed is kept, and they are told."))
    return redirect("desk:waiting", case_id=need.case_id)


@role_required("note_needs")
@require_POST
def hold(request: HttpRequest, bed_hold_id: UUID) -> HttpResponse:
    """They are there, or the bed is given back."""
    actor = actor_of(request)
    found = next((row for row in holds_for(actor, now()) if row.id == bed_hold_id), None)
    if found is None or actor.role == "partner":
        raise Http404
    if request.POST.get("to") == "arrived":
        arrive(found, by=actor)
        messages.success(request, _("Good. They are there."))
    else:
        give_back(found, by=actor)
        messages.success(request, _("Given back. Somebody else can have it."))
    return redirect(reverse("desk:waiting", args=[found.referral.need.case_id]))
