"""As long as nobody decided who somebody is, the stricter wish of the two holds: no contact, no police, not that colleague."""

import pytest
from django.urls import reverse

from alongside.cases.actions import assign_team, declare_conflict
from alongside.cases.models import Assignment, Case
from alongside.cases.queries import case_for, queue_for
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.field.queries import visits_for
from alongside.identity.matching import ask_again, decide_match, propose_match
from alongside.identity.models import Contact
from alongside.people.actions import merge_people, set_contact_wishes
from alongside.planning.queries import own_day, plan_for_program
from alongside.visits.actions import record_attempt
from tests.cast import browser_of, case_for_person, case_with_team, person_of, reached

POLICE = "This may be somebody who asked for no police"
CONTACT = "This may be somebody who asked for no contact"


@pytest.fixture
def by(ours):
    return ours.actor("coordinator")


@pytest.fixture
def police(ours):
    return ours.users["outreach_officer"], ours.users["recovery_coach"]


@pytest.fixture
def others(ours):
    return ours.users["clinician"], ours.users["recovery_coach"]


def known(ours, stop="none", *, no_police=False):
    """Somebody known who said what they want."""
    person = person_of(ours)
    return set_contact_wishes(person.id, stop, no_police=no_police, by=ours.actor("recovery_coach"))


def maybe(case, person, by):
    """The person of a case may be somebody known."""
    return propose_match(case.person, person, ["given_exact"], by=by)


@pytest.mark.parametrize("answer", ["", "cannot_tell"])
def test_no_police_go_to_somebody_who_may_have_asked_for_none(ours, by, police, others, answer):
    case = case_for_person(ours)
    match = maybe(case, known(ours, no_police=True), by)
    if answer:
        decide_match(match, answer, by=by)
    with pytest.raises(Refused, match=POLICE):
        assign_team(case, *police, by=by)
    assert assign_team(case, *others, by=by)
    decide_match(match, "different", by=by)
    assert assign_team(case, *police, by=by)
    ask_again(match, by=by)
    with pytest.raises(Refused, match=POLICE):
        assign_team(case, *police, by=by)


def test_the_wish_stands_whichever_of_the_two_is_the_newer_and_whatever_was_joined(ours, by, police):
    case, wishing, older = case_with_team(ours), known(ours, no_police=True), person_of(ours)
    propose_match(wishing, case.person, ["given_exact"], by=by)
    merge_people(case.person, older, by=by)
    Case.objects.filter(id=case.id).update(person=older)
    assert sees(police[0], case) == {False}
    with pytest.raises(Refused, match=POLICE):
        assign_team(Case.objects.get(id=case.id), *police, by=by)


def test_nobody_goes_to_somebody_who_may_have_asked_for_no_contact(ours, by, others):
    case = case_for_person(ours)
    match = maybe(case, known(ours, "no_contact"), by)
    with pytest.raises(Refused, match=CONTACT):
        assign_team(case, *others, by=by)
    decide_match(match, "different", by=by)
    assert assign_team(case, *others, by=by)


def test_nobody_goes_who_may_know_them(ours, by, others):
    coach, case, theirs = ours.user("recovery_coach"), case_for_person(ours), case_for_person(ours, person_of(ours))
    declare_conflict(theirs, by=coach.actor())
    match = maybe(case, theirs.person, by)
    with pytest.raises(Refused, match="whom one of the two knows"):
        assign_team(case, others[0], coach, by=by)
    assert assign_team(case, *others, by=by)
    decide_match(match, "different", by=by)
    assert assign_team(case, others[0], coach, by=by)


def test_the_pages_say_the_same_sentence_to_whoever_assigns_and_to_nobody_else(ours, by, police, others):
    case = case_with_team(ours)
    match = maybe(case, known(ours, no_police=True), by)
    browser = browser_of(ours.users["coordinator"])
    paths = [reverse(f"desk:{name}", args=[case.id]) for name in ("assign", "case")]
    for path in paths:
        assert POLICE in browser.get(path).content.decode()
    answer = browser.post(paths[0], {"officer": police[0].id, "coach": police[1].id})
    assert answer.status_code == 422
    assert answer.content.decode().count(POLICE) == 2  # above the form, and as the answer
    assert POLICE not in browser_of(police[1]).get(paths[1]).content.decode()
    assert browser_of(police[0]).get(paths[1]).status_code == 404
    decide_match(match, "different", by=by)
    for path in paths:
        assert POLICE not in browser.get(path).content.decode()


def test_the_button_is_refused_where_nobody_may_go(ours, by):
    case = case_for_person(ours)
    maybe(case, known(ours, "no_contact"), by)
    page = browser_of(ours.users["coordinator"]).get(reverse("desk:assign", args=[case.id])).content.decode()
    assert CONTACT in page
    assert 'aria-disabled="true"' in page


# --- a match that turns up when somebody goes already -----------------------------------------------------------------------


def sees(user, case):
    """Where a case stands for a user: the page, the due list, the order of the day, the phone."""
    viewer, moment = user.actor(), now()
    queue = case.id in {one.id for one in queue_for(viewer, moment).cases}
    day, pack = str(case.id) in own_day(viewer, moment).cases, case.id in {one.id for one in visits_for(viewer, moment)}
    return {case_for(viewer, case.id, moment) is not None, queue, day, pack}


def test_it_leaves_the_police_officers_lists_and_keeps_the_coach(ours, by, police):
    case = case_with_team(ours)
    sealed = Contact.objects.get(person=case.person).ask_for
    assert [sees(user, case) for user in police] == [{True}, {True}]
    match = maybe(case, known(ours, no_police=True), by)
    assert [sees(user, case) for user in police] == [{False}, {True}]
    assert isinstance(firewall.open(police[0].actor(), "outreach_visit", sealed)[0], Refused)
    decide_match(match, "different", by=by)
    assert [sees(user, case) for user in police] == [{True}, {True}]
    assert isinstance(firewall.open(police[0].actor(), "outreach_visit", sealed)[0], str)


def test_it_leaves_everybodys_list_until_they_were_met(ours, by, police, others):
    case, met = case_with_team(ours), case_with_team(ours, person_of(ours))
    record_attempt(met, reached(), by=ours.actor("recovery_coach"))
    wishing = known(ours, "no_contact")
    for one in (case, met):
        maybe(one, wishing, by)
    assert [sees(user, case) for user in police] == [{False}, {False}]
    assert [True in sees(user, met) for user in police] == [True, True]
    assert [list(team.cases) for team in plan_for_program(by, now())] in ([], [[]])  # the one who was met is not due yet
    assert case_for(by, case.id, now()) is not None  # somebody has to decide
    assert assign_team(Case.objects.get(id=met.id), *others, by=by)


def test_it_leaves_the_sight_of_whoever_may_know_them(ours, by):
    case, theirs = case_with_team(ours), case_for_person(ours, person_of(ours))
    colleague, coach = ours.user("coordinator"), ours.users["recovery_coach"]
    for user in (colleague, coach):
        declare_conflict(theirs, by=user.actor())
    match = maybe(case, theirs.person, by)
    assert case_for(colleague.actor(), case.id, now()) is None
    assert sees(coach, case) == {False}
    assert case_for(by, case.id, now()) is not None
    assert Assignment.objects.filter(case=case, ended_at=None).exists()
    decide_match(match, "different", by=by)
    assert sees(coach, case) == {True}
