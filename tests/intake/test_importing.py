"""A call log becomes incidents, once each; a bad one is one sentence and leaves nothing."""

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from alongside.accounts.actions import set_up_program
from alongside.cases.models import Case
from alongside.cases.receiving import Newcomer, add_person_to
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.identity.description import Description
from alongside.identity.models import DataKey
from alongside.incidents.models import Incident
from alongside.incidents.queries import morning_list_for
from alongside.intake import actions
from alongside.intake.actions import import_calls, undo_import
from alongside.intake.models import CallImport
from alongside.intake.profiles import load_profile
from alongside.intake.reading import CallFileError
from alongside.journal.models import Entry

pytestmark = pytest.mark.django_db
HEADER = ["lat", "lng", "desc", "zip", "title", "timeStamp", "twp", "addr", "e"]
NOW = datetime.now(UTC)
MONTCO = settings.DATA_FOLDER / "montco911"
needs_the_files = pytest.mark.skipif(not MONTCO.is_dir(), reason=f"the public call files are not in {MONTCO}")


def call(number: int, hours_ago: float = 5, title: str = "EMS: OVERDOSE") -> list[str]:
    at = (NOW - timedelta(hours=hours_ago, minutes=number)).astimezone(load_profile("montgomery").zone)
    time = f"{at:%Y-%m-%d %H:%M:%S}"
    desc = f"ELM ST & {number}TH AVE;  RIVERBEND; Station 3; {time[:10]} @ {time[11:]};"
    return ["40.1", "-75.3", desc, "19401", title, time, "RIVERBEND", f"ELM ST & {number}TH AVE", "1"]


def file_of(folder: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    path = folder / "calls.csv"
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return path


@pytest.fixture
def by() -> Actor:
    return Actor.system(set_up_program("Riverbend").id)


def take(path: Path, by: Actor, **options):
    return import_calls(path, load_profile("montgomery"), by=by, **options)


def everything() -> tuple[int, int, int, int]:
    return Incident.objects.count(), CallImport.objects.count(), DataKey.objects.count(), Entry.objects.count()


def test_every_row_has_an_outcome(tmp_path, by):
    rows = [call(1), call(2), call(1), call(3, title="Fire: FIRE ALARM"), ["half", "a", "row"]]
    summary = take(file_of(tmp_path, rows), by)
    assert (summary.incidents, summary.already_known, summary.not_qualifying, summary.rejected) == (2, 1, 1, 1)
    assert summary.rows == 5 == summary.incidents + summary.already_known + summary.not_qualifying + summary.rejected
    assert "fields" in summary.rejections[0]


def test_a_second_import_adds_nothing_and_says_so(tmp_path, by):
    path = file_of(tmp_path, [call(n) for n in range(5)])
    take(path, by)
    again = take(path, by)
    assert (again.incidents, again.already_known, Incident.objects.count()) == (0, 5, 5)


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path, by):
    path = file_of(tmp_path, [call(1), call(2), ["half"]])
    before = everything()
    dry = take(path, by, dry_run=True)
    assert everything() == before
    wet = take(path, by)
    same = ("rows", "incidents", "already_known", "not_qualifying", "rejected", "waiting", "rejections")
    assert [getattr(dry, name) for name in same] == [getattr(wet, name) for name in same]


def test_an_import_can_be_taken_back_once_and_only_whole(tmp_path, by):
    first = take(file_of(tmp_path, [call(1)]), by)
    second = take(file_of(tmp_path, [call(1), call(2), call(3)]), by)
    assert undo_import(UUID(second.import_id), by=by) == 2
    assert undo_import(UUID(second.import_id), by=by) == 0
    assert Incident.objects.count() == 1
    assert DataKey.objects.count() == 1
    add_person_to(Incident.objects.get(), Newcomer(Description("Wren", "Made-Up")), by=by)
    with pytest.raises(Refused, match="already added"):
        undo_import(UUID(first.import_id), by=by)
    assert Incident.objects.count() == 1


def test_what_was_taken_back_can_be_imported_again(tmp_path, by):
    path = file_of(tmp_path, [call(1), call(2)])
    undo_import(UUID(take(path, by).import_id), by=by)
    assert take(path, by).incidents == 2


def test_a_fault_in_the_middle_leaves_nothing(tmp_path, by, monkeypatch):
    before = everything()
    monkeypatch.setattr(actions, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(file_of(tmp_path, [call(1)]), by)
    assert everything() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\x00\x01\x02\xff" * 50, ""), (b"", ""), (b"a,b,c\n1,2,3\n", "montgomery"), (b"\x1f\x8bnot gzip", "")],
)
def test_an_unreadable_or_foreign_file_is_one_sentence(tmp_path, by, content, words):
    path = tmp_path / "calls.csv"
    path.write_bytes(content)
    before = everything()
    with pytest.raises(CallFileError) as fault:
        take(path, by)
    assert words in str(fault.value)
    assert "\n" not in str(fault.value)
    assert everything() == before


