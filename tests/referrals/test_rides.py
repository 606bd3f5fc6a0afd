"""Rides: bound to the bed, told to the driver only as agreed, and never lost on the way."""

import pytest

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.models import Disclosure
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, refer
from alongside.referrals.answering import answer
from alongside.referrals.beds import give_back, hold_bed, say_free
from alongside.referrals.links import link_for
from alongside.referrals.models import AnswerLink, BedHold, Referral, Ride
from alongside.referrals.queries import holds_that_ended_for, ride_for, rides_for, rides_that_are_late_for
from alongside.referrals.rides import RidePlan, ask_ride, move_ride
from tests.cast import CANARIES, canaries_in

PLACE = CANARIES["referrals.Ride.pick_up"]


@pytest.fixture
def there(detox, coach, places):
    """The detox is asked."""
    return refer(detox, Plan(agency=places["Quiet Detox"], named=True), by=coach)


@pytest.fixture
def ride(detox, there, coach, places):
    plan = RidePlan("partner_van", agency=places["Harbor Rides"], referral=there, pick_up=PLACE, named=True)
    return ask_ride(detox, plan, by=coach)


def seen_by(viewer, ride):
    (found,) = firewall.open(viewer, "referral_receive", Ride.objects.get(id=ride.id).pick_up)
    return found


def test_a_ride_is_asked_once_and_its_desk_learns_that_something_waits(detox, there, ride, coach, places):
    lines = Entry.objects.count()
    plan = RidePlan("partner_van", agency=places["Harbor Rides"], referral=there, pick_up=PLACE, named=True)
    assert ask_ride(detox, plan, by=coach) == ride
    # One line that it was said again: whether the place to pick up is another one, nobody can see without opening it.
    assert (Ride.objects.count(), Entry.objects.count() - lines) == (1, 1)
    assert Message.objects.get(reason="ride_asked").link == link_for(ride).id
    assert canaries_in(vars(Ride.objects.get())) == set()
    assert str(ride) == "asked"


def test_the_driver_reads_the_place_only_by_agreement(detox, ride, there, coach, places, desk):
    assert seen_by(desk(places["Harbor Rides"]), ride) == PLACE
    assert isinstance(seen_by(desk(places["shelter"]), ride), Refused)
    assert Disclosure.objects.get(recipient=places["Harbor Rides"]).categories == ["contact"]


def test_without_an_agreement_there_is_no_named_ride_at_all(bed, coach, places):
    with pytest.raises(Refused, match="not agreed"):
        ask_ride(bed, RidePlan("partner_van", agency=places["Harbor Rides"], pick_up=PLACE, named=True), by=coach)
    assert not Ride.objects.exists()
    nameless = ask_ride(bed, RidePlan("partner_van", agency=places["Harbor Rides"], pick_up=PLACE), by=coach)
    assert (nameless.named, nameless.disclosure) == (False, None)


@pytest.mark.parametrize(("means", "said_so", "allowed"), [
    ("police_car", False, False), ("police_car", True, True), ("taxi_voucher", False, True), ("helicopter", False, False),
])  # fmt: skip
def test_a_police_car_only_when_they_asked_for_it(bed, coach, means, said_so, allowed):
    plan = RidePlan(means, asked_for_police_car=said_so)
    if allowed:
        assert ask_ride(bed, plan, by=coach).asked_for_police_car is said_so
        return
    with pytest.raises(Refused):
        ask_ride(bed, plan, by=coach)


def test_what_is_refused(cast, bed, detox, there, coach, places):
    refused = [
        (bed, RidePlan("partner_van", agency=places["police"]), coach),
        (bed, RidePlan("volunteer", named=True), coach),
        (bed, RidePlan("volunteer", referral=there), coach),  # somebody else's detox
        (bed, RidePlan("volunteer"), cast.outreach_officer),
        (bed, RidePlan("volunteer"), cast.other.actor("recovery_coach")),
        (bed, RidePlan("partner_van", agency=cast.other.agencies["shelter"]), coach),
    ]
    for need, plan, by in refused:
        with pytest.raises(Refused):
            ask_ride(need, plan, by=by)
    answer(there.id, "rejected", by=coach)
    with pytest.raises(Refused, match="does not wait"):
        ask_ride(detox, RidePlan("volunteer", referral=there), by=coach)
    assert not Ride.objects.exists()


@pytest.mark.parametrize("first", ["bed", "ride"])
def test_a_ride_is_due_when_the_bed_is_given_away(detox, there, coach, places, first, desk):
    if first == "ride":
        ask_ride(detox, RidePlan("team_car", referral=there), by=coach)
        assert Ride.objects.get().due_at is None
    answer(there.id, "accepted", by=desk(places["Quiet Detox"]), hold_hours=6)
    if first == "bed":
        ask_ride(detox, RidePlan("team_car", referral=there), by=coach)
    assert Ride.objects.get().due_at == BedHold.objects.get().expires_at
    hold_bed(there, by=coach, hours=9)
    assert Ride.objects.get().due_at == BedHold.objects.get().expires_at


