"""Referrals out as FHIR and answers in: what leaves for whom, and what an answer may change."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError

from alongside.__main__ import words_to_command
from alongside.cases.models import FollowUp
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.consent.models import Consent
from alongside.consent.wording import NOTICE
from alongside.exchange.actions import take_answer, take_out
from alongside.exchange.checking import check
from alongside.exchange.fhir import bundle_of, sent_of
from alongside.exchange.queries import sent
from alongside.identity.models import DataKey
from alongside.journal.models import Entry
from alongside.people.models import Person
from alongside.referrals.actions import Plan, note_need, refer
from alongside.referrals.models import Referral
from alongside.referrals.sharing import take_back
from tests.cast import browser_of, canaries_in, case_with_everything, person_who_consented

pytestmark = pytest.mark.django_db
TOLD = {"identity.Contact.ask_for", "identity.Contact.phone", "referrals.Need.words"}


@pytest.fixture
def coach(ours):
    return ours.actor("recovery_coach")


@pytest.fixture
def agreed(ours):
    """A case whose person agreed that the shelter is told."""
    return case_with_everything(ours, person_who_consented(ours))


@pytest.fixture
def named(ours, agreed, coach):
    return refer(agreed.needs.get(), Plan(agency=ours.agencies["shelter"], named=True), by=coach)


@pytest.fixture
def unnamed(ours, case, coach):
    return refer(case.needs.get(), Plan(agency=ours.agencies["shelter"]), by=coach)


def task_of(bundle):
    return next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Task")


def answer_to(referral, status="accepted", **more):
    return json.dumps({
        "resourceType": "Task", "status": status, "intent": "order",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{referral.id}"}],
    } | more).encode()  # fmt: skip


# --- out --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_with_the_agreement_the_partner_reads_the_name_the_notice_and_the_copy(ours, named, role):
    bundle = take_out(named.id, by=ours.actor(role))
    assert canaries_in(json.dumps(bundle)) == TOLD
    assert task_of(bundle)["note"][0]["text"] == NOTICE
    assert check(bundle) == bundle
    assert bundle_of(sent_of(bundle)) == bundle
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds == ["Task", "ServiceRequest", "Patient", "Organization", "Organization", "Consent"]
    entry = Entry.objects.filter(verb="exported", target=str(named.id)).get()
    assert (entry.actor, entry.detail) == (str(ours.users[role].id), {"how": "fhir", "named": True})
    assert Entry.objects.filter(verb="opened", actor=str(ours.users[role].id)).exists()


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_without_a_name_it_carries_the_code_only(ours, unnamed, role):
    bundle = take_out(unnamed.id, by=ours.actor(role))
    assert canaries_in(json.dumps(bundle)) == set()
    assert unnamed.person.code in json.dumps(bundle)
    assert str(unnamed.person_id) not in json.dumps(bundle)


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_what_was_taken_back_does_not_leave(ours, coach, named, role):
    take_back(Consent.objects.get(person=named.person), by=coach)
    named.refresh_from_db()
    assert canaries_in(json.dumps(take_out(named.id, by=ours.actor(role)))) == set()


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_an_agreement_that_has_ended_lets_nothing_leave(ours, named, role):
    later = now() + timedelta(days=91)
    leaving = sent(ours.actor(role), named, later)
    assert (leaving.name, leaving.phone, leaving.words, leaving.agreed, leaving.notice) == ("", "", "", None, ())
    assert sent(ours.actor(role), named, now()).name


def test_a_partner_takes_out_its_own_referrals_and_no_other(cast, ours, named):
    elsewhere = ours.user("partner", employer="recovery").actor()
    for actor in (elsewhere, cast.other.actor("partner"), cast.other.actor("coordinator")):
        assert take_out(named.id, by=actor) is None


@pytest.mark.parametrize(
    "role", ["outreach_officer", "patrol_officer", "recovery_coach", "administrator", "epidemiologist"]
)
def test_for_others_there_is_nothing_there(ours, named, role):
    client = browser_of(ours.users[role])
    assert client.get(f"/exchange/referrals/{named.id}.json").status_code == 404
    assert client.get("/exchange/").status_code == 404


def test_the_page_gives_a_file(ours, named):
    client = browser_of(ours.users["partner"])
    assert f"/exchange/referrals/{named.id}.json" in client.get("/exchange/").content.decode()
    answer = client.get(f"/exchange/referrals/{named.id}.json")
    assert answer["Content-Type"] == "application/fhir+json"
    assert "attachment" in answer["Content-Disposition"]
    assert task_of(json.loads(answer.content))["identifier"][0]["value"] == f"urn:uuid:{named.id}"


def test_the_machine_writes_a_file_with_the_code_only(named, tmp_path, capsys):
    file = tmp_path / "out.json"
    assert words_to_command(["export", "fhir", "x"])[0] == "export_fhir"
    call_command("export_fhir", str(named.id), str(file), "--program", "Harbor Outreach")
    assert canaries_in(file.read_text()) == set()
    assert task_of(json.loads(file.read_text()))["status"] == "requested"
    for bad in ("nonsense", str(named.person_id)):
        with pytest.raises(CommandError) as fault:
            call_command("export_fhir", bad, str(file), "--program", "Harbor Outreach")
        assert "\n" not in str(fault.value)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_fhir", str(named.id), str(tmp_path / "no" / "x"), "--program", "Harbor Outreach")


# --- in ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_a_yes_in_a_file_is_a_yes_once(ours, unnamed, role):
    by = ours.actor(role)
    assert take_answer(answer_to(unnamed), by=by).won
    lines = Entry.objects.filter(verb="referral_moved").count()
    assert take_answer(answer_to(unnamed), by=by).referral.status == "accepted"
    unnamed.refresh_from_db()
    assert (unnamed.status, unnamed.answered_how) == ("accepted", "file")
    assert Entry.objects.filter(verb="referral_moved").count() == lines


def test_our_own_bundle_comes_back_with_an_answer(ours, named):
    partner = ours.actor("partner")
    bundle = take_out(named.id, by=partner)
    task_of(bundle)["status"] = "rejected"
    task_of(bundle)["statusReason"] = {"text": "no bed or no slot"}
    take_answer(json.dumps(bundle).encode(), by=partner)
    named.refresh_from_db()
    assert (named.status, named.barrier) == ("rejected", "no_room")
    again = take_out(named.id, by=partner)
    assert sent_of(again).barrier == "no_room"


def test_an_export_answered_and_exported_again_differs_in_the_answer_alone(ours, unnamed):
    partner = ours.actor("partner")
    before = sent_of(take_out(unnamed.id, by=partner))
    take_answer(answer_to(unnamed, "on-hold"), by=partner)
    after = sent_of(take_out(unnamed.id, by=partner))
    assert after.status == "on-hold"
    assert (after.id, after.need, after.code, after.made_at, after.partner) == (
        before.id, before.need, before.code, before.made_at, before.partner,
    )  # fmt: skip


def test_no_name_comes_in(ours, unnamed):
    people, keys = Person.objects.count(), DataKey.objects.count()
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": json.loads(answer_to(unnamed, "rejected", statusReason={"text": "Zyxin Person was here"},
                                          note=[{"text": "Zyxin Person"}]))},
        {"resource": {"resourceType": "Patient", "name": [{"text": "Zyxin Person"}]}},
    ]}  # fmt: skip
    take_answer(json.dumps(bundle).encode(), by=ours.actor("partner"))
    unnamed.refresh_from_db()
    assert (unnamed.status, unnamed.barrier) == ("rejected", "other")
    assert (Person.objects.count(), DataKey.objects.count()) == (people, keys)
    kept = str(list(Referral.objects.values())) + str(list(Entry.objects.values()))
    assert "Zyxin" not in kept


@pytest.mark.parametrize("status", ["cancelled", "draft", "entered-in-error", "received", "bogus"])
def test_what_a_partner_may_not_say_changes_nothing(ours, unnamed, status):
    for role in ("partner", "coordinator"):
        with pytest.raises(Refused):
            take_answer(answer_to(unnamed, status), by=ours.actor(role))
    unnamed.refresh_from_db()
    assert unnamed.status == "requested"


def test_a_move_that_is_none_is_refused(ours, unnamed):
    partner = ours.actor("partner")
    take_answer(answer_to(unnamed, "rejected"), by=partner)
    with pytest.raises(Refused, match="cannot become"):
        take_answer(answer_to(unnamed, "in-progress"), by=partner)


def test_a_foreign_referral_is_not_answered(cast, ours, unnamed):
    elsewhere = ours.user("partner", employer="recovery").actor()
    for actor in (elsewhere, cast.other.actor("partner"), cast.other.actor("coordinator"), cast.other.system):
        with pytest.raises(Refused, match="not a referral of ours"):
            take_answer(answer_to(unnamed), by=actor)
    unnamed.refresh_from_db()
    assert unnamed.status == "requested"


def test_an_answer_about_detox_keeps_the_visits_after_it(ours, case, coach):
    need = note_need(case, "detox", by=coach)
    asked = refer(need, Plan(agency=ours.agencies["shelter"]), by=coach)
    planned = FollowUp.objects.filter(case=case, reason="after_exit", done_at=None).count()
    assert planned > 0
    for status in ("accepted", "in-progress", "completed"):
        take_answer(answer_to(asked, status), by=ours.system)
    assert FollowUp.objects.filter(case=case, reason="after_exit", done_at=None).count() == planned


def test_the_page_takes_a_file_or_a_text_and_says_what_is_wrong(ours, unnamed):
    client = browser_of(ours.users["partner"])
    raw = answer_to(unnamed)
    assert client.post("/exchange/", {}).status_code == 422
    for bad in ({"text": "{"}, {"text": '{"resourceType": "Task"}'}, {"file": SimpleUploadedFile("a.json", b"\xff")}):
        assert client.post("/exchange/", bad).status_code == 422
    big = SimpleUploadedFile("a.json", b" " * 900 + b"[" * 3_000_000)
    assert "larger" in client.post("/exchange/", {"file": big}).content.decode()
    assert client.post("/exchange/", {"file": SimpleUploadedFile("a.json", raw)}).status_code == 302
    assert client.post("/exchange/", {"text": raw.decode()}).status_code == 302
    unnamed.refresh_from_db()
    assert unnamed.status == "accepted"
    assert (
        f"/exchange/referrals/{unnamed.id}.json"
        in browser_of(ours.users["coordinator"]).get("/exchange/").content.decode()
    )


def test_the_command_keeps_an_answer_and_names_a_fault_in_one_sentence(unnamed, tmp_path, capsys):
    file = tmp_path / "in.json"
    file.write_bytes(answer_to(unnamed))
    assert words_to_command(["import", "fhir", "x"])[0] == "import_fhir"
    call_command("import_fhir", str(file), "--program", "Harbor Outreach")
    unnamed.refresh_from_db()
    assert unnamed.status == "accepted"
    file.write_text("no json")
    for bad in (file, tmp_path / "nowhere.json"):
        with pytest.raises(CommandError) as fault:
            call_command("import_fhir", str(bad), "--program", "Harbor Outreach")
        assert "\n" not in str(fault.value)
