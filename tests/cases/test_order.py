"""The two orders of the queue: as a table of example and answer, paged by the database as sorted in Python, and chosen."""

import random
from datetime import timedelta
from inspect import signature
from uuid import UUID

import pytest
from django.urls import reverse

from alongside.accounts.actions import choose_order
from alongside.accounts.models import Program
from alongside.accounts.roles import ROLES
from alongside.cases.actions import finish_follow_up, note_attempt, open_case, plan_follow_up
from alongside.cases.models import Case, FollowUp
from alongside.cases.queries import queue_for
from alongside.cases.rules import (
    LEAD_HOURS,
    Standing,
    counts_from,
    days_fresher,
    look_in_counts_from,
    moved,
    order_key,
    steps_of,
    why_of,
)
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.desk.why_here import why_here
from alongside.people.actions import add_person
from tests.cast import NOON, browser_of, case_for_person, case_with_team, incident_for, person_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("reasons", "vain", "lost", "days"),
    [
        ((), 0, False, 0),
        (("repeat_30_days",), 0, False, 12),
        (("unhoused",), 0, False, 3),
        (("left_hospital", "unhoused"), 0, False, 12),
        ((), 1, False, -6),
        ((), 3, False, -18),
        ((), 1, True, -16),
        (("recent_release", "not_transported"), 2, False, 6),
        (("nonsense",), 0, False, 0),
    ],
)
def test_what_makes_an_event_count_as_fresher(reasons, vain, lost, days):
    at = counts_from(NOON, reasons, vain, place_lost=lost)
    assert at == NOON + days * DAY
    steps = steps_of(reasons, vain, place_lost=lost)
    assert moved(NOON, steps) == at
    why = why_of(NOON, at, reasons, vain, None)
    assert (why.base, why.at, why.steps) == ("event", NOON, steps)


def test_it_looks_at_the_clock_reasons_and_tries_and_nothing_else():
    assert list(signature(counts_from).parameters) == ["event_at", "reasons", "vain_visits", "place_lost"]
    assert list(signature(order_key).parameters) == ["standing", "policy", "now"]


def test_not_knowing_a_place_moves_nobody_back_before_a_first_visit():
    assert counts_from(NOON, ("unhoused",)) > counts_from(NOON, ())
    assert all(days_fresher(hours) > 0 for hours in LEAD_HOURS.values())


def test_a_look_in_counts_as_its_hour_and_a_promise_as_a_reason():
    assert look_in_counts_from(NOON, promised=False) == NOON
    assert look_in_counts_from(NOON, promised=True) == NOON + 12 * DAY
    assert why_of(NOON - 9 * DAY, NOON + 12 * DAY, (), 0, NOON).steps == (("promised", 12),)
    assert why_of(NOON - 9 * DAY, NOON - DAY, (), 0, None).base == "put_back"


def standing(number, due, counts, tried=False):
    return Standing(NOON + due * HOUR, NOON + counts * DAY, tried, UUID(int=number))


@pytest.mark.parametrize(
    ("policy", "order"), [("index", [3, 1, 4, 2, 6, 5]), ("deadline", [2, 4, 1, 3, 6, 5])],
)  # fmt: skip
def test_the_order(policy, order):
    """The freshest, then what was planned for later by its day; or the clocks alone."""
    rows = [
        standing(1, due=40, counts=-1), standing(2, due=-30, counts=-4), standing(3, due=50, counts=3),
        standing(4, due=-2, counts=-2, tried=True), standing(5, due=99, counts=9, tried=True),
        standing(6, due=60, counts=-9, tried=True),
    ]  # fmt: skip
    assert [row.id.int for row in sorted(rows, key=lambda row: order_key(row, policy, NOON))] == order


