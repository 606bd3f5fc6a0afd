"""Heads of the journal as they are kept outside: one signed line each, that anybody with the public key can check."""

from __future__ import annotations

import json
import os
import shlex
import subprocess  # nosec B404  # the command an administrator configured, without a shell
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from alongside.common.decision import Refused

FILE = "anchors.jsonl"
SECONDS = 60


def public_key(secret: bytes) -> str:
    """The key that checks our anchors, as 64 hexadecimal digits to print and to keep apart from them."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def _signed_text(seq: int, head: str, at: str) -> bytes:
    return f"alongside-anchor|{seq}|{head}|{at}".encode()


def anchor_line(seq: int, head: str, at: datetime, secret: bytes) -> str:
    """One anchor: number, hash, time, the public key, and an Ed25519 signature over them (RFC 8032)."""
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    signature = Ed25519PrivateKey.from_private_bytes(secret).sign(_signed_text(seq, head, moment))
    facts = {"seq": seq, "hash": head, "at": moment, "key": public_key(secret), "signature": signature.hex()}
    return json.dumps(facts)


def unsigned_lines(rows: Iterable[str], key: str) -> list[int]:
    """The numbers of the lines that the holder of `key` (a public key) did not sign."""
    checker, wrong = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)), []
    for number, row in enumerate((row for row in rows if row.strip()), start=1):
        try:
            facts = json.loads(row)
            text = _signed_text(facts["seq"], facts["hash"], facts["at"])
            checker.verify(bytes.fromhex(facts["signature"]), text)
        except (ValueError, KeyError, TypeError, InvalidSignature):
            wrong.append(number)
    return wrong


def keep_in_folder(folder: Path, line: str) -> None:
    """Append one anchor to the file in a folder that an administrator chose outside; on the disk when this returns."""
    if not folder.is_dir():
        raise Refused(f"The folder for anchors is not there: {folder}. Is its disk attached?")
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def hand_to_command(command: str, line: str) -> None:
    """Give one anchor to a command on its standard input, for example one that sends a mail; no shell reads it."""
    try:
        subprocess.run(  # noqa: S603  # nosec B603  # an administrator wrote it into the settings
            shlex.split(command), input=line + "\n", text=True, timeout=SECONDS, check=True, stdout=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        raise Refused("The command for anchors did not work; the head was not anchored with it.") from None
