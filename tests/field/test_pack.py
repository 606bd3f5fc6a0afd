"""The day on a phone holds the own visits and nobody else's, with the least that each role may have of them."""

import json
from datetime import time, timedelta

import pytest

from alongside.cases.actions import plan_follow_up
from alongside.cases.models import FollowUp
from alongside.common.clock import day_in, now
from alongside.consent.actions import restrict
from alongside.field.models import Phone
from alongside.field.rules import MOST_VISITS
from alongside.identity.actions import keep_contact
from alongside.journal.models import Entry
from alongside.people.actions import set_contact_wishes
from alongside.visits.actions import record_attempt
from tests.cast import (
    CANARIES,
    canaries_in,
    case_for_person,
    case_with_everything,
    case_with_team,
    draft,
    person_of,
    person_who_asked_for_no_contact,
)
from tests.field.sending import Device

CONTACT = {name for name in CANARIES if name.startswith("identity.Contact.")}
NO_PHONE = CONTACT - {"identity.Contact.phone"}


def pack_of(user):
    device = Device(user)
    device.sync()
    return device


def held(device):
    return canaries_in(json.dumps(device.pack))


@pytest.fixture
def case(ours):
    """A case with a canary in every sealed field; the clash of it is decided on another page."""
    made = case_with_everything(ours)
    made.person.refresh_from_db()
    return made


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("recovery_coach", CONTACT | {"field.Clash.said"}), ("outreach_officer", NO_PHONE), ("clinician", set()),
        ("coordinator", set()), ("patrol_officer", set()), ("data_designee", set()),
    ],
)  # fmt: skip
def test_each_role_holds_exactly_this_of_a_person(ours, case, role, expected):
    device = pack_of(ours.users[role])
    assert held(device) == expected
    assert (device.visit(case) is not None) == bool(expected)


def test_an_officers_visit_holds_no_fact_about_health(ours, case):
    officer = pack_of(ours.users["outreach_officer"]).visit(case)
    coach = pack_of(ours.users["recovery_coach"]).visit(case)
    for name in ("reasons", "needs", "agreements", "follow_ups", "versions", "tries"):
        assert not officer[name], name
    assert coach["tries"]
    assert coach["needs"]
    assert coach["versions"]
    assert set(officer["contact"]) == {
        "ask_for", "meeting_place", "never_mention", "language", "language_code", "safety", "safety_days",
    }  # fmt: skip


def test_lists_and_wording_are_only_what_a_role_taps_on(ours):
    patrol, coach = (pack_of(ours.users[role]).pack for role in ("patrol_officer", "recovery_coach"))
    assert set(patrol["lists"]) == {"kinds", "outcomes", "naloxone_by", "facts", "kit_to"}
    assert (patrol["visits"], patrol["agencies"], patrol["wording"], patrol["route"]) == ([], [], None, None)
    assert patrol["towns"] == [{"id": str(town.id), "name": town.name} for town in ours.towns]
    for name in ("channels", "results", "responses", "waivers", "needs", "means", "safety"):
        assert coach["lists"][name], name
    assert coach["wording"]["texts"]["ht"]["title"]


def test_what_is_on_a_phone_was_opened_with_a_line_in_the_journal(ours, case):
    before = Entry.objects.count()
    device = pack_of(ours.users["outreach_officer"])
    lines = list(Entry.objects.filter(seq__gt=before, verb="opened"))
    assert [(line.detail["purpose"], line.detail["classes"]) for line in lines] == [("outreach_visit", ["contact"])]
    device.sync()
    assert Entry.objects.filter(seq__gt=before, verb="opened").count() == 1  # unchanged: nothing was opened again


def test_only_the_own_visits_and_never_those_who_are_not_to_be_reached(ours, cast):
    mine = case_with_team(ours)
    case_for_person(ours)  # waits for a team
    case_with_team(cast.other)
    gone = case_with_team(ours)
    set_contact_wishes(gone.person_id, "no_contact", no_police=False, by=ours.actor("coordinator"))
    case_for_person(ours, person_who_asked_for_no_contact(ours))
    for role in ("recovery_coach", "outreach_officer"):
        assert [one["case"] for one in pack_of(ours.users[role]).pack["visits"]] == [str(mine.id)]


def test_who_asked_for_no_police_is_on_no_officers_phone(ours):
    case = case_with_team(ours)
    set_contact_wishes(case.person_id, "none", no_police=True, by=ours.actor("coordinator"))
    assert pack_of(ours.users["outreach_officer"]).pack["visits"] == []
    assert pack_of(ours.users["recovery_coach"]).visit(case)["flags"]["no_police"] is True


