"""What waits for the team is on its due list, and what does not is not; for those who may see it, in few questions."""

import pytest

from alongside.common.clock import now
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask
from alongside.referrals.models import Referral
from alongside.referrals.queries import (
    came_back_for,
    holds_that_ended_for,
    needs_of,
    quiet_for,
    rides_for,
    rides_that_are_late_for,
    unanswered_for,
)
from alongside.referrals.rides import RidePlan, ask_ride


def test_a_need_comes_back_when_all_said_no_and_once(bed, shelters, coach, desk):
    asked = ask(bed, [Plan(agency=place) for place in shelters], by=coach)
    for row, place in zip(asked, shelters, strict=True):
        assert came_back_for(coach, now()) == []
        answer(row.id, "rejected", by=desk(place), barrier="no_room")
    assert came_back_for(coach, now()) == [asked[-1]]
    ask(bed, [Plan(agency=shelters[0])], by=coach)
    assert came_back_for(coach, now()) == []


def test_silence_is_on_the_due_list_from_the_minute_it_is_one(cast, bed, shelters, coach, later, desk):
    (sent,) = ask(bed, [Plan(agency=shelters[0])], by=coach)
    later(minutes=29)
    assert unanswered_for(cast.coordinator, now()) == []
    later(minutes=2)
    assert unanswered_for(cast.coordinator, now()) == [sent]
    assert unanswered_for(cast.other.actor("coordinator"), now()) == []
    assert unanswered_for(cast.outreach_officer, now()) == []
    answer(sent.id, "accepted", by=desk(shelters[0]))
    assert unanswered_for(cast.coordinator, now()) == []


def test_what_is_not_about_tonight_has_two_days(cast, somebody, coach, shelters, later):
    (sent,) = ask(note_need(somebody(), "food", by=coach), [Plan(agency=shelters[0])], by=coach)
    later(hours=47)
    assert unanswered_for(cast.coordinator, now()) == []
    later(hours=2)
    assert unanswered_for(cast.coordinator, now()) == [sent]


@pytest.mark.parametrize(("status", "days"), [("accepted", 3), ("on-hold", 7), ("in-progress", 30)])
def test_after_a_yes_silence_is_noticed_too(ours, bed, shelters, coach, later, status, days):
    (sent,) = ask(bed, [Plan(agency=shelters[0])], by=coach)
    coordinator = ours.actor("coordinator")
    for to in {"in-progress": ["accepted", "in-progress"]}.get(status, [status]):
        answer(sent.id, to, by=coach)
    later(days=days, minutes=-1)
    assert quiet_for(coordinator, now()) == []
    later(minutes=2)
    assert quiet_for(coordinator, now()) == [sent]
    assert quiet_for(ours.actor("outreach_officer"), now()) == []


def test_the_lists_ask_the_same_few_questions_however_much_waits(
    ours, somebody, coach, shelters, later, django_assert_max_num_queries
):
    def more(count):
        for _ in range(count):
            case = somebody()
            need = note_need(case, "shelter_tonight", by=coach)
            asked = ask(need, [Plan(agency=place) for place in shelters], by=coach)
            answer(asked[0].id, "accepted", by=coach)
            ask_ride(need, RidePlan("team_car", referral=asked[0]), by=coach)
            food = refer(note_need(case, "food", by=coach), Plan(agency=shelters[0]), by=coach)
            answer(food.id, "rejected", by=coach)
            refer(note_need(case, "phone", by=coach), Plan(agency=shelters[1]), by=coach)

    coordinator = ours.actor("coordinator")
    more(6)
    later(days=4)
    lists = [came_back_for, unanswered_for, quiet_for, holds_that_ended_for, rides_that_are_late_for, rides_for]
    for waiting in lists:
        with django_assert_max_num_queries(2):
            found = waiting(coordinator, now())
            assert len(found) == 6, waiting.__name__
            for row in found:
                referral = getattr(row, "referral", row)
                assert referral.need.label
                assert referral.agency.name
                assert referral.person_id
    case_id = Referral.objects.select_related("need").first().need.case_id
    with django_assert_max_num_queries(8):
        needs = needs_of(coordinator, case_id, now())
        referrals = [row for need in needs for row in need.referrals.all()]
        assert [row.agency.name for row in referrals if row.holds.all()]
        assert [ride.agency for need in needs for ride in need.rides.all()] == [None]
