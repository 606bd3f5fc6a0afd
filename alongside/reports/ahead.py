"""The worker's duty: what is over and settled is printed before anybody asks."""

from __future__ import annotations

from django.conf import settings

from alongside.accounts.queries import program_of
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.walls import acting
from alongside.measures.actions import print_period
from alongside.measures.queries import has_happened
from alongside.measures.rules import settled_on
from alongside.measures.sheets import EDITION
from alongside.suppression.queries import release_for


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
