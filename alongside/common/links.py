"""Addresses that are a key: signed, so that nothing in the database opens them, and short enough for a text message.

A link carries the program (whose rows it may touch) and one id. Whether it still holds is asked of the row behind it.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256
from hmac import compare_digest, digest
from uuid import UUID

from django.conf import settings

SIGNATURE_BYTES = 16  # 128 bits: nobody guesses one
# Said on the telephone: no letter that sounds or looks like another, no word.
ALPHABET = "23456789CFHJKMPRTVWX"
CODE_LENGTH = 8  # 20^8, with few tries
DOOR = "/a/"  # short: it stands in a text message
_KEY = re.compile(rf"{DOOR}[\w%-]{{16,}}")


def address(purpose: str, program: UUID, row: UUID) -> str:
    """The path of a link."""
    return f"{DOOR}{token(purpose, program, row)}/"


def blotted(text: str) -> str:
    """The same text with every address that is a key made useless; for logs."""
    return _KEY.sub(f"{DOOR}…", text)


def token(purpose: str, program: UUID, row: UUID) -> str:
    """What stands in the address: 64 characters that anybody who has them may use."""
    body = program.bytes + row.bytes
    return urlsafe_b64encode(body + _sign(purpose, body)).decode().rstrip("=")


def read(purpose: str, written: str) -> tuple[UUID, UUID] | None:
    """The program and the row of a token that we made for this purpose; None for everything else."""
    try:
        whole = urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except (Error, ValueError):
        return None
    body, signature = whole[:32], whole[32:]
    if len(body) != 32 or not compare_digest(signature, _sign(purpose, body)) or token(
        purpose, UUID(bytes=body[:16]), UUID(bytes=body[16:])
    ) != written:  # fmt: skip
        return None
    return UUID(bytes=body[:16]), UUID(bytes=body[16:])


def spoken_code(purpose: str, row: UUID) -> str:
    """The code of a row for the telephone, in two groups of four."""
    number = int.from_bytes(_mac(f"code {purpose}", row.bytes))
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def code_hash(purpose: str, spoken: str) -> str:
    """What is kept of a code, and by which it is found; blanks, hyphens and small letters do not matter."""
    return _mac(f"hash {purpose}", "".join(ch for ch in spoken.upper() if ch in ALPHABET).encode()).hex()


def _sign(purpose: str, body: bytes) -> bytes:
    return _mac(f"link {purpose}", body)[:SIGNATURE_BYTES]


def _mac(purpose: str, body: bytes) -> bytes:
    key = sha256(f"alongside links {settings.SECRET_KEY}".encode()).digest()
    return digest(key, purpose.encode() + b"\0" + body, "sha256")
