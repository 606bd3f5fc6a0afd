"""The frame of every page without an account: who stands there, how often, and what the answer may leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alongside.accounts.access import public
from alongside.common import links
from alongside.common.actor import Actor
from alongside.referrals.models import AnswerLink

View = Callable[..., HttpResponse]
NOBODY = UUID(int=0)
# By purpose of the token: how the answer came. A typed code leads to an address of its own, so that this is known.
HOWS = {"answer": "link", "code": "code"}
# A link has 128 bits, so its limits only keep the machine free. A code has 34: a link that a partner was sent in the
# last days is hit by one guess in 20^8 / (codes that hold), and there are 300 guesses in an hour for the whole house.
LIMITS = {
    "link": "40/m/key",
    "no_link": "60/m/ip",
    "code": "20/900s/ip,300/h/key",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a link that holds: they answer for the agency it was made for, and for that one thing."""

    link: AnswerLink
    how: str

    @property
    def viewer(self) -> Actor:
        """The partner of the link's agency, whoever holds the telephone."""
        agency = self.link.agency
        return Actor(None, "partner", self.link.program_id, agency.id, agency.kind)

    @property
    def zone(self) -> str:
        """The zone the program's clocks are read in."""
        return self.link.agency.program.zone


def read_token(token: str) -> tuple[str, UUID, UUID]:
    """How it came, the program and the link of a token; of one that is not ours, those of nobody, which are then looked up
    like any other.
    """
    for purpose, how in HOWS.items():
        found = links.read(purpose, token)
        if found is not None:
            return how, *found
    return "link", NOBODY, NOBODY


def within(request: HttpRequest, action: str, key: str = "") -> bool:
    """Whether this try is still within the limit of its kind; it is counted."""
    usage = ratelimit.consume(
        request, app="alongside.partners", action=action, config=LIMITS, key=key, limit_get=True
    )  # fmt: skip
    return usage is not None


def enforces(request: HttpRequest) -> bool:
    """Whether somebody signed in as police stands here, link or not: for them there is nothing."""
    return request.user.is_authenticated and request.user.actor().is_police


def nothing(request: HttpRequest) -> HttpResponse:
    """The one page for a link that has ended, that was never made, and that belongs to somebody else."""
    status = 404 if within(request, "no_link") else 429
    return render(request, "partners/nothing.html", status=status)


def without_account(view: View) -> View:
    """The page is open to everybody, is kept nowhere, tells no other site where it was, and is found by no search.

    The referrer is the bare origin: a form sent from here is still known as ours, which “no-referrer” would prevent, and no
    request, not even for a style sheet, carries the address.
    """

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    marked: View = public(framed)  # type: ignore[assignment]  # the same view, marked
    return marked
