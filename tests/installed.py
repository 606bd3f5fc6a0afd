"""Databases and installations for tests: every migration there is happens once in a run, and whoever needs tables gets a copy.

The first is really set up from nothing; one more for each other way of doing so starts from a copy of it, and every test
gets a copy of that. On a server the first is migrated alone: each site of a test is set up there by itself.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

# Kept for as long as the run; made by tests/settings.py, and handed down to all workers of the run.
SHELF = "ALONGSIDE_TEST_SHELF"
TOP = Path(__file__).resolve().parent.parent
OWN = ("DATABASE_URL", "ALONGSIDE_KEYS")


def set_up(home: Path, environment: dict[str, str], *words: str) -> None:
    """What `alongside setup WORDS` makes of an empty home, on the embedded database."""
    if SHELF not in os.environ:
        _alongside(environment | {"ALONGSIDE_HOME": str(home)}, "setup", *words)
        return
    with _shelf() as shelf:
        base = _migrated_home(shelf)
        made = shelf / ("installation " + " ".join(words)).strip().replace("/", "-")
        if not made.exists():
            shutil.copytree(base, shelf / "unfinished")
            _alongside(environment | {"ALONGSIDE_HOME": str(shelf / "unfinished")}, "setup", *words)
            (shelf / "unfinished").rename(made)
    shutil.copytree(made, home, dirs_exist_ok=True)


def made_once(home: Path, name: str, make: Callable[[Path], None]) -> None:
    """What `make` makes of an empty home: it does so once in a run, and every home of that name is a copy."""
    if SHELF not in os.environ:
        make(home)
        return
    with _shelf(name) as shelf:
        made, begun = shelf / name, shelf / f"{name} begun"
        if not made.exists():
            begun.mkdir()
            make(begun)
            begun.rename(made)
    shutil.copytree(made, home, dirs_exist_ok=True)


def copy_tables(home: Path) -> None:
    """Keys and an embedded database with every table and no row, in a home that is still empty."""
    with _shelf() as shelf:
        shutil.copytree(_migrated_home(shelf), home, dirs_exist_ok=True)


def copy_tables_to(file: Path) -> None:
    """The embedded database alone, for whoever has the keys of the shelf."""
    with _shelf() as shelf:
        shutil.copy(_migrated_home(shelf) / "alongside.db", file)


def create_with_tables(link: psycopg.Connection, name: str, url: str) -> None:
    """A new database on the server of an address, with every table and no row."""
    with _shelf() as shelf:
        template = _migrated_database(shelf, link, url)
        link.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_template(url: str) -> None:
    """At the end of a run nothing of it stays on a server."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{_template(Path(os.environ[SHELF]))}"')


@contextmanager
def _shelf(what: str = "tables") -> Iterator[Path]:
    """One process at a time makes the same thing there."""
    shelf = Path(os.environ[SHELF])
    with (shelf / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shelf


def _migrated_home(shelf: Path) -> Path:
    made, begun = shelf / "migrated", shelf / "begun"
    if not made.exists():
        shutil.copytree(shelf / "keys", begun / "keys")
        _alongside(_environment(begun), "setup")
        assert sorted(path.name for path in begun.glob("alongside.db*")) == ["alongside.db"]  # nothing waits in a log beside it
        begun.rename(made)
    return made


def _migrated_database(shelf: Path, link: psycopg.Connection, url: str) -> str:
    name = _template(shelf)
    if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        link.execute(f'CREATE DATABASE "{name}_begun"')
        (shelf / "server").mkdir(exist_ok=True)
        shutil.copytree(shelf / "keys", shelf / "server" / "keys", dirs_exist_ok=True)
        address = urlunsplit(urlsplit(url)._replace(path=f"/{name}_begun"))
        _alongside(_environment(shelf / "server") | {"DATABASE_URL": address}, "migrate", "--verbosity", "0")
        link.execute(f'ALTER DATABASE "{name}_begun" RENAME TO "{name}"')
    return name


def _template(shelf: Path) -> str:
    return shelf.name.replace("-", "_").lower()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name not in OWN}
    return kept | {"ALONGSIDE_HOME": str(home), "PYTHONPATH": str(TOP), "DJANGO_SETTINGS_MODULE": "alongside.settings"}


def _alongside(environment: dict[str, str], *words: str) -> None:
    Path(environment["ALONGSIDE_HOME"]).mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "alongside", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
