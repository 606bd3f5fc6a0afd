"""What a count is here, which counts are small, and when a hidden one is hidden well enough.

The bar is the one of the federal health payers (CMS cell size policy, 26 January 2024): no count of 1 to 10 is printed,
and none can be worked out from other printed ones. How that is looked at is the audit of the Federal Committee on
Statistical Methodology (Statistical Policy Working Paper 22, revised 2005, chapter 4): a linear program for the least and
the largest value that every hidden count could have, given all that was ever printed. The standard kept here:

* a printed count is 0 or at least the threshold;
* of a hidden count at least `threshold` values stay possible, one of them no small one, so nobody can say that it is small;
* the same holds for what nobody printed but a reader could subtract (May is the quarter less April and June; the cases
  nobody tried are the cases less those tried).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from alongside.common.decision import YES, Decision

THRESHOLD = 11
MONTH = "month"
"""The dimension by which a count says of when it speaks; what stands in a ledger names its months."""
NEAR = 1e-6  # what a linear program leaves over when it means zero

REASONS = {
    "late_reports": "reports came late",
    "mistake": "something had been entered wrongly",
    "definition": "a number is defined in another way now",
}
"""Why printed numbers are corrected."""
ZEROS_WITHHELD = "zeros_withheld"
"""The note of a release that withholds zeros as well, so that a hidden number of it may be none."""

Where = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many `of` something there are where each named dimension has one of the given values; None is a hidden number.

    `least` is the smallest that a hidden one may be: 1, since zeros are printed; 0 where a release withholds zeros too.
    """

    of: str
    where: Where
    value: int | None
    least: int = 1

    @property
    def key(self) -> tuple[str, Where]:
        """What is counted and where: two counts with one key are the same number."""
        return self.of, self.where

    @property
    def dims(self) -> frozenset[str]:
        """The dimensions that it names."""
        return frozenset(name for name, _values in self.where)


@dataclass(frozen=True, slots=True)
class Kin:
    """What any reader knows beside the numbers.

    `parts`: what lies within what, piece by piece (cases tried lie within cases). `inside`: the same of whole counts only
    (the people of May are among those of the quarter, but each may stand there for another month). `covers`: what
    together make up something, twice or more allowed (the cases with each need make up the cases with any). `domains`:
    all values of a dimension; a count that does not name the dimension counts all of them. Without a domain there may be
    others. `usual`: parts that lie within something nearly always; where the numbers say otherwise nobody relies on it.
    """

    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    covers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    domains: Mapping[str, Sequence[str]] = field(default_factory=dict)
    usual: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which report of which period, narrowed to what."""

    name: str
    period: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What would be printed: counts with their numbers, and what had been entered by when.

    `kin` says what any reader knows of counts, these and those printed before.
    `figures` are what hangs on a count and is none itself (a middle value, by the code of its count): one is printed where
    the count of the whole program is. `notes` are kept as they are: they hold no numbers of people.
    """

    counts: Sequence[Count]
    kin: Callable[[Iterable[Count]], Kin]
    as_of: datetime
    figures: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


def count(of: str, value: int | None, **where: str | Iterable[str]) -> Count:
    """A count in short: `count("cases", 40, month="2026-05", town=("East", "West"))`."""
    places = {name: (values,) if isinstance(values, str) else tuple(sorted(set(values))) for name, values in where.items()}
    return Count(of, tuple(sorted(places.items())), value)


def may_show(value: int, threshold: int = THRESHOLD) -> bool:
    """Whether a count can be printed by itself: zero, or not small."""
    return value == 0 or value >= threshold


def is_protected(low: float, high: float, threshold: int = THRESHOLD) -> bool:
    """Whether a reader who knows these bounds of a hidden count cannot tell it, nor that it is small."""
    return high - low >= threshold - 1 - NEAR and high >= threshold - NEAR


def is_given_away(low: float, high: float, threshold: int = THRESHOLD) -> bool:
    """Whether bounds of a number nobody printed tell of a few: not surely zero, maybe small, and known too well.

    It is the bar of a hidden count, since a later release may hide one there.
    """
    return high > NEAR and low < threshold - NEAR and not is_protected(low, high, threshold)


def may_restate(reason: str) -> Decision:
    """Whether a correction may be printed: with a reason of the list."""
    return YES if reason in REASONS else Decision.no("Say why the numbers are corrected.")


def hidden_by_change(counts: Iterable[Count], before: Mapping[tuple[str, Where], Count], threshold: int = THRESHOLD,
                     ) -> set[tuple[str, Where]]:  # fmt: skip
    """The counts that a correction hides: both versions side by side would give a few, or tell what was hidden at first."""
    changed = set()
    for one in counts:
        old = before.get(one.key)
        if old is not None and (old.value is None or not may_show(abs((one.value or 0) - old.value), threshold)):
            changed.add(one.key)
    return changed


def as_plain(counts: Iterable[Count]) -> list[list[Any]]:
    """Counts as the ledger keeps them: [of, {dimension: [values]}, value or null], and a fourth, true, of a hidden one that
    may be zero."""
    return [[one.of, {name: list(values) for name, values in one.where}, one.value,
             *([True] if one.value is None and not one.least else [])] for one in counts]  # fmt: skip


def from_plain(rows: Iterable[Sequence[Any]]) -> list[Count]:
    """Counts out of the ledger."""
    return [replace(count(of, value, **where), least=0 if may_be_none else 1) for of, where, value, *may_be_none in rows]


def months_of(counts: Iterable[Count]) -> set[str]:
    """The months that counts speak of."""
    return {month for one in counts for name, values in one.where if name == MONTH for month in values}
