"""Installations for tests: one is really set up for each way of doing so in a run, and every test gets a copy of it.

Setting one up goes through every migration there is; a copy takes no time. The tests of setting up itself do not come here.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Kept for as long as the run; made by tests/settings.py, and handed down to all workers of the run.
SHELF = "ALONGSIDE_TEST_SHELF"


def set_up(home: Path, environment: dict[str, str], *words: str) -> None:
    """What `alongside setup WORDS` makes of an empty home, on the embedded database."""
    if SHELF not in os.environ:
        _setup(home, environment, words)
        return
    shelf = Path(os.environ[SHELF])
    made = shelf / ("installation " + " ".join(words)).strip().replace("/", "-")
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _setup(shelf / "unfinished", environment, words)
            (shelf / "unfinished").rename(made)
    shutil.copytree(made, home, dirs_exist_ok=True)


def _setup(home: Path, environment: dict[str, str], words: tuple[str, ...]) -> None:
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "alongside", "setup", *words], env=environment | {"ALONGSIDE_HOME": str(home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
