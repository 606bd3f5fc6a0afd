"""The legal desk through the browser: from the first word to the paper that goes out, and what never does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from alongside.accounts.roles import ROLES
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.keyfolder import create_keys
from alongside.identity.models import Contact, DataKey
from alongside.identity.unsealing import unseal
from alongside.legal.models import LegalRequest, Statement
from alongside.legal.rules import NEEDED, NEITHER_CONFIRM
from alongside.people.models import Hold
from tests.cast import browser_of, canaries_in, force_one_factor
from tests.legal.desk import Desk


@pytest.fixture
def desk(ours):
    return Desk(ours)


def address(name, request):
    return reverse(f"legal:{name}", args=[request.id])


def step(browser, request, to, **data):
    return browser.post(address("move", request), {"to": to} | {f"{to}-{name}": value for name, value in data.items()})


ORDER = {
    "basis": "2.64", "findings": sorted(NEEDED["2.64"]), "mandate": "subpoena", "fields_named": ["phone"],
    "first_on": (now() - timedelta(days=9)).date().isoformat(), "last_on": (now() + timedelta(days=1)).date().isoformat(),
}  # fmt: skip


@pytest.mark.covers("R32", "R33", "R35")
def test_from_the_first_word_to_the_paper(desk, ours):
    counsel = browser_of(desk.counsel)
    arrival = {"draft": str(new_id()), "received_on": now().date().isoformat(), "asker": "prosecution", "people_asked": 1,
               "kind": ""}  # fmt: skip
    counsel.post(reverse("legal:enter"), arrival)
    counsel.post(reverse("legal:enter"), arrival)
    request = LegalRequest.objects.get()
    page = counsel.get(address("request", request)).content.decode()
    assert "neither a yes nor a no" in page
    assert step(counsel, request, "released").status_code == 302
    assert step(counsel, request, "approved").status_code == 302
    assert step(counsel, request, "pack_built").status_code == 302
    request.refresh_from_db()
    assert request.status == "received"
    assert step(counsel, request, "acknowledged").status_code == 302
    assert step(counsel, request, "classified", kind="court_order").status_code == 302
    assert step(counsel, request, "with_counsel", counsel=desk.counsel.id).status_code == 302
    code = desk.case.person.code.upper()
    wrong = step(counsel, request, "order_verified", **ORDER | {"mandate": "", "code": code})
    assert wrong.status_code == 422
    lacking = step(counsel, request, "order_verified", **ORDER | {"findings": ["other_ways"], "code": code})
    assert "lacks a finding" in lacking.content.decode()
    assert step(counsel, request, "order_verified", **ORDER | {"code": "nobody 1"}).status_code == 422
    assert step(counsel, request, "order_verified", **ORDER | {"code": code}).status_code == 302
    assert counsel.post(address("pack", request)).status_code == 302
    for user in (desk.reviewer, desk.coordinator):
        browser = browser_of(user)
        assert "I read both and approve" in browser.get(address("request", request)).content.decode()
        request.refresh_from_db()
        assert browser.post(address("approve", request), {"read": request.verified_at.isoformat()}).status_code == 302
    pack = counsel.post(address("pack", request))
    assert pack.status_code == 200
    assert pack["Cache-Control"] == "no-store"
    assert "Jordan Doe 1" in pack.content.decode()
    assert canaries_in(pack.content) == {"identity.Contact.phone"}
    again = counsel.post(address("pack", request))
    assert again.status_code == 302
    assert counsel.post(address("hand_over", request)).status_code == 302
    request.refresh_from_db()
    assert request.status == "pack_built"
    assert step(counsel, request, "noticed", notice="barred").status_code == 422
    assert step(counsel, request, "noticed", notice="given").status_code == 302
    assert counsel.post(address("hand_over", request)).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.released_on is not None) == ("released", True)
    page = counsel.get(reverse("legal:ledger")).content
    assert b"agrees with the journal" in page
    assert canaries_in(page + counsel.get(address("request", request)).content) == set()


@pytest.mark.covers("R32")
@pytest.mark.parametrize("name", ["approve", "pack", "hand_over"])
def test_what_leads_out_of_the_house_wants_a_fresh_factor(desk, name):
    request = desk.verified()
    user = desk.reviewer if name == "approve" else desk.counsel
    browser = Client()
    force_one_factor(browser, user)
    session = browser.session
    long_ago = now().timestamp() - 3600
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": long_ago}, {"method": "mfa", "type": "totp", "at": long_ago},
    ]  # fmt: skip
    session.save()
    answer = browser.post(address(name, request))
    assert answer.status_code == 302
    assert reverse("mfa_reauthenticate") in answer["Location"]
    assert request.approvals.count() == 0


@pytest.mark.covers("R32")
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"counsel", "privacy_reviewer", "coordinator"}))
def test_nobody_else_finds_the_desk(desk, ours, role):
    request, browser = desk.received(), browser_of(ours.users[role])
    for path in (reverse("legal:ledger"), reverse("legal:enter"), reverse("legal:months"), reverse("legal:holds"),
                 address("request", request)):  # fmt: skip
        assert browser.get(path).status_code == 404, path
    for name in ("move", "approve", "pack", "hand_over"):
        assert browser.post(address(name, request), {"to": "acknowledged"}).status_code == 404, name


@pytest.mark.covers("R35")
def test_two_sign_a_month_on_its_page(desk):
    last = (now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    desk.received(on=last)
    path = reverse("legal:months")
    one, two = browser_of(desk.counsel), browser_of(desk.coordinator)
    assert "<strong>missing</strong>" in one.get(path).content.decode()
    assert one.post(path, {"month": "not a day"}).status_code == 302
    for _ in range(2):
        one.post(path, {"month": last.isoformat()})
    assert not Statement.objects.get().stands
    assert "<strong>missing</strong>" in one.get(path).content.decode()
    two.post(path, {"month": last.isoformat()})
    assert Statement.objects.get().stands
    assert "<strong>missing</strong>" not in two.get(path).content.decode()


@pytest.mark.covers("R49")
def test_two_sign_a_hold_on_its_page_and_it_is_shown_in_the_ledger(desk):
    path, code = reverse("legal:holds"), desk.case.person.code
    counsel, reviewer = browser_of(desk.counsel), browser_of(desk.reviewer)
    assert counsel.post(path, {"code": "nobody 1"}).status_code == 422
    counsel.post(path, {"code": code})
    assert "waits for the second signature" in counsel.get(reverse("legal:ledger")).content.decode()
    reviewer.post(path, {"code": code})
    hold = Hold.objects.get()
    assert hold.placed_at is not None
    assert "review by" in counsel.get(reverse("legal:ledger")).content.decode()
    one = reverse("legal:hold", args=[hold.id])
    assert reviewer.post(one, {"answer": "perhaps"}).status_code == 302
    assert reviewer.post(one, {"answer": "keep"}).status_code == 302
    assert reviewer.post(one, {"answer": "lift"}).status_code == 302
    assert reviewer.post(one, {"answer": "lift"}).status_code == 404


def test_the_card_for_the_door_is_there_for_everybody_in_two_languages(client, ours):
    ours.program.counsel_contact = "Riva Stone, 555-010-1212"
    ours.program.save()
    page = client.get(reverse("legal:card")).content.decode()
    for words in ("42 CFR Part 2", "Do not obstruct", "Do not unlock", "No obstruya", "555-010-1212", 'lang="es"'):
        assert words in page


def test_the_sentence_says_neither_yes_nor_no():
    assert "2.13(c)" in NEITHER_CONFIRM
    assert "neither a yes nor a no" in NEITHER_CONFIRM


@pytest.mark.covers("R34")
def test_whoever_takes_the_database_and_not_the_keys_reads_nothing(desk, tmp_path, settings):
    """Every table, in full, with the keys of another installation: no word of anybody, and no way to one."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # our own tables
            rows = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            assert canaries_in(rows) == set(), table
    sealed = Contact.objects.get(person=desk.case.person).phone
    assert DataKey.objects.exists()
    assert unseal([sealed]) != [None]
    create_keys(tmp_path / "other")
    settings.KEY_FOLDER = tmp_path / "other"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whatever the cipher says: it does not open
        unseal([sealed])
    assert canaries_in(caught.value) == set()
