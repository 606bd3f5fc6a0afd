"""10,000 words in sealed fields of a real installation, and everything that a thief could carry away: none is found."""

import base64
import os
import random
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.walls.scanning import hits, hits_in_files

pytestmark = [pytest.mark.slow, pytest.mark.covers("R34", "R62", "R69c")]
SEED = "import runpy; runpy.run_module('tests.walls.seeding_canaries', run_name='__main__', alter_sys=True)"
EVERYTHING = """
import io, sys, logging, contextlib
from pathlib import Path
from unittest import mock
from django.core.management import call_command
from django.db import connection
from django.test import Client
from tests import cast
from tests.cast import browser_of
Client.force_login = cast.force_two_factors
from alongside.accounts.models import User
from alongside.desk import queries
from alongside.common.walls import acting
from alongside.cases.models import Case
out = Path(sys.argv[1])
with connection.cursor() as cursor, (out / "rows.txt").open("wb") as file:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            file.write(b"|".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row) + b"\\n")
with (out / "dumpdata.json").open("w") as file:
    call_command("dumpdata", "--all", stdout=file)
with (out / "pages.txt").open("wb") as pages, (out / "log.txt").open("w") as log:
    logging.getLogger().addHandler(logging.StreamHandler(log))
    for user in User.objects.filter(role__in=["patrol_officer", "data_designee", "epidemiologist", "administrator"]):
        client = browser_of(user, raise_request_exception=False, headers={"host": "localhost"})
        for path in ("/", "/today/", "/reports/month/", "/reports/month.csv", "/intake/contact/", "/kits/"):
            answer = client.get(path)
            pages.write(answer.headers.get("Content-Type", "").encode() + getattr(answer, "content", b""))
    coordinator = User.objects.filter(role="coordinator").first()
    client = browser_of(coordinator, raise_request_exception=False, headers={"host": "localhost"})
    case = Case.objects.first()
    opened = []
    real = queries.case_page
    def broken(*args, **more):
        page = real(*args, **more)
        opened.append(str(page))
        raise RuntimeError("broken on purpose")
    with mock.patch.object(queries, "case_page", broken):
        answer = client.get(f"/cases/{case.id}/")
    assert answer.status_code == 500 and opened, answer.status_code
    pages.write(answer.content)
"""


@pytest.mark.parametrize(
    ("disguise", "place"),
    [(d, place) for d in ("plain", "hex", "HEX", "utf-16-le", "utf-16-be", "base64") for place in range(7)],
)
def test_the_scanner_finds_a_word_in_each_disguise(disguise, place):
    """Planted anywhere in noise; without it the very same noise is found to hold nothing."""
    prefix, noise = "Zq" + secrets.token_hex(7), random.Random(62).randbytes(5000)
    word = f"{prefix}004711 Vlimmergate".encode()
    planted = {
        "plain": word, "hex": word.hex().encode(), "HEX": word.hex().upper().encode(),
        "utf-16-le": word.decode().encode("utf-16-le"), "utf-16-be": word.decode().encode("utf-16-be"),
        "base64": base64.b64encode(b"x" * place + word),
    }[disguise]  # fmt: skip
    assert hits(noise[: 100 + place] + planted + noise[100:], prefix)
    assert hits(noise, prefix) == []


def test_none_of_ten_thousand_words_is_in_anything_a_thief_could_take(site, tmp_path):
    prefix = "Zq" + secrets.token_hex(7)
    count = int(site.python(SEED, prefix).split()[0])
    assert count >= 10_000
    site.more["TMPDIR"] = str(tmp_path / "tmp")
    (tmp_path / "tmp").mkdir()
    taken = tmp_path / "taken"
    taken.mkdir()
    site.python(EVERYTHING, str(taken))
    assert (taken / "rows.txt").stat().st_size > 1_000_000
    dump_the_server(site, taken)
    for words in (("backup", str(taken / "site.backup")), ("journal", "export", str(taken / "journal.jsonl"))):
        site.run(*words)
        assert (taken / Path(words[-1]).name).stat().st_size > 10_000
    shutil.copytree(site.home, taken / "home")
    files = [path for folder in (taken, tmp_path / "tmp") for path in folder.rglob("*")]
    assert hits_in_files(files, prefix) == {}
    # The same search over the same heap, with one word left lying: it is seen.
    (taken / "forgotten.txt").write_bytes(os.urandom(999) + f"{prefix}000001".encode())
    assert list(hits_in_files([*files, taken / "forgotten.txt"], prefix)) == [str(taken / "forgotten.txt")]


def dump_the_server(site, taken):
    """pg_dump, plain and compressed inside its own format, when the database is a server's."""
    if not site.url:
        return
    for name in ("/usr/lib/postgresql/15/bin/pg_dump", shutil.which("pg_dump") or ""):
        if name and os.path.exists(name):
            for kind in ("plain", "tar"):
                into = str(taken / f"dump.{kind}")
                subprocess.run([name, f"--format={kind}", "--enable-row-security", "-f", into, site.url], check=True)
            return
