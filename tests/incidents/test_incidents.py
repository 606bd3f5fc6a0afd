"""A call is kept once, waits, is settled or taken back, and never tells a story."""

import os
from datetime import timedelta

import pytest
from django.db import models

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.identity.models import DataKey
from alongside.identity.unsealing import unseal
from alongside.incidents.actions import (
    digests_of,
    join_incidents,
    known_digests,
    record_incident,
    record_incidents,
    set_town,
    settle_incident,
    take_back,
)
from alongside.incidents.models import Incident
from alongside.incidents.queries import incidents_of, morning_list_for, one_event_pairs, waiting_incident_for
from alongside.incidents.rules import may_be_one_event, state_on_arrival
from tests.cast import CANARIES, NOON, canaries_in, incident_for, person_of, report

PLACE = CANARIES["incidents.Incident.place"]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def by(ours):
    return ours.actor("data_designee")


def many(ours, by, hours=(1, 2, 3), batch=None, **facts):
    reports = [(report(hour, source="feed", key=f"call-{hour}", place=PLACE, **facts), ours.towns[0]) for hour in hours]
    return record_incidents(reports, "feed", batch or new_id(), by=by)


# --- rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "outcome", "state"),
    [(0, "unknown", "waiting"), (48, "non_fatal", "waiting"), (48.01, "non_fatal", "counted"), (-1, "unknown", "waiting"),
     (1, "fatal", "counted")],
)  # fmt: skip
def test_too_old_a_call_is_counted_and_opens_nothing(age, outcome, state):
    assert state_on_arrival(report(occurred_at=NOON - age * HOUR, outcome=outcome), NOON, 48) == state


@pytest.mark.parametrize(
    ("other", "near"),
    [(("overdose", "a", 0), True), (("overdose", "a", 10), True), (("overdose", "a", -10), True), (("overdose", "a", 11), False),
     (("overdose", "b", 0), False), (("theft", "a", 0), False), (("overdose", None, 0), False)],
)  # fmt: skip
def test_calls_near_enough_are_offered_as_one(other, near):
    kind, town, minutes = other
    assert may_be_one_event(("overdose", "a", NOON), (kind, town, NOON + minutes * MINUTE)) is near
    assert may_be_one_event((kind, town, NOON + minutes * MINUTE), ("overdose", "a", NOON)) is near


def test_two_calls_without_a_town_are_never_offered_as_one():
    assert not may_be_one_event(("overdose", None, NOON), ("overdose", None, NOON))


# --- keeping --------------------------------------------------------------------------------


def test_a_report_is_kept_once(ours, by, journal):
    same = report(key="77", place=PLACE)
    one, made = record_incident(same, by=by, town=ours.towns[0])
    again, made_again = record_incident(same, by=by)
    assert (made, made_again, one) == (True, False, again)
    assert journal() == ["incident_recorded"]
    assert unseal([one.place]) == [PLACE]


def test_the_same_key_of_another_source_or_program_is_another_call(cast, by):
    record_incident(report(key="77"), by=by)
    assert record_incident(report(key="77", source="other"), by=by)[1]
    assert record_incident(report(key="77"), by=cast.other.actor("data_designee"))[1]


def test_the_calls_own_number_is_kept_as_a_keyed_digest_only(by):
    incident, _ = record_incident(report(key="CAD-2026-000123"), by=by)
    assert "000123" not in str(vars(incident))
    assert digests_of(["CAD-2026-000123"], "form") == [incident.source_digest]
    assert digests_of(["CAD-2026-000123"], "form2") != [incident.source_digest]


def test_a_digest_needs_the_key(by, monkeypatch):
    one = digests_of(["77"], "form")
    monkeypatch.setattr("alongside.incidents.actions.index_key", lambda: os.urandom(32))
    assert digests_of(["77"], "form") != one


def test_there_is_no_room_for_a_story():
    text = [field.name for field in Incident._meta.fields if isinstance(field, models.TextField)]
    longest = max(field.max_length or 0 for field in Incident._meta.fields)
    assert text == []
    assert longest <= 40


def test_many_reports_are_kept_at_once_and_known_ones_left_out(ours, by):
    assert len(many(ours, by)) == 3
    assert len(many(ours, by, hours=(2, 3, 4))) == 1
    assert Incident.objects.count() == 4
    assert len(known_digests(by, "feed")) == 4
    assert known_digests(by, "form") == set()


def test_the_same_report_twice_in_one_file_is_one(ours, by):
    twice = report(source="feed", key="same")
    assert len(record_incidents([(twice, None), (twice, None)], "feed", new_id(), by=by)) == 1


