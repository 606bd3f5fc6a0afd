"""T17: the team's safety against the person's privacy: a short list about the place, and no label for a person."""

import pytest
from django.urls import reverse

from alongside.common.decision import Refused
from alongside.identity.actions import keep_contact
from alongside.identity.models import Contact
from alongside.identity.rules import PLACE_SAFETY, may_keep_safety
from tests.cast import browser_of

LABELS = ("violent", "armed", "hostile", "mental", "known to police", "dog; carries a knife", "")


@pytest.mark.parametrize("label", LABELS)
def test_no_label_for_a_person_gets_in(ours, case, label):
    assert not may_keep_safety([label])
    with pytest.raises(Refused, match="from the list"):
        keep_contact(case.person, by=ours.actor("recovery_coach"), place_safety=["dog", label], ask_for="Sam")
    contact = Contact.objects.get(person=case.person)
    assert contact.place_safety == []
    assert contact.ask_for is not None


def test_what_is_on_the_list_reaches_the_team_in_words(ours, case):
    keep_contact(case.person, by=ours.actor("recovery_coach"), place_safety=["dog", "ask_first"])
    for role in ("outreach_officer", "recovery_coach"):
        page = browser_of(ours.users[role]).get(reverse("desk:case", args=[case.id])).content.decode()
        assert "dog, call before you come" in page
        assert "dog, call before you come" in browser_of(ours.users[role]).get(
            reverse("desk:door", args=[case.id])).content.decode()  # fmt: skip


def test_what_stands_in_the_database_all_the_same_is_not_shown(ours, case):
    """A row written behind the program's back says nothing on any page."""
    Contact.objects.filter(person=case.person).update(place_safety=["violent", "dog"])
    page = browser_of(ours.users["outreach_officer"]).get(reverse("desk:case", args=[case.id])).content.decode()
    assert "violent" not in page


def test_the_list_is_about_places():
    assert set(PLACE_SAFETY) == {"dog", "stairs", "no_light", "ask_first"}
