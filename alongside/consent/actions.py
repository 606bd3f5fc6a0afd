"""Ties opened and closed by the work, and agreements given and taken back by the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.accounts.models import Agency, User
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Decision, Refused
from alongside.common.ids import new_id
from alongside.consent.models import Consent, ConsentDraft, Disclosure, Emergency, Restriction, Tie
from alongside.consent.rules import (
    AGREED_FOR,
    CLASSES,
    DESIGNATIONS,
    EMERGENCIES,
    EMERGENCY_MINUTES,
    EMERGENCY_ROLES,
    MOST_DAYS,
    OPENED_APART,
    SHAREABLE,
    may_forward,
    may_receive,
    may_sign,
    missing_element,
    signature,
)
from alongside.consent.wording import LANGUAGES, VERSION
from alongside.identity.vault import seal
from alongside.journal.actions import hold_the_chain, record
from alongside.journal.queries import entries_about
from alongside.people.models import Person
from alongside.people.queries import records_of

NOBODY = UUID(int=0)


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
def restrict_too(person: Person, record_id: UUID, since: datetime, *, by: Actor) -> None:
    """What was kept back on a record while it stood for two people is kept back for the other one as well."""
    both = Restriction.objects.filter(person_id=record_id, agreed_at__gt=since, ended_at=None)
    for kept in both.select_related("user", "agency"):
        restrict(person, kept.classes, by=by, why=kept.why, user=kept.user, agency=kept.agency)


@transaction.atomic
def lift_restriction(restriction: Restriction, *, by: Actor) -> None:
    """End a restriction; what it kept back is decided by the other rules again. Not by the one from whom it keeps."""
    if by.user_id is not None and by.user_id == restriction.user_id:
        raise Refused("Somebody else must end this: it keeps the person from you.")
    restriction.ended_at = clock()
    restriction.save(update_fields=["ended_at"])
    record("restriction_ended", kind="person", target=restriction.person_id, by=by, restriction=str(restriction.id))


@transaction.atomic
def record_consent(person: Person, recipient: Agency | None, categories: Sequence[str], *, by: Actor, days: int = 90,  # noqa: PLR0913  # ADR 10
                   purpose: str = "referral_send", language: str = "en", how: str = "spoken", signer: str = "self",
                   age: str = "adult", designation: str = "", replaces: Consent | None = None,
                   consent_id: UUID | None = None) -> Consent:  # fmt: skip
    """Keep an agreement; one that lacks an element of 42 CFR 2.31(a) is refused, naming the element.

    With `designation` it names a class instead of an agency; with `replaces` it is the next version of an agreement,
    which ends in the same moment. All times are the server's.
    """
    moment = clock()
    kept, expires_at = sorted(set(categories)), moment + timedelta(days=min(days, MOST_DAYS))
    elements = {
        "person": person, "discloser": by.agency_id, "categories": kept, "recipient": recipient or designation,
        "purpose": purpose, "revocation": VERSION, "how": how, "signature": signature(how, kept), "signer": signer,
        "given_at": moment, "language": language if language in LANGUAGES else "",
        "expires_at": expires_at if 0 < days <= MOST_DAYS else None,
    }  # fmt: skip
    lacking = missing_element(elements)
    if lacking:
        raise Refused(f"The agreement lacks “{lacking}”; nothing was kept.")
    _check_terms(person, recipient, designation, kept, purpose, by)
    may_sign(person.program.state, age, signer).require()
    version = _follow(replaces, person, recipient, designation, moment) if replaces else 1
    consent = Consent.objects.create(
        id=consent_id or new_id(), person=person, discloser_id=by.agency_id, recipient=recipient, designation=designation,
        categories=kept, purpose=purpose, language=language, wording=VERSION, how=how, signer=signer, age=age,
        version=version, replaces=replaces, given_at=moment, expires_at=expires_at,
    )  # fmt: skip
    record("consent_given", kind="person", target=person.id, by=by, consent=str(consent.id), version=version,
           to=str(recipient.id) if recipient else designation)  # fmt: skip
    return consent


def _check_terms(person: Person, recipient: Agency | None, designation: str, categories: Sequence[str],
                 purpose: str, by: Actor) -> None:  # fmt: skip
    if by.is_police:
        raise Refused("An agreement is taken by somebody who does not work for the police.")
    if recipient is not None and (not may_receive(recipient.kind) or recipient.program_id != person.program_id):
        raise Refused("An agreement names a partner of this program, and never the police.")
    if recipient is None and designation not in DESIGNATIONS or recipient is not None and designation:
        raise Refused("An agreement names one agency, or those who treat the person; nothing was kept.")
    if purpose not in AGREED_FOR:
        raise Refused("An agreement is for one of the known purposes; nothing was kept.")
    if not set(categories) <= set(SHAREABLE):
        raise Refused("Only what is on the list can be shared; nothing was kept.")


def _follow(old: Consent, person: Person, recipient: Agency | None, designation: str, moment: datetime) -> int:
    """End the version before; the new one is about the same person and the same recipient."""
    hold_the_chain()
    old.refresh_from_db(fields=["revoked_at"])
    same = (old.person_id, old.recipient_id, old.designation) == (
        person.id, recipient.id if recipient else None, designation
    )  # fmt: skip
    if not same:
        raise Refused("A new version is about the same person and the same recipient. Take a new agreement instead.")
    if old.revoked_at is not None or old.expires_at <= moment:
        raise Refused("That agreement does not hold any more. Take a new one.")
    old.revoked_at = moment
    old.save(update_fields=["revoked_at"])
    return old.version + 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement as a screen or a phone collected it, under an id made there. It has no time: the server's counts."""

    id: UUID
    categories: tuple[str, ...]
    recipient: Agency | None = None
    designation: str = ""
    purpose: str = "referral_send"
    language: str = "en"
    how: str = "screen"
    signer: str = "self"
    age: str = "unsure"
    days: int = 90
    replaces: Consent | None = None


