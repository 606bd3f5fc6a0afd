"""Referrals out as FHIR, and answers back in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.exchange import actions
from alongside.exchange.forms import AnswerForm
from alongside.exchange.queries import exchangeable


@role_required("exchange_records", "answer_referral")
def exchange(request: SignedIn) -> HttpResponse:
    """The referrals to take out, and the place for an answer that came as a file."""
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if request.method == "POST" and form.is_valid():
        try:
            answered = actions.take_answer(form.cleaned_data["raw"], by=request.actor)
        except Refused as refused:
            form.add_error(None, _(refused.reason))
        else:
            messages.success(request, _(answered.sentence))
            return redirect("exchange:list")
    context = {"form": form, "referrals": exchangeable(request.actor, now())}
    return render(request, "exchange/list.html", context, status=422 if form.errors else 200)


@role_required("exchange_records", "answer_referral")
@fresh_factor
def referral(request: SignedIn, referral_id: UUID) -> HttpResponse:
    """One referral as a FHIR Bundle, to keep as a file."""
    bundle = actions.take_out(referral_id, by=request.actor)
    if bundle is None:
        raise Http404
    answer = JsonResponse(bundle, content_type="application/fhir+json")
    answer["Content-Disposition"] = f'attachment; filename="referral-{referral_id}.json"'
    return answer
