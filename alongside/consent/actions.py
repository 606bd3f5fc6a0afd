"""Ties opened and closed by the work, and agreements given and taken back by the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.accounts.models import Agency, User
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.models import Consent, Disclosure, Restriction, Tie
from alongside.consent.rules import CLASSES, OPENED_APART, PURPOSES, missing_element
from alongside.journal.actions import record
from alongside.people.models import Person


@transaction.atomic
def open_tie(person: Person, *, by: Actor, until: datetime, user: User | None = None,
             agency: Agency | None = None, opens: str = "work") -> Tie:  # fmt: skip
    """Let a worker or a partner agency work with a person until a moment; from then on nothing opens for them.

    `opens` names a purpose of `OPENED_APART` when the tie is for that purpose alone and not for the day's work.
    """
    if opens != "work" and opens not in OPENED_APART:
        raise Refused("A tie is for the day's work or for one of the purposes that are opened apart.")
    tie = Tie.objects.create(
        person=person, user=user, agency=agency, opened_at=clock(), expires_at=until, opens=opens
    )
    whom = user.id if user else agency.id if agency else ""
    record("tie_opened", kind="person", target=person.id, by=by, whom=str(whom), opens=opens)
    return tie


@transaction.atomic
def close_ties(person: Person, *, by: Actor, users: Sequence[UUID]) -> int:
    """End the open work ties of the named users to a person; takes effect on the next request."""
    open_ties = Tie.objects.filter(person=person, closed_at=None, user_id__in=users, opens="work")
    count = open_ties.update(closed_at=clock())
    record("tie_closed", kind="person", target=person.id, by=by, ties=count)
    return count


@transaction.atomic
def restrict(person: Person, classes: Sequence[str], *, by: Actor, why: str, user: User | None = None,
             agency: Agency | None = None) -> Restriction:  # fmt: skip
    """Keep classes from one user or one agency, whatever else allows them (45 CFR 164.522, 42 CFR 2.26).

    It holds for every record of the person, and over every tie and agreement, until `lift_restriction`.
    """
    if not classes or not set(classes) <= set(CLASSES):
        raise Refused("Name what is to be kept back; nothing was changed.")
    kept = Restriction.objects.create(
        person=person, user=user, agency=agency, classes=sorted(classes), why=why, agreed_at=clock()
    )
    record("restricted", kind="person", target=person.id, by=by, restriction=str(kept.id), why=why)
    return kept


@transaction.atomic
def lift_restriction(restriction: Restriction, *, by: Actor) -> None:
    """End a restriction; what it kept back is decided by the other rules again."""
    restriction.ended_at = clock()
    restriction.save(update_fields=["ended_at"])
    record("restriction_ended", kind="person", target=restriction.person_id, by=by, restriction=str(restriction.id))


@transaction.atomic
def record_consent(person: Person, recipient: Agency, categories: Sequence[str], *, by: Actor, days: int = 90,  # noqa: PLR0913  # ADR 10
                   purpose: str = "referral_send", language: str = "en", how: str = "spoken") -> Consent:  # fmt: skip
    """Keep an agreement; one that lacks an element of 42 CFR 2.31(a) is refused, naming the element."""
    moment = clock()
    elements = {
        "recipient": recipient, "categories": list(categories), "purpose": purpose, "language": language, "how": how,
        "given_at": moment, "expires_at": moment + timedelta(days=days) if days > 0 else None,
    }  # fmt: skip
    lacking = missing_element(elements)
    if lacking:
        raise Refused(f"The agreement lacks “{lacking}”; nothing was kept.")
    if recipient.kind in POLICE_CLASSES or recipient.program_id != person.program_id:
        raise Refused("An agreement names a partner of this program, and never the police.")
    if purpose not in PURPOSES:
        raise Refused("An agreement is for one of the known purposes; nothing was kept.")
    consent = Consent.objects.create(person=person, **elements)
    record("consent_given", kind="person", target=person.id, by=by, consent=str(consent.id), to=str(recipient.id))
    return consent


@transaction.atomic
def revoke_consent(consent: Consent, *, by: Actor) -> None:
    """Take an agreement back: every later decision denies, in the same transaction; what was shared stays accounted for."""
    consent.revoked_at = clock()
    consent.save(update_fields=["revoked_at"])
    Tie.objects.filter(person=consent.person, agency=consent.recipient, closed_at=None).update(closed_at=clock())
    record("consent_revoked", kind="person", target=consent.person_id, by=by, consent=str(consent.id))


def active_consent(person: Person, recipient: Agency, at: datetime) -> Consent | None:
    """The newest agreement to share with a recipient that holds at a moment of the server's clock."""
    rows = Consent.objects.filter(Q(revoked_at=None) | Q(revoked_at__gt=at), person=person, recipient=recipient)
    return rows.filter(given_at__lte=at, expires_at__gt=at).order_by("-given_at").first()


@transaction.atomic
def disclose(person: Person, to: Agency, categories: Sequence[str], *, by: Actor) -> Disclosure:
    """Share categories with a partner under an active agreement that names them, and open the partner's tie."""
    moment = clock()
    consent = active_consent(person, to, moment)
    if to.kind in POLICE_CLASSES:
        raise Refused("Nothing about a person is shared with the police.")
    if consent is None or not set(categories) <= set(consent.categories):
        raise Refused("The person has not agreed to share this with them. Ask first, or send it without a name.")
    shared = Disclosure.objects.create(
        person=person, recipient=to, consent=consent, categories=list(categories), purpose=consent.purpose, at=moment
    )
    open_tie(person, by=by, until=consent.expires_at, agency=to)
    record("disclosed", kind="person", target=person.id, by=by, to=str(to.id), categories=list(categories),
           consent=str(consent.id))  # fmt: skip
    return shared
