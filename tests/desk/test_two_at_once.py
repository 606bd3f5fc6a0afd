"""Two people change what is known of one person: whoever kept a page open overwrites nothing they have not read."""

import re

import pytest
from django.urls import reverse

from alongside.cases.actions import keep_wishes
from alongside.consent import firewall
from alongside.identity.actions import keep_contact
from alongside.identity.models import Contact
from alongside.people.actions import set_ways_of_contact
from alongside.people.models import Person
from alongside.people.rules import Ways
from tests.cast import browser_of, case_with_team


@pytest.fixture
def case(ours):
    return case_with_team(ours)


def read(browser, case):
    """The fields of the page as a browser would send them back."""
    page = browser.get(reverse("desk:wishes", args=[case.id])).content.decode()
    form = page[page.index('<form method="post" class="form') :]
    given = dict(re.findall(r'<input type="(?:hidden|text)" name="([^"]+)"(?: value="([^"]*)")?', form))
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        given[name] = chosen[1] if chosen else ""
    for name in re.findall(r'<input type="checkbox" name="([^"]+)"[^>]* checked', form):
        given[name] = "on"
    given.pop("csrfmiddlewaretoken", None)
    return given


def keep(browser, case, given):
    return browser.post(reverse("desk:wishes", args=[case.id]), given)


def name_of(ours, case):
    sealed = Contact.objects.get(person=case.person).ask_for
    return firewall.open(ours.actor("coordinator"), "coordination", sealed)[0]


def test_a_page_that_was_open_leaves_what_it_did_not_change(ours, case):
    desk = browser_of(ours.users["coordinator"])
    given = read(desk, case)
    set_ways_of_contact(case.person_id, Ways(text_only=True), by=ours.actor("recovery_coach"))
    keep_contact(case.person, by=ours.actor("recovery_coach"), ask_for="Somebody Tall")
    assert keep(desk, case, given | {"prefers": "letter"}).status_code == 302
    person = Person.objects.get(id=case.person_id)
    assert (person.text_only, person.prefers, name_of(ours, case)) == (True, "letter", "Somebody Tall")


def test_the_same_changed_twice_is_asked_about_and_kept_when_said_again(ours, case):
    desk = browser_of(ours.users["coordinator"])
    given = read(desk, case) | {"ask_for": "Somebody Small"}
    keep_contact(case.person, by=ours.actor("recovery_coach"), ask_for="Somebody Tall")
    answer = keep(desk, case, given)
    assert answer.status_code == 422
    assert "now it says “Somebody Tall”" in answer.content.decode()
    assert name_of(ours, case) == "Somebody Tall"
    again = given | dict(re.findall(r'name="(initial-ask_for)"[^>]* value="([^"]*)"', answer.content.decode()))
    assert again["initial-ask_for"] == "Somebody Tall"
    assert 'name="ask_for" value="Somebody Small"' in answer.content.decode()
    assert keep(desk, case, again).status_code == 302
    assert name_of(ours, case) == "Somebody Small"


def test_a_stop_said_meanwhile_is_never_lifted_by_an_old_page(ours, case):
    desk = browser_of(ours.users["coordinator"])
    given = read(desk, case)
    keep_wishes(case.person_id, "no_visits", no_police=True, by=ours.actor("recovery_coach"))
    keep(desk, case, given | {"prefers": "phone", "said_so": "on"})
    person = Person.objects.get(id=case.person_id)
    assert (person.stop, person.no_police, person.prefers) == ("no_visits", True, "phone")
