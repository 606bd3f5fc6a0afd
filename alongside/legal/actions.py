"""Each step of a legal request: one verb, checked by the table of moves, kept in the journal's chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Program, User
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import open_tie
from alongside.identity.fields import Sealed
from alongside.journal.actions import record
from alongside.journal.queries import changed_lately
from alongside.legal.models import Approval, LegalRequest, Statement
from alongside.legal.queries import Named, named_values
from alongside.legal.rules import (
    APPROVALS,
    ASKERS,
    KINDS,
    PACK_MINUTES,
    SETTLING_HOURS,
    Order,
    may_approve,
    may_move,
    may_sign,
    settled_in,
)
from alongside.people.models import Person
from alongside.people.queries import records_of


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it is entered; `draft` is made with the form, so that sending it twice is one line in the ledger."""

    draft: UUID
    received_on: date
    asker: str
    people_asked: int = 0
    kind: str = ""
    answer_due_on: date | None = None


@transaction.atomic
def receive_request(arrival: Arrival, *, by: Actor) -> LegalRequest:
    """Enter a request in the ledger, whoever asked and however: no name, no reason. The same draft again changes nothing."""
    known = LegalRequest.objects.filter(id=arrival.draft, program_id=by.program_id).first()
    if known is not None:
        return known
    if by.is_police or by.user_id is None:
        raise Refused("The ledger is not kept by the police.")
    if arrival.asker not in ASKERS or arrival.kind not in {"", *KINDS}:
        raise Refused("Choose who asked and what kind of paper it is from the lists.")
    rows = LegalRequest.objects.select_for_update().filter(program_id=by.program_id)
    last = rows.order_by("-number").values_list("number", flat=True).first() or 0
    request = LegalRequest.objects.create(
        id=arrival.draft, program_id=by.program_id, number=last + 1, received_on=arrival.received_on,
        asker=arrival.asker, people_asked=arrival.people_asked, kind=arrival.kind, entered_by_id=by.user_id,
        answer_due_on=arrival.answer_due_on,
    )  # fmt: skip
    record("legal_request_received", kind="legal_request", target=request.id, by=by, number=request.number,
           asker=request.asker)  # fmt: skip
    return request


def _lock(request: LegalRequest) -> None:
    """Read the request anew and hold it: two people at two screens do not overwrite each other."""
    rows = LegalRequest.objects.select_for_update(of=("self",)).select_related("person", "program", "counsel")
    request.refresh_from_db(from_queryset=rows)


def _move(request: LegalRequest, to: str, *, by: Actor, **detail: Any) -> None:
    """Go to a state when what stands on the request allows it; the caller has locked it and set what is new."""
    if by.is_police or by.program_id != request.program_id:
        raise Refused("The ledger is not kept by the police.")
    may_move(request.status, to, request.standing()).require()
    request.status = to
    request.save()
    record("legal_request_moved", kind="legal_request", target=request.id, by=by, to=to, **detail)


@transaction.atomic
def acknowledge(request: LegalRequest, *, by: Actor) -> None:
    """Note that the sentence was sent that neither confirms nor denies."""
    _lock(request)
    _move(request, "acknowledged", by=by)


@transaction.atomic
def classify(request: LegalRequest, kind: str, *, by: Actor) -> None:
    """Say what kind of paper it is."""
    _lock(request)
    request.kind = kind if kind in KINDS else ""
    _move(request, "classified", by=by, paper=request.kind)


@transaction.atomic
def give_to_counsel(request: LegalRequest, counsel: User, *, by: Actor) -> None:
    """Name the counsel who takes it, also again after it was declined and they came back."""
    _lock(request)
    if counsel.role != "counsel" or counsel.agency.program_id != request.program_id or not counsel.is_active:
        raise Refused("Choose the counsel of this program.")
    _settled(counsel.id, by)
    request.counsel = counsel
    _move(request, "with_counsel", by=by, counsel=str(counsel.id))


@transaction.atomic
def decline(request: LegalRequest, statute: str, *, by: Actor) -> None:
    """Decline with the law cited; nothing about anybody was said."""
    _lock(request)
    request.statute, request.declined_on = statute, day_in(request.program.zone, clock())
    _move(request, "declined", by=by, statute=statute)


@transaction.atomic
def step_aside(request: LegalRequest, to: str, *, by: Actor) -> None:
    """File a motion, ask for less, or close: the steps that need nothing more than to be done."""
    _lock(request)
    if to not in ("motion_filed", "narrowed", "closed"):
        raise Refused("Choose one of the offered steps.")
    request.was_narrowed = request.was_narrowed or to == "narrowed"
    _move(request, to, by=by)


@transaction.atomic
def verify_order(request: LegalRequest, order: Order, person: Person, *, by: Actor) -> None:
    """Counsel read the order and the mandate and found everything there; only now is the person linked.

    Whatever was approved, built or told before counts no more.
    """
    _lock(request)
    _only_its_counsel(request, by)
    if person.program_id != request.program_id:
        raise Refused("There is no such person in this program.")
    request.basis, request.findings, request.mandate = order.basis, sorted(order.findings), order.mandate
    request.fields, request.first_on, request.last_on = sorted(order.fields), order.first_on, order.last_on
    request.person, request.verified_at = person, clock()
    request.built_at, request.notice, request.bar_paragraph = None, "", 0
    _move(request, "order_verified", by=by, person=str(person.id), basis=order.basis, fields=sorted(order.fields))


