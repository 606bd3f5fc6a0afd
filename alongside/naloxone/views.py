"""The kits on a phone: two taps to hand one out, the shelves, and what the books cannot explain."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.models import Agency
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.words import choices_of
from alongside.naloxone.actions import Hand, add_place, hand_out, undo_hand_out
from alongside.naloxone.forms import GiveForm, PlaceForm
from alongside.naloxone.queries import (
    books_for,
    hand_out_for,
    is_taken_back,
    person_to_give,
    places_for,
    refill_prompts_for,
    usual_place,
)
from alongside.naloxone.rules import RECIPIENTS, may_undo
from alongside.people.models import Person

FIRST = ("person", "loved_one", "other")
ICONS = {"person": "person", "loved_one": "heart", "other": "team"}


def person_of(request: SignedIn) -> Person | None:
    """The person that the address names, if the viewer may tie a kit to them; a wrong one does not exist."""
    written = request.POST.get("person") or request.GET.get("person", "")
    if not written:
        return None
    try:
        person = person_to_give(request.actor, UUID(written), now())
    except ValueError:
        person = None
    if person is None:
        raise Http404
    return person


@role_required("hand_out_kits")
@require_safe
def stock(request: SignedIn) -> HttpResponse:
    """The shelves, what expires, whom to ask about a new kit, and what nobody can explain yet."""
    today = timezone.localdate()
    books = books_for(request.actor, today)
    context = {
        "books": books, "places": places_for(request.actor), "prompts": refill_prompts_for(request.actor, now()),
        "draft": new_id(), "buttons": _buttons(), "today": today,
    }  # fmt: skip
    return render(request, "naloxone/stock.html", context)


def _buttons() -> list[tuple[str, object, str]]:
    return [(code, label, ICONS[code]) for code, label in choices_of(RECIPIENTS, FIRST)]


@role_required("hand_out_kits")
def give(request: SignedIn) -> HttpResponse:
    """Hand out: a button says who for, and one kit of what expires first is on its way."""
    person, actor = person_of(request), request.actor
    places = places_for(actor)
    form = GiveForm(request.POST or None, places=places)
    if usual := usual_place(actor):
        form.fields["place"].initial = str(usual.id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        hand = Hand(form.id_of("place"), data["product"], id=data["draft"])
        moves = hand_out(
            data["kits"] or 1, data["recipient"], by=actor, person_id=person.id if person else None, hand=hand
        )
        return redirect("naloxone:given", move_id=moves[0].id)
    context = {
        "form": form,
        "person": person,
        "buttons": _buttons(),
        "others": choices_of(RECIPIENTS, ("business", "agency")),
    }
    return render(request, "naloxone/give.html", context)


@role_required("hand_out_kits")
def given(request: SignedIn, move_id: UUID) -> HttpResponse:
    """What was just handed out, and for ten minutes the way back."""
    actor = request.actor
    moves = hand_out_for(actor, move_id)
    if not moves:
        raise Http404
    if request.method == "POST":
        undo_hand_out(moves, by=actor)
        messages.success(request, _("Taken back. The kits are on the shelf again."))
        return redirect("naloxone:stock")
    undo = may_undo(moves[0].recorded_at or moves[0].at, now(), own=moves[0].by_user == actor.user_id)
    context = {
        "moves": moves,
        "undo": undo,
        "back": is_taken_back(actor, moves),
        "kits": sum(move.amount for move in moves),
    }
    return render(request, "naloxone/given.html", context)


@role_required("leave_kit")
def left(request: SignedIn) -> HttpResponse:
    """For those who only go along, and for patrol: “I left a kit”. A number and nothing about anybody."""
    form = GiveForm({"recipient": "other", **request.POST.dict()} if request.method == "POST" else None, places=[])
    if request.method == "POST" and form.is_valid():
        kits = min(form.cleaned_data["kits"] or 1, 5)
        hand_out(kits, "other", by=request.actor, hand=Hand(id=form.cleaned_data["draft"]))
        thanks = ngettext("Thank you. %(n)s kit is counted.", "Thank you. %(n)s kits are counted.", kits)
        messages.success(request, thanks % {"n": kits})
        return redirect("naloxone:left")
    return render(request, "naloxone/left.html", {"draft": new_id()})


@role_required("hand_out_kits")
def place(request: SignedIn) -> HttpResponse:
    """A new office or car of the own agency."""
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agency = Agency.objects.get(id=request.user.agency_id)  # type: ignore[union-attr]  # signed in
        add_place(agency, form.cleaned_data["name"], form.cleaned_data["kind"], by=request.actor)
        messages.success(request, _("It is on the list."))
        return redirect("naloxone:stock")
    return render(
        request, "naloxone/form.html", {"form": form, "title": _("A new office or car"), "button": _("Add it")}
    )
