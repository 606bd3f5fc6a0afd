"""Keys from root to value: the root key (outside) wraps class keys, those wrap data keys. Only wrapped forms are stored."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from alongside.common import rootkey
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.keyfolder import read_key
from alongside.identity.envelope import Unreadable, open_bytes, seal_bytes
from alongside.identity.models import ClassKey, DataKey, Forgotten, MatchToken, NearToken
from alongside.identity.tokens import program_key
from alongside.journal.actions import record

KeyName = tuple[UUID, str]
# One number for PostgreSQL's advisory locks: shared by whoever makes data keys, alone by whoever destroys a class key.
KEYS_LOCK = 0x6B657973


def root_keys() -> list[bytes]:
    """The root keys accepted now, the one for new work first, asked anew each time: nothing keeps one in a global."""
    return rootkey.root_keys(settings.KEY_FOLDER)


def root_key() -> bytes:
    """The root key that wraps new class keys."""
    return root_keys()[0]


def index_key() -> bytes:
    """The key of the match tokens; apart from every encryption key."""
    return read_key(settings.KEY_FOLDER, "index")


def token_key(program_id: UUID) -> bytes:
    """The key of one program's match tokens."""
    return program_key(index_key(), program_id.bytes)


def class_place(key: ClassKey) -> str:
    """Where a class key belongs; bound into its wrapped form."""
    return f"class|{key.program_id}|{key.privacy_class}"


def data_place(holder: UUID, privacy_class: str) -> str:
    """Where a data key belongs; bound into its wrapped form."""
    return f"data|{holder}|{privacy_class}"


def open_class_key(key: ClassKey, roots: list[bytes]) -> bytes:
    """A class key under any of the accepted roots."""
    for root in roots:
        with suppress(Unreadable):
            return open_bytes(root, bytes(key.wrapped), class_place(key))
    raise Unreadable("no root key that is accepted here opens this class key")


def class_key_for(program_id: UUID, privacy_class: str) -> tuple[ClassKey, bytes]:
    """The current class key of a program, made on first use."""
    rows = ClassKey.objects.filter(program_id=program_id, privacy_class=privacy_class, retired_at=None)
    key, roots = rows.first(), root_keys()
    if key is None:
        # Somebody else may be making the first one in this moment; then theirs stands.
        ClassKey.objects.bulk_create([new_class_key(program_id, privacy_class)], ignore_conflicts=True)
        key = rows.get()
    return key, open_class_key(key, roots)


def new_class_key(program_id: UUID, privacy_class: str) -> ClassKey:
    """A fresh class key, wrapped, not yet stored."""
    key = ClassKey(program_id=program_id, privacy_class=privacy_class)
    key.wrapped = seal_bytes(root_key(), os.urandom(32), class_place(key))
    return key


def data_keys(names: Iterable[KeyName]) -> dict[KeyName, bytes]:
    """The opened data keys that exist among (holder, class) names; a forgotten holder simply has none. One query."""
    wanted = set(names)
    with suppress(Unreadable):
        return _read_data_keys(wanted)
    # A root may have been exchanged between the reading of keys and rows: both are read once more.
    return _read_data_keys(wanted)


def _read_data_keys(wanted: set[KeyName]) -> dict[KeyName, bytes]:
    holders, classes = {holder for holder, _ in wanted}, {privacy_class for _, privacy_class in wanted}
    rows = DataKey.objects.filter(holder__in=holders, privacy_class__in=classes)
    read = list(rows.values_list("holder", "privacy_class", "wrapped", "class_key", "class_key__wrapped", "class_key__program"))
    roots = root_keys()
    owners = {
        row[3]: open_class_key(ClassKey(program_id=row[5], privacy_class=row[1], wrapped=row[4]), roots)
        for row in {row[3]: row for row in read}.values()
    }
    return {
        (holder, privacy_class): open_bytes(owners[owner], bytes(wrapped), data_place(holder, privacy_class))
        for holder, privacy_class, wrapped, owner, *_ in read
        if (holder, privacy_class) in wanted
    }


def new_data_keys(names: Iterable[KeyName], program_id: UUID) -> dict[KeyName, bytes]:
    """Fresh data keys for names that have none yet, stored wrapped under the current class key."""
    made: dict[KeyName, bytes] = {}
    rows: list[DataKey] = []
    owners: dict[str, tuple[ClassKey, bytes]] = {}
    with transaction.atomic(savepoint=False):
        hold_class_keys()
        for holder, privacy_class in names:
            if privacy_class not in owners:
                owners[privacy_class] = class_key_for(program_id, privacy_class)
            owner, opened = owners[privacy_class]
            key = os.urandom(32)
            row = DataKey(class_key=owner, holder=holder, privacy_class=privacy_class)
            row.wrapped = seal_bytes(opened, key, data_place(holder, privacy_class))
            rows.append(row)
            made[(holder, privacy_class)] = key
        DataKey.objects.bulk_create(rows)
    return made


def hold_class_keys() -> None:
    """Until this transaction ends no class key is destroyed. On SQLite the one writer at a time sees to it already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [KEYS_LOCK])


def drop_keys(holders: QuerySet[Any]) -> int:
    """Delete the keys of rows that are about to be removed (a query of their ids); gives the number."""
    return DataKey.objects.filter(holder__in=holders).delete()[0]


@transaction.atomic
def forget(holder: UUID, *, by: Actor) -> int:
    """Destroy every data key of a holder: what was sealed under them can never be read again (NIST SP 800-88)."""
    count, _detail = DataKey.objects.filter(holder=holder).delete()
    MatchToken.objects.filter(person_id=holder).delete()  # nobody is recognized who is forgotten
    NearToken.objects.filter(person_id=holder).delete()
    Forgotten.objects.get_or_create(holder=holder, defaults={"at": now()})
    record("forgotten", kind="holder", target=holder, by=by, keys=count)
    return count
