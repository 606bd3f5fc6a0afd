"""Old numbers, late comers, two hands and two records: nobody loses a yes, and no bed is two people's."""

import json

import pytest
from django.test import Client

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.actions import record_consent
from alongside.desk.actions import settle_match
from alongside.exchange.actions import take_out
from alongside.identity.models import Match
from alongside.people.actions import merge_people, set_contact_wishes
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.answering import answer, say_helped
from alongside.referrals.beds import expire_holds, hold_bed, say_free
from alongside.referrals.ending import end_case
from alongside.referrals.links import link_for, path_of
from alongside.referrals.models import BedHold, Referral
from alongside.referrals.queries import board_for
from alongside.referrals.rides import RidePlan, ask_ride
from alongside.referrals.sharing import agree_and_refer, pass_on
from tests.cast import canaries_in, case_with_team, person_of
from tests.referrals.conftest import desk_of

pytestmark = pytest.mark.django_db
BED = "shelter_tonight"


def left_at(viewer, agency):
    return next(line.left for line in board_for(viewer, now(), BED) if line.agency.id == agency.id)


@pytest.fixture
def wanted(ours, coach, somebody):
    def ask_shelter(*, named=False):
        need = note_need(somebody(), BED, by=coach, words="Zyxwords a warm room")
        return refer(need, Plan(agency=ours.agencies["shelter"], named=named), by=coach)

    return ask_shelter


@pytest.mark.parametrize("first", ["accepted", "on-hold"])
def test_the_places_own_yes_beats_a_number_from_days_ago(ours, coach, wanted, desk, later, first):
    shelter = ours.agencies["shelter"]
    say_free(shelter, BED, 0, by=coach, how="phone")
    referral = wanted()
    if first == "on-hold":
        answer(referral.id, "on-hold", by=desk(shelter), how="link")
    later(days=2)
    assert answer(referral.id, "accepted", by=desk(shelter), how="link").won


def test_who_comes_after_the_time_ran_out_still_has_the_bed(ours, coach, wanted, desk, later):
    shelter = ours.agencies["shelter"]
    say_free(shelter, BED, 1, by=coach, how="phone")
    first = wanted()
    answer(first.id, "accepted", by=desk(shelter), how="link")
    later(hours=2, minutes=5)
    expire_holds(by=ours.system)
    answer(first.id, "in-progress", by=desk(shelter), how="link")
    assert left_at(coach, shelter) == 0
    with pytest.raises(Refused, match="No bed is left"):
        hold_bed(wanted(), by=coach)


def passed(places, need, *names):
    """A named referral to the shelter, passed on from hand to hand."""
    referral = Referral.objects.get(need=need)
    for name in names:
        holder = referral.agency
        assert pass_on(referral, places[name], by=desk_of(holder))
        referral = Referral.objects.get(need=need, agency=places[name])
    return referral


def agreeing(coach, need, places, *names):
    for name in names:
        record_consent(need.person, places[name], ["contact", "health"], by=coach)


def test_a_yes_after_two_hands_wins(ours, coach, wanted, places):
    need = wanted(named=True).need
    agreeing(coach, need, places, "Second Shelter", "Third Shelter")
    last = passed(places, need, "Second Shelter", "Third Shelter")
    assert answer(last.id, "accepted", by=desk_of(places["Third Shelter"]), how="link").won


def test_passing_on_never_asks_a_fourth(ours, coach, wanted, places):
    referral = wanted(named=True)
    agreeing(coach, referral.need, places, "Second Shelter", "Third Shelter", "Fourth Shelter")
    answers = [
        bool(pass_on(referral, places[name], by=desk_of(places["shelter"])))
        for name in ("Second Shelter", "Third Shelter", "Fourth Shelter")
    ]
    assert answers == [True, True, False]
    assert Referral.objects.filter(need=referral.need, status="requested").count() == 3


def test_closing_after_two_records_were_joined_frees_the_bed(ours, coach, desk):
    shelter, by = ours.agencies["shelter"], ours.actor("coordinator")
    kept, other = case_with_team(ours, person_of(ours)), case_with_team(ours, person_of(ours))
    referral = refer(note_need(other, BED, by=coach), Plan(agency=shelter), by=coach)
    answer(referral.id, "accepted", by=desk(shelter), how="link")
    merge_people(other.person, kept.person, by=by)
    kept.refresh_from_db()
    end_case(kept, "moved", by=by)
    referral.refresh_from_db()
    assert referral.status == "cancelled"
    assert not BedHold.objects.filter(status="held").exists()


def test_joined_with_somebody_who_wants_no_contact_nothing_is_waited_for(ours, coach, desk):
    shelter = ours.agencies["shelter"]
    kept, quiet = case_with_team(ours, person_of(ours)), case_with_team(ours, person_of(ours))
    referral = refer(note_need(kept, BED, by=coach), Plan(agency=shelter), by=coach)
    answer(referral.id, "accepted", by=desk(shelter), how="link")
    path = path_of(link_for(referral))
    set_contact_wishes(quiet.person_id, "no_contact", no_police=False, by=coach)
    match = Match.objects.create(program=ours.program, older=kept.person, newer=quiet.person, reasons=["phone"], made_at=now())
    settle_match(match, "same", by=ours.actor("coordinator"))
    referral.refresh_from_db()
    assert referral.status == "cancelled"
    assert "no longer needed" in Client().get(path).content.decode()


def test_asked_again_the_driver_reads_the_new_corner(detox, coach, places):
    for corner in ("old corner", "new corner"):
        ride = ask_ride(detox, RidePlan("volunteer", places["Harbor Rides"], pick_up=corner, named=True), by=coach)
    shown = Client().post(path_of(link_for(ride)), {"do": "show"}).content.decode()
    assert "new corner" in shown
    assert "old corner" not in shown


def test_who_agreed_later_is_known_to_the_place_that_still_waits(coach, bed, places):
    refer(bed, Plan(agency=places["shelter"]), by=coach)
    agree_and_refer(bed, Plan(agency=places["shelter"], named=True), by=coach, age="adult")
    assert Referral.objects.get(need=bed).named


def test_a_file_shows_no_more_than_the_page(ours, coach, wanted, desk):
    """Called off: no name. Without a name: neither what kept the person away nor whether it helped."""
    partner, shelter = ours.actor("partner"), ours.agencies["shelter"]
    named = wanted(named=True)
    assert "warm room" in json.dumps(take_out(named.id, by=partner))
    answer(named.id, "cancelled", by=coach)
    file = json.dumps(take_out(named.id, by=partner))
    assert "warm room" not in file
    assert not canaries_in(file.encode())
    unnamed = wanted()
    answer(unnamed.id, "accepted", by=desk(shelter), how="link")
    answer(unnamed.id, "failed", by=coach, how="phone", barrier="worry_law")
    say_helped(unnamed.id, "no", by=coach)
    file = json.dumps(take_out(unnamed.id, by=partner))
    assert "worr" not in file
    assert "not helped" not in file
