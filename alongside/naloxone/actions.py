"""Kits and supplies in and out, each line once; training, reversals, and sheets of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common import links
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.journal.actions import hold_the_chain, record
from alongside.naloxone.ledger import BETWEEN, Line, part_id, undo_id
from alongside.naloxone.models import KitCode, Lot, Move, Reversal, StockPlace, Training
from alongside.naloxone.queries import MOST_PARTS, lots_of, usual_place
from alongside.naloxone.rules import (
    DOSES_IN_A_KIT,
    NOT_SAID,
    PLACES,
    RECIPIENTS,
    REVERSAL,
    SUPPLIES,
    may_keep,
    may_note_training,
    may_report,
    may_undo,
    most_of,
    take_from,
)
from alongside.people.models import Person

A_BATCH = 1000
# The parts of one hand-out follow each other, so that what no lot covers is asked last.
NEXT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Box:
    """What came in: product, lot number, expiry, kits and doses in each; `id` makes sending twice harmless."""

    product: str
    number: str
    expires_on: date
    kits: int
    doses: int = DOSES_IN_A_KIT
    place: UUID | None = None
    at: datetime | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Hand:
    """From where and of what a hand-out is taken; left empty, from the usual place and of the soonest expiry."""

    place: UUID | None = None
    product: str = ""
    at: datetime | None = None
    id: UUID = field(default_factory=new_id)


@transaction.atomic
def keep_lines(lines: Sequence[Line], *, by: Actor) -> int:
    """Keep movements as they come, in any order; a line that came before is not kept again. Gives how many were new."""
    return _keep(lines, "kits_moved", by)


def _keep(lines: Sequence[Line], verb: str, by: Actor) -> int:
    _check(lines, by)
    hold_the_chain()  # two who send the same at once: the second finds what the first kept
    once = {line.id: line for line in lines}
    known = dict[UUID, UUID]()
    ids = list(once)
    for start in range(0, len(ids), A_BATCH):
        known |= dict(Move.objects.filter(id__in=ids[start : start + A_BATCH]).values_list("id", "program_id"))
    if set(known.values()) - {by.program_id}:
        raise Refused("This was kept for another program already.")
    moment = clock()
    fresh = [
        Move(id=line.id, program_id=by.program_id, kind=line.kind, product=line.product, amount=line.amount,
             place_id=line.place, to_place_id=line.to_place, lot_id=line.lot, recipient=line.recipient,
             person_id=line.person, by_user=by.user_id, at=line.at, recorded_at=moment)
        for line in once.values() if line.id not in known
    ]  # fmt: skip
    Move.objects.bulk_create(fresh, batch_size=A_BATCH)
    if fresh:
        record(
            verb, kind="kits", target=fresh[0].id, by=by, lines=len(fresh), amount=sum(move.amount for move in fresh)
        )
    return len(fresh)


def _check(lines: Sequence[Line], by: Actor) -> None:
    """The rules for each line, and that every place, lot and person belongs to the program."""
    latest = clock() + timedelta(minutes=5)
    for line in lines:
        may_keep(line.kind, line.product, line.amount, line.recipient).require()
        if line.at > latest:
            raise Refused("The time is not possible; correct it.")
        if (line.kind in BETWEEN) != (line.to_place is not None) or (line.to_place and line.to_place == line.place):
            raise Refused("Say from where to where.")
    places = {place for line in lines for place in (line.place, line.to_place) if place}
    lots = {(line.lot, line.product) for line in lines if line.lot}
    people = {line.person for line in lines if line.person}
    own_lots = Lot.objects.filter(agency__program_id=by.program_id, id__in={lot for lot, _ in lots})
    if (
        StockPlace.objects.filter(agency__program_id=by.program_id, id__in=places).count() != len(places)
        or not lots <= set(own_lots.values_list("id", "product"))
        or Person.objects.filter(program_id=by.program_id, id__in=people).count() != len(people)
    ):
        raise Refused("That place, lot or person is not here. Choose from the list.")


@transaction.atomic
def add_place(agency: Agency, name: str, kind: str, *, by: Actor) -> StockPlace:
    """An office or a car of an agency; one of that name that is there already is given back."""
    if kind not in PLACES or not name.strip() or len(name) > 60:
        raise Refused("Give the office or car a short name.")
    place, made = StockPlace.objects.get_or_create(agency=agency, name=name.strip(), defaults={"kind": kind})
    if made:
        record("kit_place_added", kind="stock_place", target=place.id, by=by)
    return place


def _office_of(agency_id: UUID | None, by: Actor) -> UUID | None:
    """The first office of an agency; made when the first kits come."""
    if agency_id is None:
        return None
    known = StockPlace.objects.filter(agency_id=agency_id, kind="office").order_by("id").first()
    return (known or add_place(Agency.objects.get(id=agency_id), PLACES["office"], "office", by=by)).id


@transaction.atomic
def receive(agency: Agency, box: Box, *, by: Actor) -> Lot:
    """Take kits of a lot into an agency's stock, once per box."""
    if not 0 < box.kits <= most_of(box.product, "received") or not 0 < box.doses <= 100:
        raise Refused("Say how many kits came in, at least one.")
    if box.product not in REVERSAL or box.product == NOT_SAID or not box.number.strip():
        raise Refused("Say which product it is, and the lot number on the box.")
    wanted = {"product": box.product, "expires_on": box.expires_on, "doses": box.doses}
    lot, made = Lot.objects.get_or_create(agency=agency, number=box.number.strip(), defaults=wanted)
    if not made and (lot.product, lot.expires_on) != (box.product, box.expires_on):
        raise Refused("This lot is on the books with another product or expiry. Look at the box once more.")
    place = box.place or _office_of(agency.id, by)
    line = Line(box.id, box.at or clock(), "received", box.product, box.kits, place, lot.id, expires_on=lot.expires_on)
    _keep([line], "kits_received", by)
    return lot


