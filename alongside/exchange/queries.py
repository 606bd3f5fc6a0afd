"""Which referrals somebody may exchange, and one of them as it may leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alongside.accounts.models import Agency
from alongside.cases.queries import cases_visible_to
from alongside.common.actor import SYSTEM, Actor
from alongside.consent.packet import Payload, payloads
from alongside.consent.queries import agreements_naming
from alongside.exchange.fhir import Agreed, Place, Sent
from alongside.identity.queries import contacts_of
from alongside.referrals.models import Referral
from alongside.referrals.queries import inbox_for, referral_for
from alongside.referrals.rules import OPEN_STATUSES

SHOWN = 50
# Said by the partner itself. What the team heard from the person goes back to nobody without a name and an agreement.
THEIR_WORD = frozenset({"link", "code", "file"})


def exchangeable(viewer: Actor, now: datetime) -> list[Referral]:
    """The open referrals a partner was sent, or those the viewer's program sent to partners, newest first."""
    if viewer.goes_along:
        return []
    if viewer.role == "partner":
        return inbox_for(viewer)[:SHOWN]
    rows = Referral.objects.filter(agency__program_id=viewer.program_id, status__in=OPEN_STATUSES)
    rows = rows.filter(need__case__in=cases_visible_to(viewer, now))
    return list(rows.select_related("need", "person", "agency").order_by("-made_at")[:SHOWN])


def to_exchange(viewer: Actor, referral_id: UUID, now: datetime) -> Referral | None:
    """One referral the viewer may exchange. The command line acts as the program; what it gets carries a code only."""
    if viewer.role != SYSTEM:
        return referral_for(viewer, referral_id, now)
    rows = Referral.objects.select_related("need__case", "person", "service", "agency")
    return rows.filter(id=referral_id, need__case__program_id=viewer.program_id).first()


def sent(viewer: Actor, referral: Referral, now: datetime) -> Sent:
    """A referral as it may leave now: opened as its recipient, so that exactly what they may read is in it.

    The name comes with notice and agreement, or not at all.
    """
    reader = _recipient(viewer, referral.agency)
    payload = Payload({})
    if referral.named and referral.status in OPEN_STATUSES and reader is not None:
        contact = contacts_of(viewer, [referral.person_id]).get(referral.person_id)
        sealed = {"name": contact.ask_for, "phone": contact.phone} if contact else {}
        payload = payloads(reader, [(referral.person_id, {**sealed, "words": referral.need.words})], now)[0]
    facts = {name: text for name, text in payload.facts.items() if isinstance(text, str) and text}
    barrier = referral.barrier if facts or referral.answered_how in THEIR_WORD else ""
    case, to = referral.need.case, referral.agency or referral.service
    return Sent(
        id=referral.id, status=referral.status, need=referral.need.code, made_at=_whole(referral.made_at),
        changed_at=_whole(referral.changed_at), team=Place(case.program_id, case.program.name), code=referral.person.code,
        partner=Place(to.id, to.name) if to else None, barrier=barrier,
        helped=referral.helped if facts else "",
        notice=payload.notice if facts else (), agreed=_agreed(reader, referral, payload, now) if facts else None, **facts,
    )  # fmt: skip


def _recipient(viewer: Actor, agency: Agency | None) -> Actor | None:
    """Who will read it. A user reads for the agency under their own name in the journal; the command line for nobody."""
    if viewer.role == "partner":
        return viewer
    if agency is None or viewer.user_id is None:
        return None
    return Actor(viewer.user_id, "partner", viewer.program_id, agency.id, agency.kind)


def _agreed(reader: Actor | None, referral: Referral, payload: Payload, now: datetime) -> Agreed | None:
    consent = agreements_naming(reader, [referral.person_id], now).get(referral.person_id) if reader else None
    if consent is None:
        return None
    return Agreed(consent.id, _whole(consent.given_at), _whole(consent.expires_at), payload.agreement)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
