"""What is done on a case page: each view takes one form, calls one action, and goes back to the case."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import role_required
from alongside.accounts.queries import outreach_staff
from alongside.cases.actions import (
    assign_team,
    declare_conflict,
    finish_follow_up,
    move_case,
    plan_follow_up,
)
from alongside.cases.models import Case
from alongside.cases.queries import follow_ups_of, sending_in_doubt
from alongside.cases.rules import Hours, may_contact, may_plan
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.desk.forms import AttemptForm, FollowUpForm, OutcomeForm, TeamForm, WishesForm
from alongside.desk.queries import contact_card, wishes_of
from alongside.desk.views import actor_of, offer_words, show, try_it, visible_case
from alongside.referrals.ending import end_case
from alongside.visits.actions import record_attempt
from alongside.visits.wishes import Wishes, keep_all_wishes


@role_required("record_attempt")
def attempt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record what was tried; from the case page “no answer” is two taps."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = AttemptForm(request.POST or None, goes_along=actor.goes_along)
    if request.method == "POST" and form.is_valid() and try_it(form, record_attempt, case, form.as_draft(), by=actor):
        gone = form.cleaned_data["response"] == "no_contact"
        messages.success(request, _("Kept. The case is closed and nobody will go.") if gone else _("Recorded."))
        offer_words(request, form.cleaned_data.get("note", ""))
        return redirect("desk:today") if gone else redirect("desk:case", case_id=case.id)
    return show(request, "desk/attempt.html", form, case=case)


@role_required("assign_team")
def assign(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose an officer and a coach from two employers."""
    actor, case = actor_of(request), visible_case(request, case_id)
    going, leading = outreach_staff(actor)
    form = TeamForm(request.POST or None, going=going, leading=leading)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = data["asked_by_coach"]
        if try_it(form, assign_team, case, data["officer"], data["coach"], by=actor, asked_by_coach=asked):
            messages.success(request, _("Assigned. Both see it on their list now."))
            return redirect("desk:case", case_id=case.id)
    allowed = may_contact(case.person.stop, deceased=case.person.deceased)
    anybody, police = sending_in_doubt(actor, case)
    decision = anybody if allowed else allowed
    return show(request, "desk/assign.html", form, case=case, decision=decision, doubt=police)


def _plan(case: Case, due_on: date, hours: Hours, *, by: Actor) -> None:
    may_plan(due_on, timezone.localdate()).require()
    plan_follow_up(case, due_on, "asked_back", by=by, hours=hours)


@role_required("note_needs")
def plan(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Plan a day to look in again."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = FollowUpForm(request.POST or None)
    data = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    if data and try_it(form, _plan, case, data["due_on"], (data["from_time"], data["to_time"]), by=actor):
        messages.success(request, _("Planned."))
        return redirect("desk:case", case_id=case.id)
    return show(request, "desk/plan.html", form, case=case)


@require_POST
@role_required("record_attempt")
def followed(request: HttpRequest, case_id: UUID, follow_up_id: UUID) -> HttpResponse:
    """A follow-up was done."""
    actor, case = actor_of(request), visible_case(request, case_id)
    found = next((row for row in follow_ups_of(actor, case, now()) if row.id == follow_up_id), None)
    if found is None:
        raise Http404
    finish_follow_up(found, by=actor)
    messages.success(request, _("Done. The next one is planned."))
    return redirect("desk:case", case_id=case.id)


@role_required("note_needs")
def wishes(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep what the person said about contact."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = WishesForm(request.POST or None, initial=wishes_of(actor, case.person, now()))
    data = form.over_what_stands() if request.method == "POST" and form.is_valid() else None
    if data is not None:
        told = Wishes(
            data["stop"], data["no_police"], data["come_back"], data["said_so"],
            (data["text_only"], data["not_at_home"], data["prefers"]),
            {name: data[name] for name in ("ask_for", "never_mention", "language") if data[name] != form.initial[name]},
        )  # fmt: skip
        if try_it(form, keep_all_wishes, case.person, told, by=actor):
            messages.success(request, _("Kept. It holds in every town from now on."))
            return redirect("desk:case", case_id=case.id) if data["stop"] != "no_contact" else redirect("desk:today")
    return show(request, "desk/wishes.html", form, case=case)


@role_required("close_case")
def close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Close a case with how it ended."""
    actor, case = actor_of(request), visible_case(request, case_id)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and try_it(form, end_case, case, form.cleaned_data["outcome"], by=actor):
        messages.success(request, _("Closed. A new event, or a word from the person, opens it again."))
        return redirect("desk:today")
    return show(request, "desk/close.html", form, case=case)


@require_POST
@role_required("close_case")
def move(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Pause a case, or put it back in the queue."""
    case = visible_case(request, case_id)
    move_case(case, request.POST.get("to", ""), by=actor_of(request))
    messages.success(request, _("Done."))
    return redirect("desk:case", case_id=case.id)


@role_required("record_attempt")
def know(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """“I know this person”: from now on everything is kept from whoever says so, and somebody else goes."""
    actor, case = actor_of(request), visible_case(request, case_id)
    if request.method == "POST":
        declare_conflict(case, by=actor)
        messages.success(request, _("Thank you. Somebody else goes, and you see nothing of this person any more."))
        return redirect("desk:today")
    return show(request, "desk/know.html", Form(), case=case)


@role_required("record_attempt")
def door(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The card for the door: whom to ask for and what to say, whoever opens; a screen anybody there may read."""
    actor, case = actor_of(request), visible_case(request, case_id)
    return show(request, "desk/door.html", Form(), case=case, contact=contact_card(actor, case.person, now()))
