"""HSDS 3.0 comes in whole and reported, goes out valid, and comes home the same to the byte."""

import csv
import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.listings import tables
from alongside.listings.hsds11 import read_package
from alongside.listings.hsds30 import read_json, read_tables
from alongside.listings.hsds30_out import as_json, as_tables, public_id, write
from alongside.listings.lists import read_list
from alongside.listings.management.commands.import_services import read
from alongside.listings.queries import directory_for, lists_for
from alongside.listings.tables import open_package
from alongside.services.actions import import_services
from alongside.services.models import Service
from alongside.services.needs import FEATURES, NEED_KINDS
from alongside.services.records import (
    Directory,
    OrganizationRecord,
    ScheduleRecord,
    ServiceRecord,
    Unreadable,
    features_of,
)

BY = Actor.system(uuid4())
LISTS = {
    "philadelphia-syringe": "syringe_exchange_sites_geocoded.csv",
    "philadelphia-medication": "dbhids_mat_walkin_geocoded_2020-02.csv",
    "philadelphia-health-centers": "philly_health_centers_mat.csv",
    "pennsylvania-opioid-treatment": "pa_opioid_treatment_programs_geocoded.csv",
}
# Of the standard's own examples, those that hold an organization or a service.
EXAMPLES = (
    "organization_full", "organization_list", "service_at_location_full", "service_at_location_list", "service_full",
    "service_list", "tabular",
)  # fmt: skip
FULL = ServiceRecord(
    key="10",
    name="Night shelter",
    organization_key="1",
    description="Beds.\n\nFor tonight.",
    phone="305-555-0100 ext. 7; 305-555-0101 ext. 07",
    address="1 Pier Road, Miami, FL 33101",
    town="Miami",
    latitude=25.8,
    longitude=-80.2,
    url="www.example.org",
    hours_text="every night",
    features=features_of(["walk_in", "pets"]),
    languages="English, Spanish",
    eligibility="Adults",
    how_to_apply="Just come",
    email="desk at example.org",
    fees="nothing",
    accessibility="a ramp",
    status="temporarily closed",
    needs=frozenset({"shelter_tonight", "food"}),
    schedules=(
        ScheduleRecord("WEEKLY", byday="MO,TU", opens_at=time(19), closes_at=time(7), description="every night"),
        ScheduleRecord("MONTHLY", 2, "1MO", valid_from=date(2026, 1, 1), until=date(2026, 12, 31), opens_at=time(9)),
        ScheduleRecord(description="ask at the door"),
    ),
    confirmed_at=datetime(2026, 3, 4, 5, 6, 7, 8, UTC),
)
DIRECTORY = Directory((OrganizationRecord("1", "Harbor House", "A house.", "call us"),), (FULL,), ())


def home_again(directory, path, source="a-list"):
    """The directory after it went out as JSON and as tables and came back; both ways give the same, to the byte."""
    text = as_json([(source, directory)])
    path.write_text(text)
    back = read_json(path)
    assert as_json([("another", back)]) == text
    zipped = path.with_suffix(".zip")
    write([(source, directory)], zipped, "tabular")
    from_tables = read_tables(open_package(zipped))
    write([("another", from_tables)], path.with_suffix(".again.zip"), "tabular")
    assert path.with_suffix(".again.zip").read_bytes() == zipped.read_bytes()
    assert sorted(from_tables.services, key=by_key) == sorted(back.services, key=by_key)
    assert set(from_tables.organizations) == set(back.organizations)
    return back


def by_key(row):
    return row.key


def without_keys(directory):
    return sorted(
        (replace(row, key="", organization_key="") for row in directory.services),
        key=lambda row: (row.name, row.address, row.description),
    )


@pytest.fixture(scope="module")
def spec():
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("ALONGSIDE_DATA", str(beside))) / "hsds-spec-3.0"
    if not folder.exists():
        pytest.skip("The HSDS 3.0 schemas are not in the data folder; set ALONGSIDE_DATA to have this test.")
    return folder


