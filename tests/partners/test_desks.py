"""Where a partner's messages go: kept by a coordinator with a fresh factor, and nobody else, since links go there."""

import pytest
from django.urls import reverse

from alongside.accounts.roles import ROLES, may
from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.messaging.models import Message
from alongside.partners.actions import Desk, keep_desk, try_message
from tests.cast import browser_of

NEW = {"email": "night.desk@harbor.example", "phone": "413-555-0142", "takes_texts": "on"}


@pytest.fixture
def coordinator(ours):
    return browser_of(ours.users["coordinator"])


@pytest.fixture
def shelter(ours):
    return ours.agencies["shelter"]


def page(name, *about):
    return reverse(f"partners:{name}", args=about)


def test_a_coordinator_changes_it_and_the_journal_says_so_without_the_address(coordinator, shelter):
    assert coordinator.post(page("partner", shelter.id), NEW).status_code == 302
    shelter.refresh_from_db()
    assert (shelter.email, shelter.phone, shelter.takes_texts) == ("night.desk@harbor.example", "413-555-0142", True)
    lines = Entry.objects.filter(verb="partner_contact_changed")
    assert [line.detail for line in lines] == [{"email": True, "phone": True}]
    coordinator.post(page("partner", shelter.id), NEW)
    assert lines.count() == 1, "the same again is nothing"
    assert "night.desk@harbor.example" in coordinator.get(page("list")).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"email": "not an address"}, {"phone": "<b>1</b>"}, {"takes_texts": "on"}, {"phone": "9" * 40}]
)
def test_what_cannot_be_reached_is_asked_again(coordinator, shelter, wrong):
    assert coordinator.post(page("partner", shelter.id), wrong).status_code == 422
    shelter.refresh_from_db()
    assert (shelter.email, shelter.phone, shelter.takes_texts) == ("", "", False)


def test_only_coordinators_keep_it_and_never_the_machine_room():
    """Who could turn a link aside could read what it opens; the administrator sees ciphertext only."""
    assert [role for role in ROLES if may(role, "keep_partners")] == ["coordinator"]


def test_police_and_other_programs_are_no_desks(cast, coordinator):
    listed = coordinator.get(page("list")).content.decode()
    assert "Harbor Shelter" in listed
    assert "Harbor Police" not in listed
    assert "Valley" not in listed
    for agency in (cast.ours.agencies["police"], cast.other.agencies["shelter"]):
        assert coordinator.get(page("partner", agency.id)).status_code == 404
        assert coordinator.post(page("partner", agency.id), NEW).status_code == 404
        assert coordinator.post(page("test", agency.id)).status_code == 404
        with pytest.raises(Refused):
            keep_desk(agency, Desk(email="x@y.example"), by=cast.coordinator)


def test_a_test_message_says_nothing_and_goes_once(coordinator, shelter, ours):
    with pytest.raises(Refused, match="no e-mail address"):
        try_message(shelter, by=ours.actor("coordinator"))
    shelter.email = "night.desk@harbor.example"
    shelter.save()
    for _ in range(2):
        assert coordinator.post(page("test", shelter.id)).status_code == 302
    message = Message.objects.get()
    assert (message.agency, message.reason, message.link) == (shelter, "test", None)


def test_the_example_shows_the_buttons_and_nobody(coordinator):
    text = coordinator.get(page("example")).content.decode()
    assert "Yes, we keep a bed until" in text
    assert "You have a message in Alongside." in text
