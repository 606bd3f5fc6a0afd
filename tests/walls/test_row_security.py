"""The wall inside PostgreSQL, asked from the inside: by the role that the program runs as, and by the one that counts.

Which rows are whose is not asked of the wall: they are the rows that were there after one program was filled, and the
rows that came with the other.
"""

import contextlib
import threading
from dataclasses import dataclass, field

import pytest
from django.db import DatabaseError, connection, models, transaction

from alongside.common import walls
from alongside.identity.fields import SealedField
from alongside.identity.models import Match
from alongside.journal.actions import record
from alongside.journal.models import Entry
from alongside.journal.queries import lines_in_order
from alongside.referrals.actions import Plan, refer
from tests import cast as casting
from tests.walls.conftest import acting_as
from tests.walls.growing import grow

# ruff: noqa: S608  # statements made of the names of our own tables
WALLED = walls.walled_models()
STRICT = [model for model in WALLED if model._meta.app_label not in walls.BEFORE_SIGN_IN]
each = pytest.mark.parametrize("model", WALLED, ids=[model._meta.label for model in WALLED])
strict = pytest.mark.parametrize("model", STRICT, ids=[model._meta.label for model in STRICT])
pytestmark = pytest.mark.covers("R21")


# --- on both databases: what the wall is made of ------------------------------------------------------------------------


def test_every_table_of_ours_leads_to_a_program_or_says_why_not():
    """Prevents a new table that no row security covers."""
    lost = [model._meta.label for model in WALLED if walls.own(model) == "false"]
    assert lost == [], "give it a foreign key that leads to a program, or name it in walls.OUTSIDE with the reason"
    tables = {model._meta.db_table for model in walls.our_models()} | {m._meta.app_label for m in walls.our_models()}
    assert set(walls.OUTSIDE) <= tables
    assert len(WALLED) >= 25


def test_no_sealed_column_and_no_key_is_counted():
    for model in walls.our_models():
        counted = set(walls.columns_for_reports(model))
        for column in model._meta.concrete_fields:
            if isinstance(column, SealedField | models.BinaryField):
                assert column.column not in counted, model._meta.label
    assert not any(walls.columns_for_reports(m) for m in walls.our_models() if m._meta.app_label in ("identity", "journal"))


@pytest.mark.django_db
def test_on_the_embedded_database_acting_does_nothing(django_assert_num_queries, ours):
    if connection.vendor == "postgresql":
        pytest.skip("about the embedded database")
    with django_assert_num_queries(0), walls.acting(ours.program.id):
        pass


# --- on PostgreSQL --------------------------------------------------------------------------------------------------------


@dataclass
class Two:
    """Two programs with a row of everything each, and which primary keys are whose."""

    ours: casting.Side
    theirs: casting.Side
    mine: dict = field(default_factory=dict)
    other: dict = field(default_factory=dict)


def fill(who):
    case = casting.case_with_everything(who, casting.person_who_consented(who))
    refer(case.needs.first(), Plan(agency=who.agencies["shelter"], named=True), by=who.actor("recovery_coach"))
    Match.objects.create(program=who.program, newer=casting.person_of(who, canaries=True), older=case.person,
                         reasons=["phone"], made_at=casting.now())  # fmt: skip
    for model in WALLED:
        grow(model, who)


