"""Two guards around every request: how long a session lives, and what an answer may leave behind."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.rootkey import KeyServiceDown
from alongside.common.walls import acting

Answer = Callable[[HttpRequest], HttpResponse]


class SessionLimits:
    """A session ends after 15 idle minutes or 12 hours, whichever is first (NIST SP 800-63B-4 AAL3, stricter)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = int(now().timestamp())
            started = request.session.setdefault("started_at", moment)
            seen = request.session.get("seen_at", moment)
            idle, whole = settings.SESSION_IDLE_MINUTES * 60, settings.SESSION_HOURS * 3600
            if moment - seen > idle or moment - started > whole:
                logout(request)
            elif moment - seen > 60 or "seen_at" not in request.session:
                request.session["seen_at"] = moment
        return self.answer(request)


class OwnProgramOnly:
    """On PostgreSQL each request of somebody signed in is one transaction that sees rows of their program alone.

    The setting ends with the transaction, so it cannot reach the next request on a pooled connection. An answer that says
    no, or that something broke, is still an answer: what was journaled on the way is kept (ADR 17).
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if connection.vendor != "postgresql" or not request.user.is_authenticated:
            return self.answer(request)
        with acting(request.user.agency.program_id):
            return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say so when the source of the root key is down: nothing can be opened, and nothing is shown instead."""
        if not isinstance(exception, KeyServiceDown):
            return None
        return render(request, "503.html", {"reason": gettext(str(exception))}, status=503)


class Guard:
    """No page with anything in it is kept by a browser or a proxy, and a refusal comes back with its reason."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn `Refused` into its one sentence on the page the person came from; nothing was written."""
        if not isinstance(exception, Refused):
            return None
        messages.warning(request, gettext(exception.reason))
        back = request.POST.get("back") or request.headers.get("Referer", "")
        safe = request.method == "POST" and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back) if safe else redirect("home")
