"""`alongside evaluate FILE --start 2023-07`: what a table of months says, in sentences. It keeps nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.common.decision import Refused
from alongside.evaluation.fitting import effect_of
from alongside.evaluation.forms import MOST_BYTES
from alongside.evaluation.rules import may_judge, month_of, read_series
from alongside.evaluation.words import paragraph, title_of


class Command(BaseCommand):
    """The same judgement as on the page “Does it help?”, of a file; too few months are said, and are no error."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and a file has none
    help = "Judge monthly counts (columns month, count and, if there is one, comparison) before and since outreach began."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The table and the first month of outreach."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--start", required=True, help="the first month of outreach, as 2023-07")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, judge, print."""
        start = month_of(options["start"])
        if start is None:
            raise CommandError("Write the first month of outreach as 2023-07.")
        try:
            with options["file"].open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
            if len(raw) > MOST_BYTES:
                raise CommandError("The table is too large: at most 100 kB.")
            series = read_series(raw.decode("utf-8-sig"))
        except OSError:
            raise CommandError("The file cannot be read.") from None
        except UnicodeDecodeError:
            raise CommandError("The table is no plain text (UTF-8).") from None
        except Refused as refused:
            raise CommandError(refused.reason) from None
        try:
            may_judge(series, start).require()
            effect = effect_of(series, start)
            sentences = [title_of(effect), *paragraph(effect, compared=bool(series.comparison), own=False)]
        except Refused as refused:
            effect, sentences = None, [refused.reason]
        if not options["json"]:
            self.stdout.write("\n".join(sentences))
            return
        numbers = {"factor": effect.factor, "low": effect.low, "high": effect.high, "verdict": effect.verdict} if effect else {}
        self.stdout.write(json.dumps({"told": bool(effect), **numbers, "sentences": sentences}))
