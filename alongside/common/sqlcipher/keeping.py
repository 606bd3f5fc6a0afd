"""Keeping the embedded file: a whole copy under the same key, a check of one, and leaving nothing in free pages or the WAL.

Each opens the file by itself, outside Django: the guard of the running program forbids what these do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

WAIT_SECONDS = 20


class NotWhole(Exception):
    """The file is no database of this key, or a page of it was changed."""


def _opened(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(str(path), timeout=WAIT_SECONDS, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def copy_whole(source: Path, target: Path, key: bytes) -> None:
    """A consistent copy while others read and write, encrypted with the same key, without free pages."""
    connection = _opened(source, key)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()


def check_whole(path: Path, key: bytes) -> None:
    """Raise `NotWhole` unless every page of the file is as it was written under this key."""
    connection = _opened(path, key)
    try:
        broken = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        answer = connection.execute("PRAGMA quick_check").fetchone()
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'django_migrations'").fetchone()
    except sqlcipher.DatabaseError as fault:
        raise NotWhole(str(fault)) from None
    finally:
        connection.close()
    if broken or answer != ("ok",) or tables != (1,):
        raise NotWhole("a page was changed, or there is nothing in it")


def compact(path: Path, key: bytes) -> bool:
    """Write the file anew without what was deleted, and empty the WAL. False when a reader kept the WAL: run it again."""
    connection = _opened(path, key)
    try:
        connection.execute("VACUUM")
        busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    return not busy
