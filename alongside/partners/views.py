"""Answering without an account: by a link, or by the code of the telephone."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from alongside.accounts.models import Program
from alongside.common import links
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.walls import acting
from alongside.partners import pages
from alongside.partners.door import NOBODY, Visit, enforces, nothing, read_token, within, without_account
from alongside.partners.forms import CodeForm
from alongside.partners.queries import link_of, link_of_code
from alongside.referrals.models import AnswerLink


@without_account
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The one thing a link is for. Looking changes nothing, since mail scanners look too; each answer is a post."""
    how, program_id, link_id = read_token(token)
    if request.method == "POST" and link_id != NOBODY and not within(request, "link", str(link_id)):
        return render(request, "partners/slowly.html", status=429)
    with acting(program_id):
        link = link_of(Actor.system(program_id), link_id, now())
        if link is not None and not enforces(request):
            visit = Visit(link, how)
            with timezone.override(ZoneInfo(visit.zone)):
                response = pages.page_of(visit)(request, visit)
            if response is not None:
                return response
    return nothing(request)


@without_account
def by_code(request: HttpRequest) -> HttpResponse:
    """Trade the code that was read out for its page. A wrong, an ended and a foreign one get the same answer."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "partners/code.html", {"form": form})
    if not within(request, "code", "all"):
        return render(request, "partners/slowly.html", status=429)
    link = _link_of_any(form.cleaned_data["code"])
    if link is None or enforces(request):
        form.add_error("code", _("That code does not open anything. Look at it once more, or call the team."))
        return render(request, "partners/code.html", {"form": form}, status=422)
    return redirect(links.address("code", link.program_id, link.id))


def _link_of_any(spoken: str) -> AnswerLink | None:
    """The link of a code. Every program is asked, each behind its own wall, whether or not one was found before."""
    found: dict[UUID, AnswerLink] = {}
    for program_id in Program.objects.order_by("id").values_list("id", flat=True):
        with acting(program_id):
            link = link_of_code(Actor.system(program_id), spoken, now())
        if link is not None:
            found[program_id] = link
    return next(iter(found.values()), None)
