"""Asking, reading together, signing, copying: through the pages, as a coach does it at the door."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client

from alongside.accounts.models import Agency, AgencyKind
from alongside.cases.models import Case
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.actions import disclose, record_consent
from alongside.consent.models import Consent, ConsentDraft, Disclosure, Emergency, Tie
from alongside.consent.wording import LANGUAGES, texts
from alongside.identity.actions import keep_contact
from alongside.referrals.models import Need, Referral
from tests.cast import case_with_team
from tests.house.source import PACKAGE

SIGNED = {"age": "adult", "signer": "self", "how": "screen"}


@pytest.fixture
def coach(ours):
    client = Client()
    client.force_login(ours.users["recovery_coach"])
    return client


@pytest.fixture
def case(ours):
    return case_with_team(ours)


def page_of(case, ours, **more):
    asked = {"to": str(ours.agencies["shelter"].id), "categories": ["contact", "health"], "purpose": "referral_send",
             "days": "90", "language": "en"} | more  # fmt: skip
    return f"/cases/{case.id}/agreements/?{urlencode(asked, doseq=True)}"


def sign(client, path, **more):
    return client.post(path, SIGNED | {"draft": str(new_id())} | more)


@pytest.mark.covers("R11")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_is_shown_in_the_persons_language_with_what_police_cannot_see(ours, case, coach, language):
    page = coach.get(page_of(case, ours, language=language)).content.decode()
    assert f'lang="{language}"' in page
    for name in ("police", "back", "free", "copy"):
        assert texts(language)[name].replace("'", "&#x27;") in page


@pytest.mark.covers("R11")
def test_the_persons_language_is_chosen_before_anybody_asks(ours, case, coach):
    keep_contact(case.person, by=ours.actor("recovery_coach"), ask_for="A.", language="ht")
    assert re.search(r'<option value="ht" selected', coach.get(f"/cases/{case.id}/agreements/").content.decode())


@pytest.mark.covers("R11", "R01")
@pytest.mark.parametrize("language", LANGUAGES)
def test_after_signing_a_copy_in_their_language_is_offered(ours, case, coach, language):
    answer = sign(coach, page_of(case, ours, language=language))
    consent = Consent.objects.get()
    assert answer.url == f"/cases/{case.id}/agreements/{consent.id}/copy/"
    page = coach.get(answer.url).content.decode()
    assert texts(language)["title"] in page
    assert "Harbor Shelter" in page
    assert f"agreements/{consent.id}/copy/" in coach.get(f"/cases/{case.id}/").content.decode()


@pytest.mark.covers("R11")
def test_the_copy_prints_in_large_letters():
    css = (PACKAGE / "static" / "css" / "alongside.css").read_text()
    printed = css[css.index("@media print") :]
    assert int(re.search(r"\.agreement \{[^}]*font-size: (\d+)pt", printed)[1]) >= 16


@pytest.mark.covers("R01")
@pytest.mark.parametrize("lacking", ["age", "signer", "how"])
def test_nothing_is_chosen_beforehand_and_nothing_is_kept_without_it(ours, case, coach, lacking):
    page = coach.get(page_of(case, ours)).content.decode()
    assert not re.search(rf'name="{lacking}"[^>]*checked', page)
    answer = coach.post(page_of(case, ours), {"draft": str(new_id())} | {k: v for k, v in SIGNED.items() if k != lacking})
    assert answer.status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.covers("R01")
def test_a_spoken_yes_does_not_share_treatment_records(ours, case, coach):
    answer = sign(coach, page_of(case, ours, categories=["contact", "part2"]), how="spoken")
    assert answer.status_code == 422
    assert "signature" in answer.content.decode()
    assert not Consent.objects.exists()
    assert sign(coach, page_of(case, ours, categories=["contact", "part2"]), how="paper").status_code == 302


@pytest.mark.covers("R07")
def test_pressed_twice_is_one_agreement(ours, case, coach):
    draft = str(new_id())
    for _ in range(2):
        assert sign(coach, page_of(case, ours), draft=draft).status_code == 302
    assert Consent.objects.count() == 1


@pytest.mark.covers("R09", "R07")
def test_a_minor_without_a_rule_stays_a_draft_that_opens_nothing(ours, case, coach):
    page = coach.post(page_of(case, ours), SIGNED | {"age": "teen", "draft": str(new_id())}, follow=True).content.decode()
    assert "does not hold yet" in page
    assert (Consent.objects.count(), ConsentDraft.objects.count()) == (0, 1)
    assert not Tie.objects.filter(agency__isnull=False).exists()


@pytest.mark.covers("R09")
@pytest.mark.parametrize("age", ["", "child", "unsure"])
def test_a_name_is_not_sent_on_the_word_of_somebody_who_may_not_agree_alone(ours, case, coach, age):
    coach.post(f"/cases/{case.id}/need/", {"code": "shelter_tonight"})
    sent = {"agency": ours.agencies["shelter"].id, "handoff": "information", "agreed": "on", "age": age}
    assert coach.post(f"/needs/{case.needs.get().id}/refer/", sent).status_code == 422
    assert (Consent.objects.count(), Referral.objects.count()) == (0, 0)


@pytest.mark.covers("R02")
def test_a_change_through_the_page_is_the_next_version(ours, case, coach):
    sign(coach, page_of(case, ours))
    first = Consent.objects.get()
    page = coach.get(f"/cases/{case.id}/agreements/?change={first.id}").content.decode()
    assert f'name="change" value="{first.id}"' in page
    sign(coach, page_of(case, ours, categories=["contact"], change=str(first.id)))
    second = Consent.objects.exclude(id=first.id).get()
    assert (second.version, second.replaces, second.categories) == (2, first, ["contact"])
    assert "Version 2" in coach.get(f"/cases/{case.id}/").content.decode()


@pytest.mark.covers("R03")
def test_the_page_offers_partners_and_treating_providers_and_nobody_else(ours, case, coach):
    for kind in (AgencyKind.COURT, AgencyKind.CORRECTIONS, AgencyKind.PROSECUTION, AgencyKind.OTHER):
        Agency.objects.create(program=ours.program, name=f"Zyx{kind}", kind=kind)
    page = coach.get(f"/cases/{case.id}/agreements/").content.decode()
    offered = re.search(r'<select name="to".*?</select>', page, re.S)[0]
    assert re.findall(r">([^<]+)</option>", offered) == [
        "Choose", "Harbor Recovery", "Harbor Shelter", "Those who treat them (“my treating providers”)"
    ]  # fmt: skip
    police = page_of(case, ours, to=str(ours.agencies["police"].id))
    assert sign(coach, police).status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.covers("R04")
def test_the_page_cannot_be_bent_to_legal_proceedings(ours, case, coach):
    for purpose in ("legal_release", "legal_proceedings", ["referral_send", "legal_release"]):
        assert sign(coach, page_of(case, ours, purpose=purpose)).status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.covers("R06")
@pytest.mark.parametrize("hours_off", [-48, 48])
def test_a_wrong_clock_in_the_browser_changes_nothing(ours, case, coach, hours_off):
    there = now() + timedelta(hours=hours_off)
    claimed = {"given_at": there.isoformat(), "expires_at": (there + timedelta(days=900)).isoformat(), "now": there.isoformat()}
    before = now()
    coach.post(
        page_of(case, ours, days="30"), SIGNED | claimed | {"draft": str(new_id())},
        headers={"Date": there.strftime("%a, %d %b %Y %H:%M:%S GMT")},
    )  # fmt: skip
    consent = Consent.objects.get()
    assert before <= consent.given_at <= now()
    assert consent.expires_at - consent.given_at == timedelta(days=30)


@pytest.mark.covers("R17", "R45")
def test_the_page_shows_who_was_told(ours, case, coach):
    by = ours.actor("recovery_coach")
    record_consent(case.person, None, ["contact"], by=by, how="paper", purpose="tpo", designation="treating_providers")
    disclose(case.person, ours.agencies["health"], ["contact"], by=by)
    page = coach.get(f"/cases/{case.id}/shared/").content.decode()
    assert page.count("Harbor Health") == 2
    assert "my treating providers" in page


@pytest.mark.covers("R26")
def test_police_find_none_of_these_pages(ours, case, coach):
    sign(coach, page_of(case, ours))
    officer = Client()
    officer.force_login(ours.users["outreach_officer"])
    consent = Consent.objects.get()
    for path in (page_of(case, ours), f"/cases/{case.id}/agreements/{consent.id}/copy/", f"/cases/{case.id}/shared/"):
        assert officer.get(path).status_code == 404
    page = officer.get(f"/cases/{case.id}/").content.decode()
    assert "agreed to" not in page
    assert "Harbor Shelter" not in page


# --- without an agreement ----------------------------------------------------------------------------------------------


@pytest.mark.covers("R10")
def test_a_contact_without_an_agreement_leaves_operational_rows_and_nothing_more(ours):
    """Through the main acts: the report, and a visit where they wanted nothing today."""
    patrol, coach = Client(), Client()
    patrol.force_login(ours.users["patrol_officer"])
    coach.force_login(ours.users["recovery_coach"])
    sent = {"kind": "overdose", "when": "now", "outcome": "non_fatal", "draft": str(new_id()), "town": ours.towns[0].id,
            "given_name": "Wrenna", "meeting_place": "the pier"}  # fmt: skip
    assert patrol.post("/intake/contact/", sent).status_code == 302
    case = Case.objects.get()
    case_with_team(ours, case.person)
    for result, response in (("no_answer", ""), ("reached", "not_today")):
        tried = {"draft": str(new_id()), "channel": "phone", "result": result, "response": response, "kit_to": "person"}
        assert coach.post(f"/cases/{case.id}/attempt/", tried).status_code == 302
    for model in (Consent, ConsentDraft, Disclosure, Emergency, Need, Referral):
        assert not model.objects.exists(), model
    assert not Tie.objects.filter(agency__isnull=False).exists()
    case.refresh_from_db()
    assert case.status != "closed"
    assert case.outcome == ""


@pytest.mark.covers("R10")
def test_no_table_has_a_place_for_a_score_or_for_having_said_no():
    words = ("score", "refus", "declin", "complian", "risk", "motivat")
    rooms = {"people", "identity", "consent", "incidents", "cases", "visits", "referrals"}
    named = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in rooms
        for field in model._meta.get_fields()
        if any(word in field.name.lower() for word in words)
    ]
    assert named == []
