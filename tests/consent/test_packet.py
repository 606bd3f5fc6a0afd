"""Facts leave with the notice and the agreement in one piece, or they do not leave."""

import json

import pytest
from django.test import Client

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent import packet, wording
from alongside.consent.actions import record_consent
from alongside.consent.models import Consent
from alongside.consent.packet import payloads
from alongside.identity.models import Contact
from alongside.journal.models import Entry
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.sharing import take_back
from tests.cast import CANARIES, case_with_team, person_of, person_who_consented

NAME, WORDS = CANARIES["identity.Contact.ask_for"], "Zyxwords a warm room"
SHORT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


@pytest.fixture
def sent(ours):
    coach = ours.actor("recovery_coach")
    need = note_need(case_with_team(ours, person_who_consented(ours)), "shelter_tonight", by=coach, words=WORDS)
    return refer(need, Plan(agency=ours.agencies["shelter"], named=True), by=coach)


@pytest.fixture
def partner(ours):
    client = Client()
    client.force_login(ours.users["partner"])
    return client


def addresses(sent):
    return "/referrals/", f"/referrals/{sent.id}/packet/", f"/referrals/{sent.id}/packet/?format=json"


def opened():
    return Entry.objects.filter(verb="opened", role="partner").count()


@pytest.mark.covers("R12")
def test_every_way_out_carries_notice_and_agreement_beside_the_facts(sent, partner):
    for path in addresses(sent):
        text = partner.get(path).content.decode()
        for part in (NAME, WORDS, SHORT, "civil, criminal, administrative or legislative", "Harbor Recovery", sent.person.code):
            assert part in text, (path, part)


@pytest.mark.covers("R12")
def test_the_file_is_one_object(sent, partner):
    whole = json.loads(partner.get(addresses(sent)[2]).content)
    assert whole["facts"] == {"name": NAME, "words": WORDS}
    assert whole["notice"] == list(packet.notice())
    consent = Consent.objects.get(person=sent.person)
    assert whole["agreement"]["until"] == f"{consent.expires_at:%Y-%m-%d}"
    assert whole["agreement"]["to"] == "Harbor Shelter"
    assert {"who", "tells", "to", "what", "why", "given", "until", "signed", "take back", "version"} == set(whole["agreement"])


def no_notice(monkeypatch):
    monkeypatch.setattr(wording, "NOTICE", "")


def half_a_notice(monkeypatch):
    monkeypatch.setattr(wording, "NOTICE_MEANS", "")


def no_statement(monkeypatch):
    monkeypatch.setattr(packet, "notice", tuple)


def no_copy(monkeypatch):
    monkeypatch.setattr(packet, "copy_of", lambda consent: ())


def no_agreement(monkeypatch):
    monkeypatch.setattr(packet, "agreements_naming", lambda *_: {})


@pytest.mark.covers("R12")
@pytest.mark.parametrize("fault", [no_notice, half_a_notice, no_statement, no_copy, no_agreement])
def test_if_either_is_missing_nothing_leaves_and_nothing_is_opened(sent, partner, monkeypatch, fault):
    fault(monkeypatch)
    before = opened()
    for path in addresses(sent):
        answer = partner.get(path)
        assert answer.status_code == 200
        assert NAME not in answer.content.decode()
        assert WORDS not in answer.content.decode()
    assert opened() == before


@pytest.mark.covers("R12")
def test_an_agreement_that_lacks_an_element_carries_nothing(ours, sent):
    for lacking in ("discloser", "wording", "how"):
        consent = Consent.objects.select_related("person", "recipient", "discloser").get(person=sent.person)
        setattr(consent, lacking, {"discloser": None, "wording": 0, "how": ""}[lacking])
        assert packet.copy_of(consent) == ()


@pytest.mark.covers("R12", "R05")
def test_after_taking_back_the_packet_is_empty(ours, sent, partner):
    take_back(Consent.objects.get(person=sent.person), by=ours.actor("recovery_coach"))
    assert json.loads(partner.get(addresses(sent)[2]).content)["facts"] == {}


def test_payloads_answer_in_the_order_they_were_asked(ours, sent):
    stranger = person_of(ours, canaries=True)
    asked = [
        (stranger.id, {"name": Contact.objects.get(person=stranger).ask_for}),
        (sent.person_id, {"none": None, "name": Contact.objects.get(person=sent.person).ask_for}),
    ]
    first, second = payloads(ours.actor("partner"), asked, now())
    assert isinstance(first.facts["name"], Refused)
    assert (first.notice, first.agreement, first.plain()["facts"]) == ((), (), {})
    assert second.facts == {"none": "", "name": NAME}


def test_nothing_asked_is_nothing_opened(ours, db):
    assert payloads(ours.actor("partner"), [], now()) == []


def test_a_newer_version_is_the_one_that_goes_along(ours, sent, partner):
    from_coach = ours.actor("recovery_coach")
    old = Consent.objects.get(person=sent.person)
    packet_before = json.loads(partner.get(addresses(sent)[2]).content)["agreement"]["version"]
    record_consent(sent.person, old.recipient, ["contact"], by=from_coach, replaces=old)
    after = json.loads(partner.get(addresses(sent)[2]).content)
    assert (packet_before, after["agreement"]["version"]) == ("1", "2")
    assert after["facts"] == {"name": NAME}
