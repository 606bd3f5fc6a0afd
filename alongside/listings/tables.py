"""Opens a folder, a zip archive or one CSV file: only members asked for by name, nothing unpacked, sizes capped."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from alongside.services.records import Problem, Unreadable

MEMBER_LIMIT = 64 * 1024 * 1024
PACKAGE_LIMIT = 256 * 1024 * 1024
MEMBERS_LIMIT = 1000
NO_NAME = "(no name)"

Row = Mapping[str, str]


@dataclass(slots=True)
class Table:
    """The rows of one CSV file by column name; rows of the wrong width are left out and reported."""

    name: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Package:
    """The files of one published package, found by their bare names."""

    path: Path
    members: dict[str, str]
    taken: int = 0

    def text(self, name: str) -> str:
        """The text of one member; `Unreadable` when it is too large or not UTF-8."""
        data = self._bytes(self.members[name], min(MEMBER_LIMIT, PACKAGE_LIMIT - self.taken))
        self.taken += len(data)
        return decoded(data, name)

    def table(self, name: str) -> Table:
        """The rows of one member; an empty table when the package has no such member."""
        return parse(self.text(name), name) if name in self.members else Table(name)

    def _bytes(self, member: str, limit: int) -> bytes:
        if self.path.is_dir():
            return limited((self.path / member).read_bytes, (self.path / member).stat().st_size, member, limit)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
                data = file.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
            raise Unreadable(f"{member} in {self.path.name} is damaged or locked with a password.") from None
        if len(data) > limit:
            raise Unreadable(f"{member} in {self.path.name} is larger than an honest list of services would be.")
        return data


def open_package(path: Path) -> Package:
    """The package at `path`, a folder or a zip archive; nothing is read yet."""
    if path.is_dir():
        return Package(path, {file.name: file.relative_to(path).as_posix() for file in _files_in(path)})
    if not path.is_file():
        raise Unreadable(f"There is no file or folder {path.name}.")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        raise Unreadable(f"{path.name} is neither a folder nor a readable zip archive.") from None
    return Package(path, _members(names, path.name))


def read_csv(path: Path) -> Table:
    """The rows of a single CSV file."""
    if not path.is_file():
        raise Unreadable(f"There is no file {path.name}.")
    return parse(decoded(limited(path.read_bytes, path.stat().st_size, path.name, MEMBER_LIMIT), path.name), path.name)


def limited(read: Callable[[], bytes], size: int, name: str, limit: int) -> bytes:
    """What `read` gives, unless the file is larger than `limit`."""
    if size > limit:
        raise Unreadable(f"{name} is larger than an honest list of services would be.")
    try:
        return read()
    except OSError:
        raise Unreadable(f"{name} may not be read by this user.") from None


def decoded(data: bytes, name: str) -> str:
    """The bytes as UTF-8 text, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8 text.") from None


def parse(text: str, name: str) -> Table:
    """The rows of CSV text by column name."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=False)
    table = Table(name)
    try:
        table.columns = tuple(cell.strip() or NO_NAME for cell in next(reader, []))
        for cells in reader:
            if len(cells) == len(table.columns):
                table.rows.append(dict(zip(table.columns, cells, strict=True)))
            elif cells:
                sentence = (
                    f"The row has {len(cells)} cells where the heading has {len(table.columns)}; it was left out."
                )
                table.problems.append(Problem(f"{name} line {reader.line_num}", "broken_row", sentence))
    except csv.Error:
        raise Unreadable(f"{name} is not readable as CSV near line {reader.line_num}.") from None
    if len(set(table.columns)) != len(table.columns):
        raise Unreadable(f"{name} has two columns of the same name.")
    return table


def demand(table: Table, columns: tuple[str, ...]) -> None:
    """`Unreadable` with the missing column's name unless all are there."""
    for column in columns:
        if column not in table.columns:
            raise Unreadable(f"{table.name} has no column “{column}”, so it is not the list it was said to be.")


def _files_in(folder: Path) -> Iterator[Path]:
    home = folder.resolve()
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.resolve().parent == home:
            yield file


def _members(names: list[str], archive: str) -> dict[str, str]:
    if len(names) > MEMBERS_LIMIT:
        raise Unreadable(f"{archive} holds {len(names)} files, more than a package of services has.")
    members: dict[str, str] = {}
    for name in names:
        bare = PurePosixPath(name).name
        if name.endswith("/") or not bare.endswith((".csv", ".json")):
            continue
        if bare in members:
            raise Unreadable(f"{archive} holds two files named {bare}.")
        members[bare] = name
    return members
