"""Whoever is forgotten is waited for nowhere; the rows that are left count and name nobody."""

import pytest

from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, refer
from alongside.referrals.answering import answer
from alongside.referrals.links import link_for
from alongside.referrals.models import BedHold, Need, Referral, Ride
from alongside.referrals.rides import RidePlan, ask_ride, move_ride
from alongside.rights.forgetting import forget_again, forget_person
from tests.cast import CANARIES


@pytest.fixture
def everything(detox, coach, places, desk):
    """A yes with a bed, and a named ride on the way."""
    sent = refer(detox, Plan(agency=places["Quiet Detox"], named=True), by=coach)
    answer(sent.id, "accepted", by=desk(places["Quiet Detox"]))
    plan = RidePlan("partner_van", places["Harbor Rides"], sent, CANARIES["referrals.Ride.pick_up"], named=True)
    move_ride(ask_ride(detox, plan, by=coach).id, "picked_up", by=desk(places["Harbor Rides"]))
    return sent


@pytest.mark.parametrize("again", [False, True], ids=["forgotten", "forgotten again after a backup came back"])
def test_nobody_waits_for_who_is_forgotten(ours, everything, places, again):
    if again:
        forget_again(everything.person_id, by=ours.system)
    else:
        assert forget_person(everything.person, by=ours.actor("coordinator")) == "forgotten"
    referral, ride, hold = Referral.objects.get(), Ride.objects.get(), BedHold.objects.get()
    assert (referral.status, referral.named, ride.status, ride.named, hold.status) == (
        "cancelled", False, "called_off", False, "released",
    )  # fmt: skip
    assert (ride.pick_up, Need.objects.get().words, link_for(referral), link_for(ride)) == (None,) * 4
    for place in ("Quiet Detox", "Harbor Rides"):
        assert Message.objects.filter(agency=places[place], reason="answer_no_longer_needed").count() == 1


def test_who_puts_a_backup_back_tells_no_desk_of_another_program(cast, everything):
    forget_again(everything.person_id, by=cast.other.system)
    assert Referral.objects.get().status == "cancelled"
    assert not Message.objects.filter(reason="answer_no_longer_needed").exists()