def test_arrived_is_an_arrival_of_the_bed_and_of_the_referral(ride, there, places, desk):
    answer(there.id, "accepted", by=desk(places["Quiet Detox"]))
    driver = desk(places["Harbor Rides"])
    for to in ("dispatched", "picked_up", "arrived"):
        assert move_ride(ride.id, to, by=driver, how="link").status == to
    lines = Entry.objects.count()
    move_ride(ride.id, "arrived", by=driver, how="link")
    assert Entry.objects.count() == lines
    assert (BedHold.objects.get().status, Referral.objects.get(id=there.id).status) == ("arrived", "in-progress")
    assert AnswerLink.objects.get(ride=ride).used_at is not None
    assert link_for(ride) is None


def test_a_driver_who_presses_late_loses_no_word(ride, there, places, desk):
    """“Arrived” without the words before it stands for them; after it nothing takes it back."""
    answer(there.id, "accepted", by=desk(places["Quiet Detox"]))
    move_ride(ride.id, "arrived", by=desk(places["Harbor Rides"]))
    for earlier in ("dispatched", "picked_up", "no_ride", "called_off", "asked"):
        with pytest.raises(Refused):
            move_ride(ride.id, earlier, by=desk(places["Harbor Rides"]))
    assert [e.detail["to"] for e in Entry.objects.filter(verb="ride_moved").order_by("seq")] == ["asked", "arrived"]


def test_arriving_where_nobody_said_yes_moves_the_ride_alone(ride, there, coach):
    move_ride(ride.id, "arrived", by=coach)
    assert Referral.objects.get(id=there.id).status == "requested"


def test_only_the_driver_and_the_team_move_it(cast, ride, places, desk):
    for by in (desk(places["shelter"]), cast.other.actor("coordinator"), cast.patrol_officer):
        with pytest.raises(Refused):
            move_ride(ride.id, "dispatched", by=by)
    with pytest.raises(Refused, match="Only the team"):
        move_ride(ride.id, "called_off", by=desk(places["Harbor Rides"]))
    with pytest.raises(Refused):
        move_ride(ride.id, "dispatched", by=desk(places["Harbor Rides"]), how="pigeon")


@pytest.mark.parametrize(("status", "to", "after", "told"), [
    ("asked", "rejected", "called_off", 1), ("dispatched", "rejected", "called_off", 1),
    ("picked_up", "rejected", "picked_up", 0), ("dispatched", "in-progress", "arrived", 0),
    ("asked", "in-progress", "called_off", 1), ("dispatched", "on-hold", "called_off", 1),
])  # fmt: skip
def test_what_happens_at_the_place_reaches_the_ride(ride, there, coach, places, desk, status, to, after, told):
    answer(there.id, "accepted", by=coach)
    if status != "asked":
        move_ride(ride.id, status, by=coach)
    answer(there.id, to, by=desk(places["Quiet Detox"]))
    ride.refresh_from_db()
    assert ride.status == after
    assert Message.objects.filter(agency=places["Harbor Rides"], reason="answer_no_longer_needed").count() == told


def test_a_ride_nobody_drives_is_on_the_due_list_twenty_minutes_before_the_bed_goes(ours, ride, there, coach, later):
    assert rides_that_are_late_for(coach, now()) == []
    answer(there.id, "accepted", by=coach, hold_hours=1)
    later(minutes=29)
    assert rides_that_are_late_for(coach, now()) == []
    move_ride(ride.id, "dispatched", by=coach)
    later(minutes=15)
    assert rides_that_are_late_for(coach, now()) == []
    later(minutes=17)
    assert rides_that_are_late_for(coach, now()) == [ride], "on the way, and the bed is gone"


def test_no_ride_found_stays_on_the_due_list_until_another_is_asked(detox, ride, there, coach, places, desk):
    move_ride(ride.id, "no_ride", by=desk(places["Harbor Rides"]))
    assert rides_that_are_late_for(coach, now()) == [ride]
    ask_ride(detox, RidePlan("volunteer", referral=there), by=coach)
    assert rides_that_are_late_for(coach, now()) == []


def test_who_sees_which_ride(cast, ride, coach, places, desk):
    mine = [coach, cast.coordinator, desk(places["Harbor Rides"])]
    nobody = [
        cast.outreach_officer, cast.patrol_officer, cast.partner, cast.other.actor("coordinator"), cast.epidemiologist,
        desk(places["Quiet Detox"]),
    ]  # fmt: skip
    for viewer in mine:
        assert rides_for(viewer, now()) == [ride]
        assert ride_for(viewer, ride.id, now()) == ride
    for viewer in nobody:
        assert rides_for(viewer, now()) == rides_that_are_late_for(viewer, now()) == []
        assert ride_for(viewer, ride.id, now()) is None


def test_the_soonest_deadline_comes_first(detox, there, ride, bed, coach):
    other = ask_ride(bed, RidePlan("transit"), by=coach)
    assert rides_for(coach, now()) == [ride, other]
    answer(there.id, "accepted", by=coach)
    ride.refresh_from_db()
    assert rides_for(coach, now()) == [ride, other]


def test_a_bed_given_back_while_somebody_drives_is_seen_by_the_team(ride, there, coach, places, desk):
    say_free(places["Quiet Detox"], "detox", 1, by=coach, how="phone")
    answer(there.id, "accepted", by=coach)
    move_ride(ride.id, "dispatched", by=coach)
    give_back(BedHold.objects.get(), by=desk(places["Quiet Detox"]))
    assert [hold.referral for hold in holds_that_ended_for(coach, now())] == [there]
    assert Ride.objects.get().status == "dispatched"
