"""Filing by hand what a phone sent: nothing newer is written over unseen, and what only the sender did is theirs."""

from datetime import timedelta

import pytest

from alongside.cases.actions import assign_team
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.consent.queries import people_known_to
from alongside.field.deciding import choose, file_it
from alongside.field.models import Clash, Parked
from alongside.identity.actions import keep_contact
from alongside.identity.models import Contact
from alongside.naloxone.models import Move
from alongside.people.actions import set_ways_of_contact
from alongside.people.models import Person
from alongside.people.rules import Ways
from alongside.visits.models import Attempt, Outing
from alongside.visits.outings import find_overdue
from tests.cast import case_with_team, change_of, parked_of, phone_of


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coordinator(ours):
    return ours.actor("coordinator")


@pytest.fixture
def parked(ours, case):
    """A change of a coach's phone that waits: `parked(kind, **data)`."""
    phone = phone_of(ours.users["recovery_coach"])
    return lambda kind, **data: parked_of(ours, change_of(phone, kind, case, at=now() - timedelta(hours=2)), **data)


def place_of(ours, case):
    sealed = Contact.objects.get(person=case.person).meeting_place
    return firewall.open(ours.actor("coordinator"), "coordination", sealed)[0]


def test_a_word_that_was_changed_since_becomes_a_question(ours, case, parked, coordinator):
    row = parked("contact_field", field="meeting_place", value="by the old mill")
    keep_contact(case.person, by=coordinator, meeting_place="at the ferry")
    assert file_it(row, by=coordinator).state == "clash"
    assert place_of(ours, case) == "at the ferry"
    clash = Clash.objects.get()
    assert clash.change_id == row.change_id
    assert Parked.objects.get().state == "filed"
    choose(clash, "phone", by=coordinator)
    assert place_of(ours, case) == "by the old mill"


def test_a_wish_that_says_something_else_becomes_a_question(ours, case, parked, coordinator):
    row = parked("wish", field="prefers", value="text", said_so=False)
    set_ways_of_contact(case.person_id, Ways(prefers="letter"), by=coordinator)
    assert file_it(row, by=coordinator).state == "clash"
    assert Person.objects.get(id=case.person_id).prefers == "letter"


def test_where_nothing_stands_or_the_same_it_is_filed(ours, case, parked, coordinator):
    row = parked("wish", field="prefers", value="text", said_so=False)
    assert file_it(row, by=coordinator).state == "kept"
    assert Person.objects.get(id=case.person_id).prefers == "text"
    keep_contact(case.person, by=coordinator, meeting_place="at the ferry")
    assert file_it(parked("contact_field", field="meeting_place", value="at the ferry"), by=coordinator).state == "kept"
    assert not Clash.objects.exists()


def test_who_knows_the_person_is_the_one_who_said_so(ours, case, parked, coordinator):
    other = ours.user("recovery_coach")
    assign_team(case, ours.users["outreach_officer"], other, by=coordinator)
    file_it(parked("know"), by=coordinator)
    assert case.person_id in people_known_to(ours.actor("recovery_coach"))
    assert case.person_id not in people_known_to(coordinator)


def test_a_visit_that_was_begun_is_the_senders_and_over(ours, parked, coordinator):
    outing = str(new_id())
    file_it(parked("outing", outing=outing, minutes=30), by=coordinator)
    kept = Outing.objects.get(id=outing)
    assert kept.user_id == ours.users["recovery_coach"].id
    assert kept.ended_at == kept.due_at
    assert find_overdue(by=coordinator) == 0


def test_kits_leave_the_shelf_of_whoever_had_them(ours, parked, coordinator):
    file_it(parked("kits", kits=2, to="loved_one"), by=coordinator)
    assert {row.by_user for row in Move.objects.filter(kind="given")} == {ours.users["recovery_coach"].id}


def test_an_officers_attempt_says_that_an_officer_was_there(ours, case, coordinator):
    change = change_of(phone_of(ours.users["outreach_officer"]), "attempt", case)
    file_it(parked_of(ours, change, channel="phone", result="no_answer"), by=coordinator)
    assert Attempt.objects.get().officer_present