@pytest.mark.covers("R29")
def test_a_column_of_warrants_is_left_out_before_anything_is_read(tmp_path, by):
    path = file_of(tmp_path, [[*call(1), "BENCH-WARRANT-77"]], [*HEADER, "Warrant Status"])
    summary = take(path, by)
    assert summary.dropped_columns == ["Warrant Status"]
    assert summary.incidents == 1
    kept = [str(value) for row in Incident.objects.values() for value in row.values()]
    assert not any("77" in value and "WARRANT" in value.upper() for value in kept)


def test_old_calls_count_and_open_nothing_and_their_place_is_not_kept(tmp_path, by):
    summary = take(file_of(tmp_path, [call(1, hours_ago=24 * 30), call(2)]), by)
    assert (summary.waiting, summary.counted_only) == (1, 1)
    old = Incident.objects.get(state="counted")
    assert old.place is None
    assert Case.objects.count() == 0


def test_the_clock_runs_from_the_event_not_from_the_entry(tmp_path, by):
    take(file_of(tmp_path, [call(0, hours_ago=50)]), by)
    incident = Incident.objects.get()
    add_person_to(incident, Newcomer(Description("Wren", "Made-Up")), by=by)
    case = Case.objects.get()
    assert case.contact_due_at == incident.occurred_at + timedelta(hours=72)


def test_the_place_and_the_number_of_a_call_are_nowhere_in_clear(tmp_path, by):
    take(file_of(tmp_path, [call(7)]), by)
    assert Incident.objects.filter(source_digest__contains="7TH").count() == 0
    row = Incident.objects.values().get()
    assert b"7TH" not in bytes(row["place"])
    assert str(Incident.objects.get().place) == "▮▮▮"


def test_a_town_nobody_named_yet_is_added_as_not_served(tmp_path, by):
    take(file_of(tmp_path, [call(1)]), by)
    assert Incident.objects.get().town.served is False


def test_the_morning_list_of_the_program_shows_what_waits(tmp_path, by):
    take(file_of(tmp_path, [call(1), call(2, hours_ago=80)]), by)
    program = by.program_id
    coordinator = Actor(None, "coordinator", program)
    designee = Actor(None, "data_designee", program, town_ids=frozenset([Incident.objects.first().town_id]))
    stranger = Actor(None, "data_designee", program)
    assert [len(morning_list_for(who, NOW)) for who in (coordinator, designee, stranger)] == [2, 1, 0]


def command(*words: str) -> dict:
    out = []
    call_command("import_calls", *words, "--json", stdout=type("O", (), {"write": staticmethod(out.append)})())
    return json.loads(out[0])


def test_the_command_prints_one_json_object(tmp_path, by):
    summary = command(str(file_of(tmp_path, [call(1)])), "--profile", "montgomery")
    assert {"rows", "incidents", "already_known", "not_qualifying", "rejected", "seconds"} <= set(summary)
    assert command("--undo", summary["import_id"]) == {"removed": 1}


@pytest.mark.parametrize(
    "words",
    [["/nowhere.csv", "--profile", "montgomery"], ["x.csv", "--profile", "no-such"], ["--undo", "nonsense"], []],
)
def test_the_command_explains_a_bad_call_in_one_sentence(by, words):
    with pytest.raises(CommandError) as fault:
        call_command("import_calls", *words)
    assert "\n" not in str(fault.value)


@needs_the_files
@pytest.mark.slow
def test_the_real_file_gives_2386_incidents_and_its_earlier_export_adds_none(by):
    later, earlier = sorted(MONTCO.glob("*.csv.gz"))
    summary = import_calls(later, load_profile("montgomery"), by=by)
    assert (summary.rows, summary.incidents, summary.already_known) == (188_751, 2_386, 1)
    assert summary.rows == summary.incidents + summary.already_known + summary.not_qualifying + summary.rejected
    again = import_calls(later, load_profile("montgomery"), by=by)
    export = import_calls(earlier, load_profile("montgomery-earlier"), by=by)
    assert (again.incidents, export.incidents, export.already_known) == (0, 0, 1_191)
    with gzip.open(later, "rt") as file:
        assert sum(row["title"] == "EMS: OVERDOSE" for row in csv.DictReader(file)) == 2_387
