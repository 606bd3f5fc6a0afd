"""Opening, assigning, moving and closing cases, and planning who looks in again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from alongside.accounts.models import User
from alongside.cases.models import Assignment, Case, CaseIncident, FollowUp
from alongside.cases.ranking import rank_by_work, rank_case
from alongside.cases.rules import (
    NO_HOURS,
    Hours,
    follow_up_days,
    follow_up_moment,
    may_approve_team,
    may_close,
    may_contact,
    may_move,
    may_pair,
    may_promise,
    may_send_in_doubt,
    may_send_police,
    may_take_another,
)
from alongside.common.actor import POLICE_CLASSES, Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.actions import close_ties, open_tie, restrict
from alongside.consent.queries import doubt_about, kept_from
from alongside.consent.rules import CLASSES
from alongside.incidents.models import Incident
from alongside.journal.actions import record
from alongside.people.actions import come_back_after, set_contact_wishes, set_deceased
from alongside.people.models import Person
from alongside.people.queries import person_for, records_of


@transaction.atomic
def open_case(incident: Incident, *, by: Actor, now: datetime | None = None) -> tuple[Case, bool]:
    """Open a case for an incident's person, or join the open one; the clock runs from the event. True when opened."""
    # The call may have come for a record that was joined to another; the work is the person's.
    person = person_for(by, incident.person_id) if incident.person_id else None
    if person is None:
        raise Refused("A case needs a person; add who the call was about first.")
    come_back_after(incident.occurred_at, person, by=by)
    case = Case.objects.select_for_update().filter(person=person).exclude(status="closed").first()
    opened = case is None
    if case is None:
        case = Case(program_id=by.program_id, person=person, opened_at=now or clock(), event_at=incident.occurred_at)
        case.town_id = person.home_town_id or incident.town_id
    newest = opened or incident.occurred_at > case.event_at
    case.event_at = max(case.event_at, incident.occurred_at)
    if newest:  # the clock starts again: what was tried before the event does not answer it
        case.first_attempt_at = case.first_contact_at = None
        case.vain_visits = 0
    if newest or case.first_attempt_at is None:  # an old event that comes late does not start the clock again
        rank_case(case, person, by)
    if newest and case.status == "paused":
        case.status = "waiting"
    case.save()
    CaseIncident.objects.get_or_create(incident=incident, defaults={"case": case})
    record("case_opened" if opened else "case_joined", kind="case", target=case.id, by=by, incident=str(incident.id))
    return case, opened


@transaction.atomic
def assign_team(case: Case, officer: User, coach: User, *, by: Actor, asked_by_coach: bool = False) -> Assignment:
    """Send an officer and a coach from two employers; it ends by itself after the program's number of days.

    `asked_by_coach` says that the coach wants the police along; without it police go only within 72 hours of the event.
    """
    _lock(case)
    may_move(case.status, "assigned").require()
    may_contact(case.person.stop, deceased=case.person.deceased).require()
    if case.person.merged_into_id is not None:
        raise Refused("This record was joined to another one; go on with that person's case.")
    if {officer.agency.program_id, coach.agency.program_id} != {case.program_id}:
        raise Refused("Choose two people of this program.")
    police = bool(POLICE_CLASSES & {officer.agency.kind, coach.agency.kind})
    may_pair(officer.agency_id, coach.agency_id, officer_is_police=police, no_police=case.person.no_police).require()
    moment = clock()
    may_approve_team(by_police=by.is_police, is_of_the_team=by.user_id in (officer.id, coach.id)).require()
    if police:
        may_send_police(case.event_at, moment, asked_by_coach=asked_by_coach).require()
    _check_doubt(case, (officer, coach), by, police=police)
    _check_each(case, (officer, coach), moment, by)
    _end_assignment(case, by=by)
    until = moment + timedelta(days=case.program.assignment_days)
    assignment = Assignment.objects.create(
        case=case, officer=officer, coach=coach, assigned_at=moment, expires_at=until, asked_by_coach=asked_by_coach
    )
    tie_team(assignment, by=by)
    if case.status != "in_contact":
        case.status = "assigned"
        case.save(update_fields=["status"])
    record("team_assigned", kind="case", target=case.id, by=by, officer=str(officer.id), coach=str(coach.id),
           asked_by_coach=asked_by_coach)  # fmt: skip
    return assignment