@pytest.fixture(scope="module")
def valid(spec):
    """Checks one thing against the standard's own schema, formats too."""
    resources = [
        (file.name, DRAFT202012.create_resource(json.loads(file.read_text()))) for file in spec.glob("schema/*.json")
    ]
    registry = Registry().with_resources(resources)
    checks = {
        name: Draft202012Validator({"$ref": f"{name}.json"}, registry=registry, format_checker=FormatChecker())
        for name in ("organization", "service")
    }

    def check(text):
        things = json.loads(text)
        for thing in things:
            kind = "service" if "status" in thing else "organization"
            assert [error.message for error in checks[kind].iter_errors(thing)] == []
            for service in thing.get("services", ()):
                assert [error.message for error in checks["service"].iter_errors(service)] == []
        return things

    return check


def test_the_schema_check_would_notice(valid):
    with pytest.raises(AssertionError, match="required"):
        valid('[{"name": "x", "status": "active"}]')
    with pytest.raises(AssertionError, match="not one of"):
        valid(f'[{{"id": "{uuid4()}", "name": "x", "status": "open"}}]')


def test_what_goes_out_as_json_is_valid(valid, tmp_path, made_up_package):
    assert len(valid(as_json([("a", DIRECTORY), ("b", read_package(made_up_package))]))) == 3
    [house] = valid(as_json([("a", DIRECTORY)]))
    [service] = house["services"]
    assert service["phones"][0]["extension"] == 7
    assert service["service_at_locations"][0]["location"]["addresses"][0]["postal_code"] == "33101"
    assert (service["assured_date"], service["url"]) == ("2026-03-04", "https://www.example.org")


def test_everything_of_a_service_comes_home(tmp_path):
    back = home_again(DIRECTORY, tmp_path / "out.json")
    assert without_keys(back) == without_keys(DIRECTORY)
    assert back.problems == ()
    [house] = back.organizations
    assert (house.name, house.description, house.url) == ("Harbor House", "A house.", "call us")


def test_an_id_that_is_a_uuid_stays_and_another_is_made_from_the_list_and_its_key():
    key = str(uuid4())
    assert public_id("a", "service", key) == key
    made = {public_id("a", "service", "7"), public_id("b", "service", "7"), public_id("a", "organization", "7")}
    assert len(made) == 3
    assert public_id("a", "service", "7") in made


def test_two_lists_of_one_publisher_go_out_with_ids_of_their_own(valid):
    key = str(uuid4())
    one = Directory((), (replace(FULL, key=key, organization_key=""),), ())
    ids = [thing["id"] for thing in valid(as_json([("a", one), ("b", one)]))]
    assert ids[0] == key
    assert len(set(ids)) == 2


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_standard_come_in_and_go_round(spec, tmp_path, valid, name):
    directory = read_json(spec / "examples" / f"{name}.json")
    assert [row.name for row in directory.organizations] == ["Example Organization Inc."] * (name not in {
        "service_at_location_list", "service_list"} or len(directory.organizations))  # fmt: skip
    home_again(directory, tmp_path / "out.json")
    valid(as_json([("spec", directory)]))


def test_an_example_is_kept_as_far_as_there_is_a_place_and_the_rest_is_named(spec):
    directory = read_json(spec / "examples" / "service_full.json")
    [service] = directory.services
    assert (service.name, service.email, service.languages) == ("Community Counselling", "email@example.com", "Urdu")
    assert service.address == "1-30 Main Street, MyVillage, MyCity, MyState ABC 1234"
    assert (service.latitude, service.needs) == (None, {"other"})
    assert service.confirmed_at == datetime(2005, 1, 1, tzinfo=UTC)
    # The rule is bound to weeks of the year and days of the year: it stays as words.
    assert [(row.byday, row.description[:28]) for row in service.schedules] == [("", "The service is available fro")]
    kinds = directory.problems_by_kind
    assert (kinds["bad_coordinates"], kinds["staff_not_kept"]) == (1, 4)
    named = " ".join(problem.sentence for problem in directory.problems)
    for lost in ("wait_time", "cost_options", "transportation", "timezone", "licenses", "last_modified", "metadata"):
        assert f"“{lost}”" in named
    assert "Ann Persona" not in repr(directory)
    assert "Ann Persona" not in as_json([("spec", directory)])


def test_tables_and_json_of_the_standard_say_the_same(spec):
    as_csv, nested = read_tables(open_package(spec / "examples" / "csv")), read_json(spec / "examples" / "tabular.json")
    assert as_csv.services == nested.services
    assert len(as_csv.services) == 1


@pytest.mark.parametrize(
    "name", ["base", "location", "taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list"]
)
def test_examples_without_a_service_are_refused(spec, name):
    with pytest.raises(Unreadable, match="no HSDS organization and no HSDS service"):
        read_json(spec / "examples" / f"{name}.json")


