"""The driver learns what was agreed and nothing else, a bed whose time ran out can be kept again, a card comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.accounts.models import Agency
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.actions import record_consent
from alongside.referrals.actions import Plan, note_need
from alongside.referrals.answering import answer
from alongside.referrals.asking import ask
from alongside.referrals.cards import give_card
from alongside.referrals.models import BedHold, Card, Ride
from alongside.visits.helping import Today, help_today
from tests.cast import browser_of, case_with_team

pytestmark = pytest.mark.django_db
CORNER = "The yellow bench by the pier"


@pytest.fixture
def wheels(ours):
    return Agency.objects.create(program=ours.program, name="Wheels", kind="ride", phone="555-0104")


@pytest.fixture
def coach(ours):
    return browser_of(ours.users["recovery_coach"])


def page_of(client, case):
    return client.get(reverse("desk:waiting", args=[case.id])).content.decode()


@pytest.mark.parametrize("agreed", [True, False])
def test_the_three_taps_tell_the_driver_only_what_was_agreed(ours, wheels, coach, agreed):
    by, case = ours.actor("recovery_coach"), case_with_team(ours)
    if agreed:
        record_consent(case.person, wheels, ["contact"], by=by)
    help_today(case, Today(new_id(), ("detox",), ("detox",), pick_up=CORNER), by=by)
    ride = Ride.objects.get()
    assert (ride.agency, ride.named) == (wheels, agreed)
    assert (ride.disclosure is not None) is agreed
    page = page_of(coach, case)
    assert CORNER in page  # whoever rings the driver has to know where
    assert ("as agreed" in page) is agreed
    assert CORNER not in page_of(browser_of(ours.users["clinician"]), case)


def test_the_agreement_can_be_taken_with_the_ride(ours, wheels, coach):
    case = case_with_team(ours)
    need = note_need(case, "ride", by=ours.actor("recovery_coach"))
    where = reverse("desk:ride", args=[need.id])
    sent = {"means": "volunteer", "agency": str(wheels.id), "pick_up": CORNER, "agreed": "on"}
    answered = coach.post(where, sent)
    assert "about how old" in answered.content.decode()
    assert not Ride.objects.exists()
    coach.post(where, sent | {"age": "adult"})
    assert Ride.objects.get().named


def test_a_bed_whose_time_ran_out_is_kept_again_with_one_tap(ours, coach):
    by, case = ours.actor("recovery_coach"), case_with_team(ours)
    need = note_need(case, "shelter_tonight", by=by)
    sent = ask(need, [Plan(agency=ours.agencies["shelter"])], by=by)[0]
    answer(sent.id, "accepted", by=by, how="phone")
    BedHold.objects.update(expires_at=now() - timedelta(minutes=1))
    page = page_of(coach, case)
    assert "Keep one again" in page
    form = {"need": str(need.id), "agency": str(sent.agency_id), "kind": "shelter_tonight"}
    coach.post(reverse("desk:keep"), form)
    coach.post(reverse("desk:keep"), form)
    assert BedHold.objects.filter(status="held", expires_at__gt=now()).count() == 1
    assert "Keep one again" not in page_of(coach, case)


def test_syringe_services_count_a_card_and_nobody_else_does(ours):
    exchange = Agency.objects.create(program=ours.program, name="Exchange", kind="syringe_services")
    ours.agencies["exchange"] = exchange
    card = give_card(exchange, by=ours.actor("recovery_coach"))
    shelter, door = browser_of(ours.users["partner"]), reverse("desk:card_back")
    shelter.post(door, {"code": card.code})
    assert Card.objects.get().came_on is None
    assert "came with a card" not in shelter.get(reverse("desk:inbox")).content.decode()
    theirs = browser_of(ours.user("partner", "exchange"))
    assert "came with a card" in theirs.get(reverse("desk:inbox")).content.decode()
    for _ in range(2):
        theirs.post(door, {"code": card.code.lower()})
    assert Card.objects.get().came_on is not None


def test_every_part_of_a_button_can_be_tapped(ours, coach):
    page = coach.get(reverse("desk:help", args=[case_with_team(ours).id])).content.decode()
    for code in ("detox", "medication", "food", "clothes_hygiene", "phone"):
        assert page.count(f'value="{code}"') == (2 if code == "detox" else 1), code
