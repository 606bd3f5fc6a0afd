"""What moves a visit up, what a promise is, and that an order keeps every one of them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alongside.planning.rules import (
    PROMISED,
    Problem,
    Stop,
    begins,
    by_weight,
    driven,
    middle_of,
    plan_of,
    prize,
    promise_of,
    reasons,
    shift_start,
    urgent_first,
    why_left_out,
    window_of,
    worth,
)
from tests.cast import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("due_in_hours", "first", "promised", "weight", "words"),
    [
        (200, False, False, 1, []),
        (72, False, False, 1, ["soon"]),
        (24, False, False, 49, ["today"]),
        (24, True, False, 97, ["first", "today"]),
        (0, False, False, 73, ["late"]),
        (-10, True, False, 131, ["first", "late"]),
        (-72, False, False, 145, ["late"]),
        (-500, False, False, 145, ["late"]),
        (200, False, True, 1 + PROMISED, ["promised"]),
    ],
)
def test_a_visit_weighs_the_hours_of_its_clock_and_what_was_promised(due_in_hours, first, promised, weight, words):
    due_at = NOON + due_in_hours * HOUR
    assert prize(due_at, NOON, first=first, promised=promised) == weight
    assert reasons(due_at, NOON, first=first, promised=promised) == words


@given(some.integers(-400, 400), some.integers(0, 300), some.booleans())
def test_a_sooner_clock_never_weighs_less(hours, later, first):
    sooner, after = NOON + hours * HOUR, NOON + (hours + later) * HOUR
    assert prize(sooner, NOON, first=first, promised=False) >= prize(after, NOON, first=first, promised=False)


def test_one_promise_weighs_more_than_everybody_else_of_a_day():
    assert prize(NOON + 500 * HOUR, NOON, first=False, promised=True) > 50 * prize(
        NOON - 500 * HOUR, NOON, first=True, promised=False
    )


@pytest.mark.parametrize(("minute", "start"), [((0, 0), 0), ((0, 1), 15), ((14, 59), 15), ((15, 0), 15), ((46, 0), 60)])
def test_a_shift_begins_on_the_quarter_hour(minute, start):
    moment = NOON.replace(minute=minute[0], second=minute[1])
    assert shift_start(moment) == NOON + timedelta(minutes=start)


@pytest.mark.parametrize(
    ("first", "last", "window"),
    [
        (60, 90, (60, 90)),
        (-60, 30, (0, 30)),
        (200, 300, (200, 240)),
        (0.5, 10.5, (1, 10)),  # never a minute too early or too late
    ],
)
def test_promised_hours_become_minutes_of_the_shift(first, last, window):
    promised = (NOON + timedelta(minutes=first), NOON + timedelta(minutes=last))
    assert window_of(promised, NOON) == window


def test_without_a_promise_a_visit_may_begin_at_any_minute():
    assert window_of(None, NOON) == (0, 240)


@pytest.mark.parametrize("hours", [(-5, -1), (5, 7)])
def test_a_promise_for_another_time_of_the_day_is_named_as_the_reason(hours):
    stop = Stop("a", window_of((NOON + hours[0] * HOUR, NOON + hours[1] * HOUR), NOON))
    assert why_left_out(stop) == "window"
    assert why_left_out(Stop("b", (0, 240))) == "shift"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, None),
        (time(14), time(15, 30), ("14:00", "15:30")),
        (time(14), None, ("14:00", "23:59")),
        (None, time(9), ("00:00", "09:00")),
    ],
)
def test_what_was_promised_is_meant_where_the_program_works(first, last, said):
    promised = promise_of(date(2026, 7, 1), first, last, "America/New_York")
    assert (promised and tuple(f"{end:%H:%M}" for end in promised)) == said
    assert promised is None or promised[0].utcoffset() == timedelta(hours=-4)


def problem(*stops, matrix=None, teams=1, horizon=240):
    size = len(stops) + 1
    matrix = matrix or tuple(tuple(0 if a == b else 10 for b in range(size)) for a in range(size))
    return Problem(matrix, tuple(stops), teams, horizon)


def test_a_team_waits_for_a_window_and_never_comes_after_it():
    one = problem(Stop("a", (60, 70)), Stop("b", (0, 240)))
    assert begins(one, [1, 2]) == [60, 95]
    assert begins(one, [2, 1]) == [10, 60]
    assert begins(problem(Stop("a", (0, 9))), [1]) is None


def test_the_way_back_is_part_of_the_shift():
    assert begins(problem(Stop("a", (0, 240)), horizon=45), [1]) == [10]
    assert begins(problem(Stop("a", (0, 240)), horizon=44), [1]) is None


def test_the_plain_order_takes_the_weightiest_first_and_leaves_out_who_does_not_fit():
    day = problem(Stop("light", (0, 240), prize=1), Stop("heavy", (0, 240), prize=9), horizon=50)
    plan = plan_of(day, by_weight(day))
    assert plan.routes == (("heavy",),)
    assert plan.left_out == ("light",)
    assert plan.arrive == {"heavy": 10}


def test_of_two_neighbors_the_more_urgent_is_first_when_that_costs_nothing():
    day = problem(Stop("urgent", (0, 240)), Stop("calm", (0, 240)), Stop("late", (100, 240)))
    assert urgent_first(day, [2, 1, 3]) == [1, 2, 3]
    held = problem(Stop("urgent", (100, 240)), Stop("calm", (0, 20)))
    assert urgent_first(held, [2, 1]) == [2, 1]  # a promise is not broken for it


def test_no_minute_more_is_driven_for_it():
    matrix = ((0, 30, 5, 30), (30, 0, 30, 5), (5, 30, 0, 30), (30, 5, 30, 0))
    day = problem(*(Stop(name, (0, 240)) for name in "abc"), matrix=matrix)
    for route in ([2, 1, 3], [3, 1, 2], [2, 3, 1]):
        assert driven(day, urgent_first(day, route)) <= driven(day, route)
        assert worth(day, [urgent_first(day, route)]) >= worth(day, [route])


def test_the_middle_of_a_town_is_never_made_of_a_few_calls():
    calls = [(40.0 + n / 100, -75.0) for n in range(20)]
    assert middle_of(calls) == (40.095, -75.0)
    assert middle_of(calls[:19]) is None
