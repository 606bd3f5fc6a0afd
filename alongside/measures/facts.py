"""The dated facts of a period as plain values: how many of each kind there are, hours and codes, nobody's name or key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FIELDS = ("time", "place", "naloxone", "end", "substance")
"""What a report of an overdose says, as far as it is kept without sealing."""

Places = Mapping[tuple[tuple[str, str], ...], int]


@dataclass(frozen=True, slots=True)
class EventFact:
    """One kind of incident: where, what, how it ended, and what was known of it (codes of `FIELDS`).

    `entered24` is None without a known time.
    """

    town: str
    kind: str
    outcome: str
    person: bool
    naloxone: bool
    entered24: bool | None
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One kind of case: whose home it is by town, and the codes of the counts that it belongs to."""

    home: str
    unhoused: bool
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class NeedFact:
    """In how many cases something was needed, passed on to a service, and met by one."""

    noted: int
    sent: int
    connected: int


@dataclass(slots=True)
class Facts:
    """All that is counted of one period; every mapping is by code, every month a code like “2026-05”."""

    months: tuple[str, ...]
    period: str
    towns: tuple[str, ...]
    events: Mapping[EventFact, int] = field(default_factory=dict)
    cases: Mapping[CaseFact, int] = field(default_factory=dict)
    # How many different people the events were about.
    people: int = 0
    # For everybody with an overdose in the period: the days from the first one to the next, None where there was none.
    again: Sequence[float | None] = ()
    needs: Mapping[str, NeedFact] = field(default_factory=dict)
    # Of any need, and of any that a service met: in how many cases.
    in_need: NeedFact = NeedFact(0, 0, 0)
    # For everybody connected to a service in the period: after how many days they were reached again, each time.
    linked: Sequence[Sequence[float]] = ()
    # Hours, each of one event or case, by the code of the count that they belong to.
    hours: Mapping[str, Sequence[float]] = field(default_factory=dict)
    # Plain sums: what is counted by how many there are, with the places that it is printed by.
    sums: Mapping[str, Places] = field(default_factory=dict)
    # How many days after the period everything had been entered by then.
    followed_days: int = 0
    # What this program keeps at all: of the rest a zero would say something that nobody knows.
    collected: frozenset[str] = frozenset()
