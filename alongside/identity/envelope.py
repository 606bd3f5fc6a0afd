"""The sealed form of a value: AES-256-GCM with the row's own place as associated data, and a version in front.

Layout: 1 byte version, 12 bytes nonce, ciphertext with 16-byte tag. The nonce is random (NIST SP 800-38D, 8.2.2);
a data key seals far fewer than 2**32 values. A value moved to another row, column or program no longer opens.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16


class Unreadable(Exception):
    """The ciphertext does not open: wrong key, wrong place, or changed."""


def seal_bytes(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt `plain` for exactly one `place` ("table|column|row")."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def is_envelope(sealed: bytes) -> bool:
    """Whether bytes have the form of a sealed value: version, nonce and at least a tag."""
    return sealed[:1] == VERSION and len(sealed) >= 1 + NONCE_BYTES + TAG_BYTES


def open_bytes(key: bytes, sealed: bytes, place: str) -> bytes:
    """Decrypt what `seal_bytes` made for the same key and place, or raise `Unreadable`."""
    if sealed[:1] != VERSION:
        raise Unreadable("unknown version of the envelope")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError):
        raise Unreadable("the sealed value does not open here") from None
