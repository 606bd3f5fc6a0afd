"""The database refuses to change the past, whoever asks and however."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from alongside.common.ids import new_id
from alongside.common.walls import acting, lay_walls
from alongside.journal.actions import NotInTransaction, record
from alongside.journal.check import verify
from alongside.journal.models import Entry
from alongside.journal.queries import entries_about, lines_in_order

COLUMNS = "seq, at, program, actor, role, verb, kind, target, detail, previous, hash"
# ruff: noqa: S608  # statements made of our own constants
FORGED = "'2026-01-01 00:00:00+00:00', 'p', 'a', 'r', 'opened', 'k', 't', '{}', 'x', 'y'"


@pytest.fixture
def three(ours):
    for _ in range(3):
        record("opened", kind="sealed", target=new_id(), by=ours.system)
    return Entry.objects.count()


def refused(statement):
    before = list(Entry.objects.order_by("seq").values_list("seq", "hash"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.order_by("seq").values_list("seq", "hash")) == before


EVERYWHERE = [
    "UPDATE journal_entry SET verb = 'denied'",
    "UPDATE journal_entry SET verb = 'denied' WHERE seq = 1",
    "DELETE FROM journal_entry",
    "DELETE FROM journal_entry WHERE seq = 1",
    f"INSERT INTO journal_entry ({COLUMNS}) VALUES (1, {FORGED}) ON CONFLICT (seq) DO UPDATE SET verb = excluded.verb",
]
SQLITE = [
    "CREATE TRIGGER silence BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TEMP TRIGGER silence BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(IGNORE); END",
    "ALTER TABLE journal_entry ADD COLUMN more TEXT",
    "ALTER TABLE journal_entry RENAME COLUMN detail TO gone",
    "PRAGMA writable_schema = ON",
    f"INSERT OR REPLACE INTO journal_entry ({COLUMNS}) VALUES (1, {FORGED})",
    f"REPLACE INTO journal_entry ({COLUMNS}) VALUES (2, {FORGED})",
    f"INSERT INTO journal_entry ({COLUMNS}) VALUES (999999, {FORGED})",
    f"INSERT INTO journal_entry ({COLUMNS}) VALUES (-1, {FORGED})",
    "UPDATE OR REPLACE journal_entry SET seq = 1 WHERE seq = 2",
    "ALTER TABLE journal_entry RENAME TO gone",
    "ALTER TABLE journal_entry DROP COLUMN detail",
    "DROP TABLE journal_entry",
    "DROP TRIGGER journal_no_update",
    "DROP TRIGGER journal_no_delete",
    "DROP TRIGGER journal_next_only",
]
POSTGRES_OWNER = ["TRUNCATE journal_entry", "TRUNCATE journal_entry CASCADE"]
POSTGRES_APP = [
    "ALTER TABLE journal_entry ALTER COLUMN verb DROP NOT NULL",
    "ALTER TABLE journal_entry DISABLE ROW LEVEL SECURITY",
    "CREATE RULE silence AS ON INSERT TO journal_entry DO INSTEAD NOTHING",
    "CREATE TRIGGER silence BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "COPY journal_entry FROM PROGRAM 'true'",
    "ALTER TABLE journal_entry RENAME TO gone",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "ALTER TABLE journal_entry DROP COLUMN detail",
    "DROP TABLE journal_entry",
    "DROP TRIGGER journal_no_change ON journal_entry",
    "DROP TRIGGER journal_no_truncate ON journal_entry",
    "DROP FUNCTION journal_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "SET session_replication_role = replica",
    "SELECT * FROM journal_entry FOR UPDATE",
    "MERGE INTO journal_entry e USING (SELECT 1 AS s) x ON e.seq = x.s WHEN MATCHED THEN UPDATE SET verb = 'denied'",
]


@pytest.mark.parametrize("statement", EVERYWHERE)
@pytest.mark.covers("R53")
def test_no_entry_is_changed_or_removed(three, statement):
    refused(statement)


@pytest.mark.parametrize("statement", SQLITE)
@pytest.mark.covers("R53")
def test_sqlite_refuses_every_other_way(three, statement):
    if connection.vendor != "sqlite":
        pytest.skip("about the embedded database")
    refused(statement)


@pytest.mark.covers("R53")
def test_the_orm_is_refused_too(three):
    entry = Entry.objects.order_by("seq").first()
    entry.verb = "denied"
    for attempt in (
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.update(verb="denied"),
        lambda: Entry.objects.bulk_update([entry], ["verb"]),
        lambda: Entry.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["verb"], unique_fields=["seq"]
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert verify(lines_in_order()).broken_at is None


@pytest.mark.postgres
class TestPostgreSQL:
    @pytest.fixture(autouse=True)
    def server(self, three):
        if connection.vendor != "postgresql":
            pytest.skip("about PostgreSQL")

    @pytest.fixture
    def app_role(self, ours):
        """The rights the program runs with, laid by `alongside setup`, acting for our program; rolled back with the test."""
        connection.check_constraints()  # nothing waits for the end of a transaction that never comes
        lay_walls()
        with acting(ours.program.id):
            with connection.cursor() as cursor:
                cursor.execute("GRANT alongside_app TO CURRENT_USER")
                cursor.execute("SET LOCAL ROLE alongside_app")
            yield
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

    @pytest.mark.parametrize("statement", POSTGRES_OWNER)
    def test_even_the_owner_cannot_empty_it(self, statement):
        refused(statement)

    @pytest.mark.covers("R53")
    @pytest.mark.parametrize("statement", EVERYWHERE + POSTGRES_OWNER + POSTGRES_APP)
    def test_the_program_can_only_append(self, app_role, statement):
        refused(statement)

    def test_the_program_can_append(self, app_role, ours):
        entry = record("opened", kind="sealed", target=new_id(), by=ours.system)
        assert Entry.objects.order_by("-seq").first() == entry


# --- in the transaction of the act -------------------------------------------------------------------------------------


def test_writing_outside_a_transaction_is_an_error(ours, monkeypatch):
    monkeypatch.setattr("alongside.journal.actions.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(NotInTransaction):
        record("opened", kind="sealed", target=new_id(), by=ours.system)


@pytest.mark.covers("R51")
def test_the_entry_goes_when_the_act_fails(ours, journal):
    @transaction.atomic
    def act():
        record("opened", kind="sealed", target=new_id(), by=ours.system)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert journal() == []


def test_entries_are_numbered_without_a_gap_and_chained(three):
    rows = list(Entry.objects.order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, three + 1))
    assert all(later.previous == earlier.hash for earlier, later in zip(rows, rows[1:], strict=False))


def test_a_reviewer_reads_the_own_program_only(cast, three):
    target = new_id()
    record("opened", kind="sealed", target=target, by=cast.ours.system)
    record("opened", kind="sealed", target=target, by=cast.other.system)
    assert len(entries_about(cast.privacy_reviewer, target)) == 1
    assert str(entries_about(cast.privacy_reviewer, target)[0]).endswith("opened")
