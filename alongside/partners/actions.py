"""What a partner does without an account, each in one transaction with its line in the journal; and where its desk is reached."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.packet import Payload, payloads
from alongside.identity.queries import contacts_of
from alongside.journal.actions import record
from alongside.messaging.actions import tell
from alongside.partners.queries import desks_for, own_holds
from alongside.referrals import answering, beds, rides
from alongside.referrals.inbox import InboxItem, inbox_items
from alongside.referrals.models import AnswerLink, Referral, Ride


@transaction.atomic
def open_referral(link: AnswerLink, referral: Referral, how: str, *, by: Actor) -> InboxItem:
    """Who a named referral is for: exactly what the partner's signed-in inbox shows, and its line in the journal."""
    _note_opened(link, how, by)
    return inbox_items(by, [referral], clock())[0]


@transaction.atomic
def open_ride(link: AnswerLink, ride: Ride, how: str, *, by: Actor) -> Payload:
    """Whom to pick up and where, as far as the person agreed, and its line in the journal."""
    _note_opened(link, how, by)
    contact = contacts_of(by, [ride.person_id]).get(ride.person_id)
    facts = {"name": contact.ask_for if contact else None, "pick_up": ride.pick_up}
    return payloads(by, [(ride.person_id, facts)], clock())[0]


def _note_opened(link: AnswerLink, how: str, by: Actor) -> None:
    record("link_opened", kind="link", target=link.id, by=by, how=how, agency=str(link.agency_id))


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a referral as it was tapped."""

    to: str
    barrier: str = ""
    hold_hours: int | None = None


@transaction.atomic
def answer_by_link(link: AnswerLink, said: Said, how: str, *, by: Actor) -> answering.Answered:
    """Keep the answer to the link's referral; the first yes wins, and the same again changes nothing."""
    if link.referral_id is None:
        raise Refused("This link is for something else.")
    return answering.answer(
        link.referral_id, said.to, by=by, how=how, barrier=said.barrier, hold_hours=said.hold_hours
    )  # fmt: skip


@transaction.atomic
def move_ride_by_link(link: AnswerLink, to: str, how: str, *, by: Actor) -> Ride:
    """Take the link's ride one step on; the same again changes nothing."""
    if link.ride_id is None:
        raise Refused("This link is for something else.")
    return rides.move_ride(link.ride_id, to, by=by, how=how)


@transaction.atomic
def say_beds_by_link(link: AnswerLink, kind: str, free: int, how: str, *, by: Actor) -> None:
    """Keep how many beds are free now."""
    beds.say_free(link.agency, kind, free, by=by, how=how)
    _use(link)


@transaction.atomic
def end_hold_by_link(link: AnswerLink, hold_id: UUID, *, arrived: bool, by: Actor) -> None:
    """They are here, or the bed is given back; a hold that has ended stays as it ended."""
    hold = own_holds(by).filter(id=hold_id).first()
    if hold is None:
        return
    (beds.arrive if arrived else beds.give_back)(hold, by=by)
    _use(link)


def _use(link: AnswerLink) -> None:
    if link.used_at is None:
        link.used_at = clock()
        link.save(update_fields=["used_at"])


@dataclass(frozen=True, slots=True)
class Desk:
    """Where “you have a message” goes."""

    email: str = ""
    phone: str = ""
    takes_texts: bool = False


@transaction.atomic
def keep_desk(agency: Agency, desk: Desk, *, by: Actor) -> None:
    """Keep where a partner of the program gets its messages; links go there, so each change is in the journal."""
    row = desks_for(by).select_for_update(of=("self",)).filter(id=agency.id).first()
    if row is None:
        raise Refused("That partner does not exist here.")
    if desk.takes_texts and not desk.phone:
        raise Refused("Text messages need a phone number.")
    if (row.email, row.phone, row.takes_texts) == (desk.email, desk.phone, desk.takes_texts):
        return
    row.email, row.phone, row.takes_texts = desk.email, desk.phone, desk.takes_texts
    row.save(update_fields=["email", "phone", "takes_texts"])
    record("partner_contact_changed", kind="agency", target=row.id, by=by, email=bool(row.email), phone=bool(row.phone))


@transaction.atomic
def try_message(agency: Agency, *, by: Actor) -> None:
    """Send a partner's desk a message that says nothing but that there is one."""
    if not (agency.email or (agency.phone and agency.takes_texts)):
        raise Refused("There is no e-mail address and no phone that takes text messages yet.")
    tell(agency, "test", by=by)
