"""The stock as a pure fold over lines: the same lines give the same stock, in whatever order and however often they came.

Phones bring lines days late and twice. So nothing is stored as a balance: lines are put in the order of what happened
(then of their ids), each id once, and added up. A balance never goes below nought: what was missing becomes a named
correction, which stays on the page until a count or a late receipt explains it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from alongside.naloxone.rules import NOT_SAID, REVERSAL

Key = tuple[UUID | None, str, UUID | None]
"""Place, product and lot; what has no lot (a box of strips) has None."""

INTO = frozenset({"received", "returned"})
OUT = frozenset({"given", "issued", "moved", "expired", "lost"})
BETWEEN = frozenset({"issued", "moved"})
# No stock is touched by what is collected for disposal, or by the news that a kit in somebody's hands was used.


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as a phone sends it: `id` is made there, `at` is when it happened there."""

    id: UUID
    at: datetime
    kind: str
    product: str
    amount: int
    place: UUID | None
    lot: UUID | None = None
    to_place: UUID | None = None
    recipient: str = ""
    person: UUID | None = None
    by: UUID | None = None
    expires_on: date | None = None

    @property
    def key(self) -> Key:
        """Whose balance it moves."""
        return (self.place, self.product, self.lot)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the books cannot explain: `amount` put on (or, below nought, taken off) so that the line could be true.

    `why` is "short" (more went out than had come in) or "count" (a count found another number).
    """

    line: Line
    why: str
    amount: int


@dataclass(slots=True)
class Stock:
    """What is left of each key, never below nought, and every correction it took."""

    left: dict[Key, int] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    counts: list[Line] = field(default_factory=list)
    expires: dict[UUID | None, date | None] = field(default_factory=dict)

    def unexplained(self) -> list[Correction]:
        """The shortfalls since the last count of their product at their place, newest first."""
        counted: dict[tuple[UUID | None, str], tuple[datetime, UUID]] = {}
        for line in self.counts:
            for product in (line.product, *([NOT_SAID] if line.product in REVERSAL else [])):
                counted[line.place, product] = (line.at, line.id)
        found = [
            one for one in self.corrections
            if one.why == "short"
            and (one.line.at, one.line.id) > counted.get((one.line.place, one.line.product), (one.line.at, UUID(int=0)))
        ]  # fmt: skip
        return found[::-1]


def part_id(draft: UUID, number: int) -> UUID:
    """The id of one part of what was sent as one: the first is the draft's own, so that sending twice makes nothing new."""
    return uuid5(draft, str(number)) if number else draft


def undo_id(move: UUID) -> UUID:
    """The id of the line that takes another back: there can be only one."""
    return uuid5(move, "taken back")


def fold(lines: Iterable[Line]) -> Stock:
    """The stock after all lines, whatever order they came in and however often each came."""
    stock = Stock()
    left: defaultdict[Key, int] = defaultdict(int)
    at_place: defaultdict[UUID | None, set[Key]] = defaultdict(set)
    for line in sorted(_that_stand(lines), key=lambda line: (line.at, line.id)):
        stock.expires.setdefault(line.lot, line.expires_on)
        if line.kind == "counted":
            _count(line, left, stock)
        elif line.kind in INTO:
            left[line.key] += line.amount
        elif line.kind in OUT:
            for key, amount in _drawn(line, left, at_place[line.place], stock):
                if line.kind in BETWEEN:
                    there = (line.to_place, *key[1:])
                    left[there] += amount
                    at_place[line.to_place].add(there)
        at_place[line.place].add(line.key)
    stock.left = dict(left)
    return stock


def _that_stand(lines: Iterable[Line]) -> list[Line]:
    """Each line once, but for a slip and the line that took it back: they never happened."""
    once = {line.id: line for line in lines}
    for slip in [line.id for line in once.values() if line.kind == "given" and undo_id(line.id) in once]:
        del once[slip], once[undo_id(slip)]
    return list(once.values())


def _count(line: Line, left: defaultdict[Key, int], stock: Stock) -> None:
    difference = line.amount - left[line.key]
    stock.counts.append(line)
    if difference:
        stock.corrections.append(Correction(line, "count", difference))
    left[line.key] = line.amount


def _drawn(line: Line, left: defaultdict[Key, int], here: set[Key], stock: Stock) -> list[tuple[Key, int]]:
    """Take a line's amount from its own lot; a line without one takes of what fits, soonest expiry first."""
    missing, parts = line.amount, []
    for key in [line.key] if line.lot else _fitting(line, left, here, stock):
        taken = min(missing, left[key])
        if taken:
            left[key] -= taken
            missing -= taken
            parts.append((key, taken))
    if missing:
        stock.corrections.append(Correction(line, "short", missing))
        parts.append((line.key, missing))
    return parts


def _fitting(line: Line, left: defaultdict[Key, int], here: set[Key], stock: Stock) -> list[Key]:
    found = []
    for key in here:
        _, product, lot = key
        expires = stock.expires.get(lot) or date.max
        fits = product == line.product or (line.product == NOT_SAID and product in REVERSAL)
        if fits and left[key] > 0 and (expires >= line.at.date() or line.kind == "expired"):
            found.append((lot is not None, expires, product, str(lot), key))
    return [entry[-1] for entry in sorted(found)]
