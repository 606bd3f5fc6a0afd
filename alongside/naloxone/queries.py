"""Reading the ledger, what it says about refills, and the month's counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from alongside.accounts.models import Program, User
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.consent.models import Tie
from alongside.consent.queries import known_to, people_known_to
from alongside.naloxone.ledger import Correction, Line, Stock, fold, part_id, undo_id
from alongside.naloxone.models import KitCode, Lot, Move, Reversal, StockPlace, Training
from alongside.naloxone.rules import (
    DOSES_IN_A_KIT,
    MOVES,
    PRODUCTS,
    REVERSAL,
    STRIPS,
    SYRINGES,
    LotState,
    refill_reason,
)
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of

NOBODY = UUID(int=0)
MOST_PARTS = 40
"""Over how many lots one hand-out may be spread; what goes beyond is kept without a lot."""

_COLUMNS = (
    "id", "at", "kind", "product", "amount", "place_id", "lot_id", "to_place_id", "recipient", "person_id", "by_user",
    "lot__expires_on",
)  # fmt: skip


def places_for(viewer: Actor) -> list[StockPlace]:
    """The offices and cars of the viewer's program, the own agency's first."""
    rows = StockPlace.objects.filter(agency__program_id=viewer.program_id).select_related("agency")
    return sorted(rows, key=lambda place: place.agency_id != viewer.agency_id)


def usual_place(viewer: Actor) -> StockPlace | None:
    """Where the viewer last handed out from, else the office of the own agency; None when there is none yet."""
    agency = viewer.agency_id or NOBODY
    own = StockPlace.objects.filter(agency_id=agency).select_related("agency")
    last = Move.objects.filter(by_user=viewer.user_id or NOBODY, kind="given", place__agency_id=agency)
    recent = last.order_by("-recorded_at").values_list("place_id", flat=True).first()
    return own.filter(id=recent or NOBODY).first() or own.order_by("-kind", "id").first()


def stock_of(viewer: Actor, place: UUID | None = None) -> Stock:
    """The fold of the program's ledger, or of the lines that touch one place."""
    rows = Move.objects.filter(program_id=viewer.program_id)
    if place is not None:
        rows = rows.filter(Q(place_id=place) | Q(to_place_id=place))
    return fold(Line(*row) for row in rows.values_list(*_COLUMNS))


def lots_of(viewer: Actor, place: UUID | None = None, product: str = "") -> list[LotState]:
    """The lots at one place (the viewer's usual one unless said) with the kits left, of one product or of all."""
    here = place or getattr(usual_place(viewer), "id", None)
    if here is None:
        return []
    stock = stock_of(viewer, here)
    return [
        LotState(lot, left, stock.expires.get(lot) or date.max)
        for (where, which, lot), left in stock.left.items()
        if where == here and lot and left and which == (product or which)
    ]


@dataclass(frozen=True, slots=True)
class StockLine:
    """What is left of one lot (or of a supply without lots) at one place."""

    place: StockPlace | None
    product: str
    lot: Lot | None
    left: int
    days: int | None = None

    @property
    def label(self) -> str:
        """The product in words."""
        return PRODUCTS[self.product]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A shortfall that waits for a count or a late receipt: what, how many, where, and who wrote the line."""

    correction: Correction
    place: StockPlace | None
    who: str

    @property
    def label(self) -> str:
        """The product in words."""
        return PRODUCTS[self.correction.line.product]

    @property
    def what(self) -> str:
        """What the line says happened, in words."""
        return MOVES[self.correction.line.kind]


@dataclass(frozen=True, slots=True)
class Books:
    """The stock as the page shows it: lines by place, soonest expiry first; what expires; what is unexplained."""

    lines: list[StockLine]
    soon: list[StockLine]
    expired: list[StockLine]
    unexplained: list[Unexplained]


def books_for(viewer: Actor, today: date, soon_days: int = 60) -> Books:
    """The whole stock of the viewer's program, in a number of database queries that never grows."""
    stock, places = stock_of(viewer), {place.id: place for place in places_for(viewer)}
    lots = Lot.objects.select_related("agency").in_bulk([lot for _, _, lot in stock.left if lot])
    lines = [
        StockLine(places.get(place) if place else None, product, lots.get(lot) if lot else None, left,
                  (lots[lot].expires_on - today).days if lot else None)
        for (place, product, lot), left in stock.left.items() if left
    ]  # fmt: skip
    order = {place: number for number, place in enumerate([*places, None])}
    lines.sort(
        key=lambda one: (order[one.place.id if one.place else None], one.days is None, one.days or 0, one.product)
    )
    by_expiry = sorted((one for one in lines if one.days is not None), key=lambda one: one.days or 0)
    wanting = stock.unexplained()
    who = User.objects.filter(id__in={one.line.by for one in wanting if one.line.by})
    names = dict(who.values_list("id", "display_name"))
    return Books(
        lines,
        [one for one in by_expiry if 0 <= (one.days or 0) <= soon_days],
        [one for one in by_expiry if (one.days or 0) < 0],
        [Unexplained(one, places.get(one.line.place) if one.line.place else None,
                     names.get(one.line.by, "") if one.line.by else "") for one in wanting],
    )  # fmt: skip


