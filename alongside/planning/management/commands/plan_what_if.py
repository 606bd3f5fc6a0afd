"""`alongside plan what-if --teams 2`: a year tried on the site's own past weeks. A what-if, not a forecast."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.queries import the_program
from alongside.accounts.rules import QUEUE_POLICIES
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.planning.past import past_of, today_of
from alongside.planning.whatif import YEARS, Range, Setting, ranges_of, years

NUMBERS = {"teams": (int, 1, 50), "shift_hours": (float, 1, 12), "days": (int, 1, 7), "minutes": (int, 10, 180)}
WORDS = {
    "averted": "overdoses averted, of those that visits could avert", "in_time": "visited in time", "reached": "found at all",
    "plain_in_time": "visited in time, of those without a reason", "wait": "days to the first visit, the middle one",
    "plain_wait": "the same, for those without a reason",
}  # fmt: skip


class Command(BaseCommand):
    """Prints what is tried beside how it is today, each measure with its range."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and this has none
    help = "Try teams, hours, a clock or an order on the site's own past weeks. A what-if, not a forecast."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is tried; whatever is not given stays as it is today."""
        for name, (kind, least, most) in NUMBERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"{least} to {most}")
        parser.add_argument("--clock-hours", type=int, choices=[24, 48, 72])
        parser.add_argument("--policy", choices=sorted(QUEUE_POLICIES))
        parser.add_argument("--program", default="", help="needed only when there are several programs")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate and print; nothing is kept."""
        try:
            viewer, moment = Actor.system(the_program(options["program"]).id), now()
            past = past_of(viewer, moment)
            past.enough.require()
        except Refused as refused:
            raise CommandError(refused.reason) from None
        today, _ = today_of(viewer, moment)
        given = {name: options[name] for name in (*NUMBERS, "clock_hours", "policy") if options[name] is not None}
        for name, (_, least, most) in NUMBERS.items():
            if not least <= given.get(name, least) <= most:
                raise CommandError(f"--{name.replace('_', '-')} is a number from {least} to {most}.")
        settings = (today, replace(today, **given))
        found = dict(zip(("today", "tried"), map(ranges_of, years(past.arrivals, past.weeks, settings)), strict=True))
        self.stdout.write(_json(settings, found) if options["json"] else _words(settings, found, len(past.arrivals)))


def _json(settings: tuple[Setting, Setting], found: Any) -> str:
    return json.dumps({
        "kind": "a what-if, not a forecast", "years": YEARS, "today": asdict(settings[0]), "tried": asdict(settings[1]),
        "found": {name: {key: asdict(value) for key, value in one.items()} for name, one in found.items()},
    })  # fmt: skip


def _words(settings: tuple[Setting, Setting], found: Any, contacts: int) -> str:
    lines = [f"A what-if, not a forecast: {YEARS} simulated years from {contacts:,} contacts of the last year."]
    for name, setting in zip(found, settings, strict=True):
        lines.append(f"{name}: {setting.teams} × {setting.shift_hours:g} h, {setting.days} days a week, {setting.policy}")
        lines += [f"  {_range(value, key)}  {WORDS[key]}" for key, value in found[name].items()]
    return "\n".join(lines)


def _range(found: Range, name: str) -> str:
    factor = 1 if name.endswith("wait") else 100
    middle, low, high = (f"{value * factor:.1f}" for value in (found.middle, found.low, found.high))
    return f"{middle:>5} ({low} to {high}){' %' if factor == 100 else '  '}"
