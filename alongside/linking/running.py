"""One run over everybody: descriptions to the worker process, its model onto the shelf, its pairs back.

It can be stopped at any moment and started again: a model is kept the moment it is learned, a question once it is asked.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess  # nosec B404  # the worker, in another environment
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import IO, Any
from uuid import UUID

from django.conf import settings

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.walls import acting
from alongside.identity.bulk import descriptions_for_linking, people_for_linking
from alongside.identity.description import Description
from alongside.identity.linkage import dump_model
from alongside.identity.shelf import current_model, folder, keep_model, models_on_disk
from alongside.linking.rules import Pair

LINES_AT_A_TIME = 2000
TRAIN_AGAIN = timedelta(days=6)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run: which engine, on whose machine, with how much memory, and whether to learn anew."""

    engine: str = "duckdb"
    master: str = ""
    memory_mb: int = 2500
    threads: int = 2
    train: bool = False


@dataclass
class Outcome:
    """What came of it: people by number, the pairs of each program, why nothing was learned, the worker's memory."""

    people: list[UUID] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    trained: str = ""
    kept: str = ""
    megabytes: int = 0


def worker_python() -> str:
    """The Python that has Splink; refuses with the way to get one."""
    if settings.LINK_PYTHON:
        return str(settings.LINK_PYTHON)
    if find_spec("splink") is not None:
        return sys.executable
    raise Refused("Comparing all people takes Splink, which is not installed here: start it with ./run alongside link, "
                  "or name a Python that has requirements/link.txt in ALONGSIDE_LINK_PYTHON.")  # fmt: skip


def is_due(moment: datetime) -> bool:
    """Whether the site's model is a week old, or there is none."""
    newest = next(iter(models_on_disk()), None)
    return newest is None or moment.timestamp() - newest.stat().st_mtime > TRAIN_AGAIN.total_seconds()


@contextmanager
def alone() -> Iterator[None]:
    """One run at a time in an installation; refuses when another is at it. Whoever is killed lets go."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("Another run is comparing everybody just now.") from None
        yield


def compare_all(program_ids: Sequence[UUID], plan: Plan, tell: Tell) -> Outcome:
    """Compare everybody of each program with everybody of the same program; refuses when there is nobody to compare."""
    count = 0
    for program_id in program_ids:
        with acting(program_id):
            count += people_for_linking([program_id])
    if count < 2:
        raise Refused("There is nobody to compare yet." if not count else
                      "There is one person here, and nobody to compare them with.")  # fmt: skip
    tell(f"{count:,} people are read.")
    outcome = Outcome()
    with _worker() as worker:
        try:
            _send(worker, program_ids, plan, outcome)
            _receive(worker, outcome, tell)
        except (BrokenPipeError, EOFError):
            raise Refused("The process that compares people ended early. Is there enough memory?") from None
    return outcome


@contextmanager
def _worker() -> Iterator[subprocess.Popen[str]]:
    """The process that sees everybody: no keys, no settings, no database; it ends with this one."""
    kept = ("PATH", "LANG", "JAVA_HOME", "HOME")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"PYTHONPATH": str(settings.HERE.parent), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    words = [worker_python(), "-P", "-m", "alongside.linking.worker"]
    with subprocess.Popen(  # noqa: S603  # nosec B603  # our own module
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        text=True, encoding="utf-8",
    ) as worker:  # fmt: skip
        try:
            yield worker
        finally:
            with suppress(BrokenPipeError):
                worker.stdin and worker.stdin.close()
            if worker.poll() is None:
                worker.terminate()


def _send(worker: subprocess.Popen[str], program_ids: Sequence[UUID], plan: Plan, outcome: Outcome) -> None:
    to = _pipe(worker.stdin)
    header = {
        "engine": plan.engine, "master": plan.master or "local[2]", "memory_mb": plan.memory_mb, "threads": plan.threads,
        "train": plan.train, "model": dump_model(current_model()),
    }  # fmt: skip
    to.write(json.dumps(header) + "\n")
    for number, program_id in enumerate(program_ids):
        outcome.starts.append(len(outcome.people))
        with acting(program_id):
            for rows in _lines(number, descriptions_for_linking([program_id]), outcome.people):
                to.write(json.dumps(rows) + "\n")
    to.write("\n")
    to.close()


def _lines(number: int, people: Iterable[tuple[UUID, Description]], ids: list[UUID]) -> Iterator[list[Any]]:
    rows: list[Any] = []
    for person, who in people:
        ids.append(person)
        born = who.birth_date.isoformat() if who.birth_date else who.born
        rows.append((number, who.given_name, who.family_name, who.phone, who.middle_name, who.suffix, who.aliases, born,
                     who.sex, who.place, who.town))  # fmt: skip
        if len(rows) == LINES_AT_A_TIME:
            yield rows
            rows = []
    if rows:
        yield rows


def _receive(worker: subprocess.Popen[str], outcome: Outcome, tell: Tell) -> None:
    for line in _pipe(worker.stdout):
        message = json.loads(line)
        if "failed" in message:
            raise Refused(f"Comparing people failed ({message['failed']}); nothing was changed.")
        if "model" in message:
            outcome.trained = keep_model(message["model"], now()).name
            tell(f"This site's own model is in use: {outcome.trained}.")
        elif "pairs" in message:
            outcome.pairs += [Pair(one, other, sure, answer, tuple(why)) for one, other, sure, answer, why in message["pairs"]]
        elif "done" in message:
            outcome.megabytes = message["megabytes"]
            return
        else:
            outcome.kept = message.get("kept", outcome.kept)
            tell(message.get("kept") or _progress(message))
    raise EOFError


def _progress(message: dict[str, Any]) -> str:
    words = {"read": "{people:,} people are read.", "laid out": "{people:,} people are laid out in memory.",
             "compared": "All were compared ({seconds} s); the likely pairs are looked at closely."}  # fmt: skip
    return words[message["step"]].format(**message)


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise BrokenPipeError
    return stream
