"""What a partner reads of a referral, signed in or by a link: one function, so that both see the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alongside.common.actor import Actor
from alongside.consent.firewall import Opened
from alongside.consent.packet import Payload, payloads
from alongside.identity.queries import contacts_of
from alongside.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One referral as its partner sees it; with a name only as a whole payload, notice and agreement included."""

    referral: Referral
    payload: Payload = field(default_factory=lambda: Payload({}))

    @property
    def ask_for(self) -> Opened:
        """The name to ask for, where the person agreed."""
        return self.payload.facts.get("name", "")

    @property
    def words(self) -> Opened:
        """What the person said, where they agreed."""
        return self.payload.facts.get("words", "")


def inbox_items(viewer: Actor, referrals: Sequence[Referral], now: datetime) -> list[InboxItem]:
    """The partner's inbox; what belongs to a named referral leaves as one payload, or not at all."""
    named = [row for row in referrals if row.named]
    contacts = contacts_of(viewer, [row.person_id for row in named])
    asked = []
    for row in named:
        contact = contacts.get(row.person_id)
        asked.append((row.person_id, {"name": contact.ask_for if contact else None, "words": row.need.words}))
    whole = {row.id: payload for row, payload in zip(named, payloads(viewer, asked, now), strict=True)}
    return [InboxItem(row, whole[row.id]) if row.id in whole else InboxItem(row) for row in referrals]
