"""Two pages for whoever holds a kit: how it is used, and, by the code on it, that it was. No account, no name, no address.

A report keeps the month, the lot and counts. The limit on tries knows a visitor only by a keyed hash that changes every
day; the internet address itself is written nowhere.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alongside.accounts.access import public
from alongside.accounts.models import Program
from alongside.common import links
from alongside.common.actor import Actor
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.naloxone.actions import Told, report_reversal
from alongside.naloxone.forms import ReversalForm
from alongside.naloxone.models import KitCode
from alongside.naloxone.queries import code_for, code_written
from alongside.public.training import LESSONS, lesson_for
from alongside.services.queries import Wanted, find_services

# 20 tries of one visitor and 600 of everybody in an hour, against 20^8 codes.
LIMITS = {"kit": "20/h/key", "kits": "600/h/key"}
PLACES_SHOWN = 5


class CodeForm(forms.Form):
    """The code on the kit."""

    code = forms.CharField(label=_("The code on your kit"), max_length=20)


@public
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    """Seven steps with drawings, on a telephone or on one printed page."""
    code, lesson = lesson_for(request.GET.get("lang", ""), get_language() or "en")
    return render(request, "public/steps.html", {"code": code, "lesson": lesson, "lessons": LESSONS})


@public
@never_cache
def kit(request: HttpRequest) -> HttpResponse:
    """The code, then one page of questions, then thanks. Every code that does not fit gets the same answer."""
    if "key" in request.POST:
        return _report(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _within(request):
            form.add_error(None, gettext("Too many tries. Wait an hour, or tell any outreach worker."))
        elif (found := _sheet_of(form.cleaned_data["code"])) is not None:
            return _questions(request, links.token("kit", found.program_id, found.id))
        else:
            form.add_error(None, gettext("That code does not fit. Look at the label once more."))
    return render(request, "public/kit.html", {"form": form})


def _within(request: HttpRequest) -> bool:
    try:
        seen = f"{timezone.localdate()} {get_adapter().get_client_ip(request)}"
        visitor = salted_hmac("alongside.kit", seen, algorithm="sha256").hexdigest()
    except PermissionDenied:  # the proxies in front do not say where somebody comes from
        visitor = "unknown"
    keys = {"kit": visitor, "kits": "everybody"}
    return all(
        ratelimit.consume(request, app="alongside.public", action=action, config=LIMITS, key=key) is not None
        for action, key in keys.items()
    )


def _sheet_of(code: str) -> KitCode | None:
    """The sheet of a code, asked of every program one after the other: a wrong one takes as long as a right one."""
    code_hash, found = links.code_hash("kit", code), None
    for program_id in Program.objects.order_by("id").values_list("id", flat=True):
        with acting(program_id):
            found = code_written(Actor.system(program_id), code_hash) or found
    return found


def _questions(request: HttpRequest, key: str, form: ReversalForm | None = None) -> HttpResponse:
    form = form or ReversalForm(today=timezone.localdate(), with_product=False)
    return render(request, "public/kit_used.html", {"form": form, "key": key})


def _report(request: HttpRequest) -> HttpResponse:
    key = request.POST["key"]
    if not _within(request):
        too_often = CodeForm(data={})
        too_often.add_error(None, gettext("Too many tries. Wait an hour, or tell any outreach worker."))
        return render(request, "public/kit.html", {"form": too_often})
    program_id, code_id = links.read("kit", key) or (UUID(int=0), new_id())
    form = ReversalForm(request.POST, today=timezone.localdate(), with_product=False)
    with acting(program_id):
        by = Actor.system(program_id)
        sheet = code_for(by, code_id)
        if sheet is None:
            return render(request, "public/kit.html", {"form": CodeForm()})
        if not form.is_valid():
            return _questions(request, key, form)
        data = form.cleaned_data
        told = Told(data["draft"], date.fromisoformat(data["month"]), data["outcome"], data["called"], data["police"],
                    data["kits"])  # fmt: skip
        report_reversal(told, by=by, code=sheet)
        places = find_services(by, Wanted(need="naloxone"), limit=PLACES_SHOWN)
    return render(
        request, "public/kit_thanks.html", {"places": places, "agency": sheet.lot.agency, "outcome": told.outcome}
    )