@pytest.mark.parametrize(("code", "name"), LISTS.items())
def test_the_public_lists_go_round(real_file, tmp_path, valid, code, name):
    directory = read_list(real_file(f"philadelphia/{name}"), code)
    assert without_keys(home_again(directory, tmp_path / "out.json", code)) == without_keys(directory)
    valid(as_json([(code, directory)]))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def broken_rules(files, described):
    """What the standard's data package says against our tables."""
    resources = {resource["path"]: resource for resource in described["resources"]}
    rows = {path: rows_of(text) for path, text in files.items() if path != "datapackage.json"}
    ids = {resources[path]["name"]: {row["id"] for row in found} for path, found in rows.items()}
    broken = []
    for path, found in rows.items():
        schema = resources[path]["schema"]
        fields = {field["name"]: field.get("constraints", {}) for field in schema["fields"]}
        broken += [f"{path}: {column} is no column" for column in set(found[0]) - set(fields)]
        for column, rule in fields.items():
            broken += [f"{path}: {column} {what}" for what in broken_by([row.get(column, "") for row in found], rule)]
        for key in schema.get("foreignKeys", ()):
            there = ids.get(key["reference"]["resource"], set())
            if {row.get(key["fields"], "") for row in found} - {"", *there}:
                broken.append(f"{path}: {key['fields']} points at nothing")
    return broken


def broken_by(cells, rule):
    said = [cell for cell in cells if cell]
    if rule.get("required") and len(said) < len(cells):
        yield "is empty"
    if rule.get("unique") and len(set(said)) < len(said):
        yield "is not unique"
    if "enum" in rule and set(said) - set(rule["enum"]):
        yield "has another word"


def test_the_check_of_tables_would_notice(spec):
    described = json.loads((spec / "datapackage.json").read_text())
    rows = "id,organization_id,name,status,colour\n1,2,,open,\n1,2,x,active,\n"
    assert broken_rules({"services.csv": rows}, described) == [
        "services.csv: colour is no column", "services.csv: id is not unique", "services.csv: name is empty",
        "services.csv: status has another word", "services.csv: organization_id points at nothing",
    ]  # fmt: skip


def test_tables_keep_the_rules_of_the_standard(spec, real_file, made_up_package):
    described = json.loads((spec / "datapackage.json").read_text())
    lists = [
        ("a", DIRECTORY),
        ("b", read_package(made_up_package)),
        *((code, read_list(real_file(f"philadelphia/{name}"), code)) for code, name in LISTS.items()),
    ]
    files = as_tables(lists)
    assert broken_rules(files, described) == []
    assert {name for name in files if name.endswith(".csv")} == {
        resource["path"] for resource in json.loads(files["datapackage.json"])["resources"]
    }


def test_a_service_without_an_organization_gets_a_row_that_says_so(tmp_path):
    alone = Directory((), (replace(FULL, organization_key="", source_organization="99"),), ())
    files = as_tables([("a", alone)])
    assert "stands in for an organization that the list does not hold" in files["organizations.csv"]
    back = home_again(alone, tmp_path / "out.json")
    assert (back.organizations, back.services[0].source_organization) == ((), "99")


@pytest.mark.slow
def test_the_miami_directory_goes_round(miami, tmp_path, spec, valid):
    directory = miami
    back = home_again(directory, tmp_path / "out.json", "miami")
    assert (len(back.organizations), len(back.services), back.problems) == (1074, 4089, ())
    keyed = {public_id("miami", "service", row.key): row for row in directory.services}
    for row in back.services:
        assert replace(row, key="", organization_key="") == replace(keyed[row.key], key="", organization_key="")
    described = json.loads((spec / "datapackage.json").read_text())
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert broken_rules({name: archive.read(name).decode() for name in archive.namelist()}, described) == []
    things = json.loads((tmp_path / "out.json").read_text())
    valid(json.dumps(things[:60] + things[-60:]))


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
lines = st.text(st.one_of(st.characters(exclude_categories=("Cs", "Cc")), st.sampled_from('\n\r\t",;')), max_size=30)
names = words.filter(lambda text: text.strip())
days = st.lists(st.sampled_from(["MO", "TU", "2WE", "-1SU"]), max_size=4).map(",".join)
dates = st.none() | st.dates(date(1900, 1, 1))
clock = st.none() | st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
rules = st.builds(
    ScheduleRecord,
    freq=st.sampled_from(["", "WEEKLY", "MONTHLY"]), interval=st.integers(1, 999), byday=days,
    bymonthday=st.sampled_from(["", "1", "1,-1"]), dtstart=dates, until=dates, valid_from=dates, valid_to=dates,
    opens_at=clock, closes_at=clock, description=lines,
)  # fmt: skip
points = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)).filter(lambda point: point != (0, 0))
keys = st.uuids().map(str) | st.text("abc019- ", min_size=1, max_size=6).filter(lambda key: key == key.strip())


