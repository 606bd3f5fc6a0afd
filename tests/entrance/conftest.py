"""Somebody at the door: a user with a password and a code generator, and the steps through the real pages."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.test import Client
from django.urls import reverse

from alongside.accounts.models import User
from tests.cast import force_one_factor

PHRASE = "a lamp beside the slow water"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(step=0, secret=SECRET):
    """What the generator shows now, or some steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


@dataclass
class Door:
    """One browser before the sign-in page."""

    user: User
    client: Client = field(default_factory=Client)

    def password(self, phrase=PHRASE, name="", **more):
        return self.client.post(reverse("login"), {"login": name or self.user.username, "password": phrase} | more)

    def code(self, code=None, step=0):
        return self.client.post(reverse("mfa_authenticate"), {"code": code or code_at(step)})

    def enter(self, step=0):
        self.password()
        return self.code(step=step)

    def get(self, name, **parts):
        return self.client.get(reverse(name, kwargs=parts or None))

    def post(self, name, data=None, **parts):
        return self.client.post(reverse(name, kwargs=parts or None), data or {})

    @property
    def is_in(self):
        return self.client.get(reverse("mfa_index")).status_code == 200


def give_sign_in(user):
    user.set_password(PHRASE)
    user.save()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})


@pytest.fixture
def door(ours):
    give_sign_in(ours.users["coordinator"])
    return Door(ours.users["coordinator"])


@pytest.fixture
def elsewhere(door):
    """The same user at another machine."""
    return Door(door.user)


@pytest.fixture
def office(ours):
    """The administrator, with two factors."""
    client = Client()
    client.force_login(ours.users["administrator"])
    return Door(ours.users["administrator"], client)


@pytest.fixture
def half_in(ours):
    """Somebody with a password and no second factor, after the password."""
    user = ours.users["clinician"]
    user.set_password(PHRASE)
    user.save()
    client = Client()
    force_one_factor(client, user)
    return Door(user, client)
