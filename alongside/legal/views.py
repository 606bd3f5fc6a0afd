"""The legal desk: the ledger, one request, the pack that is shown once, months, holds, and the card for the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, fresh_factor, public, role_required
from alongside.accounts.models import Program
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.legal import actions, queries
from alongside.legal.forms import (
    ArrivalForm,
    CounselForm,
    DeclineForm,
    HoldForm,
    KindForm,
    MonthForm,
    NoticeForm,
    OrderForm,
)
from alongside.legal.models import LegalRequest
from alongside.legal.rules import FIELDS, FINDINGS, NEITHER_CONFIRM, STATUSES
from alongside.people.actions import keep_hold, lift_hold, place_hold
from alongside.people.queries import holds_for, person_coded

FORMS: dict[str, Callable[..., Form]] = {
    "classified": KindForm, "with_counsel": CounselForm, "declined": DeclineForm, "order_verified": OrderForm,
    "noticed": NoticeForm,
}  # fmt: skip
# Each has its own button, under a fresh factor.
APART = frozenset({"approved", "pack_built", "released"})


def _actor(request: HttpRequest) -> Actor:
    return cast(SignedIn, request).actor


def _visible(request: HttpRequest, legal_request_id: UUID) -> LegalRequest:
    found = queries.request_for(_actor(request), legal_request_id)
    if found is None:
        raise Http404
    return found


@role_required("handle_legal_requests", "approve_release")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every request, newest first, with what the journal says about the ledger itself."""
    actor = _actor(request)
    context = {
        "requests": queries.requests_for(actor), "faults": queries.ledger_faults(actor), "holds": holds_for(actor),
        "missing": [month for month in queries.months_for(actor, timezone.localdate()) if month.is_missing],
        "today": timezone.localdate(), "may_handle": may(actor.role, "handle_legal_requests"),
    }  # fmt: skip
    return render(request, "legal/ledger.html", context)


