"""What the office decides of what phones sent: done at the door, and no longer fitting when it arrived."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.cases.actions import close_case, declare_conflict
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.field.models import Clash, Parked
from alongside.identity.actions import keep_contact
from alongside.identity.models import Contact, DataKey
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.actions import set_contact_wishes
from alongside.people.models import Person
from alongside.visits.models import Attempt, Outing
from alongside.visits.outings import find_overdue
from tests.cast import browser_of, case_with_team, change_of, clash_of, parked_of, phone_of

WAITING = "/field/waiting/"
TRIED = {"channel": "phone", "result": "no_answer"}


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def phone(ours):
    return phone_of(ours.users["recovery_coach"])


@pytest.fixture
def desk(ours):
    return browser_of(ours.users["coordinator"])


@pytest.fixture
def coach(ours):
    return browser_of(ours.users["recovery_coach"])


def parked_attempt(ours, phone, case, **more):
    return parked_of(ours, change_of(phone, "attempt", case), **TRIED | more)


def decide(browser, row, do, **more):
    back = {"Referer": f"http://testserver{WAITING}"}
    return browser.post(reverse("field:decide", args=[row.id]), {"do": do} | more, follow=True, headers=back)


def choose(browser, row, answer, **more):
    return browser.post(reverse("field:choose", args=[row.id]), {"answer": answer} | more, follow=True)


def place_of(ours, case):
    return firewall.open(
        ours.actor("coordinator"), "coordination", Contact.objects.get(person=case.person).meeting_place
    )[0]


def said(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_sent_it_when_about_which_code_what_it_was_and_why(ours, phone, case, desk):
    parked_attempt(ours, phone, case, note="They would like a call on Friday", waiver="", officer_present=False)
    page = said(desk.get(WAITING))
    for words in (phone.user.display_name, case.person.code, "an attempt or a visit", "Phone call", "No answer",
                  "They would like a call on Friday", "This case is closed; reopen it first."):  # fmt: skip
        assert words in page, words
    opened = Entry.objects.filter(verb="opened", actor=str(ours.users["coordinator"].id)).latest("seq")
    assert opened.detail["purpose"] == "coordination"
    assert opened.detail["classes"] == ["health"]


def test_a_new_contact_is_read_in_words_and_without_ids(ours, phone, desk):
    town = ours.towns[0].id
    parked_of(ours, change_of(phone, "contact"), kind="overdose", minutes_ago=20, town=str(town), outcome="non_fatal",
              naloxone_doses=2, naloxone_by=["bystander"], facts=["unhoused"], ask_for="Somebody Tall",
              check_in_ok="yes")  # fmt: skip
    page = said(desk.get(WAITING))
    for words in ("Overdose", "Survived", "Bystander", "No fixed place to stay", "Somebody Tall", "OK to check in"):
        assert words in page, words
    assert str(town) not in page.split("<main")[1]


def test_filing_does_it_at_the_time_it_was_made(ours, phone, case, desk):
    made_at = now() - timedelta(hours=7)
    row = parked_of(ours, change_of(phone, "attempt", case, at=made_at), **TRIED)
    assert "Filed." in said(decide(desk, row, "file"))
    tried = Attempt.objects.get(case=case)
    assert tried.at == made_at
    assert tried.draft == row.change_id
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.words) == ("filed", ours.users["coordinator"], None)
    line = Entry.objects.filter(verb="parked_decided").get()
    assert line.detail["answer"] == "filed"
    assert line.detail["change"] == str(row.change_id)


def test_a_visit_filed_by_hand_is_over_and_nobody_waits_for_it(ours, phone, case, desk):
    made_at, outing = now() - timedelta(hours=7), str(new_id())
    row = parked_of(ours, change_of(phone, "outing", case, at=made_at), outing=outing, minutes=30)
    assert "Filed." in said(decide(desk, row, "file"))
    kept = Outing.objects.get(id=outing)
    assert (kept.begun_at, kept.ended_at) == (made_at, made_at + timedelta(minutes=30))
    assert find_overdue(by=ours.actor("coordinator")) == 0


def test_filing_a_new_contact_keeps_the_call(ours, phone, desk):
    row = parked_of(ours, change_of(phone, "contact"), kind="overdose", minutes_ago=20, town=str(ours.towns[0].id))
    decide(desk, row, "file")
    assert Incident.objects.get().town == ours.towns[0]
    assert not DataKey.objects.filter(holder=row.id).exists()  # it stands where it belongs, and not twice


def test_what_is_refused_again_goes_on_waiting_and_says_why(ours, phone, case, desk):
    row = parked_attempt(ours, phone, case)
    close_case(case, "moved", by=ours.actor("coordinator"))
    page = said(decide(desk, row, "file"))
    assert "This case is closed" in page
    assert case.person.code in page
    row.refresh_from_db()
    assert row.state == "open"
    assert not Attempt.objects.exists()


def test_what_is_set_aside_stays_with_its_decision(ours, phone, case, desk):
    row = parked_attempt(ours, phone, case)
    assert "Nothing waits" in said(decide(desk, row, "aside"))
    row.refresh_from_db()
    assert (row.state, row.decided_by, bool(row.words)) == ("set_aside", ours.users["coordinator"], True)
    assert not Attempt.objects.exists()


def test_nothing_is_decided_twice_nor_by_an_empty_answer(ours, phone, case, desk):
    row = parked_attempt(ours, phone, case)
    assert "Say whether" in said(decide(desk, row, ""))
    decide(desk, row, "aside")
    assert decide(desk, row, "file").status_code == 404
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("role", ["recovery_coach", "clinician"])
def test_only_a_coordinator_files(ours, phone, case, role):
    row = parked_attempt(ours, phone, case, note="A word nobody else reads")
    browser = browser_of(ours.users[role])
    assert "A word nobody else reads" not in said(browser.get(WAITING))
    assert decide(browser, row, "file").status_code == 404


@pytest.mark.parametrize("role", ["outreach_officer", "patrol_officer", "data_designee", "partner", "administrator"])
def test_for_everybody_else_there_is_no_such_page(ours, role):
    assert browser_of(ours.users[role]).get(WAITING).status_code == 404


def test_another_program_finds_nothing(cast, ours, phone, case):
    row, clash = (
        parked_attempt(ours, phone, case),
        clash_of(ours, change_of(phone, "contact_field", case), "phone", "1"),
    )
    theirs = browser_of(cast.other.users["coordinator"])
    assert "Nothing waits" in said(theirs.get(WAITING))
    assert decide(theirs, row, "file").status_code == choose(theirs, clash, "phone").status_code == 404


def test_whoever_knows_the_person_is_not_shown_it(ours, phone, case, desk):
    parked_attempt(ours, phone, case)
    ours.user("coordinator")
    declare_conflict(case, by=ours.actor("coordinator"))
    assert "Nothing waits" in said(desk.get(WAITING))


# --- two answers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(ours, phone, case):
    keep_contact(case.person, by=ours.actor("coordinator"), meeting_place="Before the library")
    return clash_of(ours, change_of(phone, "contact_field", case, state="clash"), "meeting_place", "Behind the station")


def test_both_answers_stand_side_by_side_with_who_and_when(ours, place, desk):
    page = said(desk.get(WAITING))
    for words in ("Behind the station", "Before the library", "Where to meet", ours.users["recovery_coach"].display_name,
                  ours.users["coordinator"].display_name):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(("answer", "stands"), [("phone", "Behind the station"), ("office", "Before the library")])
def test_the_chosen_answer_holds_and_both_are_kept(ours, case, place, desk, answer, stands):
    choose(desk, place, answer)
    assert place_of(ours, case) == stands
    place.refresh_from_db()
    assert place.state == answer
    both = firewall.open(ours.actor("coordinator"), "coordination", place.said, place.stood)
    assert both == ["Behind the station", "Before the library"]
    assert Entry.objects.filter(verb="clash_decided").get().detail["answer"] == answer


def test_the_coach_of_the_case_decides_as_well_and_no_other(ours, case, place, coach):
    stranger = browser_of(ours.user("recovery_coach"))
    assert "Behind the station" not in said(stranger.get(WAITING))
    assert choose(stranger, place, "phone").status_code == 404
    assert "Behind the station" in said(coach.get(WAITING))
    choose(coach, place, "phone")
    assert place_of(ours, case) == "Behind the station"


@pytest.mark.parametrize(("said_so", "holds"), [("", True), ("1", False)])
def test_only_the_person_lifts_a_wish_whatever_a_phone_said(ours, phone, case, desk, said_so, holds):
    set_contact_wishes(case.person_id, "none", no_police=True, by=ours.actor("recovery_coach"))
    row = clash_of(ours, change_of(phone, "wish", case, state="clash"), "no_police", "False")
    assert "The person said so themselves" in said(desk.get(WAITING))
    choose(desk, row, "phone", **{"said_so": said_so} if said_so else {})
    assert Person.objects.get(id=case.person_id).no_police is holds
    row.refresh_from_db()
    assert row.state == ("open" if holds else "phone")


def test_a_way_that_is_liked_best_can_be_chosen(ours, phone, case, desk):
    row = clash_of(ours, change_of(phone, "wish", case, state="clash"), "prefers", "text")
    assert "Text message" in said(desk.get(WAITING))
    choose(desk, row, "phone")
    assert Person.objects.get(id=case.person_id).prefers == "text"


def test_the_due_list_has_a_quiet_line_for_who_can_decide(ours, phone, case, place, desk, coach):
    parked_attempt(ours, phone, case)
    assert "2 things from a phone wait" in said(desk.get("/today/"))
    assert "1 thing from a phone waits" in said(coach.get("/today/"))
    officer = said(browser_of(ours.users["outreach_officer"]).get("/today/"))
    assert "from a phone" not in officer
    Parked.objects.update(state="filed")
    Clash.objects.update(state="office")
    assert "from a phone" not in said(desk.get("/today/"))
