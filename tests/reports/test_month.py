"""The month counts what happened in it, for the own program only, with a number of queries that never grows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.cases.models import Case
from alongside.common.ids import new_id
from alongside.incidents.models import Incident
from alongside.naloxone.models import Move
from alongside.people.models import Person
from alongside.referrals.models import Need, Referral
from alongside.reports.queries import SMALL_TOWNS, month_for, this_month_for
from alongside.reports.rules import bounds_of
from alongside.visits.models import Attempt

MAY = datetime(2026, 5, 10, 16, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)
MOST_QUERIES = 8


def people(side, count):
    return Person.objects.bulk_create(
        Person(program=side.program, code=str(new_id()), home_town=side.towns[0]) for _ in range(count)
    )


def incidents(side, count, at=MAY, **facts):
    facts = {
        "kind": "overdose",
        "town": side.towns[0],
        "outcome": "non_fatal",
        "entered_at": at + timedelta(hours=6),
    } | facts
    who = facts.pop("people", [None] * count)
    return Incident.objects.bulk_create(
        Incident(
            program=side.program, source="test", source_digest=str(new_id()), occurred_at=at, person=person,
            state=facts.get("state", "settled" if person else "waiting"), **{k: v for k, v in facts.items() if k != "state"},
        )
        for person in who
    )  # fmt: skip


def cases(side, who, at=MAY, **facts):
    return Case.objects.bulk_create(
        Case(program=side.program, person=person, event_at=at, opened_at=at, contact_due_at=at, due_at=at, **facts)
        for person in who
    )


def attempts(some, hours, result="no_answer"):
    Attempt.objects.bulk_create(
        Attempt(
            case=case, person_id=case.person_id, draft=new_id(), at=case.event_at + timedelta(hours=hours),
            recorded_at=case.event_at, channel="phone", result=result,
        )
        for case in some
    )  # fmt: skip


@pytest.fixture
def may(ours):
    """72 incidents with a person; all tried within a day or three, 44 reached, 14 more through a loved one."""
    who = people(ours, 72)
    incidents(ours, 72, people=who)
    incidents(ours, 40, town=ours.towns[1], outcome="fatal", state="nobody")
    made = cases(ours, who)
    attempts(made[:50], 10)
    attempts(made[50:], 60)
    attempts(made[:44], 30, "reached")
    attempts(made[44:58], 61, "loved_one")
    needs = Need.objects.bulk_create(
        Need(case=case, person_id=case.person_id, code=code, noted_at=MAY)
        for code, some in (("ride", made[:30]), ("detox", made[:12]), ("food", made[:4]))
        for case in some
    )
    Referral.objects.bulk_create(
        Referral(
            need=need, person_id=need.person_id, status="completed" if at < 15 else "draft", made_at=MAY, changed_at=MAY
        )
        for at, need in enumerate(needs[:30])
    )
    Move.objects.bulk_create(
        Move(program=ours.program, kind=kind, amount=kits, recipient=recipient, at=MAY)
        for kind, kits, recipient in (
            ("given", 40, "person"), ("given", 12, "loved_one"), ("given", 5, "person"), ("returned", 1, "person"),
            ("received", 500, ""),
        )
    )  # fmt: skip
    return made


@pytest.fixture
def read(cast):
    return lambda month=5, year=2026, role="epidemiologist": month_for(cast.actor(role), year, month, LATER)


def test_the_funnel_goes_from_the_event_to_help(may, read):
    assert read().steps == {
        "incidents": 112, "with_person": 72, "people": 72, "cases": 72, "attempted": 72, "reached": 44,
        "loved_one": 14, "need": 30, "connected": 15,
    }  # fmt: skip


def test_clocks_run_from_the_event_over_all_cases(may, read):
    month = read()
    assert month.within == {24: 50, 48: 50, 72: 72}
    assert month.within_percent == {24: 69, 48: 69, 72: 100}
    assert month.medians == {"entry": 6.0, "attempt": 10.0, "contact": 30.0}


def test_a_need_of_few_is_hidden_and_one_of_nobody_is_zero(may, read):
    needs = read().needs
    assert needs["ride"] == {"noted": 30, "referred": 15, "connected": 15}
    assert needs["detox"]["noted"] == 12
    assert needs["food"]["noted"] is None
    assert needs["benefits"] == {"noted": 0, "referred": 0, "connected": 0}


def test_kits_are_counted_by_who_received_them(may, read):
    kits = read().kits
    assert dict(zip(kits.columns, kits.cells[0], strict=True)) == {
        "person": 44, "loved_one": 12, "other": 0, "business": 0, "agency": 0,
    }  # fmt: skip
    assert kits.total == 56


def test_towns_stand_beside_the_outcome(may, read, ours):
    towns = read().towns
    assert towns.rows == ("Eastpoint", "Westpoint")
    assert towns.cells == ((72, 0, 0), (0, 40, 0))
    incidents(ours, 3, town=None)
    assert read().towns.rows[-1] == SMALL_TOWNS


def test_another_program_sees_nothing_of_ours(may, cast):
    month = month_for(cast.other.actor("epidemiologist"), 2026, 5, LATER)
    assert set(month.steps.values()) == {0}
    assert (month.kits.total, month.towns.total) == (0, 0)


def test_two_calls_about_one_event_and_two_records_of_one_person_count_once(ours, read):
    who = people(ours, 40)
    first, rest = who[0], who[1:21]
    Person.objects.filter(id__in=[person.id for person in rest]).update(merged_into=first)
    incidents(ours, 40, people=who)
    incidents(ours, 15, state="joined")
    assert read().steps["incidents"] == 40
    assert read().steps["people"] == 20
    cases(ours, who[:20], status="closed", outcome="duplicate", closed_at=MAY)
    assert read().steps["cases"] == 0


def test_a_try_before_the_event_or_called_off_is_no_try(ours, read):
    made = cases(ours, people(ours, 30))
    incidents(ours, 60)
    attempts(made, -5)
    attempts(made, 3, "called_off")
    assert read().steps["attempted"] == 0
    attempts(made, 80)
    assert (read().steps["attempted"], read().within[72]) == (30, 0)


def test_a_number_that_tells_a_small_one_by_subtraction_is_hidden(ours, read):
    who = people(ours, 60)
    incidents(ours, 63, people=[*who, None, None, None])
    made = cases(ours, who)
    attempts(made[:55], 5)
    month = read()
    assert month.steps["incidents"] == 63
    assert month.steps["cases"] is None
    assert month.steps["attempted"] is None
    assert set(month.within.values()) == {None}
    assert month.medians["attempt"] is None


def test_the_bar_is_the_program_s_own(ours, read):
    incidents(ours, 8)
    assert read().steps["incidents"] is None
    ours.program.min_cell = 5
    ours.program.save()
    assert read().steps["incidents"] == 8


@pytest.mark.parametrize(
    ("month", "start", "end"),
    [
        (3, datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC)),
        (11, datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 12, 1, 5, tzinfo=UTC)),
        (12, datetime(2026, 12, 1, 5, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_month_begins_and_ends_at_local_midnight_also_when_the_clocks_change_in_it(month, start, end):
    assert bounds_of(date(2026, month, 1), "America/New_York") == (start, end)


def test_an_event_late_on_the_last_evening_belongs_to_the_month_that_ends(ours, read):
    # 31 March, 11:59 pm in New York: already April in UTC, and an hour off for whoever forgets the summer time.
    incidents(ours, 20, at=datetime(2026, 4, 1, 3, 59, tzinfo=UTC))
    incidents(ours, 30, at=datetime(2026, 4, 1, 4, 0, tzinfo=UTC))
    assert (read(3).steps["incidents"], read(4).steps["incidents"]) == (20, 30)


def test_this_month_is_the_program_s_own(cast):
    assert this_month_for(cast.epidemiologist, datetime(2026, 8, 1, 3, tzinfo=UTC)) == date(2026, 7, 1)
    assert not month_for(cast.epidemiologist, 2026, 7, datetime(2026, 8, 1, 3, tzinfo=UTC)).is_over
    assert month_for(cast.epidemiologist, 2026, 7, datetime(2026, 8, 1, 4, tzinfo=UTC)).is_over


def test_the_number_of_queries_is_the_same_for_nobody_and_for_many(ours, cast, request):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            month_for(viewer, 2026, 5, LATER)
        return len(queries)

    viewer = cast.epidemiologist
    empty = asked()
    request.getfixturevalue("may")
    assert asked() == empty <= MOST_QUERIES
