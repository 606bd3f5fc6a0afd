"""What the office sees of the app for the door: what phones sent and a person has to decide, and whose phones there are."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.queries import users_for
from alongside.accounts.roles import may
from alongside.common.clock import now
from alongside.field import deciding, handover, phones, waiting

HAS_PHONES = ("record_attempt", "report_incident")


@role_required("see_queue")
def what_waits(request: SignedIn) -> HttpResponse:
    """What waits: for a coordinator all of it, for who works with a person the fields of theirs with two answers."""
    viewer, moment = request.actor, now()
    context = {
        "parked": waiting.parked_for(viewer), "clashes": waiting.clashes_for(viewer, moment),
        "decides": may(viewer.role, "assign_team"),
    }  # fmt: skip
    return render(request, "field/waiting.html", context)


@role_required("assign_team")
@require_POST
def brought(request: SignedIn) -> HttpResponse:
    """Take in a file for hand-over that somebody brought from a phone."""
    file = request.FILES.get("file")
    if file is None:
        messages.warning(request, _("Choose the file first."))
        return redirect("field:waiting")
    answers = handover.hand_in_file(file.read(), by=request.actor)
    if answers:
        messages.success(request, _("Taken in. What could not be filed by itself is below."))
    else:
        messages.warning(request, _("Nothing in that file was closed for this program."))
    return redirect("field:waiting")


@require_POST
@role_required("assign_team")
def decide(request: SignedIn, parked_id: UUID) -> HttpResponse:
    """File a change that waits, or set it aside."""
    parked = waiting.parked_one(request.actor, parked_id)
    if parked is None:
        raise Http404
    if request.POST.get("do") == "file":
        done = deciding.file_it(parked, by=request.actor)
        both = done.state == "clash"
        messages.success(request, _("Something else stands here by now. Both answers are below.") if both else _("Filed."))
    elif request.POST.get("do") == "aside":
        deciding.set_aside(parked, by=request.actor)
        messages.success(request, _("Set aside. It stays here with your decision."))
    else:
        messages.warning(request, _("Say whether to file it or to set it aside."))
    return redirect("field:waiting")


@require_POST
@role_required("see_queue")
def choose(request: SignedIn, clash_id: UUID) -> HttpResponse:
    """Decide which of two answers holds."""
    clash = waiting.clash_one(request.actor, clash_id, now())
    if clash is None:
        raise Http404
    answer = request.POST.get("answer", "")
    if answer not in ("phone", "office"):
        messages.warning(request, _("Say which of the two answers holds."))
    else:
        deciding.choose(clash, answer, by=request.actor, said_so=bool(request.POST.get("said_so")))
        messages.success(request, _("Decided. The other answer is kept with it."))
    return redirect("field:waiting")


@role_required(*HAS_PHONES)
def own_phones(request: SignedIn) -> HttpResponse:
    """The phones of whoever looks, each with the one tap that cuts it off."""
    return _page(request, phones.phones_of(request.actor, request.actor.user_id))


@role_required("manage_users")
def phones_of_user(request: SignedIn, user_id: UUID) -> HttpResponse:
    """The phones of a user, for the administrator: a phone is lost on a day when its owner has nothing to sign in with."""
    whose = get_object_or_404(users_for(request.actor), id=user_id)
    return _page(request, phones.phones_of(request.actor, whose.id), whose=whose)


def _page(request: SignedIn, found: object, **context: object) -> HttpResponse:
    return render(request, "field/phones.html", {"phones": found, "now": now(), **context})


@require_POST
@role_required(*HAS_PHONES, "manage_users")
def lost(request: SignedIn, phone_id: UUID) -> HttpResponse:
    """Cut a phone off: one's own, or, for the administrator, anybody's. Not asked for a fresh factor: a minute counts."""
    phone = phones.phone_for(request.actor, phone_id)
    if phone is None:
        raise Http404
    phones.revoke(phone, "lost", by=request.actor)
    messages.success(request, _("That phone is cut off. The moment it reaches us it erases what it holds."))
    own = phone.user_id == request.actor.user_id
    return redirect("field:phones") if own else redirect("field:user_phones", user_id=phone.user_id)
