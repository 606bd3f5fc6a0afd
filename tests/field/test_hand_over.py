"""Work that a phone closed for the office before it was erased: anybody may bring it, and only the office opens it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.test import Client

from alongside.field.envelopes import opened, public_key
from alongside.field.models import Parked, Phone
from alongside.field.phones import revoke
from alongside.naloxone.models import Move
from alongside.visits.models import Attempt
from tests.cast import case_with_team
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
