"""The second wall on PostgreSQL: three roles with least rights, and row security on everything that belongs to a program.

The first wall is the code: queries take a viewer. This one holds when the code forgets. The owner migrates. The app role
`alongside_app` sees and writes only rows of the program that the transaction acts for, and none when it acts for none.
The report role `alongside_report` counts: it reads no sealed column, no key and no name.

Nothing here lists tables by hand that can be found: a table's way to its program is read from the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

APP, REPORT = "alongside_app", "alongside_report"
PROGRAM = "accounts.Program"
HERE = "(SELECT nullif(current_setting('alongside.program', true), '')::uuid)"
# Read before anybody has signed in, so open for as long as no program is set; names of staff, agencies and towns.
BEFORE_SIGN_IN = ("accounts", "entrance")
# Of these, the tables to which nobody who is not signed in may add.
FIXED = frozenset({"Program", "Agency", "Town", "User"})
# Our tables without row security, each with its reason; a new table must be found here or on a way to its program.
OUTSIDE = {
    "services": "the directory of places that help is public and shared by all programs",
    "messaging_duty": "when each timed duty of the installation last ran; no row of any program",
    "identity_forgotten": "a list of bare ids that nobody can guess; it is asked for one id at a time",
}
# Rights of the app role where they are not all four.
FEWER_RIGHTS = {
    "journal_entry": "SELECT, INSERT",
    "identity_forgotten": "SELECT, INSERT",
    "identity_classkey": "SELECT, INSERT",
    "identity_datakey": "SELECT, INSERT, DELETE",
    "accounts_program": "SELECT, UPDATE",
    "django_migrations": "SELECT",
    "django_content_type": "SELECT",
}
COUNTED = ("incidents", "cases", "visits", "referrals", "naloxone", "reports")
COUNTED_TABLES = ("accounts_program", "accounts_agency", "accounts_town", "people_person")
NOT_COUNTED = frozenset({"key", "staff"})

ROLES = f"""
DO $$ DECLARE wanted text; BEGIN
  FOREACH wanted IN ARRAY ARRAY['{APP}', '{REPORT}'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
  BEGIN
    EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  EXCEPTION WHEN insufficient_privilege THEN NULL;
  END;
END $$;
"""  # noqa: S608  # nosec B608  # our own two names


# --- acting for a program ----------------------------------------------------------------------------------------------


@contextmanager
def acting(program_id: UUID) -> Iterator[None]:
    """One transaction in which this connection sees and writes rows of one program; nothing of it outlives the block.

    On the embedded database it does nothing: there the first wall and the encryption stand alone.
    """
    with _acting(str(program_id)):
        yield


@contextmanager
def before_sign_in() -> Iterator[None]:
    """One block in which this connection acts for no program: it sees what is readable before sign-in, as names of programs."""
    with _acting(""):
        yield


@contextmanager
def _acting(program: str) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    inside = connection.in_atomic_block
    with transaction.atomic():
        before = _set(program)
        yield
        if inside and not connection.needs_rollback:
            _set(before)  # the setting lives as long as the outermost transaction, and that one goes on


def _set(program: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT was, set_config('alongside.program', %s, true)"
            " FROM (SELECT coalesce(current_setting('alongside.program', true), '') AS was OFFSET 0) before",
            [program],
        )
        return str(cursor.fetchone()[0])


# --- the way from a table to its program -------------------------------------------------------------------------------

Link = models.ForeignKey[Any, Any]
Model = type[models.Model]


def our_models() -> list[Model]:
    """Every table of ours, those between two others included."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("alongside.")}
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ours]


def links_of(model: Model) -> list[Link]:
    """The foreign keys of a table, the required ones first."""
    found = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return sorted(found, key=lambda field: field.null)


def way_of(model: Model) -> tuple[Link, ...] | None:
    """The shortest way over foreign keys to the program, over required ones if it can be; None where there is none."""
    if model._meta.label == PROGRAM:
        return ()
    for null in (False, True):
        ways = [way for link in links_of(model) if link.null is null and (way := _way_by(link)) is not None]
        if ways:
            return min(ways, key=len)
    return None


def _way_by(first: Link) -> tuple[Link, ...] | None:
    """The shortest way that begins with one foreign key and goes on over required ones."""
    waiting: list[tuple[Link, ...]] = [(first,)]
    seen = {first.model}
    while waiting:
        way = waiting.pop(0)
        there = way[-1].related_model
        if there._meta.label == PROGRAM:
            return way
        if there not in seen:
            seen.add(there)
            waiting += [(*way, link) for link in links_of(there) if not link.null]
    return None


def is_outside(model: Model) -> bool:
    """Whether a table has no row security: it is named so, or it is read before sign-in and leads to no program."""
    if model._meta.app_label in OUTSIDE or model._meta.db_table in OUTSIDE:
        return True
    return model._meta.app_label in BEFORE_SIGN_IN and way_of(model) is None