@role_required("handle_legal_requests")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a request that came."""
    form = ArrivalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.receive_request(actions.Arrival(**form.cleaned_data), by=_actor(request))
        messages.success(request, _("Entered. Send the sentence below, and nothing else."))
        return redirect("legal:request", legal_request_id=made.id)
    return render(request, "legal/enter.html", {"form": form}, status=422 if form.errors else 200)


def _form_for(to: str, actor: Actor, data: Any = None, kind: str = "") -> Form | None:
    form = FORMS.get(to)
    if form is None:
        return None
    more: dict[str, Any] = {"counsels": queries.counsels_for(actor)} if to == "with_counsel" else {}
    return form(data, prefix=to, initial={"kind": kind}, **more)


def _page(request: HttpRequest, found: LegalRequest, wrong: tuple[str, Form] | None = None) -> HttpResponse:
    actor = _actor(request)
    handles = may(actor.role, "handle_legal_requests")
    steps = [
        (to, STATUSES[to], wrong[1] if wrong and wrong[0] == to else _form_for(to, actor, kind=found.kind))
        for to in queries.next_steps(actor, found)
        if handles and to not in APART
    ]
    context = {
        "row": found, "steps": steps, "sentence": _(NEITHER_CONFIRM), "today": timezone.localdate(),
        "history": [(entry, _(words)) for entry, words in queries.steps_of(actor, found)], "approvals": found.approvals_now(),
        "fields": [FIELDS[name][0] for name in found.fields], "findings": [FINDINGS[name] for name in found.findings],
        "may_approve": may(actor.role, "approve_release") and found.status == "order_verified",
        "is_its_counsel": actor.user_id == found.counsel_id,
        "read": found.verified_at.isoformat() if found.verified_at else "",
    }  # fmt: skip
    return render(request, "legal/request.html", context, status=422 if wrong else 200)


@role_required("handle_legal_requests", "approve_release")
@require_safe
def one(request: HttpRequest, legal_request_id: UUID) -> HttpResponse:
    """One request: where it stands, what comes next, and what the journal says happened."""
    return _page(request, _visible(request, legal_request_id))


def _take(found: LegalRequest, to: str, data: dict[str, Any], form: Form | None, actor: Actor) -> None:
    steps: dict[str, Callable[[], None]] = {
        "acknowledged": lambda: actions.acknowledge(found, by=actor),
        "classified": lambda: actions.classify(found, data["kind"], by=actor),
        "with_counsel": lambda: actions.give_to_counsel(found, data["counsel"], by=actor),
        "declined": lambda: actions.decline(found, data["statute"], by=actor),
        "order_verified": lambda: _verify(found, cast(OrderForm, form), actor),
        "noticed": lambda: actions.record_notice(
            found, data["notice"], bar_paragraph=data["bar_paragraph"] or 0, by=actor
        ),
    }
    steps.get(to, lambda: actions.step_aside(found, to, by=actor))()


def _verify(found: LegalRequest, form: OrderForm, actor: Actor) -> None:
    person = person_coded(actor, form.cleaned_data["code"])
    if person is None:
        raise Refused(_("There is no person with this code."))
    actions.verify_order(found, form.as_order(), person, by=actor)


@role_required("handle_legal_requests")
@require_POST
def move(request: HttpRequest, legal_request_id: UUID) -> HttpResponse:
    """Take one step; when the rules say no, the page says why."""
    actor, found = _actor(request), _visible(request, legal_request_id)
    to = request.POST.get("to", "")
    form = _form_for(to, actor, request.POST)
    if form is not None and not form.is_valid():
        return _page(request, found, (to, form))
    try:
        _take(found, to, form.cleaned_data if form else {}, form, actor)
    except Refused as refused:
        if form is None:
            raise
        form.add_error(None, _(refused.reason))
        found.refresh_from_db()
        return _page(request, found, (to, form))
    messages.success(request, _("Kept in the ledger."))
    return redirect("legal:request", legal_request_id=found.id)


@role_required("approve_release")
@fresh_factor
@require_POST
def approve(request: HttpRequest, legal_request_id: UUID) -> HttpResponse:
    """Be one of the two who approve."""
    found = _visible(request, legal_request_id)
    actions.approve_release(found, by=_actor(request), read=request.POST.get("read", ""))
    messages.success(request, _("Approved. It takes two."))
    return redirect("legal:request", legal_request_id=found.id)


@role_required("handle_legal_requests")
@fresh_factor
@require_POST
def build(request: HttpRequest, legal_request_id: UUID) -> HttpResponse:
    """The pack, on this one page and never again: print it, then close it."""
    found = _visible(request, legal_request_id)
    lines = actions.build_pack(found, by=_actor(request))
    return render(request, "legal/pack.html", {"row": found, "lines": lines})


@role_required("handle_legal_requests")
@fresh_factor
@require_POST
def hand_over(request: HttpRequest, legal_request_id: UUID) -> HttpResponse:
    """Note that the pack was handed over."""
    found = _visible(request, legal_request_id)
    actions.release(found, by=_actor(request))
    messages.success(request, _("Kept in the ledger: handed over."))
    return redirect("legal:request", legal_request_id=found.id)


@role_required("handle_legal_requests", "approve_release")
def months(request: HttpRequest) -> HttpResponse:
    """The months with their numbers and signatures; a month without two signatures shows as missing."""
    actor = _actor(request)
    if request.method == "POST":
        form = MonthForm(request.POST)
        if not form.is_valid():
            raise Refused(_("Choose a month of the list."))
        statement = actions.sign_month(form.cleaned_data["month"], by=actor)
        messages.success(request, _("Signed by two.") if statement.stands else _("Signed. It takes two."))
        return redirect("legal:months")
    return render(request, "legal/months.html", {"months": queries.months_for(actor, timezone.localdate())})


@role_required("handle_legal_requests")
def holds(request: HttpRequest) -> HttpResponse:
    """Legal holds: named records that are not forgotten for now, and when each is reviewed."""
    actor = _actor(request)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = person_coded(actor, form.cleaned_data["code"])
        if person is not None:
            hold = place_hold(person, by=actor)
            stands = hold.placed_at is not None
            messages.success(request, _("It stands.") if stands else _("Signed. Counsel and privacy reviewer both sign."))
            return redirect("legal:holds")
        form.add_error("code", _("There is no person with this code."))
    context = {"form": form, "holds": holds_for(actor), "today": timezone.localdate()}
    return render(request, "legal/holds.html", context, status=422 if form.errors else 200)


@role_required("handle_legal_requests")
@require_POST
def hold(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """The review of one hold: keep it for 90 days more, or lift it."""
    actor = _actor(request)
    found = next((row for row in holds_for(actor) if row.id == hold_id), None)
    if found is None:
        raise Http404
    answer = request.POST.get("answer", "")
    if answer not in ("keep", "lift"):
        raise Refused(_("Say whether it stays or ends."))
    (keep_hold if answer == "keep" else lift_hold)(found, by=actor)
    messages.success(request, _("Kept for 90 days more.") if answer == "keep" else _("Lifted."))
    return redirect("legal:holds")


@public
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """What to do when somebody comes with papers; to be printed and kept by the door."""
    return render(request, "legal/card.html", {"programs": Program.objects.order_by("name")})
