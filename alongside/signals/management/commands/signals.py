"""`alongside signals`: look now, print what is raised and what is quiet."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.signals.queries import ShownReading, ShownSignal, budget_for, readings_for, signals_for
from alongside.signals.rules import BUDGET_WORDS
from alongside.signals.watching import watch


class Command(BaseCommand):
    """Counts under the program's smallest cell are not printed, as on the pages."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and a look has none
    help = "Look at the counts now, raise what is more than chance brings, and print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which program, and in which form."""
        parser.add_argument("--program", default="", help="needed only when there are several programs")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, keep, print."""
        try:
            by = Actor.system(the_program(options["program"]).id)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        watched = watch(by=by)
        raised, _before = signals_for(by, now())
        readings = readings_for(by)
        if options["json"]:
            found = {
                "budget": budget_for(by), "new": len(watched.new), "raised": [_plain(one) for one in raised],
                "quiet": sum(not one.raised for one in readings), "looked_at": len(readings),
                "days_of_counts_missing": watched.looked.waits,
            }  # fmt: skip
            self.stdout.write(json.dumps(found))
            return
        self._print(raised, readings, watched.looked.waits, len(watched.new), by)

    def _print(
        self, raised: list[ShownSignal], readings: list[ShownReading], waits: dict[str, int], new: int, by: Actor
    ) -> None:
        self.stdout.write(f"Budget: {BUDGET_WORDS[budget_for(by)]}. {len(raised)} raised, {new} of them new.")
        for one in raised:
            plain = _plain(one)
            count = "few" if one.count is None else f"{one.count}{'' if one.exact else ' or more'}"
            self.stdout.write(
                f"  {', '.join(plain['towns'])}: {count} instead of {one.usual or 'almost none'}, "
                f"{one.starts_at:%Y-%m-%d} to {one.last_at:%Y-%m-%d}; by chance once in {plain['by_chance']}"
            )
        self.stdout.write(f"{sum(not one.raised for one in readings)} of {len(readings)} readings are quiet.")
        for way, days in waits.items():
            self.stdout.write(f"By the {way}: {days} more days of counts are needed.")


def _plain(one: ShownSignal) -> dict[str, Any]:
    return {
        "towns": one.towns or ["all towns together"], "from": one.starts_at.isoformat(), "to": one.last_at.isoformat(),
        "count": one.count, "exact": one.exact, "usual": one.usual, "new": one.is_new,
        "by_chance": f"{one.years} years" if one.years > 1 else "a year" if one.years else "less than a year",
    }  # fmt: skip
