"""A list is imported whole, once, and only what changed is changed."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.listings.hsds11 import read_package
from alongside.services.actions import import_services
from alongside.services.models import Organization, Service, ServiceNeed
from alongside.services.queries import services_for

pytestmark = pytest.mark.django_db
BY = Actor.system(uuid4())


@pytest.fixture
def directory(made_up_package):
    return read_package(made_up_package)


def counts():
    return Organization.objects.count(), Service.objects.count(), ServiceNeed.objects.count()


def test_the_same_list_again_adds_and_changes_nothing(directory):
    first = import_services(directory, "made-up", by=BY)
    stored = counts()
    again = import_services(directory, "made-up", by=BY)
    assert (first.organizations_added, first.added, first.changed, first.unchanged) == (1, 2, 0, 0)
    assert (again.organizations_added, again.added, again.changed, again.unchanged) == (0, 0, 0, 2)
    assert counts() == stored == (1, 2, 2)


def test_a_changed_service_is_updated_and_a_missing_one_stays(directory):
    import_services(directory, "made-up", by=BY)
    before = Service.objects.get(source_key="10")
    moved = replace(directory.services[0], phone="305-555-0199", needs=frozenset({"residential"}))
    done = import_services(replace(directory, services=(moved,)), "made-up", by=BY)
    after = Service.objects.get(source_key="10")
    assert (done.added, done.changed, done.not_listed_now) == (0, 1, 1)
    assert (after.pk, after.phone, [row.need for row in after.needs.all()]) == (
        before.pk,
        "305-555-0199",
        ["residential"],
    )
    assert Service.objects.count() == 2


def test_a_service_without_its_organization_keeps_the_pointer(directory):
    import_services(directory, "made-up", by=BY)
    pantry = Service.objects.get(source_key="11")
    assert (pantry.organization, pantry.source_organization) == (None, "99")


def test_two_lists_stand_side_by_side(directory):
    import_services(directory, "one", by=BY)
    import_services(directory, "two", by=BY)
    assert counts() == (2, 4, 4)


def test_a_dry_run_tells_the_same_and_writes_nothing(directory):
    tried = import_services(directory, "made-up", by=BY, dry_run=True)
    assert counts() == (0, 0, 0)
    assert not Entry.objects.filter(verb="services_imported").exists()
    assert replace(tried, dry_run=False) == import_services(directory, "made-up", by=BY)


def test_an_import_is_journaled_with_counts_only(directory):
    import_services(directory, "made-up", by=BY)
    entry = Entry.objects.get(verb="services_imported")
    assert (entry.detail["added"], entry.detail["list"]) == (2, "made-up")


@pytest.mark.parametrize("source", ["", "Made Up", "../up", "x" * 65])
def test_a_list_needs_a_plain_short_name(directory, source):
    with pytest.raises(Refused, match="name of a list"):
        import_services(directory, source, by=BY)


def test_an_empty_list_is_refused(directory):
    with pytest.raises(Refused, match="no service"):
        import_services(replace(directory, services=()), "made-up", by=BY)


def test_services_are_found_by_need_and_by_every_word(directory):
    import_services(directory, "made-up", by=BY)
    assert [row.name for row in services_for(BY, "")] == ["DETOX UNIT", "FOOD PANTRY"]
    assert [row.name for row in services_for(BY, "detox")] == ["DETOX UNIT"]
    assert [row.name for row in services_for(BY, "", "harbor miami")] == ["DETOX UNIT"]
    assert services_for(BY, "detox", "pantry") == []
    assert len(services_for(BY, "", limit=1)) == 1


def test_a_search_asks_a_constant_number_of_questions(directory, django_assert_num_queries):
    import_services(directory, "made-up", by=BY)
    with django_assert_num_queries(2):
        assert [row.need_labels for row in services_for(BY, "")] == [["Detox"], ["Food"]]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("www.example.org", "https://www.example.org"),
        ("javascript:alert(1)", ""),
        ("call us", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url, address):
    assert Service(url=url).web_address == address


def test_a_number_with_an_extension_can_be_dialed():
    assert Service(phone="(215) 555-0100 ext. 57; 215-555-0101").phone_to_dial == "2155550100"


def test_the_command_prints_one_json_object(made_up_package, capsys):
    Program.objects.get_or_create(name="Example County")
    call_command("import_services", made_up_package, "--list", "made-up", "--json", "--problems")
    summary = json.loads(capsys.readouterr().out)
    assert (summary["organizations"], summary["services"], summary["added"], summary["unchanged"]) == (1, 2, 2, 0)
    assert summary["problems"]["organization_missing"] == 1
    assert len(summary["problem_rows"]) >= 18


def test_the_command_reads_as_text_and_dry(made_up_package, capsys):
    Program.objects.get_or_create(name="Example County")
    call_command("import_services", made_up_package, "--list", "made-up", "--dry-run")
    told = capsys.readouterr().out
    assert told.startswith("Dry run: nothing was written.\norganizations: 1\n")
    assert Service.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "list_name", "sentence"),
    [
        ("missing.zip", "made-up", "There is no file"),
        ("missing.csv", "made-up", "no CSV list named"),
        ("made-up.zip", "Not A Name", "name of a list"),
    ],
)
def test_the_command_refuses_in_one_sentence(made_up_package, name, list_name, sentence):
    Program.objects.get_or_create(name="Example County")
    with pytest.raises(CommandError, match=sentence):
        call_command("import_services", made_up_package.parent / name, "--list", list_name)
    assert Service.objects.count() == 0


def test_the_command_needs_a_program(made_up_package):
    Program.objects.all().delete()
    with pytest.raises(CommandError, match="no program"):
        call_command("import_services", made_up_package, "--list", "made-up")


@pytest.mark.slow
def test_the_miami_package_is_imported_once(miami):
    directory = miami
    first = import_services(directory, "miami-2019-07", by=BY)
    again = import_services(directory, "miami-2019-07", by=BY)
    assert (first.organizations_added, first.added) == (1074, 4089)
    assert (again.organizations_added, again.added, again.changed, again.unchanged) == (0, 0, 0, 4089)
