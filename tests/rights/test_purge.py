"""Every clock of keeping: what is due and nothing else; stopped anywhere and finished by the next run; no count changes."""

import json
import signal
import subprocess
import sys
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.management import call_command

from alongside.cases.actions import close_case, keep_wishes
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.consent.actions import Told, disclose_in_emergency, record_consent
from alongside.consent.models import Consent, Disclosure, Emergency
from alongside.identity.description import Description
from alongside.identity.forgetting import is_suppressed
from alongside.identity.models import Contact, DataKey, Forgotten, Identity, Suppression
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.actions import merge_people, place_hold
from alongside.people.models import Person
from alongside.referrals.actions import Plan, refer
from alongside.reports.queries import month_for
from alongside.rights import backup, forgetting, purging
from alongside.rights.actions import Ask, take_request
from alongside.rights.forgetting import set_records_schedule
from alongside.rights.models import Request
from alongside.rights.purging import run_purge
from alongside.rights.rules import CLOCKS, Kept, clock_that_ran_out
from alongside.visits.actions import record_attempt
from tests.cast import (
    BIRTH_DATE,
    CANARIES,
    NOON,
    case_for_person,
    case_with_everything,
    case_with_team,
    draft,
    incident_for,
    person_of,
    reached,
)

ZYX = Description(CANARIES["identity.Identity.given_name"], CANARIES["identity.Identity.family_name"], BIRTH_DATE)


def ago(days):
    return NOON - timedelta(days=days)


@pytest.mark.covers("R47", "R48")
@pytest.mark.parametrize(
    ("kept", "clock"),
    [
        (Kept(ago(89)), ""),
        (Kept(ago(90)), "unconsented"),
        (Kept(ago(400), has_open_case=True), "unconsented"),
        (Kept(ago(400), has_open_request=True), ""),
        (Kept(ago(6), stopped_at=ago(6)), ""),
        (Kept(ago(8), stopped_at=ago(7)), "stopped"),
        (Kept(ago(8), stopped_at=ago(7), agreed_until=ago(-30)), "stopped"),
        (Kept(ago(8), stopped_at=ago(7), come_back=True), ""),
        (Kept(ago(91), stopped_at=ago(91), come_back=True), "unconsented"),
        (Kept(ago(6), declined_at=ago(6)), ""),
        (Kept(ago(9), declined_at=ago(7)), "declined"),
        (Kept(ago(9), declined_at=ago(7), agreed_until=ago(-1)), ""),
        (Kept(ago(9), declined_at=ago(7), has_open_case=True), ""),
        (Kept(ago(200), said_yes=True, has_open_case=True), ""),
        (Kept(ago(400), said_yes=True, closed_at=ago(364)), ""),
        (Kept(ago(400), said_yes=True, closed_at=ago(365)), "closed"),
        (Kept(ago(900), said_yes=True, closed_at=ago(800), agreed_until=ago(-1)), ""),
    ],
)
def test_which_clock_ran_out(kept, clock):
    assert clock_that_ran_out(kept, NOON) == clock


@pytest.mark.covers("R47")
def test_every_clock_says_from_when_and_what_then():
    assert all(clock.days > 0 and clock.since and clock.then for clock in CLOCKS.values())
    assert (CLOCKS["unconsented"].days, CLOCKS["stopped"].days, CLOCKS["declined"].days) == (90, 7, 7)


@pytest.fixture
def later(monkeypatch):
    """The ids of people are made by the machine's clock, so the purge is asked ahead of it."""
    return lambda days: now() + timedelta(days=days)


def gone(person):
    return Forgotten.objects.filter(holder=person.id).exists()


@pytest.mark.covers("R48")
def test_somebody_who_never_said_yes_is_shredded_after_90_days(ours, later):
    case = case_with_team(ours)
    record_attempt(case, draft("phone"), by=ours.actor("recovery_coach"))
    assert run_purge(later(89), by=ours.system)["unconsented"] == 0
    assert not gone(case.person)
    assert run_purge(later(91), by=ours.system)["unconsented"] == 1
    assert gone(case.person)
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("closed", "not_reached")
    assert not Suppression.objects.exists()  # they asked for nothing; if it happens again, somebody comes again


@pytest.mark.covers("R48")
def test_whoever_asked_for_no_contact_is_shredded_after_7_days_and_a_token_stays(ours, later):
    case = case_with_everything(ours)
    keep_wishes(case.person_id, "no_contact", no_police=False, by=ours.actor("recovery_coach"))
    assert run_purge(later(6.9), by=ours.system)["stopped"] == 0
    assert run_purge(later(7.1), by=ours.system)["stopped"] == 1
    assert gone(case.person)
    assert is_suppressed(ZYX, ours.program.id)


