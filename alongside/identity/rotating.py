"""Exchanging a class key or the root key while everybody goes on working.

Every step is a short transaction of its own, and every step can be run again: whoever was stopped in the middle, by a
power cut or by `kill -9`, starts the same command once more and it goes on where it was. Sealed values are not touched;
only the keys around them are wrapped anew (NIST SP 800-57 part 1, 5.3.6).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.keyfolder import flush_folder, read_key, write_key
from alongside.common.rootkey import NEXT, OLD, FolderRoot, source
from alongside.identity.envelope import Unreadable, open_bytes, seal_bytes
from alongside.identity.keyring import (
    KEYS_LOCK,
    class_key_for,
    class_place,
    data_place,
    new_class_key,
    open_class_key,
    root_keys,
)  # fmt: skip
from alongside.identity.models import ClassKey, DataKey
from alongside.journal.actions import CHAIN_LOCK, record

BATCH = 500
REST_SECONDS = 0.01  # between two batches, so that a writer who waits gets in
TRIES = 400


# --- one class key ----------------------------------------------------------------------------------------------------


def rotate_class_key(program_id: UUID, privacy_class: str, *, by: Actor, batch: int = BATCH) -> int:
    """A new class key, every data key wrapped anew, the old class key destroyed. Gives the number of data keys moved.

    An exchange that was interrupted is finished; no second one is begun on top of it.
    """
    retired = _retired(program_id, privacy_class)
    if not retired.exists():
        start_class_key(program_id, privacy_class, by=by)
    count = 0
    while retired.exists():
        moved = rewrap_batch(program_id, privacy_class, size=batch)
        count += moved
        # Somebody who was just then making a data key may have hung it on the old class key: then once more.
        if not moved and not _hanging(retired).exists():
            destroy_class_keys(program_id, privacy_class, by=by)
        time.sleep(REST_SECONDS)
    return count


def _retired(program_id: UUID, privacy_class: str) -> QuerySet[ClassKey]:
    return ClassKey.objects.filter(program_id=program_id, privacy_class=privacy_class, retired_at__isnull=False)


def _hanging(retired: QuerySet[ClassKey]) -> QuerySet[DataKey]:
    return DataKey.objects.filter(class_key_id__in=list(retired.values_list("id", flat=True)))


def start_class_key(program_id: UUID, privacy_class: str, *, by: Actor) -> None:
    """Retire the current class key and make a new one; from the next moment new data keys hang on the new one."""
    with _alone():
        keys = ClassKey.objects.filter(program_id=program_id, privacy_class=privacy_class)
        old = keys.filter(retired_at=None).first()
        if old is None or keys.exclude(retired_at=None).exists():
            return
        old.retired_at = now()
        old.save(update_fields=["retired_at"])
        fresh = new_class_key(program_id, privacy_class)
        fresh.save(force_insert=True)
        record("keys_rotated", kind="keys", target=fresh.id, by=by, privacy_class=privacy_class, step="begun")


def rewrap_batch(program_id: UUID, privacy_class: str, *, size: int = BATCH) -> int:
    """Hang some data keys of the retired class keys on the current one; 0 when none is left."""
    with transaction.atomic():
        retired = {key.id: key for key in _retired(program_id, privacy_class)}
        rows = list(DataKey.objects.select_for_update().filter(class_key_id__in=list(retired)).order_by("id")[:size])
        if not rows:
            return 0
        current, opened = class_key_for(program_id, privacy_class)
        roots = root_keys()
        olds = {key_id: open_class_key(key, roots) for key_id, key in retired.items()}
        for row in rows:
            plain = open_bytes(olds[row.class_key_id], bytes(row.wrapped), data_place(row.holder, row.privacy_class))
            row.wrapped, row.class_key = seal_bytes(opened, plain, data_place(row.holder, row.privacy_class)), current
        DataKey.objects.bulk_update(rows, ["wrapped", "class_key"], batch_size=500)
        return len(rows)


def destroy_class_keys(program_id: UUID, privacy_class: str, *, by: Actor) -> int:
    """Destroy the retired class keys of a class for good; refused while a data key hangs on one. Gives the number."""
    with _alone():
        retired = _retired(program_id, privacy_class)
        if _hanging(retired).exists():
            raise Refused("Data keys still hang on the old class key; run “alongside keys rotate” for this class first.")
        count, _detail = retired.delete()
        if count:
            record("keys_rotated", kind="keys", target=program_id, by=by, privacy_class=privacy_class, step="destroyed")
        return count


# --- the root key -----------------------------------------------------------------------------------------------------


def rotate_root_key(*, by: Actor) -> int:
    """Wrap every class key of every program with the next root key, and make that the root. Gives the number of keys.

    In the key folder the next key is made here and exchanged here; the old one is accepted until `destroy_old_root`.
    Where the environment or a key service gives the root, it must give the next one first, and drops the old one after.
    """
    require_every_program()
    place = source(settings.KEY_FOLDER)
    if isinstance(place, FolderRoot):
        _prepare(place.folder)
    elif len(place.keys()) < 2:
        raise Refused("The root key comes from outside this installation: let it give the next one too, then run this again.")
    count = rewrap_class_keys(place.keys(), by=by)
    if isinstance(place, FolderRoot):
        _exchange(place.folder, by=by)
    return count


def _prepare(folder: Path) -> None:
    if (folder / f"{OLD}.key").exists() and not (folder / f"{NEXT}.key").exists():
        raise Refused("The root key before this one still waits: run “alongside keys destroy” first.")
    if not (folder / f"{NEXT}.key").exists():
        write_key(folder, NEXT, os.urandom(32))


def rewrap_class_keys(roots: list[bytes], *, by: Actor) -> int:
    """Wrap every class key that another accepted root wraps with the first of `roots`; one transaction. Gives the number."""
    with _alone():
        stale = [key for key in ClassKey.objects.order_by("id") if not _opens(key, roots[0])]
        for key in stale:
            key.wrapped = seal_bytes(roots[0], open_class_key(key, roots[1:]), class_place(key))
            key.save(update_fields=["wrapped"])
        for program_id in sorted({key.program_id for key in stale}):
            count = sum(key.program_id == program_id for key in stale)
            record("keys_rotated", kind="keys", target="root", by=replace(by, program_id=program_id), keys=count)
        return len(stale)


def _opens(key: ClassKey, root: bytes) -> bool:
    try:
        open_bytes(root, bytes(key.wrapped), class_place(key))
    except Unreadable:
        return False
    return True


def _exchange(folder: Path, *, by: Actor) -> None:
    with _alone():  # nobody makes a class key meanwhile, so none can be left under the old root unseen
        rewrap_class_keys(FolderRoot(folder).keys(), by=by)
        root, coming, old = (folder / f"{name}.key" for name in ("root", NEXT, OLD))
        if not old.exists():  # else we were stopped right here before
            os.link(root, old)
        coming.replace(root)
        flush_folder(folder)


def destroy_old_root(*, by: Actor) -> bool:
    """Destroy the root key before this one; refused while it is still needed. Whether there was one."""
    require_every_program()
    folder: Path = settings.KEY_FOLDER
    old = folder / f"{OLD}.key"
    if (folder / f"{NEXT}.key").exists():
        raise Refused("The exchange of the root key is not finished; run “alongside keys rotate-root” first.")
    if not old.exists():
        return False
    with _alone():
        root = read_key(folder, "root")
        if any(not _opens(key, root) for key in ClassKey.objects.all()):
            raise Refused("A class key still needs the old root key; run “alongside keys rotate-root” first.")
        with old.open("r+b") as file:
            file.write(b"0" * 64)
            file.flush()
            os.fsync(file.fileno())
        old.unlink()
        flush_folder(folder)
        record("keys_rotated", kind="keys", target="root", by=by, step="destroyed")
    return True


# --- standing alone ---------------------------------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else makes or moves keys. It never waits for one lock while it holds the other."""
    for _ in range(TRIES):
        with transaction.atomic():
            if _took_the_locks():
                yield
                return
        time.sleep(0.05)
    raise Refused("Others keep making keys; try again when it is quieter.")


def _took_the_locks() -> bool:
    if connection.vendor != "postgresql":
        return True  # SQLite has one writer at a time, and a transaction here begins as one
    with connection.cursor() as cursor:
        for lock in (CHAIN_LOCK, KEYS_LOCK):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            if not cursor.fetchone()[0]:
                return False
    return True


def require_every_program() -> None:
    """Refuse where row security hides keys, and the app role has no right to change them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'identity_classkey'::regclass"
        )
        if not cursor.fetchone()[0]:
            raise Refused("Only the owner of the database exchanges and destroys keys; give its address as DATABASE_URL.")
