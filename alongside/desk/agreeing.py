"""Agreements: read together, given, changed, taken back, copied; what was shared; a medical emergency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.queries import partner_agencies
from alongside.cases.models import Case
from alongside.common.clock import now
from alongside.consent.actions import Draft, Told, accept_draft, note_outside_report
from alongside.consent.models import Consent
from alongside.consent.queries import consent_of
from alongside.consent.wording import Scope
from alongside.desk import sharing
from alongside.desk.forms import EmergencyForm, ScopeForm, SignForm
from alongside.desk.views import actor_of, show, try_it, visible_case
from alongside.people.queries import records_of
from alongside.referrals.sharing import take_back_consent


def _consent(request: HttpRequest, case: Case, consent_id: UUID) -> Consent:
    found = consent_of(actor_of(request), records_of(case.person), consent_id)
    if found is None:
        raise Http404
    return found


def _changed(request: HttpRequest, case: Case) -> Consent | None:
    """The agreement whose next version this is, when the address names one that is there."""
    try:
        return consent_of(actor_of(request), records_of(case.person), UUID(request.GET.get("change", "")))
    except ValueError:
        return None


def _first_answers(request: HttpRequest, case: Case, old: Consent | None) -> dict[str, Any]:
    """What the form starts with: the agreement to change, else the partner named in the address and their language."""
    if old is None:
        spoken = sharing.spoken_language(actor_of(request), case.person_id)
        return {"to": request.GET.get("to", ""), "language": spoken, "days": "90"}
    return {"to": str(old.recipient_id) if old.recipient_id else old.designation, "categories": old.categories,
            "purpose": old.purpose, "language": old.language, "days": "90"}  # fmt: skip


@role_required("note_needs")
def agree(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """First who and what, then the text in the person's language to read together, then how they agreed."""
    actor, case = actor_of(request), visible_case(request, case_id)
    old = _changed(request, case)
    asked = request.GET if "days" in request.GET else None
    scope = ScopeForm(asked, partners=partner_agencies(actor), initial=_first_answers(request, case, old))
    form = SignForm(request.POST or None)
    context: dict[str, Any] = {"case": case, "scope": scope, "old": old}
    if asked is None or not scope.is_valid():
        return show(request, "desk/agree.html", scope, **context)
    data = scope.cleaned_data
    recipient = scope.recipient()
    wanted = Scope(
        str(actor_agency(request)), recipient.name if recipient else "", scope.designation(), tuple(data["categories"]),
        data["purpose"], sharing.until(now(), data["days"]),
    )  # fmt: skip
    context["text"] = sharing.text_for(actor, wanted, data["language"])
    if request.method == "POST" and form.is_valid():
        signed = form.cleaned_data
        draft = Draft(
            id=signed["draft"], categories=tuple(data["categories"]), recipient=recipient, purpose=data["purpose"],
            designation=scope.designation(), language=data["language"], how=signed["how"], signer=signed["signer"],
            age=signed["age"], days=int(data["days"]), replaces=old,
        )  # fmt: skip
        if try_it(form, accept_draft, case.person, draft, by=actor):
            return _after(request, case, draft)
    return show(request, "desk/agree.html", form, **context)


def actor_agency(request: HttpRequest) -> str:
    """The name of the agency that would tell: the one the viewer works for."""
    return str(getattr(request.user, "agency", ""))


def _after(request: HttpRequest, case: Case, draft: Draft) -> HttpResponse:
    if consent_of(actor_of(request), records_of(case.person), draft.id) is None:
        messages.warning(request, _("Kept as a draft. It does not hold yet, and nothing is shared."))
        return redirect("desk:case", case_id=case.id)
    messages.success(request, _("Kept. Give them their copy."))
    return redirect("desk:agreement_copy", case_id=case.id, consent_id=draft.id)


@role_required("note_needs")
def copy(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """The person's copy of an agreement, in their language and in large type, to print."""
    case = visible_case(request, case_id)
    consent = _consent(request, case, consent_id)
    context = {"case": case, "consent": consent, "text": sharing.text_of(actor_of(request), consent)}
    return render(request, "desk/agreement_copy.html", context)


@require_POST
@role_required("note_needs")
def take_back(request: HttpRequest, case_id: UUID, consent_id: UUID) -> HttpResponse:
    """The person takes an agreement back; it ends in the same moment."""
    actor, case = actor_of(request), visible_case(request, case_id)
    reached = take_back_consent(case.person, consent_id, by=actor)
    messages.success(request, _("Taken back. From now on they see nothing."))
    if reached:
        messages.warning(
            request,
            _("What was still asked of them is called off; what they had promised goes on without a name. "
              "Look under “Waiting for answers”, and ask again without a name if it is still wanted."),
        )  # fmt: skip
    return redirect("desk:case", case_id=case.id)


@role_required("note_needs")
def shared(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything that was shared about a person, to read or to print; a report made outside is noted here."""
    actor, case = actor_of(request), visible_case(request, case_id)
    if request.method == "POST":
        note_outside_report(case.person, by=actor)
        messages.success(request, _("Noted: the day and your role, nothing else."))
        return redirect("desk:shared", case_id=case.id)
    page = sharing.accounting(actor, case, now())
    return render(request, "desk/shared.html", {"case": case, "page": page})


@role_required("tell_emergency")
def emergency(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tell whoever treats them what they must know now; it is written down in the same moment."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = EmergencyForm(request.POST or None)
    context: dict[str, Any] = {"case": case}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = Told(data["draft"], data["name"], data["affiliation"], data["nature"])

        def tell() -> None:
            context["facts"] = sharing.tell_in_emergency(case, told, by=actor)

        try_it(form, tell)
    return show(request, "desk/emergency.html", form, **context)
