"""Receiving what phones sent: each change once, on its own, and whatever cannot be done is kept for a person to decide."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.free_text import why_not_kept
from alongside.common.keyfolder import KeyMissing
from alongside.field.answers import Answer, answer_of, as_id, known_to
from alongside.field.changes import case_of, do, may_send
from alongside.field.checks import UNREADABLE, Done, Sent, read
from alongside.field.deciding import choose, keep_both
from alongside.field.models import Change, Clash, Parked, Phone
from alongside.field.rules import KINDS, made_at
from alongside.field.versions import current_version
from alongside.field.waiting import both
from alongside.identity.models import Forgotten
from alongside.identity.vault import LONGEST, seal
from alongside.journal.actions import hold_the_chain, record

WHO = ("given_name", "ask_for", "phone", "meeting_place")
NOTHING_KEPT = "Nothing more can be kept about this."
ENDED = "This phone was ended. What you noted is kept for the coordinator."
# What is wrong with the machine and not with a change: nothing is answered, and the phone sends it again.
NOT_ITS_FAULT = (OperationalError, InterfaceError, KeyMissing)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Raw:
    """One change as it lay in the request: read so far that something can be kept of it, whatever it says."""

    id: UUID
    seq: int
    kind: str
    at: datetime
    case: UUID | None
    data: Any
    base: dict[str, Any]


@transaction.atomic
def receive(changes: Sequence[Any], phone: Phone, sent_at_ms: Any, *, by: Actor, apply: bool = True,
            moment: datetime | None = None) -> list[Answer]:  # fmt: skip
    """Keep a handful of changes, each with its answer in the same transaction; one that came before gives its first answer.

    Without `apply` (a phone that was ended) nothing is done and everything is kept for the coordinator. `moment` is when
    they came, where that is not now.
    """
    hold_the_chain()  # the same sent twice at once: the second finds what the first kept
    came_at = moment or clock()
    found = (_raw(one, sent_at_ms, came_at) for one in changes)
    raws = sorted((raw for raw in found if raw is not None), key=lambda raw: (raw.seq, raw.at))
    known = known_to([raw.id for raw in raws], phone)
    for raw in raws:
        if raw.id not in known:
            known[raw.id] = _take(raw, phone, by, apply=apply)
    return [answer_of(one, known[one]) for one in dict.fromkeys(raw.id for raw in raws)]


def _raw(one: Any, sent_at_ms: Any, moment: datetime) -> Raw | None:
    """What can be read of a change; None for something that has no id, which nobody could be answered about."""
    if not isinstance(one, dict) or (change_id := as_id(one.get("id"))) is None:
        return None
    seq, kind, base = one.get("seq"), one.get("kind"), one.get("base")
    return Raw(
        change_id, seq if type(seq) is int and 0 <= seq < 2**31 else 0,
        kind if isinstance(kind, str) and kind in KINDS else "",
        made_at(one.get("made"), one.get("off", 0), sent_at_ms, moment),
        as_id(one.get("case")), one.get("data"), base if isinstance(base, dict) else {},
    )  # fmt: skip


def _take(raw: Raw, phone: Phone, by: Actor, *, apply: bool) -> Change:
    """Do one change, in a savepoint of its own, or park it."""
    try:
        with transaction.atomic():
            if not apply:
                raise Refused(ENDED)
            may_send(raw.kind, by=by).require()
            case = case_of(raw.kind, raw.case, clock(), by=by)
            sent = Sent(raw.id, raw.kind, raw.at, by, case, read(raw.kind, raw.data), phone.id, raw.seq, raw.base)
            done = _decided(sent) or do(sent)
            row = _keep(raw, phone, done, case.id if case else None)
            if done.state == "clash" and case is not None:
                keep_both(row, case.person_id, done, by=by)
            return row
    except Refused as refused:
        return _park(raw, phone, refused.reason, by)
    except NOT_ITS_FAULT:
        raise
    except Exception:  # whatever is wrong with one change, the others go on, and it is not lost
        log.exception("a change of a phone could not be done")
        return _park(raw, phone, UNREADABLE, by)


def _decided(sent: Sent) -> Done | None:
    """A change that answers the question which of two answers holds, by somebody who had read both."""
    name = sent.data.get("field")
    row = Clash.objects.filter(person_id=sent.case.person_id, field=name, state="open").first() if name and sent.case else None
    if row is None or current_version(sent, str(name)) != sent.base.get(str(name)):
        return None
    ((said, stands),) = both(sent.by, [row])
    answer = {str(stands): "office", str(said): "phone"}.get(str(sent.data["value"]))
    if answer is None:
        return None
    choose(row, answer, by=sent.by, said_so=bool(sent.data.get("said_so")))
    return Done(field=str(name), became=current_version(sent, str(name)))


def _keep(raw: Raw, phone: Phone, done: Done, case_id: UUID | None, as_id: UUID | None = None) -> Change:
    row = Change(
        id=as_id or raw.id, phone=phone, case_id=case_id, seq=raw.seq, kind=raw.kind, made_at=raw.at, received_at=clock(),
        state=done.state, sentence=done.sentence[:300], field=done.field, became=done.became,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def _park(raw: Raw, phone: Phone, reason: str, by: Actor) -> Change:
    """Keep a change that was not done; under another id where somebody else has its own already."""
    try:
        with transaction.atomic():
            return _parked(raw, phone, reason, by, raw.id)
    except IntegrityError:
        with transaction.atomic():
            return _parked(raw, phone, UNREADABLE, by, uuid5(phone.id, str(raw.id)))


def _parked(raw: Raw, phone: Phone, reason: str, by: Actor, as_id: UUID) -> Change:
    case = Case.objects.filter(id=raw.case, program_id=by.program_id).first() if raw.case else None
    gone = case is not None and Forgotten.objects.filter(holder=case.person_id).exists()
    done = Done(NOTHING_KEPT if gone else reason, "parked")
    row = _keep(raw, phone, done, case.id if case else None, as_id)
    if not gone:
        parked = Parked(change=row, program_id=by.program_id, person_id=case.person_id if case else None, made_at=raw.at)
        seal(parked, by.program_id, **{"words" if case else "call": _as_words(raw.data)})
        parked.save(force_insert=True)
    record("change_parked", kind="phone", target=phone.id, by=by, change=str(as_id), sent_as=raw.kind)
    return row


def _as_words(data: Any) -> str:
    """The values of a change as they are sealed: without what no field may hold, and no longer than a sealed value is."""
    plain = {str(name)[:40]: _kept(value) for name, value in data.items()} if isinstance(data, dict) else {}
    if plain.get("check_in_ok") == "no":  # whoever wants nobody to come is counted, and not kept here either
        plain = {name: value for name, value in plain.items() if name not in WHO}
    text = _json(plain)
    while len(text) > LONGEST or why_not_kept(text):
        plain.pop(max(plain, key=lambda name: (bool(why_not_kept(_json(plain[name]))), len(_json(plain[name])))))
        text = _json(plain)
    return text


def _kept(value: Any) -> Any:
    return "" if isinstance(value, str) and why_not_kept(value) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
