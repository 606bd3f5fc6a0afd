"""One visit of the day as a phone holds it: what everybody who goes is told, and what only those who work with the person are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from alongside.cases.models import Case, FollowUp
from alongside.cases.rules import FOLLOW_UP_REASONS, reasons_in_words
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.consent import firewall
from alongside.consent.wording import LANGUAGES
from alongside.field import queries
from alongside.field.checking import flags_for
from alongside.field.versions import versions_for
from alongside.identity.models import Contact
from alongside.planning.rules import promise_of
from alongside.services.rules import NEEDS

# What the firewall is asked for; to whoever goes along a telephone number is of no use.
OPENED = ("ask_for", "meeting_place", "phone", "never_mention")


def stop_of(case: Case, visit: Mapping[str, Any], zone: str, now: datetime) -> dict[str, Any] | None:
    """A visit as the plan takes it; none for somebody who asked not to be visited, or is not there as far as we know."""
    if case.person.text_only or case.person.stop == "no_visits" or visit["flags"]["not_today"]:
        return None
    hours = visit["window"] and [time.fromisoformat(hour) for hour in visit["window"]]
    promise = promise_of(day_in(zone, now), hours[0], hours[1], zone) if hours else None
    return {
        "case": visit["case"], "due_at": case.due_at, "first": visit["first"], "town_id": case.town_id,
        "place": visit["contact"].get("meeting_place", ""), "window": promise, "promised": visit["promised"],
    }  # fmt: skip


def visits_of(
    viewer: Actor, cases: Sequence[Case], contacts: Mapping[UUID, Contact], zone: str, now: datetime
) -> list[dict[str, Any]]:
    """The visits without their sealed words: see `open_contacts`."""
    if not cases:
        return []
    flags, tries = flags_for(viewer, cases, now), queries.tries_of(viewer, cases)
    phoned = queries.phoned_first(viewer, cases)
    planned, today = queries.planned_for(viewer, cases), day_in(zone, now)
    visits = [_visit(case, contacts.get(case.person_id), now) for case in cases]
    for case, visit in zip(cases, visits, strict=True):
        days = [row for row in planned.get(case.id, ()) if row.due_on == today]
        promised = (row for row in days if row.from_time and row.to_time)
        visit |= {
            "promised": any(row.reason == "asked_back" for row in days),
            "flags": flags[case.id], "tries": [[ms(row.at), row.channel, row.result] for row in tries.get(case.id, ())],
            "window": next(([_hour(row.from_time), _hour(row.to_time)] for row in promised), None),
        }  # fmt: skip
        visit["phoned"] = case.id in phoned
        if not viewer.goes_along:
            visit["follow_ups"] = [_follow_up(row) for row in planned.get(case.id, ())]
            visit["versions"] = versions_for(contacts.get(case.person_id), case.person)
            visit["prefers"] = case.person.prefers
    if not viewer.goes_along:
        _add_care(viewer, cases, visits, now)
    return visits


def _follow_up(row: FollowUp) -> dict[str, Any]:
    return {
        "id": str(row.id), "due_on": row.due_on.isoformat(), "label": _(FOLLOW_UP_REASONS[row.reason]).format(day=row.day),
        "from": _hour(row.from_time), "to": _hour(row.to_time),
    }  # fmt: skip


def _visit(case: Case, contact: Contact | None, now: datetime) -> dict[str, Any]:
    """What everybody who goes is told, before the sealed words are put in."""
    code = contact.language if contact else "en"
    return {
        "case": str(case.id), "code": case.person.code, "clock": case.clock(now), "due": ms(case.due_at),
        "first": case.first_attempt_at is None, "town": case.town.name if case.town else "", "window": None,
        "say": code if code in LANGUAGES else "en", "tries": [], "follow_ups": [], "reasons": [], "needs": [],
        "agreements": [], "versions": {}, "prefers": "", "phoned": False,
        "contact": {
            "language": _language(code), "language_code": code, "safety": contact.safety_codes if contact else [],
            "safety_days": contact.safety_days if contact else None,
        },
    }  # fmt: skip


def _add_care(viewer: Actor, cases: Sequence[Case], visits: list[dict[str, Any]], now: datetime) -> None:
    """For whoever works with the person: why they stand where they stand, what they want, what they agreed to."""
    wants, agreed = queries.wants_of(viewer, cases), queries.agreements_of(viewer, cases, now)
    for case, visit in zip(cases, visits, strict=True):
        visit["reasons"] = [_(reason) for reason in reasons_in_words(case.reasons)]
        visit["needs"] = [{"label": _(NEEDS[row.code]), "status": _status(row)} for row in wants.get(case.id, ())]
        visit["agreements"] = [{"id": str(row.id), "label": row.whom} for row in agreed.get(case.id, ())]


def open_contacts(
    viewer: Actor, cases: Sequence[Case], contacts: Mapping[UUID, Contact], visits: list[dict[str, Any]], now: datetime
) -> None:
    """Put the sealed words in, all opened in one go; what the firewall keeps back is absent."""
    names = [name for name in OPENED if name != "phone" or not viewer.goes_along]
    rows = list(contacts.values())
    sealed = [getattr(row, name) for row in rows for name in names]
    plain = iter(firewall.open(viewer, "outreach_visit", *sealed, now=now) if rows else ())
    opened = {row.pk: {name: next(plain) for name in names} for row in rows}
    for case, visit in zip(cases, visits, strict=True):
        row = contacts.get(case.person_id)
        words = opened[row.pk] if row else {}
        visit["contact"] |= {name: text for name, text in words.items() if isinstance(text, str)}


def _status(need: Any) -> str:
    """How it stands with what somebody wants: the last word of a partner, or that nobody was asked."""
    sent = sorted(need.referrals.all(), key=lambda row: row.changed_at)
    return str(sent[-1].get_status_display()) if sent else _("noted")


def _hour(moment: Any) -> str | None:
    return moment.strftime("%H:%M") if moment else None


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def ms(moment: datetime) -> int:
    """A moment as a phone counts it."""
    return int(moment.timestamp() * 1000)