@transaction.atomic
def accept_draft(person: Person, draft: Draft, *, by: Actor) -> Consent | None:
    """Make a draft hold, once per id, however often and in whatever order it arrives; None when it stays a draft.

    It stays a draft without the signer that the state's rule wants (42 CFR 2.14), and when it was taken back before it
    arrived. One that lacks an element is refused, and nothing is kept.
    """
    hold_the_chain()
    known = Consent.objects.filter(id=draft.id).first()
    mark = ConsentDraft.objects.filter(id=draft.id).first()
    if person.program_id != by.program_id or any(row and row.person_id != person.id for row in (known, mark)):
        raise Refused("This agreement is about somebody else; nothing was kept.")
    if known is not None or (mark is not None and mark.taken_back_at is not None):
        return known
    decision = may_sign(person.program.state, draft.age, draft.signer)
    if decision:
        return record_consent(
            person, draft.recipient, draft.categories, by=by, days=draft.days, purpose=draft.purpose, how=draft.how,
            language=draft.language, signer=draft.signer, age=draft.age, designation=draft.designation,
            replaces=draft.replaces, consent_id=draft.id,
        )  # fmt: skip
    if mark is None:
        ConsentDraft.objects.create(id=draft.id, person=person, received_at=clock(), why=decision.reason)
        record("consent_drafted", kind="person", target=person.id, by=by, draft=str(draft.id))
    return None


@transaction.atomic
def take_back_draft(person: Person, draft_id: UUID, *, by: Actor) -> None:
    """The person took back what a phone collected, whether it has arrived or not: it never holds from now on."""
    hold_the_chain()
    known = Consent.objects.filter(id=draft_id, person=person).first()
    if known is not None:
        revoke_consent(known, by=by)
        return
    mark, _ = ConsentDraft.objects.get_or_create(id=draft_id, defaults={"person": person, "received_at": clock()})
    if mark.person_id != person.id:
        raise Refused("This agreement is about somebody else; nothing was changed.")
    if mark.taken_back_at is None:
        mark.taken_back_at = clock()
        mark.save(update_fields=["taken_back_at"])
        record("consent_revoked", kind="person", target=person.id, by=by, draft=str(draft_id))


@transaction.atomic
def revoke_consent(consent: Consent, *, by: Actor) -> None:
    """Take an agreement back: every later decision denies, in the same transaction; what was shared stays accounted for.

    `referrals.sharing.take_back` calls it and withdraws what was sent with a name. Twice is once.
    """
    hold_the_chain()
    consent.refresh_from_db(fields=["revoked_at"])
    if consent.revoked_at is not None:
        return
    consent.revoked_at = clock()
    consent.save(update_fields=["revoked_at"])
    told = Disclosure.objects.filter(consent=consent).values("recipient_id")
    partners = Q(agency_id__in=told) | Q(agency_id=consent.recipient_id, agency__isnull=False)
    Tie.objects.filter(partners, person=consent.person, closed_at=None).update(closed_at=consent.revoked_at)
    record("consent_revoked", kind="person", target=consent.person_id, by=by, consent=str(consent.id))


def active_consent(person: Person, recipient: Agency, at: datetime, categories: Sequence[str] = ()) -> Consent | None:
    """The newest agreement that holds at a moment of the server's clock and names the recipient and all the categories."""
    rows = Consent.objects.naming(recipient.id, recipient.kind).holding(at).filter(person=person)
    if recipient.program_id != person.program_id:
        return None
    return next((row for row in rows.order_by("-given_at") if set(categories) <= set(row.categories)), None)


