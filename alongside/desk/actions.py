"""Acts that join several rooms in one transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from alongside.cases.actions import join_cases
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import active_consent, record_consent, revoke_consent
from alongside.consent.queries import active_consents_of
from alongside.identity.actions import decide_match
from alongside.identity.models import Match
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of
from alongside.referrals.actions import Plan, move_needs, refer
from alongside.referrals.models import Need
from alongside.referrals.rules import SHARED
from alongside.visits.actions import move_attempts


@transaction.atomic
def settle_match(match: Match, *, same: bool, by: Actor) -> None:
    """A coordinator's answer to a possible match; one person has one open case, with everything that was in both."""
    decide_match(match, same=same, by=by)
    person = person_for(by, match.older_id)
    if same and person is not None:
        for duplicate, kept in join_cases(person, by=by):
            move_needs(duplicate, kept, by=by)
            move_attempts(duplicate, kept, by=by)


@transaction.atomic
def agree_and_refer(need: Need, plan: Plan, *, by: Actor) -> None:
    """Keep the person's agreement, when a name is to be sent, and send the referral: both or neither."""
    if plan.named and plan.agency is not None:
        holding = active_consent(need.person, plan.agency, now())
        if holding is None or not set(SHARED) <= set(holding.categories):
            record_consent(need.person, plan.agency, SHARED, by=by)
    refer(need, plan, by=by)


@transaction.atomic
def take_back_consent(person: Person, consent_id: UUID, *, by: Actor) -> None:
    """The person takes one of their agreements back; one that does not hold any more is refused."""
    holding = active_consents_of(by, records_of(person), now())
    consent = next((row for row in holding if row.id == consent_id), None)
    if consent is None:
        raise Refused("That agreement does not hold any more.")
    revoke_consent(consent, by=by)
