"""A case that ends leaves nobody waiting, and nobody alone on the day they come out."""

from datetime import timedelta

import pytest

from alongside.cases.models import FollowUp
from alongside.cases.rules import NOBODY_LOOKS_IN, OUTCOMES, may_close
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, note_need
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask
from alongside.referrals.ending import end_case
from alongside.referrals.models import BedHold, Referral
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.visits.actions import record_attempt
from alongside.visits.wishes import Wishes, keep_all_wishes
from tests.cast import case_with_team, person_of, reached

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(ours):
    """A bed is kept, a ride is asked for, and food was asked for without an answer yet."""
    coach, case = ours.actor("recovery_coach"), case_with_team(ours, person_of(ours))
    bed = note_need(case, "shelter_tonight", by=coach)
    sent = ask(bed, [Plan(agency=ours.agencies["shelter"])], by=coach)[0]
    answer(sent.id, "accepted", by=coach, how="phone")
    ask_ride(note_need(case, "ride", by=coach), RidePlan("team_car", referral=sent), by=coach)
    ask(note_need(case, "food", by=coach), [Plan(agency=ours.agencies["recovery"])], by=coach)
    return case


def standing(case):
    rows = Referral.objects.filter(need__case=case).order_by("made_at")
    return [row.status for row in rows], [ride.status for row in rows for ride in row.rides.all()]


def test_closing_calls_off_what_waits_and_tells_the_places(ours, waiting):
    before = Message.objects.filter(reason="answer_no_longer_needed").count()
    end_case(waiting, "moved", by=ours.actor("coordinator"))
    assert standing(waiting) == (["cancelled", "cancelled"], ["called_off"])
    assert BedHold.objects.get().status == "released"
    assert Message.objects.filter(reason="answer_no_longer_needed").count() == before + 2


@pytest.mark.parametrize("draft", [{"response": "no_contact"}, {"result": "deceased", "response": ""}])
def test_no_contact_and_a_death_do_the_same_from_the_door(ours, waiting, draft):
    record_attempt(waiting, reached(**draft), by=ours.actor("recovery_coach"))
    assert standing(waiting) == (["cancelled", "cancelled"], ["called_off"])


def test_the_wish_for_no_contact_does_the_same(ours, waiting):
    keep_all_wishes(waiting.person, Wishes("no_contact"), by=ours.actor("coordinator"))
    assert standing(waiting) == (["cancelled", "cancelled"], ["called_off"])


def test_the_day_they_come_out_is_not_lost_by_closing(ours):
    coach, case = ours.actor("recovery_coach"), case_with_team(ours, person_of(ours))
    ask(note_need(case, "detox", by=coach), [Plan(agency=ours.agencies["shelter"])], by=coach)
    with pytest.raises(Refused, match="looks in when they come out"):
        end_case(case, "goals_met", by=ours.actor("coordinator"))
    assert FollowUp.objects.filter(case=case, reason="after_exit").count() == 4
    end_case(case, "transferred", by=ours.actor("coordinator"))


def test_only_who_may_not_be_visited_is_let_go_before_the_exit():
    day = now().date() + timedelta(days=3)
    assert {outcome for outcome in OUTCOMES if may_close(outcome, day)} == NOBODY_LOOKS_IN
    assert all(may_close(outcome) for outcome in OUTCOMES)
    assert not may_close("something else")
