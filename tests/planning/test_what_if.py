"""A year tried on past weeks: examples that can be counted by hand, honest ranges, and the page with the choice beside it."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from alongside.accounts.models import Program
from alongside.cases.models import Case
from alongside.common.clock import now
from alongside.people.actions import add_person
from alongside.planning.past import in_time_lately, past_of, today_of
from alongside.planning.whatif import (
    REPEATS,
    Arrival,
    Range,
    Setting,
    averted_at,
    differences,
    range_of,
    ranges_of,
    repeats_by,
    weight,
    years,
)
from tests.cast import browser_of

SURE = Setting(teams=1, reached=1.0)
# Ten on a Monday morning; one team makes six visits a shift.
CROWD = [Arrival(0.1 + number / 1000) for number in range(10)]


def test_the_hazard_is_the_published_one():
    for days, share in REPEATS:
        assert repeats_by(days) == pytest.approx(share)
    assert repeats_by(1) == pytest.approx(repeats_by(2) / 2)
    assert repeats_by(730) > repeats_by(365)
    assert averted_at(0) == 1
    ages = [round(averted_at(age), 9) for age in range(40)]
    assert ages == sorted(ages, reverse=True)
    assert weight(0) == 1
    assert weight(24) == pytest.approx(1.95)


def only(arrivals, setting, weeks=1):
    [[year]] = years(arrivals, weeks, [setting], count=1)
    return year


def test_one_who_is_always_found():
    """Monday 2.4 hours after midnight; the shift begins at one in the afternoon."""
    year = only([Arrival(0.1)], SURE)
    assert (year.in_time, year.reached) == (1, 1)
    assert year.wait == pytest.approx(13 / 24 - 0.1)
    assert year.averted == pytest.approx(averted_at(13 / 24 - 0.1))


def test_six_today_and_four_tomorrow():
    year = only(CROWD, SURE)
    assert year.reached == 1
    assert only(CROWD, Setting(teams=1, reached=1.0, days=1, policy="deadline")).in_time < 1
    assert only([*CROWD[:9], Arrival(0.5)], Setting(reached=1.0, shift_hours=0.67)).reached < 1


def test_what_is_not_known_yet_is_not_visited():
    assert only([Arrival(0.1, delay=3.5)], SURE).in_time == 0
    assert only([Arrival(0.1, delay=31.0)], SURE).reached == 0


def test_a_reason_goes_first_and_whoever_has_none_waits():
    """Ten arrive with one visit a day: the index takes those with a reason, and it is said what that costs the others."""
    mixed = [Arrival(one.at, lead=24 * (number % 2)) for number, one in enumerate(CROWD)]
    few = Setting(minutes=240, reached=1.0)
    [[index], [clocks]] = years(mixed, 1, [few, Setting(minutes=240, reached=1.0, policy="deadline")], count=1)
    assert index.averted > clocks.averted
    assert index.plain_wait >= index.wait


def test_nobody_is_visited_for_ever():
    never = Setting(teams=3, reached=0.0, tries=3)
    year = only([Arrival(0.1)], never)
    assert (year.averted, year.reached, year.in_time) == (0, 0, 1)


def test_the_same_year_has_the_same_events_whatever_is_tried():
    arrivals = [Arrival(day + 0.3, lead=12 * (day % 3)) for day in range(28)]
    first, again, more = years(arrivals, 4, [Setting(), Setting(), Setting(teams=3)], count=5)
    assert first == again
    assert all(not value.tells for value in differences(first, again).values())
    assert ranges_of(more)["in_time"].middle >= ranges_of(first)["in_time"].middle


def test_a_range_leaves_out_one_year_on_each_side():
    assert range_of(list(range(40))) == Range(19.5, 1, 38)
    assert Range(0.1, 0.01, 0.2).tells
    assert not Range(0.1, -0.01, 0.2).tells


# --- the site's own past ------------------------------------------------------------------------------------------------


@pytest.fixture
def a_year(ours):
    """Forty contacts of the last forty weeks, each known after six hours, every second one with a reason."""
    by, rows = ours.actor("coordinator"), []
    for number in range(40):
        at = now() - timedelta(days=7 * number + 9)
        rows.append(Case(program=ours.program, person=add_person(by=by), event_at=at, opened_at=at + timedelta(hours=6),
                         contact_due_at=at + timedelta(hours=72), due_at=at, counts_from=at,
                         reasons=["unhoused"] * (number % 2),
                         first_attempt_at=at + timedelta(hours=50 + 10 * number)))  # fmt: skip
    Case.objects.bulk_create(rows)
    return by


def test_the_past_is_the_sites_own(a_year, cast):
    past = past_of(a_year, now())
    assert len(past.arrivals) == 40
    assert {round(one.delay * 24, 6) for one in past.arrivals} == {6}
    assert sorted({one.lead for one in past.arrivals}) == [0, 6]
    assert past.weeks in (40, 41)
    assert past.enough
    assert in_time_lately(a_year, now()) == (12, 3)
    assert today_of(a_year, now()) == (Setting(tries=3), False)
    assert past_of(cast.other.actor("coordinator"), now()).arrivals == ()


def test_the_page_tries_it_and_keeps_nothing(ours, a_year, journal):
    browser, before = browser_of(ours.users["coordinator"]), len(journal())
    page = browser.get(reverse("planning:what_if")).content.decode()
    assert "A what-if, not a forecast" in page
    assert "of 12 events whose 72 hours ended in the last 90 days, somebody tried in time for 3" in page
    asked = {"teams": 3, "shift_hours": 6, "days": 7, "minutes": 30, "clock_hours": 24, "policy": "deadline"}
    answer = browser.get(reverse("planning:what_if"), asked)
    assert answer.status_code == 200
    assert [len(line.cells) for line in answer.context["lines"]] == [3] * 6
    assert browser.get(reverse("planning:what_if"), asked | {"teams": 0}).status_code == 422
    assert len(journal()) == before


def test_the_order_is_chosen_on_the_page(ours, journal):
    browser = browser_of(ours.users["coordinator"])
    assert "Fewer than 20 contacts" in browser.get(reverse("planning:what_if")).content.decode()
    browser.post(reverse("planning:order"), {"policy": "deadline"})
    browser.post(reverse("planning:order"), {"policy": "nonsense"})
    assert Program.objects.get(id=ours.program.id).queue_policy == "deadline"
    assert journal().count("order_chosen") == 1


def test_the_command_prints_both(ours, a_year, capsys):
    name = ours.program.name
    call_command("plan_what_if", program=name, teams=4, json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["kind"] == "a what-if, not a forecast"
    assert (said["today"]["teams"], said["tried"]["teams"]) == (1, 4)
    call_command("plan_what_if", program=name)
    assert "40 simulated years from 40 contacts" in capsys.readouterr().out
    with pytest.raises(CommandError, match="from 1 to 50"):
        call_command("plan_what_if", program=name, teams=0)


def test_the_command_says_when_there_is_nothing_to_try_it_on(ours):
    with pytest.raises(CommandError, match="Fewer than 20"):
        call_command("plan_what_if", program=ours.program.name)
