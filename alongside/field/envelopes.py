"""Envelopes that only this installation opens (HPKE, RFC 9180, base mode): a phone hands its work over without a sign-in."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from alongside.common.keyfolder import read_key

INFO = b"alongside field 1"
# The order of the curve (SEC 2, secp256r1): a private key is a number from 1 to one less.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def _private() -> EllipticCurvePrivateKey:
    wide = HKDF(algorithm=SHA256(), length=48, salt=None, info=INFO).derive(read_key(settings.KEY_FOLDER, "field"))
    return derive_private_key(int.from_bytes(wide) % (ORDER - 1) + 1, SECP256R1())


def public_key() -> str:
    """The key to close for this installation: the raw point, in base64url."""
    point = _private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def opened(envelope: Any) -> dict[str, Any] | None:
    """What lies in an envelope; None for one that was not closed for us, or holds something else."""
    try:
        sealed = urlsafe_b64decode(envelope + "=" * (-len(envelope) % 4))
        inside = json.loads(Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(sealed, _private(), INFO))
    except (Error, InvalidTag, RecursionError, TypeError, ValueError):
        return None
    return inside if isinstance(inside, dict) else None
