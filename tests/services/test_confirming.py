"""“Still as listed”, and which partner answers for a place."""

from datetime import timedelta

import pytest

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.journal.models import Entry
from alongside.services.confirming import AGAIN_AFTER, confirm_service, link_service
from alongside.services.models import Service
from alongside.services.rules import may_confirm, may_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return Service.objects.create(name="Harbor House", source="made-up", source_key="1")


def test_who_keeps_the_directory_confirms_and_it_is_journaled(cast, service, journal):
    confirm_service(service.id, by=cast.recovery_coach)
    service.refresh_from_db()
    assert service.confirmed_by == cast.ours.agencies["recovery"]
    assert now() - service.confirmed_at < timedelta(minutes=1)
    assert journal() == ["service_confirmed"]


def test_two_taps_are_one(cast, service, journal):
    first = confirm_service(service.id, by=cast.recovery_coach).confirmed_at
    assert confirm_service(service.id, by=cast.recovery_coach).confirmed_at == first
    assert journal() == ["service_confirmed"]


def test_another_agency_or_a_later_day_says_it_anew(cast, service, journal):
    confirm_service(service.id, by=cast.recovery_coach)
    confirm_service(service.id, by=cast.coordinator)
    Service.objects.update(confirmed_at=now() - AGAIN_AFTER)
    confirm_service(service.id, by=cast.coordinator)
    assert journal() == ["service_confirmed"] * 3
    service.refresh_from_db()
    assert service.confirmed_by == cast.ours.agencies["health"]


def test_a_partner_confirms_its_own_services_alone(cast, service):
    with pytest.raises(Refused, match="Only who offers this service"):
        confirm_service(service.id, by=cast.partner)
    link_service(service.id, cast.ours.agencies["shelter"], by=cast.coordinator)
    assert confirm_service(service.id, by=cast.partner).confirmed_by_id == cast.ours.agencies["shelter"].id


def test_the_coordinator_says_who_answers_and_takes_it_back(cast, service, journal):
    shelter = cast.ours.agencies["shelter"]
    link_service(service.id, shelter, by=cast.coordinator)
    link_service(service.id, shelter, by=cast.coordinator)
    service.refresh_from_db()
    assert service.agency == shelter
    link_service(service.id, None, by=cast.coordinator)
    service.refresh_from_db()
    assert service.agency is None
    assert journal() == ["service_linked", "service_linked"]
    assert [entry.detail for entry in Entry.objects.filter(verb="service_linked").order_by("seq")] == [
        {"agency": str(shelter.id)}, {"agency": ""},
    ]  # fmt: skip


def test_nobody_links_to_or_over_a_partner_of_another_program(cast, service):
    theirs = cast.other.agencies["shelter"]
    with pytest.raises(Refused, match="does not work with your program"):
        link_service(service.id, theirs, by=cast.coordinator)
    Service.objects.update(agency=theirs)
    for agency in (None, cast.ours.agencies["shelter"]):
        with pytest.raises(Refused, match="another program"):
            link_service(service.id, agency, by=cast.coordinator)


@pytest.mark.parametrize("role", ["recovery_coach", "partner"])
def test_only_the_coordinator_links(cast, service, role):
    with pytest.raises(Refused, match="Only the coordinator"):
        link_service(service.id, cast.ours.agencies["shelter"], by=cast.actor(role))


def test_a_service_that_is_gone_is_said_to_be_gone(cast):
    with pytest.raises(Refused, match="not in the directory any more"):
        confirm_service(new_id(), by=cast.coordinator)


def test_the_rules_are_two_sentences():
    assert may_confirm("recovery_coach", own=False)
    assert may_confirm("partner", own=True)
    assert not may_confirm("partner", own=False)
    assert may_link("coordinator")
    assert not may_link("partner")
