"""A partner passes on what it was told only where the person agreed to that."""

from itertools import product

import pytest
from django.test import Client

from alongside.accounts.models import Agency, AgencyKind
from alongside.common.decision import Decision
from alongside.consent.actions import forward, record_consent
from alongside.consent.models import Disclosure
from alongside.consent.rules import may_forward
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Referral
from tests.cast import case_with_team, person_of

BOTH = ["contact", "health"]


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def clinics(ours):
    """Two treating partners, each with somebody who answers."""
    made = []
    for name in ("Northside Clinic", "Southside Clinic"):
        agency = Agency.objects.create(program=ours.program, name=name, kind=AgencyKind.TREATMENT)
        ours.agencies[name] = agency
        made.append((agency, ours.user("partner", employer=name)))
    return made


def sent_to(ours, coach, agency, **terms):
    person = person_of(ours, canaries=True)
    named = {"recipient": agency, "categories": BOTH, "by": coach} | terms
    record_consent(person, **named)
    need = note_need(case_with_team(ours, person), "detox", by=coach, words="Zyxwords soon")
    return refer(need, Plan(agency=agency, named=True), by=coach)


@pytest.mark.covers("R13")
@pytest.mark.parametrize(("named", "tpo"), list(product([False, True], repeat=2)))
@pytest.mark.parametrize("to_kind", [*AgencyKind.values, "immigration", "child_welfare", ""])
@pytest.mark.parametrize("sender_kind", ["treatment", "health", "shelter", "recovery", "police", ""])
def test_the_table_of_passing_on(named, tpo, sender_kind, to_kind):
    treats = {"treatment", "health"}
    helps = treats | {"recovery", "shelter", "syringe_services", "ems", "ride"}
    expected = to_kind in helps and (named or (tpo and sender_kind in treats and to_kind in treats))
    decision = may_forward(named=named, tpo=tpo, sender_kind=sender_kind, to_kind=to_kind)
    assert bool(decision) is expected
    assert expected or decision.reason.endswith(".")


@pytest.mark.covers("R13")
def test_without_an_agreement_nothing_is_passed_on_and_it_stands_in_the_journal(ours, coach, clinics, journal):
    (first, user), (second, _) = clinics
    referral = sent_to(ours, coach, first)
    answer = forward(referral.person, second, BOTH, by=user.actor())
    assert isinstance(answer, Decision)
    assert not answer
    assert journal()[-1] == "disclosure_refused"
    assert Disclosure.objects.count() == 1


@pytest.mark.covers("R13")
def test_an_agreement_that_names_the_other_for_all_of_it_allows_it(ours, coach, clinics):
    (first, user), (second, _) = clinics
    referral = sent_to(ours, coach, first)
    record_consent(referral.person, second, ["contact"], by=coach)
    assert isinstance(forward(referral.person, second, BOTH, by=user.actor()), Decision)
    record_consent(referral.person, second, BOTH, by=coach)
    told = forward(referral.person, second, BOTH, by=user.actor())
    assert isinstance(told, Disclosure)
    assert (told.recipient, told.forwarded_by) == (second, first)


@pytest.mark.covers("R13")
def test_an_agreement_for_treatment_lets_one_who_treats_tell_another(ours, coach, clinics):
    (first, user), (second, _) = clinics
    whole = {"recipient": None, "designation": "treating_providers", "purpose": "tpo", "how": "paper"}
    referral = sent_to(ours, coach, first, **whole)
    assert isinstance(forward(referral.person, second, BOTH, by=user.actor()), Disclosure)
    refused = forward(referral.person, ours.agencies["shelter"], BOTH, by=user.actor())
    assert isinstance(refused, Decision)


@pytest.mark.covers("R13")
def test_who_was_never_told_passes_nothing_on(ours, coach, clinics):
    (first, _), (second, user) = clinics
    referral = sent_to(ours, coach, first, recipient=None, designation="treating_providers", purpose="tpo", how="paper")
    answer = forward(referral.person, first, BOTH, by=user.actor())
    assert isinstance(answer, Decision)
    assert "not told" in answer.reason


@pytest.mark.covers("R13")
def test_through_the_page_it_works_where_agreed_and_not_elsewhere(ours, coach, clinics):
    (first, user), (second, other) = clinics
    referral = sent_to(ours, coach, first)
    client, receiving = Client(), Client()
    client.force_login(user)
    receiving.force_login(other)
    path = f"/referrals/{referral.id}/pass-on/"
    page = client.post(path, {"agency": str(second.id)}, follow=True).content.decode()
    assert "has not agreed" in page
    assert Referral.objects.count() == 1
    record_consent(referral.person, second, BOTH, by=coach)
    for _ in range(2):
        assert "Passed on" in client.post(path, {"agency": str(second.id)}, follow=True).content.decode()
    assert Referral.objects.filter(agency=second, named=True).count() == 1
    assert "Zyxwords soon" in receiving.get("/referrals/").content.decode()
    police = str(ours.agencies["police"].id)
    assert client.post(path, {"agency": police}).status_code == 404
    assert receiving.post(path, {"agency": str(first.id)}).status_code == 404
