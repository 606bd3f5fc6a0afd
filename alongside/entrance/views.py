"""Coming in and going out: passkey, password and code, the set-up code, another house's sign-in, and the factor again."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login as open_session
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alongside.accounts.access import View, public, role_required
from alongside.accounts.actions import note_unknown, use_set_up_code
from alongside.accounts.models import User
from alongside.accounts.queries import nobody
from alongside.entrance.adapters import at_the_door
from alongside.entrance.forms import SetUpForm


class SignIn(LoginView):  # type: ignore[misc]  # allauth brings no types
    """The passkey first, then name and password, then other houses."""

    template_name = "entrance/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the houses that may say who somebody is."""
        return {**super().get_context_data(**kwargs), "single_sign_on": settings.OIDC_NAME}


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]  # as above
    """A passkey that asked for finger or PIN; leads back to where the visitor wanted to go."""

    def form_valid(self, form: Any) -> HttpResponse:
        """As allauth does it, with the wanted page kept (it checks that the page is one of ours)."""
        authenticator = form.cleaned_data["credential"]
        answer: HttpResponse = flows.perform_passwordless_login(self.request, authenticator, Login(user=authenticator.user))
        return answer


sign_in = public(SignIn.as_view())
sign_in_by_passkey = public(PasskeySignIn.as_view())
second_step = public(AuthenticateView.as_view(template_name="entrance/code.html"))
sign_out = public(LogoutView.as_view())


class Again(ReauthenticateView):  # type: ignore[misc]  # as above
    """A code again; whoever has only passkeys is sent to the page for these."""

    template_name = "entrance/again.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or the one for passkeys."""
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{request.GET.urlencode()}")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether a passkey would do too."""
        has_passkey = is_mfa_enabled(self.request.user, [Authenticator.Type.WEBAUTHN])
        return {**super().get_context_data(**kwargs), "has_passkey": has_passkey}


class AgainByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]  # as above
    """The passkey again."""

    template_name = "entrance/again_passkey.html"


def _with_factor(view: View) -> View:
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not get_adapter().get_reauthentication_methods(request.user):
            return redirect("set_up")  # the last factor went away a moment ago
        return view(request, *args, **kwargs)

    return asked


again = role_required()(_with_factor(Again.as_view()))
again_by_passkey = role_required()(_with_factor(AgainByPasskey.as_view()))


@public
@never_cache
def first_time(request: HttpRequest) -> HttpResponse:
    """Trade the one-time set-up code for one foot inside: enough to set up a passkey, and for nothing else."""
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limited = not ratelimit.consume(request, action="login_failed", key=form.cleaned_data["login"])
        user = None if limited else _user_of_code(**form.cleaned_data)
        if user is not None:
            open_session(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            record_authentication(request, user, method="set_up_code")
            request.session.set_expiry(0)
            UserSession.objects.create_from_request(request)
            return redirect("set_up")
        form.add_error(None, gettext("That did not fit. Check both, or ask the administrator for a new code."))
    return render(request, "entrance/first_time.html", {"form": form})


def _user_of_code(login: str, code: str) -> User | None:
    user = User.objects.filter(username=login.strip()).first()
    if user is None:
        at_the_door(note_unknown, "set_up_code", by=nobody())
        return None
    return user if at_the_door(use_set_up_code, user, code, by=user.actor()) else None


@public
@require_POST
def elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Go to the sign-in of another house, when one is configured."""
    return _asked(openid.login, request, provider_id)


@public
def back_from_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from there; our own second factor comes next."""
    return _asked(openid.callback, request, provider_id)


def _asked(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not settings.OIDC_NAME:
        raise Http404
    try:
        answer: HttpResponseBase = view(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