@transaction.atomic
def receive_kits(agency: Agency, product: str, number: str, expires_on: date, kits: int, *, by: Actor) -> Lot:
    """Take kits of a lot into the office of an agency."""
    return receive(agency, Box(product, number, expires_on, kits), by=by)


@transaction.atomic
def hand_out(
    kits: int, recipient: str, *, by: Actor, person_id: UUID | None = None, hand: Hand | None = None
) -> list[Move]:
    """Hand out from the actor's usual car or office, soonest expiry first, once per draft; never stopped by the books.

    What no lot covers is kept without a lot: the ledger names it as a shortfall until it is explained.
    """
    hand = hand or Hand()
    most = most_of(hand.product, "given")
    if not 0 < kits <= most or recipient not in RECIPIENTS:
        raise Refused(f"Say who the kits were for and how many, at most {most} at once.")
    parts = [part_id(hand.id, number) for number in range(MOST_PARTS)]
    hold_the_chain()  # sent twice at once, the second finds what the first kept
    if not Move.objects.filter(id=hand.id, program_id=by.program_id).exists():
        place = hand.place or _where(hand.product, kits, by)
        base = Line(hand.id, hand.at or clock(), "given", hand.product or NOT_SAID, kits, place,
                    recipient=recipient, person=person_id)  # fmt: skip
        _keep(_spread(base, by), "kits_given", by)
    found = Move.objects.filter(id__in=parts, program_id=by.program_id).select_related("lot")
    return sorted(found, key=lambda move: parts.index(move.id))


def _where(product: str, kits: int, by: Actor) -> UUID | None:
    """The usual place; another of the own agency when the usual one has not enough on the books and that one has."""
    usual = getattr(usual_place(by), "id", None) or _office_of(by.agency_id, by)
    if usual is None or product in SUPPLIES:
        return usual
    today, wanted = clock().date(), "" if product == NOT_SAID else product
    others = StockPlace.objects.filter(agency_id=by.agency_id or usual).exclude(id=usual).order_by("-kind", "id")
    for place in [usual, *others.values_list("id", flat=True)]:
        if all(lot for lot, _ in take_from(lots_of(by, place, wanted), kits, today)):
            return place
    return usual


def _spread(base: Line, by: Actor) -> list[Line]:
    """One line for each lot that the kits are taken from."""
    if base.product in SUPPLIES or base.place is None:
        return [base]
    wanted = "" if base.product == NOT_SAID else base.product
    taken = take_from(lots_of(by, base.place, wanted), base.amount, base.at.date())
    if len(taken) > MOST_PARTS:
        taken = [*taken[: MOST_PARTS - 1], (None, sum(amount for _, amount in taken[MOST_PARTS - 1 :]))]
    products = dict(Lot.objects.filter(id__in=[lot for lot, _ in taken if lot]).values_list("id", "product"))
    return [
        replace(base, id=part_id(base.id, number), at=base.at + number * NEXT, lot=lot, amount=amount,
                product=products[lot] if lot else base.product)
        for number, (lot, amount) in enumerate(taken)
    ]  # fmt: skip


