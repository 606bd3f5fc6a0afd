"""T5: subpoena, warrant, discovery motion, public-records request; insistence, haste, and a reviewer who gives in."""

import pytest
from django.urls import reverse

from alongside.legal import actions
from alongside.legal.models import LegalRequest
from tests.cast import browser_of, canaries_in
from tests.legal.desk import Desk, order


@pytest.fixture
def desk(ours):
    return Desk(ours)


@pytest.mark.covers("R32", "R35")
@pytest.mark.parametrize("kind", ["informal", "subpoena", "warrant", "public_records", "civil", "immigration"])
def test_every_button_pressed_in_every_order_releases_nothing_on_a_paper_alone(desk, kind):
    request = desk.with_counsel(kind)
    browsers = [browser_of(user) for user in (desk.counsel, desk.reviewer, desk.coordinator)]
    told = b""
    for _ in range(3):
        for browser in browsers:
            for to in ("acknowledged", "approved", "pack_built", "noticed", "released", "order_verified"):
                told += browser.post(reverse("legal:move", args=[request.id]), {"to": to}).content
            for name in ("approve", "pack", "hand_over"):
                told += browser.post(reverse(f"legal:{name}", args=[request.id])).content
            told += browser.get(reverse("legal:request", args=[request.id])).content
    request.refresh_from_db()
    assert (request.status, request.person_id, request.released_on) == ("with_counsel", None, None)
    assert canaries_in(told) == set()


@pytest.mark.covers("R32")
def test_one_who_gives_in_is_not_enough(desk):
    request = desk.verified("phone")
    reviewer, counsel = browser_of(desk.reviewer), browser_of(desk.counsel)
    for _ in range(3):
        for browser in (reviewer, counsel):
            browser.post(reverse("legal:approve", args=[request.id]), {"read": request.verified_at.isoformat()})
        assert canaries_in(counsel.post(reverse("legal:pack", args=[request.id])).content) == set()
    request.refresh_from_db()
    assert request.status == "order_verified"
    assert request.standing().approvals == 1


@pytest.mark.covers("R33")
def test_an_order_for_a_phone_number_gives_a_phone_number(desk):
    request = desk.approved("phone")
    page = browser_of(desk.counsel).post(reverse("legal:pack", args=[request.id])).content
    assert canaries_in(page) == {"identity.Contact.phone"}
    assert f"Jordan Doe {request.number}" in page.decode()
    assert desk.case.person.code not in page.decode()


@pytest.mark.covers("R32", "R35")
def test_police_find_no_desk_to_hand_the_paper_in_and_the_answer_is_the_same_for_everybody(desk, ours):
    for role in ("outreach_officer", "patrol_officer", "data_designee"):
        browser = browser_of(ours.users[role])
        assert browser.get(reverse("legal:ledger")).status_code == 404
        assert browser.post(reverse("legal:enter"), {}).status_code == 404
    assert LegalRequest.objects.count() == 0


@pytest.mark.covers("R33")
def test_a_second_order_starts_from_nothing(desk):
    request, _ = desk.built("phone")
    by = desk.counsel.actor()
    actions.verify_order(request, order("notes"), desk.case.person, by=by)
    assert canaries_in(browser_of(desk.counsel).post(reverse("legal:pack", args=[request.id])).content) == set()