@pytest.mark.covers("R48")
def test_whoever_wanted_nothing_is_shredded_after_7_days(ours, later):
    case = case_with_team(ours)
    close_case(case, "declined", by=ours.actor("coordinator"))
    assert run_purge(later(6.9), by=ours.system)["declined"] == 0
    assert run_purge(later(7.1), by=ours.system)["declined"] == 1
    assert gone(case.person)
    assert not is_suppressed(ZYX, ours.program.id)


@pytest.mark.covers("R47")
def test_who_works_with_us_is_kept_and_a_year_after_the_end_forgotten(ours, later):
    case = case_with_team(ours)
    record_attempt(case, reached(response="check_ins"), by=ours.actor("recovery_coach"))
    run_purge(later(300), by=ours.system)
    assert not gone(case.person)
    close_case(case, "goals_met", by=ours.actor("coordinator"))
    run_purge(later(364), by=ours.system)
    assert not gone(case.person)
    assert run_purge(later(366), by=ours.system)["closed"] == 1
    assert gone(case.person)


@pytest.mark.covers("R47", "R49")
def test_nobody_held_is_touched(ours, later):
    case, merged = case_with_everything(ours), person_of(ours, canaries=True)
    merge_people(merged, Person.objects.get(id=case.person_id), by=ours.system)
    incident = incident_for(ours, case.person)
    for role in ("counsel", "privacy_reviewer"):
        place_hold(merged, by=ours.actor(role))
    keep_wishes(case.person_id, "no_contact", no_police=True, by=ours.actor("recovery_coach"))
    before = [list(model.objects.order_by("pk").values()) for model in (Person, Identity, Contact, DataKey)]
    counts = run_purge(later(9000), by=ours.system)
    assert [list(model.objects.order_by("pk").values()) for model in (Person, Identity, Contact, DataKey)] == before
    assert counts["held"] == 2
    assert not Forgotten.objects.exists()
    incident.refresh_from_db()
    assert incident.place is not None


@pytest.mark.covers("R44", "R47")
def test_under_a_records_schedule_the_clock_closes_instead_and_only_once(ours, later):
    case = case_with_team(ours)
    set_records_schedule(forbids=True, by=ours.system)
    assert run_purge(later(91), by=ours.system)["sealed"] == 1
    lines = Entry.objects.count()
    assert run_purge(later(92), by=ours.system)["sealed"] == 0
    assert Entry.objects.count() == lines
    assert Identity.objects.get(person=case.person).given_name is not None
    set_records_schedule(forbids=False, by=ours.system)
    run_purge(later(120), by=ours.system)
    assert gone(case.person)
    assert not Suppression.objects.exists()  # it was the schedule that closed the record, not a wish


@pytest.mark.covers("R47")
def test_the_place_of_a_call_lives_14_days_and_with_a_person_90(ours, later):
    unfound, found = incident_for(ours, None), incident_for(ours, case_with_team(ours).person)
    for days, expected in ((13, (True, True)), (15, (False, True)), (89, (False, True)), (91, (False, False))):
        run_purge(later(days), by=ours.system)
        for row, there in zip((unfound, found), expected, strict=True):
            row.refresh_from_db()
            assert (row.place is not None) is there, days
    assert not DataKey.objects.filter(holder=unfound.id).exists()
    assert Incident.objects.count() == 3


@pytest.mark.covers("R47")
def test_papers_live_six_years_and_the_journal_stays_whole(ours, later):
    case, coach = case_with_everything(ours), ours.actor("recovery_coach")
    record_consent(case.person, ours.agencies["shelter"], ["contact", "health"], by=coach)
    refer(case.needs.get(), Plan(agency=ours.agencies["shelter"], handoff="number", named=True), by=coach)
    entries = Entry.objects.count()
    run_purge(later(6 * 365), by=ours.system)
    assert Consent.objects.count() == Disclosure.objects.count() == 1
    counts = run_purge(later(7 * 366), by=ours.system)
    assert counts["papers"] == 3  # the agreement, what was shared, the request
    assert not Consent.objects.exists()
    assert not Disclosure.objects.exists()
    assert Entry.objects.count() > entries


