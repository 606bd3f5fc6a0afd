"""Reading agreements, and accounting for what was shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from alongside.common.actor import Actor
from alongside.consent.models import Consent, ConsentDraft, Disclosure, Emergency, Restriction
from alongside.consent.rules import YEARS_OTHERWISE, YEARS_UNDER_CONSENT
from alongside.identity.fields import Sealed
from alongside.identity.queries import may_be, maybe_same
from alongside.journal.queries import releases_of, told_elsewhere_of
from alongside.people.models import Person, Stop
from alongside.people.queries import person_for, records_of

YEAR = timedelta(days=366)


def active_consents_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Consent]:
    """The agreements of a person's records that hold now, newest first; nobody who only goes along sees them."""
    if viewer.goes_along:
        return []
    rows = Consent.objects.filter(person_id__in=list(records), person__program_id=viewer.program_id, revoked_at=None)
    return list(rows.filter(expires_at__gt=now).select_related("recipient", "discloser").order_by("-given_at"))


def consent_of(viewer: Actor, records: Iterable[UUID], consent_id: UUID) -> Consent | None:
    """One agreement of a person's records, also one that has ended."""
    if viewer.goes_along:
        return None
    rows = Consent.objects.filter(person_id__in=list(records), person__program_id=viewer.program_id, id=consent_id)
    return rows.select_related("recipient", "discloser", "person").first()


def drafts_of(viewer: Actor, records: Iterable[UUID]) -> list[ConsentDraft]:
    """The agreements of a person's records that were written down and do not hold yet."""
    if viewer.goes_along:
        return []
    accepted = Consent.objects.filter(person_id__in=list(records)).values("id")
    rows = ConsentDraft.objects.filter(person_id__in=list(records), person__program_id=viewer.program_id)
    return list(rows.filter(taken_back_at=None).exclude(id__in=accepted).order_by("received_at"))


def agreements_naming(viewer: Actor, people: Iterable[UUID], now: datetime) -> dict[UUID, Consent]:
    """For each person the newest agreement that holds now and names the viewer's agency or its class."""
    rows = Consent.objects.naming(viewer.agency_id, viewer.agency_class).holding(now)
    rows = rows.filter(person_id__in=list(people), person__program_id=viewer.program_id)
    ordered = rows.select_related("recipient", "discloser", "person").order_by("given_at")
    return {row.person_id: row for row in ordered}


@dataclass(frozen=True, slots=True)
class Shared:
    """One line of the accounting: when, to whom, what, why. `told` is sealed: whoever was told in an emergency."""

    id: UUID | int
    at: datetime
    basis: str
    to: str = ""
    told: Sealed | None = None
    categories: tuple[str, ...] = ()
    why: str = ""
    version: int = 0
    passed_on_by: str = ""


def accounting_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Shared]:
    """Everything that was shared about a person, newest first (42 CFR 2.25, 45 CFR 164.528).

    Three years back for what was shared under an agreement, six for the rest; nobody who only goes along sees any. A
    release that a court forbids to tell of is left out for as long as the order stands (45 CFR 164.528(a)(2)).
    """
    if viewer.goes_along:
        return []
    records = list(records)
    people = {"person_id__in": records, "person__program_id": viewer.program_id}
    agreed = Disclosure.objects.filter(**people, at__gt=now - YEARS_UNDER_CONSENT * YEAR)
    urgent = Emergency.objects.filter(**people, at__gt=now - YEARS_OTHERWISE * YEAR)
    lines = [_agreed(row) for row in agreed.select_related("recipient", "consent", "forwarded_by")]
    lines += [Shared(row.id, row.at, "emergency", told=row.told, why=row.nature) for row in urgent]
    ordered = releases_of(viewer, records, now - YEARS_OTHERWISE * YEAR)
    lines += [Shared(row.seq, row.at, "order", "a court", categories=tuple(row.detail["classes"])) for row in ordered]
    elsewhere = told_elsewhere_of(viewer, records, now - YEARS_OTHERWISE * YEAR)
    lines += [Shared(row.seq, row.at, "elsewhere", row.detail["to"]) for row in elsewhere]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _agreed(row: Disclosure) -> Shared:
    basis = row.consent.designation or "agreement"
    return Shared(
        row.id, row.at, basis, row.recipient.name, None, tuple(row.categories), row.purpose, row.consent.version,
        row.forwarded_by.name if row.forwarded_by else "",
    )  # fmt: skip


def recipients_of(viewer: Actor, records: Iterable[UUID], now: datetime) -> list[Shared]:
    """Who was told under a general designation in the last three years (42 CFR 2.24): one query."""
    if viewer.goes_along:
        return []
    rows = Disclosure.objects.filter(
        person_id__in=list(records), person__program_id=viewer.program_id, at__gt=now - YEARS_UNDER_CONSENT * YEAR
    ).exclude(consent__designation="")
    return [_agreed(row) for row in rows.select_related("recipient", "consent", "forwarded_by").order_by("-at")]


def kept_from(viewer: Actor, records: Iterable[UUID]) -> set[UUID]:
    """The users from whom something of a person's records is kept: at the person's wish, or since they know the person."""
    rows = Restriction.objects.filter(person_id__in=list(records), person__program_id=viewer.program_id, ended_at=None)
    return set(rows.filter(user__isnull=False).values_list("user_id", flat=True))


def is_kept_from(viewer: Actor, records: Iterable[UUID]) -> bool:
    """Whether anything of a person's records is kept from the viewer or from their agency."""
    mine = Q(user_id=viewer.user_id or UUID(int=0)) | Q(agency_id=viewer.agency_id or UUID(int=0))
    return Restriction.objects.filter(mine, person_id__in=list(records), ended_at=None).exists()


def people_known_to(viewer: Actor) -> set[UUID]:
    """Every record of those the viewer knows, a conflict of interest, whatever it was joined to.

    And of whoever may be one of them, as long as a match is open: until it is decided, both are kept from the viewer.
    """
    kept = Restriction.objects.filter(user_id=viewer.user_id or UUID(int=0), why="conflict", ended_at=None)
    found = set[UUID]()
    for one in kept.values_list("person_id", flat=True):
        living = person_for(viewer, one)
        found.update(records_of(living) if living else [one])
    return found | may_be(viewer, id__in=found) if found else found


@dataclass(frozen=True, slots=True)
class Doubt:
    """What was asked for by anybody whom somebody may be: no contact, no police, not to be met by these users."""

    no_contact: bool = False
    no_police: bool = False
    kept_from: frozenset[UUID] = frozenset()


def doubt_about(viewer: Actor, records: Iterable[UUID]) -> Doubt:
    """What holds for a person's records besides their own wishes, as long as an open match says whom else they may be."""
    others = maybe_same(viewer, records)
    asked = list(Person.objects.filter(id__in=others).values_list("stop", "no_police"))
    kept = frozenset(kept_from(viewer, others)) if others else frozenset[UUID]()
    return Doubt(any(stop == Stop.NO_CONTACT for stop, _ in asked), any(no_police for _, no_police in asked), kept)


def known_to(viewer: Actor) -> Q:
    """Rows (by their `person_id`) of those the viewer knows, a conflict of interest: for them these are not there."""
    return Q(person_id__in=people_known_to(viewer))
