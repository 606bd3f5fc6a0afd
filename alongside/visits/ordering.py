"""Which partner is asked first, and why: who has room, who is open, who fits, who is near. Nothing about the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from alongside.services.needs import BED_KINDS
from alongside.services.rules import NEEDS

# How sure a count of free beds is (`fresh`, `grey`, `ask`), and how open a service is, best first.
_AGES = {"fresh": 0, "grey": 1, "ask": 2}
_OPEN = {"now": 0, "tonight": 1, "unknown": 2, "closed": 3}
_NO_ROOM = 3
# A tap on one of these may carry along the ride to it.
STAYS = BED_KINDS
# These go their own way: a kit is handed over, a card is given, a ride is asked of whoever drives.
NOT_ASKED = frozenset({"naloxone", "syringe_services", "ride"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One partner that may be asked: the beds it has left and how old that count is, how open it is, and how far."""

    agency_id: UUID
    name: str
    left: int | None = None
    age: str = "ask"
    open: str = "unknown"
    km: float | None = None
    fits: int = 0


def room(candidate: Candidate) -> int:
    """How likely a bed is there: a fresh count, an older one, nobody knows, and last who said that there is none."""
    if candidate.left is None or candidate.age not in ("fresh", "grey"):
        return _AGES["ask"]
    return _AGES[candidate.age] if candidate.left > 0 else _NO_ROOM


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Whom to ask first: who has room, then who is open, who fits best, who is nearest; the same for the same facts."""

    def place(one: Candidate) -> tuple[int, int, int, float, str, str]:
        far = one.km if one.km is not None else float("inf")
        return room(one), _OPEN.get(one.open, 2), -one.fits, far, one.name, str(one.agency_id)

    return sorted(candidates, key=place)


def worth_asking(candidates: Iterable[Candidate], most: int) -> list[Candidate]:
    """The first few to ask; who just said “no bed” is asked only when nobody else is there."""
    ordered = in_order(candidates)
    with_room = [one for one in ordered if room(one) != _NO_ROOM]
    return (with_room or ordered)[: max(0, most)]


@dataclass(frozen=True, slots=True)
class Taps:
    """What was tapped, as needs of the list in its order, and for which of them somebody is to be driven there."""

    codes: tuple[str, ...]
    rides_to: frozenset[str]


def read_taps(wants: Iterable[str], rides_to: Iterable[str]) -> Taps:
    """Each need once. “With a ride” means the stay too; “a ride” tapped beside a stay is the ride to it, not a second wish."""
    wanted, riding = {*wants, *rides_to}, set(rides_to)
    stays = [code for code in STAYS if code in wanted]
    if "ride" in wanted and stays:
        wanted.discard("ride")
        riding = riding or {stays[0]}
    return Taps(tuple(code for code in NEEDS if code in wanted), frozenset(riding & wanted))