def _check_doubt(case: Case, team: tuple[User, User], by: Actor, *, police: bool) -> None:
    """As long as a match is open, what the other one asked for holds; whoever was met since the event spoke for themselves."""
    doubt = doubt_about(by, records_of(case.person))
    no_contact = doubt.no_contact and case.first_contact_at is None
    may_send_in_doubt(no_contact=no_contact, no_police=doubt.no_police, police=police).require()
    if doubt.kept_from & {user.id for user in team}:
        raise Refused(
            "This may be somebody whom one of the two knows, or who asked not to be met by them. Choose somebody else."
        )


def _check_each(case: Case, team: tuple[User, User], moment: datetime, by: Actor) -> None:
    """Nobody goes who knows the person or from whom they are kept, and no officer to more visits than the limit."""
    if kept_from(by, records_of(case.person)) & {user.id for user in team}:
        raise Refused("One of the two knows the person, or the person asked not to be met by them. Choose somebody else.")
    for user in team:
        held = Assignment.objects.filter(Q(officer=user) | Q(coach=user), ended_at=None, expires_at__gt=moment)
        police = user.agency.kind in POLICE_CLASSES
        may_take_another(held.exclude(case=case).count() if police else 0, is_police=police).require()


@transaction.atomic
def declare_conflict(case: Case, *, by: Actor) -> None:
    """“I know this person”: from this moment everything is kept from the one who says so, and their assignment ends.

    The person is told nothing of it and loses nothing: the case waits for another team.
    """
    _lock(case)
    if by.user_id is None:
        raise Refused("Only somebody who works here can know somebody.")
    others = User.objects.filter(agency__program_id=by.program_id, role="coordinator", is_active=True)
    if by.role == "coordinator" and not others.exclude(id=by.user_id).exists():
        raise Refused("You are the only coordinator: the case would be in nobody's sight. Name a second one first.")
    if by.user_id not in kept_from(by, records_of(case.person)):
        restrict(case.person, list(CLASSES), by=by, why="conflict", user=User.objects.get(id=by.user_id))
    current = Assignment.objects.filter(case=case, ended_at=None).first()
    if current is not None and by.user_id in (current.officer_id, current.coach_id):
        _end_assignment(case, by=by)
        if case.status == "assigned":
            case.status = "waiting"
            case.save(update_fields=["status"])
        record("case_moved", kind="case", target=case.id, by=by, to=case.status, why="conflict")


@transaction.atomic
def tie_team(assignment: Assignment, *, by: Actor) -> None:
    """Tie the team to every record of the person: what was sealed before a merge lies with the merged record."""
    for record_of_person in Person.objects.filter(id__in=records_of(assignment.case.person)):
        for user in (assignment.officer, assignment.coach):
            open_tie(record_of_person, user=user, until=assignment.expires_at, by=by)


def _end_assignment(case: Case, *, by: Actor) -> None:
    current = Assignment.objects.filter(case=case, ended_at=None).first()
    if current is not None:
        current.ended_at = clock()
        current.save(update_fields=["ended_at"])
        for record_of_person in Person.objects.filter(id__in=records_of(case.person)):
            close_ties(record_of_person, users=[current.officer_id, current.coach_id], by=by)


