"""The shelves: what came in, what goes to a car, what is taken out, and counts; training, reversals, labels."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alongside.accounts.access import SignedIn, role_required
from alongside.accounts.models import Agency
from alongside.common import links
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.naloxone.actions import (
    Box,
    Lesson,
    Told,
    keep_lines,
    make_codes,
    note_training,
    receive,
    report_reversal,
    take_count,
)
from alongside.naloxone.forms import (
    CountForm,
    IssueForm,
    ReceiveForm,
    ReversalForm,
    SuppliesForm,
    TakeOutForm,
    TrainingForm,
)
from alongside.naloxone.ledger import Line
from alongside.naloxone.queries import StockLine, books_for, code_for, codes_for, lots_for, places_for
from alongside.naloxone.views import person_of

LABELS_ON_A_SHEET = 24


def _done(request: SignedIn, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("naloxone:stock")


def _page(request: SignedIn, form: Any, title: str, button: str, **more: Any) -> HttpResponse:
    return render(request, "naloxone/form.html", {"form": form, "title": title, "button": button} | more)


def _start_of(day: date | None) -> datetime | None:
    """The start of a day on the viewer's clock: what was handed out on it came after."""
    return datetime.combine(day, time.min, timezone.get_current_timezone()).astimezone(UTC) if day else None


@role_required("hand_out_kits")
def receive_box(request: SignedIn) -> HttpResponse:
    """A box came in."""
    form = ReceiveForm(request.POST or None, places=places_for(request.actor))
    if request.method == "POST" and form.is_valid():
        data, place = form.cleaned_data, form.id_of("place")
        owner = next((row.agency for row in places_for(request.actor) if row.id == place), None)
        box = Box(data["product"], data["number"], data["expires_on"], data["kits"], data["doses"], place,
                  _start_of(data["came_on"]), data["draft"])  # fmt: skip
        receive(owner or Agency.objects.get(id=request.user.agency_id), box, by=request.actor)  # type: ignore[union-attr]  # signed in
        return _done(request, _("It is on the shelf."))
    return _page(request, form, _("A box came in"), _("Put it on the shelf"))


@role_required("hand_out_kits")
def supplies(request: SignedIn) -> HttpResponse:
    """Strips, syringes and containers that came in, and used syringes that were taken back."""
    form = SuppliesForm(request.POST or None, places=places_for(request.actor))
    if request.method == "POST" and form.is_valid():
        kind, product = form.kind_and_product()
        line = Line(form.cleaned_data["draft"], now(), kind, product, form.cleaned_data["amount"], form.id_of("place"))
        keep_lines([line], by=request.actor)
        return _done(request, _("It is on the books."))
    return _page(request, form, _("Strips, syringes and boxes"), _("Keep it"))


def _shelf(request: SignedIn) -> list[StockLine]:
    return books_for(request.actor, timezone.localdate()).lines


@role_required("hand_out_kits")
def issue(request: SignedIn) -> HttpResponse:
    """From an office to a car, or between any two places."""
    places = places_for(request.actor)
    form = IssueForm(request.POST or None, lines=_shelf(request), places=places)
    if request.method == "POST" and form.is_valid():
        there, line = form.id_of("to_place"), form.chosen()
        to_car = any(row.id == there and row.kind == "car" for row in places)
        keep_lines([_off(line, form, "issued" if to_car else "moved", there)], by=request.actor)
        return _done(request, _("Moved. The books follow."))
    return _page(request, form, _("Into a car, or to another place"), _("Move it"))


@role_required("hand_out_kits")
def take_out(request: SignedIn) -> HttpResponse:
    """What expired, got lost or broke."""
    form = TakeOutForm(request.POST or None, lines=_shelf(request), places=[])
    if request.method == "POST" and form.is_valid():
        keep_lines([_off(form.chosen(), form, form.cleaned_data["kind"], None)], by=request.actor)
        return _done(request, _("Taken off the books."))
    return _page(request, form, _("Expired, lost or damaged"), _("Take it out"))


