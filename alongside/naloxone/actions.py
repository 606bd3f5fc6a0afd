"""Kits in and out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.naloxone.models import Lot, Move
from alongside.naloxone.queries import lots_of
from alongside.naloxone.rules import RECIPIENTS, take_from

MOST_AT_ONCE = 500


@transaction.atomic
def receive_kits(agency: Agency, product: str, number: str, expires_on: date, kits: int, *, by: Actor) -> Lot:
    """Take kits of a lot into an agency's stock."""
    if not 0 < kits <= 100_000:
        raise Refused("Say how many kits came in, at least one.")
    lot, _ = Lot.objects.get_or_create(
        agency=agency, number=number, defaults={"product": product, "expires_on": expires_on}
    )
    Move.objects.create(program_id=by.program_id, agency=agency, lot=lot, kind="received", kits=kits, at=clock())
    record("kits_received", kind="lot", target=lot.id, by=by, kits=kits)
    return lot


@transaction.atomic
def hand_out(kits: int, recipient: str, *, by: Actor, person_id: UUID | None = None) -> list[Move]:
    """Hand kits out of the actor's stock, soonest expiry first. A kit given without stock on the books is kept, too."""
    if not 0 < kits <= MOST_AT_ONCE or recipient not in RECIPIENTS:
        raise Refused(f"Say who the kits were for and how many, at most {MOST_AT_ONCE} at once.")
    moment = clock()
    moves = [
        Move.objects.create(
            program_id=by.program_id, agency_id=by.agency_id, lot_id=lot, kind="given", kits=-taken,
            recipient=recipient, person_id=person_id, at=moment,
        )
        for lot, taken in take_from(lots_of(by), kits, moment.date())
    ]  # fmt: skip
    record("kits_given", kind="kits", target=moves[0].id, by=by, kits=kits, recipient=recipient)
    return moves
