"""Bytes as letters, and every way a word may lie in a file."""

from __future__ import annotations

import base64
from pathlib import Path


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def disguises(word: str) -> set[bytes]:
    """As it stands, in UTF-16, hexadecimal, and base64 wherever the word begins among three bytes."""
    found = {form for plain in (word.encode(), word.encode("utf-16-le")) for form in (plain, plain.hex().encode())}
    for plain in (word.encode(), word.encode("utf-16-le")):
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + plain).rstrip(b"=")[shift and shift + 1 : -2]
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def files_with(word: str, folder: Path) -> list[str]:
    """The files under the folder in which the word lies in any of its disguises."""
    forms = disguises(word)
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return [str(file.relative_to(folder)) for file, raw in files.items() if any(form in raw for form in forms)]
