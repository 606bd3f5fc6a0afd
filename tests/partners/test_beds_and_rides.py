"""One digit a day, and a driver in the dark: what the two other pages show and keep."""

from datetime import timedelta

import pytest

from alongside.common.clock import now
from alongside.consent.wording import NOTICE
from alongside.partners import rules
from alongside.referrals.beds import say_free
from alongside.referrals.links import make_link, path_of
from alongside.referrals.models import BedCount, BedHold, Beds
from alongside.referrals.rules import RIDE_MOVES, may_move, may_move_ride
from tests.cast import canaries_in
from tests.partners.conftest import NAME, PICK_UP, another_agency, asked
from tests.partners.test_answering_by_link import words_of


@pytest.fixture
def path(ours):
    """The shelter's own page of beds."""
    return path_of(make_link(ours.agencies["shelter"], by=ours.actor("coordinator")))


# --- beds ---------------------------------------------------------------------------------------------------------------


def test_one_tap_says_how_many(ours, path, phone):
    page = words_of(phone.get(path))
    assert "Nobody said a number yet" in page
    assert [f'value="{n}"' in page for n in range(10)] == [True] * 10
    phone.post(path, {"do": "count", "kind": "shelter_tonight", "free": "3"})
    beds = Beds.objects.get(agency=ours.agencies["shelter"], kind="shelter_tonight")
    assert (beds.free, beds.said_how) == (3, "link")
    assert "Last said: 3" in words_of(phone.get(path))


def test_the_same_tap_twice_is_one_count(path, phone):
    for _ in range(3):
        phone.post(path, {"do": "count", "kind": "shelter_tonight", "free": "2"})
    assert BedCount.objects.count() == 1


@pytest.mark.parametrize("free", ["", "-1", "1.5", "many", "0x3", "9999", "٣", " 3", "501"])
def test_what_is_no_small_number_is_asked_again(path, phone, free):
    page = phone.post(path, {"do": "count", "kind": "shelter_tonight", "free": free})
    assert page.status_code == 200
    assert "0 to 500" in words_of(page)
    assert not BedCount.objects.exists()


@pytest.mark.parametrize("kind", ["detox", "food", "", "shelter_tonight'"])
def test_beds_the_house_does_not_keep_are_not_counted(path, phone, kind):
    assert "Choose which beds" in words_of(phone.post(path, {"do": "count", "kind": kind, "free": "1"}))
    assert not BedCount.objects.exists()


def test_what_is_kept_for_us_is_listed_and_can_be_ended(ours, path, phone):
    say_free(ours.agencies["shelter"], "shelter_tonight", 5, by=ours.actor("partner"), how="account")
    first, second = asked(ours), asked(ours, named=False)
    for one in (first, second):
        phone.post(one.path, {"to": "accepted", "hours": "4"})
    page = phone.get(path)
    assert "You keep 2 beds for us" in words_of(page)
    assert canaries_in(page.content) == set()
    holds = {hold.referral_id: hold for hold in BedHold.objects.all()}
    for act, one in (("arrived", first), ("back", second)):
        for _ in range(2):
            phone.post(path, {"do": act, "hold": str(holds[one.referral.id].id)})
    assert {hold.status for hold in BedHold.objects.filter(referral=first.referral)} == {"arrived"}
    assert {hold.status for hold in BedHold.objects.filter(referral=second.referral)} == {"released"}
    assert first.status == "in-progress"
    assert "for us" not in words_of(phone.get(path)).split("already keep for us")[1]


def test_another_houses_beds_are_not_to_be_touched(ours, path, phone):
    inn = another_agency(ours, "Harbor Inn")
    one = asked(ours, inn, named=False)
    phone.post(one.path, {"to": "accepted"})
    hold = BedHold.objects.get()
    assert "You keep" not in words_of(phone.get(path))
    for act in ("arrived", "back"):
        phone.post(path, {"do": act, "hold": str(hold.id)})
        phone.post(path, {"do": act, "hold": "not an id"})
    hold.refresh_from_db()
    assert hold.status == "held"