@transaction.atomic
def undo_hand_out(moves: Sequence[Move], *, by: Actor) -> int:
    """Take a slip back within ten minutes: each line gets a “returned” of the same moment, so no count sees it."""
    for move in moves:
        own = by.user_id is not None and move.by_user == by.user_id
        may_undo(move.recorded_at or move.at, clock(), own=own).require()
    return _keep([replace(move.line(), id=undo_id(move.id), kind="returned") for move in moves], "kits_moved", by)


@transaction.atomic
def take_count(place: UUID, counted: Mapping[tuple[str, UUID | None], int], draft: UUID, *, by: Actor) -> int:
    """Keep what somebody counted at a place, for each product and lot; the difference becomes a named correction."""
    moment = clock()
    return _keep(
        [Line(part_id(draft, number), moment, "counted", product, amount, place, lot)
         for number, ((product, lot), amount) in enumerate(sorted(counted.items(), key=str))],
        "kits_counted", by,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells about a kit that was used: the month, how it ended, whether 911 was called and police came."""

    id: UUID
    month: date
    outcome: str
    called: str = "not_said"
    police: str = "not_said"
    kits: int = 1
    product: str = NOT_SAID


@transaction.atomic
def report_reversal(told: Told, *, by: Actor, code: KitCode | None = None, person_id: UUID | None = None) -> Reversal:
    """Keep a report of a reversal, once per draft: the month and counts, never the day and never whom it was about.

    With a person it is also noted that their kit was used, so that somebody brings a new one. A report by the code on a
    kit leaves no line in the journal: the line would tell the minute.
    """
    may_report(told.outcome, told.called, told.police, told.kits).require()
    if told.product not in REVERSAL or told.month > clock().date() + timedelta(days=1):
        raise Refused("Say in which month it was, and which kit.")
    wanted = {"month": told.month.replace(day=1), "outcome": told.outcome, "called": told.called, "police": told.police,
              "kits": told.kits, "product": code.lot.product if code else told.product, "by_code": code is not None,
              "lot": code.lot if code else None, "program_id": by.program_id}  # fmt: skip
    row, made = Reversal.objects.get_or_create(id=told.id, defaults=wanted)
    if row.program_id != by.program_id:
        raise Refused("This was kept for another program already.")
    if made and code is None:
        record("reversal_reported", kind="kits", target="reversal", by=by, kits=told.kits)
        if person_id is not None:
            _keep([Line(new_id(), clock(), "used", told.product, told.kits, None, person=person_id)], "kits_moved", by)
    return row


@dataclass(frozen=True, slots=True)
class Lesson:
    """Who was taught, in kind, and which steps they taught back."""

    id: UUID
    taught: str
    steps: tuple[str, ...]
    people: int = 1
    language: str = "en"
    person: UUID | None = None


@transaction.atomic
def note_training(lesson: Lesson, *, by: Actor) -> Training:
    """Keep that somebody was trained, once per draft."""
    may_note_training(lesson.taught, lesson.people, lesson.steps).require()
    if lesson.person and not Person.objects.filter(id=lesson.person, program_id=by.program_id).exists():
        raise Refused("That person is not here. Choose from the list.")
    wanted = {"program_id": by.program_id, "taught": lesson.taught, "people": lesson.people, "steps": list(lesson.steps),
              "language": lesson.language, "person_id": lesson.person, "by_user": by.user_id, "at": clock()}  # fmt: skip
    row, made = Training.objects.get_or_create(id=lesson.id, defaults=wanted)
    if row.program_id != by.program_id:
        raise Refused("This was kept for another program already.")
    if made:
        record("training_given", kind="kits", target=row.id, by=by, people=lesson.people, steps=len(lesson.steps))
    return row


@transaction.atomic
def make_codes(lot: Lot, draft: UUID, *, by: Actor) -> KitCode:
    """A sheet of labels for kits of a lot, all with one code, once per draft; the code is printed and never kept."""
    if lot.agency.program_id != by.program_id:
        raise Refused("That lot is not here. Choose from the list.")
    code_hash = links.code_hash("kit", links.spoken_code("kit", draft))
    wanted = {"program_id": by.program_id, "lot": lot, "code_hash": code_hash, "made_at": clock()}
    row, made = KitCode.objects.get_or_create(id=draft, defaults=wanted)
    if row.program_id != by.program_id:
        raise Refused("This was kept for another program already.")
    if made:
        record("kit_codes_made", kind="lot", target=lot.id, by=by)
    return row
