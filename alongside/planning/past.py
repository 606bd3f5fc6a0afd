"""What a what-if starts from: the site's own past contacts as plain numbers, and its values of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from alongside.accounts.queries import program_of
from alongside.cases.models import Assignment
from alongside.cases.queries import arrivals_for, tried_in_time_for
from alongside.cases.rules import LEAD_HOURS
from alongside.common.actor import Actor
from alongside.common.decision import YES, Decision
from alongside.planning.whatif import FEWEST, REACHED, Arrival, Setting
from alongside.visits.models import Attempt
from alongside.visits.rules import REMOTE

DAYS = 364  # whole weeks
FEWEST_VISITS = 50
LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Past:
    """Contacts of at most a year's whole weeks, in days from the first Monday, and how many weeks those are."""

    arrivals: tuple[Arrival, ...]
    weeks: int

    @property
    def enough(self) -> Decision:
        """Whether there is anything to simulate from."""
        if len(self.arrivals) >= FEWEST:
            return YES
        return Decision.no(f"Fewer than {FEWEST} contacts in the last year: too few to try anything on.")


def past_of(viewer: Actor, now: datetime) -> Past:
    """The contacts of the last 52 weeks: when, how long until the program knew, and what its reasons count."""
    zone = ZoneInfo(program_of(viewer).zone)
    found = arrivals_for(viewer, now - timedelta(days=DAYS))
    if not found:
        return Past((), 0)
    day = timedelta(days=1)
    first, last = (_monday(moment.astimezone(zone)) for moment in (found[0][0], now))
    arrivals = (
        Arrival((event.astimezone(zone).replace(tzinfo=None) - first) / day, max((opened - event) / day, 0.0),
                sum(LEAD_HOURS.get(code, 0) for code in reasons))
        for event, opened, reasons in found
    )  # fmt: skip
    weeks = (last - first).days // 7  # this week is not over: half a week would count as a quiet one
    return Past(tuple(one for one in arrivals if one.at < 7 * weeks), weeks)


def _monday(moment: datetime) -> datetime:
    """The midnight before the Monday of a moment, as the clock on the wall had it."""
    return datetime.combine(moment.date() - timedelta(days=moment.weekday()), time.min)


def today_of(viewer: Actor, now: datetime) -> tuple[Setting, bool]:
    """The values of today, and whether the chance to find somebody is the site's own (from fifty visits on)."""
    program = program_of(viewer)
    teams = Assignment.objects.filter(case__program_id=viewer.program_id, ended_at=None, expires_at__gt=now)
    pairs = teams.values("officer_id", "coach_id").distinct().count()
    visits = Attempt.objects.filter(case__program_id=viewer.program_id, at__gt=now - timedelta(days=DAYS))
    visits = visits.exclude(channel__in=REMOTE).exclude(result="called_off")
    counts = visits.aggregate(all=Count("id"), reached=Count("id", filter=Q(result="reached")))
    own = counts["all"] >= FEWEST_VISITS
    reached = min(max(counts["reached"] / counts["all"], 0.01), 0.95) if own else REACHED
    setting = Setting(max(pairs, 1), policy=program.queue_policy, tries=min(program.attempt_cap, 5), reached=reached)
    return setting, own


def in_time_lately(viewer: Actor, now: datetime) -> tuple[int, int]:
    """What really happened: of how many of the last 90 days the 72 hours are over, and how many were tried within them."""
    return tried_in_time_for(viewer, now - LATELY, now)
