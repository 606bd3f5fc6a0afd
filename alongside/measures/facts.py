"""The dated facts of a period as plain values: keys, moments and codes, nobody's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class CaseFact:
    """One case: hours from its event to what came first after it (None: not yet), and whose home it is by town."""

    home: str
    unhoused: bool
    tried: float | None
    reached: float | None
    loved_one: float | None
    phoned: float | None
    visited: float | None
    waived: bool


@dataclass(frozen=True, slots=True)
class EventFact:
    """One incident: who (None: nobody yet), where, what, how it ended, hours to its entry where the time is known."""

    person: Any
    town: str
    kind: str
    outcome: str
    at: datetime
    entry: float | None
    naloxone: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class NeedFact:
    """One need of a case, and how far it came."""

    case: Any
    code: str
    sent: bool
    connected: bool


@dataclass(slots=True)
class Facts:
    """All that is counted of one period; every mapping is by code, every month a code like “2026-05”."""

    months: tuple[str, ...]
    period: str
    towns: tuple[str, ...]
    events: Sequence[EventFact] = ()
    # For everybody with an overdose in the period: all moments of overdoses, from the first of the period on.
    overdoses: Mapping[Any, Sequence[datetime]] = field(default_factory=dict)
    cases: Mapping[Any, CaseFact] = field(default_factory=dict)
    needs: Sequence[NeedFact] = ()
    # For everybody connected to a service in the period: when, and the moments at which they were reached after it.
    linked: Mapping[Any, tuple[datetime, Sequence[datetime]]] = field(default_factory=dict)
    # Plain sums: what is counted by how many there are, with the places that it is printed by.
    sums: Mapping[str, Mapping[tuple[tuple[str, str], ...], int]] = field(default_factory=dict)
    # How many days after the period everything had been entered by then.
    followed_days: int = 0
    # What this program keeps at all: of the rest a zero would say something that nobody knows.
    collected: frozenset[str] = frozenset()
