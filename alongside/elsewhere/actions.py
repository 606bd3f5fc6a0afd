"""Pacts: proposed by one program, allowed by the other, ended by either at once. And what a person or a coordinator says.

Each side's copy and each side's line in the journal are written while acting for that side, in one transaction.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from alongside.accounts.models import Agency, User
from alongside.accounts.queries import program_of
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import day_in, now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.consent.rules import may_receive
from alongside.elsewhere.models import Pact, PactToken, Question, Silence
from alongside.elsewhere.queries import other_programs_for, pacts_come_back
from alongside.elsewhere.rules import KEEP_QUESTIONS_DAYS, PART2, may_answer_calls
from alongside.identity.elsewhere import forget_pact
from alongside.journal.actions import hold_the_chain, record
from alongside.messaging.actions import tell
from alongside.people.models import Person
from alongside.people.queries import records_of


@dataclass(frozen=True, slots=True)
class Terms:
    """What a program says when it allows a pact: whom to ask, what it is under Part 2, and who stands for the other."""

    desk: Agency
    part2: str = "unsure"
    stands_for: Agency | None = None


def _check(terms: Terms, by: Actor) -> None:
    if by.is_police or not may(by.role, "allow_elsewhere"):
        raise Refused("The privacy reviewer of a program allows this, and nobody else.")
    may_answer_calls(terms.desk.kind).require()
    named = [terms.desk, *([terms.stands_for] if terms.stands_for else [])]
    if any(agency.program_id != by.program_id for agency in named):
        raise Refused("Choose agencies of your own program.")
    if terms.stands_for is not None and not may_receive(terms.stands_for.kind):
        raise Refused("People cannot agree that something is shared with an agency of this kind.")
    if terms.part2 not in PART2:
        raise Refused("Say whether your program is one under 42 CFR Part 2.")


def _printed(desk: Agency) -> str:
    return f"{desk.name}, {desk.phone}" if desk.phone else desk.name


@transaction.atomic
def propose_pact(other: UUID, terms: Terms, *, by: Actor) -> Pact:
    """Allow, on our side, that each of two programs may learn that the other knows somebody; it waits for theirs."""
    _check(terms, by)
    hold_the_chain()
    them = next((program for program in other_programs_for(by) if program.id == other), None)
    if them is None:
        raise Refused("There is no such program here.")
    if Pact.objects.filter(program_id=by.program_id, other=other, ended_at=None).exists():
        raise Refused("There is a pact with this program already, or one that waits.")
    us, moment, pair = program_of(by), now(), new_id()
    ours = Pact.objects.create(
        program=us,
        pair=pair,
        other=them.id,
        other_name=them.name,
        proposed_at=moment,
        allowed_at=moment,
        **_said(terms),
    )
    with acting(them.id):
        theirs = Pact.objects.create(program_id=them.id, pair=pair, other=us.id, other_name=us.name, proposed_at=moment,
                                     other_allowed_at=moment, other_desk=_printed(terms.desk))  # fmt: skip
    _on_both_sides("elsewhere_proposed", ours, theirs, by, part2=terms.part2)
    return ours


def _said(terms: Terms) -> dict[str, Any]:
    return {"desk": terms.desk, "part2": terms.part2, "stands_for": terms.stands_for}


@transaction.atomic
def allow_pact(pact: Pact, terms: Terms, *, by: Actor) -> Pact:
    """Allow what the other program proposed: from this moment both may ask, as soon as the worker has laid tokens."""
    _check(terms, by)
    hold_the_chain()
    ours = _standing(pact, by)
    if ours.allowed_at is not None:
        raise Refused("Your program has allowed this already; the other one has to.")
    moment, secret = now(), os.urandom(32)
    for name, value in _said(terms).items():
        setattr(ours, name, value)
    ours.allowed_at, ours.secret = moment, secret
    ours.save()
    with acting(ours.other):
        theirs = Pact.objects.select_for_update().get(pair=ours.pair, program_id=ours.other)
        theirs.other_allowed_at, theirs.other_desk, theirs.secret = moment, _printed(terms.desk), secret
        theirs.save()
    _on_both_sides("elsewhere_allowed", ours, theirs, by, part2=terms.part2)
    return ours


@transaction.atomic
def end_pact(pact: Pact, *, by: Actor) -> Pact:
    """End a pact, or say no to one, alone and at once: on both sides the tokens and the secret they were made with are gone."""
    if by.is_police or not may(by.role, "allow_elsewhere"):
        raise Refused("The privacy reviewer of a program ends this, and nobody else.")
    hold_the_chain()
    ours = _standing(pact, by)
    moment = now()
    gone = _end(ours, moment, by)
    with acting(ours.other):
        theirs = Pact.objects.select_for_update().get(pair=ours.pair, program_id=ours.other)
        gone_there = _end(theirs, moment, Actor.system(theirs.program_id))
    _on_both_sides("elsewhere_ended", ours, theirs, by, tokens=gone + gone_there)
    return ours


def _standing(pact: Pact, by: Actor) -> Pact:
    """The copy as it is now, of the actor's own program, unless somebody ended it."""
    row = Pact.objects.select_for_update().filter(id=pact.id, program_id=by.program_id).first()
    if row is None or row.ended_at is not None:
        raise Refused("This pact has ended.")
    return row


