"""Whatever is repeated, cut, put in another order or late: each change is done once, and every phone learns its answer.

A handful of phones by default; ALONGSIDE_FIELD_DEVICES=200 and ALONGSIDE_FIELD_CHANGES=50 for a night.
"""

import os
import random
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from alongside.common.ids import new_id
from alongside.field import api
from alongside.field.actions import receive
from alongside.field.models import Change, Phone
from alongside.incidents.models import Incident
from alongside.naloxone.models import Move, Training
from alongside.referrals.models import Need
from alongside.visits.models import Attempt, Outing
from tests.cast import case_with_team, phone_of
from tests.field.sending import Device

DEVICES = int(os.environ.get("ALONGSIDE_FIELD_DEVICES", "4"))
CHANGES = int(os.environ.get("ALONGSIDE_FIELD_CHANGES", "4"))
OUT = str(new_id())


@pytest.fixture(autouse=True)
def no_limits(monkeypatch):
    """All of a night's requests come in a minute here."""
    monkeypatch.setattr(api, "LIMITS", dict.fromkeys(api.LIMITS, "1000000/m/ip"))


def write_down(device, case, chance, number):
    """One of the things that leave a trace to count."""
    kind = chance.choice(["attempt", "kits", "training", "contact"])
    if kind == "attempt":
        device.add("attempt", case, channel="phone", result="called_off")
    elif kind == "kits":
        device.add("kits", case, kits=1, to="loved_one")
    elif kind == "training":
        device.add("training", None, taught="group", steps=["call"], people=number % 7 + 1)
    else:
        device.add("contact", kind="at_risk", minutes_ago=chance.randrange(600))


class BadLine:
    """Requests that arrive twice, out of order, in part, or whose answer is lost."""

    def __init__(self, chance):
        self.chance, self.held = chance, []

    def send(self, device):
        part = [one for one in device.unsent if self.chance.random() < 0.8]
        part += self.chance.sample(part, len(part) // 3)
        self.chance.shuffle(part)
        fate = self.chance.random()
        if fate < 0.2:  # never arrives
            return
        if fate < 0.35:  # comes much later
            self.held.append((device, part))
            return
        answer = device.send(part)
        assert answer.status_code == 200, answer.content
        if fate < 0.6:  # arrived and was done, and nobody was told
            return
        device.take(answer.json())
        if fate < 0.75:  # the same once more
            assert device.send(part).json()["answers"] == answer.json()["answers"]

    def heal(self):
        for device, part in self.held:
            assert device.send(part).status_code == 200
        self.held = []


def test_everything_is_done_once_on_a_line_that_does_whatever_it_likes(ours):
    chance = random.Random(5)
    case = case_with_team(ours)
    devices = [Device(ours.users["recovery_coach"], skew=chance.randrange(-48, 49) * 3_600_000) for _ in range(DEVICES)]
    line, written = BadLine(chance), []
    for number in range(CHANGES):
        for device in devices:
            write_down(device, case, chance, number)
            written.append((device.unsent[-1]["id"], device.unsent[-1]["kind"]))
        for device in chance.sample(devices, max(1, len(devices) // 3)):
            line.send(device)
    for device in devices:
        device.sync()
    line.heal()
    for device in devices:
        assert device.sync()["answers"] == []
        assert device.unsent == []
        assert set(Counter(one["state"] for one in device.answers.values())) == {"kept"}
    kinds = Counter(kind for _, kind in written)
    assert {str(one) for one in Change.objects.values_list("id", flat=True)} == {one for one, _ in written}
    assert Attempt.objects.count() == kinds["attempt"]
    assert Move.objects.filter(kind="given").count() == kinds["kits"]
    assert Training.objects.count() == kinds["training"]
    assert Incident.objects.filter(source="field").count() == kinds["contact"]


@examples(max_examples=4 if DEVICES < 50 else 60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 4), max_size=7), max_size=6))
def test_however_five_changes_arrive_the_end_is_the_same(ours, requests):
    with transaction.atomic():
        case = case_with_team(ours)
        phone, by = phone_of(ours.users["recovery_coach"]), ours.actor("recovery_coach")
        sent = [
            {"id": str(new_id()), "seq": seq, "kind": kind, "made": 0, "case": str(case.id), "data": data}
            for seq, (kind, data) in enumerate([
                ("attempt", {"channel": "phone", "result": "no_answer"}), ("kits", {"kits": 1, "to": "person"}),
                ("help", {"wants": ["food"]}), ("outing_end", {"outing": OUT}), ("outing", {"outing": OUT}),
            ])
        ]  # fmt: skip
        first = {}
        for request in [*requests, range(5)]:
            for answer in receive([sent[place] for place in request], phone, 0, by=by):
                assert first.setdefault(answer.id, answer) == answer
        assert {answer.state for answer in first.values()} == {"kept"}
        counts = [Attempt.objects.count(), Move.objects.count(), Need.objects.count(), Outing.objects.count()]
        assert counts == [1, 1, 1, 1]
        assert Outing.objects.get().ended_at is not None
        transaction.set_rollback(True)


def test_of_a_thousand_with_one_that_cannot_be_read_all_others_are_kept(ours):
    """A hundred by day, a thousand by night."""
    many = 1000 if DEVICES >= 50 else 100
    coach = Device(ours.users["recovery_coach"])
    for number in range(many):
        coach.add("training", taught="group", steps=["call"], people="seven" if number == 61 else 7)
    said = coach.sync()
    assert Counter(one["state"] for one in said["answers"]) == {"kept": many - 1, "parked": 1}
    assert said["left"] == 0
    assert Training.objects.count() == many - 1


def test_more_than_are_taken_at_once_are_taken_in_parts(ours, monkeypatch):
    monkeypatch.setattr(api, "MOST_CHANGES", 5)
    patrol = Device(ours.users["patrol_officer"])
    for _ in range(8):
        patrol.add("no_such_kind")
    said = patrol.sync()
    assert (len(said["answers"]), said["left"], len(patrol.unsent)) == (5, 3, 3)
    assert len(patrol.sync()["answers"]) == 3
    assert Phone.objects.get(id=patrol.id).unsent == 0


def test_an_id_that_somebody_else_used_is_kept_under_another(ours):
    one, two = Device(ours.users["recovery_coach"]), Device(ours.users["patrol_officer"])
    change = one.add("kits", kits=1, to="anonymous")
    one.sync()
    for _ in range(2):
        said = two.sync([change])["answers"]
        assert [(row["id"], row["state"]) for row in said] == [(change["id"], "parked")]
    assert Change.objects.count() == 2
    assert Move.objects.filter(kind="given").count() == 1


def test_a_second_phone_of_the_same_user_is_given_the_first_answer(ours):
    one, two = Device(ours.users["recovery_coach"]), Device(ours.users["recovery_coach"])
    change = one.add("kits", kits=1, to="anonymous")
    one.sync()
    assert two.sync([change])["answers"] == [one.answers[change["id"]]]
    assert Move.objects.filter(kind="given").count() == 1
