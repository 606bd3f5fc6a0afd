"""The folder of keys of one installation: outside the database, readable by the service alone, movable to another disk."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEYS = {
    "root": "wraps every class key of the vault",
    "index": "makes match tokens; never encrypts",
    "database": "opens the embedded database file",
    "web": "signs sessions and forms",
    "anchor": "signs the head of the journal; never encrypts",
    "field": "opens what a phone closed for this installation alone",
    "push": "names this installation to a push service; never encrypts",
}


class KeyMissing(Exception):
    """A key file is not there or is not 64 hexadecimal digits; the message names the cure."""


def create_keys(folder: Path) -> None:
    """Make each key that is missing; never touches one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in KEYS:
        try:
            handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")


def read_key(folder: Path, name: str) -> bytes:
    """The 32 bytes of one key: from the environment (ALONGSIDE_KEY_ROOT …) when set there, else from its file."""
    text = os.environ.get(f"ALONGSIDE_KEY_{name.upper()}", "")
    if not text:
        try:
            text = (folder / f"{name}.key").read_text()
        except OSError:
            message = f"The key file {name}.key ({KEYS[name]}) is missing from the key folder; run “alongside setup”."
            raise KeyMissing(message) from None
    return key_from(text, name)


def key_from(text: str, name: str) -> bytes:
    """The 32 bytes written as 64 hexadecimal digits."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyMissing(f"The key “{name}” is not 64 hexadecimal digits; restore it from the key backup.")
    return key


def write_key(folder: Path, name: str, key: bytes) -> None:
    """Write one key file that is not there yet: whole or not at all to whoever reads meanwhile, and across a power cut."""
    beside = folder / f"{name}.key.{secrets.token_hex(4)}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, folder / f"{name}.key")  # fails when it is there already, as it must
    finally:
        beside.unlink()
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Make a new, renamed or removed key file survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
