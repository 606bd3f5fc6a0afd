"""Taking a person's request, answering it, and forgetting somebody whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from alongside.accounts.models import Agency, User
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import open_tie, restrict
from alongside.consent.models import Tie
from alongside.identity.actions import correct_identity, keep_contact
from alongside.identity.vault import seal
from alongside.journal.actions import record
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.rights.forgetting import forget_person
from alongside.rights.models import Request
from alongside.rights.rules import COPY_MINUTES, IDENTITY_PARTS, due_days, may_answer, may_ask


@dataclass(frozen=True, slots=True)
class Ask:
    """What the person asks for, how it was made sure who they are, and for a correction what is wrong and how it is right."""

    kind: str
    verified: str
    about: str = ""
    asked: str = ""


@transaction.atomic
def take_request(person: Person, ask: Ask, *, by: Actor) -> Request:
    """Keep a request; its clock runs from now. The same request that is still open is not kept twice."""
    may_ask(ask.kind, ask.verified, ask.about, ask.asked).require()
    about = ask.about if ask.kind == "correction" else ""
    known = Request.objects.filter(person_id__in=records_of(person), kind=ask.kind, about=about, state="open").first()
    if known is not None:
        return known
    moment = clock()
    due_on = day_in(person.program.zone, moment) + timedelta(days=due_days(ask.kind))
    made = Request(
        person=person, kind=ask.kind, received_at=moment, due_on=due_on, verified=ask.verified, about=about
    )
    seal(made, person.program_id, asked=ask.asked if about else "")
    made.save(force_insert=True)
    record("request_received", kind="person", target=person.id, by=by, request=str(made.id), asks=ask.kind)
    return made


@transaction.atomic
def open_request(asked: Request, *, by: Actor) -> None:
    """Let the one who answers read everything of this person, for this request alone and half an hour."""
    if asked.state != "open" or by.user_id is None:
        raise Refused("This request was answered already.")
    until = clock() + timedelta(minutes=COPY_MINUTES)
    user = User.objects.get(id=by.user_id)
    for row in Person.objects.filter(id__in=records_of(asked.person)):
        open_tie(row, by=by, until=until, user=user, opens="person_request")
    record("own_copy_made", kind="person", target=asked.person_id, by=by, request=str(asked.id), asks=asked.kind)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, with what it takes: the right value, the statement, whom something is kept from."""

    code: str
    value: str = ""
    statement: str = ""
    classes: tuple[str, ...] = ()
    user: User | None = None
    agency: Agency | None = None
    never_again: bool = False


@transaction.atomic
def answer_request(asked: Request, answer: Answer, *, by: Actor) -> Request:
    """Carry out what was asked, or say why not; the clock of the request ends. What the law forbids to destroy is sealed."""
    asked = Request.objects.select_for_update(of=("self",)).select_related("person__program").get(id=asked.id)
    may_answer(asked.kind, asked.state, answer.code, answer.statement).require()
    code = answer.code
    if code == "corrected":
        _correct(asked, answer.value, by=by)
    elif code == "not_accepted":
        seal(asked, asked.person.program_id, statement=answer.statement)
    elif code == "restricted":
        restrict(asked.person, answer.classes, by=by, why="asked", user=answer.user, agency=answer.agency)
    elif code in ("forgotten", "sealed"):
        code = forget_person(asked.person, never_again=answer.never_again, by=by)
        asked.refresh_from_db(fields=["asked", "statement"])
    asked.state, asked.answer, asked.answered_at = "answered", code, clock()
    asked.save()
    opened = Tie.objects.filter(person_id__in=records_of(asked.person), opens="person_request", closed_at=None)
    opened.update(closed_at=clock())  # for everybody: this request needs nobody to look any more
    record("request_answered", kind="person", target=asked.person_id, by=by, request=str(asked.id), answer=code)
    return asked


def _correct(asked: Request, value: str, *, by: Actor) -> None:
    value = value.strip()
    if asked.about == "other":  # corrected where it stands; nothing of it can be found from here
        return
    if not value:
        raise Refused("Write how it is right.")
    if asked.about == "birth_date":
        try:
            correct_identity(asked.person, by=by, birth_date=date.fromisoformat(value))
        except ValueError:
            raise Refused("Write the date as year-month-day, for example 1990-05-31.") from None
    elif asked.about in IDENTITY_PARTS:
        correct_identity(asked.person, by=by, **{asked.about: value})
    else:
        part: dict[str, Any] = {asked.about: value}
        keep_contact(asked.person, by=by, **part)