@st.composite
def services(draw, owners):
    where = draw(points) or (None, None)
    owner = draw(st.sampled_from(["", *owners]))
    text = {
        name: draw(lines)
        for name in (
            "description", "phone", "address", "town", "url", "hours_text", "languages", "eligibility", "how_to_apply", "email",
            "fees", "accessibility",
        )
    }  # fmt: skip
    return ServiceRecord(
        key=draw(keys), name=draw(names), organization_key=owner, source_organization="" if owner else draw(words),
        latitude=where[0], longitude=where[1], features=features_of(draw(st.sets(st.sampled_from(list(FEATURES)), max_size=3))),
        status=draw(st.sampled_from(["active", "inactive", "defunct", "temporarily closed"])),
        needs=draw(st.frozensets(st.sampled_from(list(NEED_KINDS)), max_size=3)),
        schedules=tuple(draw(st.lists(rules, max_size=3))), confirmed_at=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
        **text,
    )  # fmt: skip


@st.composite
def directories(draw):
    owners = draw(
        st.lists(st.builds(OrganizationRecord, keys, names, lines, lines), max_size=3, unique_by=lambda row: row.key)
    )
    found = draw(st.lists(services([row.key for row in owners]), min_size=1, max_size=4, unique_by=lambda row: row.key))
    return Directory(tuple(owners), tuple(found), ())


@given(directory=directories())
def test_any_directory_comes_home_the_same(directory, tmp_path_factory):
    back = home_again(directory, tmp_path_factory.mktemp("round") / "out.json")
    assert {
        public_id("a-list", "service", row.key): replace(row, key="", organization_key="") for row in directory.services
    } == {row.key: replace(row, key="", organization_key="") for row in back.services}
    assert [replace(row, key="") for row in back.organizations] == [
        replace(row, key="")
        for row in sorted(directory.organizations, key=lambda row: public_id("a-list", "organization", row.key))
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "name", "status", "phones", "schedules", "service_at_locations", "location", "addresses", "attributes",
                 "organization", "services", "taxonomy_term", "latitude", "number", "contents", "services.csv", "byday"]
            ),
            inner, max_size=6,
        ),
        max_leaves=25,
    )
)  # fmt: skip
def test_no_json_breaks_the_reader(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("any") / "any.json"
    path.write_text(json.dumps(found))
    try:
        directory = read_json(path)
    except Unreadable:
        return
    assert all(row.key and row.name for row in directory.services)


SERVICE = {"id": "1", "name": "A", "status": "active"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello", "not readable as JSON"),
        ("[" * 100_000, "not readable as JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not readable as JSON"),
        ("[]", "no HSDS organization"),
        ('{"person": "x"}', "no HSDS organization"),
        ('"services"', "no HSDS organization"),
    ],
)
def test_what_is_no_directory_is_refused_in_a_sentence(tmp_path, text, sentence):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Unreadable, match=sentence):
        read_json(tmp_path / "a.json")
    with pytest.raises(Unreadable, match="no file"):
        read_json(tmp_path / "b.json")


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"service_at_locations": [{"location": {"latitude": float("nan"), "longitude": 1}}]}, "bad_coordinates"),
        ({"service_at_locations": [{"location": {"latitude": 1e300, "longitude": 1}}]}, "bad_coordinates"),
        ({"service_at_locations": [{"id": "x"}]}, "place_missing"),
        ({"schedules": [{"freq": "WEEKLY", "interval": 1e30, "byday": "MO"}]}, "hours_as_prose"),
        ({"schedules": [{"freq": "HOURLY"}]}, "hours_as_prose"),
        ({"schedules": [{"freq": "WEEKLY", "byday": "someday", "opens_at": "25:00"}]}, "hours_as_prose"),
        ({"status": "open"}, "unknown_status"),
        ({"assured_date": "soon"}, "bad_date"),
        ({"contacts": [{"name": "Ann Persona"}]}, "staff_not_kept"),
        ({"wait_time": "a week"}, "column_not_kept"),
        ({"organization_id": "99"}, "organization_missing"),
        ({"phones": [{"number": "1", "type": "fax"}]}, "column_not_kept"),
    ],
)
def test_each_odd_thing_is_reported_once(tmp_path, part, kind):
    (tmp_path / "a.json").write_text(json.dumps({**SERVICE, **part}))
    directory = read_json(tmp_path / "a.json")
    assert [problem.kind for problem in directory.problems] == [kind]
    assert directory.services[0].latitude is None


