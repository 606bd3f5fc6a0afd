"""An installation of its own for tests that need real files, real processes and rows that are really committed.

The database is made once for a test run, and each test gets a copy: a folder, or on PostgreSQL a database.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from tests.installed import create_with_tables, set_up

TOP = Path(__file__).resolve().parents[2]
WITHOUT = ("DATABASE_URL", "ALONGSIDE_KEYS", "ALONGSIDE_ROOT_COMMAND", "ALONGSIDE_KEY_ROOT", "ALONGSIDE_KEY_ROOT_NEXT")


@dataclass
class Site:
    """One installation: its folder, and the address of its database when that is PostgreSQL."""

    home: Path
    url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name not in WITHOUT}
        ours = {"ALONGSIDE_HOME": str(self.home), "PYTHONPATH": str(TOP), "DJANGO_SETTINGS_MODULE": "alongside.settings"}
        return kept | ours | ({"DATABASE_URL": self.url} if self.url else {}) | self.more

    def start(self, *words: str, **options) -> subprocess.Popen:
        """A process of this installation."""
        return subprocess.Popen(
            [sys.executable, *words], env=self.environment, cwd=TOP, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    def try_to(self, *words: str, given: str = "") -> tuple[int, str, str]:
        """One command of the program: exit code, what it said, what it complained about."""
        process = self.start("-m", "alongside", *words, stdin=subprocess.PIPE)
        out, err = process.communicate(given, timeout=300)
        return process.returncode, out, err

    def run(self, *words: str, given: str = "") -> str:
        """One command that must succeed."""
        code, out, err = self.try_to(*words, given=given)
        assert code == 0, f"{words}: {out}{err}"
        return out

    def run_json(self, *words: str) -> dict:
        return json.loads(self.run(*words, "--json"))

    def python(self, code: str, *words: str) -> str:
        """A piece of Python with Django set up; its last line is its answer."""
        process = self.start("-c", "import django; django.setup()\n" + code, *words)
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, f"{out}{err}"
        return out


def _on_server(statement: str, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(statement)


def make_site() -> Site:
    """A fresh installation with one program; on PostgreSQL in a database of its own beside the suite's."""
    home = Path(tempfile.mkdtemp(prefix="alongside-walls-"))
    url = ""
    if settings.DATABASE_URL:
        name = home.name.replace("-", "_").lower()
        parts = urlsplit(settings.DATABASE_URL)
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as link:
            create_with_tables(link, name, settings.DATABASE_URL)
        url = urlunsplit(parts._replace(path=f"/{name}"))
    site = Site(home, url)
    if url:
        site.run("setup", "--program", "Harbor Outreach")
    else:
        set_up(home, site.environment, "--program", "Harbor Outreach")
    return site


def copy_of(site: Site) -> Site:
    """The same installation once more; what happens to it does not happen to the first."""
    home = Path(tempfile.mkdtemp(prefix="alongside-walls-"))
    shutil.copytree(site.home, home, dirs_exist_ok=True)
    url = ""
    if site.url:
        name = home.name.replace("-", "_").lower()
        old = urlsplit(site.url)
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{old.path[1:]}"', settings.DATABASE_URL)
        url = urlunsplit(old._replace(path=f"/{name}"))
    return Site(home, url)


def remove(site: Site) -> None:
    if site.url:
        _on_server(f'DROP DATABASE IF EXISTS "{urlsplit(site.url).path[1:]}" WITH (FORCE)', settings.DATABASE_URL)
    shutil.rmtree(site.home, ignore_errors=True)
