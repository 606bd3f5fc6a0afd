"""T1: a curious officer looks up a neighbor, by every way there is. Nothing comes back, and it does not go unseen."""

import pytest
from django.urls import reverse

from alongside.common.ids import new_id
from alongside.journal.models import Entry
from tests.cast import BIRTH_DATE, CANARIES, browser_of, canaries_in, case_for_person, case_with_team

NEIGHBOR = {
    "purpose": "outreach", "given_name": CANARIES["identity.Identity.given_name"],
    "family_name": CANARIES["identity.Identity.family_name"], "birth_date": BIRTH_DATE.isoformat(),
}  # fmt: skip


@pytest.fixture
def neighbor(ours):
    """Somebody of the program whom this officer was not given."""
    return case_for_person(ours)


@pytest.mark.covers("R23", "R27", "R28", "R31")
@pytest.mark.parametrize("role", ["outreach_officer", "patrol_officer", "data_designee"])
def test_asking_by_name_birth_date_phone_or_address_gives_what_nobody_gives(ours, neighbor, role):
    browser = browser_of(ours.users[role])
    phone = CANARIES["identity.Contact.phone"]
    ways = (NEIGHBOR, NEIGHBOR | {"birth_date": "", "phone": phone}, NEIGHBOR | {"given_name": "Sam"})
    pages = [browser.post(reverse("desk:find"), way) for way in ways]
    assert {(page.status_code, len(page.content)) for page in pages} == {(200, len(pages[-1].content))}
    for page in pages:
        assert neighbor.person.code not in page.content.decode()
        assert canaries_in(page.content) == set()
    # Three in a day: that is what the reviewer's alert is made from.
    denied = Entry.objects.filter(verb="lookup_denied", actor=str(ours.users[role].id))
    assert denied.count() == 3
    for field in ("address", "plate", "street"):
        assert f'name="{field}"' not in browser.get(reverse("desk:find")).content.decode()


@pytest.mark.covers("R27", "R31")
def test_guessing_addresses_of_pages_gives_what_nobody_gives(ours, neighbor):
    browser = browser_of(ours.users["outreach_officer"])
    nothing = browser.get(reverse("desk:case", args=[new_id()]))
    for path in (reverse("desk:case", args=[neighbor.id]), reverse("desk:person", args=[neighbor.person_id]),
                 reverse("desk:door", args=[neighbor.id]), reverse("desk:know", args=[neighbor.id])):  # fmt: skip
        answer = browser.get(path)
        assert (answer.status_code, len(answer.content)) == (404, len(nothing.content))


@pytest.mark.covers("R31")
def test_the_officers_list_is_the_own_visits_and_nothing_above(ours, neighbor):
    own = case_with_team(ours)
    browser = browser_of(ours.users["outreach_officer"])
    for query in ("", "?after=", f"?town={ours.towns[0].id}", "?after=2020-01-01T00:00:00+00:00_" + str(new_id())):
        page = browser.get(reverse("desk:today") + query).content.decode()
        assert neighbor.person.code not in page
    assert own.person.code in browser.get(reverse("desk:today")).content.decode()


@pytest.mark.covers("R28")
def test_the_officer_cannot_give_themselves_the_neighbor(ours, neighbor):
    browser = browser_of(ours.users["outreach_officer"])
    team = {"officer": ours.users["outreach_officer"].id, "coach": ours.users["recovery_coach"].id}
    assert browser.post(reverse("desk:assign", args=[neighbor.id]), team).status_code == 404
    assert not neighbor.assignments.exists()
