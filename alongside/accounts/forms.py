"""The sign-in form."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction

from alongside.accounts.models import User
from alongside.journal.actions import record


class SignInForm(AuthenticationForm):
    """Django's own check; a success is journaled before the session is made."""

    def confirm_login_allowed(self, user: User) -> None:
        """Journal the sign-in; an inactive user is refused by Django with the same words as an unknown one."""
        super().confirm_login_allowed(user)
        actor = user.actor()
        with transaction.atomic():
            record("signed_in", kind="user", target=user.pk, by=actor)