@pytest.mark.parametrize("policy", ["index", "deadline"])
@pytest.mark.parametrize("page", [1, 3, 7])
def test_the_database_pages_as_python_sorts(ours, monkeypatch, policy, page):
    monkeypatch.setattr("alongside.cases.queries.PAGE", page)
    Program.objects.filter(id=ours.program.id).update(queue_policy=policy)
    by, chance = ours.actor("coordinator"), random.Random(page)
    people = [add_person(by=by) for _ in range(20)]
    for person in people:  # few different moments, so that ids decide, too
        at = [NOON + chance.randrange(-3, 4) * DAY for _ in range(3)]
        Case.objects.create(program=ours.program, person=person, event_at=at[0], opened_at=at[0], contact_due_at=at[0],
                            due_at=at[1], counts_from=at[2], first_attempt_at=chance.choice([None, at[0]]))  # fmt: skip
    expected = [case.id for case in sorted(Case.objects.all(), key=lambda case: order_key(case.standing, policy, NOON))]
    found, key, pages = [], "", 0
    while pages == 0 or key:
        shown = queue_for(by, NOON, after=key)
        found, key, pages = found + [case.id for case in shown.cases], shown.next_key, pages + 1
    assert found == expected
    assert pages == -(-20 // page)


def test_work_moves_a_case_and_each_place_can_be_said(ours):
    """From the event to a promise: as of when it counts at each step, and the sentence that says so."""
    by, case = ours.actor("coordinator"), case_with_team(ours, hours_ago=30)

    def place():
        case.refresh_from_db()
        return case.counts_from, why_here(case, "index", now() + 9 * DAY)

    event = case.event_at
    assert place()[0] == event
    note_attempt(case, now(), reached=False, visited=False, by=by)
    assert place()[0] == event  # a message without an answer moves nobody back
    note_attempt(case, now(), reached=False, by=by)
    retry = plan_follow_up(case, now().date(), "retry", by=by)
    assert place()[0] == event - 6 * DAY
    assert "Visited in vain since: counts as 6 days older. So it counts as of" in place()[1]
    assert why_here(case, "index", now() - 2 * DAY).startswith("Planned for")
    finish_follow_up(retry, by=by)
    plan_follow_up(case, now().date(), "relocate", by=by)
    assert place()[0] == event - 16 * DAY
    assert "a better one comes first" in place()[1]
    note_attempt(case, now(), reached=True, by=by)
    FollowUp.objects.filter(case=case).exclude(day=3).delete()
    assert place()[0] == case.due_at
    plan_follow_up(case, now().date(), "asked_back", by=by)
    assert place()[0] == case.due_at + 12 * DAY
    assert "Promised: counts as 12 days fresher." in place()[1]
    open_case(incident_for(ours, case.person, hours_ago=1), by=by)
    assert place()[0] == case.event_at + 12 * DAY  # a new event: another one within 30 days, and nobody was there yet
    assert "The 72 hours end on" in why_here(case, "deadline", now())


def test_a_coordinator_chooses_and_it_is_written_down(ours, journal):
    by = ours.actor("coordinator")
    old, new = (case_for_person(ours, person_of(ours), hours_ago=hours) for hours in (40, 3))
    assert [case.id for case in queue_for(by, now()).cases] == [new.id, old.id]
    choose_order("deadline", by=by)
    choose_order("deadline", by=by)
    assert journal().count("order_chosen") == 1
    assert [case.id for case in queue_for(by, now()).cases] == [old.id, new.id]
    with pytest.raises(Refused, match="one of the two"):
        choose_order("by_town", by=by)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"coordinator"}))
def test_nobody_else_does(ours, role):
    with pytest.raises(Refused, match="coordinator"):
        choose_order("deadline", by=ours.actor(role))


def test_the_page_says_it_to_those_who_work_with_the_person_and_not_to_police(ours):
    """A reason may be a stay in detox."""
    case_with_team(ours, hours_ago=3, facts=("recent_release",))
    pages = {
        role: browser_of(ours.users[role]).get(reverse("desk:today")).content.decode()
        for role in ("coordinator", "recovery_coach", "outreach_officer")
    }
    said = "counts as 12 days fresher. So it counts as of"
    assert {role for role, page in pages.items() if said in page} == {"coordinator", "recovery_coach"}
    assert {role for role, page in pages.items() if "another one</a>" in page} == {"coordinator"}