def stock_for(viewer: Actor, today: date) -> list[StockLine]:
    """What is left at every place of the program: the viewer's own places first, soonest expiry first."""
    return books_for(viewer, today).lines


def hand_out_for(viewer: Actor, move_id: UUID) -> list[Move]:
    """The lines of one hand-out of the viewer's program, by the id of its first line; none for police."""
    if viewer.is_police:
        return []
    ids = [part_id(move_id, number) for number in range(MOST_PARTS)]
    found = Move.objects.filter(id__in=ids, program_id=viewer.program_id, kind="given")
    parts = sorted(found.select_related("lot", "place__agency"), key=lambda move: ids.index(move.id))
    return parts if parts and parts[0].id == move_id else []


def is_taken_back(viewer: Actor, moves: list[Move]) -> bool:
    """Whether a hand-out was undone."""
    undone = [undo_id(move.id) for move in moves]
    return Move.objects.filter(program_id=viewer.program_id, id__in=undone).exists()


def person_to_give(viewer: Actor, person_id: UUID, now: datetime) -> Person | None:
    """The person a kit may be tied to: one the viewer works with now; for a coordinator anybody of the program."""
    person = None if viewer.goes_along else person_for(viewer, person_id)
    if person is None or person.id in people_known_to(viewer):
        return None
    if viewer.role == "coordinator":
        return person
    ties = Tie.objects.filter(user_id=viewer.user_id or NOBODY, opens="work", closed_at=None, expires_at__gt=now)
    return person if ties.filter(person_id__in=records_of(person)).exists() else None


@dataclass(frozen=True, slots=True)
class Refill:
    """Somebody who may want a new kit, under their code: why ("used", "expired" or "expires") and, for the last, when."""

    person: Person
    reason: str
    expires_on: date | None


def refill_prompts_for(viewer: Actor, now: datetime) -> list[Refill]:
    """Whose last kit was used or expires within 30 days: of the program for a coordinator, else of the own people.

    Nobody who only goes along sees any, and nothing is sent to the person.
    """
    if viewer.goes_along:
        return []
    rows = Move.objects.filter(program_id=viewer.program_id, person__isnull=False, recipient__in=("person", ""))
    rows = rows.filter(kind__in=("given", "used", "returned"), product__in=REVERSAL, person__deceased=False)
    rows = rows.exclude(known_to(viewer))
    if viewer.role != "coordinator":
        ties = Tie.objects.filter(user_id=viewer.user_id or NOBODY, opens="work", closed_at=None, expires_at__gt=now)
        rows = rows.filter(person_id__in=ties.values("person_id"))
    today, found = day_in(Program.objects.get(id=viewer.program_id).zone, now), []
    for person, move in _last_kits(viewer, rows):
        expires_on = move.lot.expires_on if move.lot else None
        reason = refill_reason(expires_on, used=move.kind == "used", today=today)
        if reason and person.stop != "no_contact":
            found.append(Refill(person, reason, expires_on))
    return sorted(found, key=lambda one: (one.reason != "used", one.expires_on or today))


def _last_kits(viewer: Actor, rows: QuerySet[Move]) -> Iterable[tuple[Person, Move]]:
    """The living record of each person with the last that happened with a kit of theirs; a slip never happened."""
    moves = list(rows.select_related("lot", "person").order_by("at", "id"))
    back = {move.id for move in moves if move.kind == "returned"}
    living: dict[UUID | None, Person | None] = {}
    last: dict[UUID, tuple[Person, Move]] = {}
    for move in moves:
        if move.person_id not in living:
            merged = move.person is not None and move.person.merged_into_id is not None
            living[move.person_id] = person_for(viewer, move.person_id or NOBODY) if merged else move.person
        person = living[move.person_id]
        if person is not None and move.id not in back and undo_id(move.id) not in back:
            last[person.id] = (person, move)
    return last.values()


