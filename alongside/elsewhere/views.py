"""Pacts for the privacy reviewer; whom others asked about, for the coordinator; and what one person said about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.roles import may
from alongside.common.clock import now
from alongside.consent.queries import is_kept_from
from alongside.elsewhere.actions import allow_pact, end_pact, keep_silent, propose_pact, settle_question
from alongside.elsewhere.forms import ProposeForm, TermsForm
from alongside.elsewhere.models import Pact
from alongside.elsewhere.queries import (
    DAY,
    asked_under,
    desks_for,
    is_silent,
    other_programs_for,
    pact_for,
    pacts_for,
    question_for,
    questions_for,
)
from alongside.people.queries import person_for, records_of


@role_required("allow_elsewhere")
@require_safe
def pacts(request: SignedIn) -> HttpResponse:
    """Every pact, what it waits for, and how often the other side asked in the last week."""
    actor, since = request.actor, now() - 7 * DAY
    rows = [(pact, asked_under(actor, pact, since)) for pact in pacts_for(actor)]
    shown = [(pact, len(counts), sum(1 for known in counts if known)) for pact, counts in rows]
    return render(request, "elsewhere/pacts.html", {"rows": shown})


@role_required("allow_elsewhere")
def propose(request: SignedIn) -> HttpResponseBase:
    """Propose a pact to another program; a fresh factor first."""
    return _propose(request)


propose.fresh = True  # type: ignore[attr-defined]  # read by the test that lists what needs a fresh factor


@fresh_factor
def _propose(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]  # set by role_required
    form = ProposeForm(request.POST or None, programs=other_programs_for(actor), agencies=desks_for(actor))
    if request.method == "POST" and form.is_valid():
        pact = propose_pact(form.cleaned_data["other"], form.terms(), by=actor)
        messages.success(
            request, _("Proposed to %(name)s. Nothing happens until they allow it.") % {"name": pact.other_name}
        )
        return redirect("elsewhere:pacts")
    return render(request, "elsewhere/terms.html", {"form": form}, status=422 if form.errors else 200)


@role_required("allow_elsewhere")
def allow(request: SignedIn, pact_id: UUID) -> HttpResponseBase:
    """Allow what another program proposed; a fresh factor first."""
    return _allow(request, _pact(request, pact_id))


allow.fresh = True  # type: ignore[attr-defined]  # as above


@fresh_factor
def _allow(request: HttpRequest, pact: Pact) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]  # set by role_required
    form = TermsForm(request.POST or None, agencies=desks_for(actor))
    if request.method == "POST" and form.is_valid():
        allow_pact(pact, form.terms(), by=actor)
        messages.success(request, _("Allowed. Either of you can end it at any moment."))
        return redirect("elsewhere:pacts")
    return render(request, "elsewhere/terms.html", {"form": form, "pact": pact}, status=422 if form.errors else 200)


@role_required("allow_elsewhere")
@require_POST
def end(request: SignedIn, pact_id: UUID) -> HttpResponse:
    """End a pact, or say no to one, at once: no form, no second factor, no reason."""
    end_pact(_pact(request, pact_id), by=request.actor)
    messages.success(request, _("Ended. What could be compared is gone, here and there."))
    return redirect("elsewhere:pacts")


def _pact(request: SignedIn, pact_id: UUID) -> Pact:
    pact = pact_for(request.actor, pact_id)
    if pact is None:
        raise Http404
    return pact


# --- whom others asked about ------------------------------------------------------------------------------------------------


@role_required("see_elsewhere")
@require_safe
def asked(request: SignedIn) -> HttpResponse:
    """Whom other programs asked about, under codes, and whom to call back."""
    actor = request.actor
    context = {"questions": questions_for(actor), "calls": may(actor.role, "answer_requests")}
    return render(request, "elsewhere/asked.html", context)


@role_required("answer_requests")
@require_POST
def settle(request: SignedIn, question_id: UUID) -> HttpResponse:
    """Called, or no need to."""
    question = question_for(request.actor, question_id)
    if question is None:
        raise Http404
    settle_question(question, by=request.actor)
    return redirect("elsewhere:asked")


@role_required("answer_requests")
def person(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Whether other programs may be told that we know one person; the person says."""
    known = person_for(request.actor, person_id)
    if known is None or is_kept_from(request.actor, records_of(known)):
        raise Http404
    if request.method == "POST":
        keep_silent(known, silent=request.POST.get("silent") == "yes", by=request.actor)
        messages.success(request, _("Kept. It holds from now on."))
        return redirect("elsewhere:person", person_id=known.id)
    context = {"person": known, "silent": is_silent(request.actor, records_of(known))}
    return render(request, "elsewhere/person.html", context)
