"""Cards for syringe services: a referral that nobody can follow back. No person, no case, no hour, no name of who gave it."""

from __future__ import annotations

from secrets import choice
from uuid import uuid4

from django.db import transaction

from alongside.accounts.models import Agency, AgencyKind
from alongside.accounts.queries import program_of
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.links import ALPHABET, CODE_LENGTH
from alongside.journal.actions import record
from alongside.referrals.models import Card


@transaction.atomic
def give_card(agency: Agency, *, by: Actor) -> Card:
    """A new card to hand over, with a code that says nothing. Every call is one more card."""
    if agency.kind != AgencyKind.SYRINGE_SERVICES or agency.program_id != by.program_id:
        raise Refused("Cards are for syringe services of this program.")
    if by.goes_along or by.role == "partner":
        raise Refused("Cards are given by the team.")
    today = day_in(program_of(by).zone, clock())
    code = _new_code(by)
    # A random id: ours sort by the millisecond, and with that one could be laid beside a visit.
    card = Card.objects.create(id=uuid4(), program_id=by.program_id, agency=agency, code=code, given_on=today)
    # The journal names the agency and not the card, so that who gave one says nothing of whose card came back.
    record("card_given", kind="card", target=agency.id, by=by)
    return card


def _new_code(by: Actor) -> str:
    while True:
        letters = "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))
        code = f"{letters[:4]}-{letters[4:]}"
        if not Card.objects.filter(program_id=by.program_id, code=code).exists():
            return code


@transaction.atomic
def card_came(code: str, *, by: Actor) -> Card:
    """Somebody came with a card: its day is kept, once. Only the syringe services it names, and nobody learns who came."""
    if by.role != "partner" or by.agency_class != AgencyKind.SYRINGE_SERVICES:
        raise Refused("Only syringe services take cards back.")
    letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
    written = f"{letters[:4]}-{letters[4:]}"
    rows = Card.objects.select_for_update(of=("self",))
    card = rows.filter(program_id=by.program_id, agency_id=by.agency_id or by.program_id, code=written).first()
    if card is None:
        raise Refused("There is no card with this code; look at it once more. Serve them either way.")
    if card.came_on is None:
        card.came_on = day_in(program_of(by).zone, clock())
        card.save(update_fields=["came_on"])
        record("card_came", kind="card", target=by.agency_id, by=by)
    return card
