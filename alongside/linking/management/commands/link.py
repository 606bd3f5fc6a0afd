"""`alongside link`: compares everybody with everybody, learns from it, and asks coordinators about likely pairs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.identity.bulk import settled_pairs
from alongside.identity.shelf import current_name, models_on_disk, take_back
from alongside.linking.actions import Question, ask_about, note_comparison, note_model
from alongside.linking.rules import Pair, groups, to_propose
from alongside.linking.running import Outcome, Plan, alone, compare_all, is_due

ASKED_TOGETHER = 50
MOST_FOR_A_PERSON = 3


@dataclass
class Told:
    """What is said at the end, in numbers: nobody's name."""

    people: int = 0
    pairs: int = 0
    groups: int = 0
    asked: int = 0
    left: int = 0


class Command(BaseCommand):
    """Progress while it runs; a fault is one sentence. It merges nobody."""

    requires_system_checks = []  # Django's own declaration; they load every screen, and a nightly run has none
    help = "Compare all people with each other, train the model on this site's records, propose likely pairs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Engine, training, how many questions."""
        parser.add_argument("--program", default="", help="only this program; by default each, never two together")
        parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
        parser.add_argument("--master", default="", help="for Spark: local[2], or the address of a cluster")
        parser.add_argument("--memory", type=int, default=2500, metavar="MB", help="what the engine may take")
        parser.add_argument("--threads", type=int, default=2)
        parser.add_argument("--train", action="store_true", help="learn now, also when the model is younger than a week")
        parser.add_argument("--no-train", action="store_true", help="compare with the model in use")
        parser.add_argument("--most", type=int, default=200, help="at most so many new questions for each program")
        parser.add_argument("--dry-run", action="store_true", help="say what would be asked; nothing is kept but the model")
        parser.add_argument("--models", action="store_true", help="list the models, the one in use first")
        parser.add_argument("--back", action="store_true", help="take the model in use away; the one before serves again")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or look after the models."""
        if options["back"]:
            return self.stdout.write(f"In use: {_back() or 'the model that comes with the program'}.")
        if options["models"]:
            return self.stdout.write("\n".join(path.name for path in models_on_disk()) or
                                     "None of this site's own; the model that comes with the program is in use.")  # fmt: skip
        try:
            with alone():
                self._run(options)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        return None

    def _run(self, options: dict[str, Any]) -> None:
        programs = list(Program.objects.order_by("id").values_list("id", "name"))
        chosen = [(id_, name) for id_, name in programs if options["program"] in ("", name)]
        if not chosen:
            raise Refused("There is no program of that name." if programs else
                          "There is no program here yet; run “alongside setup --program NAME” first.")  # fmt: skip
        train = options["train"] or (not options["no_train"] and is_due(now()))
        plan, before = Plan(options["engine"], options["master"], options["memory"], options["threads"], train), current_name()
        tell = (lambda _words: None) if options["json"] else self.stdout.write
        outcome = compare_all([id_ for id_, _name in chosen], plan, tell)
        if current_name() != before:
            _note_model()
        told = [ask(number, id_, outcome, options) for number, (id_, _name) in enumerate(chosen)]
        total = Told(*(sum(column) for column in zip(*(vars(one).values() for one in told), strict=True)))
        if options["json"]:
            self.stdout.write(json.dumps(vars(total) | {"model": current_name(), "kept": outcome.kept,
                                                        "megabytes": outcome.megabytes}))  # fmt: skip
        else:
            self.stdout.write(in_words(total, options["dry_run"]))


def _back() -> str:
    name = take_back()
    _note_model()
    return name


def _note_model() -> None:
    """Every program is judged by the one model; each journal says from when on by another."""
    for program_id in Program.objects.order_by("id").values_list("id", flat=True):
        with acting(program_id):
            note_model(current_name() or "packaged", by=Actor.system(program_id))


def ask(number: int, program_id: UUID, outcome: Outcome, options: dict[str, Any]) -> Told:
    """Ask about the pairs of one program, the surest first, fifty in each transaction."""
    start = outcome.starts[number]
    end = outcome.starts[number + 1] if number + 1 < len(outcome.starts) else len(outcome.people)
    pairs = [pair for pair in outcome.pairs if start <= pair.one < end]
    told = Told(end - start, len(pairs), len(groups(pairs)))
    with acting(program_id):
        questions = fresh(pairs, outcome.people, settled_pairs(program_id))
    told.left = max(len(questions) - options["most"], 0)
    questions = questions[: options["most"]]
    if options["dry_run"]:
        told.asked = len(questions)
        return told
    by = Actor.system(program_id)
    for first in range(0, len(questions), ASKED_TOGETHER):
        with acting(program_id):
            told.asked += ask_about(questions[first : first + ASKED_TOGETHER], by=by)
    with acting(program_id):
        note_comparison(told.people, told.pairs, told.asked, current_name() or "packaged", by=by)
    return told


def fresh(pairs: list[Pair], people: list[UUID], settled: set[tuple[UUID, UUID]]) -> list[Question]:
    """The questions nobody was asked yet, as (newer, older, reasons), the surest first."""
    ids = {pair: tuple(sorted((people[pair.one], people[pair.other]))) for pair in pairs}
    wanted = to_propose([pair for pair in pairs if ids[pair] not in settled], MOST_FOR_A_PERSON)
    return [(ids[pair][1], ids[pair][0], pair.reasons) for pair in wanted]


def in_words(told: Told, dry_run: object) -> str:
    """The outcome for somebody at a terminal."""
    left = f" {told.left:,} more wait for the next run." if told.left else ""
    asked = f"{told.asked:,} {'would be' if dry_run else 'are'} new for a coordinator to decide.{left}"
    return (f"{told.people:,} people, {told.pairs:,} pairs that may be one person, {told.groups:,} groups. "
            f"{asked} Nobody was merged.")  # fmt: skip
