"""The screens of the day: due list, case, person, match review, partner's inbox, kits. They compose; they decide nothing."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import served_towns
from alongside.accounts.roles import may
from alongside.cases.actions import join_cases
from alongside.cases.models import Case
from alongside.cases.queries import case_for, cases_of, due_counts_for, queue_for, stopped_cases_for
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.desk import queries
from alongside.desk.forms import AttemptForm
from alongside.identity.actions import decide_match
from alongside.identity.queries import match_for, open_matches_for
from alongside.identity.tokens import REASONS
from alongside.naloxone.queries import stock_for
from alongside.people.queries import person_for
from alongside.referrals.actions import move_referral
from alongside.referrals.queries import inbox_for, referral_for, unanswered_for
from alongside.referrals.rules import PARTNER_MAY, STATUSES, may_move


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the view's `role_required` has set it."""
    return cast(SignedIn, request).actor


def visible_case(request: HttpRequest, case_id: UUID) -> Case:
    """The case, when this viewer may see it; else it does not exist."""
    case = case_for(actor_of(request), case_id, now())
    if case is None:
        raise Http404
    return case


def _town_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("town", ""))
    except ValueError:
        return None


@role_required("see_queue", "see_own_visits")
def today(request: HttpRequest) -> HttpResponse:
    """The due list: who needs a knock today and why, hours left, who holds it."""
    actor, moment = actor_of(request), now()
    town = _town_of(request)
    page = queue_for(actor, moment, request.GET.get("after", ""), town)
    context: dict[str, Any] = {
        "rows": queries.rows_for(actor, page.cases, moment), "next_key": page.next_key, "now": moment, "town": town,
        "counts": due_counts_for(actor, moment),
    }  # fmt: skip
    if actor.role == "coordinator":
        context |= {
            "towns": served_towns(actor), "unanswered": unanswered_for(actor, moment),
            "matches": open_matches_for(actor), "stopped": stopped_cases_for(actor),
        }  # fmt: skip
    return render(request, "desk/today.html", context)


@role_required("see_case", "see_own_visits")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: how to reach the person, what was tried, what they want, what comes next."""
    actor, moment = actor_of(request), now()
    found = visible_case(request, case_id)
    context = queries.case_page(actor, found, moment)
    context |= {
        "attempt_form": AttemptForm(is_police=actor.is_police), "now": moment,
        "can": {name: may(actor.role, name) for name in ("assign_team", "note_needs", "close_case", "record_attempt")},
    }  # fmt: skip
    return render(request, "desk/case.html", context)


@role_required("see_case")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's story: incidents and cases, by code, for those who have a case of theirs."""
    actor, moment = actor_of(request), now()
    found = person_for(actor, person_id)
    cases = cases_of(actor, found.id, moment) if found else []
    if found is None or not cases:
        raise Http404
    context = {"person": found, "cases": cases, "incidents": queries.story_of(actor, found), "now": moment}
    return render(request, "desk/person.html", context)


@role_required("review_matches")
def matches(request: HttpRequest) -> HttpResponse:
    """Pairs of records that may be one person, side by side, with the reasons in words."""
    actor, moment = actor_of(request), now()
    found = open_matches_for(actor)
    names = queries.side_by_side(actor, [person for row in found for person in (row.newer, row.older)], moment)
    items = [
        {
            "match": row, "reasons": [_(REASONS[code]) for code in row.reasons if code in REASONS],
            "sides": [(row.newer, names.get(row.newer_id, {})), (row.older, names.get(row.older_id, {}))],
        }
        for row in found
    ]  # fmt: skip
    return render(request, "desk/matches.html", {"items": items})


@require_POST
@role_required("review_matches")
def decide(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """The coordinator's answer to one pair."""
    actor = actor_of(request)
    match = match_for(actor, match_id)
    if match is None:
        raise Http404
    same = request.POST.get("answer") == "same"
    decide_match(match, same=same, by=actor)
    older = person_for(actor, match.older_id)
    if same and older is not None:
        join_cases(older, [match.newer], by=actor)
    messages.success(request, _("Joined: one person, one case.") if same else _("Kept apart: two people."))
    return redirect("desk:matches")


@role_required("answer_referral")
def inbox(request: HttpRequest) -> HttpResponse:
    """A partner's referrals that want an answer."""
    actor, moment = actor_of(request), now()
    items = queries.inbox_items(actor, inbox_for(actor), moment)
    answers = {
        item.referral.id: [(to, STATUSES[to]) for to in STATUSES
                           if to in PARTNER_MAY and may_move(item.referral.status, to, is_partner=True)]
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
    return render(request, "desk/kits.html", {"lots": stock_for(actor_of(request)), "today": now().date()})
