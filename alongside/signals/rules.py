"""What a signal says: when two findings are one event, how sure it is in words, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alongside.common.decision import YES, Decision
from alongside.signals.budget import BUDGETS
from alongside.suppression.rules import may_show

LOOKS = {"hours": "hours", "days": "days", "weeks": "weeks"}
BUDGET_WORDS = {
    "year": "one false alarm a year",
    "half": "one false alarm in half a year",
    "quarter": "one false alarm a quarter",
    "month": "one false alarm a month",
}
# What to do first; the field's own advice for a spike, shortest first.
STEPS = (
    "Look at the newest calls: the same event twice, or a wrong town, is the commonest cause.",
    "Call those who went: one place, one batch, several at once? What did people take, as far as they say?",
    "Bring naloxone and test strips to where it happened, and tell the syringe services, shelters and detox nearby.",
    "Tell people on the street plainly: something stronger is around, do not use alone, carry two kits.",
    "Go to the newest cases first, and ask the health department whether the towns around see the same.",
)
APART = timedelta(days=3)
RAISED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """When something was so, and in which towns; no town means all of them together."""

    starts_at: datetime
    ends_at: datetime
    towns: frozenset[object]


def one_event(one: Span, other: Span) -> bool:
    """Whether two findings tell of one event: less than three days apart, with a town in common or one of all towns."""
    near = one.starts_at - APART <= other.ends_at and other.starts_at - APART <= one.ends_at
    return near and (not one.towns or not other.towns or bool(one.towns & other.towns))


def years_between(days: float) -> int:
    """So many days as whole years to be said aloud, down: 1, 2, 5, 10, 20, 50 or 100; 0 below a year."""
    years = days / 365.25
    return max((step for step in (1, 2, 5, 10, 20, 50, 100) if step <= years + 0.01), default=0)


def may_set(budget: str) -> Decision:
    """Whether a budget is one of those there are."""
    return YES if budget in BUDGETS else Decision.no("Choose one of the budgets.")


def may_draw(counts: Iterable[int], smallest: int) -> bool:
    """Whether a series of counts may be drawn: none of them is small, by the rule of the reports (`Program.min_cell`)."""
    return all(may_show(count, smallest) for count in counts)


def band(count: int, smallest: int) -> int | None:
    """“So many or more”, in steps wide enough that one event more is rarely seen; None when it is small."""
    return max((step for step in (smallest, 20, 50, 100, 200, 500) if smallest <= step <= count), default=None)


def said(number: float) -> str:
    """A mean to be said aloud: whole from ten on, else with one place; below a tenth it is not told."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 0.1 else ""
