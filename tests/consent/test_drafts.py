"""Agreements collected on a phone: drafts until the server says otherwise, once per id, in any order, by the server's clock."""

from dataclasses import fields, replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import actions, firewall
from alongside.consent.actions import Draft, accept_draft, disclose, record_consent, take_back_draft
from alongside.consent.models import Consent, ConsentDraft, Disclosure, Tie
from alongside.consent.queries import active_consents_of, drafts_of
from alongside.identity.models import Contact
from tests.cast import person_of, person_who_consented


@pytest.fixture
def by(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def draft(ours):
    return Draft(new_id(), ("contact",), ours.agencies["shelter"], age="adult")


@pytest.mark.covers("R07")
def test_sent_twice_is_one_agreement(ours, by, draft, journal):
    person = person_of(ours)
    first, second = (accept_draft(person, draft, by=by) for _ in range(2))
    assert first == second == Consent.objects.get()
    assert first.id == draft.id
    assert journal().count("consent_given") == 1


@pytest.mark.covers("R07", "R09")
def test_a_draft_without_its_signer_holds_nothing_and_can_be_made_whole(ours, by, draft, journal):
    person, unsigned = person_of(ours), replace(draft, age="child")
    for _ in range(2):
        assert accept_draft(person, unsigned, by=by) is None
    assert not Consent.objects.exists()
    assert journal().count("consent_drafted") == 1
    assert [row.id for row in drafts_of(by, [person.id])] == [draft.id]
    with pytest.raises(Refused):
        disclose(person, ours.agencies["shelter"], ["contact"], by=by)
    ours.program.state = "MA"
    ours.program.save()
    person.refresh_from_db()
    assert accept_draft(person, replace(unsigned, signer="both"), by=by) == Consent.objects.get()
    assert drafts_of(by, [person.id]) == []


@pytest.mark.covers("R07")
def test_nothing_is_shared_before_the_server_accepted_it(ours, by, draft):
    person = person_of(ours)
    accept_draft(person, replace(draft, age="unsure"), by=by)
    assert not Disclosure.objects.exists()
    assert not Tie.objects.exists()
    accept_draft(person, draft, by=by)
    assert not Disclosure.objects.exists()


@pytest.mark.covers("R07", "R01")
def test_a_draft_that_lacks_something_leaves_no_row(ours, by, draft):
    person = person_of(ours)
    with pytest.raises(Refused, match="categories"), transaction.atomic():
        accept_draft(person, replace(draft, categories=()), by=by)
    assert not Consent.objects.exists()
    assert not ConsentDraft.objects.exists()


@pytest.mark.covers("R07")
def test_an_id_belongs_to_one_person(cast, ours, by, draft):
    accept_draft(person_of(ours), draft, by=by)
    other = replace(draft, id=new_id(), age="child")
    accept_draft(person_of(ours), other, by=by)
    for taken in (draft, other):
        with pytest.raises(Refused, match="somebody else"):
            accept_draft(person_of(ours), taken, by=by)
    with pytest.raises(Refused, match="somebody else"):
        take_back_draft(person_of(ours), other.id, by=by)
    with pytest.raises(Refused, match="somebody else"):
        accept_draft(person_of(cast.other), replace(draft, id=new_id()), by=by)


@pytest.mark.covers("R07", "R05")
def test_what_was_taken_back_before_it_arrived_never_holds(ours, by, draft):
    person = person_of(ours)
    take_back_draft(person, draft.id, by=by)
    assert accept_draft(person, draft, by=by) is None
    assert not Consent.objects.exists()
    assert drafts_of(by, [person.id]) == []


@pytest.mark.covers("R07", "R05")
@pytest.mark.parametrize("order", sorted(set(permutations(("give", "give", "take")))))
def test_in_whatever_order_a_phone_sends_it_the_end_is_the_same(ours, by, draft, order):
    person = person_of(ours)
    for step in order:
        if step == "give":
            accept_draft(person, draft, by=by)
        else:
            take_back_draft(person, draft.id, by=by)
    assert active_consents_of(by, [person.id], now()) == []
    assert Consent.objects.count() <= 1


@pytest.mark.covers("R07")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(order=st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=8))
def test_as_many_agreements_as_ids(ours, by, order):
    """Three drafts, sent as often as the network likes: one agreement for each that was sent, and nothing shared."""
    with transaction.atomic():
        person = person_of(ours)
        made = [Draft(new_id(), ("contact",), ours.agencies["shelter"], age="adult", days=30 + n) for n in range(3)]
        for which in order:
            accept_draft(person, made[which], by=by)
        assert set(Consent.objects.values_list("id", flat=True)) == {made[which].id for which in order}
        assert not Disclosure.objects.exists()
        transaction.set_rollback(True)


# --- the server's clock ------------------------------------------------------------------------------------------------


@pytest.mark.covers("R06")
def test_a_draft_has_no_time_of_its_own():
    assert not [field.name for field in fields(Draft) if field.name.endswith(("_at", "_on")) or "time" in field.name]


@pytest.mark.covers("R06")
@pytest.mark.parametrize("hours_off", [-48, -1, 1, 48])
def test_whatever_the_phones_clock_says_the_servers_moment_counts(ours, by, draft, client, hours_off, monkeypatch):
    server = now()
    monkeypatch.setattr(actions, "clock", lambda: server)
    consent = accept_draft(person_of(ours), replace(draft, days=1), by=by)
    assert (consent.given_at, consent.expires_at) == (server, server + timedelta(days=1))
    device = server + timedelta(hours=hours_off)
    holding = Consent.objects.holding(server + timedelta(hours=23)).exists(), Consent.objects.holding(server).exists()
    assert holding == (True, True), device
    assert not Consent.objects.holding(server + timedelta(days=1)).exists()


@pytest.mark.covers("R06")
@pytest.mark.parametrize("hours_off", [-48, 48])
def test_a_partners_wrong_clock_opens_and_closes_nothing(ours, by, client, hours_off, monkeypatch):
    """The browser's date, in whichever header or field it comes, is not asked."""
    person = person_who_consented(ours)
    disclose(person, ours.agencies["shelter"], ["contact"], by=by)
    sealed, partner = Contact.objects.get(person=person).ask_for, ours.actor("partner")
    consent = Consent.objects.get(person=person)
    for moment, opens in ((consent.expires_at - timedelta(seconds=1), True), (consent.expires_at, False)):
        monkeypatch.setattr(firewall, "clock", lambda moment=moment: moment)
        (answer,) = firewall.open(partner, "referral_receive", sealed)
        assert isinstance(answer, str) is opens, hours_off


@pytest.mark.covers("R06")
def test_an_agreement_ends_by_itself(ours, by):
    consent = record_consent(person_of(ours), ours.agencies["shelter"], ["contact"], by=by, days=1)
    assert list(Consent.objects.holding(consent.expires_at - timedelta(microseconds=1))) == [consent]
    assert list(Consent.objects.holding(consent.expires_at)) == []
