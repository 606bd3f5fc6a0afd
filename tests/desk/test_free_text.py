"""What a note cannot hold is said beside it, what was typed stays in the form, and nothing was kept."""

import pytest
from django.urls import reverse

from alongside.common.decision import Refused
from alongside.identity.actions import keep_contact
from alongside.incidents.models import Incident
from alongside.referrals.actions import note_need
from alongside.referrals.models import Need
from alongside.visits.actions import record_attempt
from alongside.visits.models import Attempt
from tests import cast as casting

WARRANT = "Zyx says there is a bench warrant out for him"


@pytest.fixture
def coach(ours, client):
    client.force_login(ours.users["recovery_coach"])
    return client


def sent(case, **more):
    return {"draft": str(casting.new_id()), "channel": "phone", "result": "reached", "response": "services"} | more


@pytest.mark.covers("R25")
def test_a_note_about_a_warrant_is_not_kept_and_stays_in_the_form(ours, coach):
    case = casting.case_with_team(ours)
    answer = coach.post(reverse("desk:attempt", args=[case.id]), sent(case, note=WARRANT))
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "speaks of warrants" in told
    assert WARRANT in told
    assert not Attempt.objects.exists()


@pytest.mark.covers("R25")
def test_a_number_of_a_file_in_the_persons_words_is_not_kept(ours, coach):
    case = casting.case_with_team(ours)
    answer = coach.post(reverse("desk:need", args=[case.id]), {"code": "food", "words": "my ssn is 123-45-6789"})
    assert answer.status_code == 422
    assert "social security" in answer.content.decode()
    assert "my ssn is" in answer.content.decode()
    assert not Need.objects.exists()


@pytest.mark.covers("R25")
@pytest.mark.parametrize("name", ["place", "meeting_place", "ask_for", "phone"])
def test_the_contact_form_takes_no_plate(ours, client, name):
    client.force_login(ours.users["patrol_officer"])
    form = {"draft": str(casting.new_id()), "kind": "overdose", "when": "now", "town": str(ours.towns[0].id),
            "outcome": "non_fatal", "given_name": "Sam"}  # fmt: skip
    answer = client.post(reverse("intake:report"), form | {name: "plate ABC-1234"})
    assert answer.status_code == 422
    assert "license plate" in answer.content.decode()
    assert "plate ABC-1234" in answer.content.decode()
    assert not Incident.objects.exists()
    assert client.post(reverse("intake:report"), form | {name: "plate of food"}).status_code == 302


@pytest.mark.covers("R25")
def test_whatever_door_it_comes_through_the_vault_does_not_take_it(ours):
    case = casting.case_with_team(ours)
    coach = ours.actor("recovery_coach")
    with pytest.raises(Refused, match="warrants"):
        note_need(case, "food", by=coach, words=WARRANT)
    with pytest.raises(Refused, match="warrants"):
        record_attempt(case, casting.reached(note=WARRANT), by=coach)
    with pytest.raises(Refused, match="license plate"):
        keep_contact(case.person, by=coach, meeting_place="the van, plate ABC-1234")
    assert not Attempt.objects.exists()
    assert not Need.objects.exists()


def test_a_word_that_judges_is_kept_and_a_better_one_offered(ours, coach):
    case = casting.case_with_team(ours)
    answer = coach.post(reverse("desk:attempt", args=[case.id]), sent(case, note="A junkie friend was there"), follow=True)
    assert Attempt.objects.count() == 1
    assert "rather than “junkie”: a person who uses drugs" in answer.content.decode()
