"""Pages anybody may read, without a sign-in, a cookie of ours or anything that watches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from alongside.accounts.access import public
from alongside.accounts.roles import PERMISSIONS, ROLES
from alongside.common.clock import now
from alongside.consent.rules import CLASSES
from alongside.public.printed import everything_kept, grants, hidden_from_police, police_sights
from alongside.public.tested import how_it_went, whom_to_write_to
from alongside.public.wording import NOTICES, notice_for


@public
@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """The promise, what police can see, and how often it was put to the test; all from the running program."""
    roles = [(role, [PERMISSIONS[name] for name in PERMISSIONS if name in role.permissions]) for role in ROLES.values()]
    context = {
        "sights": police_sights(), "hidden": hidden_from_police(), "roles": roles, "programs": how_it_went(now()),
    }  # fmt: skip
    return render(request, "public/trust.html", context)


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The running rules line by line, for a lawyer."""
    return render(request, "public/rules.html", {"classes": CLASSES, "grants": grants()})


@public
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Everything that could ever be handed over, from the schema."""
    return render(request, "public/kept.html", {"tables": everything_kept()})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice in the reader's language."""
    code, notice = notice_for(request.GET.get("lang", ""), get_language() or "en")
    return render(request, "public/privacy.html", {"code": code, "notice": notice, "notices": NOTICES})


@public
@require_safe
def complain(request: HttpRequest) -> HttpResponse:
    """How to complain, to the program and to the government (42 CFR 2.4)."""
    return render(request, "public/complain.html", {"programs": whom_to_write_to()})