def test_a_page_of_beds_says_nothing_of_referrals(ours, path, phone):
    one = asked(ours)
    page = phone.get(path)
    assert one.referral.person.code not in page.content.decode()
    assert canaries_in(phone.post(path, {"do": "show"}).content) == set()
    assert "Choose which beds" in words_of(phone.post(path, {"to": "accepted"}))
    assert one.status == "requested"


def test_the_link_of_the_beds_holds_a_month(ours, path, phone, monkeypatch):
    moment = now()
    for days, status in ((29, 200), (31, 404)):
        monkeypatch.setattr("alongside.partners.views.now", lambda days=days: moment + timedelta(days=days))
        assert phone.get(path).status_code == status


# --- rides --------------------------------------------------------------------------------------------------------------


def test_a_driver_sees_where_to_and_by_when_and_the_place_after_one_tap(ride, phone, journal):
    phone.post(ride.to.path, {"to": "accepted", "hours": "2"})
    page = phone.get(ride.path)
    assert "Harbor Shelter" in words_of(page)
    assert "There by" in words_of(page)
    assert PICK_UP not in page.content.decode()
    assert canaries_in(page.content) == set()
    before = journal()
    page = phone.post(ride.path, {"do": "show"})
    assert PICK_UP in words_of(page)
    assert NAME in words_of(page)
    assert NOTICE[:40] in words_of(page)
    assert "referrals.Need.words" not in canaries_in(page.content), "a driver does not need the words"
    assert "A safe place" not in words_of(page)
    assert journal()[len(before) :] == ["link_opened", "opened"]


def test_the_steps_of_a_ride_lead_to_the_open_door(ride, phone):
    phone.post(ride.to.path, {"to": "accepted"})
    for step, says in (
        ("dispatched", "You are on the way"),
        ("picked_up", "Drive safely"),
        ("arrived", "They are there"),
    ):
        for _ in range(2):
            phone.post(ride.path, {"to": step})
        ride.row.refresh_from_db()
        assert ride.row.status == step
        assert says in words_of(phone.get(ride.path))
    assert ride.to.status == "in-progress"
    assert BedHold.objects.get().status == "arrived"
    assert PICK_UP not in phone.post(ride.path, {"do": "show"}).content.decode()


def test_we_cannot_is_an_answer(ride, phone):
    assert "looks for another ride" in words_of(phone.post(ride.path, {"to": "no_ride"}, follow=True))
    ride.row.refresh_from_db()
    assert ride.row.status == "no_ride"


@pytest.mark.parametrize("nonsense", [{}, {"to": "called_off"}, {"to": "asked"}, {"to": "x"}, {"do": "count"}])
def test_what_no_button_says_moves_no_ride(ride, phone, nonsense):
    phone.post(ride.path, nonsense)
    ride.row.refresh_from_db()
    assert ride.row.status == "asked"


# --- the tables ---------------------------------------------------------------------------------------------------------


def test_every_button_of_a_referral_leads_where_a_partner_may_go():
    for status, steps in rules.STEPS.items():
        for step in steps:
            assert may_move(status, step.to, is_partner=True), (status, step)
    for status in rules.MAY_SAY_NO:
        assert may_move(status, "rejected", is_partner=True)


def test_every_button_of_a_ride_leads_where_a_driver_may_go():
    for status, steps in rules.RIDE_STEPS.items():
        for step in steps:
            assert may_move_ride(status, step.to, is_partner=True), (status, step)
    assert set(RIDE_MOVES) == set(rules.RIDE_STEPS) | set(rules.RIDE_STANDS)


@pytest.mark.parametrize(
    ("typed", "hours"), [("2", 2), ("24", 24), ("3", None), ("", None), ("-2", None), ("2.0", None)]
)
def test_only_the_hours_of_the_list_are_hours(typed, hours):
    assert rules.hours_said(typed) == hours
