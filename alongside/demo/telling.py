"""Plays one made-up story through the actions of the work rooms, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from alongside.accounts.models import Agency
from alongside.cases.actions import assign_team, close_case, set_next_due
from alongside.cases.models import Case
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.actions import record_consent
from alongside.demo import backdating
from alongside.demo.arrivals import Crew
from alongside.demo.staff import PARTNER_LOGINS, PARTNERS, TEAMS, WITHOUT_POLICE
from alongside.demo.stories import Story, Try, Wish
from alongside.referrals.actions import Plan, move_referral, note_need, refer
from alongside.referrals.rules import SHARED, exit_on
from alongside.services.models import Service
from alongside.visits.actions import Draft, record_attempt

HANDOFFS = ("called_together", "number", "in_person", "information")


@dataclass(slots=True)
class Stage:
    """Where stories are played: the staff, the partners, a few services for each need, and the present moment."""

    crew: Crew
    agencies: dict[str, Agency]
    now: datetime
    services: dict[str, list[Service]] = field(default_factory=dict)
    sent: int = 0

    def service_for(self, need: str) -> Service | None:
        """One of the first services that answer a need, in turn."""
        if need not in self.services:
            rows = Service.objects.filter(needs__need=need).order_by("-source", "source_key")
            self.services[need] = list(rows[:5])
        found = self.services[need]
        return found[self.sent % len(found)] if found else None


def tell(case: Case, story: Story, stage: Stage) -> None:
    """Play a story from the assignment to its end, or to now."""
    if story.assigned_at is None or not _assign(case, story, stage, story.assigned_at):
        return
    for number, attempt in enumerate(story.tries):
        if number:
            backdating.follow_ups_done(case, attempt.at, but_one=False)
        _try(case, attempt, story, stage)
    for wish in story.wishes:
        _wish(case, wish, story, stage)
    case.refresh_from_db()
    _finish(case, story, stage)


def _assign(case: Case, story: Story, stage: Stage, at: datetime) -> bool:
    """Send the story's team, or the one without police; False where nobody may go before a match is decided."""
    for team in dict.fromkeys((story.team, WITHOUT_POLICE)):
        first, second = (stage.crew.users[name] for name in TEAMS[team])
        # The rules look at the clock of today; in the story most events were fresh then (`backdating` sets that right).
        try:
            assignment = assign_team(case, first, second, by=stage.crew.actor("coordinator"), asked_by_coach=True)
        except Refused:  # it may be somebody who asked for no police, or for no contact
            continue
        story.team = team
        backdating.team_assigned(case, assignment, at)
        return True
    return False


def _try(case: Case, attempt: Try, story: Story, stage: Stage) -> None:
    first, second = TEAMS[story.team]
    draft = Draft(
        id=new_id(), channel=attempt.channel, result=attempt.result, response=attempt.response, at=attempt.at,
        waiver=attempt.waiver, officer_present=attempt.channel == "home" and first.startswith("officer"),
        kits=attempt.kits, kit_to=attempt.kit_to, note=attempt.note,
    )  # fmt: skip
    made = record_attempt(case, draft, by=stage.crew.actor(first if attempt.officer else second))
    backdating.attempt_recorded(made, stage.now, kits=attempt.kits)


def _wish(case: Case, wish: Wish, story: Story, stage: Stage) -> None:
    coach = stage.crew.actor(TEAMS[story.team][1])
    need = note_need(case, wish.need, by=coach, words=wish.words)
    agency, service = stage.agencies.get(PARTNERS.get(wish.need, "")), stage.service_for(wish.need)
    if agency is None and service is None:
        return
    named = wish.named and agency is not None
    if named and agency is not None:
        record_consent(case.person, agency, SHARED, by=coach)
    stage.sent += 1
    plan = Plan(
        service=None if agency else service, agency=agency, named=named,
        handoff=HANDOFFS[stage.sent % len(HANDOFFS)], expected_exit=exit_on(wish.need, wish.at.date(), None),
    )  # fmt: skip
    referral = refer(need, plan, by=coach)
    backdating.referral_sent(referral, wish.at)
    for at, status in wish.statuses:
        partner = PARTNER_LOGINS.get(agency.name) if agency and status != "cancelled" else None
        move_referral(referral.id, status, by=stage.crew.actor(partner) if partner else coach)
        backdating.referral_moved(referral, at)


def _finish(case: Case, story: Story, stage: Stage) -> None:
    end = story.closed_at or (story.tries[-1].at if story.stops else stage.now)
    backdating.follow_ups_done(case, end, but_one=story.is_open and story.leaves_overdue)
    if story.closed_at is not None:
        if case.status == "paused":
            backdating.team_ended(case, story.tries[-1].at)
        backdating.exits_looked_after(case, end)
        close_case(case, story.outcome, by=stage.crew.actor("coordinator"))
    elif story.assigned_again_at is not None and case.status != "paused":
        _assign(case, story, stage, story.assigned_again_at)
        backdating.team_ended(case, story.assigned_again_at)
    if not story.is_open:
        backdating.case_ended(case, end)
    elif case.status == "paused":
        backdating.team_ended(case, story.tries[-1].at)
    set_next_due(case)
