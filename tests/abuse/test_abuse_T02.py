"""T2: somebody here hunts a person they know: a former partner with a badge, a coach with the same family name.

What is left over: two people who work together against a third. Nothing here hides that it was opened.
"""

import pytest
from django.core.management import call_command

from alongside.accounts.models import User
from alongside.common.decision import Refused
from alongside.consent.actions import lift_restriction, restrict
from alongside.consent.models import Restriction
from alongside.consent.rules import CLASSES
from alongside.journal.models import Entry
from alongside.people.actions import merge_people
from alongside.review.models import BreakGlass
from tests.cast import browser_of, canaries_in, case_with_everything, person_of

DANGER = {"category": "violence", "reason": "I only want to know where they are now.", "untold": ""}


@pytest.fixture
def hunted(ours):
    """Somebody with everything sealed, assigned to the officer and the coach."""
    return case_with_everything(ours)


def pages(case):
    return ["/today/", f"/cases/{case.id}/", f"/people/{case.person_id}/", "/matches/",
            f"/review/danger/{case.person_id}/", f"/review/danger/{case.person_id}/opened/"]  # fmt: skip


@pytest.mark.covers("R69b")
def test_the_namesake_who_opens_a_case_is_on_the_reviewers_list(ours, hunted):
    User.objects.filter(id=ours.users["outreach_officer"].id).update(display_name="Jo Qvumblethorp")
    browser_of(ours.users["outreach_officer"]).get(f"/cases/{hunted.id}/")
    call_command("review")
    (found,) = Entry.objects.filter(verb="anomaly_found")
    assert (found.detail["why"], found.detail["person"]) == ("near", str(hunted.person_id))
    page = browser_of(ours.users["privacy_reviewer"]).get("/review/").content.decode()
    assert "family name, phone or address" in page
    assert hunted.person.code in page
    assert canaries_in(page) == set()
    assert "Qvumblethorp" not in page


@pytest.mark.covers("R43")
@pytest.mark.parametrize("role", ["outreach_officer", "recovery_coach", "coordinator"])
def test_from_whoever_knows_the_person_everything_is_kept(ours, hunted, role):
    user = ours.users[role]
    client = browser_of(user)
    assert canaries_in(client.get(f"/cases/{hunted.id}/").content)  # before, the work shows it
    restrict(hunted.person, list(CLASSES), by=ours.actor("privacy_reviewer"), why="conflict", user=user)
    for path in pages(hunted):
        answer = client.get(path)
        assert canaries_in(answer.content) == set(), path
        if path != "/matches/":
            assert hunted.person.code not in answer.content.decode(), path
    assert client.get(f"/cases/{hunted.id}/").status_code == 404


@pytest.mark.covers("R43", "R69a")
def test_nor_do_they_get_around_it_by_danger_by_a_merge_or_by_themselves(ours, hunted):
    coach = ours.users["recovery_coach"]
    kept = restrict(hunted.person, list(CLASSES), by=ours.actor("privacy_reviewer"), why="conflict", user=coach)
    client = browser_of(coach)
    assert client.post(f"/review/danger/{hunted.person_id}/", DANGER).status_code == 404
    assert client.post("/review/danger/", {"code": hunted.person.code}).status_code == 422
    assert not BreakGlass.objects.exists()
    with pytest.raises(Refused, match="Somebody else"):  # the second person
        lift_restriction(kept, by=coach.actor())
    assert Restriction.objects.get(id=kept.id).ended_at is None
    merge_people(hunted.person, person_of(ours), by=ours.actor("coordinator"))
    assert client.get(f"/cases/{hunted.id}/").status_code == 404
    lift_restriction(kept, by=ours.actor("coordinator"))
    assert client.get(f"/cases/{hunted.id}/").status_code == 200


def test_a_guessed_address_is_no_way_in(ours, hunted):
    """An officer who is not assigned, and one of another program."""
    for client in (browser_of(ours.user("outreach_officer")), browser_of(ours.user("recovery_coach"))):
        for path in pages(hunted)[1:3]:
            assert client.get(path).status_code == 404, path
        assert hunted.person.code not in client.get("/today/").content.decode()


@pytest.mark.covers("R69a", "R69b")
def test_opening_in_danger_leaves_a_mark_that_the_one_who_did_it_cannot_remove(ours, hunted):
    coach = ours.user("recovery_coach")
    client = browser_of(coach)
    client.post(f"/review/danger/{hunted.person_id}/", DANGER)
    entry = Entry.objects.get(verb="broke_glass")
    assert client.post("/review/answer/", {"item": entry.seq, "outcome": "fine", "reason": "own_work"}).status_code == 404
    reviewer = browser_of(ours.users["privacy_reviewer"])
    assert "(1 waits)" in reviewer.get("/review/head/").content.decode()
    reviewer.post("/review/answer/", {"item": entry.seq, "outcome": "not_justified", "reason": "close"})
    assert Entry.objects.order_by("-seq").filter(verb="reviewed").get().detail["outcome"] == "not_justified"
