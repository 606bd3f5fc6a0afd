"""A person's requests: taken on the case, listed with their clock, carried out by the coordinator with a fresh factor."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, fresh_factor, role_required
from alongside.accounts.queries import agencies_of, users_for
from alongside.cases.queries import case_for
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.rights.actions import answer_request, open_request, take_request
from alongside.rights.copying import own_copy, what_was_asked
from alongside.rights.forms import AnswerForm, AskForm
from alongside.rights.models import Request
from alongside.rights.queries import language_of, open_until, request_for, requests_for
from alongside.rights.rules import urgency


def _actor(request: HttpRequest) -> Actor:
    return cast(SignedIn, request).actor


@role_required("answer_requests")
def requests(request: HttpRequest) -> HttpResponse:
    """What people asked for, the one due first on top."""
    today = timezone.localdate()
    rows = [(row, (row.due_on - today).days, urgency((row.due_on - today).days)) for row in requests_for(_actor(request))]
    return render(request, "rights/requests.html", {"rows": rows})


@role_required("take_requests")
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a request of the person of a case."""
    actor = _actor(request)
    case = case_for(actor, case_id, now())
    if case is None:
        raise Http404
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_request(case.person, form.ask(), by=actor)
            messages.success(request, _("Taken. The coordinator answers it; the clock runs from now."))
            return redirect("desk:case", case_id=case.id)
        except Refused as refused:
            form.add_error(None, _(refused.reason))
    context = {"form": form, "case": case}
    return render(request, "rights/take.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, request_id: UUID) -> Request:
    found = request_for(_actor(request), request_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, asked: Request, form: AnswerForm | None = None) -> HttpResponse:
    actor, moment = _actor(request), now()
    until = open_until(actor, asked, moment)
    words = what_was_asked(actor, asked, moment) if until else ""
    form = form or _form(request, asked, initial={"value": words})
    context: dict[str, Any] = {"asked": asked, "form": form, "until": until, "words": words}
    return render(request, "rights/request.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, asked: Request, **more: Any) -> AnswerForm:
    actor = _actor(request)
    return AnswerForm(request.POST or None, asked=asked, agencies=agencies_of(actor), users=users_for(actor), **more)


@role_required("answer_requests")
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request and how it may be answered."""
    return _page(request, _found(request, request_id))


@require_POST
@role_required("answer_requests")
@fresh_factor
def open_it(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Open everything of this person for half an hour, for this request alone."""
    asked = _found(request, request_id)
    open_request(asked, by=_actor(request))
    return redirect("rights:copy" if asked.kind == "copy" else "rights:request", request_id=asked.id)


@require_POST
@role_required("answer_requests")
@fresh_factor
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Carry a request out, or say why not."""
    asked = _found(request, request_id)
    form = _form(request, asked)
    if form.is_valid():
        try:
            done = answer_request(asked, form.answer(), by=_actor(request))
            messages.success(request, _("Done: %(what)s.") % {"what": done.get_answer_display()})
            return redirect("rights:requests")
        except Refused as refused:
            form.add_error(None, _(refused.reason))
    return _page(request, asked, form)


@role_required("answer_requests")
@fresh_factor
def copy(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The person's own copy, in their language as far as it is translated; on the screen and on paper, stored nowhere."""
    actor, asked, moment = _actor(request), _found(request, request_id), now()
    until = open_until(actor, asked, moment)
    if until is None:
        return redirect("rights:request", request_id=asked.id)
    with translation.override(language_of(actor, asked.person)):
        page = own_copy(actor, asked.person, moment)
        return render(request, "rights/copy.html", page | {"until": until, "asked": asked})
