"""The sealed form of a value: AES-256-GCM with the row's own place as associated data, and a version in front.

Layout: 1 byte version, 12 bytes nonce, ciphertext with 16-byte tag. The nonce is random (NIST SP 800-38D, 8.2.2);
a data key seals far fewer than 2**32 values. A value moved to another row, column or program no longer opens.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
TO_RECIPIENT = b"\x02"
PUBLIC_BYTES = 32
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


def seal_for(recipient: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt for the holder of an X25519 private key: a fresh key pair for each call, HKDF-SHA256, then `seal_bytes`."""
    ours = X25519PrivateKey.generate()
    public = ours.public_key().public_bytes_raw()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(recipient))
    return TO_RECIPIENT + public + seal_bytes(_agreed(shared, public, recipient), plain, place)


def open_as(recipient: bytes, sealed: bytes, place: str) -> bytes:
    """Decrypt, with the recipient's private key, what `seal_for` made for its public key and the same place."""
    if sealed[:1] != TO_RECIPIENT or len(sealed) < 1 + PUBLIC_BYTES:
        raise Unreadable("not an envelope to a recipient")
    public, mine = sealed[1 : 1 + PUBLIC_BYTES], X25519PrivateKey.from_private_bytes(recipient)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Unreadable("the sealed value does not open here") from None
    key = _agreed(shared, public, mine.public_key().public_bytes_raw())
    return open_bytes(key, sealed[1 + PUBLIC_BYTES :], place)


def _agreed(shared: bytes, public: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"alongside|to-recipient|" + public + recipient).derive(shared)