def _off(line: StockLine, form: IssueForm | TakeOutForm, kind: str, there: UUID | None) -> Line:
    data = form.cleaned_data
    return Line(data["draft"], now(), kind, line.product, data["amount"], line.place.id if line.place else None,
                line.lot.id if line.lot else None, there)  # fmt: skip


@role_required("hand_out_kits")
def count(request: SignedIn, place_id: UUID) -> HttpResponse:
    """Count one office or car; what differs is put right under its own name."""
    place = next((row for row in places_for(request.actor) if row.id == place_id), None)
    if place is None:
        raise Http404
    books = books_for(request.actor, timezone.localdate())
    missing = {one.correction.line.product for one in books.unexplained if one.place == place}
    lines = [line for line in books.lines if line.place == place]
    lines += [StockLine(place, product, None, 0) for product in sorted(missing - {line.product for line in lines})]
    form = CountForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        take_count(place.id, form.counted(), form.cleaned_data["draft"], by=request.actor)
        return _done(request, _("Counted. What is there is what the books say now."))
    lead = _("What do you see there? What differs is kept under its own name; nobody is blamed.")
    return _page(request, form, _("Count: {place}").format(place=place), _("That is what is there"), lead=lead)


@role_required("hand_out_kits")
def train(request: SignedIn) -> HttpResponse:
    """Seven steps, each taught back."""
    person = person_of(request)
    form = TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        people = data["people"] or 1 if data["taught"] == "group" else 1
        lesson = Lesson(data["draft"], data["taught"], tuple(data["steps"]), people, data["language"],
                        person.id if person else None)  # fmt: skip
        note_training(lesson, by=request.actor)
        return _done(request, _("Kept. One more who can help."))
    lead = _("“Show me, or tell me in your own words.” Tick what came back; there is nothing to fail.")
    return _page(request, form, _("Naloxone training"), _("Keep it"), lead=lead, person=person, sheet=True)


@role_required("hand_out_kits")
def reversal(request: SignedIn) -> HttpResponse:
    """Somebody tells that a kit was used."""
    person = person_of(request)
    form = ReversalForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = Told(data["draft"], date.fromisoformat(data["month"]), data["outcome"], data["called"], data["police"],
                    data["kits"], data["product"] or "naloxone")  # fmt: skip
        report_reversal(told, by=request.actor, person_id=person.id if person else None)
        return _done(request, _("Kept: the month and the number, nobody's name. Do they have a new kit?"))
    lead = _("Ask only if they want to tell. The day, the place and who it was are not asked.")
    return _page(request, form, _("A kit was used"), _("Keep it"), lead=lead, person=person)


@role_required("hand_out_kits")
def codes(request: SignedIn) -> HttpResponse:
    """Labels for kits, so that whoever used one can say so without a name."""
    lots = lots_for(request.actor, timezone.localdate())
    if request.method == "POST":
        lot = next((row for row in lots if str(row.id) == request.POST.get("lot", "")), None)
        if lot is None:
            raise Http404
        try:
            draft = UUID(request.POST.get("draft", ""))
        except ValueError:
            raise Http404 from None
        return redirect("naloxone:labels", kit_code_id=make_codes(lot, draft, by=request.actor).id)
    rows = [(lot, new_id()) for lot in lots]
    return render(request, "naloxone/codes.html", {"rows": rows, "sheets": codes_for(request.actor)})


@role_required("hand_out_kits")
@require_safe
def labels(request: SignedIn, kit_code_id: UUID) -> HttpResponse:
    """One sheet of labels to print."""
    sheet = code_for(request.actor, kit_code_id)
    if sheet is None:
        raise Http404
    spoken = links.spoken_code("kit", sheet.id)
    context = {"sheet": sheet, "code": spoken, "host": request.get_host(), "labels": range(LABELS_ON_A_SHEET)}
    return render(request, "naloxone/labels.html", context)