def _end(row: Pact, moment: datetime, by: Actor) -> int:
    forget_pact(row.id, by=by)
    row.ended_at, row.secret = moment, None
    row.save(update_fields=["ended_at", "secret"])
    return PactToken.objects.filter(pact=row).delete()[0]


def _on_both_sides(verb: str, ours: Pact, theirs: Pact, by: Actor, **detail: Any) -> None:
    record(verb, kind="pact", target=ours.id, by=by, pair=str(ours.pair), other=str(ours.other), **detail)
    with acting(theirs.program_id):
        record(verb, kind="pact", target=theirs.id, by=Actor.system(theirs.program_id), pair=str(theirs.pair),
               other=str(theirs.other), **detail)  # fmt: skip


@transaction.atomic
def end_again(*, by: Actor) -> int:
    """End what a backup brought back although it had ended. Gives the number of pacts."""
    back = pacts_come_back(by)
    for row in back:
        record("elsewhere_ended", kind="pact", target=row.id, by=by, pair=str(row.pair), tokens=_end(row, now(), by))
    return len(back)


@transaction.atomic
def keep_silent(person: Person, *, silent: bool, by: Actor) -> None:
    """Keep what the person said: that no other program is told that we know them, or that it may be told after all."""
    if not may(by.role, "answer_requests") or person.program_id != by.program_id:
        raise Refused("A coordinator of the program keeps what the person said.")
    records = records_of(person)
    if silent:
        Silence.objects.bulk_create([Silence(person_id=one, since_at=now()) for one in records], ignore_conflicts=True)
        PactToken.objects.filter(person_id__in=records).delete()
    else:
        Silence.objects.filter(person_id__in=records).delete()
    record("elsewhere_silenced", kind="person", target=person.id, by=by, silent=silent)


@transaction.atomic
def note_question(pact: Pact, person: Person, *, by: Actor) -> None:
    """Another program asked about one of ours: a line on our list, one a day, and word to the coordinators."""
    today = day_in(program_of(by).zone, now())
    row, fresh = Question.objects.get_or_create(pact=pact, person=person, asked_on=today)
    if not fresh:
        Question.objects.filter(id=row.id).update(times=F("times") + 1)
        return
    for coordinator in User.objects.filter(agency__program_id=by.program_id, role="coordinator", is_active=True):
        tell(coordinator, "asked_elsewhere", by=by)


@transaction.atomic
def settle_question(question: Question, *, by: Actor) -> None:
    """Somebody called the other program, or there was no need to; twice is once."""
    if not may(by.role, "answer_requests"):
        raise Refused("A coordinator of the program answers this.")
    if Question.objects.filter(id=question.id, settled_at=None).update(settled_at=now()):
        record("elsewhere_settled", kind="question", target=question.id, by=by)


@transaction.atomic
def drop_old_questions(*, by: Actor) -> int:
    """Drop the questions older than ninety days, whatever became of them. Gives their number."""
    last = day_in(program_of(by).zone, now()) - timedelta(days=KEEP_QUESTIONS_DAYS)
    return Question.objects.filter(pact__program_id=by.program_id, asked_on__lt=last).delete()[0]


@transaction.atomic
def forget_elsewhere(records: list[UUID], *, by: Actor) -> None:
    """Before somebody is forgotten: their tokens, what others asked about them, and what they said about it are gone."""
    for model in (PactToken, Question, Silence):
        model.objects.filter(person_id__in=records).delete()
