"""Who may be sent, by whom, for how long, and what is left when it ends (police especially)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.cases.actions import assign_team, declare_conflict
from alongside.cases.models import Assignment
from alongside.cases.queries import case_for, due_counts_for, queue_for
from alongside.cases.rules import MOST_OPEN, may_approve_team, may_send_police, may_take_another
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.models import Restriction, Tie
from alongside.identity.models import Contact
from alongside.journal.models import Entry
from tests.cast import NOON, browser_of, canaries_in, case_for_person, case_with_team, person_of


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def pair(ours):
    return ours.users["outreach_officer"], ours.users["recovery_coach"]


@pytest.mark.covers("R28")
@pytest.mark.parametrize(
    ("hours_ago", "asked", "allowed"), [(1, False, True), (72, False, True), (72.1, False, False), (72.1, True, True)]
)
def test_police_go_while_the_event_is_fresh_or_because_the_coach_asks(hours_ago, asked, allowed):
    assert bool(may_send_police(NOON - timedelta(hours=hours_ago), NOON, asked_by_coach=asked)) is allowed


@pytest.mark.covers("R28")
def test_nobody_of_the_police_sends_a_team_and_nobody_sends_themselves():
    assert may_approve_team(by_police=False, is_of_the_team=False)
    assert not may_approve_team(by_police=True, is_of_the_team=False)
    assert not may_approve_team(by_police=False, is_of_the_team=True)


@pytest.mark.covers("R28")
def test_an_old_event_brings_no_police_unless_the_coach_asked(ours, by, pair, journal):
    case = case_for_person(ours, hours_ago=80)
    with pytest.raises(Refused, match="more than 72 hours"):
        assign_team(case, *pair, by=by)
    assert not Tie.objects.filter(person=case.person).exists()
    assert assign_team(case, *pair, by=by, asked_by_coach=True).asked_by_coach
    assert Entry.objects.filter(verb="team_assigned").latest("seq").detail["asked_by_coach"] is True


@pytest.mark.covers("R28")
def test_an_old_event_stops_no_team_without_police(ours, by):
    case = case_for_person(ours, hours_ago=300)
    assert assign_team(case, ours.users["clinician"], ours.users["recovery_coach"], by=by)


@pytest.mark.covers("R28")
def test_the_one_who_approves_is_somebody_else(ours, pair):
    case = case_for_person(ours)
    for actor in (pair[0].actor(), ours.user("outreach_officer").actor()):
        with pytest.raises(Refused, match="does not work for the police"):
            assign_team(case, *pair, by=actor)
    with pytest.raises(Refused, match="Somebody else decides"):
        assign_team(case, *pair, by=pair[1].actor())


@pytest.mark.covers("R28")
def test_the_page_says_why_and_takes_the_coachs_request(ours, pair):
    case = case_for_person(ours, hours_ago=80)
    browser = browser_of(ours.users["coordinator"])
    path = reverse("desk:assign", args=[case.id])
    team = {"officer": pair[0].id, "coach": pair[1].id}
    answer = browser.post(path, team)
    assert answer.status_code == 422
    assert "more than 72 hours" in answer.content.decode()
    assert browser.post(path, team | {"asked_by_coach": "on"}).status_code == 302
    assert "at the coach" in browser_of(pair[1]).get(reverse("desk:case", args=[case.id])).content.decode()


# --- how many, and how long ----------------------------------------------------------------------------------------------


@pytest.mark.covers("R31")
def test_an_officer_holds_no_more_than_twenty_five(ours, by, pair):
    moment = now()
    for _ in range(MOST_OPEN):
        Assignment.objects.create(
            case=case_for_person(ours, person_of(ours)), officer=pair[0], coach=pair[1], assigned_at=moment,
            expires_at=moment + timedelta(days=3),
        )  # fmt: skip
    case = case_for_person(ours)
    with pytest.raises(Refused, match="25 open visits"):
        assign_team(case, *pair, by=by)
    other = ours.user("outreach_officer")
    assert assign_team(case, other, pair[1], by=by)
    assert len(queue_for(pair[0].actor(), now()).cases) == MOST_OPEN
    Assignment.objects.create(
        case=case_for_person(ours, person_of(ours)), officer=pair[0], coach=pair[1], assigned_at=moment,
        expires_at=moment + timedelta(days=3),
    )  # fmt: skip
    page = queue_for(pair[0].actor(), now())
    assert (len(page.cases), page.next_key) == (MOST_OPEN, "")
    assert may_take_another(400, is_police=False)


@pytest.mark.covers("R30")
def test_an_assignment_that_ran_out_leaves_nothing_on_the_next_request(ours, case, pair):
    """Through HTTP: what was there a moment ago is not there when it is asked for again; nothing keeps it for a while."""
    browser = browser_of(pair[0])
    path = reverse("desk:case", args=[case.id])
    assert "identity.Contact.ask_for" in canaries_in(browser.get(path).content)
    just = now()
    Assignment.objects.filter(case=case).update(expires_at=just)
    Tie.objects.filter(person=case.person).update(expires_at=just)
    gone, day = browser.get(path), browser.get(reverse("desk:today"))
    assert gone.status_code == 404
    assert case.person.code not in day.content.decode()
    assert canaries_in(gone.content + day.content) == set()
    sealed = Contact.objects.get(person=case.person).ask_for
    assert isinstance(firewall.open(pair[0].actor(), "outreach_visit", sealed)[0], Refused)


@pytest.mark.covers("R30")
def test_a_closed_case_leaves_nothing_either(ours, case, pair):
    browser = browser_of(pair[0])
    coordinator = browser_of(ours.users["coordinator"])
    assert coordinator.post(reverse("desk:close", args=[case.id]), {"outcome": "goals_met"}).status_code == 302
    assert browser.get(reverse("desk:case", args=[case.id])).status_code == 404


@pytest.mark.covers("R30")
def test_an_assignment_ends_after_the_programs_days(ours, by, pair):
    assert ours.program.assignment_days == 14
    case = case_with_team(ours)
    team = Assignment.objects.get(case=case)
    assert team.expires_at - team.assigned_at == timedelta(days=14)
    assert case_for(pair[0].actor(), case.id, team.expires_at - timedelta(seconds=1)) is not None
    assert case_for(pair[0].actor(), case.id, team.expires_at) is None


def test_a_case_whose_team_ran_out_waits_for_one_again(ours, by, case):
    assert due_counts_for(by, now())["waiting"] == 0
    Assignment.objects.filter(case=case).update(expires_at=now())
    assert due_counts_for(by, now())["waiting"] == 1


# --- who knows them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach"])
def test_i_know_this_person_ends_it_for_whoever_says_so(ours, by, case, role, journal):
    browser = browser_of(ours.users[role])
    path = reverse("desk:know", args=[case.id])
    assert browser.get(path).status_code == 200
    assert Restriction.objects.count() == 0
    assert browser.post(path).status_code == 302
    assert browser.get(reverse("desk:case", args=[case.id])).status_code == 404
    assert "restricted" in journal()
    assert due_counts_for(by, now())["waiting"] == 1
    knows = {"outreach_officer": ours.users["outreach_officer"], "recovery_coach": ours.users["recovery_coach"]}
    with pytest.raises(Refused, match="knows the person"):
        assign_team(case, *knows.values(), by=by)
    knows[role] = ours.user(role)
    assert assign_team(case, *knows.values(), by=by)


def test_a_coordinator_who_knows_them_leaves_it_to_another_and_never_to_nobody(ours, by, case):
    with pytest.raises(Refused, match="only coordinator"):
        declare_conflict(case, by=by)
    other = ours.user("coordinator").actor()
    declare_conflict(case, by=by)
    declare_conflict(case, by=by)
    assert Restriction.objects.count() == 1
    assert Assignment.objects.filter(case=case, ended_at=None).exists()
    assert case_for(other, case.id, now()) is not None
    page = browser_of(ours.users["coordinator"]).get(reverse("desk:case", args=[case.id]))
    assert canaries_in(page.content) == set()


def test_the_program_itself_knows_nobody(ours, case):
    with pytest.raises(Refused):
        declare_conflict(case, by=ours.system)


# --- at the door -----------------------------------------------------------------------------------------------------------

DRUG_WORDS = (
    "overdose", "naloxone", "narcan", "opioid", "heroin", "fentanyl", "drug", "detox", "treatment", "syringe", "needle",
    "recovery", "substance", "addict", "kit", "police", "health",
)  # fmt: skip


@pytest.mark.covers("R39")
@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach"])
def test_the_card_for_the_door_tells_nobody_anything(case, ours, role):
    answer = browser_of(ours.users[role]).get(reverse("desk:door", args=[case.id]))
    page = answer.content.decode().lower()
    assert answer.status_code == 200
    assert [word for word in DRUG_WORDS if word in page] == []
    assert "you are not in trouble" in page
    assert "somebody else opens" in page
    assert "leave nothing behind" in page
    assert canaries_in(answer.content) == {"identity.Contact.ask_for"}


@pytest.mark.covers("R39")
@pytest.mark.parametrize("result", ["no_answer", "other_person", "bad_address", "not_private"])
def test_nothing_is_left_where_nobody_was_met(case, ours, result):
    browser = browser_of(ours.users["recovery_coach"])
    path = reverse("desk:attempt", args=[case.id])
    page = browser.get(path)
    draft = page.context["form"]["draft"].value()
    told = {"draft": draft, "channel": "home", "result": result, "kits": 1, "kit_to": "person"}
    answer = browser.post(path, told)
    assert answer.status_code == 422
    assert "Nothing is left behind" in answer.content.decode()
    assert browser.post(path, told | {"kits": 0}).status_code == 302
