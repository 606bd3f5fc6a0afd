"""The role question, asked in one way: a view names its permission, and whoever lacks it finds nothing there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from alongside.accounts.roles import PERMISSIONS, may
from alongside.common.actor import Actor
from alongside.common.clock import now

View = Callable[..., HttpResponseBase]
FRESH_SECONDS = 5 * 60
REAL_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SignedIn(HttpRequest):
    """A request whose user was checked; `actor` says who asks."""

    actor: Actor


def role_required(*permissions: str) -> Callable[[View], View]:
    """The view is there for roles that hold any of the permissions; for others the answer is 404, as for an unknown page."""
    unknown = set(permissions) - set(PERMISSIONS)
    if unknown:
        raise KeyError(f"not in accounts/roles.py: {sorted(unknown)}")

    def wrap(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_the_door(request)
            if not two_factors(request):
                return redirect("set_up")
            user = request.user
            actor = user.actor()
            if permissions and not any(may(actor.role, permission) for permission in permissions):
                raise Http404
            signed_in = cast(SignedIn, request)
            signed_in.actor = actor
            with timezone.override(ZoneInfo(user.agency.program.zone)):
                return view(signed_in, *args, **kwargs)

        checked.permissions = permissions  # type: ignore[attr-defined]  # read by the test that lists every URL
        return checked

    return wrap


def _to_the_door(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        messages.warning(request, _("You were signed out before this was sent. Nothing was kept; send it again."))
    return redirect_to_login(request.get_full_path())


def setting_up(view: View) -> View:
    """The view adds a factor: there for whoever has shown both, lately; and for whoever has none yet and one foot inside.

    The foot is a password or the set-up code that the administrator handed over.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_the_door(request)
        if two_factors(request):
            return fresh_factor(view)(request, *args, **kwargs)
        if is_mfa_enabled(request.user, list(REAL_FACTORS)):
            logout(request)  # a session from before the factor was added: it has to be shown first
            return _to_the_door(request)
        return view(request, *args, **kwargs)

    checked.permissions = ()  # type: ignore[attr-defined]  # as in role_required
    checked.fresh = True  # type: ignore[attr-defined]  # as in fresh_factor
    return checked


def public(view: View) -> View:
    """The view is there for everybody, signed in or not; the mark is read by the test that lists every URL."""
    view.permissions = ("public",)  # type: ignore[attr-defined]  # as above
    return view


def fresh_factor(view: View) -> View:
    """The view is there only within five minutes of a passkey or a code (ASVS 5.0 7.5.1); else the factor is asked for again.

    Stands under `@role_required(...)`. A form that was sent too late is not kept anywhere: the person comes back to the
    page it was on and sends it once more.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path()
        if request.method == "POST":
            messages.warning(request, _("Please show that it is you, then send this again. Nothing was kept."))
            back = request.POST.get("back") or request.headers.get("Referer", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect_to_login(back if safe else reverse("home"), reverse("mfa_reauthenticate"))

    checked.fresh = True  # type: ignore[attr-defined]  # read by the test that lists what needs a fresh factor
    return checked


def two_factors(request: HttpRequest) -> bool:
    """Whether this session was opened with two factors: a passkey, which asks for finger or PIN, or a code after the password."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def is_fresh(request: HttpRequest) -> bool:
    """Whether a passkey or a code was shown in this session within the last five minutes."""
    shown = [record["at"] for record in get_authentication_records(request, request.user) if record["method"] == "mfa"]
    return bool(shown) and now().timestamp() - max(shown) <= FRESH_SECONDS
