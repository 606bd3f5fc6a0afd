"""Moves the times of rows the demonstration just made to where its story has them. The journal keeps its true times."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least

from alongside.cases.models import Assignment, Case, FollowUp
from alongside.cases.rules import POLICE_HOURS
from alongside.consent.models import Consent, Disclosure, Tie
from alongside.identity.models import Match
from alongside.incidents.models import Incident
from alongside.naloxone.models import Move
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt

LATEST_DAYS = 4
RETRIES = ("retry", "gentle_check_in", "asked_back", "relocate")


def calls_entered(program_id: UUID, now: datetime) -> None:
    """Each call came in with the log of the morning after it."""
    rows = list(Incident.objects.filter(program_id=program_id))
    for incident in rows:
        morning = (incident.occurred_at + timedelta(hours=15)).replace(hour=11, minute=5)
        incident.entered_at = min(morning if morning > incident.occurred_at else incident.occurred_at, now)
    Incident.objects.bulk_update(rows, ["entered_at"], batch_size=200)


def team_assigned(case: Case, assignment: Assignment, at: datetime) -> None:
    """The team was assigned, and its ties opened, at a moment of the story."""
    until = at + (assignment.expires_at - assignment.assigned_at)
    late = at - case.event_at > timedelta(hours=POLICE_HOURS)
    Assignment.objects.filter(id=assignment.id).update(assigned_at=at, expires_at=until, asked_by_coach=late)
    team = [assignment.officer_id, assignment.coach_id]
    ties = Tie.objects.filter(person_id=case.person_id, user_id__in=team, closed_at=None)
    ties.update(opened_at=at, expires_at=until)


def attempt_recorded(attempt: Attempt, now: datetime, *, kits: int) -> None:
    """What followed from an attempt was planned when it was made, and its kits left then."""
    late_by = now.date() - attempt.at.date()
    if attempt.result != "reached" or attempt.response in ("come_back", "not_today"):
        for follow_up in FollowUp.objects.filter(case_id=attempt.case_id, reason__in=RETRIES, done_at=None):
            FollowUp.objects.filter(id=follow_up.id).update(due_on=follow_up.due_on - late_by)
    if kits:
        Move.objects.filter(person_id=attempt.person_id, at__gte=attempt.recorded_at).update(at=attempt.at)


def attempts_written_down(program_id: UUID, now: datetime) -> None:
    """Every attempt was written down a quarter of an hour after it was made."""
    rows = Attempt.objects.filter(case__program_id=program_id)
    rows.update(recorded_at=Least(F("at") + timedelta(minutes=15), Value(now)))


def follow_ups_done(case: Case, at: datetime, *, but_one: bool) -> None:
    """Whatever was due before a moment was done on its day; with `but_one`, one of the last days is still to do."""
    rows = list(FollowUp.objects.filter(case=case, done_at=None, due_on__lt=at.date()).order_by("due_on"))
    if but_one and rows and (at.date() - rows[-1].due_on).days <= LATEST_DAYS:
        rows.pop()
    for follow_up in rows:
        follow_up.done_at = datetime.combine(follow_up.due_on, at.timetz())
    FollowUp.objects.bulk_update(rows, ["done_at"])


def referral_sent(referral: Referral, at: datetime) -> None:
    """The need was noted and the referral sent at a moment of the story, with the agreement and what it shared."""
    Need.objects.filter(id=referral.need_id).update(noted_at=at)
    Referral.objects.filter(id=referral.id).update(made_at=at, changed_at=at)
    if referral.named:
        given = Consent.objects.filter(person_id=referral.person_id, recipient=referral.agency, given_at__gt=at)
        for consent in given.order_by("-given_at")[:1]:
            length = consent.expires_at - consent.given_at
            _given_then(consent, at)
            Disclosure.objects.filter(consent=consent).update(at=at)
            ties = Tie.objects.filter(person_id=referral.person_id, agency=referral.agency)
            ties.update(opened_at=at, expires_at=at + length)


@transaction.atomic
def _given_then(consent: Consent, at: datetime) -> None:
    """The same agreement, given at a moment of the story. The database lets nobody change one, so it is written anew."""
    consent.expires_at, consent.given_at = at + (consent.expires_at - consent.given_at), at
    rows = Consent.objects.filter(id=consent.id)
    rows._raw_delete(rows.db)  # what was shared under it points at the id, which is back before the transaction ends
    consent.save(force_insert=True)


def referral_moved(referral: Referral, at: datetime) -> None:
    """The answer came at a moment of the story; a need it met was met then."""
    Referral.objects.filter(id=referral.id).update(changed_at=at)
    Need.objects.filter(id=referral.need_id, met_at__gt=at).update(met_at=at)


def case_ended(case: Case, at: datetime) -> None:
    """The case, its team and their ties ended at a moment of the story."""
    Case.objects.filter(id=case.id, status="closed").update(closed_at=at)
    team_ended(case, at)


def team_ended(case: Case, at: datetime) -> None:
    """The team and its ties ended at a moment of the story."""
    Assignment.objects.filter(case=case, ended_at__gt=at).update(ended_at=at)
    Tie.objects.filter(person_id=case.person_id, closed_at__gt=at).update(closed_at=at)


def match_made(person_id: UUID, at: datetime) -> None:
    """The possible match was found when the newer record was added."""
    Match.objects.filter(newer_id=person_id).update(made_at=at)


def kits_moved(moves: list[UUID], at: datetime) -> None:
    """Kits came in or went out at a moment of the story."""
    Move.objects.filter(id__in=moves).update(at=at)