def walled_models() -> list[Model]:
    """The tables with row security."""
    return [model for model in our_models() if not is_outside(model)]


def own(model: Model) -> str:
    """The condition, for a row of a table, that it belongs to the program acted for."""
    table = model._meta.db_table
    if table == "journal_entry":
        return f"program = {HERE}::text"
    if not way_of(model):
        return f"id = {HERE}" if model._meta.label == PROGRAM else "false"  # what belongs to nobody is seen by nobody
    required = [way for link in links_of(model) if not link.null and (way := _way_by(link)) is not None]
    # A row that points at a person or at a user, but never at both: whichever it is, it must be ours.
    optional = [way for link in links_of(model) if link.null and (way := _way_by(link)) is not None]
    ways = [min(required, key=len)] if required else optional
    conditions = [_along(way, f'"{table}"', 1) for way in ways]
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _along(way: tuple[Link, ...], row: str, depth: int) -> str:
    link, rest = way[0], way[1:]
    if not rest:
        return f'{row}."{link.column}" = {HERE}'
    there, name = link.related_model._meta, f"p{depth}"
    return (
        f'EXISTS (SELECT 1 FROM "{there.db_table}" {name} WHERE {name}."{there.pk.column}" = {row}."{link.column}"'  # noqa: S608  # nosec B608  # names of our own schema
        f" AND {_along(rest, name, depth + 1)})"
    )


def written(model: Model) -> str:
    """The condition for a row to be written: it is own, and so is everything it points at (but for its own table)."""
    conditions = [own(model)]
    for link in links_of(model):
        there = link.related_model
        if there is model or there._meta.label == PROGRAM or is_outside(there) or way_of(there) is None:
            continue
        inside = f'EXISTS (SELECT 1 FROM "{there._meta.db_table}" q WHERE q."{there._meta.pk.column}" = '  # noqa: S608  # nosec B608  # names of our own schema
        inside += f'"{model._meta.db_table}"."{link.column}" AND {_along(way_of(there) or (), "q", 1)})'
        conditions.append(f'("{model._meta.db_table}"."{link.column}" IS NULL OR {inside})' if link.null else inside)
    return " AND ".join(dict.fromkeys(conditions))


# --- what is laid -------------------------------------------------------------------------------------------------------


def statements() -> list[str]:
    """Everything that lays the wall, to be run by the owner after each migration; running it again changes nothing."""
    return [ROLES, *_rights(), *(line for model in walled_models() for line in _policies(model))]


def lay_walls() -> None:
    """Lay roles, rights and row security, all or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)


def _rights() -> Iterable[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {REPORT}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP}, {REPORT}, PUBLIC"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    for table, rights in FEWER_RIGHTS.items():
        yield f'REVOKE ALL ON "{table}" FROM {APP}'
        yield f'GRANT {rights} ON "{table}" TO {APP}'
    yield "REVOKE ALL ON FUNCTION journal_head() FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION journal_head() TO {APP}"
    for model in our_models():
        columns = ", ".join(f'"{name}"' for name in columns_for_reports(model))
        if columns:
            yield f'GRANT SELECT ({columns}) ON "{model._meta.db_table}" TO {REPORT}'


def columns_for_reports(model: Model) -> list[str]:
    """The columns a report may count by: none of a table it has no business with, and nothing sealed anywhere."""
    if model._meta.app_label not in COUNTED and model._meta.db_table not in COUNTED_TABLES:
        return []
    privacy = getattr(model, "PRIVACY", {})
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and privacy.get(field.name, "none") not in NOT_COUNTED
    ]


def _policies(model: Model) -> Iterable[str]:
    table = f'"{model._meta.db_table}"'
    mine, check = own(model), written(model)
    opened = model._meta.app_label in BEFORE_SIGN_IN
    seen = f"{HERE} IS NULL OR {mine}" if opened else mine
    added = check if not opened or model._meta.object_name in FIXED else f"{HERE} IS NULL OR {check}"
    changed = f"{HERE} IS NULL OR {check}" if opened else check
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    for name, rule in {
        "owner": "TO CURRENT_USER USING (true) WITH CHECK (true)",
        "app_select": f"FOR SELECT TO {APP} USING ({seen})",
        "app_insert": f"FOR INSERT TO {APP} WITH CHECK ({added})",
        "app_update": f"FOR UPDATE TO {APP} USING ({seen}) WITH CHECK ({changed})",
        "app_delete": f"FOR DELETE TO {APP} USING ({mine})",
        "report": f"FOR SELECT TO {REPORT} USING ({mine})",
    }.items():
        yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"CREATE POLICY {name} ON {table} {rule}"
