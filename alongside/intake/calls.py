"""What a call file says: a call that qualifies, a further row of one, a row that was rejected."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from alongside.intake.profiles import folded

GRAVEST_FIRST = ("fatal", "non_fatal", "unknown")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that qualifies; `key` is its identity in clear, only ever hashed by the caller and never stored."""

    key: str
    kind: str
    occurred_at: datetime
    time_known: bool
    town: str
    place: str
    outcome: str
    naloxone_doses: int | None
    naloxone_by: tuple[str, ...]
    substances: tuple[str, ...]
    row: int


@dataclass(frozen=True, slots=True)
class Further:
    """A further row of a call that already began at `first_row`."""

    row: int
    first_row: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, and the sentence that says why."""

    row: int
    reason: str


type Outcome = Call | Further | Rejected


def merge(parts: Iterable[tuple[Call, str]]) -> Call:
    """One call out of its rows with their naloxone administrations, whatever order the rows came in."""
    rows = list(parts)
    if len(rows) == 1:
        return rows[0][0]
    calls = [call for call, _ in rows]
    first = min(calls, key=lambda c: (not c.time_known, c.occurred_at, c.kind, c.town, c.place))
    doses: dict[str, int] = {}
    for call, administration in rows:
        if call.naloxone_doses is not None:
            doses[administration] = max(call.naloxone_doses, doses.get(administration, 0))
    return replace(
        first,
        row=min(call.row for call in calls),
        outcome=min((call.outcome for call in calls), key=GRAVEST_FIRST.index),
        naloxone_doses=sum(doses.values()) if doses else None,
        naloxone_by=tuple(sorted({by for call in calls for by in call.naloxone_by})),
        substances=tuple(sorted({substance for call in calls for substance in call.substances})),
    )


def same_event(calls: Iterable[Call], *, within_minutes: int = 10) -> list[tuple[Call, Call]]:
    """Pairs of different calls that may be one event: the same kind, town and known place within the given minutes."""
    by_place: defaultdict[tuple[str, str, str], dict[str, Call]] = defaultdict(dict)
    for call in calls:
        if call.place and call.time_known:
            by_place[call.kind, folded(call.town), folded(call.place)].setdefault(call.key, call)
    gap = timedelta(minutes=within_minutes)
    pairs = (
        pair
        for there in by_place.values()
        for pair in pairwise(sorted(there.values(), key=lambda c: (c.occurred_at, c.key)))
    )
    return [(one, other) for one, other in pairs if other.occurred_at - one.occurred_at <= gap]
