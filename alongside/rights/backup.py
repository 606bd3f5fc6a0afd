"""A backup is one encrypted file; restoring one forgets again what was forgotten since, before anything is served."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import subprocess  # nosec B404  # pg_dump and pg_restore, with fixed arguments
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from alongside.common.decision import Refused
from alongside.common.keyfolder import read_key
from alongside.common.sqlcipher.keeping import NotWhole, check_whole, compact, copy_whole
from alongside.rights.rules import is_too_old

SUFFIX = ".backup"
MARK = b"ALONGSIDE-DUMP-1\n"
CHUNK = 1 << 20
NOT_OURS = "That file is no whole backup of this installation: it was changed, cut, or belongs to other keys."


def database_file() -> Path:
    """The embedded database of this installation."""
    return Path(str(settings.DATABASES["default"]["NAME"]))


def database_key() -> bytes:
    """The key of the embedded database, and of backups of a server's."""
    return read_key(settings.KEY_FOLDER, "database")


def is_embedded() -> bool:
    """Whether the database is the embedded file."""
    return connection.vendor == "sqlite"


def write_backup(target: Path) -> None:
    """One whole, encrypted copy; it appears under its name only when it is complete, and never replaces another."""
    if target.suffix != SUFFIX:
        raise Refused(f"The name of a backup ends in “{SUFFIX}”, so that old ones can be found and removed.")
    if target.exists():
        raise Refused("There is a file of that name already; choose another.")
    if not target.parent.is_dir():
        raise Refused("The folder of the backup is not there.")
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        if is_embedded():
            copy_whole(database_file(), part, database_key())
            check_whole(part, database_key())
        else:
            _dump(part)
        part.chmod(0o600)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def remove_old(folder: Path, now: datetime) -> list[str]:
    """Remove the backups of a folder that are past their 35 days; gives their names."""
    removed = []
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        if is_too_old(datetime.fromtimestamp(file.stat().st_mtime, tz=UTC), now):
            file.unlink()
            removed.append(file.name)
    return removed


def put_back(source: Path) -> None:
    """Put a backup in the place of a database that is not there; nothing is touched when the file is not whole."""
    if not source.is_file():
        raise Refused("There is no such file.")
    if not is_embedded():
        _load(source)
        return
    home = database_file()
    if home.exists():
        raise Refused("There is a database here already. Move it away first: a restore never replaces one.")
    home.parent.mkdir(parents=True, exist_ok=True)
    part = home.with_name(f".{home.name}.part")
    shutil.copyfile(source, part)
    part.chmod(0o600)
    try:
        check_whole(part, database_key())
    except NotWhole:
        part.unlink()
        raise Refused(NOT_OURS) from None
    part.rename(home)


def leave_nothing_behind() -> bool:
    """After shredding: no free page, no WAL and no dead row keeps what was there. False when somebody still reads."""
    if is_embedded():
        connection.close()
        return compact(database_file(), database_key())
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("VACUUM")
    return True


# --- a server's database: pg_dump, encrypted in chunks ------------------------------------------------------------------


def _dump_key() -> bytes:
    return hmac.digest(database_key(), b"backup of a server's database", hashlib.sha256)


def _program(name: str) -> str:
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise Refused(f"The program {name} of PostgreSQL is not on this machine.")
    return found


def _server() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that name the server; the password never stands in a list of processes."""
    where = settings.DATABASES["default"]
    arguments = ["--dbname", where["NAME"], *(["--host", where["HOST"]] if where["HOST"] else [])]
    arguments += ["--port", where["PORT"]] if where["PORT"] else []
    arguments += ["--username", where["USER"]] if where["USER"] else []
    return arguments, os.environ | ({"PGPASSWORD": where["PASSWORD"]} if where["PASSWORD"] else {})


def _dump(target: Path) -> None:
    arguments, environment = _server()
    # Row security is forced on the owner, too; its own policy lets it read everything, and pg_dump must be told to go by it.
    words = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security", *arguments]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) as process, target.open("wb") as file:  # noqa: S603  # nosec B603
        assert process.stdout is not None  # noqa: S101  # nosec B101  # tells the type checker
        file.write(MARK)
        for sealed in _seal_chunks(process.stdout):
            file.write(sealed)
    if process.returncode:
        raise Refused("pg_dump could not read the database; its own words are above.")


def _load(source: Path) -> None:
    arguments, environment = _server()
    if connection.introspection.table_names():
        raise Refused("There are tables in this database already. Restore into an empty one.")
    connection.close()
    words = [_program("pg_restore"), "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction", *arguments]
    with tempfile.TemporaryFile() as plain, source.open("rb") as file:  # unlinked from the start, on this machine alone
        for chunk in _open_chunks(file):
            plain.write(chunk)
        plain.seek(0)
        if subprocess.run(words, stdin=plain, env=environment, check=False).returncode:  # noqa: S603  # nosec B603
            raise Refused("pg_restore could not fill the database; nothing was kept of it.")


def _seal_chunks(plain: IO[bytes]) -> Iterator[bytes]:
    """Numbered chunks, the last one marked, so that none can be cut, moved or left out unseen."""
    box, number, chunk = AESGCM(_dump_key()), 0, plain.read(CHUNK)
    stream = os.urandom(16)
    yield stream
    while True:
        following = plain.read(CHUNK) if chunk else b""
        nonce = os.urandom(12)
        body = box.encrypt(nonce, chunk, _place(stream, number, is_last=not following))
        yield len(body).to_bytes(4, "big") + nonce + body
        if not following:
            return
        number, chunk = number + 1, following


def _open_chunks(file: IO[Any]) -> Iterator[bytes]:
    if file.read(len(MARK)) != MARK:
        raise Refused(NOT_OURS)
    box, stream, number, header = AESGCM(_dump_key()), file.read(16), 0, file.read(4)
    while header:
        nonce, body = file.read(12), file.read(int.from_bytes(header, "big"))
        header = file.read(4)
        try:
            yield box.decrypt(nonce, body, _place(stream, number, is_last=not header))
        except (InvalidTag, ValueError):
            raise Refused(NOT_OURS) from None
        number += 1
    if not number:
        raise Refused(NOT_OURS)


def _place(stream: bytes, number: int, *, is_last: bool) -> bytes:
    return stream + number.to_bytes(8, "big") + (b"last" if is_last else b"more")
