"""The pages of the families: who is to call, one loved one, and what they get in two taps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import outreach_staff
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.families import actions, queries
from alongside.families.forms import CallForm, ConnectForm, GiveForm, GriefForm, LovedOneForm, TalkForm
from alongside.families.models import LovedOne
from alongside.families.rules import GRIEF_ANSWERS, KINDS, NEED_OF_KIND
from alongside.services.models import Service
from alongside.services.queries import services_for

GROUPS_SHOWN = 5
QUICK = ("naloxone", "training", "information", "talk")


@role_required("keep_families")
@require_safe
def loved_ones(request: SignedIn) -> HttpResponse:
    """Who is to be called, and everybody the viewer works with."""
    lines = queries.loved_ones_for(request.actor, now())
    due = [line for line in lines if line.is_due]
    return render(request, "families/list.html", {"due": due, "others": [line for line in lines if not line.is_due]})


@role_required("keep_families")
def add(request: SignedIn) -> HttpResponse:
    """Keep a loved one; from a case its code comes along."""
    form = LovedOneForm(request.POST or None, initial={"whose": request.GET.get("whose", ""), "draft": new_id()})
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["whose"]
        of = queries.person_close_to(request.actor, code, now()) if code else None
        if code and of is None:
            form.add_error("whose", _("Nobody you work with has this code. Leave it empty, or ask the coordinator."))
        else:
            try:
                made = actions.add_loved_one(form.as_new(of), by=request.actor)
            except Refused as refused:
                form.add_error(None, _(refused.reason))
            else:
                return redirect("families:one", loved_one_id=made.id)
    return render(request, "families/add.html", {"form": form}, status=422 if form.errors else 200)


def _theirs(request: SignedIn, loved_one_id: UUID) -> LovedOne:
    """The loved one, when this viewer works with them; else they do not exist."""
    row = queries.loved_one_for(request.actor, loved_one_id, now())
    if row is None:
        raise Http404
    return row


@role_required("keep_families")
@require_safe
def loved_one(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """One loved one: how to reach them, what they got, what may be said, and the way after a death."""
    row = _theirs(request, loved_one_id)
    page = queries.page_of(request.actor, row, now())
    kinds = ["support_group", *(["grief_group"] if page.line.grief.state != "none" else [])]
    groups = [
        (kind, _(KINDS[kind]), [(new_id(), place) for place in _places(request, kind)]) for kind in kinds
    ]  # fmt: skip
    workers = outreach_staff(request.actor)[1] if request.actor.role == "coordinator" else []
    context: dict[str, Any] = {
        "page": page, "loved_one": row, "quick": [(new_id(), kind, _(KINDS[kind])) for kind in QUICK], "groups": groups,
        "supports": row.supports.select_related("service")[:20], "call_form": CallForm(initial={"day": row.call_back_on}),
        "grief_form": GriefForm(initial={"died_on": row.bereaved_on}), "grief_answers": list(GRIEF_ANSWERS.items()),
        "talk_form": TalkForm(initial={"talk": row.talk, "days": 30}), "connect_form": ConnectForm(workers=workers),
        "language": dict(settings.LANGUAGES).get(page.language, page.language), "workers": workers,
        "training_form": GiveForm(initial={"draft": new_id(), "kind": "training"}),
    }  # fmt: skip
    return render(request, "families/loved_one.html", context)


def _places(request: SignedIn, kind: str) -> list[Service]:
    return services_for(request.actor, NEED_OF_KIND[kind], limit=GROUPS_SHOWN)


def _after(request: SignedIn, row: LovedOne, act: Callable[[], object], kept: str) -> HttpResponse:
    """Do it and go back to the page, with what was kept or with the one sentence why not."""
    try:
        act()
    except Refused as refused:
        messages.warning(request, _(refused.reason))
    else:
        messages.success(request, kept)
    return redirect("families:one", loved_one_id=row.id)


@require_POST
@role_required("keep_families")
def give(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Keep what they got."""
    row, form = _theirs(request, loved_one_id), GiveForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose what they got from the list."))
        return redirect("families:one", loved_one_id=row.id)
    data = form.cleaned_data
    place = Service.objects.filter(id=data["service"]).first() if data["service"] else None
    given = actions.Given(data["draft"], data["kind"], data["kits"] or 1, place, tuple(data["steps"]))
    return _after(request, row, lambda: actions.give(row, given, by=request.actor), _("Kept."))


@require_POST
@role_required("keep_families")
def say(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Ask whether something may be said to them; the answer is kept either way."""
    row = _theirs(request, loved_one_id)
    answer = actions.say(row, request.POST.get("topic", "")[:32], by=request.actor)
    if answer:
        messages.success(request, _("Yes, this may be said. It is noted that you did."))
    else:
        messages.warning(request, _(answer.reason))
    return redirect("families:one", loved_one_id=row.id)


@require_POST
@role_required("keep_families")
def talk(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Keep what the person agreed may be said."""
    row, form = _theirs(request, loved_one_id), TalkForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose what may be said, and for how many days."))
        return redirect("families:one", loved_one_id=row.id)
    code, until = form.cleaned_data["talk"], form.until()
    return _after(request, row, lambda: actions.agree_talk(row, code, until, by=request.actor), _("Kept."))


@require_POST
@role_required("keep_families")
def grief(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Keep the day of death, or what the family said."""
    row, form = _theirs(request, loved_one_id), GriefForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("That is not a day."))
        return redirect("families:one", loved_one_id=row.id)
    answer, day = form.cleaned_data["answer"], form.cleaned_data["died_on"]
    if answer:
        return _after(request, row, lambda: actions.answer_grief(row, answer, by=request.actor), _("Kept."))
    return _after(request, row, lambda: actions.note_bereaved(row, day, by=request.actor), _("Kept."))


@require_POST
@role_required("keep_families")
def call(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Promise to call, or say that it was done."""
    row, form = _theirs(request, loved_one_id), CallForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("That is not a day."))
        return redirect("families:one", loved_one_id=row.id)
    day = form.cleaned_data["day"]
    return _after(request, row, lambda: actions.promise_call(row, day, by=request.actor), _("Kept."))


@require_POST
@role_required("keep_families")
def connect(request: SignedIn, loved_one_id: UUID) -> HttpResponse:
    """Say whom they are close to; or, as coordinator, who works with them."""
    row = _theirs(request, loved_one_id)
    form = ConnectForm(request.POST, workers=outreach_staff(request.actor)[1])
    if not form.is_valid():
        messages.warning(request, _("Choose somebody from the list."))
        return redirect("families:one", loved_one_id=row.id)
    worker, code = form.cleaned_data["worker"], form.cleaned_data["whose"]
    if worker is not None:
        return _after(request, row, lambda: actions.hand_over(row, worker, by=request.actor), _("They see them now."))
    of = queries.person_close_to(request.actor, code, now())
    return _after(request, row, lambda: actions.connect(row, of, by=request.actor), _("Kept."))
