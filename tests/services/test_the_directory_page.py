"""The page of the directory says what one needs to know before sending somebody there."""

import pytest
from django.test import Client
from django.urls import reverse

from alongside.common.clock import now
from alongside.listings.hsds11 import read_package
from alongside.services import models, urls, views
from alongside.services.actions import import_services
from alongside.services.confirming import link_service
from alongside.services.forms import ServiceSearch
from alongside.services.models import Schedule, Service, ServiceNeed

LIST = reverse("services:list")


@pytest.fixture
def listed(cast, made_up_package):
    import_services(read_package(made_up_package), "made-up", by=cast.ours.system)
    return cast


@pytest.fixture
def page(listed):
    client = {}

    def shown(role="recovery_coach", **asked):
        if role not in client:
            client[role] = Client()
            client[role].force_login(listed.ours.users[role])
        return client[role].get(LIST, asked).content.decode()

    return shown


@pytest.fixture
def press(listed):
    def pressed(role, name, **said):
        client = Client()
        client.force_login(listed.ours.users[role])
        return client.post(reverse(f"services:{name}"), said)

    return pressed


@pytest.fixture
def detox(listed):
    return Service.objects.get(source_key="10")


def test_a_card_has_the_number_to_call_and_how_sure_we_are(page):
    told = page(need="detox")
    assert 'href="tel:3055550100"' in told
    assert "Harbor House" in told
    assert "Walk in" in told
    assert "Not confirmed by us: call before you send someone" in told
    assert "FOOD PANTRY" not in told


def test_hours_that_are_not_understood_are_shown_as_written(page, detox):
    Schedule.objects.all().delete()
    Service.objects.filter(pk=detox.pk).update(hours_text="Before 2:30pm, or knock")
    told = page(need="detox")
    assert "Before 2:30pm, or knock" in told
    assert "Hours not known: call first" in told


def test_no_match_says_what_to_do_next(page):
    assert "Use fewer words or another need" in page(words="nothing like it")


def test_a_long_answer_asks_for_another_word(page, monkeypatch):
    monkeypatch.setattr(views, "SHOWN", 1)
    assert "These are the first 1" in page()


def test_what_a_list_says_is_shown_as_text(page, detox):
    Service.objects.filter(pk=detox.pk).update(description="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page()


def test_what_is_asked_for_stays_in_the_form(page):
    told = page(town="Miami", features=["pets", "walk_in"], open_only="on", words="house", language="Spanish")
    assert 'value="Miami"' in told
    assert told.count(" checked") == 3
    assert '<option value="Spanish" selected>' in told
    assert "<details open>" in told


def test_an_unknown_need_is_answered_with_a_form_error_and_everything(page):
    assert "need" in ServiceSearch({"need": "warmth"}).errors
    told = page(need="warmth")
    assert "Please look at this once more." in told
    assert "FOOD PANTRY" in told


def test_still_as_listed_is_one_tap_and_leads_back_to_the_same_search(page, press, detox):
    answer = press(
        "recovery_coach", "confirm", service=detox.pk, back="need=detox&features=pets&next=https://elsewhere.example"
    )
    assert answer.url == f"{LIST}?need=detox&features=pets#s-{detox.pk}"
    detox.refresh_from_db()
    assert (now() - detox.confirmed_at).total_seconds() < 60
    told = page(need="detox")
    assert "confirmed today" in told.lower()
    assert "Harbor Recovery" in told


def test_a_partner_sees_the_button_on_its_own_services_alone(listed, page, press, detox):
    assert "Still as listed" not in page("partner")
    press("partner", "confirm", service=detox.pk)
    detox.refresh_from_db()
    assert detox.confirmed_at is None
    link_service(detox.pk, listed.ours.agencies["shelter"], by=listed.coordinator)
    assert page("partner").count("Still as listed") == 1
    press("partner", "confirm", service=detox.pk)
    detox.refresh_from_db()
    assert detox.confirmed_by == listed.ours.agencies["shelter"]


def test_the_coordinator_links_a_partner_and_nobody_else_is_offered_it(listed, page, press, detox):
    shelter = listed.ours.agencies["shelter"]
    assert "Who answers for it" not in page("recovery_coach")
    assert "Who answers for it" in page("coordinator")
    press("coordinator", "link", service=detox.pk, agency=shelter.pk)
    told = page("recovery_coach", need="detox")
    assert "A partner that answers here" in told
    assert "Harbor Shelter answers for it here" in told
    press("coordinator", "link", service=detox.pk, agency=listed.other.agencies["shelter"].pk)
    press("recovery_coach", "link", service=detox.pk, agency="")
    detox.refresh_from_db()
    assert detox.agency == shelter
    press("coordinator", "link", service=detox.pk, agency="")
    detox.refresh_from_db()
    assert detox.agency is None


@pytest.mark.parametrize("service", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("name", ["confirm", "link"])
def test_a_place_that_is_gone_changes_nothing(press, journal, name, service):
    answer = press("coordinator", name, service=service)
    assert answer.url == LIST
    assert journal() == []


def test_a_partner_of_another_program_is_not_named(listed, page, detox):
    theirs = listed.other.agencies["shelter"]
    Service.objects.filter(pk=detox.pk).update(agency=theirs, confirmed_by=theirs, confirmed_at=now())
    assert "Valley Shelter" not in page()


def test_syringe_services_are_not_there_for_police(listed):
    exchange = Service.objects.create(name="EXCHANGE BY THE BRIDGE", source="x", source_key="1")
    ServiceNeed.objects.create(service=exchange, need="syringe_services")
    for role in ("patrol_officer", "data_designee", "outreach_officer"):
        client = Client()
        client.force_login(listed.ours.users[role])
        assert client.get(LIST).status_code == 404


def test_the_pages_ask_for_their_permission():
    assert [pattern.name for pattern in urls.urlpatterns] == ["list", "confirm", "link"]
    assert views.list_services.permissions == ("see_services",)
    assert (views.confirm.permissions, views.link.permissions) == (("confirm_services",), ("keep_directory",))


@pytest.mark.parametrize("model", [models.Organization, models.Service, models.ServiceNeed, models.Schedule])
def test_every_field_is_declared_public(model):
    assert set(model.PRIVACY) == {field.name for field in model._meta.fields}
    assert set(model.PRIVACY.values()) == {"public"}
