"""“What would help today?” through its pages: asked in three taps, answered by telephone, nothing for police."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from alongside.accounts.models import Agency
from alongside.cases.actions import close_case
from alongside.cases.models import FollowUp
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.actions import record_consent, restrict
from alongside.journal.models import Entry
from alongside.naloxone.models import Move
from alongside.referrals.actions import note_need
from alongside.referrals.answering import answer
from alongside.referrals.beds import say_free
from alongside.referrals.models import BedHold, Card, Need, Referral, Ride
from alongside.services.models import Service, ServiceNeed
from alongside.visits.giving import keep_and_ask
from alongside.visits.helping import Today, help_today
from tests.cast import browser_of, case_with_team, person_who_consented

PARTNERS = {"second": "shelter", "detox": "treatment", "wheels": "ride", "exchange": "syringe_services"}


@pytest.fixture
def partners(ours):
    """Partners beside the shelter: another shelter, a detox, somebody who drives, syringe services."""
    return {"shelter": ours.agencies["shelter"]} | {
        name: Agency.objects.create(program=ours.program, name=f"Harbor {name}", kind=kind, phone="555-0100")
        for name, kind in PARTNERS.items()
    }


@pytest.fixture
def coach(ours):
    return browser_of(ours.users["recovery_coach"])


def taps(*wants, rides=(), **more):
    return {"draft": str(new_id()), "wants": list(wants), "ride_to": list(rides)} | more


def ask_now(client, case, sent):
    return client.post(reverse("desk:help", args=[case.id]), sent)


def answers(client, case):
    return client.get(reverse("desk:waiting", args=[case.id])).content.decode()


# --- asked -----------------------------------------------------------------------------------------------------------


def test_two_taps_and_ask_now_are_a_bed_and_the_ride_to_detox(ours, partners, coach):
    case = case_with_team(ours)
    answered = ask_now(coach, case, taps("shelter_tonight", rides=["detox"]))
    assert answered["Location"] == reverse("desk:waiting", args=[case.id])
    assert set(Need.objects.values_list("code", flat=True)) == {"shelter_tonight", "detox"}
    asked = {(row.need.code, row.agency.name) for row in Referral.objects.select_related("need", "agency")}
    assert asked == {("shelter_tonight", "Harbor Shelter"), ("shelter_tonight", "Harbor second"), ("detox", "Harbor detox")}
    ride = Ride.objects.get()
    assert (ride.need.code, ride.agency, ride.means, ride.named) == ("detox", partners["wheels"], "partner_van", False)
    assert FollowUp.objects.filter(case=case, reason="after_exit").count() == 4
    page = answers(coach, case)
    for words in ("without a name", "555-0100", "Ride: asked for", "answer within"):
        assert words in page
    assert len(re.findall(r'class="spoken">[2-9A-Z]{4}-[2-9A-Z]{4}<', page)) == 4


def test_the_same_form_sent_twice_asks_once_also_after_a_no(ours, partners, coach):
    case, sent = case_with_team(ours), taps("shelter_tonight", rides=["detox"])
    ask_now(coach, case, sent)
    detox = Referral.objects.get(need__code="detox")
    answer(detox.id, "rejected", by=ours.actor("recovery_coach"), how="phone", barrier="no_room")
    before = (Need.objects.count(), Referral.objects.count(), Ride.objects.count())
    assert ask_now(coach, case, sent).status_code == 302
    assert (Need.objects.count(), Referral.objects.count(), Ride.objects.count()) == before
    assert Entry.objects.filter(verb="help_asked").count() == 1


def test_another_tap_asks_for_more_but_never_the_same_place_or_a_fourth(ours, partners, coach):
    case = case_with_team(ours)
    for number in range(3):
        Agency.objects.create(program=ours.program, name=f"Shelter {number}", kind="shelter")
    for _ in range(2):
        ask_now(coach, case, taps("shelter_tonight"))
    assert Referral.objects.filter(status="requested").count() == 3
    refused = Referral.objects.first()
    answer(refused.id, "rejected", by=ours.actor("recovery_coach"), how="phone")
    ask_now(coach, case, taps("shelter_tonight"))
    assert Referral.objects.filter(status="requested").count() == 3
    assert Referral.objects.filter(agency=refused.agency).count() == 1


def test_who_has_a_bed_is_asked_before_who_does_not(ours, partners, coach):
    case, by = case_with_team(ours), ours.actor("recovery_coach")
    say_free(partners["shelter"], "shelter_tonight", 0, by=by, how="phone")
    say_free(partners["second"], "shelter_tonight", 2, by=by, how="phone")
    ask_now(coach, case, taps("shelter_tonight"))
    assert [row.agency for row in Referral.objects.select_related("agency")] == [partners["second"]]


def test_a_name_goes_along_only_where_the_person_agreed_and_nothing_keeps_it_back(ours, partners, coach):
    case = case_with_team(ours, person_who_consented(ours))
    record_consent(case.person, partners["second"], ["contact", "health"], by=ours.actor("recovery_coach"))
    restrict(case.person, ["contact"], by=ours.actor("coordinator"), why="person_asked", agency=partners["second"])
    ask_now(coach, case, taps("shelter_tonight", "food"))
    named = {row.agency.name: row.named for row in Referral.objects.select_related("agency")}
    assert named == {"Harbor Shelter": True, "Harbor second": False}
    page = answers(coach, case)
    assert "their name and what they want, as agreed" in page
    assert "what is wanted, without a name" in page


def test_a_partner_of_the_directory_is_asked_for_what_it_offers(ours, partners, coach):
    case = case_with_team(ours)
    service = Service.objects.create(name="Soup at noon", source="t", source_key="1", agency=partners["second"])
    ServiceNeed.objects.create(service=service, need="food")
    ask_now(coach, case, taps("food", "id_papers"))
    referral = Referral.objects.get()
    assert (referral.need.code, referral.agency, referral.service) == ("food", partners["second"], service)
    assert "No partner here answers for this by itself" in answers(coach, case)


def test_nothing_today_is_kept_as_a_gentle_check_in_and_said_kindly(ours, coach):
    case = case_with_team(ours)
    page = coach.post(reverse("desk:help", args=[case.id]), taps("nothing"), follow=True).content.decode()
    assert "That is fine." in page
    assert FollowUp.objects.get(case=case).reason == "gentle_check_in"
    assert Need.objects.count() == 0


def test_no_tap_at_all_asks_for_one(ours, coach):
    answered = ask_now(coach, case_with_team(ours), taps())
    assert answered.status_code == 422
    assert "Tap what would help" in answered.content.decode()


def test_what_was_tapped_stays_tapped_when_something_is_wrong(ours, coach):
    answered = ask_now(coach, case_with_team(ours), taps("food", "housing", rides=["detox"], words="ssn 123-45-6789"))
    assert answered.status_code == 422
    checked = re.findall(r'value="(\w+)" checked', answered.content.decode())
    assert sorted(checked) == ["detox", "food", "housing"]
    assert Need.objects.count() == 0


def test_a_closed_case_says_so_and_keeps_nothing(ours):
    case = case_with_team(ours)
    close_case(case, "goals_met", by=ours.actor("coordinator"))
    answered = ask_now(browser_of(ours.users["coordinator"]), case, taps("food"))
    assert "closed" in answered.content.decode()
    assert (Need.objects.count(), Entry.objects.filter(verb="help_asked").count()) == (0, 0)


def test_a_ride_alone_goes_to_whoever_drives_and_else_in_the_coachs_car(ours, coach):
    first, second = case_with_team(ours), case_with_team(ours)
    help_today(first, Today(new_id(), ("ride",)), by=ours.actor("recovery_coach"))
    assert Ride.objects.get().means == "team_car"
    wheels = Agency.objects.create(program=ours.program, name="Wheels", kind="ride")
    help_today(second, Today(new_id(), ("ride",), means="volunteer"), by=ours.actor("recovery_coach"))
    assert (Ride.objects.first().agency, Ride.objects.first().means) == (wheels, "volunteer")


def test_naloxone_is_one_more_tap_and_two_presses_give_once(ours, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("naloxone"))
    need = Need.objects.get()
    assert reverse("desk:give", args=[need.id]) in answers(coach, case)
    for _ in range(2):
        coach.post(reverse("desk:give", args=[need.id]), {"kits": "2"})
    assert sum(Move.objects.values_list("amount", flat=True)) == 2
    need.refresh_from_db()
    assert need.met_at is not None


def test_a_card_for_syringe_services_leaves_nothing_on_the_case(ours, partners, coach):
    case = case_with_team(ours)
    before = Entry.objects.filter(target=str(case.id)).exclude(verb="help_asked").count()
    assert ask_now(coach, case, taps("syringe_card"))["Location"] == reverse("desk:cards")
    assert (Need.objects.count(), Referral.objects.count()) == (0, 0)
    assert Entry.objects.filter(target=str(case.id)).count() == before, "not even that something was asked"
    sent = {"agency": str(partners["exchange"].id), "draft": str(new_id())}
    page = coach.post(reverse("desk:cards"), sent).content.decode()
    assert Card.objects.get().code in page
    assert "was given already" in coach.post(reverse("desk:cards"), sent).content.decode()
    assert Card.objects.count() == 1
    assert Card.objects.get().code not in str(dict(coach.session))


def test_syringe_services_on_the_case_is_a_need_like_any_other(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("syringe_services"))
    assert Need.objects.get().code == "syringe_services"
    assert Referral.objects.count() == 0, "whoever it goes to is chosen, not asked by itself"


# --- answered --------------------------------------------------------------------------------------------------------


def test_what_they_said_on_the_telephone_keeps_the_bed_and_calls_the_others_off(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps(rides=["shelter_tonight"]))
    first, second = Referral.objects.order_by("agency__name")
    coach.post(reverse("desk:said", args=[first.id]), {"to": "rejected", "barrier": "no_room"})
    coach.post(reverse("desk:said", args=[second.id]), {"to": "accepted", "hours": "3"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.barrier, first.answered_how) == ("rejected", "no_room", "phone")
    assert (second.status, second.barrier, second.answered_how) == ("accepted", "", "phone")
    hold = BedHold.objects.get()
    assert timedelta(hours=2.9) < hold.expires_at - now() <= timedelta(hours=3)
    page = answers(coach, case)
    assert "said yes" in page
    assert "Bed kept until" in page
    assert "no bed or no slot" in page


def test_the_ride_follows_the_first_yes_and_arriving_there_is_being_there(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps(rides=["detox"]))
    referral, ride = Referral.objects.get(), Ride.objects.get()
    answer(referral.id, "accepted", by=ours.actor("recovery_coach"), how="phone", hold_hours=2)
    ride.refresh_from_db()
    assert ride.referral_id == referral.id
    assert ride.due_at == BedHold.objects.get().expires_at
    for step in ("dispatched", "picked_up", "arrived"):
        coach.post(reverse("desk:ride_step", args=[ride.id]), {"to": step})
    referral.refresh_from_db()
    assert referral.status == "in-progress"
    assert BedHold.objects.get().status == "arrived"


def test_whether_it_helped_is_asked_once_they_connected(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("detox"))
    referral = Referral.objects.get()
    answer(referral.id, "accepted", by=ours.actor("recovery_coach"), how="phone")
    assert "Did it help?" not in answers(coach, case)
    answer(referral.id, "completed", by=ours.actor("recovery_coach"), how="phone")
    assert "Did it help?" in answers(coach, case)
    coach.post(reverse("desk:helped", args=[referral.id]), {"helped": "partly"})
    referral.refresh_from_db()
    assert referral.helped == "partly"
    assert "Did it help?" not in answers(coach, case)


def test_a_kept_bed_is_given_back_or_they_are_there(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("detox"))
    answer(Referral.objects.get().id, "accepted", by=ours.actor("recovery_coach"), how="phone")
    hold = BedHold.objects.get()
    assert coach.post(reverse("desk:hold", args=[new_id()]), {"to": "arrived"}).status_code == 404
    coach.post(reverse("desk:hold", args=[hold.id]), {"to": "arrived"})
    hold.refresh_from_db()
    assert hold.status == "arrived"
    assert coach.post(reverse("desk:hold", args=[hold.id]), {"to": "released"}).status_code == 404


# --- the bed board and a ride ------------------------------------------------------------------------------------------


def test_the_board_says_how_many_who_said_it_and_how_old_that_is(ours, partners, coach):
    by = ours.actor("recovery_coach")
    coach.post(reverse("desk:count"), {"agency": partners["second"].id, "kind": "shelter_tonight", "free": "4"})
    beds = say_free(partners["detox"], "detox", 2, by=by, how="phone")
    page = coach.get(reverse("desk:beds")).content.decode()
    assert "4 <small>left</small>" in page
    assert "Recovery coach said 4" in page
    assert "Nobody said a number yet" in page, "the first shelter"
    for hours, words in ((5, "some hours old"), (13, "Not known: ring them")):
        type(beds).objects.update(said_at=now() - timedelta(hours=hours))
        assert words in coach.get(reverse("desk:beds")).content.decode()
    assert coach.post(reverse("desk:count"), {"agency": partners["second"].id, "kind": "food", "free": "4"}).status_code == 302


def test_a_bed_is_kept_from_the_board_for_somebody_and_its_partner_is_asked(ours, partners, coach):
    case, by = case_with_team(ours), ours.actor("recovery_coach")
    need = note_need(case, "shelter_tonight", by=by)
    say_free(partners["second"], "shelter_tonight", 1, by=by, how="phone")
    place = reverse("desk:beds") + f"?for={need.id}"
    page = coach.get(place).content.decode()
    assert f"Keep one for {case.person.code}" in page
    assert "Nobody has said how many beds are free" in page, "the reason beside the button that is off"
    sent = {"need": need.id, "agency": partners["second"].id, "kind": "shelter_tonight"}
    coach.post(reverse("desk:keep"), sent)
    assert Referral.objects.get().status == "requested"
    assert BedHold.objects.get().status == "held"
    assert "No bed is left" in coach.get(place).content.decode()
    assert f"{case.person.code}</a>" in coach.get(reverse("desk:beds")).content.decode()


def test_no_bed_and_no_asking_when_none_is_left(ours, partners, coach):
    by = ours.actor("recovery_coach")
    say_free(partners["second"], "shelter_tonight", 1, by=by, how="phone")
    first, second = (note_need(case_with_team(ours), "shelter_tonight", by=by) for _ in range(2))
    keep_and_ask(first, partners["second"], by=by)
    coach.post(reverse("desk:keep"), {"need": second.id, "agency": partners["second"].id, "kind": "shelter_tonight"})
    assert (BedHold.objects.count(), Referral.objects.count()) == (1, 1)


def test_a_police_car_only_when_it_is_what_they_said(ours, partners, coach):
    need = note_need(case_with_team(ours), "detox", by=ours.actor("recovery_coach"))
    page = coach.get(reverse("desk:ride", args=[need.id])).content.decode()
    assert "a police car, because they said so" in page
    coach.post(reverse("desk:ride", args=[need.id]), {"means": "police_car"})
    assert Ride.objects.get().asked_for_police_car


# --- who sees it ---------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R03")
def test_an_officer_finds_none_of_it(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("detox", "naloxone", "syringe_services", rides=["shelter_tonight"]))
    answer(Referral.objects.filter(need__code="detox").get().id, "accepted", by=ours.actor("recovery_coach"), how="phone")
    officer = browser_of(ours.users["outreach_officer"])
    need, referral, ride, hold = Need.objects.first(), Referral.objects.first(), Ride.objects.first(), BedHold.objects.first()
    places = [
        reverse("desk:help", args=[case.id]), reverse("desk:waiting", args=[case.id]), reverse("desk:beds"),
        reverse("desk:cards"), reverse("desk:ride", args=[need.id]),
    ]  # fmt: skip
    posts = [
        reverse("desk:give", args=[need.id]), reverse("desk:said", args=[referral.id]),
        reverse("desk:helped", args=[referral.id]), reverse("desk:ride_step", args=[ride.id]),
        reverse("desk:hold", args=[hold.id]), reverse("desk:count"), reverse("desk:keep"), reverse("desk:ask_numbers"),
    ]  # fmt: skip
    assert {place: officer.get(place).status_code for place in places} == dict.fromkeys(places, 404)
    assert {place: officer.post(place).status_code for place in posts} == dict.fromkeys(posts, 404)
    for page in ("/today/", f"/cases/{case.id}/"):
        shown = officer.get(page).content.decode()
        for words in ("etox", "Naloxone", "yringe", "sleep", "Harbor wheels", "said yes", "ride", "bed"):
            assert words not in shown.split("<main")[1], (page, words)


def test_another_coach_finds_nothing_of_somebody_elses_case(ours, partners, coach):
    case = case_with_team(ours)
    ask_now(coach, case, taps("detox"))
    other = browser_of(ours.user("recovery_coach"))
    assert other.get(reverse("desk:waiting", args=[case.id])).status_code == 404
    assert other.post(reverse("desk:said", args=[Referral.objects.get().id]), {"to": "accepted"}).status_code == 404
    assert case.person.code not in other.get(reverse("desk:beds")).content.decode()


# --- the due list ----------------------------------------------------------------------------------------------------------


def line_of(client, words):
    page = client.get("/today/").content.decode()
    return re.search(rf'<li class="due-line">(?:(?!</li>).)*{words}(?:(?!</li>).)*</li>', page, re.DOTALL)


def test_silence_a_no_an_ended_bed_a_late_ride_and_a_yes_are_lines_that_lead_to_the_case(ours, partners, coach):
    case, by = case_with_team(ours), ours.actor("recovery_coach")
    ask_now(coach, case, taps("shelter_tonight", rides=["detox"]))
    assert line_of(coach, "no answer") is None
    Referral.objects.update(answer_due_at=now() - timedelta(minutes=1))
    found = line_of(coach, "no answer since")
    assert found
    assert reverse("desk:waiting", args=[case.id]) in found[0]
    detox = Referral.objects.get(need__code="detox")
    answer(detox.id, "accepted", by=by, how="phone")
    assert line_of(coach, "they said yes")
    BedHold.objects.update(expires_at=now() - timedelta(minutes=1))
    assert line_of(coach, "the bed is not kept any more")
    Ride.objects.update(asked_at=now() - timedelta(hours=2))
    assert line_of(coach, "the ride is late")
    answer(detox.id, "failed", by=by, how="phone", barrier="transport")
    assert line_of(coach, "they could not")


def test_the_coordinator_sees_the_lines_of_everybody_and_another_coach_none(ours, partners, coach):
    ask_now(coach, case_with_team(ours), taps("detox"))
    Referral.objects.update(answer_due_at=now() - timedelta(minutes=1))
    assert line_of(browser_of(ours.users["coordinator"]), "no answer since")
    assert line_of(browser_of(ours.user("recovery_coach")), "no answer since") is None


def test_the_page_of_answers_asks_the_database_no_more_for_more_of_them(
    ours, partners, coach, django_assert_max_num_queries
):
    case = case_with_team(ours)
    ask_now(coach, case, taps("detox"))
    for more in ((), ("shelter_tonight", "food", "id_papers", "ride", "naloxone")):
        if more:
            ask_now(coach, case, taps(*more))
        with django_assert_max_num_queries(24 if connection.vendor == "sqlite" else 32):
            assert coach.get(reverse("desk:waiting", args=[case.id])).status_code == 200