def test_what_is_kept_from_a_user_is_absent(ours):
    case = case_with_team(ours)
    restrict(case.person, ["contact"], by=ours.actor("coordinator"), why="wish", user=ours.users["recovery_coach"])
    device = pack_of(ours.users["recovery_coach"])
    assert held(device) == set()
    assert "ask_for" not in device.visit(case)["contact"]


def test_no_phone_holds_more_than_twenty_five(ours, monkeypatch):
    monkeypatch.setattr("alongside.field.queries.MOST_VISITS", 3)
    cases = [case_with_team(ours, person_of(ours), hours_ago=hours) for hours in (50, 40, 30, 20)]
    visits = pack_of(ours.users["recovery_coach"]).pack["visits"]
    assert [one["case"] for one in visits] == [str(case.id) for case in cases[:0:-1]]  # the freshest three
    assert MOST_VISITS == 25


def test_a_pack_that_did_not_change_is_not_given_again(ours, case):
    device = pack_of(ours.users["recovery_coach"])
    assert device.sync()["pack"] is None
    keep_contact(case.person, by=ours.actor("coordinator"), meeting_place="at the ferry")
    assert device.sync()["pack"]
    assert device.visit(case)["contact"]["meeting_place"] == "at the ferry"
    plan_follow_up(case, now().date() + timedelta(days=9), "asked_back", by=ours.actor("coordinator"))
    assert device.sync()["pack"]
    assert device.sync()["pack"] is None


def test_a_promised_hour_of_today_stands_with_the_visit_for_both_who_go(ours):
    case = case_with_team(ours)
    today = day_in(ours.program.zone, now())
    FollowUp.objects.create(case=case, due_on=today, reason="asked_back", from_time=time(14), to_time=time(15, 30))
    for role in ("recovery_coach", "outreach_officer"):
        assert pack_of(ours.users[role]).visit(case)["window"] == ["14:00", "15:30"]


def test_the_order_of_the_day_names_the_visits_and_says_how_it_was_found(ours):
    case = case_with_team(ours)
    pack = pack_of(ours.users["recovery_coach"]).pack
    assert pack["route"]["order"] == [str(case.id)]
    assert pack["route"]["model"]


def test_whoever_asked_for_text_messages_only_is_in_no_route(ours):
    case = case_with_team(ours)
    case.person.text_only = True
    case.person.save()
    device = pack_of(ours.users["recovery_coach"])
    assert device.visit(case)
    assert device.pack["route"] is None


@pytest.mark.parametrize("result", ["in_custody", "in_hospital", "in_treatment"])
def test_whoever_is_away_as_far_as_we_know_is_in_no_route_and_an_officer_learns_only_not_today(ours, result):
    case = case_with_team(ours)
    record_attempt(case, draft(result=result), by=ours.actor("recovery_coach"))
    for role in ("recovery_coach", "outreach_officer"):
        device = pack_of(ours.users[role])
        if device.visit(case) is None:  # paused meanwhile
            continue
        assert device.visit(case)["flags"]["not_today"] is True
        assert device.pack["route"] is None
        assert device.visit(case)["flags"][result] is (role == "recovery_coach")


def test_an_officer_reads_that_somebody_phoned_first_and_not_what_came_of_it(ours):
    case = case_with_team(ours)
    assert pack_of(ours.users["outreach_officer"]).visit(case)["phoned"] is False
    record_attempt(case, draft(), by=ours.actor("recovery_coach"))
    visit = pack_of(ours.users["outreach_officer"]).visit(case)
    assert (visit["phoned"], visit["tries"]) == (True, [])


def test_the_order_is_made_anew_with_the_hour(ours, monkeypatch):
    case_with_team(ours)
    device = pack_of(ours.users["recovery_coach"])
    assert device.sync()["pack"] is None
    monkeypatch.setattr("alongside.field.api.clock", lambda: now() + timedelta(hours=1))
    assert device.sync()["pack"]["route"]


def test_whose_sign_in_is_old_keeps_only_the_visits_that_still_stand(ours):
    """Nothing new is given, and who asked for no contact meanwhile leaves the phone at its next word."""
    stays, goes = case_with_team(ours), case_with_team(ours)
    device = pack_of(ours.users["recovery_coach"])
    assert len(device.pack["visits"]) == 2
    Phone.objects.update(signed_in_at=now() - timedelta(hours=13))
    set_contact_wishes(goes.person_id, "no_contact", no_police=False, by=ours.actor("coordinator"))
    told = device.sync()
    assert (told["pack"], told["sign_in"], told["stands"]) == (None, True, [str(stays.id)])