def keys_of(model):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{model._meta.pk.column}" FROM "{model._meta.db_table}"')
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture(scope="module")
def two(laid, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:  # so that a made-up row fits into any table; undone with everything else
            cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
                           " AND connamespace = 'public'::regnamespace")  # fmt: skip
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        before = {model: keys_of(model) for model in WALLED}
        ours = casting.side("Harbor", ("Eastpoint", "Westpoint"))
        fill(ours)
        middle = {model: keys_of(model) for model in WALLED}
        theirs = casting.side("Valley", ("Midvale",))
        fill(theirs)
        after = {model: keys_of(model) for model in WALLED}
        with connection.cursor() as cursor:  # what the filling left set
            cursor.execute("SELECT set_config('alongside.program', '', true)")
        yield Two(
            ours, theirs, {model: middle[model] - before[model] for model in WALLED},
            {model: after[model] - middle[model] for model in WALLED},
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def app(two, db):
    with acting_as(walls.APP):
        yield two


# A table that never changes says so before row security is asked.
REFUSALS = ("row-level security", "permission denied", "is never changed")


def refused(statement, params=None, why=REFUSALS):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    assert any(word in str(caught.value) for word in why), str(caught.value)


@pytest.mark.postgres
@each
def test_a_program_sees_its_own_rows_and_no_others(app, model):
    assert app.mine[model], f"nothing in {model._meta.label}: let growing.py make a row"
    for side, own in ((app.ours, app.mine), (app.theirs, app.other)):
        with walls.acting(side.program.id):
            assert keys_of(model) == own[model]


@pytest.mark.postgres
@strict
def test_who_acts_for_no_program_sees_nothing(app, model):
    assert keys_of(model) == set()


@pytest.mark.postgres
@each
def test_rows_of_another_program_are_neither_changed_nor_removed(app, model):
    table, key = model._meta.db_table, model._meta.pk.column
    victim = sorted(app.mine[model], key=str)[0]
    with walls.acting(app.theirs.program.id), connection.cursor() as cursor:
        for act in (f'UPDATE "{table}" SET "{key}" = "{key}"', f'DELETE FROM "{table}"'):
            touched, why = -1, ""
            try:
                with transaction.atomic():
                    cursor.execute(f'{act} WHERE "{key}" = %s', [victim])
                    touched = cursor.rowcount
            except DatabaseError as fault:
                why = str(fault)
            assert touched == 0 or any(word in why for word in REFUSALS), why
    with walls.acting(app.ours.program.id):
        assert victim in keys_of(model)


@pytest.mark.postgres
@each
def test_no_row_is_put_into_another_program(two, db, model):
    """The very row that the one program holds, written by the other; and an own row moved over."""
    table, columns = f'"{model._meta.db_table}"', [f for f in model._meta.concrete_fields if not f.generated]
    names, key = [f'"{f.column}"' for f in columns], f'"{model._meta.pk.column}"'
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(n + '::text' for n in names)} FROM {table} WHERE {key} = %s",
                       [sorted(two.mine[model], key=str)[0]])  # fmt: skip
        row = cursor.fetchone()
        kinds = [column.db_type(connection).replace("serial", "bigint" if "big" in column.db_type(connection) else "integer")
                 for column in columns]  # fmt: skip
    blanks = ", ".join(f"%s::text::{kind}" for kind in (kind.replace("bigbigint", "bigint") for kind in kinds))
    insert = f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE VALUES ({blanks})"
    with acting_as(walls.APP), walls.acting(two.theirs.program.id):
        may_add = "INSERT" in walls.FEWER_RIGHTS.get(model._meta.db_table, "INSERT")
        refused(insert, row, ["row-level security" if may_add else "permission denied"])
        for link in walls.links_of(model):
            there = link.related_model
            if there is model or there not in two.mine or not two.mine[there]:
                continue
            foreign = sorted(two.mine[there], key=str)[0]
            mine = sorted(two.other[model], key=str)[0]
            move = f'UPDATE {table} SET "{link.column}" = %s WHERE {key} = %s'
            refused(move, [foreign, mine])


@pytest.mark.postgres
def test_everything_is_forced_and_each_command_has_its_policy(two, db):
    with connection.cursor() as cursor:
        for model in WALLED:
            cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
                           [f'"{model._meta.db_table}"'])  # fmt: skip
            assert cursor.fetchone() == (True, True), model._meta.label
            cursor.execute("SELECT policyname, cmd FROM pg_policies WHERE tablename = %s", [model._meta.db_table])
            assert set(cursor.fetchall()) == {
                ("owner", "ALL"), ("app_select", "SELECT"), ("app_insert", "INSERT"), ("app_update", "UPDATE"),
                ("app_delete", "DELETE"), ("report", "SELECT"),
            }  # fmt: skip


@pytest.mark.postgres
def test_the_setting_ends_with_its_transaction(django_db_blocker, two):
    """On a connection that really commits, as the one of a web worker does: nothing is left for the next request."""
    seen = []

    def look():
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('alongside.program', true), '')")
            return cursor.fetchone()[0]

    def worker():
        try:
            with walls.acting(two.ours.program.id):
                seen.append(look() == str(two.ours.program.id))
                with walls.acting(two.theirs.program.id):
                    seen.append(look() == str(two.theirs.program.id))
                seen.append(look() == str(two.ours.program.id))
            seen.append(look() == "")
            with contextlib.suppress(ZeroDivisionError), walls.acting(two.ours.program.id):
                raise ZeroDivisionError
            seen.append(look() == "")
        finally:
            connection.close()

    with django_db_blocker.unblock():
        thread = threading.Thread(target=worker)
        thread.start()
        thread.join(60)
    assert seen == [True] * 5


@pytest.mark.postgres
def test_the_roles_have_no_power(two, db):
    with connection.cursor() as cursor:
        for role in (walls.APP, walls.REPORT):
            cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
                           " WHERE rolname = %s", [role])  # fmt: skip
            assert cursor.fetchone() == (False,) * 4
            cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [role])
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", [role])
            assert cursor.fetchone() == (0,)


