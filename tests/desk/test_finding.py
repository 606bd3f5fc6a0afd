"""Asking whether somebody is known: two identifiers and a purpose; and the same nothing for everybody who may not."""

import os
import re
import statistics
import time
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alongside.accounts.roles import ROLES, may
from alongside.cases.actions import declare_conflict
from alongside.common.ids import new_id
from alongside.identity.actions import keep_identity, look_up
from alongside.identity.description import Description
from alongside.identity.linkage import REASONS
from alongside.journal.models import Entry
from alongside.people.actions import add_person, merge_people
from tests.cast import BIRTH_DATE, CANARIES, browser_of, case_for_person, person_of

GIVEN, FAMILY = CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"]
KNOWN = {"purpose": "outreach", "given_name": GIVEN, "family_name": FAMILY, "birth_date": BIRTH_DATE.isoformat()}
UNKNOWN = KNOWN | {"given_name": "Wyxwhale", "family_name": "Kvomblethurp"}
PATH = "/people/find/"
TRIALS = int(os.environ.get("ALONGSIDE_TRIALS", "400"))
POWERLESS = [role for role in ROLES if not may(role, "find_person")]


def asked(user, **changed):
    return browser_of(user).post(PATH, KNOWN | changed)


def last():
    return Entry.objects.filter(verb__in=("looked_up", "lookup_denied")).order_by("seq").last()


@pytest.mark.covers("R23")
@pytest.mark.parametrize(
    "lacks",
    [{"birth_date": ""}, {"given_name": ""}, {"family_name": ""}, {"given_name": "*"}, {"family_name": "%"},
     {"given_name": "Z"}, {"birth_date": "", "phone": "12"}, {"given_name": "", "family_name": "", "phone": "555-010-9917"}],
)  # fmt: skip
def test_one_identifier_or_a_sign_for_any_letters_is_not_enough(case, ours, lacks):
    answer = asked(ours.users["coordinator"], **lacks)
    assert answer.status_code == 422
    assert "It takes two" in answer.content.decode()
    assert last() is None


@pytest.mark.covers("R23")
@pytest.mark.parametrize("purpose", ["", "curiosity", "investigation"])
def test_a_purpose_of_the_list_is_needed(case, ours, purpose):
    assert asked(ours.users["coordinator"], purpose=purpose).status_code == 422
    assert last() is None


@pytest.mark.covers("R23")
@pytest.mark.parametrize("start", ["Zyx*", "Zyx%", "_yxwhale", "Zyxw"])
def test_the_start_of_a_name_finds_nobody(case, ours, start):
    assert case.person.code not in asked(ours.users["coordinator"], given_name=start).content.decode()


@pytest.mark.covers("R23")
def test_who_works_with_them_may_open_and_who_does_not_asks_the_coordinator(case, ours):
    link = reverse("desk:case", args=[case.id])
    for role in ("coordinator", "recovery_coach"):
        page = asked(ours.users[role]).content.decode()
        assert case.person.code in page
        assert link in page
    page = asked(ours.user("recovery_coach")).content.decode()
    assert case.person.code in page
    assert link not in page
    assert "Ask the coordinator" in page
    assert last().detail["people"] == [str(case.person_id)]


@pytest.mark.covers("R23")
def test_name_and_phone_are_two_identifiers(ours):
    person = add_person(by=ours.actor("coordinator"))
    keep_identity(person, Description("Anna", "Vliet", None, "555-010-4444"), by=ours.actor("coordinator"))
    page = asked(ours.users["coordinator"], given_name="Anna", family_name="Vliet", birth_date="", phone="555 010 4444")
    assert person.code in page.content.decode()


@pytest.mark.covers("R23")
def test_at_most_three_come_back_and_not_by_name(ours):
    by = ours.actor("coordinator")
    for _ in range(8):
        keep_identity(add_person(by=by), Description(GIVEN, FAMILY, BIRTH_DATE), by=by)
    found = look_up(Description(GIVEN, FAMILY, BIRTH_DATE), "coordination", by=by)
    assert len(found) == 3
    assert [person.id for person in found] == sorted(person.id for person in found)


@pytest.mark.covers("R23")
def test_there_is_nothing_to_browse(case, ours):
    page = browser_of(ours.users["coordinator"]).get(PATH, KNOWN).content.decode()
    assert case.person.code not in page
    assert last() is None


@pytest.mark.covers("R23")
def test_the_journal_keeps_who_asked_and_what_for_and_no_name(case, ours):
    asked(ours.users["recovery_coach"])
    entry = last()
    assert (entry.verb, entry.actor, entry.detail["purpose"], entry.detail["found"]) == (
        "looked_up", str(ours.users["recovery_coach"].id), "outreach", 1)  # fmt: skip
    for word in (GIVEN, FAMILY, BIRTH_DATE.isoformat()):
        assert word not in str(entry.detail)


def test_a_merged_record_is_one_answer_under_its_living_code(case, ours):
    older = person_of(ours, canaries=True)
    merge_people(case.person, older, by=ours.actor("coordinator"))
    page = asked(ours.user("recovery_coach")).content.decode()
    assert older.code in page
    assert case.person.code not in page


def test_somebody_of_another_program_is_unknown(case, cast):
    assert case.person.code not in asked(cast.other.users["coordinator"]).content.decode()


def test_who_said_that_they_know_them_is_told_nothing(case, ours):
    declare_conflict(case, by=ours.actor("recovery_coach"))
    assert case.person.code not in asked(ours.users["recovery_coach"]).content.decode()


def test_nothing_that_was_typed_comes_back(case, ours):
    page = asked(ours.users["coordinator"]).content.decode()
    assert GIVEN not in page
    assert FAMILY not in page


