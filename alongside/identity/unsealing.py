"""Ciphertext back to words. Importable by the firewall alone (an import contract holds it): nobody else may call this."""

from __future__ import annotations

from collections.abc import Sequence

from alongside.identity.envelope import open_bytes
from alongside.identity.fields import Sealed
from alongside.identity.keyring import data_keys


def unseal(sealed: Sequence[Sealed]) -> list[str | None]:
    """The plain values in order; None where the holder was forgotten. The caller has decided and journaled."""
    keys = data_keys((value.holder, value.privacy_class) for value in sealed)
    plain: list[str | None] = []
    for value in sealed:
        key = keys.get((value.holder, value.privacy_class))
        plain.append(None if key is None else open_bytes(key, value.ciphertext, value.place).decode())
    return plain
