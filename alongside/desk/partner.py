"""The partner's inbox and the answers to a referral."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.models import AgencyKind
from alongside.accounts.queries import partner_agencies
from alongside.common.clock import now
from alongside.desk.views import actor_of
from alongside.referrals.actions import move_referral
from alongside.referrals.inbox import InboxItem, inbox_items
from alongside.referrals.queries import inbox_for, referral_for
from alongside.referrals.rules import may_move
from alongside.referrals.sharing import pass_on as send_on

# A status, as a partner would say it.
ANSWERS = {
    "accepted": gettext_lazy("We can help"),
    "in-progress": gettext_lazy("They are here"),
    "completed": gettext_lazy("They have what they came for"),
    "on-hold": gettext_lazy("On our waiting list"),
    "rejected": gettext_lazy("We cannot this time"),
    "failed": gettext_lazy("They did not come"),
}


@role_required("answer_referral")
def inbox(request: HttpRequest) -> HttpResponse:
    """A partner's referrals that want an answer."""
    actor, moment = actor_of(request), now()
    items = inbox_items(actor, inbox_for(actor), moment)
    answers = {
        item.referral.id: [(to, words) for to, words in ANSWERS.items()
                           if may_move(item.referral.status, to, is_partner=True)
                           and (to != "failed" or item.referral.status in ("accepted", "in-progress"))]
        for item in items
    }  # fmt: skip
    rows = [(item, answers[item.referral.id]) for item in items]
    partners = [agency for agency in partner_agencies(actor) if agency.id != actor.agency_id]
    takes_cards = actor.agency_class == AgencyKind.SYRINGE_SERVICES
    context = {"rows": rows, "now": moment, "partners": partners, "takes_cards": takes_cards}
    return render(request, "desk/inbox.html", context)


def _own_item(request: HttpRequest, referral_id: UUID) -> InboxItem:
    """A referral of the partner's own inbox with what leaves for it; any other does not exist."""
    actor, moment = actor_of(request), now()
    referral = referral_for(actor, referral_id, moment)
    if referral is None or actor.role != "partner":
        raise Http404
    return inbox_items(actor, [referral], moment)[0]


@role_required("answer_referral")
def packet(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral to print or, with `?format=json`, to take along: facts, notice and agreement in one piece."""
    item = _own_item(request, referral_id)
    if request.GET.get("format") == "json":
        return JsonResponse({"referral": str(item.referral.id), "wants": str(item.referral.need.label),
                             "code": item.referral.person.code} | item.payload.plain())  # fmt: skip
    return render(request, "desk/packet.html", {"item": item})


@require_POST
@role_required("answer_referral")
def pass_on(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send a referral on to another partner, where the person agreed to that."""
    actor, item = actor_of(request), _own_item(request, referral_id)
    to = next((row for row in partner_agencies(actor) if str(row.id) == request.POST.get("agency", "")), None)
    if to is None:
        raise Http404
    decision = send_on(item.referral, to, by=actor)
    if decision:
        messages.success(request, _("Passed on. They answer from here."))
    else:
        messages.warning(request, _(decision.reason))
    return redirect("desk:inbox")


@require_POST
@role_required("answer_referral", "note_needs")
def answer(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Keep an answer to a referral, from its partner or from the team that called."""
    actor = actor_of(request)
    referral = referral_for(actor, referral_id, now())
    if referral is None:
        raise Http404
    move_referral(referral.id, request.POST.get("to", ""), by=actor)
    messages.success(request, _("Thank you, the answer is in."))
    if actor.role == "partner":
        return redirect("desk:inbox")
    return redirect("desk:case", case_id=referral.need.case_id)
