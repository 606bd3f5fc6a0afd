"""The database wrapper: key first, then a guard that lets only `migrate` change the schema or touch the journal's past."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import register as register_functions
from django.db.backends.sqlite3.features import DatabaseFeatures as StockFeatures
from django.db.backends.sqlite3.operations import DatabaseOperations as StockOperations
from django.db.backends.sqlite3.schema import DatabaseSchemaEditor as StockSchemaEditor
from django.utils.dateparse import parse_date, parse_datetime, parse_time

# sqlcipher3 keeps its own tables of converters and adapters, so Django's must be entered there too.
sqlcipher.register_converter("bool", b"1".__eq__)
sqlcipher.register_converter("date", stock.decoder(parse_date))
sqlcipher.register_converter("time", stock.decoder(parse_time))
sqlcipher.register_converter("datetime", stock.decoder(parse_datetime))
sqlcipher.register_converter("timestamp", stock.decoder(parse_datetime))
sqlcipher.register_adapter(decimal.Decimal, str)
sqlcipher.register_adapter(datetime.date, stock.adapt_date)
sqlcipher.register_adapter(datetime.datetime, stock.adapt_datetime)

GUARDED = frozenset({"journal_entry"})
SCHEMA_CHANGES = frozenset(
    getattr(sqlcipher, name)
    for name in (
        "SQLITE_ALTER_TABLE", "SQLITE_DROP_TABLE", "SQLITE_DROP_TRIGGER", "SQLITE_DROP_INDEX", "SQLITE_DROP_VIEW",
        "SQLITE_CREATE_TABLE", "SQLITE_CREATE_TRIGGER", "SQLITE_CREATE_VIEW", "SQLITE_CREATE_TEMP_TRIGGER",
        "SQLITE_CREATE_TEMP_VIEW", "SQLITE_ATTACH", "SQLITE_DETACH", "SQLITE_CREATE_INDEX", "SQLITE_CREATE_VTABLE",
        "SQLITE_CREATE_TEMP_TABLE", "SQLITE_CREATE_TEMP_INDEX", "SQLITE_DROP_VTABLE", "SQLITE_DROP_TEMP_TRIGGER",
    )
)  # fmt: skip
PAST_CHANGES = frozenset({sqlcipher.SQLITE_UPDATE, sqlcipher.SQLITE_DELETE})
UNSAFE_PRAGMAS = frozenset({
    "writable_schema", "recursive_triggers", "trusted_schema", "key", "rekey", "hexkey", "hexrekey", "secure_delete",
    "ignore_check_constraints", "journal_mode", "synchronous", "temp_store_directory",
})  # fmt: skip
UNSAFE_FUNCTIONS = frozenset({"load_extension", "sqlcipher_export", "fts3_tokenizer", "readfile", "writefile", "edit"})


def deny_schema_changes(action: int, first: str | None, second: str | None, *_: object) -> int:
    """SQLite's authorizer: the running program may neither change the schema nor rewrite the journal."""
    if action in SCHEMA_CHANGES or (action in PAST_CHANGES and first in GUARDED):
        return int(sqlcipher.SQLITE_DENY)
    if action == sqlcipher.SQLITE_PRAGMA and second is not None and _is_unsafe(first or ""):
        return int(sqlcipher.SQLITE_DENY)
    if action == sqlcipher.SQLITE_FUNCTION and second in UNSAFE_FUNCTIONS:
        return int(sqlcipher.SQLITE_DENY)
    return int(sqlcipher.SQLITE_OK)


def _is_unsafe(pragma: str) -> bool:
    return pragma.lower() in UNSAFE_PRAGMAS or pragma.lower().startswith("cipher_")


class Cursor(sqlcipher.Cursor):  # type: ignore[misc]  # sqlcipher3 ships no types
    """Django's `%s` placeholders on SQLCipher's cursor; the conversion itself is Django's own."""

    convert_query = stock.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, rows: Any) -> Any:
        """Run one statement for each row."""
        return super().executemany(self.convert_query(query), rows)


class DatabaseOperations(StockOperations):
    """Django's operations, except that a logged statement never carries its values."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """The statement alone: values could be somebody's."""
        return sql


class DatabaseFeatures(StockFeatures):
    """What SQLCipher's newer SQLite can do, stated instead of asked from the machine's own sqlite3."""

    max_query_params = 32_766


class DatabaseSchemaEditor(StockSchemaEditor):
    """The only place where the guard is lifted: between the start and the end of a migration."""

    def __enter__(self) -> DatabaseSchemaEditor:
        super().__enter__()  # refuses to start inside a transaction: only after it may the guard be lifted
        self.connection.connection.set_authorizer(None)
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            super().__exit__(*exception)
        finally:
            if self.connection.connection is not None:
                self.connection.connection.set_authorizer(deny_schema_changes)


class DatabaseWrapper(stock.DatabaseWrapper):
    """One encrypted SQLite file; `OPTIONS["key"]` holds its 32 bytes."""

    Database = sqlcipher
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    init_commands: list[str]
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, give the key before anything else, then Django's functions and our guard."""
        params = dict(conn_params)
        key: bytes = params.pop("key")
        connection = sqlcipher.connect(**params)
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        register_functions(connection)
        for command in ("PRAGMA foreign_keys = ON", "PRAGMA legacy_alter_table = OFF", *self.init_commands):
            if command.strip():
                connection.execute(command)
        connection.set_authorizer(deny_schema_changes)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that takes Django's placeholders."""
        return self.connection.cursor(factory=Cursor)
