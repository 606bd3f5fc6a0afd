"""A backup of a server's database, there and back: behind forced row security, into an empty database of its own."""

import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from tests.walls.site import Site, remove

COUNT = """
from alongside.journal.models import Entry
from alongside.people.models import Person
import json
print(json.dumps({"people": Person.objects.count(), "entries": Entry.objects.count()}))
"""
FILL = """
from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.identity.actions import keep_contact
from alongside.people.actions import add_person
by = Actor.system(Program.objects.get().id)
for number in range(5):
    keep_contact(add_person(by=by), by=by, ask_for=f"Zyxback{number}")
"""


@pytest.fixture
def empty(site):
    """An empty database beside the first, with the first one's keys."""
    parts = urlsplit(site.url)
    name = f"{parts.path[1:]}_back"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    made = Site(Path(tempfile.mkdtemp(prefix="alongside-walls-")), urlunsplit(parts._replace(path=f"/{name}")),
                {"ALONGSIDE_KEYS": str(site.home / "keys")})  # fmt: skip
    yield made
    remove(made)


@pytest.mark.postgres
@pytest.mark.skipif(not settings.DATABASE_URL, reason="about PostgreSQL")
@pytest.mark.covers("R50", "R62")
def test_a_servers_database_comes_back_whole(site, empty, tmp_path):
    site.python(FILL)
    before = json.loads(site.python(COUNT))
    file = tmp_path / "site.backup"
    site.run("backup", str(file))
    assert b"Zyxback" not in file.read_bytes()
    assert b"CREATE TABLE" not in file.read_bytes()
    empty.run("restore", str(file))
    after = json.loads(empty.python(COUNT))
    assert after["people"] == before["people"] == 5
    assert after["entries"] >= before["entries"]
    assert "unbroken" in empty.run("journal", "verify")
    empty.run("setup")
    assert json.loads(empty.python(COUNT))["people"] == 5