@pytest.mark.covers("R47")
def test_sessions_that_are_over_are_removed(ours, client, later):
    client.force_login(ours.users["coordinator"])
    assert run_purge(now(), by=ours.system)["sessions"] == 0
    assert run_purge(later(7), by=ours.system)["sessions"] == 1


@pytest.mark.covers("R47")
def test_an_open_request_holds_every_clock(ours, later):
    case = case_with_team(ours)
    take_request(case.person, Ask("copy", "known"), by=ours.actor("coordinator"))
    run_purge(later(500), by=ours.system)
    assert not gone(case.person)


@pytest.mark.covers("R47")
def test_a_purge_of_one_program_leaves_the_other_alone(cast, later):
    case_with_team(cast.ours)
    theirs = case_with_team(cast.other)
    run_purge(later(200), by=cast.ours.system)
    assert not gone(theirs.person)
    assert Incident.objects.filter(program=cast.other.program).exclude(place=None).count() == 1


# --- months of work, and the counts -------------------------------------------------------------------------------------


@pytest.fixture
def months(ours):
    """Half a year of people of every kind; gives the months to compare."""
    coordinator = ours.actor("coordinator")
    for days in (170, 140, 110, 80, 50, 20, 3):
        for ending in ("", "yes", "declined", "no_contact", "missed"):
            case = case_for_person(ours, hours_ago=days * 24)
            at = case.event_at + timedelta(hours=20)
            if ending == "missed":
                record_attempt(case, draft("phone", at=at), by=coordinator)
            elif ending:
                said = {"yes": "services", "declined": "not_today", "no_contact": "no_contact"}[ending]
                record_attempt(case, reached(response=said, at=at), by=coordinator)
            case.refresh_from_db()
            if ending == "declined":
                close_case(case, "declined", by=coordinator)
        incident_for(ours, None, hours_ago=days * 24)
    ours.program.min_cell = 1
    ours.program.save()
    today = now().date()
    return sorted({(today - timedelta(days=days)).replace(day=1) for days in range(0, 200, 15)})


def counted(ours, months):
    return [month_for(ours.actor("coordinator"), first.year, first.month, now()) for first in months]


def state():
    """What a purge is about, however it came about; the spoken codes are made anew by chance."""
    return {
        "forgotten": set(Forgotten.objects.values_list("holder", flat=True)),
        "keys": set(DataKey.objects.values_list("holder", "privacy_class")),
        "named": set(Identity.objects.exclude(given_name=None).values_list("person_id", flat=True)),
        "places": set(Incident.objects.exclude(place=None).values_list("id", flat=True)),
        "tokens": set(Suppression.objects.values_list("kind", "token")),
    }


@pytest.mark.covers("R47")
def test_no_count_of_any_month_changes(ours, months, later):
    before = counted(ours, months)
    assert sum(month.number("incidents") or 0 for month in before) >= 40
    told = run_purge(later(95), by=ours.system, dry_run=True)
    assert counted(ours, months) == before
    assert not Forgotten.objects.exists()
    did = run_purge(later(95), by=ours.system)
    assert did == told
    assert did["stopped"] == did["declined"] == 7
    assert did["unconsented"] == 14
    assert counted(ours, months) == before
    again = run_purge(later(95), by=ours.system)
    assert {name: count for name, count in again.items() if count} == {}
    assert counted(ours, months) == before


STEPS = [
    (purging, "write_list", 1), (purging, "purge_person", 5), (purging, "purge_papers", 1), (forgetting, "suppress", 1),
    (forgetting, "forget_everything", 3),
]  # fmt: skip
# At night every other one, too.
STEPS += [
    pytest.param(*step, marks=pytest.mark.nightly)
    for step in (
        (purging, "purge_places", 1), (purging, "purge_person", 1), (purging, "purge_sessions", 1),
        (forgetting, "become_nobody", 2), (forgetting, "_end_what_hangs_on", 1), (forgetting, "end_all_for", 1),
    )
]  # fmt: skip


class Cut(Exception):
    pass


