"""Work that a phone closed for the office before it was erased: anybody may bring it, and only the office opens it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alongside.field.envelopes import opened, public_key
from alongside.field.models import Parked, Phone
from alongside.field.phones import revoke
from alongside.naloxone.models import Move
from alongside.visits.models import Attempt
from tests.cast import browser_of, case_with_team
from tests.field.sending import Device


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return Device(ours.users["recovery_coach"])


def closed(inside, key=None, info=b"alongside field 1"):
    """As a phone closes it (RFC 9180, base mode)."""
    point = urlsafe_b64decode((key or public_key()) + "==")
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    sealed = suite.encrypt(json.dumps(inside).encode(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point), info)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def envelope(device, change, **more):
    return closed({"phone": device.id, "token": device.token, "change": change} | more)


def bring(*envelopes):
    """Nobody is signed in."""
    return Client().post("/field/hand-over/", {"envelopes": envelopes}, content_type="application/json")


def test_what_is_brought_in_is_done_once(case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer")
    letter = envelope(coach, change)
    said = bring(letter, letter).json()["answers"]
    assert said == [{"id": change["id"], "state": "kept", "sentence": ""}] * 2
    assert coach.sync()["answers"] == said[:1]
    assert Attempt.objects.count() == 1


def test_from_a_phone_that_was_ended_everything_is_kept_and_nothing_done(ours, case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer")
    revoke(Phone.objects.get(id=coach.id), "lost", by=ours.actor("administrator"))
    said = bring(envelope(coach, change)).json()["answers"][0]
    assert said["state"] == "parked"
    assert "ended" in said["sentence"]
    assert not Attempt.objects.exists()
    assert Parked.objects.get().person_id == case.person_id


def test_what_is_not_ours_gets_no_answer(coach):
    change = coach.add("kits", kits=1)
    other = Device(coach.user)
    wrong = [
        envelope(coach, change)[:-8], "", None, 7, "AAAA", closed([1]), closed({"phone": coach.id, "token": coach.token}),
        closed({"phone": coach.id, "token": other.token, "change": change}),
        closed({"phone": coach.id, "token": coach.token, "change": change}, info=b"something else"),
    ]  # fmt: skip
    assert bring(*wrong).json()["answers"] == []
    assert not Move.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{}, {"envelopes": "x"}, []])
def test_what_is_no_envelope_gets_a_sentence(body):
    answer = Client().post("/field/hand-over/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["sentence"]


def test_the_key_that_is_given_out_is_the_one_that_opens(coach):
    assert opened(closed({"phone": 1}, Client().get("/field/who/").json()["key"])) == {"phone": 1}
    assert len(urlsafe_b64decode(public_key() + "=")) == 65


# --- as a file, brought to the office -------------------------------------------------------------------------------


def brought(browser, *envelopes, content=None):
    words = json.dumps({"envelopes": envelopes}).encode() if content is None else content
    file = SimpleUploadedFile("hand-over.json", words, "application/json")
    return browser.post("/field/waiting/brought/", {"file": file}, follow=True)


def test_a_coordinator_takes_a_file_in_and_twice_is_once(ours, case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer")
    desk = browser_of(ours.users["coordinator"])
    for _ in range(2):
        assert "Taken in." in brought(desk, envelope(coach, change)).content.decode()
    assert Attempt.objects.count() == 1
    assert coach.sync()["answers"][0]["state"] == "kept"


def test_work_of_a_phone_that_a_restored_backup_does_not_know_waits_for_the_coordinator(ours, case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer")
    letter = envelope(coach, change)
    Phone.objects.all().delete()
    assert bring(letter).json()["answers"] == []
    desk = browser_of(ours.users["coordinator"])
    for _ in range(2):
        assert "Taken in." in brought(desk, letter).content.decode()
    assert Parked.objects.get().person_id == case.person_id
    assert not Attempt.objects.exists()
    phone = Phone.objects.get()
    assert (phone.revoked_why, phone.user) == ("unknown", ours.users["coordinator"])
    assert coach.send().status_code == 401


def test_another_program_and_whoever_does_not_decide_take_nothing_in(cast, ours, case, coach):
    letter = envelope(coach, coach.add("attempt", case, channel="phone", result="no_answer"))
    theirs = browser_of(cast.other.users["coordinator"])
    assert "Nothing in that file was closed for this program." in brought(theirs, letter).content.decode()
    assert brought(browser_of(ours.users["recovery_coach"]), letter).status_code == 404
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"envelopes": "x"}', b'{"envelopes": 7}', b"[" * 100_000])
def test_another_file_is_one_sentence(ours, content):
    answer = brought(browser_of(ours.users["coordinator"]), content=content)
    assert "hand-over" in answer.content.decode()
    assert not Parked.objects.exists()