def _settled(user_id: UUID, by: Actor) -> None:
    lately = clock() - timedelta(hours=SETTLING_HOURS)
    settled_in(changed_lately=changed_lately(by, user_id, lately)).require()


def _only_its_counsel(request: LegalRequest, by: Actor) -> None:
    if by.role != "counsel" or by.user_id != request.counsel_id:
        raise Refused("Only the counsel who has this request does that.")


@transaction.atomic
def approve_release(request: LegalRequest, *, by: Actor, read: str | None = None) -> None:
    """Be one of the two who approve; with the second the pack may be built.

    `read` is the moment of the verification that the approver had before them: whatever counsel verified since is refused.
    """
    _lock(request)
    verified_at, approver = request.verified_at, by.user_id
    if verified_at is None or approver is None or request.status != "order_verified" or not may(by.role, "approve_release"):
        raise Refused("There is nothing to approve: no order stands verified.")
    if read is not None and read != verified_at.isoformat():
        raise Refused("The order was verified anew since you read it. Read it again, then approve.")
    _settled(approver, by)
    given = request.approvals_now()
    may_approve(
        is_police=by.is_police, entered_it=by.user_id == request.entered_by_id,
        is_its_counsel=by.user_id == request.counsel_id, did_already=by.user_id in {row.user_id for row in given},
    ).require()  # fmt: skip
    Approval.objects.create(
        request=request, user_id=approver, verified_at=verified_at, approved_at=clock()
    )
    record("release_approved", kind="legal_request", target=request.id, by=by)
    if len(given) + 1 >= APPROVALS:
        _move(request, "approved", by=by)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a pack: what it is, its day, and the words; empty when nothing is kept any more."""

    label: str
    day: date | None
    words: str


@transaction.atomic
def build_pack(request: LegalRequest, *, by: Actor) -> list[Line]:
    """Open what the order names, for this one look: the lines go on a page under a fictitious name and are kept nowhere."""
    _lock(request)
    _only_its_counsel(request, by)
    if not all(row.user.is_active and may(row.user.role, "approve_release") for row in request.approvals_now()):
        raise Refused("Somebody who approved this may not any more. Verify the order anew and have two approve it.")
    for user_id in (request.counsel_id, *(row.user_id for row in request.approvals_now())):
        if user_id is not None:
            _settled(user_id, by)
    request.built_at = clock()
    _move(request, "pack_built", by=by)
    rows = named_values(by, request)
    counsel, person = request.counsel, request.person
    if counsel is None or person is None:  # the table of moves has asked for both
        raise Refused("Counsel comes first.")
    for one in Person.objects.filter(id__in=records_of(person)):
        open_tie(one, user=counsel, until=clock() + timedelta(minutes=PACK_MINUTES), opens="legal_release", by=by)
    sealed = [row.value for row in rows if isinstance(row.value, Sealed)]
    plain = iter(firewall.open(by, "legal_release", *sealed) if sealed else [])
    lines = [_line(row, next(plain) if isinstance(row.value, Sealed) else row.value or "", request) for row in rows]
    record("release_built", kind="legal_request", target=request.id, by=by, person=str(person.id),
           fields=request.fields, values=len(lines), pack=request.pack_name)  # fmt: skip
    return lines


def _line(row: Named, words: str | Refused, request: LegalRequest) -> Line:
    day = day_in(request.program.zone, row.at) if row.at else None
    return Line(row.label, day, "" if isinstance(words, Refused) else words)


@transaction.atomic
def record_notice(request: LegalRequest, notice: str, *, bar_paragraph: int = 0, by: Actor) -> None:
    """Note how the person was told, or the paragraph of the order that forbids it."""
    _lock(request)
    _only_its_counsel(request, by)
    request.notice, request.bar_paragraph = notice, bar_paragraph if notice == "barred" else 0
    _move(request, "noticed", by=by, notice=notice, paragraph=request.bar_paragraph)


@transaction.atomic
def release(request: LegalRequest, *, by: Actor) -> None:
    """Note that the paper was handed over to whom the order names."""
    _lock(request)
    _only_its_counsel(request, by)
    request.released_on = day_in(request.program.zone, clock())
    _move(request, "released", by=by, person=str(request.person_id))
    record("released", kind="person", target=request.person_id, by=by, request=str(request.id), classes=request.fields,
           told=request.notice != "barred")  # fmt: skip


@transaction.atomic
def sign_month(month: date, *, by: Actor) -> Statement:
    """Sign the statement of a month; it stands when two different people have. The number is the ledger's at that moment."""
    statement = Statement.objects.select_for_update().filter(program_id=by.program_id, month=month).first()
    signer = by.user_id
    if signer is None:
        raise Refused("Two people sign a month.")
    signers = [statement.first_signer_id, statement.second_signer_id] if statement else []
    today = day_in(Program.objects.get(id=by.program_id).zone, clock())
    may_sign(month, today, [one for one in signers if one], signer, is_police=by.is_police).require()
    if statement is not None and statement.stands:
        raise Refused("Two have signed this month already.")
    rows = LegalRequest.objects.filter(program_id=by.program_id, received_on__year=month.year,
                                       received_on__month=month.month)  # fmt: skip
    fresh = statement or Statement(
        program_id=by.program_id, month=month, first_signer_id=signer, first_signed_at=clock()
    )
    if statement is not None:
        fresh.second_signer_id, fresh.second_signed_at = signer, clock()
    fresh.received = rows.count()
    fresh.save()
    record("statement_signed", kind="statement", target=month.isoformat(), by=by, received=fresh.received,
           stands=fresh.stands)  # fmt: skip
    return fresh