@pytest.mark.covers("R47")
@pytest.mark.parametrize(("module", "name", "times"), STEPS)
def test_a_run_that_was_cut_off_at_any_step_is_finished_by_the_next(ours, months, later, monkeypatch, module, name, times):
    moment, before, left = later(95), counted(ours, months), times
    told = run_purge(moment, by=ours.system, dry_run=True)
    real = getattr(module, name)

    def cut(*args, **kwargs):
        nonlocal left
        done = real(*args, **kwargs)
        left -= 1
        if left == 0:
            raise Cut
        return done

    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut)
        with pytest.raises(Cut):
            run_purge(moment, by=ours.system)
    for person in Person.objects.filter(id__in=Forgotten.objects.values("holder")):  # each is whole or untouched
        assert not Identity.objects.filter(person=person).exclude(given_name=None).exists()
    run_purge(moment, by=ours.system)
    found = state()
    people = set(Person.objects.values_list("id", flat=True))
    assert len(found["forgotten"] & people) == sum(told[clock] for clock in purging.PERSON_CLOCKS)
    assert not found["named"] & found["forgotten"]
    assert not {holder for holder, _ in found["keys"]} & found["forgotten"]
    assert counted(ours, months) == before
    run_purge(moment, by=ours.system)
    assert state() == found


@pytest.mark.covers("R47", "R49")
def test_the_papers_of_somebody_held_are_kept_even_when_they_never_agreed_to_anything(ours, later):
    case = case_with_team(ours)
    take_request(case.person, Ask("copy", "known"), by=ours.actor("recovery_coach"))
    Request.objects.update(state="answered", answer="copy_given", answered_at=now())
    told = Told(new_id(), "Dr. Finch", "Harbor hospital", "overdose")
    disclose_in_emergency(case.person, told, by=ours.actor("recovery_coach"))
    for role in ("counsel", "privacy_reviewer"):
        place_hold(case.person, by=ours.actor(role))
    assert purging.purge_papers(later(9000), by=ours.system) == 0
    assert (Request.objects.count(), Emergency.objects.count()) == (1, 1)


def test_nothing_of_a_session_outlives_it(ours):
    user = ours.users["recovery_coach"]
    SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
    living, over = SessionStore(), SessionStore()
    living.save()
    over.set_expiry(-60)
    over.save()
    for key in (living.session_key, over.session_key, "gone"):
        UserSession.objects.create(user=user, ip="203.0.113.7", user_agent="a browser", session_key=key)
    assert purging.purge_sessions(now(), by=ours.system, dry_run=True) == 3
    assert purging.purge_sessions(now(), by=ours.system) == 3
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [living.session_key]


# --- the command, and a real kill ---------------------------------------------------------------------------------------


@pytest.mark.covers("R47")
def test_the_command_tells_what_it_did(ours, capsys, monkeypatch):
    monkeypatch.setattr(backup, "leave_nothing_behind", lambda: False)
    case_with_team(ours)
    call_command("purge", "--dry-run")
    assert "Nothing was changed." in capsys.readouterr().out
    call_command("purge", "--json")
    summary = json.loads(capsys.readouterr().out)
    assert summary["dry_run"] is False
    assert summary["compacted"] is False
    call_command("purge")
    assert "the next run does it" in capsys.readouterr().err


KILL = """
import os, sys
sys.path.insert(0, "{top}")
import django
django.setup()
from datetime import timedelta
from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.identity.models import Forgotten
from alongside.people.models import Person
from alongside.rights import forgetting, purging
real = getattr({module}, "{name}")
left = {times}
def cut(*args, **kwargs):
    global left
    done = real(*args, **kwargs)
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)
    return done
if left:
    setattr({module}, "{name}", cut)
Person.objects.filter(stop="none").update(stop="no_contact", stopped_at=now())
program = Program.objects.get()
purging.run_purge(now() + timedelta(days=100), by=Actor.system(program.id))
print("forgotten", Forgotten.objects.count())
"""


@pytest.mark.slow
@pytest.mark.covers("R47", "R50")
def test_a_purge_that_is_really_killed_is_finished_by_the_next(site):
    site.seed(people=6)
    cuts = [("forgetting", "forget_everything", 2), ("forgetting", "_end_what_hangs_on", 2), ("purging", "purge_places", 1),
            ("purging", "purge_person", 3)]  # fmt: skip
    for module, name, times in cuts:
        code = KILL.format(top=site.top, module=module, name=name, times=times)
        done = subprocess.run([sys.executable, "-c", code], env=site.environment, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
    last = KILL.format(top=site.top, module="purging", name="purge_places", times=0)
    done = subprocess.run([sys.executable, "-c", last], env=site.environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["forgotten", "18"]  # six people, their calls, and a phone’s each
    site.run("purge", "--json")
    assert "unbroken" in site.run("journal", "verify")
    assert site.traces() == {}
    site.run("restore", "--check")


def test_an_id_says_when_a_record_was_made():
    made = purging._made_at(Person(id=new_id()))
    assert abs((made - now()).total_seconds()) < 5
