"""Whoever knows a person, or from whom one is kept, does not meet them again by another door."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alongside.cases.actions import close_case, declare_conflict, move_case
from alongside.cases.models import Case
from alongside.cases.queries import case_for
from alongside.common.clock import now
from alongside.consent.actions import restrict
from alongside.identity.models import Match
from alongside.people.actions import merge_people
from alongside.people.models import Person
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Referral
from alongside.rights.actions import Ask, take_request
from alongside.rights.models import Request
from tests.cast import BIRTH_DATE, CANARIES, browser_of, case_for_person, case_with_team, person_of

KNOWN = {
    "purpose": "outreach", "given_name": CANARIES["identity.Identity.given_name"],
    "family_name": CANARIES["identity.Identity.family_name"], "birth_date": BIRTH_DATE.isoformat(),
}  # fmt: skip


@pytest.fixture
def colleague(ours):
    return ours.user("coordinator")


@pytest.mark.covers("R43")
@pytest.mark.parametrize("way", ["paused", "stopped", "unanswered"])
def test_no_list_of_the_day_shows_somebody_the_coordinator_knows(ours, colleague, way):
    case = case_with_team(ours)
    if way == "paused":
        move_case(case, "paused", by=colleague.actor())
    elif way == "stopped":
        Person.objects.filter(id=case.person_id).update(stop="no_contact")
    else:
        need = note_need(case, "shelter_tonight", by=ours.actor("recovery_coach"))
        refer(need, Plan(agency=ours.agencies["shelter"]), by=ours.actor("recovery_coach"))
        Referral.objects.update(made_at=now() - timedelta(days=3))
    page = browser_of(ours.users["coordinator"])
    assert case.person.code in page.get(reverse("desk:today")).content.decode()
    declare_conflict(Case.objects.get(id=case.id), by=ours.actor("coordinator"))
    assert case.person.code not in page.get(reverse("desk:today")).content.decode()
    assert case.person.code in browser_of(colleague).get(reverse("desk:today")).content.decode()


@pytest.mark.covers("R43")
def test_who_knows_them_neither_sees_nor_decides_who_they_are(ours, colleague):
    case, other = case_for_person(ours), person_of(ours, canaries=True)
    match = Match.objects.create(program=ours.program, newer=other, older=case.person, reasons=[], made_at=now())
    declare_conflict(case, by=ours.actor("coordinator"))
    page = browser_of(ours.users["coordinator"])
    assert other.code not in page.get(reverse("desk:matches")).content.decode()
    assert page.post(reverse("desk:decide", args=[match.id]), {"answer": "same"}).status_code == 404
    assert other.code in browser_of(colleague).get(reverse("desk:matches")).content.decode()


@pytest.mark.covers("R43", "R40")
def test_who_knows_them_neither_opens_nor_answers_their_request(ours, colleague):
    case = case_for_person(ours)
    asked = take_request(case.person, Ask("deletion", "known"), by=ours.actor("recovery_coach"))
    declare_conflict(case, by=ours.actor("coordinator"))
    page = browser_of(ours.users["coordinator"])
    assert case.person.code not in page.get(reverse("rights:requests")).content.decode()
    for name in ("open", "answer"):
        assert page.post(reverse(f"rights:{name}", args=[asked.id]), {"answer": "forgotten"}).status_code == 404
    assert Request.objects.get(id=asked.id).state == "open"
    assert case.person.code in browser_of(colleague).get(reverse("rights:requests")).content.decode()


@pytest.mark.covers("R43")
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_join_of_any_depth_does_not_bring_them_back(ours, colleague, depth):
    case = case_for_person(ours)
    declare_conflict(case, by=ours.actor("coordinator"))
    last = Person.objects.get(id=case.person_id)
    for _ in range(depth):
        into = person_of(ours)
        merge_people(last, into, by=colleague.actor())
        last = Person.objects.get(id=into.id)
    kept = case_for_person(ours, last)
    assert case_for(ours.actor("coordinator"), kept.id, now()) is None
    assert case_for(colleague.actor(), kept.id, now()) is not None
    close_case(case, "goals_met", by=colleague.actor())
    assert case_for(ours.actor("coordinator"), case.id, now()) is None


@pytest.mark.covers("R43")
def test_the_case_of_a_record_that_was_joined_to_theirs_is_not_there_either(ours, colleague):
    case, earlier = case_for_person(ours), case_for_person(ours, person_of(ours))
    close_case(earlier, "goals_met", by=colleague.actor())
    merge_people(Person.objects.get(id=earlier.person_id), Person.objects.get(id=case.person_id), by=colleague.actor())
    declare_conflict(case, by=ours.actor("coordinator"))
    assert case_for(ours.actor("coordinator"), earlier.id, now()) is None


@pytest.mark.covers("R23", "R43")
def test_an_agency_from_which_somebody_is_kept_is_not_told_that_they_are_known(ours):
    person = person_of(ours, canaries=True)
    page = browser_of(ours.users["recovery_coach"])
    assert person.code in page.post(reverse("desk:find"), KNOWN).content.decode()
    restrict(person, ["identity"], by=ours.system, why="asked", agency=ours.agencies["recovery"])
    assert person.code not in page.post(reverse("desk:find"), KNOWN).content.decode()
    assert person.code in browser_of(ours.users["clinician"]).post(reverse("desk:find"), KNOWN).content.decode()
