"""Where the root key comes from: a file, the environment, or a program that fetches it from a key service.

Callers take `root_keys()`: the keys that are accepted now, the one for new work first. While a root is being exchanged
there are two or three of them. When the source is down there are none, and nothing is opened: there is no way around it.
"""

from __future__ import annotations

import os
import shlex
import subprocess  # nosec B404  # the operator's own program, named in the environment of the service
import threading
import time
from pathlib import Path
from typing import Protocol

from alongside.common.keyfolder import KeyMissing, key_from, read_key

CACHED_SECONDS = 300
ANSWER_SECONDS = 10
NEXT, OLD = "root.next", "root.old"


class KeyServiceDown(KeyMissing):
    """The program that fetches the root key gave none, and the one it gave before is more than five minutes old."""


class RootKeys(Protocol):
    """One source of root keys."""

    def keys(self) -> list[bytes]:
        """The accepted root keys, the one for new work first; never empty."""


class FolderRoot:
    """`root.key`, with `root.next.key` while it is being exchanged and `root.old.key` until it is destroyed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keys(self) -> list[bytes]:
        """The next one is read first: it may become the root while we read, but then it is read as that."""
        coming = self._optional(NEXT)
        return [*coming, read_key(self.folder, "root"), *self._optional(OLD)]

    def _optional(self, name: str) -> list[bytes]:
        try:
            return [key_from((self.folder / f"{name}.key").read_text(), name)]
        except OSError:
            return []


class EnvironmentRoot:
    """`ALONGSIDE_KEY_ROOT`, with `ALONGSIDE_KEY_ROOT_NEXT` while it is being exchanged."""

    def keys(self) -> list[bytes]:
        """What the service was started with."""
        names = ("ALONGSIDE_KEY_ROOT_NEXT", "ALONGSIDE_KEY_ROOT")
        return [key_from(os.environ[name], name) for name in names if os.environ.get(name)]


class CommandRoot:
    """A program that prints the root key as 64 hexadecimal digits, and on a line before it the next one, if there is one.

    An answer is kept in memory for at most five minutes; after that, no answer means no key.
    """

    def __init__(self, command: str) -> None:
        self.command = command
        self._lock = threading.Lock()
        self._kept: list[bytes] = []
        self._kept_at = 0.0

    def keys(self) -> list[bytes]:
        """The program's answer, at most five minutes old."""
        with self._lock:
            if not self._kept or time.monotonic() - self._kept_at >= CACHED_SECONDS:
                self._kept = []  # first forgotten, then asked: a failure leaves nothing behind
                self._kept, self._kept_at = self._ask(), time.monotonic()
            return list(self._kept)

    def _ask(self) -> list[bytes]:
        why = "gave no key"
        try:
            answer = subprocess.run(  # noqa: S603  # nosec B603  # no shell; the operator wrote the words
                shlex.split(self.command), capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True
            )
            found = [key_from(line, "root") for line in answer.stdout.split("\n") if line.strip()]
            if found:
                return found
        except (OSError, subprocess.SubprocessError, ValueError):
            why = "does not answer"
        except KeyMissing:
            why = "answers with something that is not a key"
        raise KeyServiceDown(f"The root key service {why}; nothing sealed can be opened or kept until it does.")


_commands: dict[str, CommandRoot] = {}


def source(folder: Path) -> RootKeys:
    """The source this installation names: the environment before a command, a command before the folder."""
    if os.environ.get("ALONGSIDE_KEY_ROOT"):
        return EnvironmentRoot()
    command = os.environ.get("ALONGSIDE_ROOT_COMMAND", "")
    if command:
        return _commands.setdefault(command, CommandRoot(command))
    return FolderRoot(folder)


def root_keys(folder: Path) -> list[bytes]:
    """The root keys accepted now, the one for new work first, or `KeyMissing` with the cure."""
    return source(folder).keys()
