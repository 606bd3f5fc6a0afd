"""Two approve what they read: not what counsel put in its place, and not somebody who may not approve any more."""

import re
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse

from alongside.accounts.models import User
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.legal import actions
from alongside.people.actions import place_hold
from alongside.people.queries import held
from tests.cast import browser_of, person_of
from tests.legal.desk import Desk, order


@pytest.fixture
def desk(ours):
    return Desk(ours)


def read_on(browser, request):
    page = browser.get(reverse("legal:request", args=[request.id])).content.decode()
    request.refresh_from_db()
    assert request.person.code in page
    return re.search(r'name="read" value="([^"]+)"', page)[1]


@pytest.mark.covers("R32")
def test_an_order_swapped_between_reading_and_approving_is_not_approved(desk, ours):
    request, by = desk.verified("visit_days"), desk.counsel.actor()
    readers = [browser_of(user) for user in (desk.reviewer, desk.coordinator)]
    read = [read_on(browser, request) for browser in readers]
    actions.step_aside(request, "motion_filed", by=by)
    actions.verify_order(request, order("full_name", "phone", "notes"), person_of(ours, canaries=True), by=by)
    for browser, moment in zip(readers, read, strict=True):
        browser.post(reverse("legal:approve", args=[request.id]), {"read": moment})
        browser.post(reverse("legal:approve", args=[request.id]))
    request.refresh_from_db()
    assert (request.status, request.standing().approvals) == ("order_verified", 0)
    for browser in readers:
        browser.post(reverse("legal:approve", args=[request.id]), {"read": read_on(browser, request)})
    request.refresh_from_db()
    assert request.status == "approved"


@pytest.mark.covers("R32")
@pytest.mark.parametrize("changed", [{"is_active": False}, {"role": "recovery_coach"}])
def test_an_approval_of_somebody_who_may_not_any_more_builds_no_pack(desk, changed):
    request = desk.approved("phone")
    User.objects.filter(id=desk.coordinator.id).update(**changed)
    with pytest.raises(Refused, match="may not any more"):
        actions.build_pack(request, by=desk.counsel.actor())
    request.refresh_from_db()
    assert (request.status, request.built_at) == ("approved", None)


@pytest.mark.covers("R49")
def test_one_who_changes_roles_in_between_does_not_sign_a_hold_twice(desk):
    person, one = person_of(desk.who), desk.counsel.actor()
    place_hold(person, by=one)
    with pytest.raises(Refused, match="somebody else"):
        place_hold(person, by=replace(one, role="privacy_reviewer"))
    assert held([person.id]) == set()
    place_hold(person, by=desk.reviewer.actor())
    assert held([person.id]) == {person.id}


@pytest.mark.covers("R32")
@pytest.mark.parametrize("verb", ["user_added", "factor_changed"])
def test_whoever_runs_the_machine_cannot_make_the_people_for_a_release(desk, ours, verb):
    administrator = ours.actor("administrator")
    with transaction.atomic():
        record(verb, kind="user", target=desk.reviewer.id, by=administrator)
    request = desk.verified("phone")
    with pytest.raises(Refused, match="72 hours"):
        actions.approve_release(request, by=desk.reviewer.actor())
    with transaction.atomic():
        record(verb, kind="user", target=desk.counsel.id, by=administrator)
    with pytest.raises(Refused, match="72 hours"):
        actions.give_to_counsel(desk.received("court_order"), desk.counsel, by=desk.counsel.actor())


@pytest.mark.covers("R32")
def test_an_account_renewed_after_it_approved_holds_the_pack_back(desk, ours):
    request = desk.approved("phone")
    with transaction.atomic():
        record("factor_changed", kind="user", target=desk.coordinator.id, by=ours.actor("administrator"))
    with pytest.raises(Refused, match="72 hours"):
        actions.build_pack(request, by=desk.counsel.actor())
    request.refresh_from_db()
    assert request.built_at is None


@pytest.mark.covers("R32")
@pytest.mark.parametrize("kind", ["informal", "immigration", "public_records"])
def test_a_paper_that_is_no_order_never_becomes_one(desk, kind):
    request = desk.with_counsel(kind)
    with pytest.raises(Refused, match="brings no order"):
        actions.verify_order(request, order("phone"), desk.case.person, by=desk.counsel.actor())
