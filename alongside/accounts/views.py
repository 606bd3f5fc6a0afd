"""Signing in and out, the home page of each role, and what anybody may read about the rules."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alongside.accounts.access import SignedIn, public, role_required
from alongside.accounts.forms import SignInForm
from alongside.accounts.roles import PERMISSIONS, ROLES, may

HOMES = (
    ("see_queue", "desk:today"),
    ("see_own_visits", "desk:today"),
    ("see_morning_list", "intake:morning"),
    ("answer_referral", "desk:inbox"),
    ("see_reports", "reports:month"),
    ("report_incident", "intake:report"),
)


class SignIn(LoginView):
    """Django's sign-in with our form; the form journals it."""

    authentication_form = SignInForm
    redirect_authenticated_user = True


sign_in = public(SignIn.as_view())
sign_out = public(LogoutView.as_view())


@role_required()
def home(request: HttpRequest) -> HttpResponse:
    """Send each role to the screen its day starts with."""
    role = cast(SignedIn, request).actor.role
    target = next((name for permission, name in HOMES if may(role, permission)), None)
    return redirect(target) if target else render(request, "accounts/nothing_here.html")


@public
def trust(request: HttpRequest) -> HttpResponse:
    """What each role sees and what nobody can do, printed from the running table."""
    rows = [(role, [PERMISSIONS[name] for name in PERMISSIONS if name in role.permissions]) for role in ROLES.values()]
    return render(request, "accounts/trust.html", {"rows": rows})
