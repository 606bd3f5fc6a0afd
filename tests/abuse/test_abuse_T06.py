"""T6: an immigration or child-welfare office asks. There is nothing to give: no field, no recipient, no way of being told."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.apps import apps
from django.test import Client
from django.urls import get_resolver

from alongside.accounts.models import Agency, AgencyKind, User
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent.actions import disclose, open_tie, record_consent
from alongside.consent.models import Consent, Disclosure
from alongside.consent.rules import SHAREABLE
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Referral
from tests.cast import canaries_in, case_with_team, person_of

STATUS_OR_FAMILY = re.compile(
    r"immigra|citizen|visa|alien|nationality|country_of|born_in|birth_?place|passport|green_?card|undocumented|asylum|"
    r"child|custody|parent_|family_members|relatives|marital|spouse|dependents|household|school",
    re.I,
)
# Whoever asks may call itself anything.
KINDS = ("immigration", "ice", "cbp", "uscis", "child_welfare", "cps", "dcf", "family_court")


@pytest.fixture
def case(ours):
    """Somebody who agreed to everything there is, for all who treat them."""
    case = case_with_team(ours, person_of(ours, canaries=True))
    coach = ours.actor("recovery_coach")
    record_consent(case.person, None, list(SHAREABLE), by=coach, how="paper", purpose="tpo", days=365,
                   designation="treating_providers")  # fmt: skip
    return case


def office(ours, kind):
    """The office with a login of its own, as far as a careless administrator could get; and the tie a bug could make."""
    agency = Agency.objects.create(program=ours.program, name=f"Office of {kind}", kind=kind)
    user = User(username=f"asks-{kind}", display_name="Asks", role="partner", agency=agency)
    user.set_unusable_password()
    user.save()
    client = Client()
    client.force_login(user)
    return agency, client


@pytest.mark.covers("R29")
def test_no_table_and_no_form_asks_about_status_or_family():
    list(get_resolver().url_patterns)
    names = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("alongside.")
        for field in model._meta.get_fields()
        if field.name != "family_name"
    ]
    waiting, questions = list(forms.BaseForm.__subclasses__()), []
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("alongside."):
            questions += [f"{form.__name__}.{name}" for name in form.base_fields]
    assert len(names) > 100
    assert len(questions) > 30
    assert [name for name in names + questions if STATUS_OR_FAMILY.search(name)] == []


@pytest.mark.covers("R03", "R29")
def test_there_is_no_kind_of_agency_for_such_an_office():
    assert [kind for kind in AgencyKind.values if STATUS_OR_FAMILY.search(kind) or kind in KINDS] == []


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", KINDS)
def test_no_agreement_and_no_referral_can_name_it(ours, case, kind):
    agency, _ = office(ours, kind)
    coach = ours.actor("recovery_coach")
    for how in ("spoken", "paper", "screen"):
        with pytest.raises(Refused):
            record_consent(case.person, agency, ["contact"], by=coach, how=how)
    need = note_need(case, "food", by=coach)
    for named in (True, False):
        with pytest.raises(Refused):
            refer(need, Plan(agency=agency, named=named), by=coach)
    with pytest.raises(Refused):
        disclose(case.person, agency, ["contact"], by=coach)
    assert (Consent.objects.count(), Disclosure.objects.count(), Referral.objects.count()) == (1, 0, 0)


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", KINDS)
def test_through_the_pages_it_cannot_be_chosen(ours, case, kind):
    agency, _ = office(ours, kind)
    coach = Client()
    coach.force_login(ours.users["recovery_coach"])
    path = f"/cases/{case.id}/agreements/"
    assert agency.name not in coach.get(path).content.decode()
    scope = f"?to={agency.id}&categories=contact&purpose=referral_send&days=90&language=en"
    signed = {"draft": str(new_id()), "age": "adult", "signer": "self", "how": "paper"}
    assert coach.post(path + scope, signed).status_code == 422
    need = note_need(case, "food", by=ours.actor("recovery_coach"))
    sent = {"agency": agency.id, "handoff": "information", "agreed": "on", "age": "adult"}
    assert coach.post(f"/needs/{need.id}/refer/", sent).status_code == 422
    assert Consent.objects.count() == 1


@pytest.mark.covers("R03")
@pytest.mark.parametrize("kind", KINDS)
def test_even_with_a_login_a_tie_and_a_row_put_there_by_hand_it_reads_nothing(ours, case, kind):
    """“My treating providers”, whatever the words: what decides is what the recipient is."""
    agency, client = office(ours, kind)
    coach = ours.actor("recovery_coach")
    need = note_need(case, "food", by=coach, words="Zyxwords bread")
    open_tie(case.person, by=coach, agency=agency, until=now() + timedelta(days=9))
    row = Referral.objects.create(
        need=need, person=case.person, agency=agency, named=True, status="requested", made_at=now(), changed_at=now()
    )
    for path in ("/referrals/", f"/referrals/{row.id}/packet/", f"/referrals/{row.id}/packet/?format=json"):
        text = client.get(path).content.decode()
        assert canaries_in(text) == set()
        assert "Zyxwords bread" not in text
    for path in (f"/cases/{case.id}/", f"/people/{case.person_id}/", f"/cases/{case.id}/shared/"):
        assert client.get(path).status_code == 404
