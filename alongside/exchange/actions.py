"""Taking a referral out as FHIR, and keeping an answer that comes as FHIR."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.exchange.checking import check
from alongside.exchange.fhir import Resource, bundle_of
from alongside.exchange.queries import sent, to_exchange
from alongside.exchange.reading import read_answer
from alongside.journal.actions import record
from alongside.referrals.answering import Answered, answer

NOT_OURS = "That is not a referral of ours that you may answer."


@transaction.atomic
def take_out(referral_id: UUID, *, by: Actor) -> Resource | None:
    """One referral as a checked FHIR Bundle, with its line in the journal; None for one that the actor may not see."""
    moment = clock()
    referral = to_exchange(by, referral_id, moment)
    if referral is None:
        return None
    leaving = sent(by, referral, moment)
    bundle = bundle_of(leaving)
    check(bundle)
    record("exported", kind="referral", target=referral.id, by=by, how="fhir", named=bool(leaving.agreed))
    return bundle


@transaction.atomic
def take_answer(raw: bytes, *, by: Actor) -> Answered:
    """Keep the answer of a file to a referral of ours, as if its partner had said it here; the same file twice is once.

    The file changes a status and nothing else: no name, no number and no text of it is kept.
    """
    told = read_answer(raw)
    referral = to_exchange(by, told.referral, clock())
    if referral is None or referral.agency_id is None:
        raise Refused(NOT_OURS)
    return answer(referral.id, told.status, by=by, how="file", barrier=told.barrier)
