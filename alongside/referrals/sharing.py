"""Sharing with a name: agreed and sent, taken back, passed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from alongside.accounts.models import Agency
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import YES, Decision, Refused
from alongside.consent.actions import active_consent, forward, record_consent, revoke_consent
from alongside.consent.models import Consent
from alongside.consent.queries import active_consents_of
from alongside.people.models import Person
from alongside.people.queries import records_of
from alongside.referrals.actions import Plan, refer
from alongside.referrals.ending import withdraw
from alongside.referrals.models import Need, Referral, Ride
from alongside.referrals.moving import plan_exit, send
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.referrals.rules import OPEN_STATUSES, SHARED, SHARED_FOR_RIDE, may_ask


@transaction.atomic
def agree_and_refer(need: Need, plan: Plan, *, by: Actor, age: str = "", language: str = "en") -> None:
    """Keep the person's spoken agreement, when a name is to be sent, and send the referral: both or neither."""
    if plan.named and plan.agency is not None:
        _agree(need.person, plan.agency, SHARED, by=by, age=age, language=language)
    refer(need, plan, by=by)


@transaction.atomic
def agree_and_ride(need: Need, plan: RidePlan, *, by: Actor, age: str = "", language: str = "en") -> Ride:
    """Keep the person's spoken agreement, when a driver is to know where and whom, and ask for the ride: both or neither."""
    if plan.named and plan.agency is not None:
        _agree(need.person, plan.agency, SHARED_FOR_RIDE, by=by, age=age, language=language)
    return ask_ride(need, plan, by=by)


def _agree(person: Person, agency: Agency, what: Sequence[str], *, by: Actor, age: str, language: str) -> None:
    if active_consent(person, agency, clock(), what) is not None:
        return
    if not age:
        raise Refused("Say about how old they are: it decides who can agree.")
    record_consent(person, agency, what, by=by, age=age, language=language)


@transaction.atomic
def take_back_consent(person: Person, consent_id: UUID, *, by: Actor) -> int:
    """The person takes one of their agreements back; one that does not hold any more is refused.

    Gives how many referrals and rides it reached.
    """
    holding = active_consents_of(by, records_of(person), clock())
    consent = next((row for row in holding if row.id == consent_id), None)
    if consent is None:
        raise Refused("That agreement does not hold any more.")
    return take_back(consent, by=by)


@transaction.atomic
def take_back(consent: Consent, *, by: Actor) -> int:
    """The person takes an agreement back; what was sent under it loses its name, and what waits for an answer is called off.

    One transaction: there is no moment in which a partner may read on. A bed that was promised stays kept, without a
    name; a ride loses its name and where to pick up, and is called off while nobody drives yet. Links that led to a name
    are dead; whoever still has something to answer gets a new one. Gives how many referrals and rides it reached.
    """
    revoke_consent(consent, by=by)
    sent = Q(disclosure__consent=consent)
    if consent.recipient_id is not None:
        sent |= Q(disclosure=None, agency_id=consent.recipient_id, person_id=consent.person_id)
    return withdraw(sent, by=by)


@transaction.atomic
def part_agreements(record_id: UUID, since: datetime, *, by: Actor) -> int:
    """End the agreements made on a record while it stood for two people: nobody knows any more whose word they were.

    What was sent under them is withdrawn, and the accounting of it stays. Gives how many there were; each is asked anew.
    """
    made = Consent.objects.holding(clock()).filter(person_id=record_id, given_at__gt=since)
    ended = [take_back(consent, by=by) for consent in made.select_related("person")]
    return len(ended)


@transaction.atomic
def pass_on(referral: Referral, to: Agency, *, by: Actor) -> Decision:
    """A partner sends a named referral on to another partner, where the person agreed to that; else a no with its reason."""
    if by.role != "partner" or referral.agency_id != by.agency_id or not referral.named:
        return Decision.no("Only a referral with a name, and only by the partner who has it, can be passed on.")
    if referral.status not in OPEN_STATUSES or to.id == by.agency_id:
        return Decision.no("This referral has come to its end.")
    if Referral.objects.filter(
        need_id=referral.need_id, agency=to, status__in=OPEN_STATUSES, disclosure__forwarded_by=by.agency_id
    ).exists():
        return YES
    waiting = Referral.objects.filter(need_id=referral.need_id, status="requested", agency__isnull=False)
    if not (decision := may_ask(waiting.count(), has_a_yes=False)):
        return decision
    shared = forward(referral.person, to, SHARED, by=by)
    if isinstance(shared, Decision):
        return shared
    plan_exit(referral.need, None, by=by)
    send(referral.need, Referral(agency=to, named=True, disclosure=shared, handoff=referral.handoff), by=by)
    return YES
