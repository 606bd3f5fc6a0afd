"""A look at a program's counts: what is raised, what is not, and what late reports do."""

from datetime import timedelta

import pytest

from alongside.signals.looking import LEAST_DAYS, lateness, look, share_in
from tests.signals.towns import NOW, TOWNS, burst, quiet_year, site

QUIET = quiet_year()


@pytest.fixture(scope="module")
def bars():
    """Found once; a bar depends on what is usual, which one burst does not change."""
    return look(site(QUIET), NOW, {}).bars


def towns_raised(looked):
    return {town for finding in looked.findings for town in finding.towns}


def test_a_quiet_week_raises_nothing_and_says_why(bars):
    looked = look(site(QUIET), NOW, bars)
    assert looked.findings == []
    by_day = {one.town: one for one in looked.readings if one.look == "days"}
    assert set(by_day) == {*TOWNS, None}
    assert all(one.count < one.needed for one in looked.readings)
    # A town with one event a fortnight is raised from a few events in three days on, one with one a day from more.
    assert 2 <= by_day[TOWNS[-1]].needed < by_day[TOWNS[0]].needed <= 16


@pytest.mark.parametrize(("town", "number"), [(0, 12), (4, 7), (7, 5)])
def test_a_burst_is_raised_within_the_hour_where_it_is(town, number, bars):
    looked = look(site(QUIET + burst(TOWNS[town], number, hours_ago=3)), NOW, bars)
    assert towns_raised(looked) == {TOWNS[town]}
    finding = max(looked.findings, key=lambda one: one.above)
    assert finding.look == "hours"
    assert finding.count >= number
    assert NOW - finding.ends_at <= timedelta(hours=4)


def test_a_batch_spread_over_neighbours_is_raised_by_the_day(bars):
    """Four neighbours with three more each: in none of them by itself is it much."""
    spread = [event for town in TOWNS[4:] for event in burst(town, 3, hours_ago=40)]
    looked = look(site(QUIET + spread), NOW, bars)
    best = max((one for one in looked.findings if one.look == "days"), key=lambda one: one.above)
    assert len(best.towns & set(TOWNS[4:])) >= 3
    assert best.count >= 9


def test_two_towns_far_apart_are_two_findings(bars):
    both = burst(TOWNS[0], 14, hours_ago=40) + burst(TOWNS[7], 6, hours_ago=40)
    assert {TOWNS[0], TOWNS[7]} <= towns_raised(look(site(QUIET + both), NOW, bars))


def test_without_a_map_each_town_is_looked_at_alone(bars):
    looked = look(site(QUIET + burst(TOWNS[7], 6, hours_ago=40), positions={}), NOW, bars)
    assert TOWNS[7] in towns_raised(looked)


def test_too_short_a_past_says_how_much_is_missing():
    young = [event for event in QUIET if NOW - event.occurred_at < timedelta(days=20)]
    looked = look(site(young), NOW, {})
    assert (looked.findings, looked.readings) == ([], [])
    assert looked.waits["days"] == LEAST_DAYS["days"] - 19
    assert look(site([]), NOW, {}).waits["days"] == LEAST_DAYS["days"]


def test_late_reports_are_awaited(bars):
    """Half of all reports come in four days late: so far half as many are usual, and a half-known burst is raised."""
    half_late = [
        event if number % 2 else type(event)(event.town, event.occurred_at, True, event.occurred_at + timedelta(days=4))
        for number, event in enumerate(QUIET)
    ]
    late = lateness(half_late, NOW)
    assert share_in(late, 24) == pytest.approx(0.5, abs=0.06)
    assert share_in(late, 24 * 5) == 1
    few = burst(TOWNS[0], 6, hours_ago=30)
    waiting = {one.town: one for one in look(site(half_late + few), NOW, bars).readings if one.look == "days"}
    prompt = {one.town: one for one in look(site(QUIET + few), NOW, bars).readings if one.look == "days"}
    assert waiting[TOWNS[0]].usual < 0.7 * prompt[TOWNS[0]].usual
    assert waiting[TOWNS[0]].needed < prompt[TOWNS[0]].needed
    # Looked at half known and again when all is in: the bar pays for both.
    assert look(site(half_late), NOW, {"hours": bars["hours"]}).bars["days"] > bars["days"]


def test_a_report_of_days_ago_still_raises_its_day(bars):
    """Raised when the reports come in, not lost because the day is over."""
    late = burst(TOWNS[2], 11, hours_ago=5 * 24, late_hours=5 * 24 - 1)
    assert TOWNS[2] in towns_raised(look(site(QUIET + late), NOW, bars))


@pytest.mark.parametrize(("entered_hours_ago", "raised"), [(0.5, True), (49, False)])
def test_a_day_that_was_looked_at_is_raised_later_only_by_a_report_that_came_since(entered_hours_ago, raised, bars):
    """Otherwise each past day would have seven chances to be a false alarm, where the budget counts one."""
    seen = burst(TOWNS[2], 11, hours_ago=5 * 24, late_hours=5 * 24 - entered_hours_ago - 1.5)
    last = burst(TOWNS[2], 1, hours_ago=5 * 24, late_hours=5 * 24 - entered_hours_ago)
    looked = look(site(QUIET + seen + last), NOW, bars, since=NOW - timedelta(minutes=15))
    assert (TOWNS[2] in towns_raised(looked)) == raised
    assert TOWNS[2] in towns_raised(look(site(QUIET + seen + last), NOW, bars))


def test_one_event_after_a_long_silence_is_not_raised():
    """A program that has just begun to count again: all it knows is years old."""
    old = [type(event)(event.town, event.occurred_at - timedelta(days=1500), True, event.entered_at) for event in QUIET]
    assert look(site(old), NOW, {}).findings == []
    assert look(site(old + burst(TOWNS[0], 1, hours_ago=3)), NOW, {}).findings == []
    assert look(site(old + burst(TOWNS[0], 4, hours_ago=3)), NOW, {}).findings != []


def test_an_import_of_old_calls_says_nothing_about_lateness():
    imported = [type(event)(event.town, event.occurred_at, True, NOW) for event in QUIET]
    assert share_in(lateness(imported, NOW), 1) == 1.0


def test_a_larger_budget_lowers_the_bar():
    loose = look(site(QUIET, budget=3.0), NOW, {}).bars
    strict = look(site(QUIET, budget=0.25), NOW, {}).bars
    assert loose["days"] < strict["days"]
    assert loose["hours"] < strict["hours"]
