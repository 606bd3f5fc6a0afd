"""Asking whether somebody is known: a purpose and two identifiers in, at most three codes out, everything journaled.

It comes first at the door: only after it does somebody choose to send a new contact in. Anybody signed in may ask. Who
may not know gets what an unknown name gets: the same page, for the same work (42 CFR 2.13(c)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from alongside.accounts.access import role_required
from alongside.accounts.roles import may
from alongside.cases.models import Case
from alongside.cases.queries import cases_of
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.queries import is_kept_from
from alongside.desk.asking import FindForm, ask_others
from alongside.desk.reasons import Reason, in_words
from alongside.desk.views import actor_of, show
from alongside.identity.actions import find_known
from alongside.identity.candidates import Found
from alongside.people.models import Person
from alongside.people.queries import records_of

# What whoever may not open the file is told: how the two that were typed fit, and nothing else about the person.
OF_THE_QUESTION = ("given", "family", "born")
WHOLE_DATES = ("born_exact", "born_swapped")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who fits: a code, why, and the case to open when the viewer may."""

    person: Person
    case: Case | None
    why: list[Reason]


def _known(viewer: Actor, people: list[Found], moment: datetime) -> list[Known]:
    found = []
    for one in people:
        records = records_of(one.person)
        if not is_kept_from(viewer, records):
            case = next(iter(cases_of(viewer, records, moment)), None)
            why = in_words(one.verdict.reasons)
            found.append(Known(one.person, case, why if case else _of_the_question(one.verdict.reasons)))
    return found


def _of_the_question(codes: Sequence[str]) -> list[Reason]:
    """A date is right or it is not: by how near a guess came, the next one would come nearer."""
    told = [code for code in codes if not code.startswith("born_") or code in WHOLE_DATES]
    return [reason for reason in in_words(told) if reason.speaks_for and reason.kind in OF_THE_QUESTION]


@role_required()
def find(request: HttpRequest) -> HttpResponse:
    """Ask; the page comes back empty of what was typed, with what is known or with the sentence for nobody."""
    actor, at_the_door = actor_of(request), "contact" in request.GET
    form = FindForm(request.POST or None, viewer=actor, initial={"purpose": "arrival"} if at_the_door else None)
    page = {"new": may(actor.role, "report_incident"), "at_the_door": at_the_door}
    if request.method != "POST" or not form.is_valid():
        return show(request, "desk/find.html", form, asked=False, **page)
    try:
        people = find_known(form.as_description(), form.cleaned_data["purpose"], by=actor)
    except Refused as refused:
        form.add_error(None, gettext(refused.reason))
        return show(request, "desk/find.html", form, asked=False, **page)
    page |= ask_others(form, by=actor)
    again = FindForm(viewer=actor, initial={"purpose": form.cleaned_data["purpose"]})
    return show(request, "desk/find.html", again, asked=True, found=_known(actor, people, now()), **page)
