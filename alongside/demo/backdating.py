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
from alongside.families.models import LovedOne, Support
from alongside.identity.models import Contact, Match
from alongside.incidents.models import Incident
from alongside.messaging.models import Message
from alongside.naloxone.models import Move
from alongside.referrals.models import AnswerLink, BedCount, BedHold, Beds, Need, Referral, Ride
from alongside.referrals.rules import YES_STATUSES, answer_due
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


def exits_looked_after(case: Case, at: datetime) -> None:
    """Whoever closed the case had looked in after the exit first."""
    FollowUp.objects.filter(case=case, done_at=None, reason="after_exit").update(done_at=at)


def referral_sent(referral: Referral, at: datetime) -> None:
    """The need was noted and the referral sent at a moment of the story, with the agreement and what it shared."""
    Need.objects.filter(id=referral.need_id).update(noted_at=at)
    due_at = answer_due(referral.need.code, at) if referral.answer_due_at else None
    Referral.objects.filter(id=referral.id).update(made_at=at, changed_at=at, answer_due_at=due_at)
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


def place_described(person_id: UUID, at: datetime) -> None:
    """What is said about a place was said with the call; what is older than ninety days says nothing any more."""
    Contact.objects.filter(person_id=person_id, place_safety_at__isnull=False).update(place_safety_at=at)


def loved_one_kept(row: LovedOne, at: datetime) -> None:
    """A loved one was met, and got what they got, at a moment of the story."""
    LovedOne.objects.filter(id=row.id).update(created_at=at)
    Support.objects.filter(loved_one=row).update(at=at)
    Tie.objects.filter(person_id=row.person_id).update(opened_at=at)
    Move.objects.filter(person_id=row.person_id).update(at=at)


def kits_moved(moves: list[UUID], at: datetime) -> None:
    """Kits came in or went out at a moment of the story."""
    Move.objects.filter(id__in=moves).update(at=at)


def answers_long_given(program_id: UUID, now: datetime) -> None:
    """Links and kept beds are as old as the referrals they belong to; a bed of the past was slept in or given back."""
    links = list(AnswerLink.objects.filter(program_id=program_id, referral__isnull=False).select_related("referral"))
    for link in links:
        made_at = link.referral.made_at if link.referral else link.made_at
        link.expires_at, link.made_at = min(link.expires_at, made_at + (link.expires_at - link.made_at)), made_at
    AnswerLink.objects.bulk_update(links, ["made_at", "expires_at"])
    holds = list(BedHold.objects.filter(beds__agency__program_id=program_id).select_related("referral"))
    for hold in holds:
        at = hold.referral.changed_at
        hold.expires_at, hold.made_at, hold.changed_at = at + (hold.expires_at - hold.made_at), at, at
        if hold.status == "held" and hold.expires_at < now:
            hold.status = "arrived" if hold.referral.status in YES_STATUSES else "expired"
    BedHold.objects.bulk_update(holds, ["made_at", "changed_at", "expires_at", "status"])


def beds_said(beds: Beds, at: datetime) -> None:
    """The count was said at a moment of the story."""
    Beds.objects.filter(id=beds.id).update(said_at=at)
    BedCount.objects.filter(beds=beds).update(said_at=at)


def bed_kept(referral: Referral, at: datetime) -> None:
    """A place said yes, and kept a bed, at a moment of the story; a ride is due when the bed is given away."""
    referral_moved(referral, at)
    hold = BedHold.objects.get(referral=referral, status="held")
    hold.expires_at, hold.made_at, hold.changed_at = at + (hold.expires_at - hold.made_at), at, at
    hold.save(update_fields=["made_at", "changed_at", "expires_at"])
    Ride.objects.filter(referral=referral).update(due_at=hold.expires_at)


def ride_moved(ride: Ride, asked_at: datetime, at: datetime) -> None:
    """A ride was asked for, and set out, at moments of the story."""
    Ride.objects.filter(id=ride.id).update(asked_at=asked_at, changed_at=at)


def noticed(program_id: UUID) -> None:
    """That nobody answered was noticed when the time was over."""
    Referral.objects.filter(need__case__program_id=program_id, escalated_at__isnull=False).update(
        escalated_at=F("answer_due_at")
    )


def messages_sent(program_id: UUID) -> None:
    """Whatever was told in the story was told then, but for a desk that could not be reached."""
    waiting = Message.objects.filter(program_id=program_id, sent_at=None, cancelled_at=None, failed="")
    waiting.update(sent_at=F("made_at"), next_at=None, channel="console", tries=1)


def not_reached(agency_id: UUID, now: datetime) -> None:
    """One desk could not be told for a day."""
    told = Message.objects.filter(agency_id=agency_id, sent_at=None, cancelled_at=None).order_by("-made_at")
    for message in told[:1]:
        Message.objects.filter(id=message.id).update(
            made_at=now - timedelta(hours=25), next_at=None, failed="given_up", channel="email", tries=17
        )