def _lock(case: Case) -> None:
    """Read the case anew and hold it: two people at two screens do not overwrite each other."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)).select_related("person", "program"))


@transaction.atomic
def note_attempt(case: Case, at: datetime, *, reached: bool, usual: bool = True, visited: bool = True,
                 by: Actor) -> None:  # fmt: skip
    """Count a try on the case and finish what was due by its day; a first contact plans the usual follow-ups.

    `usual` is False when the person wants another rhythm ("not today"), `visited` when it was a call or a message.
    A try before the newest event does not answer it.
    """
    case.attempts += 1
    if at >= case.event_at:
        case.vain_visits += visited and not reached
        case.first_attempt_at = min(case.first_attempt_at or at, at)
        there = at.astimezone(ZoneInfo(case.program.zone))
        due = FollowUp.objects.filter(case=case, done_at=None, due_on__lte=there.date())
        # An hour that was promised and is still to come stays promised, whoever telephones before.
        due.exclude(due_on=there.date(), from_time__gt=there.time()).update(done_at=at)
    if reached:  # nobody has to try again or look for a better address
        FollowUp.objects.filter(case=case, done_at=None, reason__in=("retry", "relocate")).update(done_at=at)
    if reached and case.status == "assigned":
        case.status = "in_contact"
    if reached and at >= case.event_at:
        if case.first_contact_at is None and usual:
            _plan_usual_follow_ups(case, at)
        case.first_contact_at = min(case.first_contact_at or at, at)
    case.save()
    set_next_due(case)


def _plan_usual_follow_ups(case: Case, contact_at: datetime) -> None:
    """Day 3, 7, 14, 30, 60 and 90 after the first contact; later contacts do not start the row anew, a new event does."""
    FollowUp.objects.filter(case=case, done_at=None, reason="schedule").delete()
    FollowUp.objects.bulk_create(
        FollowUp(case=case, due_on=day, reason="schedule", day=count)
        for day, count in follow_up_days(day_in(case.program.zone, contact_at))
    )


@transaction.atomic
def plan_follow_up(case: Case, due_on: date, reason: str, *, by: Actor, day: int = 0, hours: Hours = NO_HOURS) -> FollowUp:
    """Plan one more day to look in, with the hours that were promised if any were.

    The same day and reason again gives the one that is there; other hours are the newer promise.
    """
    may_promise(hours).require()
    case.refresh_from_db(fields=["status"])
    if case.status == "closed":
        raise Refused("This case is closed; reopen it first.")
    promised = dict(zip(("from_time", "to_time"), hours, strict=True))
    follow_up, made = FollowUp.objects.get_or_create(
        case=case, due_on=due_on, reason=reason, done_at=None, defaults={"day": day, **promised}
    )
    moved = not made and hours not in (NO_HOURS, (follow_up.from_time, follow_up.to_time))
    if moved:
        follow_up.from_time, follow_up.to_time = hours
        follow_up.save(update_fields=["from_time", "to_time"])
    if made or moved:
        record("follow_up_planned", kind="case", target=case.id, by=by, due_on=due_on.isoformat(), reason=reason)
        set_next_due(case)
    return follow_up


@transaction.atomic
def finish_follow_up(follow_up: FollowUp, *, by: Actor) -> None:
    """Mark a follow-up as done; the next one becomes due."""
    if follow_up.done_at is None:
        follow_up.done_at = clock()
        follow_up.save(update_fields=["done_at"])
        record("follow_up_done", kind="case", target=follow_up.case_id, by=by, follow_up=str(follow_up.id))
        set_next_due(follow_up.case)


def set_next_due(case: Case) -> None:
    """After a first attempt the case is due when its next follow-up is; before it, by the contact clock."""
    if case.first_attempt_at is None:
        return
    nearest = FollowUp.objects.filter(case=case, done_at=None).order_by("due_on", F("to_time").asc(nulls_last=True)).first()
    # With nothing planned the case is due at once: somebody decides what comes next.
    case.due_at = follow_up_moment(nearest.due_on, case.program.zone, nearest.to_time) if nearest else clock()
    rank_by_work(case, nearest)
    case.save(update_fields=["due_at", "counts_from"])


@transaction.atomic
def move_case(case: Case, to: str, *, by: Actor) -> None:
    """Pause a case or put it back in the queue; either way its team ends. Reopening after "died" takes that back."""
    _lock(case)
    if to not in ("paused", "waiting"):
        raise Refused("A case can be paused or put back in the queue here.")
    may_move(case.status, to).require()
    reopened = case.status == "closed"
    if case.person.merged_into_id is not None:
        raise Refused("This record was joined to another one; go on with that person's case.")
    if reopened and Case.objects.filter(person=case.person).exclude(status="closed").exists():
        raise Refused("There is an open case of this person already; go on with that one.")
    _end_assignment(case, by=by)
    if reopened and case.outcome == "deceased":
        set_deceased(case.person_id, deceased=False, by=by)
    case.status, case.closed_at, case.outcome = to, None, ""
    if reopened:
        case.due_at = case.counts_from = clock()
    case.save()
    record("case_moved", kind="case", target=case.id, by=by, to=to)


@transaction.atomic
def close_case(case: Case, outcome: str, *, by: Actor) -> None:
    """Close with an outcome; every tie of the team ends, and a new event or a word from the person opens it again."""
    _lock(case)
    ahead = FollowUp.objects.filter(case=case, done_at=None, reason="after_exit").order_by("due_on").first()
    may_close(outcome, ahead.due_on if ahead else None).require()
    may_move(case.status, "closed").require()
    _end_assignment(case, by=by)
    case.status, case.closed_at, case.outcome = "closed", clock(), outcome
    case.save()
    FollowUp.objects.filter(case=case, done_at=None).delete()
    record("case_moved", kind="case", target=case.id, by=by, to="closed", outcome=outcome)


@transaction.atomic
def keep_wishes(person_id: UUID, stop: str, *, no_police: bool, by: Actor, said_so: bool = False,
                come_back: bool | None = None) -> None:  # fmt: skip
    """Keep what the person said about contact and act on it: no contact closes the case, no police sends them away."""
    person = set_contact_wishes(person_id, stop, no_police=no_police, said_so=said_so, come_back=come_back, by=by)
    for case in Case.objects.filter(person=person).exclude(status="closed"):
        if stop == "no_contact":
            close_case(case, "no_contact", by=by)
        elif no_police:
            _send_police_away(case, by=by)


def _send_police_away(case: Case, *, by: Actor) -> None:
    """End the ties of the team's police members; the coach stays with the person."""
    team = Assignment.objects.filter(case=case, ended_at=None).select_related("officer__agency", "coach__agency").first()
    police = [user.id for user in (team.officer, team.coach) if user.agency.kind in POLICE_CLASSES] if team else []
    for record_of_person in Person.objects.filter(id__in=records_of(case.person)) if police else ():
        close_ties(record_of_person, users=police, by=by)


