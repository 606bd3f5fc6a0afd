"""An agreement taken back at any moment between asking and arriving: the name goes, the bed and the person's way stay."""

import pytest

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.models import Consent
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.referrals.actions import Plan, refer
from alongside.referrals.answering import answer
from alongside.referrals.links import link_for
from alongside.referrals.models import AnswerLink, BedHold, Referral, Ride
from alongside.referrals.rides import RidePlan, ask_ride, move_ride
from alongside.referrals.sharing import agree_and_ride, take_back
from tests.cast import CANARIES

PLACE = CANARIES["referrals.Ride.pick_up"]
# How far it has come; what is left of the referral, of the bed, and whether its partner still has a link.
MOMENTS = {
    "before the answer": ([], "cancelled", [], False),
    "on a waiting list": (["on-hold"], "on-hold", [], True),
    "between yes and pick-up": (["accepted"], "accepted", ["held"], True),
    "after arrival": (["accepted", "in-progress"], "in-progress", ["arrived"], True),
}


@pytest.fixture
def sent(detox, coach, places):
    return refer(detox, Plan(agency=places["Quiet Detox"], named=True), by=coach)


@pytest.fixture
def ride(detox, sent, coach, places):
    return ask_ride(detox, RidePlan("partner_van", places["Harbor Rides"], sent, PLACE, named=True), by=coach)


def consent_for(agency):
    return Consent.objects.get(recipient=agency)


@pytest.mark.covers("R05")
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_place_forgets_the_name_and_keeps_the_bed(sent, places, desk, coach, moment):
    answers, status, holds, has_link = MOMENTS[moment]
    for to in answers:
        answer(sent.id, to, by=desk(places["Quiet Detox"]), how="link")
    old = AnswerLink.objects.get(referral=sent)
    assert take_back(consent_for(places["Quiet Detox"]), by=coach) == 1
    sent.refresh_from_db()
    assert (sent.status, sent.named) == (status, False)
    assert list(BedHold.objects.values_list("status", flat=True)) == holds
    old.refresh_from_db()
    assert old.expires_at <= now(), "the link that led to the name is dead"
    link = link_for(sent)
    assert ((link is not None), link != old) == (has_link, True)
    told = Message.objects.filter(agency=places["Quiet Detox"], cancelled_at=None).values_list("reason", flat=True)
    assert list(told) == ["referral_asked" if has_link else "answer_no_longer_needed"]


@pytest.mark.covers("R05")
@pytest.mark.parametrize("moment", MOMENTS)
def test_twice_is_once_at_every_moment(sent, ride, places, desk, coach, moment):
    for to in MOMENTS[moment][0]:
        answer(sent.id, to, by=desk(places["Quiet Detox"]))
    for place in ("Quiet Detox", "Harbor Rides"):
        take_back(consent_for(places[place]), by=coach)
    lines = Entry.objects.count()
    for place in ("Quiet Detox", "Harbor Rides"):
        assert take_back(consent_for(places[place]), by=coach) == 0
    assert Entry.objects.count() == lines


@pytest.mark.covers("R05")
@pytest.mark.parametrize(("status", "after", "told"), [
    ("asked", "called_off", 1), ("dispatched", "dispatched", 0), ("picked_up", "picked_up", 0), ("arrived", "arrived", 0),
])  # fmt: skip
def test_the_driver_reads_nothing_any_more(ride, places, desk, coach, status, after, told):
    driver = desk(places["Harbor Rides"])
    if status != "asked":
        move_ride(ride.id, status, by=driver)
    sealed = Ride.objects.get().pick_up
    assert take_back(consent_for(places["Harbor Rides"]), by=coach) == 1
    ride = Ride.objects.get()
    assert (ride.status, ride.named, ride.pick_up) == (after, False, None)
    assert link_for(ride) is None
    (answer_to_the_old_value,) = firewall.open(driver, "referral_receive", sealed)
    assert isinstance(answer_to_the_old_value, Refused)
    assert Message.objects.filter(agency=places["Harbor Rides"], reason="answer_no_longer_needed").count() == told
    assert not Message.objects.filter(reason="ride_asked", sent_at=None, cancelled_at=None).exists()


@pytest.mark.covers("R05")
def test_a_driver_on_the_way_without_a_name_can_still_be_moved_by_the_team(ride, places, desk, coach):
    move_ride(ride.id, "dispatched", by=desk(places["Harbor Rides"]))
    take_back(consent_for(places["Harbor Rides"]), by=coach)
    assert move_ride(ride.id, "called_off", by=coach).status == "called_off"


@pytest.mark.covers("R05")
def test_a_yes_after_it_was_taken_back_is_answered_kindly_and_opens_nothing(sent, places, desk, coach):
    take_back(consent_for(places["Quiet Detox"]), by=coach)
    late = answer(sent.id, "accepted", by=desk(places["Quiet Detox"]), how="link")
    assert (late.won, late.sentence) == (False, "Thank you. This is not needed any more.")
    assert (Referral.objects.get().status, BedHold.objects.count()) == ("cancelled", 0)


def test_taken_back_from_one_is_not_taken_back_from_the_other(sent, ride, places, coach):
    take_back(consent_for(places["Harbor Rides"]), by=coach)
    sent.refresh_from_db()
    assert (sent.named, sent.status) == (True, "requested")


def test_a_ride_agreed_to_at_the_door(bed, places, coach):
    plan = RidePlan("partner_van", places["Harbor Rides"], pick_up=PLACE, named=True)
    with pytest.raises(Refused, match="how old"):
        agree_and_ride(bed, plan, by=coach)
    rides = [agree_and_ride(bed, plan, by=coach, age="adult") for _ in range(2)]
    assert rides[0] == rides[1]
    assert consent_for(places["Harbor Rides"]).categories == ["contact"]
