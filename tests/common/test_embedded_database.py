"""The embedded database: a file nobody reads without its key, and a schema the running program cannot change."""

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from django.conf import settings
from django.db import DatabaseError, NotSupportedError, connection, transaction

from alongside.common.sqlcipher.base import deny_schema_changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedded():
    if connection.vendor != "sqlite":
        pytest.skip("about the embedded database")


def refused(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE people_person ADD COLUMN arrest text",
        "ALTER TABLE journal_entry RENAME TO elsewhere",
        "DROP TABLE journal_entry",
        "DROP TRIGGER journal_no_delete",
        "DROP INDEX journal_by_target",
        "CREATE TABLE shadow (a)",
        "CREATE TABLE shadow AS SELECT * FROM journal_entry",
        "CREATE TEMP TRIGGER t BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER t BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TEMP VIEW v AS SELECT * FROM identity_identity",
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA trusted_schema = ON",
        "PRAGMA rekey = 'x'",
        "PRAGMA KEY = 'x'",
        "PRAGMA hexrekey = 'aa'",
        "PRAGMA secure_delete = OFF",
        "PRAGMA ignore_check_constraints = ON",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA cipher_log = '/tmp/log'",
        "PRAGMA cipher_plaintext_header_size = 32",
        "CREATE INDEX more ON people_person (code)",
        "CREATE TEMP TABLE copied AS SELECT * FROM identity_identity",
        "CREATE TEMP TABLE copied (a)",
        "CREATE VIRTUAL TABLE words USING fts5(a)",
        "SELECT sqlcipher_export('main')",
        "SELECT load_extension('x')",
        "VACUUM INTO '/tmp/plain.db'",
    ],
)
@pytest.mark.covers("R21")
def test_the_running_program_cannot_change_the_schema(statement):
    refused(statement)


def test_the_guard_stays_when_a_schema_change_fails_to_start():
    """Inside a transaction Django refuses to start one; the guard must not be left open by that."""
    try:
        with pytest.raises(NotSupportedError), connection.schema_editor():
            pass
        refused("DROP TRIGGER journal_no_delete")
    finally:  # or every later test runs without the guard
        connection.connection.set_authorizer(deny_schema_changes)


@pytest.mark.covers("R34", "R62")
def test_without_the_key_the_file_is_noise():
    name = settings.DATABASES["default"]["NAME"]
    with open(name, "rb") as file:
        head = file.read(4096)
    assert not head.startswith(b"SQLite format 3")
    other = sqlcipher.connect(name)
    with pytest.raises(sqlcipher.DatabaseError):
        other.execute("SELECT count(*) FROM sqlite_master")
    other.close()


@pytest.mark.covers("R62")
def test_what_was_written_and_logged_shows_no_values():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["Zyxwhale"])
        assert "Zyxwhale" not in connection.ops.last_executed_query(cursor, "SELECT %s", ["Zyxwhale"])
