"""The three pages behind a link: a referral, a ride, the beds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.packet import Payload
from alongside.partners import actions, rules
from alongside.partners.door import Visit
from alongside.partners.queries import own_beds, own_holds, team_phone
from alongside.referrals.inbox import InboxItem
from alongside.referrals.queries import referral_for, ride_for
from alongside.referrals.rules import BARRIERS, HOLD_HOURS, OPEN_STATUSES
from alongside.services.needs import BED_KINDS

Page = Callable[[HttpRequest, Visit], HttpResponse | None]


def page_of(visit: Visit) -> Page:
    """The page of what a link is for."""
    if visit.link.referral_id is not None:
        return referral
    return ride if visit.link.ride_id is not None else beds


def referral(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """One referral: what it is about, who it is for after one tap, and the answers it still takes."""
    row = referral_for(visit.viewer, visit.link.referral_id or UUID(int=0), now())
    if row is None:
        return None
    item, said = InboxItem(row), ""
    if request.POST.get("do") == "show":
        if row.named and row.status in OPEN_STATUSES:
            item = actions.open_referral(visit.link, row, visit.how, by=visit.viewer)
    elif request.method == "POST":
        said = _answer(request, visit)
        if not said:
            return redirect(request.path)
        row.refresh_from_db()
    moment = now()
    context = {
        "item": item, "row": row, "said": said, "now": moment, "visit": visit, "is_open": row.status in OPEN_STATUSES,
        "stands": rules.STANDS.get(row.status, ""), "steps": rules.STEPS.get(row.status, ()),
        "may_say_no": row.status in rules.MAY_SAY_NO, "reasons": [(code, BARRIERS[code]) for code in rules.NO_REASONS],
        "keeps_bed": row.need.code in BED_KINDS, "hold": own_holds(visit.viewer).filter(referral=row).first(),
        "until": [(hours, moment + timedelta(hours=hours)) for hours in rules.HOLD_HOURS],
        "usual": HOLD_HOURS.get(row.need.code),
    }  # fmt: skip
    return render(request, "partners/referral.html", context)


def _answer(request: HttpRequest, visit: Visit) -> str:
    """Keep an answer; gives the sentence to read when it did not come to be, and nothing when it did."""
    said = actions.Said(
        request.POST.get("to", ""), request.POST.get("barrier", ""), rules.hours_said(request.POST.get("hours", ""))
    )  # fmt: skip
    try:
        answered = actions.answer_by_link(visit.link, said, visit.how, by=visit.viewer)
    except Refused as refused:
        return _(refused.reason)
    return "" if answered.referral.status == said.to else _(answered.sentence)


def ride(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """One ride: from when to when, whom and where after one tap, and the next step."""
    row = ride_for(visit.viewer, visit.link.ride_id or UUID(int=0), now())
    if row is None:
        return None
    payload, said = Payload({}), ""
    if request.POST.get("do") == "show":
        if row.named and row.status in rules.RIDE_STEPS:
            payload = actions.open_ride(visit.link, row, visit.how, by=visit.viewer)
    elif request.method == "POST":
        try:
            actions.move_ride_by_link(visit.link, request.POST.get("to", ""), visit.how, by=visit.viewer)
            return redirect(request.path)
        except Refused as refused:
            said = _(refused.reason)
            row.refresh_from_db()
    context = {
        "row": row, "payload": payload, "said": said, "now": now(), "visit": visit, "is_open": row.status in rules.RIDE_STEPS,
        "stands": rules.RIDE_STANDS.get(row.status, ""), "steps": rules.RIDE_STEPS.get(row.status, ()),
        "phone": team_phone(visit.viewer, row.need.case_id, now()),
    }  # fmt: skip
    return render(request, "partners/ride.html", context)


def beds(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """One digit a day: how many beds are free; and those that are kept for us."""
    said = ""
    if request.method == "POST":
        try:
            _say_beds(request, visit)
            return redirect(request.path)
        except Refused as refused:
            said = _(refused.reason)
    context = {"kinds": own_beds(visit.viewer), "said": said, "now": now(), "visit": visit, "numbers": range(10),
               "is_open": True}  # fmt: skip
    return render(request, "partners/beds.html", context)


def _say_beds(request: HttpRequest, visit: Visit) -> None:
    act = request.POST.get("do", "")
    if act in ("arrived", "back"):
        try:
            hold_id = UUID(request.POST.get("hold", ""))
        except ValueError:
            raise Refused("That bed is not kept here.") from None
        actions.end_hold_by_link(visit.link, hold_id, arrived=act == "arrived", by=visit.viewer)
        return
    kind = request.POST.get("kind", "")
    if kind not in {known.code for known in own_beds(visit.viewer)}:
        raise Refused("Choose which beds you mean.")
    actions.say_beds_by_link(
        visit.link, kind, rules.beds_said(request.POST.get("free", "")), visit.how, by=visit.viewer
    )