def test_who_may_not_open_the_file_does_not_learn_how_near_a_date_was_guessed(ours):
    by, coach = ours.actor("coordinator"), ours.user("recovery_coach")
    keep_identity(add_person(by=by), Description("Anna", "Vliet", date(1984, 5, 7), "555-010-4444"), by=by)
    known = {"given_name": "Anna", "family_name": "Vliet", "phone": "555-010-4444"}
    for guess in ("1984-05-08", "1984-11-23", "1985-05-07", "1984-05-17", "1985-02-02"):
        page = asked(coach, **known, birth_date=guess).content.decode()
        assert "same first name" in page
        assert [words for code, words in REASONS.items() if code.startswith("born_") and words in page] == []
    page = asked(coach, **known, birth_date="", about_age="1984").content.decode()
    assert [words for code, words in REASONS.items() if code.startswith("born_") and words in page] == []
    for date_of, words in (("1984-05-07", "same date of birth"), ("1984-07-05", "the other way round")):
        assert words in asked(coach, **known, birth_date=date_of).content.decode()


# --- everybody else --------------------------------------------------------------------------------------------------------


def bare(answer):
    """What can be told apart: status, headers but for what is random, length."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("Set-Cookie", "Content-Security-Policy")}
    return answer.status_code, headers, len(answer.content)


@pytest.mark.covers("R16", "R27")
@pytest.mark.parametrize("role", POWERLESS)
def test_who_may_not_know_gets_what_an_unknown_name_gets(case, ours, role):
    user = ours.users[role]
    known, unknown = asked(user), browser_of(user).post(PATH, UNKNOWN)
    assert bare(known) == bare(unknown)
    assert known.status_code == 200
    assert case.person.code not in known.content.decode()
    assert "Nobody is found" in known.content.decode()
    entries = Entry.objects.filter(verb="lookup_denied").order_by("seq")
    assert [(entry.detail["found"], entry.detail["people"]) for entry in entries] == [(0, []), (0, [])]
    assert not Entry.objects.filter(verb="looked_up").exists()


@pytest.mark.covers("R16", "R27")
def test_police_are_never_told_even_in_a_role_that_may_ask(case, ours):
    """The custody principle forbids such a user; were there one all the same, the look-up itself says no."""
    actor = ours.actor("recovery_coach")
    police = type(actor)(actor.user_id, "recovery_coach", actor.program_id, actor.agency_id, "police")
    assert look_up(Description(GIVEN, FAMILY, BIRTH_DATE), "outreach", by=police) == []
    assert last().verb == "lookup_denied"


@pytest.mark.covers("R16")
def test_nobody_can_ask_without_being_signed_in(client, case):
    assert client.post(PATH, KNOWN).status_code == 302
    assert last() is None


def medians_differ_by(one, other, trials):
    """Milliseconds of work between the medians of two requests, asked in turn: whatever else the machine does is not counted."""
    spent = ([], [])
    for number in range(trials * 2):
        start = time.thread_time()
        (one, other)[number % 2]()
        spent[number % 2].append(time.thread_time() - start)
    return abs(statistics.median(spent[0]) - statistics.median(spent[1])) * 1000


def work_of(request):
    """The statements a request sends to the database, without what is compared in them: what an answer takes its time for."""
    with CaptureQueriesContext(connection) as queries:
        request()
    return [re.sub(r"X?'[^']*'|\bs\d+_x\d+\b|\b\d+\b", "?", query["sql"]) for query in queries]


@pytest.mark.covers("R16")
def test_a_denied_question_is_the_same_work_whomever_it_is_about(case, ours):
    browser = browser_of(ours.users["outreach_officer"])
    browser.post(PATH, UNKNOWN)  # what is only done once is done
    assert work_of(lambda: browser.post(PATH, KNOWN)) == work_of(lambda: browser.post(PATH, UNKNOWN))


@pytest.mark.covers("R16")
@pytest.mark.parametrize("name", ["desk:person", "desk:case"])
@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach"])
def test_a_forbidden_page_is_the_same_work_as_none(ours, name, role):
    """Somebody else's case and a case that is not there: the same page, the same length, the same statements."""
    other = case_for_person(ours)
    forbidden = reverse(name, args=[other.id if name == "desk:case" else other.person_id])
    nobody = reverse(name, args=[new_id()])
    browser = browser_of(ours.users[role])
    assert bare(browser.get(forbidden)) == bare(browser.get(nobody))
    assert browser.get(forbidden).status_code == 404
    assert work_of(lambda: browser.get(forbidden)) == work_of(lambda: browser.get(nobody))


@pytest.mark.covers("R16")
@pytest.mark.nightly
@pytest.mark.slow
def test_the_time_of_a_denied_question_says_nothing(case, ours):
    browser = browser_of(ours.users["outreach_officer"])
    apart = medians_differ_by(lambda: browser.post(PATH, KNOWN), lambda: browser.post(PATH, UNKNOWN), TRIALS // 2)
    assert apart <= 5


@pytest.mark.covers("R16")
@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("name", ["desk:person", "desk:case"])
@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach"])
def test_the_time_of_a_forbidden_page_says_nothing(ours, name, role):
    """Somebody else's case and a case that is not there: the same page, the same length, the same time."""
    other = case_for_person(ours)
    forbidden = reverse(name, args=[other.id if name == "desk:case" else other.person_id])
    nobody = reverse(name, args=[new_id()])
    browser = browser_of(ours.users[role])
    assert bare(browser.get(forbidden)) == bare(browser.get(nobody))
    assert browser.get(forbidden).status_code == 404
    assert medians_differ_by(lambda: browser.get(forbidden), lambda: browser.get(nobody), TRIALS // 4) <= 5
