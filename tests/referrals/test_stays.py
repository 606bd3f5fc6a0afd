"""Whatever leads into detox or residential care plans the visits after it: no way in is without them, none doubles them."""

from datetime import timedelta

import pytest

from alongside.cases.actions import close_case, join_cases
from alongside.cases.models import FollowUp
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import record_consent
from alongside.people.actions import merge_people
from alongside.referrals.actions import Plan, move_needs, note_need, refer
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask
from alongside.referrals.models import BedHold, Referral, Ride
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.referrals.sharing import agree_and_refer, agree_and_ride, pass_on
from alongside.services.models import Service
from tests.cast import case_with_team, person_of


def planned(need):
    return FollowUp.objects.filter(case_id=need.case_id, reason="after_exit", done_at=None).count()


def by_number(need, places, coach, desk):
    refer(need, Plan(service=Service.objects.create(name="Far Detox", source="list", source_key="f")), by=coach)


def by_asking_two(need, places, coach, desk):
    ask(need, [Plan(agency=places["Quiet Detox"]), Plan(agency=places["Loud Detox"])], by=coach)


def by_agreeing(need, places, coach, desk):
    agree_and_refer(need, Plan(agency=places["Loud Detox"], named=True), by=coach, age="adult")


def by_a_ride_alone(need, places, coach, desk):
    ask_ride(need, RidePlan("team_car"), by=coach)


def by_an_agreed_ride(need, places, coach, desk):
    agree_and_ride(need, RidePlan("partner_van", places["Harbor Rides"], named=True), by=coach, age="adult")


def by_a_ride_for_another_need(need, places, coach, desk):
    """A ride is wanted, and it leads to the detox; the plan of the referral was done long ago."""
    referral = refer(need, Plan(agency=places["Quiet Detox"]), by=coach)
    FollowUp.objects.filter(reason="after_exit").update(done_at=now())
    ask_ride(note_need(need.case, "ride", by=coach), RidePlan("team_car", referral=referral), by=coach)


def by_passing_on(need, places, coach, desk):
    """The plan is gone and the partner sends on."""
    first = refer(need, Plan(agency=places["Quiet Detox"], named=True), by=coach)
    FollowUp.objects.filter(reason="after_exit").update(done_at=now())
    record_consent(need.person, places["Loud Detox"], ["contact", "health"], by=coach)
    assert pass_on(first, places["Loud Detox"], by=desk(places["Quiet Detox"]))


def by_answering(need, places, coach, desk):
    """A yes that comes after the plan was done (an answer in a file takes this way too)."""
    sent = refer(need, Plan(agency=places["Quiet Detox"]), by=coach)
    FollowUp.objects.filter(reason="after_exit").update(done_at=now())
    answer(sent.id, "accepted", by=desk(places["Quiet Detox"]), how="file")


WAYS = [
    by_number, by_asking_two, by_agreeing, by_a_ride_alone, by_an_agreed_ride, by_a_ride_for_another_need, by_passing_on,
    by_answering,
]  # fmt: skip


@pytest.mark.parametrize("code", ["detox", "residential"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_in_plans_the_visits_after_it_once(detox, places, coach, desk, way, code):
    need = detox if code == "detox" else note_need(detox.case, code, by=coach)
    way(need, places, coach, desk)
    assert planned(need) == 4
    if way is not by_answering:
        refer(need, Plan(agency=places["Third Shelter"]), by=coach)
    assert planned(need) == 4, "one more place asked is the same plan"


def test_another_day_of_leaving_adds_its_own_days(detox, places, coach):
    leaves = now().date() + timedelta(days=40)
    refer(detox, Plan(agency=places["Quiet Detox"]), by=coach)
    refer(detox, Plan(agency=places["Loud Detox"], expected_exit=leaves), by=coach)
    assert planned(detox) == 8
    assert FollowUp.objects.filter(reason="after_exit", due_on=leaves, day=0).exists()


def test_two_stays_of_one_case_have_a_plan_each(detox, places, coach):
    refer(detox, Plan(agency=places["Quiet Detox"]), by=coach)
    refer(note_need(detox.case, "residential", by=coach), Plan(agency=places["Quiet Detox"]), by=coach)
    assert planned(detox) == 8


def test_after_a_no_the_next_place_has_its_own_days(detox, places, coach, later):
    first = refer(detox, Plan(agency=places["Quiet Detox"]), by=coach)
    answer(first.id, "rejected", by=coach, barrier="no_room")
    later(days=3)
    refer(detox, Plan(agency=places["Loud Detox"]), by=coach)
    assert planned(detox) == 8


def test_nothing_leads_in_without_a_plan(detox, places, coach):
    close_case(detox.case, "declined", by=coach)
    for way in (by_number, by_asking_two, by_a_ride_alone):
        with pytest.raises(Refused, match="closed"):
            way(detox, places, coach, None)
    assert (Referral.objects.count(), Ride.objects.count()) == (0, 0)


# --- two records of one person ----------------------------------------------------------------------------------------


@pytest.fixture
def twins(ours, coach, places):
    """Two cases of one person, in both of which detox was arranged."""
    needs = []
    for place in ("Quiet Detox", "Loud Detox"):
        need = note_need(case_with_team(ours, person_of(ours)), "detox", by=coach)
        ask_ride(need, RidePlan("team_car", referral=refer(need, Plan(agency=places[place]), by=coach)), by=coach)
        needs.append(need)
    return needs


def joined(ours, needs):
    coordinator = ours.actor("coordinator")
    duplicate, kept = (need.person for need in needs)
    merge_people(duplicate, kept, by=coordinator)
    for closed, stays in join_cases(kept, by=coordinator):
        move_needs(closed, stays, by=coordinator)
    return needs[1]


def test_when_two_cases_become_one_everything_goes_along(ours, twins):
    kept = joined(ours, twins)
    assert Referral.objects.filter(need=kept, status="requested").count() == 2
    assert Ride.objects.filter(need=kept, status="asked").count() == 2
    assert planned(kept) >= 4
    assert not Ride.objects.exclude(need__case=kept.case).exists()


def test_two_that_said_yes_to_what_is_one_need_are_one_yes(ours, twins, coach):
    first, second = Referral.objects.order_by("made_at")
    for row in (second, first):
        answer(row.id, "accepted", by=coach)
    kept = joined(ours, twins)
    assert list(Referral.objects.filter(need=kept, status="accepted")) == [second], "the first yes"
    assert BedHold.objects.get(status="held").referral == second
    assert Ride.objects.get(status="asked").referral == second


def test_a_need_only_the_other_case_had_keeps_its_plan(ours, coach, places):
    need = note_need(case_with_team(ours, person_of(ours)), "residential", by=coach)
    refer(need, Plan(agency=places["Quiet Detox"]), by=coach)
    other = note_need(case_with_team(ours, person_of(ours)), "food", by=coach)
    kept = joined(ours, [need, other])
    need.refresh_from_db()
    assert need.case_id == kept.case_id
    assert planned(kept) == 4
