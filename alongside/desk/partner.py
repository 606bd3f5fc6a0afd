"""The partner's inbox, the answers to a referral, and the kits on the books."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.common.clock import now
from alongside.desk import queries
from alongside.desk.views import actor_of
from alongside.naloxone.queries import stock_for
from alongside.referrals.actions import move_referral
from alongside.referrals.queries import inbox_for, referral_for
from alongside.referrals.rules import may_move

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
    items = queries.inbox_items(actor, inbox_for(actor), moment)
    answers = {
        item.referral.id: [(to, words) for to, words in ANSWERS.items()
                           if may_move(item.referral.status, to, is_partner=True)
                           and (to != "failed" or item.referral.status in ("accepted", "in-progress"))]
        for item in items
    }  # fmt: skip
    rows = [(item, answers[item.referral.id]) for item in items]
    return render(request, "desk/inbox.html", {"rows": rows, "now": moment})


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


@role_required("hand_out_kits")
def kits(request: HttpRequest) -> HttpResponse:
    """What is left of each lot and when it expires."""
    return render(request, "desk/kits.html", {"lots": stock_for(actor_of(request)), "today": timezone.localdate()})
