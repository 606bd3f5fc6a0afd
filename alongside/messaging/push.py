"""Web push: the key pair that names this installation, and waking one browser (RFC 8030, 8291, 8292)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from alongside.common.keyfolder import read_key
from alongside.messaging.rules import Address, Gone, NotTaken, is_push_service

SECONDS_KEPT = 12 * 3600  # a phone that is off for a night gets it in the morning; without it, never
SECONDS_WAITED = 10
# The order of the curve P-256: a private key is a number below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def private_key() -> ec.EllipticCurvePrivateKey:
    """The private key of this installation, from the key file `push`."""
    number = int.from_bytes(read_key(settings.KEY_FOLDER, "push")) % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key() -> str:
    """What a browser is given when it subscribes."""
    point = private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def takes(endpoint: str) -> bool:
    """Whether an endpoint belongs to a push service that the settings name: the server calls no other address.

    Two readers of addresses may differ over a backslash, a name before the host or a port, so none of them is taken.
    """
    parts = urlsplit(endpoint)
    plain = endpoint.isascii() and endpoint.isprintable() and not set(endpoint) & set("\\ @#")
    named = parts.scheme == "https" and parts.netloc == parts.hostname
    return plain and named and is_push_service(parts.netloc, settings.PUSH_SERVICES)


def _session() -> Any:
    """Goes to the address it was given and to no other: a push service has no reason to send us on."""
    session = import_module("requests").Session()
    session.max_redirects = 0
    return session


def wake(address: Address) -> None:
    """Wake one browser, with nothing in the push; `Gone` when it is no longer subscribed."""
    if not takes(address.to):
        raise Gone
    keys = dict(zip(("p256dh", "auth"), address.extra, strict=True))
    sender = import_module("pywebpush")  # a sixth of all that a start would load, so only who wakes a phone loads it
    try:
        sender.webpush(
            {"endpoint": address.to, "keys": keys},
            vapid_private_key=import_module("py_vapid").Vapid02(private_key()),
            vapid_claims={"sub": f"mailto:{settings.MAIL_FROM}"}, ttl=SECONDS_KEPT, timeout=SECONDS_WAITED,
            headers={"Urgency": "high", "Topic": "alongside"}, requests_session=_session(),
        )  # fmt: skip
    except sender.WebPushException as fault:
        raise Gone if fault.status_code in (404, 410) else NotTaken from None
    except Exception:  # the network's own errors
        raise NotTaken from None
