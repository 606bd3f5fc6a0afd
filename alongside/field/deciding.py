"""What a person decides of what phones sent: a change that could not be done as it was sent, a field with two answers.

Nothing is thrown away here. What is filed is done by the same function that would have done it for the phone, with its rules;
what is set aside stays with its decision, and of two answers both stay, for as long as the person's record lives.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.field.changes import apply
from alongside.field.checks import Done
from alongside.field.models import Change, Clash, Parked
from alongside.field.rules import WISHES
from alongside.field.waiting import both, data_of
from alongside.identity.forgetting import shred_rows
from alongside.identity.vault import seal
from alongside.journal.actions import record

DONE = "Somebody decided this already."
# Nobody else was out, knows the person, or had the kits in hand.
THEIR_OWN = ("know", "outing", "outing_end", "kits")


@transaction.atomic
def file_it(parked: Parked, *, by: Actor) -> Done:
    """Do what was sent, as whoever files it and at the time it was made; refused again, it goes on waiting.

    What only the sender can have done is done as the sender. A field that says something else by now becomes a question
    with two answers. What is filed stands where it belongs from now on, and is not kept a second time here.
    """
    row = _locked(parked)
    (data,) = data_of(by, [row])
    if isinstance(data, Refused):
        raise data
    change, sender = row.change, row.change.phone.user.actor()
    if change.kind == "attempt" and sender.is_police:
        data = {**data, "officer_present": True}
    whose = sender if change.kind in THEIR_OWN else by
    done = apply(change, data, by=whose)
    if done.state == "clash" and row.person_id:
        keep_both(change, row.person_id, done, by=by)
    _decide(row, "filed", by)
    shred_rows(Parked.objects.filter(id=row.id, person=None), ["call"], by=by)
    Parked.objects.filter(id=row.id).update(words=None)
    record("parked_decided", by=by, **_told(row))
    return done


@transaction.atomic
def keep_both(change: Change, person_id: UUID, done: Done, *, by: Actor) -> None:
    """Keep what was said beside what stands, for a person to decide."""
    clash = Clash(change=change, program_id=by.program_id, person_id=person_id, field=done.field, made_at=clock())
    seal(clash, by.program_id, said=done.said)
    clash.save(force_insert=True)
    record("change_clashed", kind="case", target=change.case_id, by=by, change=str(change.id), field=done.field)


@transaction.atomic
def set_aside(parked: Parked, *, by: Actor) -> None:
    """Leave undone what was sent; it stays, with who decided so."""
    row = _locked(parked)
    _decide(row, "set_aside", by)
    record("parked_decided", by=by, **_told(row))


@transaction.atomic
def choose(clash: Clash, answer: str, *, by: Actor, said_so: bool = False) -> None:
    """Decide between two answers: “phone” writes what was said there, “office” leaves what stands. Both are kept.

    A wish that becomes less strict is written only when the person said so themselves.
    """
    rows = Clash.objects.select_for_update(of=("self",)).select_related("change__case", "person")
    row = rows.get(id=clash.id)
    if row.state != "open":
        raise Refused(DONE)
    ((said, stands),) = both(by, [row])
    if not isinstance(said, str) or not isinstance(stands, str):
        raise Refused("What was said cannot be read any more.")
    if answer == "phone":
        change = row.change
        told = {"field": row.field, "value": _value(row.field, said), "said_so": said_so}
        apply(change, told, by=by, over=True)
    seal(row, by.program_id, stood=stands)
    row.save(update_fields=["stood"])
    _decide(row, answer, by)
    record("clash_decided", by=by, field=row.field, **_told(row))


def _value(field: str, said: str) -> str | bool:
    return said == "True" if field in WISHES and field != "prefers" else said


def _locked(parked: Parked) -> Parked:
    rows = Parked.objects.select_for_update(of=("self",)).select_related("change__case", "change__phone__user__agency")
    row = rows.get(id=parked.id)
    if row.state != "open":
        raise Refused(DONE)
    return row


def _decide(row: Parked | Clash, state: str, by: Actor) -> None:
    row.state, row.decided_at, row.decided_by_id = state, clock(), by.user_id
    row.save(update_fields=["state", "decided_at", "decided_by"])


def _told(row: Parked | Clash) -> dict[str, Any]:
    """What the journal says of a decision: ids and codes."""
    return {
        "kind": "case", "target": row.change.case_id or row.id, "answer": row.state, "change": str(row.change_id),
        "sent_as": row.change.kind,
    }  # fmt: skip