@transaction.atomic
def note_death(case: Case, *, by: Actor) -> None:
    """The person has died: nobody is sent any more, and the case is closed. Reopening it takes that back."""
    set_deceased(case.person_id, deceased=True, by=by)
    close_case(case, "deceased", by=by)


@transaction.atomic
def join_cases(person: Person, *, by: Actor) -> list[tuple[Case, Case]]:
    """After records became one person their open cases become one; gives (closed duplicate, kept) pairs."""
    pairs = []
    for case in Case.objects.filter(person_id__in=records_of(person)).exclude(person=person).exclude(status="closed"):
        kept = Case.objects.filter(person=person).exclude(status="closed").first()
        if kept is None:
            case.person = person
            case.save(update_fields=["person"])
            kept = case
        else:
            _join(case, kept, by=by)
            pairs.append((case, kept))
        for current in Assignment.objects.filter(case=kept, ended_at=None):
            tie_team(current, by=by)
    if person.stop == "no_contact" or person.no_police:
        keep_wishes(person.id, person.stop, no_police=person.no_police, by=by)
    return pairs


def _join(case: Case, kept: Case, *, by: Actor) -> None:
    """Everything of `case` goes on in `kept`: events, planned days, and the team when the kept one has none."""
    CaseIncident.objects.filter(case=case).update(case=kept)
    FollowUp.objects.filter(case=case, done_at=None).update(case=kept)
    if not Assignment.objects.filter(case=kept, ended_at=None).exists():
        moved = Assignment.objects.filter(case=case, ended_at=None).update(case=kept)
        kept.status = "assigned" if moved and kept.status in ("waiting", "paused") else kept.status
    close_case(case, "duplicate", by=by)
    kept.attempts += case.attempts
    newest = max(kept.event_at, case.event_at)
    kept.vain_visits = sum(one.vain_visits for one in (kept, case) if one.event_at == newest)
    kept.event_at = newest
    tries = [moment for moment in (kept.first_attempt_at, case.first_attempt_at) if moment and moment >= kept.event_at]
    contacts = [moment for moment in (kept.first_contact_at, case.first_contact_at) if moment and moment >= kept.event_at]
    kept.first_attempt_at, kept.first_contact_at = min(tries, default=None), min(contacts, default=None)
    if kept.first_attempt_at is None:
        rank_case(kept, kept.person, by)
    kept.save()
    set_next_due(kept)