@dataclass(frozen=True, slots=True)
class KitCounts:
    """One month in counts of the whole program; small numbers are not hidden here: whoever prints them must."""

    kits: int
    doses: int
    by_recipient: dict[str, int]
    reversals: int
    outcomes: dict[str, int]
    called: int
    trained: int
    strips: int
    syringes_out: int
    syringes_back: int


def kits_counts_for(viewer: Actor, month: date) -> KitCounts:
    """What was handed out, used, taught and taken back in a month of the viewer's program."""
    zone = ZoneInfo(Program.objects.get(id=viewer.program_id).zone)
    start = datetime(month.year, month.month, 1, tzinfo=zone)
    end = (start + timedelta(days=32)).replace(day=1)
    rows = Move.objects.filter(program_id=viewer.program_id, at__gte=start, at__lt=end).order_by()
    kits, doses = _net(rows)
    reversals = Reversal.objects.filter(program_id=viewer.program_id, month=start.date())
    outcomes: defaultdict[str, int] = defaultdict(int)
    for outcome, count in reversals.values_list("outcome").annotate(Sum("kits")):
        outcomes[outcome] += count
    taught = Training.objects.filter(program_id=viewer.program_id, at__gte=start, at__lt=end)
    return KitCounts(
        kits=sum(kits.values()), doses=doses, by_recipient=kits, reversals=sum(outcomes.values()),
        outcomes=dict(outcomes), called=reversals.filter(called="yes").aggregate(n=Sum("kits"))["n"] or 0,
        trained=taught.aggregate(n=Sum("people"))["n"] or 0,
        strips=_handed(rows, STRIPS), syringes_out=_handed(rows, [SYRINGES]), syringes_back=_sum(rows, [SYRINGES], "collected"),
    )  # fmt: skip


def _net(rows: QuerySet[Move]) -> tuple[dict[str, int], int]:
    """Kits by who received them, and doses; what was taken back at once was never given."""
    kits: defaultdict[str, int] = defaultdict(int)
    doses = 0
    given = rows.filter(product__in=REVERSAL, kind__in=("given", "returned")).exclude(recipient="")
    groups = given.values_list("kind", "recipient", "lot__doses").annotate(Sum("amount"))
    for kind, recipient, in_a_kit, count in groups:
        sign = 1 if kind == "given" else -1
        kits[recipient] += sign * count
        doses += sign * count * (in_a_kit or DOSES_IN_A_KIT)
    return dict(kits), doses


def _handed(rows: QuerySet[Move], products: Collection[str]) -> int:
    return _sum(rows, products, "given") - _sum(rows.exclude(recipient=""), products, "returned")


def _sum(rows: QuerySet[Move], products: Collection[str], kind: str) -> int:
    return rows.filter(product__in=products, kind=kind).aggregate(n=Sum("amount"))["n"] or 0


def codes_for(viewer: Actor) -> list[KitCode]:
    """The sheets of labels of the viewer's program, newest first."""
    rows = KitCode.objects.filter(program_id=viewer.program_id).select_related("lot__agency")
    return list(rows.order_by("-made_at")[:50])


def code_for(viewer: Actor, code_id: UUID) -> KitCode | None:
    """One sheet of labels of the viewer's program."""
    return KitCode.objects.filter(program_id=viewer.program_id, id=code_id).select_related("lot__agency").first()


def lots_for(viewer: Actor, today: date) -> list[Lot]:
    """The lots of the viewer's program that are not expired, soonest expiry first."""
    rows = Lot.objects.filter(agency__program_id=viewer.program_id, expires_on__gte=today).select_related("agency")
    return list(rows.order_by("expires_on"))


def code_written(viewer: Actor, code_hash: str) -> KitCode | None:
    """The sheet of the viewer's program that a code on a kit belongs to, by the hash of what was typed."""
    rows = KitCode.objects.filter(program_id=viewer.program_id, code_hash=code_hash)
    return rows.select_related("lot__agency").first()
