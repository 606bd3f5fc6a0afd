"""What the real lists say about hours and features is kept, and what is wrong in them is named one by one."""

from datetime import time

import pytest

from alongside.listings.hsds11 import read_package
from alongside.listings.lists import read_list
from alongside.services.records import ScheduleRecord


def test_rows_of_a_week_become_one_rule_and_keep_their_words(made_up_package):
    detox, pantry = read_package(made_up_package).services
    assert detox.schedules == (
        ScheduleRecord("WEEKLY", byday="MO,TU", opens_at=time(9), closes_at=time(17), description="9am-5pm, Mon-Tue"),
    )
    assert pantry.schedules == (ScheduleRecord("WEEKLY", byday="FR", opens_at=time(13), closes_at=time(14)),)


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ("Monday,12:00am,12:00pm,noon", [("MO", time(0), time(12))]),
        ("Monday,08:00,17:30,plain", [("MO", time(8), time(17, 30))]),
        ("Monday,8:00,5:00,who knows", [("", None, None)]),
        ("Monday,8:00am,6:300pm,mistyped", [("", None, None)]),
        ("Someday,8:00am,6:00pm,no day", [("", None, None)]),
        ("Monday,8:00am,,no end", [("", None, None)]),
        ('Monday,,,"9am-5pm, Mon-Fri"', [("MO,TU,WE,TH,FR", time(9), time(17))]),
        ("Monday,,,", []),
    ],
)
def test_a_cell_that_could_be_two_things_is_no_time(zip_of, made_up_members, row, rules):
    made_up_members["data/regular_schedules.csv"] = (
        f"id,service_id,weekday,opens_at,closes_at,original_text\n,10,{row}\n"
    )
    service = read_package(zip_of(made_up_members)).services[0]
    assert [(rule.byday, rule.opens_at, rule.closes_at) for rule in service.schedules] == rules
    assert all(rule.description == service.hours_text for rule in service.schedules)


def test_staff_are_said_to_be_left_out(made_up_package):
    said = [problem.sentence for problem in read_package(made_up_package).problems if problem.row == "contacts.csv"]
    assert said == ["contacts.csv is in the package but nothing in it is used: the names of staff are never kept."]


def test_what_is_wrong_in_the_miami_package_is_named_service_by_service(miami):
    directory = miami
    named = {}
    for problem in directory.problems:
        named.setdefault(problem.kind, []).append(problem)
    without = {problem.row for problem in named["organization_missing"]}
    assert len(without) == 447
    assert without == {f"services.csv {service.key}" for service in directory.services if service.source_organization}
    repaired = [
        problem.row.split() for problem in named["damaged_text_repaired"] if problem.row.startswith("services.csv")
    ]
    assert len([row for row in repaired if row[2] == "description"]) == 286
    assert len([row for row in repaired if row[2] == "application_process"]) == 74
    kinds = directory.problems_by_kind
    assert (kinds["row_without_service"], kinds["duplicate_term"]) == (2244, 3)
    # 982 descriptions hold "###…###"; one more has its marker only half written, and organizations have theirs.
    markers = {problem.row for problem in named["marker_removed"] if problem.row.startswith("services.csv")}
    assert len(markers) == 983


def test_the_hours_of_miami_become_rules_with_their_words(miami):
    directory = miami
    rules = [rule for service in directory.services for rule in service.schedules]
    assert sum(1 for service in directory.services if service.schedules) == 2597
    prose = [rule for rule in rules if rule.opens_at is None]
    assert len(rules) >= 2600
    assert len(prose) <= 45
    assert len([problem for problem in directory.problems if problem.kind == "hours_as_prose"]) == len(prose)
    assert all(rule.description in service.hours_text for service in directory.services for rule in service.schedules)


def of(services, name):
    return next(service for service in services if service.name.startswith(name))


@pytest.mark.parametrize(
    ("file", "count"), [("dbhids_mat_walkin_geocoded_2020-02.csv", 40), ("dbhids_mat_walkin_2020-winter.csv", 46)]
)
def test_both_states_of_the_medication_list_say_what_each_place_offers(real_file, file, count):
    services = read_list(real_file(f"philadelphia/{file}"), "philadelphia-medication").services
    assert len(services) == count
    offered = [service.features.split() for service in services]
    assert {code: sum(code in codes for codes in offered) for code in ("same_day", "women_only", "methadone")} == {
        "same_day": 10, "women_only": 3, "methadone": 15,
    }  # fmt: skip
    hours = {service.hours_text: [(rule.byday, rule.opens_at) for rule in service.schedules] for service in services}
    assert hours["Walk-in: M-F 8a-5p"] == [("MO,TU,WE,TH,FR", time(8))]
    assert hours["Walk-in: M-W 2-3:30p; Spanish"] == [("MO,TU,WE", time(14))]
    # Mistyped, without a day, or not said at all: kept as written, never guessed.
    for prose in (
        "Walk-in: M-F 7a-5:30p; Sa 8a-1:30m; Su 8-11:30a", "Walk-in: 7a-5:30p", "Walk-in hours [noted but not specified]",
    ):  # fmt: skip
        assert hours[prose] == [("", None)]


def test_the_health_centers_are_read_with_what_is_known_of_medication(real_file):
    directory = read_list(real_file("philadelphia/philly_health_centers_mat.csv"), "philadelphia-health-centers")
    assert len(directory.services) == 53
    first = directory.services[0]
    assert first.name == "City of Philadelphia, Public Health District Health Center #2"
    assert first.address == "1700 South Broad Street, Unit 201, Philadelphia, PA 19145"
    assert first.needs == {"primary_care", "medication"}
    # "Unclear" is neither yes nor no: no medication is claimed, and each such row is named.
    assert directory.problems_by_kind["unexpected_answer"] == 10
    assert sum("medication" in service.needs for service in directory.services) == 23


def test_mobile_syringe_sites_come_to_people(real_file):
    services = read_list(real_file("philadelphia/syringe_exchange_sites_geocoded.csv"), "philadelphia-syringe").services
    mobile = [service for service in services if "mobile" in service.features.split()]
    assert len(mobile) == 11
    assert all("syringe_services" in service.needs for service in mobile)
