"""The role question, asked in one way: a view names its permission, and whoever lacks it finds nothing there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.accounts.roles import PERMISSIONS, may
from alongside.common.actor import Actor

View = Callable[..., HttpResponseBase]


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
                if request.method == "POST":
                    messages.warning(request, _("You were signed out before this was sent. Nothing was kept; send it again."))
                return redirect_to_login(request.get_full_path())
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


def public(view: View) -> View:
    """The view is there for everybody, signed in or not; the mark is read by the test that lists every URL."""
    view.permissions = ("public",)  # type: ignore[attr-defined]  # as above
    return view
