"""A page offers what may be done, in words, and nothing that was decided beforehand."""

import re

import pytest
from django.urls import reverse

from alongside.accounts.roles import ROLES, may
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.desk.sharing import spoken_language
from alongside.identity.models import Contact
from alongside.legal.actions import Arrival, acknowledge, receive_request
from alongside.people.models import Person
from alongside.review.forms import ReviewForm
from alongside.visits.models import Attempt
from tests.cast import browser_of, case_with_team


def page_of(ours, role, case):
    return browser_of(ours.users[role]).get(reverse("desk:case", args=[case.id])).content.decode()


@pytest.mark.covers("R22")
def test_the_quick_answer_is_a_way_the_person_agreed_to(ours):
    case = case_with_team(ours)
    assert 'name="channel" value="phone"' in page_of(ours, "recovery_coach", case)
    Person.objects.filter(id=case.person_id).update(text_only=True)
    page = page_of(ours, "recovery_coach", case)
    assert 'name="channel" value="text"' in page
    assert "Phone: no answer" not in page
    tap = {"draft": str(new_id()), "channel": "text", "result": "sent", "kit_to": "person"}
    answer = browser_of(ours.users["recovery_coach"]).post(reverse("desk:attempt", args=[case.id]), tap)
    assert answer.status_code == 302
    assert Attempt.objects.get().channel == "text"


def test_an_officer_is_not_told_that_nobody_tried(ours):
    case = case_with_team(ours)
    assert "Nobody has tried yet" in page_of(ours, "recovery_coach", case)
    assert "Nobody has tried yet" not in page_of(ours, "outreach_officer", case)


@pytest.mark.parametrize(("spoken", "read"), [("pt", "pt-br"), ("pt-BR", "pt-br"), ("es", "es"), ("xx", "en")])
def test_an_agreement_is_offered_in_the_language_the_person_speaks(ours, spoken, read):
    case = case_with_team(ours)
    Contact.objects.filter(person_id=case.person_id).update(language=spoken)
    assert spoken_language(ours.actor("recovery_coach"), case.person_id) == read


@pytest.mark.parametrize("role", [role for role in ROLES if may(role, "approve_release")])
def test_whoever_approves_a_release_finds_the_ledger_once_in_the_menu(ours, role):
    page = browser_of(ours.users[role]).get("/", follow=True).content.decode()
    assert page.split("</nav>")[0].count(f'href="{reverse("legal:ledger")}"') == 1


def test_a_reviewer_chooses_and_nothing_is_chosen_for_them():
    form = ReviewForm({"item": 1, "outcome": "", "reason": ""})
    assert set(form.errors) == {"outcome", "reason"}
    assert not ReviewForm()["outcome"].value()


def test_the_kind_of_paper_that_was_entered_is_not_asked_from_nothing_again(ours):
    counsel = ours.user("counsel")
    arrival = Arrival(draft=new_id(), received_on=now().date(), asker="court", people_asked=1, kind="court_order",
                      answer_due_on=None)  # fmt: skip
    made = receive_request(arrival, by=counsel.actor())
    acknowledge(made, by=counsel.actor())
    page = browser_of(counsel).get(reverse("legal:request", args=[made.id])).content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["court_order"]
    assert "legal_request" not in page
