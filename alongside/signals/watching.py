"""The worker's duty, and the command: read the counts, look at them outside any transaction, keep what was found."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.accounts.queries import program_of
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.walls import acting
from alongside.signals.actions import keep_look
from alongside.signals.looking import Looked, look
from alongside.signals.models import Signal
from alongside.signals.queries import bars_for, budget_for, looked_at, site_for


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look found, and which of it is new."""

    looked: Looked
    new: list[Signal]


def watch(*, by: Actor) -> Watched:
    """Look at a program's counts now; lays its own walls. Safe to repeat: what is known is not raised again."""
    moment = clock()
    with acting(by.program_id):
        site, budget = site_for(by, moment), budget_for(by)
        bars, since = bars_for(by, day_in(program_of(by).zone, moment)), looked_at(by)
    looked = look(site, moment, bars, since)
    with acting(by.program_id):
        return Watched(looked, keep_look(looked, budget, moment, by=by))
