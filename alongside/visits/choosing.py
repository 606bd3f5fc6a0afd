"""Who can give what somebody wants: partners that answer here, with room, hours and the way there, and what they would learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.accounts.models import Agency, AgencyKind
from alongside.accounts.queries import partner_agencies
from alongside.common.actor import Actor
from alongside.consent.actions import active_consent
from alongside.consent.models import Restriction
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.referrals.queries import BedLine, board_for
from alongside.referrals.rules import SHARED
from alongside.services.needs import BED_KINDS
from alongside.services.queries import Found, Wanted, find_services
from alongside.visits.ordering import Candidate, in_order

# What an agency of a kind gives, also where no list names its services.
GIVES = {
    AgencyKind.SHELTER: {"shelter_tonight"},
    AgencyKind.TREATMENT: {"detox", "residential", "medication", "outpatient"},
    AgencyKind.RECOVERY: {"recovery_support"},
    AgencyKind.SYRINGE_SERVICES: {"syringe_services", "drug_checking"},
    AgencyKind.RIDE: {"ride"},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One partner to choose: why it stands where it stands, and whether the person agreed that it learns their name."""

    agency: Agency
    candidate: Candidate
    reasons: tuple[str, ...]
    agreed: bool
    found: Found | None = None


def choices_for(viewer: Actor, person: Person, code: str, found: Sequence[Found], now: datetime) -> list[Choice]:
    """The partners that may be asked for a need, in the order in which to ask; never the viewer's own employer."""
    listed = {one.service.agency_id: one for one in reversed(found) if one.service.agency_id}
    lines = {line.agency.id: line for line in board_for(viewer, now, code)} if code in BED_KINDS else {}
    agencies = {
        agency.id: agency
        for agency in partner_agencies(viewer)
        if agency.id != viewer.agency_id
        and (code in GIVES.get(AgencyKind(agency.kind), ()) or agency.id in listed or _counts(lines.get(agency.id)))
    }
    ordered = in_order(_candidate(agency, lines.get(agency.id), listed.get(agency.id)) for agency in agencies.values())
    return [
        Choice(
            agencies[one.agency_id], one, _reasons(lines.get(one.agency_id), listed.get(one.agency_id)),
            agreed_with(viewer, person, agencies[one.agency_id], now), listed.get(one.agency_id),
        )
        for one in ordered
    ]  # fmt: skip


def _counts(line: BedLine | None) -> bool:
    return line is not None and line.said_at is not None


def _candidate(agency: Agency, line: BedLine | None, found: Found | None) -> Candidate:
    return Candidate(
        agency.id, agency.name, line.left if line else None, line.age if line else "ask",
        found.open if found else "unknown", found.km if found else None, len(found.reasons) if found else 0,
    )  # fmt: skip


def _reasons(line: BedLine | None, found: Found | None) -> tuple[str, ...]:
    said = (room_words(line),) if line is not None else ()
    return (*said, *(one for one in (found.reasons if found else ()) if one not in said))


def room_words(line: BedLine) -> str:
    """What the bed board says of a partner, in words: how many, and how old that is."""
    if line.left is None or line.age == "ask":
        return _("beds: nobody said lately")
    left = ngettext("%(n)d bed left", "%(n)d beds left", line.left) % {"n": line.left} if line.left else _("no bed left")
    return left if line.age == "fresh" else _("%(beds)s, said some hours ago") % {"beds": left}


def agreed_with(
    viewer: Actor, person: Person, agency: Agency, now: datetime, what: Sequence[str] = SHARED
) -> bool:
    """Whether the person agreed that this partner learns how to reach them (and what they want), and nothing keeps it back."""
    if viewer.goes_along or active_consent(person, agency, now, what) is None:
        return False
    kept = Restriction.objects.filter(person_id__in=records_of(person), agency=agency, ended_at=None)
    return not any(set(what) & set(row.classes) for row in kept)


def found_for(viewer: Actor, code: str, town: str, now: datetime, words: str = "") -> list[Found]:
    """What the directory has for a need, in this town and at this hour; who has a bed first."""
    lines = board_for(viewer, now, code) if code in BED_KINDS else []
    room = {line.agency.id: room_words(line) for line in lines if line.left and line.age != "ask"}
    return find_services(viewer, Wanted(need=code, words=words, town=town, at=now), limit=30, room=room)


def drivers(viewer: Actor) -> Sequence[Agency]:
    """The partners who drive, by name."""
    return [agency for agency in partner_agencies(viewer) if agency.kind == AgencyKind.RIDE]
