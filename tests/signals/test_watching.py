"""The duty, the command, the budget and who is told: once for each event, never with a name, never a police desk."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alongside.common.decision import Refused
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.messaging.duties import run
from alongside.messaging.models import Message
from alongside.messaging.rules import TEXT
from alongside.signals.actions import set_budget, subscribe, unsubscribe
from alongside.signals.budget import once_in_days
from alongside.signals.models import AlarmBudget, Bar, Reading, Signal, Subscription
from alongside.signals.queries import bars_for, budget_for, signals_for, site_for, told_of
from alongside.signals.rules import STEPS, years_between
from tests.signals.counted import BARS, a_quiet_year, at_once, watch
from tests.signals.towns import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(ours):
    a_quiet_year(ours)
    return ours


def test_a_burst_becomes_one_signal_and_those_who_asked_are_told(year, monkeypatch, journal):
    coordinator, shelter = year.actor("coordinator"), year.agencies["shelter"]
    subscribe(None, by=coordinator)
    subscribe(year.towns[1], by=coordinator, agency=shelter)
    subscribe(year.towns[0], by=year.actor("epidemiologist"))
    at_once(year, year.towns[1], 6, hours_ago=4)
    new = watch(year, monkeypatch).new
    assert [(signal.look, [town.name for town in signal.towns.all()]) for signal in new] == [("hours", ["Westpoint"])]
    told = {(row.user_id, row.agency_id) for row in Message.objects.filter(reason="signal")}
    assert told == {(coordinator.user_id, None), (None, shelter.id)}
    assert journal()[-3:] == ["signal_raised", "message_written", "message_written"]
    assert TEXT == "You have a message in Alongside."  # the message is this, whatever it is about


def test_the_same_look_again_changes_nothing(year, monkeypatch, journal):
    subscribe(None, by=year.actor("coordinator"))
    at_once(year, year.towns[1], 6)
    watch(year, monkeypatch)
    before = (Signal.objects.count(), Message.objects.count(), Reading.objects.count(), len(journal()))
    again = watch(year, monkeypatch, NOW + timedelta(minutes=15))
    assert again.new == []
    assert (Signal.objects.count(), Message.objects.count(), Reading.objects.count(), len(journal())) == before


def test_an_event_seen_by_the_hour_and_by_the_day_is_one_signal(year, monkeypatch):
    at_once(year, year.towns[1], 6, hours_ago=4)
    watch(year, monkeypatch)
    later = watch(year, monkeypatch, NOW + timedelta(days=1))
    assert {finding.look for finding in later.looked.findings} >= {"days"}
    assert later.new == []
    assert Signal.objects.count() == 1


def test_late_reports_make_a_signal_grow_and_nobody_is_told_twice(year, monkeypatch, journal):
    subscribe(None, by=year.actor("coordinator"))
    at_once(year, year.towns[1], 5)
    watch(year, monkeypatch)
    first = Signal.objects.get().count
    at_once(year, year.towns[1], 6, late=timedelta(hours=30))
    assert watch(year, monkeypatch).new == []
    assert Signal.objects.get().count > first
    assert "signal_grew" in journal()
    assert Message.objects.filter(reason="signal").count() == 1


def test_reports_that_come_days_late_still_raise_their_day(year, monkeypatch):
    assert watch(year, monkeypatch).new == []
    at_once(year, year.towns[1], 6, hours_ago=5 * 24, late=timedelta(days=5))
    (signal,) = watch(year, monkeypatch).new
    assert signal.look == "days"
    assert NOW - signal.ends_at > timedelta(days=3)


def test_two_calls_about_one_event_count_once(year):
    at_once(year, year.towns[1], 2)
    site = site_for(year.actor("coordinator"), NOW)
    one, other = Incident.objects.filter(program=year.program).order_by("-occurred_at")[:2]
    other.joined_into, other.state = one, "joined"
    other.save()
    assert len(site_for(year.actor("coordinator"), NOW).events) == len(site.events) - 1


def test_another_programs_calls_are_not_counted(cast, monkeypatch):
    a_quiet_year(cast.ours)
    at_once(cast.ours, cast.ours.towns[1], 6)
    assert site_for(cast.other.actor("coordinator"), NOW).events == []
    watch(cast.other, monkeypatch)
    assert Signal.objects.count() == 0


def test_the_bars_are_found_once_a_day_and_anew_for_another_budget(year, monkeypatch):
    watch(year, monkeypatch)
    viewer = year.actor("coordinator")
    assert bars_for(viewer, NOW.date()) == BARS
    assert bars_for(viewer, NOW.date() + timedelta(days=1)) == {}
    set_budget("month", by=viewer)
    assert bars_for(viewer, NOW.date()) == {}
    assert Bar.objects.filter(program=year.program).count() == 2


def test_the_coordinator_or_the_epidemiologist_sets_the_budget(ours, journal):
    assert budget_for(ours.actor("coordinator")) == "quarter"
    set_budget("year", by=ours.actor("epidemiologist"))
    set_budget("year", by=ours.actor("coordinator"))  # the same again is no line in the journal
    assert AlarmBudget.objects.get().budget == "year"
    assert journal() == ["alarm_budget_set"]
    for role in ("recovery_coach", "partner", "patrol_officer"):
        with pytest.raises(Refused):
            set_budget("month", by=ours.actor(role))
    with pytest.raises(Refused):
        set_budget("never", by=ours.actor("coordinator"))


def test_who_is_told_is_a_user_or_a_desk_of_the_program_never_the_police(cast, journal):
    ours, coach = cast.ours, cast.ours.actor("recovery_coach")
    one = subscribe(None, by=coach)
    assert subscribe(None, by=coach) == one
    with pytest.raises(Refused):
        subscribe(None, by=coach, agency=ours.agencies["shelter"])
    coordinator = ours.actor("coordinator")
    for agency in (ours.agencies["police"], cast.other.agencies["shelter"]):
        with pytest.raises(Refused):
            subscribe(None, by=coordinator, agency=agency)
    with pytest.raises(Refused):
        subscribe(cast.other.towns[0], by=coach)
    unsubscribe(one.id, by=ours.actor("clinician"))  # somebody else's: nothing happens
    assert Subscription.objects.count() == 1
    unsubscribe(one.id, by=coach)
    assert Subscription.objects.count() == 0
    assert journal() == ["signal_subscribed", "signal_subscribed"]


def test_who_asked_twice_is_told_once_and_who_left_not_at_all(ours):
    coach = ours.actor("recovery_coach")
    subscribe(None, by=coach)
    subscribe(ours.towns[0], by=coach)
    assert len(told_of(coach, [ours.towns[0].id])) == 1
    assert len(told_of(coach, [])) == 1
    ours.users["recovery_coach"].is_active = False
    ours.users["recovery_coach"].save()
    assert told_of(coach, []) == []


def test_the_worker_does_it_for_every_program(cast):
    run("early warning")
    assert Signal.objects.count() == 0


def test_the_command_prints_what_is_raised_without_small_counts(year, monkeypatch):
    at_once(year, year.towns[1], 6)
    watch(year, monkeypatch)
    monkeypatch.setattr("alongside.signals.management.commands.signals.now", lambda: NOW)
    out = StringIO()
    call_command("signals", "--program", year.program.name, stdout=out)
    assert "1 raised, 0 of them new" in out.getvalue()
    assert "Westpoint: few instead of" in out.getvalue()
    out = StringIO()
    call_command("signals", "--program", year.program.name, "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["budget"], told["raised"][0]["count"]) == ("quarter", None)
    with pytest.raises(CommandError, match="several programs"):
        call_command("signals", stdout=StringIO())


def test_a_signal_is_raised_for_a_week_and_then_stands_below(year, monkeypatch):
    at_once(year, year.towns[1], 6)
    watch(year, monkeypatch)
    viewer = year.actor("epidemiologist")
    assert [len(part) for part in signals_for(viewer, NOW)] == [1, 0]
    assert [len(part) for part in signals_for(viewer, NOW + timedelta(days=8))] == [0, 1]
    assert [len(part) for part in signals_for(viewer, NOW + timedelta(days=400))] == [0, 0]


@pytest.mark.parametrize(("above", "years"), [(0, 0), (0.5, 1), (1, 5), (9, 100)])
def test_how_rare_chance_makes_it(above, years):
    assert years_between(once_in_days(1 / 182.7, 1.0, above)) == years


def test_no_line_of_the_journal_names_a_town_or_a_count(year, monkeypatch):
    at_once(year, year.towns[1], 6)
    watch(year, monkeypatch)
    detail = Entry.objects.get(verb="signal_raised").detail
    assert set(detail) == {"look"}
    assert len(STEPS) == 5
