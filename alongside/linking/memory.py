"""The engine on one machine: DuckDB, in the memory of this process and never in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
from splink import DuckDBAPI

from alongside.linking.levels import DUCKDB

AT_A_TIME = 20_000


class InMemory:
    """Tables in this process; an operation that does not fit into the limit fails, it never goes to a disk."""

    functions = DUCKDB

    def __init__(self, memory_mb: int, threads: int) -> None:
        self._db = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": f"{memory_mb}MB"})
        self._db.execute("SET temp_directory = ''")  # no spilling
        self._db.execute("SET preserve_insertion_order = false")
        self.api = DuckDBAPI(self._db)

    def put(self, name: str, table: Any) -> None:
        """Make an Arrow table known under a name."""
        self._db.register(name, table)

    def make(self, name: str, sql: str) -> None:
        """Work out a table and keep it."""
        self._db.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some thousand at a time."""
        found = self._db.execute(sql)
        while chunk := found.fetchmany(AT_A_TIME):
            yield from chunk

    def close(self) -> None:
        """Let everything go."""
        self._db.close()
