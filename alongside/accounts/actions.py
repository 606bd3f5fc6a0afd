"""Setting up programs; adding, changing, reviewing and suspending users; what became of their passwords and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from alongside.accounts import rules
from alongside.accounts.models import Agency, Program, SetUpCode, Town, User, WrongTry
from alongside.accounts.roles import ROLES
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.actions import record

# Letters and digits that nobody confuses when they are read aloud or written by hand: 16 of them are 78 bits.
CODE_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


@transaction.atomic
def set_up_program(name: str, zone: str = "America/New_York") -> Program:
    """Make a program with the usual policy; one of that name that is there already is given back unchanged."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(f"“{zone}” is not a time zone; use a name such as America/New_York.") from None
    program, made = Program.objects.get_or_create(name=name, defaults={"zone": zone})
    if made:
        record("program_set_up", kind="program", target=program.id, by=Actor.system(program.id))
    return program


@transaction.atomic
def choose_order(policy: str, *, by: Actor) -> None:
    """Set how the program's queue is ordered, one of `rules.QUEUE_POLICIES`; a coordinator does. The same again is nothing."""
    rules.may_order(by.role).require()
    if policy not in rules.QUEUE_POLICIES:
        raise Refused("Choose one of the two orders.")
    if Program.objects.filter(id=by.program_id).exclude(queue_policy=policy).update(queue_policy=policy):
        record("order_chosen", kind="program", target=by.program_id, by=by, policy=policy)


# --- the list of users --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Post:
    """What an administrator decides about a user: role, agency, the other post, and the towns."""

    role: str
    agency: Agency
    other_post: str = ""
    towns: Collection[Town] = ()


@transaction.atomic
def add_user(username: str, display_name: str, post: Post, *, by: Actor) -> tuple[User, str]:
    """Add a user without a password, and give the set-up code that is shown this one time and handed over in person."""
    if User.objects.filter(username=username).exists():
        raise Refused("There is a user of that sign-in name already; one person, one login.")
    user = User(username=username, display_name=display_name, role=post.role, agency=post.agency,
                other_post=post.other_post)  # fmt: skip
    _require(user, by)
    user.set_unusable_password()
    user.save()
    user.towns.set(post.towns)
    record("user_added", kind="user", target=user.pk, by=by, role=user.role, agency=str(user.agency_id))
    return user, _new_code(user)


@transaction.atomic
def change_user(user: User, post: Post, *, by: Actor) -> User:
    """Give a user another role, agency, post or towns. An investigating post takes the outreach role away at once.

    Every session of the user ends. The same again changes nothing.
    """
    user = _locked(user)
    _require_other(user, by)
    before = (user.role, user.agency_id, user.other_post)
    user.role = rules.role_after(post.role, post.other_post) if post.other_post != user.other_post else post.role
    user.agency, user.other_post = post.agency, post.other_post
    _require(user, by)
    towns = {town.id for town in post.towns}
    if before == (user.role, user.agency_id, user.other_post) and towns == set(user.towns.values_list("id", flat=True)):
        return user
    user.save()
    user.towns.set(post.towns)
    record("user_changed", kind="user", target=user.pk, by=by, role=user.role, was=before[0], post=user.other_post)
    _end_sessions(user, by)
    return user


def _require(user: User, by: Actor) -> None:
    """Refuse a role that is not there, that police may not hold, that an investigating post forbids, or another program."""
    if user.role not in ROLES or user.agency.program_id != by.program_id:
        raise Refused("That role or agency does not exist here.")
    rules.may_hold(user.role, user.other_post).require()
    try:
        user.clean()
    except ValueError as error:
        raise Refused(str(error)) from None


def _require_other(user: User, by: Actor) -> None:
    rules.may_manage(own=user.pk == by.user_id).require()
    if user.agency.program_id != by.program_id:
        raise Refused("That user does not exist here.")


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


