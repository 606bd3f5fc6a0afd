"""Where django-allauth asks us: who may enter, what is journaled, how secrets are kept. Nothing here sends a message."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.accounts.access import REAL_FACTORS
from alongside.accounts.actions import note_signed_in, note_unknown, note_wrong_try, suspend_user
from alongside.accounts.models import User
from alongside.accounts.queries import nobody
from alongside.accounts.rules import is_idle
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.walls import acting

NOT_RIGHT = _("That did not fit. Check the sign-in name and the password, or use your passkey.")


def at_the_door[T](act: Callable[..., T], *about: Any, by: Actor) -> T:
    """Do it for the program of `by`, though nobody is signed in yet (the second wall on PostgreSQL asks for one)."""
    with acting(by.program_id):
        return act(*about, by=by)


def may_enter(user: User) -> bool:
    """Whether the account is in use; one that slept for 60 days is suspended here and now."""
    seen_on = user.last_login.date() if user.last_login else None
    if user.is_active and is_idle(seen_on, user.reviewed_on, now().date()):
        user.is_active = at_the_door(suspend_user, user, "idle", by=Actor.system(user.agency.program_id)).is_active
    return user.is_active


class PasswordBackend(ModelBackend):
    """One hash is computed for every try: unknown, wrong, locked and suspended take the same time and get the same answer."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_other: Any
    ) -> User | None:
        """The user, when name and password fit and the password path is open."""
        if not username or not password:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)
            at_the_door(note_unknown, "password", by=nobody())
            return None
        if user.check_password(password) and user.password_locked_at is None and may_enter(user):
            return user
        at_the_door(note_wrong_try, user, "password", by=user.actor())
        return None


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Nobody signs up; every sign-in is journaled; what needs a fresh factor is marked on our own views."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NOT_RIGHT,
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or use your passkey."),
        "incorrect_code": _("That code does not fit, or it was used already. Wait for the next one."),
        "rate_limited": _("Too many tries. Wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator adds users."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not here: our views carry `fresh_factor`, which asks for a passkey or a code and never for a password alone."""
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """A code or a passkey, never the password alone."""
        has = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        pages = (("mfa_reauthenticate", {"totp", "recovery_codes"}), ("mfa_reauthenticate_webauthn", {"webauthn"}))
        return [{"id": name, "url": reverse(name)} for name, types in pages if types & has]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away whoever is suspended or slept too long, in the words for everybody."""
        return None if may_enter(user) else self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """The sign-in page again; it does not say that there is such a user."""
        messages.warning(request, NOT_RIGHT)
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Journal how the user came in."""
        methods = [record.get("type", record["method"]) for record in get_authentication_records(request, user)]
        at_the_door(note_signed_in, user, "+".join(methods), by=user.actor())
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def add_message(self, request: HttpRequest, level: int, *args: Any, message: str | None = None, **kwargs: Any) -> None:
        """Only what is said in so many words; not the library's own notices."""
        if message:
            messages.add_message(request, level, message)


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Secrets of codes are encrypted with a key that is not in the database; the last factor cannot be taken away."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": Entrance.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _("Add another factor first; this is the last one."),
    }

    def _box(self) -> Fernet:
        return Fernet(urlsafe_b64encode(sha256(b"alongside.factors" + bytes.fromhex(settings.SECRET_KEY)).digest()))

    def encrypt(self, text: str) -> str:
        """Ciphertext under a key made from the web key."""
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again, for comparing a code."""
        return self._box().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another passkey or code generator is left."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=REAL_FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        """“Passkey 1”, “Passkey 2” …"""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey {number}").format(number=count + 1)


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Another house may say who somebody is, and only for its own agency; our second factor is asked for all the same."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: an administrator adds users."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link the first time to the active user of that agency whose sign-in name the provider states; else turn away."""
        stated = sociallogin.account.extra_data
        claims = {**stated.get("id_token", {}), **stated.get("userinfo", {})}
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            if sociallogin.user.agency.name != settings.OIDC_AGENCY:
                raise self._away(request)
            return
        name = str(claims.get(settings.OIDC_CLAIM, ""))
        user = User.objects.filter(username=name, is_active=True, agency__name=settings.OIDC_AGENCY).first()
        if not name or user is None:
            at_the_door(note_unknown, "single_sign_on", by=nobody())
            raise self._away(request)
        sociallogin.connect(request, user)

    def _away(self, request: HttpRequest) -> ImmediateHttpResponse:
        messages.warning(request, NOT_RIGHT)
        return ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
