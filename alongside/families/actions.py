"""Keeping a loved one, giving them what they ask for, and the way after a death. Nothing here writes to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.accounts.models import User
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Decision, Refused
from alongside.consent.actions import open_tie
from alongside.consent.models import Tie
from alongside.families.models import LovedOne, Support
from alongside.families.queries import sees_person, talks_since
from alongside.families.rules import GRIEF_ANSWERS, KINDS, MOST_KITS, RELATIONS, WORK_DAYS, may_agree
from alongside.identity.actions import keep_contact
from alongside.journal.actions import record
from alongside.naloxone.actions import Hand, Lesson, hand_out, note_training
from alongside.people.actions import add_person, set_contact_wishes
from alongside.people.models import Person
from alongside.services.models import Service

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class NewLovedOne:
    """A loved one as the form has them; the id is made with the form, so that sending twice is one."""

    id: UUID
    relation: str
    name: str
    phone: str = ""
    language: str = "en"
    of: Person | None = None


@transaction.atomic
def add_loved_one(new: NewLovedOne, *, by: Actor) -> LovedOne:
    """Keep a loved one as a person of their own, under their own keys; once per id. Police do not.

    Whoever adds them works with them from now on. `of` is taken only from somebody who may see that person.
    """
    if by.goes_along:
        raise Refused("Loved ones are kept by the health side.")
    if new.relation not in RELATIONS or not new.name.strip():
        raise Refused("Say how they are close, and the name to ask for.")
    known = LovedOne.objects.filter(id=new.id, program_id=by.program_id).first()
    if known is not None:
        return known
    moment = clock()
    if new.of is not None and not sees_person(by, new.of, moment):
        raise Refused("You do not work with that person. Leave it empty; the coordinator can connect them.")
    person = add_person(by=by)
    keep_contact(person, by=by, language=new.language, ask_for=new.name.strip(), phone=new.phone.strip())
    row = LovedOne(
        id=new.id, program_id=by.program_id, person=person, of=new.of, relation=new.relation, created_at=moment
    )  # fmt: skip
    row.save(force_insert=True)
    _work_on(row, by=by)
    record("loved_one_kept", kind="loved_one", target=row.id, by=by, relation=row.relation, new=True)
    return row


def _locked(loved_one: LovedOne, by: Actor) -> LovedOne:
    """The row as it is now, kept from others until the end of the transaction."""
    rows = LovedOne.objects.select_for_update(of=("self",)).select_related("person", "of")
    row = rows.filter(id=loved_one.id, program_id=by.program_id).first()
    if row is None or by.goes_along:
        raise Refused("There is no such loved one in this program.")
    return row


def _work_on(row: LovedOne, *, by: Actor, user_id: UUID | None = None) -> None:
    """Let a worker (the actor, when nobody is named) work with a loved one for the next 90 days."""
    user = User.objects.filter(id=user_id or by.user_id or NOBODY).first()
    if user is None:
        return
    moment = clock()
    until = moment + timedelta(days=WORK_DAYS)
    late = moment + timedelta(days=WORK_DAYS - 1)
    ties = Tie.objects.filter(person_id=row.person_id, user=user, opens="work", closed_at=None)
    if not ties.filter(expires_at__gt=late).exists():
        open_tie(row.person, by=by, until=until, user=user)


@transaction.atomic
def hand_over(loved_one: LovedOne, to: User, *, by: Actor) -> None:
    """A coordinator asks somebody of the health side to work with a loved one, too."""
    row = _locked(loved_one, by)
    worker = to.actor()
    if by.role != "coordinator" or worker.program_id != row.program_id or worker.goes_along:
        raise Refused("A coordinator asks a coach or a clinician of the program.")
    _work_on(row, by=by, user_id=to.id)


@transaction.atomic
def connect(loved_one: LovedOne, of: Person | None, *, by: Actor) -> LovedOne:
    """Say whom a loved one is close to, by somebody who may see that person; what was agreed for another one ends."""
    row = _locked(loved_one, by)
    if of is None or not sees_person(by, of, clock()) or of.id == row.person_id:
        raise Refused("Nobody you work with has this code.")
    if row.of_id != of.id:
        row.of, row.talk, row.talk_until = of, "none", None
        row.save(update_fields=["of", "talk", "talk_until"])
        record("loved_one_kept", kind="loved_one", target=row.id, by=by, connected=True)
    return row


@dataclass(frozen=True, slots=True)
class Given:
    """One thing given, under an id made with the button; for a training the steps they showed back, if anybody ticked them."""

    id: UUID
    kind: str
    kits: int = 1
    service: Service | None = None
    steps: tuple[str, ...] = ()


@transaction.atomic
def give(loved_one: LovedOne, given: Given, *, by: Actor) -> Support:
    """Keep what a loved one got, once per id; naloxone and training go into their books in the same transaction."""
    if given.kind not in KINDS or not 0 < given.kits <= MOST_KITS:
        raise Refused(f"Choose what they got from the list; kits at most {MOST_KITS} at once.")
    row = _locked(loved_one, by)
    known = Support.objects.filter(id=given.id).first()
    if known is not None:
        if known.loved_one_id != row.id:
            raise Refused("This was kept for somebody else; nothing was changed.")
        return known
    if given.kind == "naloxone":
        hand_out(given.kits, "loved_one", by=by, person_id=row.person_id, hand=Hand(id=given.id))
    if given.kind == "training" and given.steps:
        note_training(Lesson(given.id, "loved_one", given.steps, person=row.person_id), by=by)
    made = Support(id=given.id, loved_one=row, kind=given.kind, service=given.service, at=clock())
    made.save(force_insert=True)
    _work_on(row, by=by)
    record("loved_one_given", kind="loved_one", target=row.id, by=by, what=given.kind)
    return made


@transaction.atomic
def agree_talk(loved_one: LovedOne, talk: str, until: datetime | None, *, by: Actor) -> LovedOne:
    """Keep what the person agreed may be said to this loved one; only by somebody who works with the person.

    “Nothing” is kept at once, whoever says that the person said so.
    """
    row = _locked(loved_one, by)
    moment = clock()
    may_agree(talk, until, moment).require()
    if talk != "none" and not sees_person(by, row.of, moment):
        raise Refused("Only somebody who works with the person keeps what the person agreed to.")
    row.talk, row.talk_until = talk, until if talk != "none" else None
    row.save(update_fields=["talk", "talk_until"])
    record("talk_agreed", kind="person", target=row.of_id or row.id, by=by, loved_one=str(row.id), talk=talk)
    return row


@transaction.atomic
def part_talks(records: Sequence[UUID], since: datetime, *, by: Actor) -> int:
    """End what was agreed may be said while these records stood for one person: nobody knows any more whose word it was.

    What was agreed before stays. Gives how many there were; each is asked anew.
    """
    ended = [agree_talk(row, "none", None, by=by) for row in talks_since(by, records, since)]
    return len(ended)


@transaction.atomic
def say(loved_one: LovedOne, topic: str, *, by: Actor) -> Decision:
    """Before something is said about the person: a yes or a no with its reason. Both stand in the journal.

    A no is a value and no exception, or its line in the journal would be undone with it.
    """
    row = _locked(loved_one, by)
    answer = row.may_say(topic, clock())
    verb = "loved_one_told" if answer else "disclosure_refused"
    about = row.of_id if topic != "general" and row.of_id else row.id
    record(verb, kind="person" if about == row.of_id else "loved_one", target=about, by=by, loved_one=str(row.id),
           topic=topic)  # fmt: skip
    return answer


@transaction.atomic
def note_bereaved(loved_one: LovedOne, died_on: date | None, *, by: Actor) -> LovedOne:
    """Keep the day the person died, or take it back when it was wrong; the way after a death starts from it."""
    row = _locked(loved_one, by)
    if died_on is not None and died_on > day_in(row.person.program.zone, clock()):
        raise Refused("That day has not come yet.")
    if row.bereaved_on != died_on:
        row.bereaved_on, row.grief = died_on, ""
        row.save(update_fields=["bereaved_on", "grief"])
        record("grief_noted", kind="loved_one", target=row.id, by=by, known=died_on is not None)
    return row


@transaction.atomic
def answer_grief(loved_one: LovedOne, answer: str, *, by: Actor) -> LovedOne:
    """Keep what became of the call after a death. “Please do not contact us” holds like any other wish of a person."""
    row = _locked(loved_one, by)
    if answer not in GRIEF_ANSWERS:
        raise Refused("Choose what the family said from the list.")
    if answer == "no_contact":
        set_contact_wishes(row.person_id, "no_contact", no_police=row.person.no_police, by=by)
        row.call_back_on = None
    if row.grief != answer:
        row.grief = answer
        row.save(update_fields=["grief", "call_back_on"])
        record("grief_noted", kind="loved_one", target=row.id, by=by, answer=answer)
    return row


@transaction.atomic
def promise_call(loved_one: LovedOne, day: date | None, *, by: Actor) -> LovedOne:
    """Promise to call on a day, or take the promise off the list when the call was made."""
    row = _locked(loved_one, by)
    if day is not None and day < day_in(row.person.program.zone, clock()):
        raise Refused("That day has passed; choose today or a later one.")
    if row.call_back_on != day:
        row.call_back_on = day
        row.save(update_fields=["call_back_on"])
        record("loved_one_kept", kind="loved_one", target=row.id, by=by, call_back=day is not None)
    return row


@transaction.atomic
def let_go(records: Sequence[UUID], *, by: Actor) -> None:
    """When somebody is forgotten: nobody is their loved one any more and they are nobody's. Rows without a person count."""
    rows = LovedOne.objects.filter(Q(person_id__in=records) | Q(of_id__in=records))
    LovedOne.objects.filter(person_id__in=records).update(bereaved_on=None, call_back_on=None)
    rows.update(of=None, talk="none", talk_until=None, bereaved_on=None)