def test_an_old_call_of_a_file_keeps_no_place(ours, by):
    old, young = 24 * 400, 1
    rows = {row.state: row for row in many(ours, by, hours=(old, young))}
    assert rows["counted"].place is None
    assert unseal([rows["waiting"].place]) == [PLACE]


# --- the morning list --------------------------------------------------------------------------------


def test_a_designee_sees_the_own_towns_of_three_days(ours, by):
    mine, old = incident_for(ours, None, 5), incident_for(ours, None, 73)
    elsewhere = incident_for(ours, None, 4)
    designee = ours.user("data_designee")
    designee.towns.set([ours.towns[0]])
    set_town(elsewhere, ours.towns[1], by=ours.actor("coordinator"))
    assert morning_list_for(designee.actor(), now()) == [mine]
    assert morning_list_for(ours.actor("coordinator"), now()) == [old, mine, elsewhere]
    assert waiting_incident_for(designee.actor(), elsewhere.id, now()) is None
    assert waiting_incident_for(designee.actor(), mine.id, now()) == mine


def test_another_programs_calls_are_not_there(cast):
    incident = incident_for(cast.ours, None)
    for role in ("coordinator", "data_designee"):
        assert morning_list_for(cast.other.actor(role), now()) == []
        assert waiting_incident_for(cast.other.actor(role), incident.id, now()) is None


def test_a_call_is_settled_once(ours, by, journal):
    incident, person = incident_for(ours, None), person_of(ours)
    settle_incident(incident, by=by, person=person)
    assert (incident.state, incident.person) == ("settled", person)
    assert incidents_of(by, [person.id]) == [incident]
    with pytest.raises(Refused, match="settled this call already"):
        settle_incident(incident, by=by, person=None)
    assert journal()[-1] == "incident_settled"


def test_nobody_to_find_leaves_the_list(ours, by):
    incident = incident_for(ours, None)
    settle_incident(incident, by=by, person=None)
    assert incident.state == "nobody"
    assert morning_list_for(ours.actor("coordinator"), now()) == []


def test_two_calls_on_one_event_are_offered_and_joined(ours, by, journal):
    at = now() - HOUR
    rows = [incident_for(ours, None, occurred_at=at + minutes * MINUTE) for minutes in (0, 4, 30)]
    assert one_event_pairs(rows) == {rows[1].id: rows[0].id}
    join_incidents(rows[1], rows[0], by=by)
    assert (rows[1].state, rows[1].joined_into) == ("joined", rows[0])
    assert journal()[-1] == "incidents_joined"
    for wrong in ((rows[1], rows[0]), (rows[2], rows[0])):
        with pytest.raises(Refused, match="not near enough"):
            join_incidents(*wrong, by=by)


def test_a_call_is_not_joined_to_itself_nor_two_to_each_other(ours, by):
    """Or both would be gone from the list, and nobody would go."""
    at = now() - HOUR
    first, second = (incident_for(ours, None, occurred_at=at + minutes * MINUTE) for minutes in (0, 4))
    with pytest.raises(Refused):
        join_incidents(first, first, by=by)
    join_incidents(second, first, by=by)
    with pytest.raises(Refused):
        join_incidents(first, second, by=by)
    assert morning_list_for(ours.actor("coordinator"), now()) == [first]


def test_a_pair_is_found_among_calls_of_other_towns_in_between(ours, by):
    at = now() - HOUR
    first, between, second = (incident_for(ours, None, occurred_at=at + minutes * MINUTE) for minutes in (0, 2, 4))
    set_town(between, ours.towns[1], by=by)
    assert one_event_pairs([second, between, first]) == {second.id: first.id}


# --- taking an import back --------------------------------------------------------------------------------


def test_an_import_is_taken_back_with_its_keys(ours, by):
    batch = new_id()
    rows = many(ours, by, batch=batch)
    kept = incident_for(ours, None)
    assert take_back(batch, by=by) == 3
    assert list(Incident.objects.all()) == [kept]
    assert not DataKey.objects.filter(holder__in=[row.id for row in rows]).exists()
    assert len(many(ours, by)) == 3


def test_an_import_with_people_can_no_longer_be_taken_back(ours, by):
    batch = new_id()
    rows = many(ours, by, batch=batch)
    settle_incident(rows[0], by=by, person=person_of(ours))
    with pytest.raises(Refused, match="no longer be taken back"):
        take_back(batch, by=by)
    assert Incident.objects.count() == 3


def test_another_programs_import_cannot_be_taken_back(cast, by):
    batch = new_id()
    many(cast.ours, by, batch=batch)
    assert take_back(batch, by=cast.other.actor("data_designee")) == 0
    assert Incident.objects.count() == 3


def test_a_row_says_nothing_of_its_place_when_printed(ours):
    incident = incident_for(ours, None)
    assert canaries_in([str(incident), repr(incident), vars(incident)]) == set()
