"""The order for who asks: promises kept, the pack's form, a page for each role, and nothing of anybody kept."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.urls import reverse

from alongside.cases.actions import assign_team, plan_follow_up
from alongside.cases.models import FollowUp
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.journal.models import Entry
from alongside.people.actions import set_contact_wishes
from alongside.people.models import Person
from alongside.planning import queries
from alongside.planning.actions import keep_addresses, keep_outlines
from alongside.planning.places import one_line
from alongside.planning.queries import own_day, plan_for_program, route_for
from alongside.planning.roads import STRAIGHT
from alongside.planning.rules import Visit, shift_start
from tests.cast import CANARIES, browser_of, canaries_in, case_for_person, case_with_team, person_of

SQUARE = [[-71.0, 42.0], [-70.9, 42.0], [-70.9, 42.1], [-71.0, 42.1], [-71.0, 42.0]]
NEXT = [[-70.9, 42.0], [-70.8, 42.0], [-70.8, 42.1], [-70.9, 42.1], [-70.9, 42.0]]
PLACE = CANARIES["identity.Contact.meeting_place"]
EXACT = (42.0712, -70.9123)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    queries._solved.cache_clear()


@pytest.fixture
def shapes(ours):
    keep_outlines({"eastpoint": [SQUARE], "westpoint": [NEXT]}, by=ours.system)


@pytest.fixture
def noon():
    """Half past eleven of today where the program works: no promise of these tests falls on another day."""
    local = clock().astimezone(ZoneInfo("America/New_York"))
    return local.replace(hour=11, minute=30, second=0, microsecond=0)


def promise(case, now, first, last):
    """Somebody comes back today between two hours."""
    row = FollowUp.objects.filter(case=case, done_at=None).first()
    row = row or FollowUp(case=case, reason="asked_back")
    row.reason, row.due_on, row.from_time, row.to_time = "asked_back", day_in("America/New_York", now), first, last
    row.save()


def visit(number, now, **more):
    more = {"due_at": now + timedelta(hours=number), "first": True, "window": None, "town_id": None, "place": ""} | more
    return {"case": f"case-{number}", "other": "not looked at"} | more


def test_the_pack_gets_order_times_and_a_map(ours, shapes, noon):
    town = ours.towns[0].id
    start = shift_start(noon)
    window = (start + timedelta(minutes=120), start + timedelta(minutes=150))
    visits = [visit(1, noon, town_id=town), visit(2, noon, town_id=town, window=window), visit(3, noon)]
    found = route_for(ours.actor("recovery_coach"), visits, noon)
    route, drawn = found["route"], found["map"]
    assert sorted(route["order"]) == ["case-1", "case-2", "case-3"]
    assert list(route["arrive"]) == route["order"]
    assert sorted(route["arrive"].values()) == list(route["arrive"].values())
    begins = datetime.fromtimestamp(route["arrive"]["case-2"] / 1000, tz=noon.tzinfo)
    assert window[0] <= begins <= window[1]
    assert route["left_out"] == []
    assert route["model"].startswith(STRAIGHT)
    assert "begins at the first visit" in route["model"]
    assert route["minutes"] > 0
    assert set(drawn["points"]) == {"case-1", "case-2"}
    assert drawn["points"]["case-1"] == pytest.approx([-70.95, 42.05])
    assert [outline["name"] for outline in drawn["outlines"]] == ["Eastpoint"]


def test_visits_without_any_place_come_in_the_order_of_their_clocks(ours, noon):
    visits = [visit(number, noon) for number in (5, 2, 9, 1)]
    found = route_for(ours.actor("recovery_coach"), visits, noon)
    assert found["route"]["order"] == ["case-1", "case-2", "case-5", "case-9"]
    assert found["map"] is None


def test_a_visit_may_be_given_as_what_it_is(ours, noon):
    rows = [Visit("one", noon, first=True)]
    assert route_for(ours.actor("recovery_coach"), rows, noon)["route"]["order"] == ["one"]
    assert route_for(ours.actor("recovery_coach"), [], noon) is None


def test_the_same_quarter_of_an_hour_gives_the_same_answer_and_asks_once(ours, noon, monkeypatch):
    asked = []
    monkeypatch.setattr(queries, "_solved", queries.lru_cache(lambda *args: asked.append(1) or queries.solve(*args)))
    start = noon.replace(minute=31)
    visits = [visit(number, noon) for number in range(6)]
    first = route_for(ours.actor("recovery_coach"), visits, start)
    again = route_for(ours.actor("outreach_officer"), visits[::-1], start.replace(minute=44))
    assert first == again
    assert asked == [1]


def test_an_address_of_the_site_is_nearer_than_the_middle_of_the_town(ours, shapes, noon):
    town = ours.towns[0]
    keep_addresses(
        {one_line("12 Main Street", town.name): EXACT, one_line("9 Elm St"): (42.01, -70.99)}, by=ours.system
    )
    visits = [
        visit(1, noon, town_id=town.id, place="12 MAIN ST, apt 3"), visit(2, noon, town_id=town.id, place="9 elm street"),
        visit(3, noon, town_id=town.id, place="behind the church"), visit(4, noon, place="12 Main Street"),
    ]  # fmt: skip
    points = route_for(ours.actor("recovery_coach"), visits, noon)["map"]["points"]
    assert points["case-1"] == [EXACT[1], EXACT[0]]
    assert points["case-2"] == [-70.99, 42.01]
    assert points["case-3"] == pytest.approx([-70.95, 42.05])
    assert "case-4" not in points  # the same street in a town nobody named


def test_a_team_starts_where_its_agency_is_when_the_site_said_where(ours, shapes, noon):
    keep_addresses({one_line("Harbor Recovery"): (42.3, -70.95)}, by=ours.system)
    found = route_for(ours.actor("recovery_coach"), [visit(1, noon, town_id=ours.towns[0].id)], noon)
    assert "begins at the first visit" not in found["route"]["model"]
    assert found["route"]["minutes"] > 60  # 28 km there and back
    case_with_team(ours)
    assert own_day(ours.actor("outreach_officer"), noon).day.where.start == (42.3, -70.95)  # where the coach starts


def test_the_points_of_another_program_are_not_there(cast, shapes, noon):
    keep_addresses({one_line("12 Main St", "Eastpoint"): EXACT}, by=cast.ours.system)
    rows = [visit(1, noon, town_id=cast.ours.towns[0].id, place="12 Main St, Eastpoint")]
    assert route_for(cast.other.actor("recovery_coach"), rows, noon)["map"] is None


def test_a_promised_hour_holds_and_one_for_another_time_is_left_out_with_its_reason(ours, shapes, noon):
    kept, gone = case_with_team(ours), case_with_team(ours, person_of(ours, canaries=True))
    promise(kept, noon, time(13), time(13, 30))
    promise(gone, noon, time(8), time(9))
    day = own_day(ours.actor("recovery_coach"), noon).day
    assert time(13) <= day.at(str(kept.id)).astimezone(noon.tzinfo).time() <= time(13, 30)
    assert day.plan.left_out == (str(gone.id),)
    page = browser_of(ours.users["recovery_coach"]).get(reverse("planning:mine")).content.decode()
    assert kept.person.code in page


def test_asked_back_without_an_hour_comes_before_a_clock_that_runs(ours, noon, monkeypatch):
    case = case_with_team(ours)
    plan_follow_up(case, day_in("America/New_York", noon), "asked_back", by=ours.actor("recovery_coach"))
    visits = own_day(ours.actor("recovery_coach"), noon).day.visits
    assert visits[str(case.id)].promised
    assert visits[str(case.id)].window is None


def test_who_wants_no_visit_is_not_in_the_order(ours, noon):
    text_only, no_visits, visited = (case_with_team(ours, person_of(ours)) for _ in range(3))
    Person.objects.filter(id=text_only.person_id).update(text_only=True)
    set_contact_wishes(no_visits.person_id, "no_visits", no_police=False, by=ours.actor("recovery_coach"))
    team = own_day(ours.actor("recovery_coach"), noon)
    assert team.day.order == (str(visited.id),)
    assert {case.id for case in team.by_phone} == {text_only.id, no_visits.id}


def test_the_coordinator_sees_every_team_and_each_only_its_own_people(ours, shapes, noon):
    other_coach = ours.user("recovery_coach", name="second-coach")
    mine, theirs, nobodys = (
        case_with_team(ours),
        case_for_person(ours, person_of(ours)),
        case_for_person(ours, person_of(ours)),
    )
    assign_team(theirs, ours.users["outreach_officer"], other_coach, by=ours.actor("coordinator"))
    teams = plan_for_program(ours.actor("coordinator"), noon)
    assert sorted(team.day.order for team in teams) == sorted([(str(mine.id),), (str(theirs.id),)])
    page = browser_of(ours.users["coordinator"]).get(reverse("planning:day")).content.decode()
    assert all(case.person.code in page for case in (mine, theirs))
    assert nobodys.person.code not in page
    own = browser_of(other_coach).get(reverse("planning:mine")).content.decode()
    assert theirs.person.code in own
    assert mine.person.code not in own


def test_an_officer_and_a_coach_get_one_order_and_no_police_means_no_police(ours, shapes, noon):
    first, second = case_with_team(ours, person_of(ours)), case_with_team(ours, person_of(ours))
    coach, officer = (own_day(ours.actor(role), noon) for role in ("recovery_coach", "outreach_officer"))
    assert coach.day.order == officer.day.order
    set_contact_wishes(first.person_id, "none", no_police=True, by=ours.actor("recovery_coach"))
    assert own_day(ours.actor("outreach_officer"), noon).day.order == (str(second.id),)


@pytest.mark.parametrize(
    ("role", "day", "mine"),
    [
        ("coordinator", 200, 302), ("recovery_coach", 404, 200), ("clinician", 404, 200), ("outreach_officer", 404, 200),
        ("patrol_officer", 404, 404), ("data_designee", 404, 404), ("partner", 404, 404), ("epidemiologist", 404, 404),
        ("privacy_reviewer", 404, 404), ("counsel", 404, 404), ("administrator", 404, 404),
    ],
)  # fmt: skip
def test_each_role_finds_its_own_page_or_none(ours, role, day, mine):
    browser = browser_of(ours.users[role])
    assert browser.get(reverse("planning:day")).status_code == day
    assert browser.get(reverse("planning:mine")).status_code == mine


@pytest.mark.parametrize("role", ["coordinator", "recovery_coach", "outreach_officer"])
def test_the_page_draws_its_map_itself_and_shows_no_name(ours, shapes, role):
    case_with_team(ours)
    keep_addresses({one_line(PLACE): EXACT}, by=ours.system)
    name = "planning:day" if role == "coordinator" else "planning:mine"
    page = browser_of(ours.users[role]).get(reverse(name)).content.decode()
    assert canaries_in(page) == set()
    assert "<svg" in page
    assert "Eastpoint</text>" in page
    assert "<table" in page
    assert STRAIGHT in page
    assert " style=" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_place_is_opened_through_the_firewall_and_only_where_there_are_addresses(ours, shapes, noon):
    case = case_with_team(ours)
    opened = Entry.objects.filter(verb="opened")
    before = opened.count()
    own_day(ours.actor("recovery_coach"), noon)
    assert opened.count() == before
    keep_addresses({one_line(PLACE): EXACT}, by=ours.system)
    day = own_day(ours.actor("recovery_coach"), noon).day
    assert day.where.points[str(case.id)] == EXACT
    assert opened.order_by("-seq").first().detail["purpose"] == "outreach_visit"
    own_day(ours.actor("outreach_officer"), noon + timedelta(hours=30))
    assert opened.count() == before + 2
    assert opened.order_by("-seq").first().at <= clock()  # when it was opened, whichever day was asked for


def test_for_the_coordinators_page_nobodys_place_is_opened(ours, shapes, noon):
    case = case_with_team(ours)
    keep_addresses({one_line(PLACE): EXACT}, by=ours.system)
    before = Entry.objects.count()
    team = plan_for_program(ours.actor("coordinator"), noon)[0]
    assert team.day.where.points[str(case.id)] == pytest.approx((42.05, -70.95))
    assert Entry.objects.count() == before


def test_nothing_of_a_person_is_stored_by_the_plan(ours, shapes, noon):
    case = case_with_team(ours)
    keep_addresses({one_line("1 Main St"): EXACT}, by=ours.system)
    tables = list(apps.get_app_config("planning").get_models())
    before = [list(model.objects.values()) for model in tables]
    for role in ("recovery_coach", "outreach_officer"):
        own_day(ours.actor(role), noon)
    plan_for_program(ours.actor("coordinator"), noon)
    assert [list(model.objects.values()) for model in tables] == before
    fields = {field.name for model in tables for field in model._meta.get_fields()}
    assert fields == {"id", "program", "line", "latitude", "longitude", "town", "outline"}
    assert canaries_in(before) == set()
    told = str(list(Entry.objects.values_list("detail", flat=True)))
    assert canaries_in(told) == set()
    assert str(EXACT[0]) not in told
    assert case.person.code not in told


@pytest.mark.parametrize(("asked", "shown"), [("23:59", "23:59"), ("", None), ("99:99", None), ("x", None)])
def test_the_evening_can_be_looked_at_in_the_morning(ours, asked, shown):
    page = browser_of(ours.users["coordinator"]).get(reverse("planning:day"), {"from": asked})
    assert page.status_code == 200
    if shown:
        assert f'value="{shown}"' in page.content.decode()


def test_a_day_without_anybody_says_what_to_do_next(ours):
    page = browser_of(ours.users["recovery_coach"]).get(reverse("planning:mine")).content.decode()
    assert "Nobody to visit" in page
