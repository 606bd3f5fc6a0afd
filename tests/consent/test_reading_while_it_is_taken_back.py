"""Many read while somebody takes the agreement back: nothing is opened after that moment (ASVS 15.4.1)."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from alongside.common.ids import new_id
from tests.house.source import TOP
from tests.installed import copy_tables, create_with_tables


@pytest.fixture
def place(db, tmp_path):
    """An installation of its own on the database at hand: the environment for it."""
    home = {"ALONGSIDE_HOME": str(tmp_path), "PYTHONPATH": str(TOP), "DJANGO_SETTINGS_MODULE": "alongside.settings"}
    if connection.vendor != "postgresql":
        copy_tables(tmp_path)
        yield home
        return
    import psycopg  # noqa: PLC0415  # only where there is PostgreSQL

    given, name = connection.settings_dict, f"apart_{new_id().hex}"
    login = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    server = psycopg.connect(dbname="postgres", autocommit=True, **{key: value for key, value in login.items() if value})
    create_with_tables(server, name, settings.DATABASE_URL)
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    yield home | {"DATABASE_URL": f"postgres://{given['USER']}{secret}@{given['HOST']}:{given['PORT']}/{name}"}
    server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()


def run(place, *words):
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-P", *words], env=kept | place, capture_output=True, text=True, timeout=500, check=False, cwd=TOP
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.covers("R05")
@pytest.mark.parametrize("threads", [40, pytest.param(200, marks=pytest.mark.nightly)])
def test_nothing_is_opened_after_it_was_taken_back(place, threads):
    run(place, "-m", "alongside", "setup", "--program", "Apart", "--json")
    seen = json.loads(run(place, "-m", "tests.consent.against_the_clock", str(threads), "5").splitlines()[-1])
    assert seen["errors"] == []
    assert (seen["late"], seen["opened_after"]) == (0, 0)
    assert seen["before"] + seen["denied"] == threads * 5
    assert seen["denied"] > 0
