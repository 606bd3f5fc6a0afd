"""What leaves for a partner: the facts, the notice of 42 CFR 2.32 and the copy of the agreement, in one piece or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.consent import firewall, wording
from alongside.consent.firewall import Opened
from alongside.consent.models import Consent
from alongside.consent.queries import agreements_naming
from alongside.consent.rules import AGREED_FOR, CLASSES, HOWS, SIGNERS, missing_element, signature
from alongside.identity.fields import Sealed

NOTHING_LEAVES = "There is no agreement that can go with this, so nothing leaves."


@dataclass(frozen=True, slots=True)
class Payload:
    """One thing that is shared. Facts that were not opened are refusals with their reason."""

    facts: dict[str, Opened]
    notice: tuple[str, ...] = ()
    agreement: tuple[tuple[str, str], ...] = ()

    def plain(self) -> dict[str, object]:
        """For a file: what was opened, with its notice and its agreement."""
        facts = {name: value for name, value in self.facts.items() if isinstance(value, str) and value}
        return {"notice": list(self.notice), "agreement": dict(self.agreement), "facts": facts}


def notice() -> tuple[str, ...]:
    """The statement that goes with every record, and what it means."""
    return wording.NOTICE, wording.NOTICE_MEANS


def copy_of(consent: Consent) -> tuple[tuple[str, str], ...]:
    """The agreement as (element, words) pairs; empty when it lacks an element, and then it carries nothing."""
    elements: dict[str, object] = {
        "person": consent.person_id, "discloser": consent.discloser, "categories": consent.categories,
        "recipient": consent.recipient_id or consent.designation, "purpose": consent.purpose, "how": consent.how,
        "revocation": consent.wording, "expires_at": consent.expires_at, "given_at": consent.given_at,
        "signature": signature(consent.how, consent.categories), "signer": consent.signer, "language": consent.language,
    }  # fmt: skip
    if missing_element(elements):
        return ()
    return (
        ("who", consent.person.code),
        ("tells", str(consent.discloser)),
        ("to", consent.whom),
        ("what", "; ".join(CLASSES[category] for category in consent.categories)),
        ("why", AGREED_FOR[consent.purpose]),
        ("given", f"{consent.given_at:%Y-%m-%d}"),
        ("until", f"{consent.expires_at:%Y-%m-%d}"),
        ("signed", f"{SIGNERS[consent.signer]}: {HOWS[consent.how]}"),
        ("take back", "at any time, by saying so to anybody of the outreach team"),
        ("version", str(consent.version)),
    )


def payloads(
    viewer: Actor, asked: Sequence[tuple[UUID, Mapping[str, Sealed | None]]], now: datetime
) -> list[Payload]:
    """For each (person, sealed facts) what leaves: whole, or with nothing opened when notice or agreement is missing."""
    statement = notice()
    agreements = agreements_naming(viewer, {holder for holder, _ in asked}, now)
    copies = {holder: copy_of(consent) for holder, consent in agreements.items()}
    whole = [bool(all(statement) and statement and copies.get(holder)) for holder, _ in asked]
    sealed = [value for (_, facts), may in zip(asked, whole, strict=True) if may for value in facts.values()]
    plain = iter(firewall.open(viewer, "referral_receive", *sealed, now=now) if sealed else [])
    return [
        Payload({name: next(plain) for name in facts}, statement, copies[holder])
        if may
        else Payload({name: Refused(NOTHING_LEAVES) for name in facts})
        for (holder, facts), may in zip(asked, whole, strict=True)
    ]
