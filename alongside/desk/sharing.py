"""What leaves the house beside referrals: what is told in an emergency, the text somebody agrees to, the accounting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from alongside.accounts.queries import program_of
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.consent import firewall, wording
from alongside.consent.actions import Told, disclose_in_emergency
from alongside.consent.firewall import Opened
from alongside.consent.models import Consent
from alongside.consent.queries import Shared, accounting_of, recipients_of
from alongside.consent.wording import Agreement, Scope
from alongside.identity.queries import contacts_of, identities_of
from alongside.people.queries import records_of
from alongside.referrals.queries import needs_of


@dataclass(frozen=True, slots=True)
class Fact:
    """One line to tell in an emergency."""

    label: str
    value: Opened


def emergency_facts(viewer: Actor, case: Case, now: datetime) -> list[Fact]:
    """Who somebody is and what they said they need, opened for a medical emergency alone."""
    people = [case.person_id]
    identity, contact = identities_of(viewer, people).get(case.person_id), contacts_of(viewer, people).get(case.person_id)
    asked: list[tuple[str, Any]] = []
    if identity is not None:
        asked += [("given", identity.given_name), ("family", identity.family_name), ("born", identity.birth_date)]
    if contact is not None:
        asked += [("ask", contact.ask_for), ("phone", contact.phone)]
    needs = needs_of(viewer, case.id, now)
    asked += [("said", need.words) for need in needs if need.words]
    plain = firewall.open(viewer, "medical_emergency", *(value for _, value in asked), now=now)
    opened = [Fact(label, value) for (label, _), value in zip(asked, plain, strict=True) if value]
    return opened + [Fact("wants", str(need.label)) for need in needs]


@transaction.atomic
def tell_in_emergency(case: Case, told: Told, *, by: Actor) -> list[Fact]:
    """Write down who is told, and give the teller what there is to tell: both in one transaction, or neither."""
    disclose_in_emergency(case.person, told, by=by)
    return emergency_facts(by, case, clock())


def text_of(viewer: Actor, consent: Consent) -> Agreement:
    """The text of an agreement that was given, in the language and the version it was read in."""
    zone = program_of(viewer).zone
    return wording.agreement(Scope.of(consent), consent.language, zone, consent.wording or wording.VERSION)


def text_for(viewer: Actor, scope: Scope, language: str) -> Agreement:
    """The text to read together before somebody agrees."""
    return wording.agreement(scope, language, program_of(viewer).zone)


def spoken_language(viewer: Actor, person_id: UUID) -> str:
    """The language to read an agreement in: the person's, where there is a text in it."""
    contact = contacts_of(viewer, [person_id]).get(person_id)
    spoken = contact.language.lower() if contact else ""
    return next((code for code in wording.LANGUAGES if spoken in {code, code.split("-")[0]}), "en")


def until(now: datetime, days: str) -> datetime:
    """When an agreement for some days would end, by the server's clock."""
    return now + timedelta(days=int(days))


@dataclass(frozen=True, slots=True)
class Accounting:
    """What was shared about a person, and who was told under a general designation; whoever was told is opened."""

    lines: list[tuple[Shared, Opened]]
    treating: list[Shared]


def accounting(viewer: Actor, case: Case, now: datetime) -> Accounting:
    """The accounting of a case's person, as the page shows it."""
    records = records_of(case.person)
    lines = accounting_of(viewer, records, now)
    purpose = "coordination" if viewer.role == "coordinator" else "coach_followup"
    told = firewall.open(viewer, purpose, *(line.told for line in lines), now=now) if lines else []
    return Accounting(list(zip(lines, told, strict=True)), recipients_of(viewer, records, now))