def test_the_same_service_twice_and_one_without_a_name_are_reported(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([SERVICE, SERVICE, {"id": "2", "name": "", "status": "active"}, 7]))
    assert read_json(tmp_path / "a.json").problems_by_kind == {
        "column_not_kept": 1,
        "duplicate_id": 1,
        "no_id_or_name": 1,
    }


def test_rows_that_point_nowhere_and_parents_in_a_circle_are_reported(zip_of):
    members = {
        "organizations.csv": "id,name,parent_organization_id\n1,A,2\n2,B,1\n2,B,\n,C,\n",
        "services.csv": "id,organization_id,name,status\n10,1,S,active\n11,9,T,active\n",
        "service_at_location.csv": "id,service_id,location_id\n20,10,30\n",
        "phones.csv": "id,service_id,number\n40,77,555\n",
        "taxonomy_terms.csv": "id,name,parent_id\n50,X,50\n",
        "other.csv": "a\n1\n",
    }
    directory = read(zip_of(members), "a-list")
    assert directory.problems_by_kind == {
        "circle": 2, "column_not_kept": 2, "duplicate_id": 1, "no_id_or_name": 1, "not_read": 1, "organization_missing": 1,
        "place_missing": 1, "row_without_service": 1,
    }  # fmt: skip
    assert [row.source_organization for row in directory.services] == ["", "9"]


def test_an_archive_that_unpacks_to_more_than_it_should_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MEMBER_LIMIT", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", "id,name\n" + "0" * 1_000_000)
        archive.writestr("schedules.csv", "id\n")
    with pytest.raises(Unreadable, match="larger than"):
        read(tmp_path / "bomb.zip", "a-list")


@pytest.mark.django_db
def test_from_the_database_out_and_into_another_list_it_is_the_same(tmp_path, made_up_package, capsys):
    Program.objects.get_or_create(name="Example County")
    import_services(DIRECTORY, "a-list", by=BY)
    import_services(read_package(made_up_package), "made-up", by=BY)
    assert lists_for(BY) == ["a-list", "made-up"]
    assert directory_for(BY, "a-list") == DIRECTORY
    for name in ("a-list", "made-up"):
        call_command("export_hsds", tmp_path / "one.json", "--list", name)
        call_command("import_services", tmp_path / "one.json", "--list", f"{name}-again")
        call_command("export_hsds", tmp_path / "two.json", "--list", f"{name}-again")
        assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    call_command("export_hsds", tmp_path / "all", "--format", "tabular")
    assert "6 services and 4 organizations of 4 list(s) are in all." in capsys.readouterr().out
    assert (tmp_path / "all" / "datapackage.json").exists()


@pytest.mark.django_db
def test_an_import_brings_the_confirmation_once_and_never_overwrites_it():
    import_services(DIRECTORY, "a-list", by=BY)
    row = Service.objects.get()
    assert row.confirmed_at == FULL.confirmed_at
    here = datetime(2026, 6, 1, tzinfo=UTC)
    Service.objects.update(confirmed_at=here)
    again = import_services(DIRECTORY, "a-list", by=BY)
    assert (again.changed, Service.objects.get().confirmed_at) == (0, here)


@pytest.mark.django_db
def test_the_export_refuses_in_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="no program"):
        call_command("export_hsds", tmp_path / "x.json")
    Program.objects.get_or_create(name="Example County")
    with pytest.raises(CommandError, match="no list of this name"):
        call_command("export_hsds", tmp_path / "x.json")
    import_services(DIRECTORY, "a-list", by=BY)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_hsds", tmp_path / "not" / "there" / "x.json")
