"""Tokens by which two programs that agreed find that they know the same person: whole values, under a key of their pact.

Nothing near: whole name and whole date of birth, or whole name and whole phone, spelled as they are but for accents and
signs. The plain values are read inside this room, for the tokens alone, and go nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction

from alongside.common.actor import Actor
from alongside.identity.alike import number
from alongside.identity.description import Description
from alongside.identity.forgetting import write_list
from alongside.identity.keyring import forget, index_key
from alongside.identity.recalling import recall
from alongside.identity.tokens import fold

Tokens = frozenset[tuple[str, str]]


def pact_key(pair: UUID, secret: bytes) -> bytes:
    """The key of one pact: HKDF (RFC 5869) of the index key, which lies outside the database, and the pact's own secret.

    When the secret is thrown away nobody can make these tokens again, not even with the index key.
    """
    return HKDF(SHA256(), 32, salt=secret, info=b"alongside elsewhere" + pair.bytes).derive(index_key())


def whole_compounds(person: Description) -> Iterator[tuple[str, str]]:
    """The whole values that a description gives, by kind; a name of one letter and a phone short of ten digits give none."""
    given, family = fold(person.given_name), fold(person.family_name)
    if min(len(given), len(family)) < 2:
        return
    if person.birth_date:
        yield "name_date", f"{given}|{family}|{person.birth_date.isoformat()}"
    if len(number(person.phone)) == 10:  # Jr. and Sr. may share name and phone; a date tells them apart by itself
        yield "name_phone", f"{given}|{family}|{fold(person.suffix)}|{number(person.phone)}"


def whole_tokens(person: Description, key: bytes) -> Tokens:
    """The (kind, token of 128 bits) pairs of a description under a pact's key."""
    return frozenset(
        (kind, hmac.digest(key, f"{kind}|{text}".encode(), hashlib.sha256)[:16].hex())
        for kind, text in whole_compounds(person)
    )


def forget_pact(copy: UUID, *, by: Actor) -> None:
    """Remember, in the database and on the list beside the keys, that a copy of a pact has ended: no backup revives it.

    A list that cannot be written does not keep anybody from ending; the next purge brings the line over.
    """
    forget(copy, by=by)
    transaction.on_commit(partial(write_list, [("forgotten", str(copy))]), robust=True)


def whole_tokens_of(records: Sequence[UUID], key: bytes) -> dict[UUID, Tokens]:
    """The tokens of what is sealed in each record; none of a record that was forgotten. The same few queries for many."""
    return {one: whole_tokens(who, key) for one, who in recall(records).items()}
