"""The code a made-up user would read from a phone, shown on the page that asks for it; in the demonstration only.

It can only ever show the code of a secret that is computed here from the key and the sign-in name of a made-up user.
A real user's secret is drawn at random on their own phone's page, so there is nothing to show in any other installation.
"""

from __future__ import annotations

import base64
import hmac
import time
from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.http import HttpRequest

from alongside.accounts.models import Program, User
from alongside.demo.staff import PROGRAM

PAGES = frozenset({"mfa_authenticate", "mfa_reauthenticate"})
SECONDS = 30


def secret_of(username: str) -> str:
    """The code generator's secret of one made-up user; no other installation has the same."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"demonstration {username}".encode(), "sha1")
    return base64.b32encode(digest).decode()


def give_generator(user: User) -> None:
    """Let the made-up user have a code generator with that secret, and nothing else."""
    Authenticator.objects.filter(user=user).delete()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret_of(user.username))}
    )


def demonstration_code(request: HttpRequest) -> dict[str, Any]:
    """`demo_code` for the two pages that ask for one; nothing anywhere else."""
    at = getattr(request, "resolver_match", None)
    if at is None or at.url_name not in PAGES:
        return {}
    stage = get_pending_stage(request)
    user = stage.login.user if stage else request.user
    if not user or not user.is_authenticated or not _is_demonstration():
        return {}
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    secret = secret_of(user.username)
    if kept is None or not hmac.compare_digest(decrypt(kept.data["secret"]), secret):
        return {}
    counter = max(int(time.time()) // SECONDS, kept.data.get("counter", 0) + 1)
    code = format_hotp_value(hotp_value(secret, counter))
    return {"demo_code": f"{code[:3]} {code[3:]}"}


def _is_demonstration() -> bool:
    return list(Program.objects.values_list("name", flat=True)) == [PROGRAM]
