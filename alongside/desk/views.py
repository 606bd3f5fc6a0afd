"""The screens of the day: the due list, a case, a person's story. They compose; they decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import served_towns
from alongside.accounts.roles import may
from alongside.cases.models import Case
from alongside.cases.queries import (
    case_for,
    cases_of,
    due_counts_for,
    events_of,
    paused_cases_for,
    queue_for,
    stopped_cases_for,
)
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.free_text import better_words
from alongside.desk import queries
from alongside.desk.forms import AttemptForm, OutForm
from alongside.desk.waiting import lines_for, undelivered
from alongside.identity.queries import is_forgotten, open_match_count_for
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of
from alongside.rights.queries import statements_of

# What a case page offers only to those who may do it.
SHOWN_BY_PERMISSION = (
    "assign_team", "note_needs", "close_case", "record_attempt", "tell_emergency", "take_requests", "review_matches",
)  # fmt: skip


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the view's `role_required` has set it."""
    return cast(SignedIn, request).actor


def show(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """A page with a form: 200, or 422 when the form has something to say."""
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def try_it(form: Form, act: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Do it, or put the refusal's one sentence on the form; nothing is half done."""
    try:
        act(*args, **kwargs)
    except Refused as refused:
        form.add_error(None, gettext(refused.reason))
        return False
    return True


def offer_words(request: HttpRequest, text: str) -> None:
    """After something was kept: for each word in it that judges, the one we would rather use. Nothing is changed."""
    for said, better in better_words(text):
        words = {"said": said, "better": gettext(better)}
        messages.info(request, gettext("Kept. Next time, rather than “%(said)s”: %(better)s.") % words)


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
        "rows": queries.rows_for(actor, page.cases, moment, page.policy), "policy": page.policy,
        "next_key": page.next_key, "now": moment, "town": town,
        "counts": due_counts_for(actor, moment), "lines": lines_for(actor, moment), "outings": queries.out_now(actor, moment),
    }  # fmt: skip
    if actor.role == "coordinator":
        context |= {
            "towns": served_towns(actor), "matches": open_match_count_for(actor), "stopped": stopped_cases_for(actor),
            "paused": paused_cases_for(actor), "undelivered": undelivered(actor),
        }  # fmt: skip
    return render(request, "desk/today.html", context)


@role_required("see_case", "see_own_visits")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: how to reach the person, what was tried, what they want, what comes next."""
    actor, moment = actor_of(request), now()
    found = visible_case(request, case_id)
    context = queries.case_page(actor, found, moment)
    gone = is_forgotten(actor, found.person_id)
    context |= {
        "gone": gone, "attempt_form": AttemptForm(goes_along=actor.goes_along), "now": moment,
        "out_form": OutForm(auto_id="out_%s"),
        "can": {name: may(actor.role, name) and not gone for name in SHOWN_BY_PERMISSION},
    }  # fmt: skip
    context["events"] = events_of(actor, found, moment) if context["can"]["review_matches"] else []
    context["statements"] = statements_of(actor, records_of(found.person), moment)
    return render(request, "desk/case.html", context)


@role_required("see_case")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's story: incidents and cases, by code, for those who have a case of theirs."""
    actor, moment = actor_of(request), now()
    found = person_for(actor, person_id)
    # The same questions for somebody who is not there: how long the answer takes tells nobody that they are.
    cases = cases_of(actor, records_of(found or Person(id=person_id)), moment)
    if found is None or not cases:
        raise Http404
    context = {"person": found, "cases": cases, "incidents": queries.story_of(actor, found), "now": moment}
    return render(request, "desk/person.html", context)
