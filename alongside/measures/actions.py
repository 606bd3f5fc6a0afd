"""Printing a period for the first time, and correcting it; reading it again is reading the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from alongside.common.actor import Actor
from alongside.measures.rules import Period
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


@transaction.atomic
def correct_period(period: Period, reason: str, now: datetime, *, by: Actor) -> Printed:
    """A later version of a printed period, with what was entered since, and why."""
    return printed_from(restate(Edition(EDITION, period.code), sheet_for(by, period, now), reason, now, by=by))