FORBIDDEN = [
    "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY app_select ON people_person",
    "CREATE POLICY more ON people_person FOR SELECT USING (true)",
    "ALTER TABLE people_person ADD COLUMN arrest text",
    "DROP TABLE people_person",
    "TRUNCATE people_person CASCADE",
    "TRUNCATE journal_entry",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER journal_no_change ON journal_entry",
    "DELETE FROM journal_entry",
    "UPDATE journal_entry SET verb = 'opened'",
    "CREATE TABLE shadow (a int)",
    "CREATE TEMPORARY TABLE shadow (a int)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION journal_head() RETURNS TABLE (seq bigint, hash varchar) LANGUAGE sql"
    " AS 'SELECT 1::bigint, 1::varchar'",
    "SET ROLE alongside_report",
    "SET session_replication_role = replica",
    "CREATE ROLE friend",
    "ALTER ROLE alongside_app BYPASSRLS",
    "COPY people_person TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "UPDATE django_migrations SET name = name",
    "UPDATE identity_classkey SET wrapped = wrapped",
    "DELETE FROM identity_classkey",
    "UPDATE identity_datakey SET wrapped = wrapped",
    "DELETE FROM identity_forgotten",
]


@pytest.mark.postgres
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_app_role_may_not(roles, laid, db, statement):
    with connection.cursor() as cursor:  # as itself, not as somebody who was the owner a moment ago
        cursor.execute("SET LOCAL ROLE alongside_app")
        if statement.startswith("SET ROLE"):  # the session's own user decides; a login as the role is not in the other one
            cursor.execute("SELECT pg_has_role('alongside_app', 'alongside_report', 'MEMBER')")
            assert cursor.fetchone() == (False,)
            return
        try:
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                cursor.execute(statement)
            assert any(word in str(caught.value) for word in ("permission denied", "must be owner", "must be superuser",
                                                              "no privileges were granted", "must have"))  # fmt: skip
        finally:
            cursor.execute("RESET ROLE")


@pytest.mark.postgres
@pytest.mark.covers("R21", "R69c")
def test_the_report_role_reads_counts_and_nothing_else(two, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, privilege_type FROM pg_class c, aclexplode(c.relacl) a, pg_namespace n"
            " WHERE a.grantee = %s::regrole AND n.oid = c.relnamespace AND nspname = 'public'", [walls.REPORT])  # fmt: skip
        assert cursor.fetchall() == []  # no whole table; columns only
        cursor.execute("SELECT DISTINCT privilege_type FROM information_schema.column_privileges"
                       " WHERE grantee = %s", [walls.REPORT])  # fmt: skip
        assert cursor.fetchall() == [("SELECT",)]
        for model in walls.our_models():
            for column in model._meta.concrete_fields:
                privacy = getattr(model, "PRIVACY", {}).get(column.name)
                closed = isinstance(column, models.BinaryField) or privacy in ("key", "staff")
                closed = closed or model._meta.app_label in ("identity", "journal", "consent")
                cursor.execute("SELECT has_column_privilege(%s, %s, %s, 'SELECT')",
                               [walls.REPORT, f'"{model._meta.db_table}"', column.column])  # fmt: skip
                may = cursor.fetchone()[0]
                assert not (closed and may), f"{model._meta.label}.{column.name}"
    with acting_as(walls.REPORT):
        with walls.acting(two.ours.program.id), connection.cursor() as cursor:
            cursor.execute("SELECT count(id) FROM cases_case")
            assert cursor.fetchone()[0] > 0
        refused("SELECT * FROM identity_identity", why=["permission denied"])
        refused("SELECT place FROM incidents_incident", why=["permission denied"])
        refused("INSERT INTO accounts_town (id, name) VALUES (gen_random_uuid(), 'x')", why=["permission denied"])


@pytest.mark.postgres
def test_the_one_journal_stays_whole_while_two_programs_write(app):
    for side in (app.ours, app.theirs, app.ours):
        with walls.acting(side.program.id):
            record("opened", kind="sealed", target=side.program.id, by=side.system)
            assert {entry.program for entry in Entry.objects.all()} == {str(side.program.id)}
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    lines = list(lines_in_order())
    assert [line.seq for line, _ in lines] == list(range(1, len(lines) + 1))
    assert all(later.previous == digest for (_, digest), (later, _) in zip(lines, lines[1:], strict=False))


@pytest.mark.postgres
def test_an_entry_for_another_program_is_refused(app):
    with walls.acting(app.ours.program.id), pytest.raises(DatabaseError), transaction.atomic():
        record("opened", kind="sealed", target=app.theirs.program.id, by=app.theirs.system)
