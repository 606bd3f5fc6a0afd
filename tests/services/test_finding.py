"""What is found, in which order, and for which reasons."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.accounts.models import Agency, Program
from alongside.common.actor import Actor
from alongside.common.ids import new_id
from alongside.services.hours import parse
from alongside.services.models import Organization, OrganizationPair, Schedule, Service, ServiceNeed
from alongside.services.queries import Wanted, find_services, services_for
from alongside.services.ranking import Standing, kilometers, order
from alongside.services.records import features_of

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/New_York")
# A Wednesday at noon.
NOON = datetime(2026, 11, 25, 12, tzinfo=ZONE)
PHILADELPHIA = (39.9526, -75.1652)


class Houses:
    """Two programs with a shelter and a recovery center each, and who asks."""

    def __init__(self):
        programs = [Program.objects.create(name=name) for name in ("Harbor", "Valley")]
        self.ours, self.theirs = (
            {kind: Agency.objects.create(program=program, name=kind, kind=kind) for kind in ("shelter", "recovery")}
            for program in programs
        )
        self.program_id = programs[0].id

    def actor(self, role, agency_class="recovery"):
        return Actor(new_id(), role, self.program_id, self.ours["recovery"].id, agency_class)


@pytest.fixture
def houses(db):
    return Houses()


@pytest.fixture
def listed():
    """Puts one service into the directory."""

    def add(name, need="food", hours="", features=(), **facts):
        service = Service.objects.create(
            name=name, source="made-up", source_key=name, features=features_of(features), **facts
        )
        ServiceNeed.objects.create(service=service, need=need)
        for place, rule in enumerate(parse(hours) or ()):
            values = {
                field: getattr(rule, field) for field in ("freq", "byday", "opens_at", "closes_at", "description")
            }
            Schedule.objects.create(service=service, place=place, **values)
        return service

    return add


@pytest.fixture
def find(houses):
    def found(room=None, viewer=None, limit=50, **wanted):
        return find_services(
            viewer or houses.actor("recovery_coach"), Wanted(**({"at": NOON} | wanted)), limit, room=room
        )

    return found


def names(found):
    return [one.service.name for one in found]


def test_what_is_open_comes_first_then_what_opens_tonight_then_what_nobody_knows(listed, find):
    listed("A closed", hours="9am-11am, Wed")
    listed("B by phone", hours="Call for times")
    listed("C tonight", hours="7pm-10pm, Wed")
    listed("D open", hours="9am-5pm, Mon-Fri")
    listed("E always", hours="24 hours, 7 days")
    found = find()
    assert [(one.service.name[0], one.open, one.reasons[0]) for one in found] == [
        ("D", "now", "open now, until 5:00 p.m."),
        ("E", "now", "open now"),
        ("C", "tonight", "open tonight, 7:00 p.m. to 10:00 p.m."),
        ("B", "unknown", "hours not known: call first"),
        ("A", "closed", "closed, opens Wed 2 Dec, 9:00 a.m."),
    ]
    assert names(find(open_only=True)) == ["D open", "E always", "C tonight"]


def test_the_hour_is_the_program_s_own(listed, find):
    """The clock of the server and of the caller may stand anywhere."""
    listed("A", hours="9am-5pm, Wed")
    assert find(at=datetime(2026, 11, 25, 21, 59, tzinfo=ZoneInfo("UTC")))[0].open == "now"
    assert find(at=datetime(2026, 11, 25, 22, 0, tzinfo=ZoneInfo("UTC")))[0].open == "closed"


def test_for_tonight_s_bed_tonight_is_as_good_as_now(listed, find):
    listed("A night house", "shelter_tonight", hours="7p-7a every day")
    listed("B day room", "shelter_tonight", hours="9am-5pm, Mon-Fri")
    assert names(find(need="shelter_tonight")) == ["A night house", "B day room"]


def test_only_what_is_offered_now_and_fits_is_found(listed, find):
    listed("Pantry")
    listed("Closed pantry", status="temporarily closed")
    listed("Ended pantry", status="defunct")
    listed("Not now pantry", status="inactive")
    listed("Detox", "detox", description="Beds by the river")
    assert names(find(need="food")) == ["Pantry"]
    assert names(find(words="river beds")) == ["Detox"]
    assert names(find(words="river pantry")) == []
    assert names(find(limit=1)) == ["Detox"]


def test_the_town_comes_first_and_the_near_next(listed, find):
    listed("A far", latitude=42.0, longitude=-71.0, town="Eastpoint", hours="24 hours, 7 days")
    listed("B in town", latitude=40.0, longitude=-75.0, town="Westpoint")
    listed("C in town", town="WESTPOINT")
    listed("D next town", latitude=40.1, longitude=-75.0, town="Midvale", hours="24 hours, 7 days")
    listed("E by phone", phone="555-0100", hours="24 hours, 7 days")
    found = find(town="Westpoint")
    assert names(found) == ["B in town", "C in town", "D next town", "E by phone", "A far"]
    reasons = {one.service.name[0]: one.reasons for one in found}
    assert "in Westpoint" in reasons["B"]
    assert "11 km" in reasons["D"]
    assert all("km" not in reason for reason in reasons["E"])


def test_a_point_is_measured_from(listed, find):
    listed("Far", latitude=40.4, longitude=-75.0)
    listed("Near", latitude=39.955, longitude=-75.166)
    found = find(near=PHILADELPHIA)
    assert [(one.service.name, round(one.km, 1)) for one in found] == [("Near", 0.3), ("Far", 51.7)]
    assert "less than 1 km" in found[0].reasons


def test_silence_is_not_a_no(listed, find):
    listed("A silent", "shelter_tonight", hours="24 hours, 7 days")
    listed("B welcomes", "shelter_tonight", features=["pets", "couples"], languages="Spanish, English")
    found = find(need="shelter_tonight", features=("couples", "pets"), language="Spanish")
    assert names(found) == ["B welcomes", "A silent"]
    assert {"pets welcome", "couples together", "speaks Spanish"} <= set(found[0].reasons)
    assert "does not say: couples together, pets welcome, Spanish" in found[1].reasons


def test_how_to_start_and_who_answers_are_reasons(houses, listed, find):
    ours, theirs = houses.ours["shelter"], houses.theirs["shelter"]
    listed("A theirs", agency=theirs)
    listed("B start", features=["walk_in", "same_day"])
    listed("C ours", agency=ours)
    listed("D fresh", confirmed_at=NOON - timedelta(days=3))
    listed("E stale", confirmed_at=NOON - timedelta(days=300))
    found = find()
    assert names(found) == ["C ours", "B start", "D fresh", "A theirs", "E stale"]
    reasons = {one.service.name[0]: one.reasons[1:] for one in found}
    assert reasons == {
        "A": (), "B": ("walk in", "starts the same day"), "C": ("a partner that answers here",),
        "D": ("confirmed 3 days ago",), "E": ("confirmed 300 days ago",),
    }  # fmt: skip


def test_room_on_the_bed_board_is_said_first(houses, listed, find):
    shelter, recovery = houses.ours["shelter"], houses.ours["recovery"]
    listed("A full", "shelter_tonight", hours="24 hours, 7 days", agency=recovery)
    listed("B room", "shelter_tonight", hours="7p-7a every day", agency=shelter)
    found = find(need="shelter_tonight", room={shelter.id: "2 beds left, said 40 minutes ago"})
    assert names(found) == ["B room", "A full"]
    assert found[0].reasons[0] == "2 beds left, said 40 minutes ago"


def test_organizations_that_are_one_have_one_name(listed, find):
    first, second, third = (
        Organization.objects.create(source="x", source_key=key, name=f"Name {key}") for key in "123"
    )
    listed("A", organization=first)
    listed("B", organization=second)
    listed("C", organization=third)
    OrganizationPair.objects.create(first=third, second=second, likeness=1.0, decision="same")
    OrganizationPair.objects.create(first=first, second=second, likeness=0.9, decision="different")
    shown = [one.organization for one in find()]
    assert shown[0] == "Name 1"
    assert shown[1] == shown[2] in {"Name 2", "Name 3"}


def test_who_only_goes_along_finds_nothing(houses, listed, find):
    listed("Exchange", "syringe_services")
    assert find(viewer=houses.actor("outreach_officer", "police")) == []
    assert find(viewer=houses.actor("outreach_officer", "health")) == []
    assert find(viewer=houses.actor("data_designee", "police")) == []
    assert names(find(viewer=houses.actor("partner", "shelter"))) == ["Exchange"]


def test_a_search_takes_the_same_few_queries_however_much_it_finds(listed, find):
    def asked():
        with CaptureQueriesContext(connection) as asked:
            find(town="Westpoint", words="place")
        return len(asked)

    for number in range(2):
        listed(f"Place {number}", hours="9am-5pm, Mon-Fri", town="Westpoint", organization=Organization.objects.create(
            source="x", source_key=str(number), name="Somebody"))  # fmt: skip
    few = asked()
    for number in range(2, 20):
        listed(f"Place {number}", hours="9am-5pm, Mon-Fri; Sat by appointment", organization=Organization.objects.create(
            source="x", source_key=str(number), name="Somebody"))  # fmt: skip
    assert asked() == few <= 9


def test_the_old_list_is_still_by_name(houses, listed):
    listed("B")
    listed("A")
    assert [row.name for row in services_for(houses.actor("partner"), "food")] == ["A", "B"]


@pytest.mark.parametrize(
    ("first", "second", "need", "place_asked"),
    [
        ({"km": 60.0, "open": "now"}, {"km": 2.0, "open": "closed"}, "food", False),
        ({"km": 2.0, "open": "closed"}, {"km": 60.0, "open": "now"}, "food", True),
        ({"km": 2.0}, {"km": 12.0}, "food", True),
        ({"in_town": True, "km": 9.0}, {"km": 9.0}, "food", True),
        ({"open": "now"}, {"open": "tonight"}, "food", True),
        ({"name": "A", "open": "tonight"}, {"name": "B", "open": "now"}, "detox", True),
        ({"has_room": True, "open": "unknown"}, {"open": "now"}, "detox", True),
        ({"open": "closed"}, {"not_said": 1, "open": "now", "has_room": True}, "detox", True),
        ({"confirmed_ago": timedelta(days=89)}, {"name": "A", "confirmed_ago": timedelta(days=91)}, "food", True),
        ({"easy_to_start": 1}, {"confirmed_ago": timedelta(0)}, "food", True),
        ({"answers_here": True}, {"easy_to_start": 2}, "food", True),
    ],
)
def test_the_order_is_a_table(first, second, need, place_asked):
    lines = [Standing(**({"name": "Z"} | facts)) for facts in (first, second)]
    keys = [order(line, need, place_asked=place_asked) for line in lines]
    assert keys[0] < keys[1]


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((42.3601, -71.0589), (40.7128, -74.0060), 306.1),  # Boston and New York
        ((0.0, 0.0), (0.0, 180.0), 20015.1),
        (PHILADELPHIA, PHILADELPHIA, 0.0),
    ],
)
def test_distances_are_as_the_crow_flies(here, there, km):
    assert kilometers(here, there) == pytest.approx(km, abs=0.1)


def test_rules_of_a_month_and_a_season_are_read_from_the_tables_too(listed, find):
    """They are read as text and turned back, on both databases."""
    service = listed("Clinic")
    Schedule.objects.create(
        service=service, freq="MONTHLY", byday="-1WE", opens_at=time(11, 30), closes_at=time(12, 30), dtstart=date(2026, 1, 1),
        until=date(2026, 12, 31), valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30),
    )  # fmt: skip
    assert find()[0].open == "now"
    assert find(at=NOON + timedelta(days=30))[0].open == "closed"