@transaction.atomic
def suspend_user(user: User, why: str, *, by: Actor) -> User:
    """Take all access away, today; sessions end with it. `why`: left, asked, idle, unreviewed."""
    user = _locked(user)
    _require_other(user, by)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        record("user_changed", kind="user", target=user.pk, by=by, active=False, why=why)
        _end_sessions(user, by)
    return user


@transaction.atomic
def restore_user(user: User, *, by: Actor) -> User:
    """Give a suspended user access again; that this is right was looked at today."""
    user = _locked(user)
    _require_other(user, by)
    if not user.is_active:
        user.is_active, user.reviewed_on = True, now().date()
        user.save(update_fields=["is_active", "reviewed_on"])
        record("user_changed", kind="user", target=user.pk, by=by, active=True)
    return user


@transaction.atomic
def review_users(user_ids: Collection[UUID], *, by: Actor) -> int:
    """Say that these people still need their accounts, with the role they have; the number of those it was said of."""
    said = User.objects.filter(agency__program_id=by.program_id, is_active=True, id__in=user_ids)
    count = said.update(reviewed_on=now().date())
    if count:
        record("users_reviewed", kind="program", target=by.program_id, by=by, users=count)
    return count


@transaction.atomic
def suspend_unreviewed(today: date, *, by: Actor) -> int:
    """Suspend whoever missed the quarterly review and its grace, and whoever did not sign in for 60 days; every night.

    Wrong tries of yesterday and used-up set-up codes go with it.
    """
    WrongTry.objects.filter(user__agency__program_id=by.program_id, at__lt=now() - timedelta(days=1)).delete()
    SetUpCode.objects.filter(user__agency__program_id=by.program_id, expires_at__lt=now()).delete()
    count = 0
    for user in User.objects.filter(agency__program_id=by.program_id, is_active=True):
        seen_on = user.last_login.date() if user.last_login else None
        if rules.review_is_over(user.reviewed_on, today):
            suspend_user(user, "unreviewed", by=by)
        elif rules.is_idle(seen_on, user.reviewed_on, today):
            suspend_user(user, "idle", by=by)
        else:
            continue
        count += 1
    return count


@transaction.atomic
def suspend_sleeping(*, by: Actor) -> int:
    """`suspend_unreviewed` as of today, as a timed duty calls it."""
    return suspend_unreviewed(now().date(), by=by)


# --- sessions, passwords, factors ---------------------------------------------------------------------------------------


@transaction.atomic
def end_sessions(user: User, *, by: Actor) -> User:
    """End every session of a user, for a lost device or a doubt; each is over at its next request, on every server."""
    user = _locked(user)
    if user.agency.program_id != by.program_id:
        raise Refused("That user does not exist here.")
    _end_sessions(user, by)
    return user


def _end_sessions(user: User, by: Actor) -> None:
    user.session_stamp = uuid4()
    user.save(update_fields=["session_stamp"])
    for session in UserSession.objects.filter(user=user):
        session.end()
    record("sessions_ended", kind="user", target=user.pk, by=by)