@transaction.atomic
def disclose(person: Person, to: Agency, categories: Sequence[str], *, by: Actor,
             forwarded_by: Agency | None = None) -> Disclosure:  # fmt: skip
    """Share categories with a partner under an active agreement that names them, and open the partner's tie."""
    hold_the_chain()
    moment = clock()
    if not may_receive(to.kind):
        raise Refused("Nothing about a person is shared with the police, nor with anybody else who does not help.")
    kept_back = Restriction.objects.filter(person_id__in=records_of(person), agency=to, ended_at=None)
    if any(set(categories) & set(row.classes) for row in kept_back):
        raise Refused("The person asked that this is kept from them.")
    consent = active_consent(person, to, moment, categories)
    if consent is None:
        raise Refused("The person has not agreed to share this with them. Ask first, or send it without a name.")
    shared = Disclosure.objects.create(
        person=person, recipient=to, consent=consent, categories=list(categories), purpose=consent.purpose, at=moment,
        forwarded_by=forwarded_by,
    )  # fmt: skip
    open_tie(person, by=by, until=consent.expires_at, agency=to)
    record("disclosed", kind="person", target=person.id, by=by, to=str(to.id), categories=list(categories),
           consent=str(consent.id), disclosure=str(shared.id))  # fmt: skip
    return shared


@transaction.atomic
def forward(person: Person, to: Agency, categories: Sequence[str], *, by: Actor) -> Disclosure | Decision:
    """A partner passes on what it was told; a no is a `Decision` and stands in the journal (42 CFR 2.12(d), 2.33(b))."""
    hold_the_chain()
    moment = clock()
    sender = Agency.objects.filter(id=by.agency_id or NOBODY, program_id=by.program_id).first()
    if sender is None:
        raise Refused("Only a partner passes on what it was told.")
    held = active_consent(person, sender, moment, categories)
    told = Disclosure.objects.filter(person=person, recipient=sender).exists()
    answer = Decision.no("You were not told this, so it cannot be passed on.")
    if held is not None and told:
        answer = may_forward(
            named=active_consent(person, to, moment, categories) is not None, tpo=held.purpose == "tpo",
            sender_kind=sender.kind, to_kind=to.kind,
        )  # fmt: skip
    if not answer or to.program_id != person.program_id:
        record("disclosure_refused", kind="person", target=person.id, by=by, to=str(to.id), categories=list(categories))
        return answer if not answer else Decision.no("That is not a partner of this program.")
    return disclose(person, to, categories, by=by, forwarded_by=sender)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a coach or a clinician tells in a medical emergency, and why; under an id made with the form."""

    id: UUID
    name: str
    affiliation: str
    nature: str


@transaction.atomic
def disclose_in_emergency(person: Person, told: Told, *, by: Actor) -> Emergency:
    """Write down what 42 CFR 2.51(c) asks for and open the person to the teller for some minutes, for this alone.

    Only a coach or a clinician, never anybody of the police. Twice is once, and does not lengthen the minutes.
    """
    if by.is_police or by.role not in EMERGENCY_ROLES or by.user_id is None or person.program_id != by.program_id:
        raise Refused("In a medical emergency a coach or a clinician tells those who treat; nobody else can.")
    if not (told.name.strip() and told.affiliation.strip()) or told.nature not in EMERGENCIES:
        raise Refused("Say whom you tell, where they work, and what the emergency is; nothing was opened.")
    known = Emergency.objects.filter(id=told.id).first()
    if known is not None:
        if (known.person_id, known.by_user_id) != (person.id, by.user_id):
            raise Refused("This was written down for somebody else; nothing was opened.")
        return known
    moment = clock()
    row = Emergency(id=told.id, person=person, by_user_id=by.user_id, nature=told.nature, at=moment)
    seal(row, person.program_id, told=f"{told.name.strip()}, {told.affiliation.strip()}")
    row.save(force_insert=True)
    open_tie(person, by=by, user=User.objects.get(id=by.user_id), opens="medical_emergency",
             until=moment + timedelta(minutes=EMERGENCY_MINUTES))  # fmt: skip
    record("emergency_disclosed", kind="person", target=person.id, by=by, emergency=str(row.id), nature=told.nature)
    return row


@transaction.atomic
def note_outside_report(person: Person, *, by: Actor) -> None:
    """Note that a report the law asks for (a child in danger) was made outside: that it was, the day, and by which role.

    What was reported and who reported it are not kept anywhere here (42 CFR 2.12(c)(6)). Twice on a day is once.
    """
    if by.is_police:
        raise Refused("Only somebody of the health side notes this here.")
    role_only = Actor(user_id=None, role=by.role, program_id=by.program_id)
    today = day_in(person.program.zone, clock())
    for entry in entries_about(by, person.id):
        same = entry.verb == "outside_report_made" and entry.role == by.role
        if same and day_in(person.program.zone, entry.at) == today:
            return
    record("outside_report_made", kind="person", target=person.id, by=role_only)
