"""A period counts what happened in it, for the own program only, with a number of queries that never grows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.cases.models import Case
from alongside.common.ids import new_id
from alongside.incidents.models import Incident
from alongside.measures.rules import bounds_of, period_of
from alongside.naloxone.models import Move
from alongside.people.models import Person
from alongside.referrals.models import Need, Referral
from alongside.reports.queries import month_for, this_month_for
from alongside.visits.models import Attempt

MAY = datetime(2026, 5, 10, 16, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)
MOST_QUERIES = 60


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


def attempts(some, hours, result="no_answer", channel="phone"):
    Attempt.objects.bulk_create(
        Attempt(
            case=case, person_id=case.person_id, draft=new_id(), at=case.event_at + timedelta(hours=hours),
            recorded_at=case.event_at, channel=channel, result=result,
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


def numbers(month, *codes):
    return [month.number(code) for code in codes]


def test_the_funnel_goes_from_the_event_to_help(may, read):
    month = read()
    assert numbers(month, "incidents", "incidents.person", "people@", "cases", "cases.tried", "cases.contact", "cases.reached",
                   "cases.need", "cases.connected") == [112, 72, 72, 72, 72, 58, 44, 30, 15]  # fmt: skip


def test_clocks_run_from_the_event_over_all_cases(may, read):
    month = read()
    assert numbers(month, "cases.within24", "cases.within48", "cases.within72") == [50, 50, 72]
    assert [month.value(f"share.within{hours}").number for hours in (24, 48, 72)] == [69, 69, 100]
    assert month.figures == {"incidents.timed": 6.0, "cases.tried": 10.0, "cases.reached": 30.0}


def test_a_need_of_few_is_hidden_and_one_of_nobody_is_zero(may, read):
    month = read()
    assert numbers(month, "need:ride", "need:food", "need:benefits") == [30, None, 0]


def test_kits_are_counted_by_who_received_them(may, read):
    month = read()
    assert [month.number("kits", recipient=code) for code in ("person", "loved_one", "other")] == [44, 12, 0]
    assert month.number("kits") == 56


def test_towns_with_few_stand_together(ours, read):
    incidents(ours, 40)
    incidents(ours, 4, town=ours.towns[1])
    incidents(ours, 8, town=None)
    found = dict(read().places("incidents", "town"))
    assert found == {(("Eastpoint",),): 40, (("", "Westpoint"),): 12}


def test_another_program_sees_nothing_of_ours(may, cast):
    month = month_for(cast.other.actor("epidemiologist"), 2026, 5, LATER)
    assert {value for (of, _where), value in month.counts.items() if of != "lookups"} == {0}


def test_two_calls_about_one_event_and_two_records_of_one_person_count_once(ours, read):
    who = people(ours, 40)
    first, rest = who[0], who[1:21]
    Person.objects.filter(id__in=[person.id for person in rest]).update(merged_into=first)
    incidents(ours, 40, people=who)
    incidents(ours, 15, state="joined")
    assert numbers(read(), "incidents", "people@") == [40, 20]
    cases(ours, who[:20], status="closed", outcome="duplicate", closed_at=MAY)
    assert numbers(read(), "cases") == [0]


def test_a_try_before_the_event_or_called_off_is_no_try(ours, read):
    made = cases(ours, people(ours, 30))
    incidents(ours, 60)
    attempts(made, -5)
    attempts(made, 3, "called_off")
    assert numbers(read(), "cases.tried") == [0]
    attempts(made, 80)
    assert numbers(read(), "cases.tried", "cases.within72") == [30, 0]


def test_a_number_that_tells_a_small_one_by_subtraction_is_hidden(ours, read):
    who = people(ours, 60)
    incidents(ours, 63, people=[*who, None, None, None])
    attempts(cases(ours, who)[:55], 5)
    month = read()
    assert None in numbers(month, "incidents", "incidents.person")  # three without a person
    assert None in numbers(month, "cases", "cases.tried")  # five not tried


def test_the_bar_is_the_program_s_own(ours, read):
    incidents(ours, 8)
    assert numbers(read(), "incidents") == [None]
    ours.program.min_cell = 5
    ours.program.save()
    assert numbers(read(), "incidents") == [8]


def test_again_within_a_year_is_said_when_the_days_are_over(ours, read, cast):
    who = people(ours, 40)
    incidents(ours, 40, people=who)
    incidents(ours, 15, people=who[:15], at=MAY + timedelta(days=20))
    incidents(ours, 12, people=who[20:32], at=MAY + timedelta(days=80))
    month = read()
    assert (month.value("repeat30").number, month.value("repeat90").kind) == (15, "not_yet")
    later = month_for(cast.epidemiologist, 2026, 5, LATER + timedelta(days=365))
    assert [later.value(f"repeat{days}").number for days in (30, 90, 365)] == [15, 27, 27]


def test_what_is_not_kept_is_no_zero(ours, read):
    incidents(ours, 40)
    assert [read().value(code).kind for code in ("kits", "trained", "cases.tried")] == ["not_collected"] * 3
    Move.objects.create(program=ours.program, kind="received", amount=20, at=MAY)
    assert (read().value("kits").kind, read().value("kits").number) == ("number", 0)


def test_phone_first_and_without_police(ours, read):
    made = cases(ours, people(ours, 60))
    attempts(made, 2)
    attempts(made[:30], 10)
    Attempt.objects.filter(at=MAY + timedelta(hours=10)).update(channel="home", officer_present=True)
    Attempt.objects.filter(case__in=[case.id for case in made[:15]], channel="home").update(officer_present=False)
    month = read()
    assert numbers(month, "tries", "tries.visits", "tries.no_police") == [90, 30, 15]
    assert [month.value(f"share.{name}").number for name in ("phone_first", "no_police")] == [100, 50]


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("2026-03", datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 12, 1, 5, tzinfo=UTC)),
        ("2026-Q4", datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_period_begins_and_ends_at_local_midnight_also_when_the_clocks_change_in_it(code, start, end):
    assert bounds_of(period_of(code), "America/New_York") == (start, end)


@pytest.mark.parametrize("code", ["", "2026-13", "2026-5", "1999-12", "2026-05-01", "2026-Q5", "2026Q1", "May"])
def test_anything_else_is_no_period(code):
    assert period_of(code) is None


def test_an_event_late_on_the_last_evening_belongs_to_the_month_that_ends(ours, read):
    # 31 March, 11:59 pm in New York: already April in UTC, and an hour off for whoever forgets the summer time.
    incidents(ours, 20, at=datetime(2026, 4, 1, 3, 59, tzinfo=UTC))
    incidents(ours, 30, at=datetime(2026, 4, 1, 4, 0, tzinfo=UTC))
    assert (numbers(read(3), "incidents"), numbers(read(4), "incidents")) == ([20], [30])


def test_this_month_is_the_program_s_own(cast):
    assert this_month_for(cast.epidemiologist, datetime(2026, 8, 1, 3, tzinfo=UTC)) == date(2026, 7, 1)
    assert not month_for(cast.epidemiologist, 2026, 7, datetime(2026, 8, 1, 3, tzinfo=UTC)).is_over
    assert month_for(cast.epidemiologist, 2026, 7, datetime(2026, 8, 1, 4, tzinfo=UTC)).is_over


def test_the_number_of_queries_is_the_same_for_some_and_for_many(ours, cast, request):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            month_for(viewer, 2026, 5, LATER)
        return len(queries)

    viewer = cast.epidemiologist
    request.getfixturevalue("may")
    some = asked()
    incidents(ours, 60, people=people(ours, 60))
    assert asked() == some <= MOST_QUERIES
