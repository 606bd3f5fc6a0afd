"""One's own sign-in: setting up the first factor, more of them, recovery codes, the password, the sessions."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from alongside.accounts.access import REAL_FACTORS, fresh_factor, role_required, setting_up, two_factors
from alongside.accounts.actions import choose_password, end_other_sessions, note_factor
from alongside.accounts.roles import may
from alongside.entrance.forms import PasswordForm


@setting_up
def set_up(request: HttpRequest) -> HttpResponse:
    """Choose the first factor; until there is one, this and its steps are all that can be seen."""
    if two_factors(request):
        return redirect("mfa_index")
    return render(request, "entrance/set_up.html", {"has_password": authenticated_user(request).has_usable_password()})


@role_required()
def mine(request: HttpRequest) -> HttpResponse:
    """Factors and sessions of whoever looks."""
    user = authenticated_user(request)
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    factors = [one for one in found if one.type in REAL_FACTORS]
    codes = next((one for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    shown = {
        "factors": factors,
        "only_one": len(factors) == 1,
        "has_generator": any(one.type == Authenticator.Type.TOTP for one in factors),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "sessions": UserSession.objects.filter(user=user).order_by("-created_at"),
        "this_session": request.session.session_key,
        "has_phones": may(user.role, "record_attempt") or may(user.role, "report_incident"),
    }
    return render(request, "entrance/mine.html", shown)


@role_required()
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every other session of one's own: another phone, another desk."""
    user = authenticated_user(request)
    count = end_other_sessions(user, request.session.session_key or "", by=user.actor())
    messages.success(request, gettext("{count} other sessions ended.").format(count=count))
    return redirect("mfa_index")


@setting_up
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password; every other session ends with it."""
    user = authenticated_user(request)
    form = PasswordForm(request.POST or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "entrance/password.html", {"form": form}, status=422 if form.errors else 200)
    update_session_auth_hash(request, choose_password(user, form.cleaned_data["password"], by=user.actor()))
    UserSession.objects.create_from_request(request)
    messages.success(request, gettext("The new password is kept."))
    return redirect("mfa_index" if two_factors(request) else "mfa_activate_totp")


class _Adds:
    """A view that adds a factor: journaled with it, and whoever had none has now shown two."""

    request: HttpRequest
    what = ""
    type = ""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the factor and its line in one transaction."""
        user = authenticated_user(self.request)
        first = not two_factors(self.request)
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view beside it
            note_factor(user, self.what, by=user.actor())
        if first:
            self.request.session.cycle_key()
            record_authentication(self.request, user, "mfa", type=self.type)
            UserSession.objects.create_from_request(self.request)
        return answer


class AddGenerator(_Adds, ActivateTOTPView):  # type: ignore[misc]  # allauth brings no types
    """A generator of codes, beside a password."""

    template_name = "entrance/add_generator.html"
    what, type = "generator_added", Authenticator.Type.TOTP

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without a password a code is one factor only: the password comes first."""
        if not authenticated_user(request).has_usable_password():
            return redirect("choose_password")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class AddPasskey(_Adds, AddWebAuthnView):  # type: ignore[misc]  # as above
    """A passkey of this device or of a key with a PIN."""

    template_name = "entrance/add_passkey.html"
    what, type = "passkey_added", Authenticator.Type.WEBAUTHN


class _Removes:
    """A view that removes a factor, journaled with it; never the last one."""

    request: HttpRequest
    what = ""
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        """Take the factor away and keep the line of it in one transaction."""
        user = authenticated_user(self.request)
        with transaction.atomic():
            answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # of the view beside it
            note_factor(user, self.what, by=user.actor())
        return answer


class RemoveGenerator(_Removes, DeactivateTOTPView):  # type: ignore[misc]  # as above
    """The generator goes; passkeys stay."""

    template_name = "entrance/remove.html"
    what = "generator_removed"


class RemovePasskey(_Removes, RemoveWebAuthnView):  # type: ignore[misc]  # as above
    """One passkey goes."""

    template_name = "entrance/remove.html"
    what = "passkey_removed"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Unless it is the last factor."""
        left = Authenticator.objects.filter(user=authenticated_user(request), type__in=REAL_FACTORS)
        if not left.exclude(pk=self.get_object().pk).exists():
            messages.warning(request, gettext("Add another factor first; this is the last one."))
            return redirect("mfa_index")
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


class NewRecoveryCodes(_Removes, GenerateRecoveryCodesView):  # type: ignore[misc]  # as above
    """Ten new codes; the old ones are worth nothing from now on."""

    template_name = "entrance/new_codes.html"
    what = "recovery_codes_renewed"
    success_url = reverse_lazy("mfa_view_recovery_codes")


add_generator = setting_up(AddGenerator.as_view())
add_passkey = setting_up(AddPasskey.as_view())
remove_generator = role_required()(fresh_factor(RemoveGenerator.as_view()))
remove_passkey = role_required()(fresh_factor(RemovePasskey.as_view()))
recovery_codes = role_required()(fresh_factor(ViewRecoveryCodesView.as_view(template_name="entrance/codes.html")))
new_recovery_codes = role_required()(fresh_factor(NewRecoveryCodes.as_view()))
