"""How often the promise was put to the test, program by program; counts alone, so there is no viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.walls import acting
from alongside.common.words import band
from alongside.legal.queries import QuarterCount, missing_months
from alongside.legal.queries import quarterly_counts as legal_counts
from alongside.review.queries import quarterly_counts as look_counts


@dataclass(frozen=True, slots=True)
class Looks:
    """One quarter's openings in danger, those not justified, and denied look-ups by police, as the public reads them."""

    name: str
    uses: str
    unjustified: str
    denied: str


@dataclass(frozen=True, slots=True)
class Tested:
    """One program's last quarters, and the months of the last year whose statement nobody, or only one, signed."""

    program: Program
    legal: list[QuarterCount]
    looks: list[Looks]
    missing: list[date]


def how_it_went(now: datetime) -> list[Tested]:
    """The last four quarters of every program, newest first."""
    return [_tested(program, now) for program in Program.objects.order_by("name")]


def _tested(program: Program, now: datetime) -> Tested:
    with acting(program.id):  # nobody is signed in here, so the database must be told whose counts to read
        looks = look_counts(Actor.system(program.id), program.zone, now, quarters=4)
        today = day_in(program.zone, now)
        legal, missing = legal_counts(program, today, quarters=4), missing_months(program, today)
    return Tested(
        program,
        legal,
        [Looks(row.name, band(row.uses), band(row.unjustified), band(row.denied)) for row in looks],
        missing,
    )


def whom_to_write_to() -> list[Program]:
    """Every program with its contact for complaints."""
    return list(Program.objects.order_by("name"))
