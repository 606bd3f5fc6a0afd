"""Talking to the comparing process as `alongside link` does, without a database."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from alongside.identity.description import Description
from alongside.identity.linkage import Model, default_model, dump_model
from tests.linking.environments import SPLINK, TOP


def start(folder: Path, python: str = SPLINK) -> subprocess.Popen[str]:
    """The process, with everything temporary told to go to a folder that a test looks through."""
    environment = {"PYTHONPATH": str(TOP), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1",
                   "TMPDIR": str(folder), "HOME": str(folder)}  # fmt: skip
    return subprocess.Popen(
        [python, "-P", "-m", "alongside.linking.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, env=environment, cwd=folder,
    )  # fmt: skip


def header(*, train: bool, engine: str = "duckdb", model: Model | None = None) -> str:
    return json.dumps({"engine": engine, "master": "local[2]", "memory_mb": 1500, "threads": 2, "train": train,
                       "model": dump_model(model or default_model())}) + "\n"  # fmt: skip


def line(people: Iterable[Description]) -> str:
    return json.dumps([
        (0, who.given_name, who.family_name, who.phone, who.middle_name, who.suffix, who.aliases,
         who.birth_date.isoformat() if who.birth_date else who.born, who.sex, who.place, who.town)
        for who in people
    ]) + "\n"  # fmt: skip


def compare(folder: Path, people: list[Description], *, train: bool, engine: str = "duckdb", python: str = SPLINK) -> dict:
    """One run: {"model": text or "", "pairs": [[one, other, probability, answer, reasons], ...], "done": …}."""
    said: dict = {"model": "", "pairs": []}
    with start(folder, python) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(header(train=train, engine=engine) + line(people) + "\n")
        worker.stdin.close()
        for text in worker.stdout:
            message = json.loads(text)
            said["pairs"] += message.pop("pairs", [])
            said |= message
    return said
