"""Printing a period for the first time, and correcting it; reading it again is reading the ledger."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from alongside.accounts.queries import program_of
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.walls import acting
from alongside.measures.queries import has_happened
from alongside.measures.rules import Period, settled_on
from alongside.measures.sheets import EDITION, printed_from, sheet_for
from alongside.measures.shown import Printed
from alongside.suppression.actions import release, restate
from alongside.suppression.queries import release_for
from alongside.suppression.rules import Edition


@transaction.atomic
def print_period(period: Period, now: datetime, *, by: Actor) -> Printed:
    """A period that is over, as it was printed; the first to ask prints it, and from then on it stands."""
    edition = Edition(EDITION, period.code)
    found = release_for(by, edition.name, edition.period)
    return printed_from(found or release(edition, sheet_for(by, period, now), now, by=by))


def print_settled(*, by: Actor) -> None:
    """Print ahead what is over and settled, so that the first click reads the ledger; a period in which nothing happened waits.

    The worker's duty: lays its own walls, one transaction for each period.
    """
    moment = clock()
    with acting(by.program_id):
        today = day_in(program_of(by).zone, moment)
    for period in settled_on(today, settings.REPORTS_SETTLE_DAYS):
        with acting(by.program_id):
            if release_for(by, EDITION, period.code) is None and has_happened(by, period):
                print_period(period, moment, by=by)


@transaction.atomic
def correct_period(period: Period, reason: str, now: datetime, *, by: Actor) -> Printed:
    """A later version of a printed period, with what was entered since, and why."""
    return printed_from(restate(Edition(EDITION, period.code), sheet_for(by, period, now), reason, now, by=by))
