"""Looks for one prefix in bytes, in every way a word is usually written down."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path


def disguises(prefix: str) -> dict[str, bytes]:
    """The encodings searched for, each with the bytes it gives; base64 in the three places a word can begin at."""
    plain = prefix.encode()
    found = {
        "plain": plain, "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "utf-16-le": prefix.encode("utf-16-le"), "utf-16-be": prefix.encode("utf-16-be"),
    }  # fmt: skip
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + plain)
        # What depends on the bytes before and after is cut away.
        start, end = (0, 2, 3)[shift], len(whole) - (0, 4, 4)[(len(plain) + shift) % 3]
        found[f"base64 at {shift}"] = whole[start:end]
    return found


def hits(content: bytes, prefix: str) -> list[str]:
    """The encodings in which the prefix stands somewhere in the bytes."""
    return [name for name, form in disguises(prefix).items() if form in content]


def hits_in_files(paths: Iterable[Path], prefix: str) -> dict[str, list[str]]:
    """File → encodings found, for files where something was found."""
    return {str(path): found for path in paths if path.is_file() and (found := hits(path.read_bytes(), prefix))}
