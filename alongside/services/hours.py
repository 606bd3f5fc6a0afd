"""When a service is open, from its rules of opening hours. Knows no clock; spans are instants, so that clock changes hold.

Recurrence is RFC 5545 as `dateutil.rrule` has it; the plain weekly rule, which almost all are, is answered directly. A time
that the clock skips or repeats is taken as RFC 5545 3.3.5 says: by the offset before the change, the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol

from dateutil.rrule import rrulestr

from alongside.services.hours_text import WEEK, parse

__all__ = ["NIGHT", "Hours", "OpenState", "is_open", "next_change", "occurs_on", "opens_tonight", "parse"]

OpenState = Literal["open", "closed", "unknown"]
Instants = tuple[datetime, datetime]
# When “tonight” begins and ends; before its end it is still last night.
NIGHT = (time(18), time(6))
# How many days ahead the next opening is looked for: a rule of every month has one within them.
LOOK_AHEAD = 35
_FREQUENCIES = frozenset({"WEEKLY", "MONTHLY"})
_DAY = timedelta(days=1)
WEEK_DAYS = frozenset(WEEK)


class Hours(Protocol):
    """What one rule of opening hours says; a `ScheduleRecord` and a stored `Schedule` both do."""

    @property
    def freq(self) -> str: ...
    @property
    def interval(self) -> int: ...
    @property
    def byday(self) -> str: ...
    @property
    def bymonthday(self) -> str: ...
    @property
    def dtstart(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def opens_at(self) -> time | None: ...
    @property
    def closes_at(self) -> time | None: ...


def is_open(schedules: Iterable[Hours], at: datetime) -> OpenState:
    """Whether it is open at a moment, given in the service's local time; prose and days without hours are “unknown”."""
    state: OpenState = "closed"
    known = False
    instant = at.astimezone(UTC)
    for schedule in schedules:
        known = True
        for day in (at.date() - _DAY, at.date()):
            answer = _at(schedule, day, at, instant)
            if answer == "open":
                return "open"
            if answer == "unknown":
                state = "unknown"
    return state if known else "unknown"


def opens_tonight(schedules: Iterable[Hours], at: datetime) -> Instants | None:
    """From when until when it is open in what is left of this night (18:00 to 06:00); None when it is not, or not known."""
    evening = at.date() - _DAY if at.time() < NIGHT[1] else at.date()
    dusk, dawn = _instant(evening, NIGHT[0], at), _instant(evening + _DAY, NIGHT[1], at)
    start = max(dusk, at.astimezone(UTC))
    for opens, closes in _spans(schedules, evening - _DAY, evening + _DAY, at):
        if closes > start and opens < dawn:
            return max(opens, start).astimezone(at.tzinfo), min(closes, dawn).astimezone(at.tzinfo)
    return None


def next_change(schedules: Iterable[Hours], at: datetime) -> datetime | None:
    """When it closes, if it is open, or else opens; None when neither happens within five weeks or something is not known."""
    rules = tuple(schedules)
    state = is_open(rules, at)
    if state == "unknown":
        return None
    instant, days = at.astimezone(UTC), at.date()
    for opens, closes in _spans(rules, days - _DAY, days + LOOK_AHEAD * _DAY, at):
        if closes <= instant:
            continue
        change = closes if opens <= instant else opens
        return None if change - instant > LOOK_AHEAD * _DAY else change.astimezone(at.tzinfo)
    return None


def occurs_on(schedule: Hours, day: date) -> bool | None:
    """Whether the rule falls on the day; None when it does not say."""
    if not _within(day, schedule.valid_from, schedule.valid_to) or not _within(day, schedule.dtstart, schedule.until):
        return False
    if schedule.freq == "WEEKLY" and schedule.interval == 1 and schedule.byday and not schedule.bymonthday:
        days = schedule.byday.split(",")
        return WEEK[day.weekday()] in days if WEEK_DAYS.issuperset(days) else None
    if schedule.freq not in _FREQUENCIES:
        return day == schedule.dtstart if schedule.dtstart else None
    return _recurs_on(schedule, day)


def _recurs_on(schedule: Hours, day: date) -> bool | None:
    start = schedule.dtstart
    if start is None:
        # “Every other” is counted from a day; “the first Tuesday” needs none, its month will do.
        if schedule.interval != 1 or not (schedule.byday or schedule.bymonthday):
            return None
        start = day.replace(day=1)
    words = f"FREQ={schedule.freq};INTERVAL={schedule.interval}"
    words += f";BYDAY={schedule.byday}" * bool(schedule.byday)
    words += f";BYMONTHDAY={schedule.bymonthday}" * bool(schedule.bymonthday)
    moment = datetime.combine(day, time())  # the naive midnights of `rrule`: days, not instants
    try:
        rule = rrulestr(words, dtstart=datetime.combine(start, time()))
    except ValueError:
        return None
    return bool(rule.between(moment, moment, inc=True))


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _at(schedule: Hours, day: date, at: datetime, instant: datetime) -> OpenState:
    """What one rule says of a moment by its opening on one day, which may run past midnight."""
    if schedule.opens_at is None or schedule.closes_at is None:
        return "unknown" if day == at.date() and occurs_on(schedule, day) is not False else "closed"
    if day < at.date() and not _past_midnight(schedule.opens_at, schedule.closes_at):
        return "closed"
    occurs = occurs_on(schedule, day)
    if not occurs:
        return "closed" if occurs is False else "unknown"
    opens, closes = _span(schedule.opens_at, schedule.closes_at, day, at)
    return "open" if opens <= instant < closes else "closed"


def _past_midnight(opens: time, closes: time) -> bool:
    return closes <= opens and closes != time(0)


def _span(opens_at: time, closes_at: time, day: date, at: datetime) -> Instants:
    last = day + _DAY if closes_at <= opens_at else day
    return _instant(day, opens_at, at), _instant(last, closes_at, at)


def _instant(day: date, clock: time, at: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=at.tzinfo).astimezone(UTC)


def _spans(schedules: Iterable[Hours], first: date, last: date, at: datetime) -> Iterator[Instants]:
    """The openings that begin on these days, in their order; those that touch are one."""
    found = [
        _span(rule.opens_at, rule.closes_at, first + count * _DAY, at)
        for rule in schedules
        if rule.opens_at is not None and rule.closes_at is not None
        for count in range((last - first).days + 1)
        if occurs_on(rule, first + count * _DAY)
    ]
    whole: Instants | None = None
    for span in sorted(found):
        if whole is not None and span[0] <= whole[1]:
            whole = (whole[0], max(whole[1], span[1]))
            continue
        if whole is not None:
            yield whole
        whole = span
    if whole is not None:
        yield whole
