"""Joining a phone, signing in again on it, and its end; and who stands behind what a phone sends."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import User
from alongside.accounts.roles import may
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.field.models import Phone
from alongside.journal.actions import record

MOST_SHOWN = 20
NOBODY = UUID(int=0)
NO_KEY = ""  # the digest of no token there is


@dataclass(frozen=True, slots=True)
class Key:
    """What a phone shows: its id, and a token that names the program whose rows it may touch. It proves nothing yet."""

    phone: UUID
    program: UUID
    token: str


def read_key(phone: str, token: str) -> Key | None:
    """The key a phone shows, when it has the form of one."""
    try:
        whole = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return Key(UUID(phone), UUID(bytes=whole[:16]), token) if len(whole) == 48 else None
    except (Error, ValueError):
        return None


def read_header(header: str) -> Key | None:
    """The key of an `Authorization: Bearer` header."""
    scheme, _, shown = header.partition(" ")
    phone, _, token = shown.strip().partition(".")
    return read_key(phone, token) if scheme.lower() == "bearer" else None


@transaction.atomic
def join(user: User, *, by: Actor) -> tuple[Phone, str]:
    """A new store on a phone, for whoever is signed in there; the token is given this one time."""
    if by.user_id != user.id:
        raise Refused("Everybody joins their own phone.")
    token = urlsafe_b64encode(by.program_id.bytes + secrets.token_bytes(32)).decode()
    moment = clock()
    phone = Phone.objects.create(
        user=user, token_digest=_digest(token, user), stamp=user.session_stamp, made_at=moment, signed_in_at=moment,
        seen_at=moment,
    )  # fmt: skip
    record("phone_joined", kind="phone", target=phone.id, by=by)
    return phone, token


@transaction.atomic
def renew(phone_id: UUID, *, by: Actor) -> Phone:
    """Whoever signed in again goes on with their own phone; one that has ended stays ended."""
    phone = Phone.objects.select_for_update().filter(id=phone_id, user_id=by.user_id or NOBODY, revoked_at=None).first()
    if phone is None:
        raise Refused("This phone is not known any more. Add it again.")
    phone.signed_in_at = clock()
    phone.save(update_fields=["signed_in_at"])
    record("phone_joined", kind="phone", target=phone.id, by=by, again=True)
    return phone


@transaction.atomic
def revoke(phone: Phone, why: str, *, by: Actor) -> Phone:
    """End a phone: at its next word it erases what it holds of people. One's own, or anybody's for whoever manages users."""
    if by.user_id != phone.user_id and not may(by.role, "manage_users"):
        raise Refused("Only the one whose phone it is, or whoever manages users, ends a phone.")
    if phone.user.agency.program_id != by.program_id:
        raise Refused("That phone is not here.")
    phone.refresh_from_db(fields=["revoked_at"])
    if phone.revoked_at is None:
        phone.revoked_at, phone.revoked_why = clock(), why
        phone.save(update_fields=["revoked_at", "revoked_why"])
        record("phone_ended", kind="phone", target=phone.id, by=by, why=why)
    return phone


@transaction.atomic
def note_seen(phone: Phone, left: int, *, by: Actor) -> None:
    """Keep when a phone was last heard of, and how many changes of it still wait."""
    Phone.objects.filter(id=phone.id).update(seen_at=clock(), unsent=left)


@transaction.atomic
def end_if_over(phone: Phone, *, by: Actor) -> bool:
    """Whether the phone has ended; it ends here when its user's account or their sessions have."""
    user = phone.user
    if phone.revoked_at is None and not user.is_active:
        revoke(phone, "user", by=by)
    elif phone.revoked_at is None and phone.stamp != user.session_stamp:
        revoke(phone, "role", by=by)
    return phone.revoked_at is not None


def holder_of(key: Key) -> Phone | None:
    """The phone of a key that fits, whether it has ended or not; asked while acting for the program of the key."""
    rows = Phone.objects.select_related("user__agency__program").filter(user__agency__program_id=key.program)
    phone = rows.filter(id=key.phone).first()
    if phone is None or not compare_digest(phone.token_digest, _digest(key.token, phone.user)):
        return None
    return phone


@transaction.atomic
def take_on(phone_id: UUID, *, by: Actor) -> Phone | None:
    """The row of a phone that is not known here, for the work of it that somebody brings; it has ended from the start.

    None when the id is somebody else's, of this program or another.
    """
    phone = Phone.objects.select_related("user__agency__program").filter(id=phone_id).first()
    if phone is not None:
        ours = phone.user.agency.program_id == by.program_id
        return phone if ours and phone.revoked_why == "unknown" else None
    if by.user_id is None:
        return None
    moment = clock()
    phone = Phone.objects.create(
        id=phone_id, user_id=by.user_id, token_digest=NO_KEY, made_at=moment, signed_in_at=moment, seen_at=moment,
        revoked_at=moment, revoked_why="unknown",
    )  # fmt: skip
    record("phone_ended", kind="phone", target=phone.id, by=by, why="unknown")
    return phone


def phones_of(viewer: Actor, user_id: UUID | None) -> list[Phone]:
    """The phones of a user that have not ended, or ended in the last days, newest first: one's own, or a colleague's."""
    if user_id != viewer.user_id and not may(viewer.role, "manage_users"):
        return []
    rows = Phone.objects.select_related("user").filter(user_id=user_id or NOBODY, user__agency__program_id=viewer.program_id)
    return list(rows.order_by("-made_at")[:MOST_SHOWN])


def phone_for(viewer: Actor, phone_id: UUID) -> Phone | None:
    """One phone: one's own, or anybody's of the program for whoever manages users."""
    rows = Phone.objects.select_related("user__agency").filter(user__agency__program_id=viewer.program_id, id=phone_id)
    return (rows if may(viewer.role, "manage_users") else rows.filter(user_id=viewer.user_id or NOBODY)).first()


def _digest(token: str, user: User) -> str:
    """What is kept of a token. Bound to whose it is: a row that is moved to somebody else opens nothing."""
    return sha256(f"alongside field {user.id} {token}".encode()).hexdigest()
