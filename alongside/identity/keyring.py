"""Keys from root to value: the root key (outside) wraps class keys, those wrap data keys. Only wrapped forms are stored."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.keyfolder import read_key
from alongside.identity.envelope import open_bytes, seal_bytes
from alongside.identity.models import ClassKey, DataKey, Forgotten, MatchToken
from alongside.journal.actions import record

KeyName = tuple[UUID, str]


def root_key() -> bytes:
    """The root key of this installation, read anew each time: nothing keeps it in a global."""
    return read_key(settings.KEY_FOLDER, "root")


def index_key() -> bytes:
    """The key of the match tokens; apart from every encryption key."""
    return read_key(settings.KEY_FOLDER, "index")


def _class_place(key: ClassKey) -> str:
    return f"class|{key.program_id}|{key.privacy_class}"


def _data_place(key: DataKey) -> str:
    return f"data|{key.holder}|{key.privacy_class}"


def class_key_for(program_id: UUID, privacy_class: str) -> tuple[ClassKey, bytes]:
    """The class key of a program, made on first use."""
    key = ClassKey.objects.filter(program_id=program_id, privacy_class=privacy_class).first()
    if key is None:
        key = ClassKey(program_id=program_id, privacy_class=privacy_class)
        key.wrapped = seal_bytes(root_key(), os.urandom(32), _class_place(key))
        key.save(force_insert=True)
    return key, open_bytes(root_key(), bytes(key.wrapped), _class_place(key))


def data_keys(names: Iterable[KeyName]) -> dict[KeyName, bytes]:
    """The opened data keys that exist among (holder, class) names; a forgotten holder simply has none. Two queries at most."""
    wanted = set(names)
    rows = DataKey.objects.select_related("class_key").filter(holder__in={holder for holder, _ in wanted})
    root, classes, found = root_key(), {}, {}
    for row in rows:
        name = (row.holder, row.privacy_class)
        if name in wanted:
            owner = row.class_key
            if owner.id not in classes:
                classes[owner.id] = open_bytes(root, bytes(owner.wrapped), _class_place(owner))
            found[name] = open_bytes(classes[owner.id], bytes(row.wrapped), _data_place(row))
    return found


def new_data_keys(names: Iterable[KeyName], program_id: UUID) -> dict[KeyName, bytes]:
    """Fresh data keys for names that have none yet, stored wrapped."""
    made, rows, owners = {}, [], {}
    for holder, privacy_class in names:
        if privacy_class not in owners:
            owners[privacy_class] = class_key_for(program_id, privacy_class)
        owner, opened = owners[privacy_class]
        key = os.urandom(32)
        row = DataKey(class_key=owner, holder=holder, privacy_class=privacy_class)
        row.wrapped = seal_bytes(opened, key, _data_place(row))
        rows.append(row)
        made[(holder, privacy_class)] = key
    DataKey.objects.bulk_create(rows)
    return made


@transaction.atomic
def rotate_class_key(program_id: UUID, privacy_class: str, *, by: Actor) -> int:
    """Make a new class key and wrap its data keys anew; sealed values are not touched. Gives the number of data keys."""
    key, opened = class_key_for(program_id, privacy_class)
    fresh = os.urandom(32)
    rows = list(DataKey.objects.select_for_update().filter(class_key=key))
    for row in rows:
        row.wrapped = seal_bytes(fresh, open_bytes(opened, bytes(row.wrapped), _data_place(row)), _data_place(row))
    DataKey.objects.bulk_update(rows, ["wrapped"], batch_size=500)
    key.wrapped = seal_bytes(root_key(), fresh, _class_place(key))
    key.save(update_fields=["wrapped"])
    record("keys_rotated", kind="keys", target=key.id, by=by, privacy_class=privacy_class, keys=len(rows))
    return len(rows)


@transaction.atomic
def rewrap_class_keys(old_root: bytes, new_root: bytes, *, by: Actor) -> int:
    """Wrap every class key with a new root key, in one transaction; the key file is exchanged after it. Gives the number."""
    keys = list(ClassKey.objects.select_for_update())
    for key in keys:
        key.wrapped = seal_bytes(new_root, open_bytes(old_root, bytes(key.wrapped), _class_place(key)), _class_place(key))
        key.save(update_fields=["wrapped"])
    record("keys_rotated", kind="keys", target="root", by=by, keys=len(keys))
    return len(keys)


def drop_keys(holders: QuerySet[Any]) -> int:
    """Delete the keys of rows that are about to be removed (a query of their ids); gives the number."""
    return DataKey.objects.filter(holder__in=holders).delete()[0]


@transaction.atomic
def forget(holder: UUID, *, by: Actor) -> int:
    """Destroy every data key of a holder: what was sealed under them can never be read again (NIST SP 800-88)."""
    count, _detail = DataKey.objects.filter(holder=holder).delete()
    MatchToken.objects.filter(person_id=holder).delete()  # nobody is recognized who is forgotten
    Forgotten.objects.get_or_create(holder=holder, defaults={"at": now()})
    record("forgotten", kind="holder", target=holder, by=by, keys=count)
    return count