@transaction.atomic
def end_other_sessions(user: User, keep: str, *, by: Actor) -> int:
    """End the user's own sessions but the one with the key `keep`; the number that ended."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
    for session in others:
        session.end()
    if others:
        record("sessions_ended", kind="user", target=user.pk, by=by, sessions=len(others))
    return len(others)


@transaction.atomic
def renew_sign_in(user: User, *, by: Actor) -> str:
    """Take password, passkeys and codes away and give a new set-up code, after the person showed in person who they are."""
    user = _locked(user)
    _require_other(user, by)
    user.set_unusable_password()
    user.password_locked_at = None
    user.save(update_fields=["password", "password_locked_at"])
    WrongTry.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    record("factor_changed", kind="user", target=user.pk, by=by, what="all_removed")
    _end_sessions(user, by)
    return _new_code(user)


def _new_code(user: User) -> str:
    signs = "".join(secrets.choice(CODE_SIGNS) for _ in range(16))
    SetUpCode.objects.update_or_create(
        user=user,
        defaults={"code_hash": _hash(signs), "expires_at": now() + timedelta(hours=rules.SET_UP_CODE_HOURS)},
    )
    return "-".join(signs[start : start + 4] for start in range(0, 16, 4))


def _hash(code: str) -> str:
    signs = "".join(sign for sign in code.upper() if sign in CODE_SIGNS)
    return salted_hmac("alongside.set_up_code", signs, algorithm="sha256").hexdigest()


@transaction.atomic
def use_set_up_code(user: User, code: str, *, by: Actor) -> bool:
    """Whether the code is the user's and still good; it is used up with the answer yes."""
    kept = SetUpCode.objects.select_for_update().filter(user=user, expires_at__gt=now()).first()
    if kept is None or not user.is_active or not constant_time_compare(kept.code_hash, _hash(code)):
        record("sign_in_failed", kind="user", target=user.pk, by=by, how="set_up_code")
        return False
    kept.expires_at = now()
    kept.save(update_fields=["expires_at"])
    record("signed_in", kind="user", target=user.pk, by=by, how="set_up_code")
    return True


@transaction.atomic
def note_signed_in(user: User, how: str, *, by: Actor) -> None:
    """Journal a sign-in with both factors; wrong tries before it count no more."""
    WrongTry.objects.filter(user=user).delete()
    record("signed_in", kind="user", target=user.pk, by=by, how=how)


@transaction.atomic
def note_wrong_try(user: User, how: str, *, by: Actor) -> bool:
    """Keep a wrong password or code; whether the password path is locked now, until an administrator releases it."""
    user = _locked(user)
    record("sign_in_failed", kind="user", target=user.pk, by=by, how=how)
    if user.password_locked_at:
        return True
    moment = now()
    WrongTry.objects.create(user=user, at=moment)
    since = moment - timedelta(minutes=rules.WRONG_WITHIN_MINUTES)
    if not rules.locks(WrongTry.objects.filter(user=user, at__gt=since).count()):
        return False
    user.password_locked_at = moment
    user.save(update_fields=["password_locked_at"])
    record("password_locked", kind="user", target=user.pk, by=by)
    return True


@transaction.atomic
def note_unknown(how: str, *, by: Actor) -> None:
    """Journal a try under a name that nobody has; never the name, for people type passwords there."""
    record("sign_in_failed", kind="user", target="unknown", by=by, how=how)


@transaction.atomic
def use_up_code(generator: Authenticator, counters: Collection[int], *, by: Actor) -> bool:
    """Whether one of the counters that fit a code is later than any used before (RFC 6238 5.2); it is kept with the secret.

    Not journaled by itself: the sign-in or the grave act that follows is, and so is the wrong try.
    """
    kept = Authenticator.objects.select_for_update().get(pk=generator.pk, user_id=by.user_id)
    later = [counter for counter in counters if counter > kept.data.get("counter", 0)]
    if later:
        kept.data["counter"] = max(later)
        kept.save(update_fields=["data"])
        generator.data = kept.data
    return bool(later)


@transaction.atomic
def release_password(user: User, *, by: Actor) -> User:
    """Open a locked password path again; the password stays what it was."""
    user = _locked(user)
    _require_other(user, by)
    if user.password_locked_at:
        user.password_locked_at = None
        user.save(update_fields=["password_locked_at"])
        WrongTry.objects.filter(user=user).delete()
        record("password_released", kind="user", target=user.pk, by=by)
    return user


@transaction.atomic
def choose_password(user: User, password: str, *, by: Actor) -> User:
    """Set a password that the validators have let through; other sessions of the user end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record("factor_changed", kind="user", target=user.pk, by=by, what="password")
    return user


@transaction.atomic
def note_factor(user: User, what: str, *, by: Actor) -> None:
    """Journal that a user added or removed a passkey, a code generator or recovery codes."""
    record("factor_changed", kind="user", target=user.pk, by=by, what=what)
