"""T8: a malicious partner tries to read everything, to keep on reading, and to pass it on."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from alongside.accounts.models import Agency, AgencyKind
from alongside.consent.actions import record_consent
from alongside.consent.models import Consent, Disclosure
from alongside.journal.models import Entry
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Referral
from alongside.referrals.sharing import take_back
from tests.cast import canaries_in, case_with_team, person_of

PARTNERS = 4
SHORT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
KIND_OF = {0: AgencyKind.SHELTER, 1: AgencyKind.TREATMENT, 2: AgencyKind.SYRINGE_SERVICES}


@pytest.fixture
def sent(ours):
    """One partner after the other with a browser, and a referral with a name for each."""
    coach, made = ours.actor("recovery_coach"), []
    for number in range(PARTNERS):
        name = f"Partner {number}"
        ours.agencies[name] = Agency.objects.create(
            program=ours.program, name=name, kind=KIND_OF.get(number, AgencyKind.RECOVERY)
        )
        client = Client()
        client.force_login(ours.user("partner", employer=name))
        person = person_of(ours, canaries=True)
        record_consent(person, ours.agencies[name], ["contact", "health"], by=coach)
        need = note_need(case_with_team(ours, person), "detox", by=coach, words=f"Zyxonly{number}")
        made.append((client, refer(need, Plan(agency=ours.agencies[name], named=True), by=coach)))
    return made


def routes(resolver=None, before=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and re.search(r"<uuid:", route) and not re.search(r"<(?!uuid:)", route):
            yield "/" + route


def ids_of(referral):
    """What a referral hangs on, by the argument an address takes it in."""
    consent, told = Consent.objects.get(person=referral.person), Disclosure.objects.get(person=referral.person)
    return {
        "referral_id": referral.id, "need_id": referral.need_id, "case_id": referral.need.case_id,
        "person_id": referral.person_id, "consent_id": consent.id, "disclosure_id": told.id,
    }  # fmt: skip


def attempts(path, ids):
    """The address with another's ids: each in its place, and at a partner's own addresses every one of them."""
    arguments = re.findall(r"<uuid:(\w+)>", path)
    if arguments == ["referral_id"]:
        return [path.replace("<uuid:referral_id>", str(pk)) for pk in ids.values()]
    return [re.sub(r"<uuid:(\w+)>", lambda found: str(ids.get(found[1], ids["referral_id"])), path)]


def asked(client, address):
    """What an address answers; one that only takes posts is sent something."""
    answer = client.get(address)
    return client.post(address, {"to": "accepted", "agency": str(uuid.uuid4())}) if answer.status_code == 405 else answer


def told(answer):
    """Status, length and the words of an answer without what differs for everybody each time."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", answer.content.decode())
    return answer.status_code, len(text), text, sorted(set(answer.headers) - {"Set-Cookie", "Content-Security-Policy"})


@pytest.mark.slow  # the program decides it alike on each database; on PostgreSQL the tests below and tests/walls ask
@pytest.mark.covers("R24")
def test_each_partner_tries_every_id_of_the_others_at_every_address_and_gets_none(sent):
    paths, things = list(routes()), [ids_of(referral) for _, referral in sent]
    assert len(paths) > 30
    tried, got, unlike = 0, [], []
    for number, (client, _) in enumerate(sent):
        for path in paths:
            nobody = told(asked(client, re.sub(r"<uuid:\w+>", lambda _: str(uuid.uuid4()), path)))
            assert nobody[0] == 404, path
            for ids in things[:number] + things[number + 1 :]:
                for address in attempts(path, ids):
                    answer = asked(client, address)
                    tried += 1
                    if answer.status_code != 404:
                        got.append((number, path, answer.status_code))
                    elif told(answer) != nobody:
                        unlike.append((number, path))
    assert tried > PARTNERS * (PARTNERS - 1) * len(paths)
    assert (got, unlike) == ([], [])


@pytest.mark.covers("R24", "R12")
def test_a_partner_reads_its_own_and_with_it_the_notice(sent):
    for number, (client, referral) in enumerate(sent):
        for path in ("/referrals/", f"/referrals/{referral.id}/packet/", f"/referrals/{referral.id}/packet/?format=json"):
            text = client.get(path).content.decode()
            assert set(re.findall(r"Zyxonly\d", text)) == {f"Zyxonly{number}"}
            assert SHORT in text


@pytest.mark.covers("R24")
def test_answering_for_another_changes_nothing(sent):
    before = list(Referral.objects.order_by("id").values())
    for number, (client, _) in enumerate(sent):
        for other, (_, referral) in enumerate(sent):
            if other != number:
                assert client.post(f"/referrals/{referral.id}/answer/", {"to": "accepted"}).status_code == 404
    assert list(Referral.objects.order_by("id").values()) == before


@pytest.mark.covers("R13")
def test_none_of_them_can_pass_it_on_to_any_other(ours, sent):
    for number, (client, referral) in enumerate(sent):
        for other in range(PARTNERS):
            if other != number:
                to = {"agency": str(ours.agencies[f"Partner {other}"].id)}
                assert "has not agreed" in client.post(f"/referrals/{referral.id}/pass-on/", to, follow=True).content.decode()
        for name in ("police", "health"):
            to = {"agency": str(ours.agencies[name].id)}
            assert client.post(f"/referrals/{referral.id}/pass-on/", to).status_code == 404
    assert (Referral.objects.count(), Disclosure.objects.count()) == (PARTNERS, PARTNERS)
    assert Entry.objects.filter(verb="disclosure_refused").count() == PARTNERS * (PARTNERS - 1)


@pytest.mark.covers("R05", "R24")
def test_after_the_agreement_was_taken_back_there_is_nothing_left_to_read(ours, sent):
    client, referral = sent[0]
    take_back(Consent.objects.get(person=referral.person), by=ours.actor("recovery_coach"))
    for path in ("/referrals/", f"/referrals/{referral.id}/packet/", f"/referrals/{referral.id}/packet/?format=json"):
        text = client.get(path).content.decode()
        assert "Zyxonly" not in text
        assert canaries_in(text) == set()
