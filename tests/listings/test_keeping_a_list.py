"""A list keeps its hours, and can be taken back; what a referral points at stays."""

import json
from dataclasses import replace
from datetime import time
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.listings.hsds11 import read_package
from alongside.referrals.models import Referral
from alongside.services.actions import import_services, undo_services
from alongside.services.models import Organization, Schedule, Service
from alongside.services.records import ScheduleRecord

pytestmark = pytest.mark.django_db
BY = Actor.system(uuid4())


@pytest.fixture
def directory(made_up_package):
    return read_package(made_up_package)


def hours():
    return [
        (row.service.source_key, row.place, row.byday)
        for row in Schedule.objects.order_by("service__source_key", "place")
    ]


def test_hours_are_stored_once(directory):
    import_services(directory, "made-up", by=BY)
    ids = set(Schedule.objects.values_list("pk", flat=True))
    again = import_services(directory, "made-up", by=BY)
    assert (hours(), again.changed) == ([("10", 0, "MO,TU"), ("11", 0, "FR")], 0)
    assert set(Schedule.objects.values_list("pk", flat=True)) == ids


def test_a_dry_run_stores_no_hours(directory):
    import_services(directory, "made-up", by=BY, dry_run=True)
    assert hours() == []


def test_changed_hours_replace_the_old_ones(directory):
    import_services(directory, "made-up", by=BY)
    rules = (
        ScheduleRecord("WEEKLY", byday="SU", opens_at=time(1), closes_at=time(2)),
        ScheduleRecord(description="or call"),
    )
    moved = replace(directory, services=(replace(directory.services[0], schedules=rules), directory.services[1]))
    assert import_services(moved, "made-up", by=BY).changed == 1
    assert hours() == [("10", 0, "SU"), ("10", 1, ""), ("11", 0, "FR")]
    assert (
        import_services(
            replace(directory, services=(replace(moved.services[0], schedules=()),)), "made-up", by=BY
        ).changed
        == 1
    )
    assert hours() == [("11", 0, "FR")]


def test_a_list_that_fails_half_way_leaves_nothing(directory):
    wrong = replace(directory.services[1], status="x" * 200, schedules=(ScheduleRecord(interval=-1),))
    with pytest.raises(Exception, match=r"(?i)check|value too long|out of range"):
        import_services(replace(directory, services=(directory.services[0], wrong)), "made-up", by=BY)
    assert (Organization.objects.count(), Service.objects.count()) == (0, 0)


def test_what_a_list_no_longer_names_stays_and_is_named(directory):
    import_services(directory, "made-up", by=BY)
    done = import_services(replace(directory, services=directory.services[:1]), "made-up", by=BY)
    assert (done.not_listed_now, done.not_listed_keys) == (1, ("11",))
    assert Service.objects.get(source_key="11").status == "active"


def test_an_import_leaves_what_was_said_here(directory, ours):
    import_services(directory, "made-up", by=BY)
    shelter = ours.agencies["shelter"]
    Service.objects.update(agency=shelter, confirmed_by=shelter)
    import_services(replace(directory, services=(replace(directory.services[0], phone="1"),)), "made-up", by=BY)
    row = Service.objects.get(source_key="10")
    assert (row.phone, row.agency, row.confirmed_by) == ("1", shelter, shelter)


def test_taking_a_list_back_takes_all_of_it_and_no_other(directory, journal):
    import_services(directory, "one", by=BY)
    import_services(directory, "two", by=BY)
    done = undo_services("one", by=BY)
    assert (done.removed, done.set_inactive, done.organizations_removed) == (2, 0, 1)
    assert set(Service.objects.values_list("source", flat=True)) == {"two"}
    assert set(Organization.objects.values_list("source", flat=True)) == {"two"}
    assert journal()[-1] == "import_undone"
    assert Entry.objects.latest("seq").detail["removed"] == 2
    with pytest.raises(Refused, match="no list of this name"):
        undo_services("one", by=BY)


def test_what_a_referral_points_at_stays_and_is_no_longer_offered(directory, case, journal):
    import_services(directory, "made-up", by=BY)
    Referral.objects.create(
        need=case.needs.first(), person=case.person, service=Service.objects.get(source_key="10"), status="requested",
        made_at=now(), changed_at=now(),
    )  # fmt: skip
    done = undo_services("made-up", by=BY)
    assert (done.removed, done.set_inactive, done.organizations_removed) == (1, 1, 0)
    assert [(row.source_key, row.status) for row in Service.objects.all()] == [("10", "inactive")]
    written = len(journal())
    again = undo_services("made-up", by=BY)
    assert (again.removed, again.set_inactive, len(journal())) == (0, 0, written)
    assert import_services(directory, "made-up", by=BY).added == 1
    assert Service.objects.get(source_key="10").status == "active"


def test_the_command_takes_a_list_back(made_up_package, capsys):
    Program.objects.get_or_create(name="Example County")
    call_command("import_services", made_up_package, "--list", "made-up")
    call_command("import_services", made_up_package, "--list", "made-up", "--problems")
    capsys.readouterr()
    call_command("import_services", "--undo", "made-up")
    assert capsys.readouterr().out == "2 services and 1 organizations were taken back.\n"
    with pytest.raises(CommandError, match="no list of this name"):
        call_command("import_services", "--undo", "made-up")
    with pytest.raises(CommandError, match="Say which file"):
        call_command("import_services")
    call_command("import_services", made_up_package, "--list", "made-up")
    capsys.readouterr()
    call_command("import_services", "--undo", "made-up", "--json")
    assert json.loads(capsys.readouterr().out)["removed"] == 2
