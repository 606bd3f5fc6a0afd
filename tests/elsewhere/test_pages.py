"""The pages: pacts for the privacy reviewer, the list of questions, and what one person said."""

import pytest
from django.urls import reverse

from alongside.consent.actions import restrict
from alongside.elsewhere.models import Pact, Question, Silence
from tests.cast import browser_of, force_one_factor
from tests.elsewhere.two import DESK, agreed, ask, copy_of, lay, proposed, somebody

PACTS, ASKED = "/elsewhere/", "/elsewhere/asked/"


def form(who, **more):
    return {"desk": str(who.agencies["health"].id), "part2": "no", "stands_for": ""} | more


def text(answer):
    return answer.content.decode()


def test_from_a_proposal_to_an_answer_and_to_its_end(cast):
    ours, theirs = browser_of(cast.ours.users["privacy_reviewer"]), browser_of(cast.other.users["privacy_reviewer"])
    assert "No pact with anybody" in text(ours.get(PACTS))
    page = ours.post("/elsewhere/propose/", form(cast.ours, other=str(cast.other.program.id)), follow=True)
    assert "Nothing happens until they allow it" in text(page)
    assert "waits for them" in text(page)
    page = text(theirs.get(PACTS))
    assert "Harbor Outreach" in page
    assert "waits for you" in page
    allow = reverse("elsewhere:allow", args=[copy_of(cast.other).id])
    assert "You would be told to ask: Harbor Health" in text(theirs.get(allow))
    assert "both allow it" in text(theirs.post(allow, form(cast.other), follow=True))
    somebody(cast.other)
    lay(cast.other)
    assert ask(cast.ours) == [DESK]
    end = reverse("elsewhere:end", args=[copy_of(cast.ours).id])
    assert "ended" in text(ours.post(end, follow=True))
    assert ask(cast.ours) == []
    assert "ended" in text(theirs.get(PACTS))


def test_part_2_is_unsure_until_somebody_says_otherwise(cast):
    page = text(browser_of(cast.ours.users["privacy_reviewer"]).get("/elsewhere/propose/"))
    assert 'value="unsure"' in page
    assert page.split('value="unsure"')[1].split(">")[0].count("checked") == 1


def test_the_police_are_not_offered_as_a_desk(cast):
    page = text(browser_of(cast.ours.users["privacy_reviewer"]).get("/elsewhere/propose/"))
    assert "Harbor Health" in page
    assert "Harbor Police" not in page


def test_an_incomplete_form_comes_back(cast):
    browser = browser_of(cast.ours.users["privacy_reviewer"])
    assert browser.post("/elsewhere/propose/", {"other": ""}).status_code == 422
    assert not Pact.objects.exists()


def test_the_reviewer_sees_how_often_the_other_side_asked(cast):
    agreed(cast)
    somebody(cast.other)
    lay(cast.other)
    ask(cast.ours)
    page = text(browser_of(cast.other.users["privacy_reviewer"]).get(PACTS))
    assert "1 known" in page


def test_the_list_shows_a_code_and_whom_to_call_and_no_name(cast):
    agreed(cast)
    person = somebody(cast.other)
    lay(cast.other)
    ask(cast.ours)
    for role in ("coordinator", "privacy_reviewer"):
        page = text(browser_of(cast.other.users[role]).get(ASKED))
        assert person.code in page
        assert "Call Harbor Health." in page
        assert "Vliet" not in page
    assert person.code not in text(browser_of(cast.ours.users["coordinator"]).get(ASKED))


def test_done_is_done(cast):
    agreed(cast)
    somebody(cast.other)
    lay(cast.other)
    ask(cast.ours)
    browser, question = browser_of(cast.other.users["coordinator"]), Question.objects.get()
    settle = reverse("elsewhere:settle", args=[question.id])
    assert browser_of(cast.ours.users["coordinator"]).post(settle).status_code == 404
    assert browser_of(cast.other.users["privacy_reviewer"]).post(settle).status_code == 404
    assert browser.post(settle).status_code == 302
    question.refresh_from_db()
    assert question.settled_at is not None


def test_a_person_may_say_that_they_are_not_mentioned(cast):
    agreed(cast)
    person = somebody(cast.other)
    lay(cast.other)
    page, browser = reverse("elsewhere:person", args=[person.id]), browser_of(cast.other.users["coordinator"])
    assert "tell nobody" in text(browser.get(page))
    assert "No. The person said" in text(browser.post(page, {"silent": "yes"}, follow=True))
    assert Silence.objects.filter(person=person).exists()
    assert ask(cast.ours) == []
    browser.post(page, {"silent": "no"})
    assert not Silence.objects.exists()


def test_the_page_of_somebody_the_coordinator_knows_is_not_there(cast):
    person, user = somebody(cast.other), cast.other.users["coordinator"]
    restrict(person, ["contact"], by=user.actor(), why="conflict", user=user)
    assert browser_of(user).get(reverse("elsewhere:person", args=[person.id])).status_code == 404


@pytest.mark.parametrize("name", ["elsewhere:propose", "elsewhere:allow"])
def test_proposing_and_allowing_ask_for_a_fresh_factor(cast, name, client, monkeypatch):
    proposed(cast)
    args = [copy_of(cast.other).id] if name == "elsewhere:allow" else []
    browser = browser_of(cast.other.users["privacy_reviewer"])
    monkeypatch.setattr("alongside.accounts.access.FRESH_SECONDS", -(10**9))
    answer = browser.post(reverse(name, args=args), form(cast.other))
    assert answer.status_code == 302
    assert not copy_of(cast.other).stands
    force_one_factor(client, cast.other.users["privacy_reviewer"])
    assert client.get(PACTS).status_code == 302
