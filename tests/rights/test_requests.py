"""What a person asks about what is kept: taken once, answered within its clock, carried out or said why not."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.consent.actions import open_tie, record_consent
from alongside.consent.models import Restriction, Tie
from alongside.identity.actions import recognize_person
from alongside.identity.description import Description
from alongside.identity.forgetting import descriptions_of
from alongside.identity.models import Contact, Identity
from alongside.identity.vault import seal_many
from alongside.journal.models import Entry
from alongside.people.models import Person
from alongside.rights.actions import Answer, Ask, answer_request, open_request, take_request
from alongside.rights.copying import own_copy
from alongside.rights.forgetting import set_records_schedule
from alongside.rights.models import Request
from alongside.rights.queries import requests_for, statements_of
from alongside.rights.rules import ANSWERS, ANSWERS_OF, DUE_DAYS, KINDS, may_answer, urgency
from alongside.visits.models import Attempt
from tests.cast import (
    BIRTH_DATE,
    CANARIES,
    case_for_person,
    case_with_everything,
    case_with_team,
    incident_for,
    joined,
    person_of,
    urgent,
)


def signed_in(side, role):
    page = Client()
    page.force_login(side.users[role])
    return page


@pytest.fixture
def case(ours):
    return case_with_everything(ours)


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- taking and the clock ----------------------------------------------------------------------------------------------


@pytest.mark.covers("R40", "R41")
def test_a_request_has_its_days_and_is_taken_once(ours, journal):
    person, by = person_of(ours, canaries=True), ours.actor("recovery_coach")
    for kind in KINDS:
        ask = Ask(kind, "known", "phone", "978 555 0177") if kind == "correction" else Ask(kind, "papers")
        made = take_request(person, ask, by=by)
        assert take_request(person, ask, by=by).id == made.id
        assert (made.due_on - now().date()).days in (DUE_DAYS[kind] - 1, DUE_DAYS[kind])
    assert DUE_DAYS == {"copy": 30, "correction": 60, "restriction": 30, "deletion": 30}
    assert journal().count("request_received") == 4
    listed = requests_for(ours.actor("coordinator"))
    assert [row.due_on for row in listed] == sorted(row.due_on for row in listed)


def test_a_correction_says_what_and_how_and_everybody_is_made_sure_of(ours):
    person, by = person_of(ours), ours.actor("recovery_coach")
    nothing = Ask("correction", "known", "phone", " ")
    for ask in (Ask("correction", "known"), Ask("copy", "a feeling"), Ask("holiday", "known"), nothing):
        with pytest.raises(Refused):
            take_request(person, ask, by=by)


@pytest.mark.parametrize(("left", "look"), [(-1, "now"), (0, "soon"), (7, "soon"), (8, "calm")])
def test_the_clock_of_a_request_says_when_it_is_late(left, look):
    assert urgency(left) == look


def test_every_answer_belongs_to_a_kind_and_is_given_once():
    assert {code for codes in ANSWERS_OF.values() for code in codes} == set(ANSWERS)
    assert not may_answer("copy", "answered", "copy_given")
    assert not may_answer("copy", "open", "forgotten")
    assert not may_answer("correction", "open", "not_accepted", " ")


def test_another_programs_request_does_not_exist(cast):
    made = take_request(person_of(cast.other), Ask("copy", "known"), by=cast.other.actor("coordinator"))
    page = signed_in(cast.ours, "coordinator")
    assert page.get(reverse("rights:request", args=[made.id])).status_code == 404
    assert requests_for(cast.ours.actor("coordinator")) == []
    assert page.get(reverse("rights:request", args=[new_id()])).status_code == 404


# --- the own copy ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R40", "R45")
def test_the_copy_shows_everything_that_is_held_and_only_to_whom_it_was_opened(ours, case):
    coach, page = signed_in(ours, "recovery_coach"), signed_in(ours, "coordinator")
    record_consent(case.person, ours.agencies["shelter"], ["contact", "health"], by=ours.actor("recovery_coach"))
    urgent(ours, case)
    coach.get(reverse("desk:case", args=[case.id]))
    answer = coach.post(reverse("rights:take", args=[case.id]), {"kind": "copy", "verified": "known"})
    assert answer.status_code == 302
    made = Request.objects.get(kind="copy")
    assert page.get(reverse("rights:copy", args=[made.id])).status_code == 302  # not opened yet
    assert "Make the copy" in text_of(page.get(reverse("rights:request", args=[made.id])))
    answer = page.post(reverse("rights:open", args=[made.id]))
    assert answer["Location"] == reverse("rights:copy", args=[made.id])
    text = text_of(page.get(answer["Location"]))
    for name, canary in CANARIES.items():
        elsewhere = {"incidents.Incident.place", "field.Parked.call"}
        assert (canary in text) is (name not in elsewhere and "Merge" not in name), name
    for words in ("Recovery coach", "Harbor Recovery", "Overdose", "Reached", "Harbor Shelter"):
        assert words in text, words
    assert ours.users["recovery_coach"].username not in text
    assert coach.get(reverse("rights:copy", args=[made.id])).status_code == 404
    second = ours.user("coordinator")
    other = Client()
    other.force_login(second)
    assert other.get(reverse("rights:copy", args=[made.id])).status_code == 302  # opened for somebody else
    Tie.objects.filter(opens="person_request").update(expires_at=now() - timedelta(seconds=1))
    assert page.get(reverse("rights:copy", args=[made.id])).status_code == 302  # half an hour is over
    page.post(reverse("rights:answer", args=[made.id]), {"answer": "copy_given"})
    made.refresh_from_db()
    assert (made.state, made.answer) == ("answered", "copy_given")
    assert not Tie.objects.filter(opens="person_request", closed_at=None).exists()
    assert {"own_copy_made", "request_answered"} <= set(Entry.objects.values_list("verb", flat=True))


@pytest.mark.covers("R40", "R56")
def test_the_copy_and_the_answer_need_a_fresh_factor(ours, case):
    made = take_request(case.person, Ask("deletion", "known"), by=ours.actor("recovery_coach"))
    page = signed_in(ours, "coordinator")
    session = page.session
    for method in session.get("account_authentication_methods", []):
        method["at"] = time.time() - 3600
    session.save()
    for name in ("open", "answer"):
        answer = page.post(reverse(f"rights:{name}", args=[made.id]), {"answer": "forgotten"})
        assert answer.status_code == 302
        assert "reauth" in answer["Location"] or "again" in answer["Location"], answer["Location"]
    made.refresh_from_db()
    assert made.state == "open"


@pytest.mark.covers("R40")
def test_a_copy_of_very_much_asks_no_more_often_than_one_of_little(ours):
    """Hundreds of lines of each kind are read in one go each, so that somebody can wait for the page."""
    case = case_with_team(ours)
    coordinator, person = ours.actor("coordinator"), Person.objects.get(id=case.person_id)
    attempts = [
        Attempt(case=case, person=person, draft=new_id(), at=now() - timedelta(hours=n), recorded_at=now(),
                by_user=ours.users["recovery_coach"], channel="phone", result="reached", response="check_ins")
        for n in range(600)
    ]  # fmt: skip
    seal_many([(row, {"note": f"note number {n}"}) for n, row in enumerate(attempts)], ours.program.id)
    Attempt.objects.bulk_create(attempts)
    for n in range(60):
        incident_for(ours, person, hours_ago=n + 1)
    contact = Contact.objects.get(person=person)
    for _ in range(200):
        firewall.open(ours.actor("recovery_coach"), "outreach_visit", contact.ask_for)
    made = take_request(person, Ask("copy", "known"), by=coordinator)
    open_request(made, by=coordinator)
    page = signed_in(ours, "coordinator")
    with CaptureQueriesContext(connection) as queries:
        text = text_of(page.get(reverse("rights:copy", args=[made.id])))
    assert len(queries) < 100
    assert text.count("note number") == 600
    assert "200 times" in text


@pytest.mark.covers("R40")
def test_the_copy_says_when_somebody_looked_in_an_emergency_and_never_a_name(ours, case):
    coach = ours.users["recovery_coach"]
    open_tie(case.person, by=ours.system, until=now() + timedelta(minutes=15), user=coach, opens="break_glass")
    firewall.open(coach.actor(), "break_glass", Contact.objects.get(person=case.person).phone)
    page = own_copy(ours.actor("coordinator"), case.person, now())
    danger = [look for look in page["looks"] if look.in_danger]
    assert [(str(look.role), look.agency) for look in danger] == [("Recovery coach", "Harbor Recovery")]
    assert page["said"] == []  # nothing was opened to this viewer for a request of the person


@pytest.mark.covers("R40")
def test_the_copy_speaks_the_persons_language_as_far_as_it_is_known(ours, case):
    Contact.objects.update(language="es")
    made = take_request(case.person, Ask("copy", "known"), by=ours.actor("coordinator"))
    open_request(made, by=ours.actor("coordinator"))
    page = signed_in(ours, "coordinator")
    assert '<html lang="es"' in text_of(page.get(reverse("rights:copy", args=[made.id])))
    Contact.objects.update(language="tlh")
    assert '<html lang="en"' in text_of(page.get(reverse("rights:copy", args=[made.id])))


# --- correction --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R41")
@pytest.mark.parametrize(
    ("about", "value"), [("family_name", "Vexley"), ("birth_date", "1912-02-03"), ("phone", "978 555 0100"), ("other", "x")]
)
def test_an_accepted_correction_is_what_everybody_sees_from_now_on(ours, about, value):
    person, by = person_of(ours, canaries=True), ours.actor("coordinator")
    made = take_request(person, Ask("correction", "known", about, value), by=by)
    page = signed_in(ours, "coordinator")
    assert 'value="' + value not in text_of(page.get(reverse("rights:request", args=[made.id])))
    page.post(reverse("rights:open", args=[made.id]))
    assert value in text_of(page.get(reverse("rights:request", args=[made.id])))
    assert page.post(reverse("rights:answer", args=[made.id]), {"answer": "corrected", "value": value}).status_code == 302
    known = next(descriptions_of([person.id]))
    assert value in {known.family_name, str(known.birth_date), known.phone, "x"}
    assert known.given_name == CANARIES["identity.Identity.given_name"]
    if about == "family_name":  # and the person is recognized by it
        again = recognize_person(Description(known.given_name, "Vexley", BIRTH_DATE, known.phone), by=by)
        assert (again.answer, again.person.id) == ("same", person.id)


@pytest.mark.covers("R41")
def test_a_date_that_is_none_changes_nothing(ours):
    person, by = person_of(ours, canaries=True), ours.actor("coordinator")
    made = take_request(person, Ask("correction", "known", "birth_date", "in May"), by=by)
    for value in ("in May", ""):
        with pytest.raises(Refused):
            answer_request(made, Answer("corrected", value), by=by)
    assert next(descriptions_of([person.id])).birth_date == BIRTH_DATE


@pytest.mark.covers("R41")
def test_what_is_not_accepted_stands_with_the_persons_own_words(ours, case):
    text = text_of(signed_in(ours, "recovery_coach").get(reverse("desk:case", args=[case.id])))
    assert "The person says:" in text
    assert CANARIES["rights.Request.statement"] in text
    officer = ours.actor("outreach_officer")
    assert statements_of(officer, [case.person_id], now()) == []
    assert "The person says" not in text_of(signed_in(ours, "outreach_officer").get(reverse("desk:case", args=[case.id])))
    made = take_request(case.person, Ask("correction", "known", "phone", "1"), by=ours.actor("coordinator"))
    with pytest.raises(Refused, match="what the person says"):
        answer_request(made, Answer("not_accepted"), by=ours.actor("coordinator"))


# --- restriction -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R43")
def test_an_agreed_restriction_is_enforced_by_the_firewall_at_once(ours, case):
    coach = ours.users["recovery_coach"]
    phone = Contact.objects.get(person=case.person).phone
    assert isinstance(firewall.open(coach.actor(), "coach_followup", phone)[0], str)
    made = take_request(case.person, Ask("restriction", "known"), by=ours.actor("recovery_coach"))
    page = signed_in(ours, "coordinator")
    told = {"answer": "restricted", "user": coach.id, "classes": ["contact", "identity"]}
    path = reverse("rights:answer", args=[made.id])
    assert page.post(path, told | {"classes": []}).status_code == 422
    assert page.post(path, {"answer": "restricted", "classes": ["contact"]}).status_code == 422
    assert page.post(path, told).status_code == 302
    assert isinstance(firewall.open(coach.actor(), "coach_followup", phone)[0], Refused)
    assert isinstance(firewall.open(ours.actor("coordinator"), "coach_followup", phone)[0], str)
    assert Restriction.objects.get().why == "asked"


@pytest.mark.covers("R43")
def test_a_restriction_that_is_not_agreed_changes_nothing(ours, case):
    made = take_request(case.person, Ask("restriction", "known"), by=ours.actor("recovery_coach"))
    page = signed_in(ours, "coordinator")
    assert page.post(reverse("rights:answer", args=[made.id]), {"answer": "not_restricted"}).status_code == 302
    assert not Restriction.objects.exists()


# --- deletion ----------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R44")
def test_a_request_to_be_forgotten_is_carried_out_and_its_own_words_go_too(ours, case):
    made = take_request(case.person, Ask("deletion", "called"), by=ours.actor("recovery_coach"))
    page = signed_in(ours, "coordinator")
    where = reverse("rights:answer", args=[made.id])
    assert page.post(where, {"answer": "forgotten", "never_again": "on"}).status_code == 422  # never one slip of the finger
    assert Identity.objects.exclude(given_name=None).exists()
    answer = page.post(where, {"answer": "forgotten", "never_again": "on", "sure": "on"}, follow=True)
    assert "forgotten" in text_of(answer)
    assert not Request.objects.exclude(asked=None, statement=None).exists()
    assert {row.state for row in Request.objects.filter(kind="deletion")} == {"answered"}
    with pytest.raises(Refused, match="already"):
        answer_request(made, Answer("forgotten"), by=ours.actor("coordinator"))
    with pytest.raises(Refused, match="already"):
        open_request(Request.objects.get(id=made.id), by=ours.actor("coordinator"))


@pytest.mark.covers("R44")
def test_the_answer_says_when_the_record_was_closed_instead(ours, case):
    set_records_schedule(forbids=True, by=ours.system)
    made = take_request(case.person, Ask("deletion", "known"), by=ours.actor("recovery_coach"))
    page = signed_in(ours, "coordinator")
    answer = page.post(reverse("rights:answer", args=[made.id]), {"answer": "forgotten", "sure": "on"}, follow=True)
    assert "a law or a court forbids destroying it" in text_of(answer)
    made.refresh_from_db()
    assert made.answer == "sealed"
    assert Person.objects.get(id=case.person_id).sealed_at


@pytest.mark.parametrize(
    "role", ["patrol_officer", "outreach_officer", "data_designee", "partner", "administrator", "epidemiologist"]
)
def test_who_takes_no_requests_finds_none(ours, case, role):
    page = signed_in(ours, role)
    for path in (reverse("rights:take", args=[case.id]), reverse("rights:requests")):
        assert page.get(path).status_code == 404


def test_the_program_itself_opens_no_record_for_a_request(ours):
    made = take_request(person_of(ours), Ask("copy", "known"), by=ours.system)
    with pytest.raises(Refused):
        open_request(made, by=Actor.system(ours.program.id))


def test_the_copy_tells_who_one_was_and_how_one_was_reached_before_two_records_were_joined(ours):
    merge = joined(ours)
    case = case_for_person(ours, merge.into)
    page = signed_in(ours, "coordinator")
    page.post(reverse("rights:take", args=[case.id]), {"kind": "copy", "verified": "known"})
    made = Request.objects.get(kind="copy")
    answer = page.post(reverse("rights:open", args=[made.id]))
    text = text_of(page.get(answer["Location"]))
    for name in ("contact_before", "identity_before"):
        assert CANARIES[f"identity.Merge.{name}"] in text
