"""The forms of the entrance: sign-in, codes that work once, passkeys that ask for the finger or the PIN, users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.forms import LoginForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from alongside.accounts.actions import Post, note_wrong_try, use_up_code
from alongside.accounts.models import Agency, OtherPost, Town, User
from alongside.accounts.queries import agencies_of, local_words, served_towns
from alongside.accounts.roles import ROLES
from alongside.accounts.rules import LONGEST_PASSWORD, too_easy
from alongside.common.actor import Actor
from alongside.entrance.adapters import at_the_door


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth brings no types
    """Name and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("Sign-in name")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password"].max_length = LONGEST_PASSWORD
        self.fields["password"].strip = False


def is_new(authenticator: Authenticator, code: str, by: Actor) -> bool:
    """Whether the code of a generator is later than any used before; it is used up by the question."""
    secret, typed = decrypt(authenticator.data["secret"]), normalize_user_code(code)
    fitting = [at for at in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, at)) == typed]
    return use_up_code(authenticator, fitting, by=by)


class _Once(forms.Form):
    """A code works once; wrong ones count like wrong passwords."""

    user: User
    authenticator: Authenticator
    with_locked_password = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.widget.attrs |= {"inputmode": "numeric", "autofocus": True}
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """The code, when it fits and is used for the first time."""
        locked = User.objects.filter(pk=self.user.pk, password_locked_at__isnull=False).exists()
        locked = locked and not self.with_locked_password
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form of allauth beside this one
            again = self.authenticator.type == Authenticator.Type.TOTP and not is_new(self.authenticator, code, self.user.actor())
            if again or locked:
                raise get_adapter().validation_error("incorrect_code")
        except forms.ValidationError:
            at_the_door(note_wrong_try, self.user, "code", by=self.user.actor())
            raise
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]  # as above
    """The second step after a password; with a locked password no code helps."""

    with_locked_password = False


class FreshCodeForm(_Once, ReauthenticateForm):  # type: ignore[misc]  # as above
    """The code again, before something grave."""


class NewGeneratorForm(ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of a new generator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code it shows now")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}
        self.fields["code"].widget.attrs.pop("placeholder", None)


class _ReadsPasskey(forms.Form):
    """Whatever a browser sends in place of a passkey is one sentence on the page, never a fault of the server."""

    def _clean_form(self) -> None:
        self._or_not_right(super()._clean_form)  # type: ignore[misc]  # of Django's form

    def _clean_fields(self) -> None:
        self._or_not_right(super()._clean_fields)  # type: ignore[misc]  # as above

    def _or_not_right(self, clean: Callable[[], None]) -> None:
        try:
            clean()
        except (AttributeError, KeyError, TypeError, ValueError):
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class PasskeyForm(_ReadsPasskey, LoginWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey as the way in."""


class SecondPasskeyForm(_ReadsPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey after a password."""


class FreshPasskeyForm(_ReadsPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """The passkey again, before something grave."""


class NewPasskeyForm(_ReadsPasskey, AddWebAuthnForm):  # type: ignore[misc]  # as above
    """A passkey that asks for the finger, the face or the PIN each time: alone it is two factors."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name for it, such as “my phone”")

    def clean_passwordless(self) -> bool:
        """Always, whatever was posted: the form of allauth then refuses a passkey that did not ask."""
        return True


class SetUpForm(forms.Form):
    """The one-time code from the administrator."""

    login = forms.CharField(label=_("Sign-in name"), max_length=60, widget=forms.TextInput({"autocomplete": "username"}))
    code = forms.CharField(label=_("Set-up code"), max_length=40, widget=forms.TextInput({"autocomplete": "off"}),
                           help_text=_("Four groups of four, handed to you by the administrator"))  # fmt: skip


class PasswordForm(forms.Form):
    """A new password: long, in any signs, and nobody else's."""

    password = forms.CharField(
        label=_("New password"), strip=False, max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 15 signs. A few words in a row are good. Spaces and pasting are fine."),
    )  # fmt: skip
    again = forms.CharField(label=_("The same again"), strip=False, max_length=LONGEST_PASSWORD,
                            widget=forms.PasswordInput({"autocomplete": "new-password"}))  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """What Django's validators let through and the names of this place do not give away."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        if too_easy(password, local_words(self.user)):
            raise forms.ValidationError(_("That is easy to guess here. Leave out names of places and of people."))
        return password

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and cleaned.get("again") != cleaned["password"]:
            self.add_error("again", _("The two are not the same."))
        return cleaned


class UserForm(forms.Form):
    """What an administrator decides about a user."""

    role = forms.ChoiceField(label=_("Role"), choices=[(code, role.label) for code, role in ROLES.items()])
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"), empty_label=_("Choose"))
    other_post = forms.ChoiceField(
        label=_("Other post"), choices=OtherPost, required=False,
        help_text=_("Whoever investigates does not visit. Setting a post takes the outreach role away at once."),
    )  # fmt: skip
    towns = forms.ModelMultipleChoiceField(
        Town.objects.none(), label=_("Towns"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all towns of the program"),
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies_of(viewer)  # type: ignore[attr-defined]  # a model choice field
        towns = Town.objects.filter(id__in=[town.id for town in served_towns(viewer)])
        self.fields["towns"].queryset = towns  # type: ignore[attr-defined]  # as above

    @property
    def post(self) -> Post:
        """The decision as a value."""
        said = self.cleaned_data
        return Post(said["role"], said["agency"], said["other_post"], tuple(said["towns"]))


class NewUserForm(UserForm):
    """One person, one login: the sign-in name is nobody else's and is never shared."""

    field_order = ("username", "display_name")
    username = forms.CharField(label=_("Sign-in name"), max_length=60, help_text=_("One person, one login; never shared"))
    display_name = forms.CharField(label=_("Name"), max_length=80)
