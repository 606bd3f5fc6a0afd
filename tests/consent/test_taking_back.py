"""An agreement taken back ends everything in one transaction; what was shared stays accounted for."""

import pytest
from django.test import Client

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.consent.actions import disclose, record_consent
from alongside.consent.models import Consent, Disclosure, Tie
from alongside.consent.queries import accounting_of
from alongside.identity.models import Contact
from alongside.journal.models import Entry
from alongside.referrals import moving
from alongside.referrals.actions import Plan, move_referral, note_need, refer
from alongside.referrals.models import Referral
from alongside.referrals.sharing import take_back
from tests.cast import CANARIES, case_with_team, person_who_consented

NAME, WORDS = CANARIES["identity.Contact.ask_for"], "Zyxwords a warm room"


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def sent(ours, coach):
    """A referral with a name, waiting at the shelter."""
    case = case_with_team(ours, person_who_consented(ours))
    need = note_need(case, "shelter_tonight", by=coach, words=WORDS)
    return refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.covers("R05")
@pytest.mark.parametrize("role", ["recovery_coach", "coordinator"])
def test_any_of_the_team_takes_it_back_and_everything_ends(ours, coach, sent, role, journal):
    consent = Consent.objects.get(person=sent.person)
    partner = as_user(ours.users["partner"])
    assert NAME in partner.get("/referrals/").content.decode()
    path = f"/cases/{sent.need.case_id}/agreements/{consent.id}/"
    assert as_user(ours.users[role]).post(path).status_code == 302
    page = partner.get("/referrals/").content.decode()
    assert NAME not in page
    assert WORDS not in page
    sent.refresh_from_db()
    assert (sent.status, sent.named) == ("cancelled", False)
    assert not Tie.objects.filter(agency=ours.agencies["shelter"], closed_at=None).exists()
    (answer,) = firewall.open(
        ours.actor("partner"), "referral_receive", Contact.objects.get(person=sent.person).ask_for
    )
    assert isinstance(answer, Refused)
    assert {"consent_revoked", "referral_moved"} <= set(journal())
    assert [line.to for line in accounting_of(coach, [sent.person_id], now())] == ["Harbor Shelter"]


@pytest.mark.covers("R05")
@pytest.mark.parametrize(("status", "after"), [("accepted", "accepted"), ("on-hold", "on-hold"), ("completed", "completed")])
def test_what_was_answered_goes_on_without_a_name(ours, coach, sent, status, after):
    move_referral(sent.id, status, by=ours.actor("partner"))
    take_back(Consent.objects.get(person=sent.person), by=coach)
    sent.refresh_from_db()
    assert sent.status == after
    assert NAME not in as_user(ours.users["partner"]).get("/referrals/").content.decode()


@pytest.mark.covers("R05")
def test_only_what_was_sent_under_it_is_withdrawn(ours, coach, sent):
    other = record_consent(sent.person, ours.agencies["recovery"], ["contact", "health"], by=coach)
    food = note_need(sent.need.case, "food", by=coach)
    kept = refer(food, Plan(agency=ours.agencies["recovery"], named=True), by=coach)
    unnamed = refer(food, Plan(agency=ours.agencies["shelter"]), by=coach)
    assert take_back(Consent.objects.exclude(id=other.id).get(person=sent.person), by=coach) == 1
    assert [Referral.objects.get(id=row.id).status for row in (kept, unnamed)] == ["requested", "requested"]
    assert Referral.objects.get(id=kept.id).named


@pytest.mark.covers("R05")
def test_a_general_designation_taken_back_closes_the_ties_of_all_who_were_told(ours, coach):
    person = person_who_consented(ours)
    consent = record_consent(person, None, ["contact"], by=coach, how="paper", purpose="tpo",
                             designation="treating_providers")  # fmt: skip
    disclose(person, ours.agencies["health"], ["contact"], by=coach)
    take_back(consent, by=coach)
    assert not Tie.objects.filter(person=person, agency=ours.agencies["health"], closed_at=None).exists()
    with pytest.raises(Refused):
        disclose(person, ours.agencies["health"], ["contact"], by=coach)


@pytest.mark.covers("R05")
def test_twice_is_once(ours, coach, sent):
    consent = Consent.objects.get(person=sent.person)
    take_back(consent, by=coach)
    ended, lines = Consent.objects.get(id=consent.id).revoked_at, Entry.objects.count()
    assert take_back(consent, by=coach) == 0
    assert (Consent.objects.get(id=consent.id).revoked_at, Entry.objects.count()) == (ended, lines)


@pytest.mark.covers("R05")
def test_if_the_referrals_cannot_be_withdrawn_nothing_is_half_done(ours, coach, sent, monkeypatch):
    real = moving.record

    def full(verb, **more):
        if verb == "referral_moved":
            raise OSError("no space left on device")
        return real(verb, **more)

    monkeypatch.setattr(moving, "record", full)
    consent = Consent.objects.get(person=sent.person)
    with pytest.raises(OSError, match="no space"):
        take_back(consent, by=coach)
    sent.refresh_from_db()
    assert (Consent.objects.get(id=consent.id).revoked_at, sent.status, sent.named) == (None, "requested", True)


def test_who_did_not_agree_again_is_not_told_again(ours, coach, sent):
    take_back(Consent.objects.get(person=sent.person), by=coach)
    with pytest.raises(Refused, match="not agreed"):
        refer(sent.need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)
    assert Disclosure.objects.count() == 1
