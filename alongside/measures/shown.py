"""A printed period as pages, files and pictures read it: a number, or the one word for why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alongside.measures.definitions import MEASURES, Measure
from alongside.measures.rules import Period, percent
from alongside.suppression.rules import Count, Where, count

HIDDEN, NOT_COLLECTED, NOT_YET, NONE, TOO_FEW, NUMBER = "hidden", "not_collected", "not_yet", "none", "too_few", "number"


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a report; `kind` says why there is none. A share has its two counts."""

    kind: str
    number: float | None = None
    part: int | None = None
    whole: int | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """One period as it may be printed. Everything that shows numbers of a period reads them here.

    Two are equal when they say the same, whenever each was read.
    """

    period: Period
    is_over: bool
    as_of: datetime = field(compare=False)
    threshold: int
    counts: Mapping[tuple[str, Where], int | None]
    figures: Mapping[str, float]
    notes: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    reason: str = ""

    def number(self, of: str, **where: str | Sequence[str]) -> int | None:
        """A printed count by its code, without the period; None when it is hidden or was never counted."""
        code = f"{of}{self.period.code}" if of.endswith("@") else of
        return self.counts.get(count(code, None, month=self.period.months, **where).key)

    def has(self, of: str) -> bool:
        """Whether this was counted at all."""
        code = f"{of}{self.period.code}" if of.endswith("@") else of
        return count(code, None, month=self.period.months).key in self.counts

    def value(self, code: str) -> Value:
        """The value of a measure."""
        measure = MEASURES[code]
        if measure.source and measure.source not in self.notes["collected"]:
            return Value(NOT_COLLECTED)
        if not self.has(measure.of):
            return Value(NOT_YET if measure.of.endswith("@") else NOT_COLLECTED)
        number = self.number(measure.of)
        if measure.unit == "percent":
            return self._share(measure, number)
        if measure.unit == "hours":
            found = self.figures.get(measure.of)
            return Value(NONE if number == 0 else HIDDEN) if found is None else Value(NUMBER, found)
        return Value(HIDDEN) if number is None else Value(NUMBER, number)

    def _share(self, measure: Measure, part: int | None) -> Value:
        whole = self.number(measure.out_of)
        share = percent(part, whole)
        kind = NONE if whole == 0 else HIDDEN if part is None or whole is None else TOO_FEW if share is None else NUMBER
        return Value(kind, share, part, whole)

    def places(self, of: str, *dims: str) -> list[tuple[tuple[tuple[str, ...], ...], int | None]]:
        """The rows of a table: for each place among some dimensions (their values, in order) its number."""
        found = []
        for (code, where), number in self.counts.items():
            named = dict(where)
            if code == of and set(named) == {"month", *dims} and named["month"] == tuple(sorted(self.period.months)):
                found.append((tuple(named[name] for name in dims), number))
        return found


def printed_of(period: Period, counts: Sequence[Count], **rest: Any) -> Printed:
    """A printed period out of its counts."""
    return Printed(period=period, counts={one.key: one.value for one in counts}, **rest)
