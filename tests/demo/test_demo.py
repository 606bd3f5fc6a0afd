"""The demonstration: the same calls give the same made-up people, everything about them sealed, in plausible numbers."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from alongside.accounts.models import User
from alongside.accounts.roles import ROLES
from alongside.cases.models import Assignment, Case
from alongside.cases.queries import queue_for
from alongside.common import links
from alongside.consent.models import Tie
from alongside.demo import making, samples
from alongside.demo.management.commands import demo
from alongside.demo.names import FAMILY, GIVEN, SOUND_ALIKE
from alongside.demo.rules import plan_of
from alongside.demo.staff import AGENCIES, CEDAR, DESKS, STAFF, TEAMS, ZONE
from alongside.demo.tonight import link_to_try
from alongside.families.models import LovedOne
from alongside.identity.candidates import verdict_on
from alongside.identity.description import Description
from alongside.identity.fields import SealedField
from alongside.identity.linkage import default_model
from alongside.identity.models import Identity, Match
from alongside.identity.tokens import sound
from alongside.incidents.models import Incident
from alongside.intake.profiles import load_profile
from alongside.intake.reading import read_calls
from alongside.messaging.models import Message
from alongside.messaging.queries import undelivered_for
from alongside.naloxone.models import StockPlace
from alongside.referrals.models import BedHold, Beds, Referral, Ride
from alongside.referrals.rules import age_of
from alongside.services.models import Service
from alongside.visits.models import Attempt

pytestmark = pytest.mark.slow  # a demonstration has the embedded database
NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)


def calls(count=440, days=90):
    rng = random.Random(7)
    return sorted(NOW - timedelta(seconds=rng.randrange(days * 86_400)) for _ in range(count))


def names_of(entries):
    return [(entry.who.given, entry.who.family, entry.who.born) for entry in entries if entry.who]


def stories_of(entries):
    return [entry.story for entry in entries if entry.story]


def test_the_same_calls_give_the_same_people_and_the_same_story():
    first, second = plan_of(calls(), NOW, ZONE), plan_of(calls(), NOW, ZONE)
    assert names_of(first) == names_of(second)
    assert first == second
    assert names_of(first) != names_of(plan_of(calls(), NOW, ZONE, seed=1))


def test_no_calls_give_no_people():
    assert plan_of([], NOW, ZONE) == []


def test_the_rates_are_those_programs_report():
    stories = stories_of(plan_of(calls(), NOW, ZONE))
    reached = [story for story in stories if story.reached_at]
    linked = [s for s in reached if any(status == "completed" for wish in s.wishes for _, status in wish.statuses)]
    assert 240 <= len(stories) <= 360
    assert 1.6 <= sum(len(story.tries) for story in stories) / len(stories) <= 2.2
    assert 0.35 <= len(reached) / len(stories) <= 0.50
    assert 0.22 <= len(linked) / len(reached) <= 0.42
    assert 25 <= sum(story.is_open for story in stories) <= 50
    assert sum(story.stops for story in stories) <= 3


def test_a_handful_of_the_last_days_calls_wait_and_no_older_one_does():
    waiting = [entry for entry in plan_of(calls(), NOW, ZONE) if entry.fate == "waits"]
    assert 8 <= len(waiting) <= 12
    assert all(NOW - entry.at < timedelta(hours=72) for entry in waiting)


def test_nothing_in_a_story_happens_in_the_future_or_out_of_order():
    for entry in plan_of(calls(), NOW, ZONE):
        if entry.story is None:
            continue
        story = entry.story
        moments = [entry.at, story.opened_at, story.assigned_at, *(each.at for each in story.tries), story.closed_at]
        known = [moment for moment in moments if moment]
        assert known == sorted(known)
        assert all(moment <= NOW for moment in known)
        assert all(entry.at <= wish.at <= NOW for wish in story.wishes)


@pytest.mark.parametrize(("first", "second"), SOUND_ALIKE)
def test_who_comes_again_without_a_date_waits_in_match_review(first, second):
    model = default_model().for_size(260)
    again = verdict_on(Description(*second), Description(*first, date(1984, 5, 7)), model)
    assert again.answer == "possible"


def test_the_spellings_kept_for_match_review_sound_alike():
    for first, second in SOUND_ALIKE:
        assert first != second
        assert [sound(name) for name in first] == [sound(name) for name in second]


def test_every_role_has_a_login_and_every_team_two_employers():
    assert {login.role for login in STAFF if login.sees} == set(ROLES)
    employer = {login.username: login.agency for login in STAFF}
    assert all(employer[first] != employer[second] for first, second in TEAMS)
    assert {login.agency for login in STAFF} <= set(AGENCIES)


def test_the_made_up_call_file_is_read_like_the_real_one():
    with read_calls(samples.call_file(NOW), load_profile("montgomery"), now=NOW) as file:
        outcomes = list(file.outcomes())
    assert file.rejected == 0
    assert file.rows == len(outcomes) > 500
    assert samples.call_file(NOW).getvalue() == samples.call_file(NOW).getvalue()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """One demonstration for all that is looked up in it; what a test changes is undone after it."""
    lines: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        yield making.make_demo(Path("/nowhere"), lines.append, most_calls=90)
        transaction.set_rollback(True)
    assert any("made-up ones stand in" in line for line in lines)


@pytest.fixture
def told(made, db):
    return made


def test_a_small_demonstration_holds_together(told):
    now = timezone.now()
    assert told.people >= 20
    assert told.matches == Match.objects.filter(state="open").count()
    assert told.cases == Case.objects.count() >= told.people
    assert (
        told.waiting == Incident.objects.filter(state="waiting", occurred_at__gt=now - timedelta(hours=72)).count() > 0
    )
    assert Counter(User.objects.values_list("role", flat=True)).keys() == ROLES.keys()
    for username in ("officer", "coach"):
        assert queue_for(User.objects.get(username=username).actor(), now).cases
    assert not Attempt.objects.filter(at__gt=now).exists()
    assert not Assignment.objects.filter(ended_at__gt=now).exists()
    recent = now - timedelta(minutes=10)
    assert not Tie.objects.filter(opened_at__gt=recent).exists()


def test_every_sealed_value_is_stored_as_ciphertext(told):
    plain = [word.encode() for word in (*GIVEN, *FAMILY) if len(word) > 3]
    checked = 0
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, SealedField):
                continue
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')  # noqa: S608  # names of our own tables
                for raw in (bytes(row[0]) for row in cursor.fetchall() if row[0]):
                    checked += 1
                    assert len(raw) > 28
                    assert not any(word in raw for word in plain)
    assert checked > 100
    assert Identity.objects.exists()


def test_one_password_opens_every_login_and_is_kept_hashed(told):
    making.set_password("a-long-made-up-password")
    user = User.objects.get(username="coach")
    assert user.check_password("a-long-made-up-password")
    assert "made-up" not in user.password


def test_a_taken_port_is_named_in_one_sentence():
    port = demo.free_port(0)
    assert port > 0
    with pytest.raises(CommandError, match="is taken"):
        demo.free_port(70_000)


def test_what_is_productive_now_is_going_on(told):
    """Beds of three ages, one kept with a ride on the way, silence that was noticed, a no with its reason, and a link to try."""
    now = timezone.now()
    ages = {age_of(said_at, now) for said_at in Beds.objects.values_list("said_at", flat=True)}
    assert ages == {"fresh", "grey", "ask"}
    hold = BedHold.objects.filter(status="held").get()
    ride = Ride.objects.get()
    assert (ride.status, ride.due_at, ride.referral) == ("dispatched", hold.expires_at, hold.referral)
    assert now < hold.expires_at < now + timedelta(hours=4)
    overdue = Referral.objects.filter(escalated_at__isnull=False)
    assert overdue.exists()
    assert not overdue.filter(escalated_at__lt=F("made_at")).exists()
    assert Referral.objects.filter(status="rejected", barrier="no_room").exists()
    assert LovedOne.objects.filter(bereaved_on__isnull=False).exists()
    assert StockPlace.objects.filter(kind="car").count() == 2
    coordinator = User.objects.get(username="coordinator").actor()
    assert [lost.agency.name for lost in undelivered_for(coordinator)] == [CEDAR]
    assert not Message.objects.filter(
        next_at__isnull=False
    ).exists()  # the worker of a demonstration has nothing to send
    path = link_to_try(coordinator.program_id)
    assert links.read("answer", path.removeprefix("/a/").removesuffix("/"))


def test_the_partners_are_in_the_directory_with_hours(told):
    rows = Service.objects.filter(source="two-rivers-partners")
    answering = {name for name, (email, _, _) in DESKS.items() if email}
    assert rows.count() == len(answering)
    assert {row.agency.name for row in rows} == answering
    assert all(row.schedules.filter(opens_at__isnull=False).exists() for row in rows)


def test_nobody_is_at_the_desks():
    """Every address and number is one that is kept for examples."""
    for email, phone, _ in DESKS.values():
        assert not email or email.endswith("@example.org")
        assert "-555-01" in phone
