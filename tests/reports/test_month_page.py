"""The page and the file: whole months that have begun, for those who may read counts, each reading journaled once."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from alongside.accounts.roles import ROLES
from alongside.cases.models import Case
from alongside.common.actor import Actor
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.measures.definitions import MEASURES, VERSION
from alongside.measures.funders import FORMS
from alongside.measures.rules import period_of
from alongside.measures.sheets import preview_for
from alongside.people.models import Person
from alongside.reports import ahead, views
from alongside.reports.files import safe_cell
from alongside.rights.forgetting import forget_person
from alongside.suppression.models import Release
from alongside.visits.models import Attempt
from tests import cast as casting

NOW = datetime(2026, 7, 3, 12, tzinfo=UTC)
PAGE, FILE = "reports:month", "reports:month_csv"


@pytest.fixture
def sign_in(ours, client, monkeypatch):
    monkeypatch.setattr(views, "clock", lambda: NOW)

    def signed_in(role="epidemiologist"):
        client.force_login(ours.users[role])
        return client

    return signed_in


def incidents(side, count, town=None, people=(), **facts):
    facts = {"entered_at": datetime(2026, 5, 10, 13, tzinfo=UTC)} | facts
    return Incident.objects.bulk_create(
        Incident(
            program=side.program, source="test", source_digest=str(casting.new_id()), kind="overdose", town=town,
            occurred_at=datetime(2026, 5, 10, 12, tzinfo=UTC), person=person, state="settled" if person else "waiting", **facts,
        )
        for person in (people or [None] * count)
    )  # fmt: skip


def test_the_page_shows_the_month_with_its_definitions_and_neighbors(sign_in, ours):
    incidents(ours, 42, ours.towns[0])
    response = sign_in().get(reverse(PAGE), {"month": "2026-05"})
    told = response.content.decode()
    assert response.status_code == 200
    assert "May 2026 in numbers" in told
    assert "month=2026-04" in told
    assert "month=2026-06" in told
    assert "Eastpoint" in told
    assert all(str(sentence) in told for sentence in (MEASURES["people"].sentence, MEASURES["cases.reached"].sentence))
    assert "not over" not in told


def test_the_present_month_is_the_first_and_the_last_for_those_who_see_the_cases_anyway(sign_in):
    told = sign_in("coordinator").get(reverse(PAGE)).content.decode()
    assert "July 2026 in numbers" in told
    assert "This month is not over" in told
    assert "month=2026-08" not in told


@pytest.mark.covers("R66")
def test_whoever_only_counts_reads_months_that_are_over(sign_in):
    """A running month read on two days is a difference of one person."""
    reader = sign_in()
    told = reader.get(reverse(PAGE)).content.decode()
    assert "June 2026 in numbers" in told
    assert "not over" not in told
    assert "month=2026-07" not in told
    assert [reader.get(reverse(name), {"month": "2026-07"}).status_code for name in (PAGE, FILE)] == [404, 404]


@pytest.mark.parametrize("month", ["2026-08", "2027-01", "2026-13", "2026-5", "1999-12", "2026-05-01", "May", "", "20٢٦-05"])
@pytest.mark.parametrize("name", [PAGE, FILE])
@pytest.mark.covers("R66")
def test_anything_but_a_whole_month_that_has_begun_does_not_exist(sign_in, name, month):
    assert sign_in().get(reverse(name), {"month": month}).status_code == 404


@pytest.mark.parametrize("name", [PAGE, FILE])
@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_month_is_there_for_those_who_may_read_counts(sign_in, name, role):
    expected = 200 if "see_reports" in ROLES[role].permissions else 404
    assert sign_in(role).get(reverse(name)).status_code == expected


@pytest.mark.parametrize(("name", "form"), [(PAGE, "page"), (FILE, "file")])
@pytest.mark.covers("R51", "R68b")
def test_each_reading_is_journaled_once(sign_in, journal, name, form):
    sign_in().get(reverse(name), {"month": "2026-05"})
    assert journal().count("report_read") == 1
    entry = Entry.objects.get(verb="report_read")
    assert (entry.target, entry.detail) == ("2026-05", {"form": form})


def test_the_page_names_what_is_hidden_and_prints_nothing_small(sign_in, ours):
    incidents(ours, 7, ours.towns[0])
    told = sign_in().get(reverse(PAGE), {"month": "2026-05"}).content.decode()
    assert "Hidden because fewer than 11" in told
    assert ">7<" not in told
    assert "Eastpoint" not in told


def test_the_file_has_one_number_a_line_and_says_what_is_hidden(sign_in, ours):
    incidents(ours, 30, ours.towns[0])
    incidents(ours, 12, ours.towns[1])
    response = sign_in().get(reverse(FILE), {"month": "2026-05"})
    assert response["Content-Disposition"] == 'attachment; filename="month-2026-05.csv"'
    lines = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    cells = [line[:4] for line in lines]
    assert ["From the event to help", "Incidents", "Number", "42"] in cells
    assert ["Incidents by town", "Westpoint", "Not known", "12"] in cells
    assert ["How soon", "First try within 24 hours", "percent", "not collected"] in cells
    assert ["What happened", "Overdoses", "events", "42"] in cells
    assert {len(line) for line in lines} == {7}


@pytest.mark.covers("R68b")
def test_the_file_never_starts_a_formula(sign_in, ours):
    town = ours.towns[0]
    town.name = '=HYPERLINK("http://example.org")'
    town.save()
    incidents(ours, 30, town)
    told = sign_in().get(reverse(FILE), {"month": "2026-05"}).content.decode("utf-8-sig")
    assert any(line[1].startswith("'=") for line in csv.reader(StringIO(told)))
    assert not any(cell.startswith("=") for line in csv.reader(StringIO(told)) for cell in line)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t1", "\r1"])
@pytest.mark.covers("R68b")
def test_a_cell_that_could_start_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("Eastpoint") == "Eastpoint"


@pytest.mark.covers("R65")
def test_a_month_that_was_read_stands_and_a_correction_is_said(sign_in, ours):
    incidents(ours, 30, ours.towns[0])
    reader = sign_in("coordinator")
    first = reader.get(reverse(FILE), {"month": "2026-05"}).content
    incidents(ours, 25, ours.towns[0])
    Incident.objects.update(entered_at=NOW + timedelta(hours=1))
    assert reader.get(reverse(FILE), {"month": "2026-05"}).content == first
    answer = reader.post(reverse("reports:correct"), {"period": "2026-05", "reason": "late_reports"}, follow=True)
    told = answer.content.decode()
    assert "Version 2" in told
    assert "reports came late" in told


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_funder_s_form_has_a_number_or_a_reason_on_every_line(sign_in, ours, form):
    incidents(ours, 30, ours.towns[0])
    told = sign_in().get(reverse("reports:form"), {"form": form, "period": "2026-05"}).content.decode()
    assert "not collected" in told
    assert sign_in().get(reverse("reports:form"), {"form": "no-such", "period": "2026-05"}).status_code == 404
    rows = list(csv.reader(StringIO(
        sign_in().get(reverse(FILE), {"form": form, "period": "2026-05"}).content.decode("utf-8-sig")
    )))  # fmt: skip
    assert all(row[3] or row[6] for row in rows)
    assert len(rows) > len(FORMS[form].lines)


def test_every_line_of_a_form_is_a_measure_or_says_why_not():
    for form in FORMS.values():
        for line in form.lines:
            assert line.measure in MEASURES if line.measure else str(line.why), (form.code, line.asked)


def test_the_workbook_opens_with_its_definitions_and_without_a_formula(sign_in, ours):
    for town, name in zip(ours.towns, ("=1+1", "²"), strict=True):
        town.name = name
        town.save()
        incidents(ours, 15, town)
    content = sign_in().get(reverse("reports:month_xlsx"), {"month": "2026-05"}).content
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    rows = {row[1]: row for row in book["Numbers"].iter_rows(values_only=True)}
    assert rows["Incidents"][3] == 30
    assert rows["Naloxone kits handed out"][3] == "not collected"
    assert rows["Incidents"][6] == str(MEASURES["incidents"].sentence)


def test_the_page_for_the_board_is_one_page(sign_in, ours):
    incidents(ours, 30, ours.towns[0])
    content = sign_in().get(reverse("reports:month_pdf"), {"month": "2026-05"}).content
    assert content.startswith(b"%PDF")
    assert b"/Type/Pages/Count 1/" in content
    assert b"pdfuaid" in content


def test_what_is_printed_is_the_same_after_everybody_was_forgotten(sign_in, ours, cast):
    """Numbers outlive a person without saying who it was: the live count and the printed one."""
    case = casting.case_with_everything(ours)
    viewer = ours.actor("coordinator")
    period = period_of(f"{case.event_at:%Y-%m}")
    before = preview_for(viewer, period, NOW), preview_for(viewer, period_of("2026-05"), NOW)
    forget_person(case.person, by=viewer)
    assert (preview_for(viewer, period, NOW), preview_for(viewer, period_of("2026-05"), NOW)) == before


def everything(side):
    """A month with enough of everything to be printed, and somebody with everything in it; the person."""
    who = Person.objects.bulk_create(Person(program=side.program, code=str(casting.new_id())) for _ in range(40))
    made = incidents(side, 40, side.towns[0], people=who)
    cases = Case.objects.bulk_create(
        Case(program=side.program, person=person, town=side.towns[0], event_at=one.occurred_at, opened_at=one.entered_at,
             contact_due_at=one.occurred_at, due_at=one.occurred_at) for person, one in zip(who, made, strict=True)
    )  # fmt: skip
    Attempt.objects.bulk_create(
        Attempt(case=case, person=case.person, draft=casting.new_id(), at=case.event_at + timedelta(hours=20),
                recorded_at=case.event_at, channel="phone", result="reached") for case in cases[:25]
    )  # fmt: skip
    return casting.case_with_everything(side).person, who


def files(reader):
    """The numbers of every file and of the page, without the day they were printed on."""
    got = {name: reader.get(reverse(f"reports:{name}"), {"period": "2026-05"}).content
           for name in ("month_csv", "month_xlsx", "month_pdf", "measures", "month")}  # fmt: skip
    book = openpyxl.load_workbook(BytesIO(got["month_xlsx"]))
    plain = json.loads(got["measures"])
    page = re.findall(r'class="figure-number__value">(.*?)</p>', got["month"].decode(), re.DOTALL)
    return {
        "table": [row[:6] for row in csv.reader(StringIO(got["month_csv"].decode("utf-8-sig"))) if row[0] != "About"],
        "book": [[cell.value for cell in row] for sheet in book if sheet.title != "About" for row in sheet],
        "board": b"".join(line for line in got["month_pdf"].splitlines() if b"Date" not in line and b"/ID" not in line),
        "plain": (plain["measures"], plain["counts"]), "page": page,
    }  # fmt: skip


@pytest.mark.parametrize("printed_first", [True, False])
def test_page_and_files_give_the_same_numbers_before_and_after_people_are_forgotten(sign_in, ours, printed_first):
    """With the ledger, and without: what was never printed is counted to the same numbers."""
    person, who = everything(ours)
    reader = sign_in("coordinator")
    before = files(reader)
    for one in (person, *who[:12]):
        forget_person(one, by=ours.actor("coordinator"))
    if not printed_first:
        Release.objects.all().delete()
    assert files(reader) == before
    assert {row["value"] for row in before["plain"][0] if row["code"] in ("incidents", "cases.reached")} == {40, 25}


def test_other_programs_read_numbers_or_the_reason_of_a_null(sign_in, ours, journal):
    incidents(ours, 30, ours.towns[0])
    incidents(ours, 5, ours.towns[1])
    answer = sign_in().get(reverse("reports:measures"), {"period": "2026-05"})
    found = answer.json()
    assert answer["Content-Type"] == "application/json"
    assert (found["period"], found["version"], found["definitions"], found["threshold"]) == ("2026-05", 1, VERSION, 11)
    rows = {row["code"]: row for row in found["measures"]}
    assert set(rows) == set(MEASURES)
    said = {code: (rows[code]["value"], rows[code]["reason"]) for code in ("kits", "share.reached", "equity.age", "repeat90")}
    assert said == {"kits": (None, "not_collected"), "share.reached": (None, "not_collected"),
                    "equity.age": (None, "not_collected"), "repeat90": (None, "not_yet")}  # fmt: skip
    assert {row["reason"] for row in found["measures"]} - {None} <= set(found["reasons"])
    assert all(row["value"] is None or row["value"] == 0 or row["value"] >= 11 for row in found["counts"])
    assert journal().count("exported") == 1


def test_a_running_month_is_no_file_for_other_programs(sign_in, journal):
    assert sign_in("coordinator").get(reverse("reports:measures"), {"period": "2026-07"}).status_code == 404
    assert journal().count("exported") == 0


def test_a_share_of_nothing_is_nothing_and_not_hidden(sign_in, ours):
    everything(ours)
    lines = sign_in().get(reverse(FILE), {"month": "2026-04"}).content.decode("utf-8-sig")
    rows = {row[1]: row[3] for row in csv.reader(StringIO(lines))}
    assert rows["Share reached"] == rows["Event to first try"] == rows["Entered within 24 hours"] == "none in this period"
    assert rows["Incidents"] == "0"
    assert "none in this period" in sign_in().get(reverse(PAGE), {"month": "2026-04"}).content.decode()


def test_west_virginia_reads_each_field_that_came_within_a_day(sign_in, ours):
    incidents(ours, 40, ours.towns[0], naloxone_doses=1, outcome="non_fatal", substances=["opioid"])
    incidents(ours, 15, None, outcome="fatal")
    incidents(ours, 20, ours.towns[0], entered_at=datetime(2026, 5, 12, tzinfo=UTC))
    rows = sign_in().get(reverse(FILE), {"form": "wv", "period": "2026-05"}).content.decode("utf-8-sig")
    found = {row[1][:1]: row[3] for row in csv.reader(StringIO(rows)) if row[0] != "About" and row[1][:1].isdigit()}
    assert found["5"] == "not collected"
    assert {field: found[field] for field in "234678"} == {"2": "40", "3": "40", "4": "55", "6": "40", "7": "0", "8": "40"}


@pytest.mark.parametrize(("name", "starts"), [
    ("m.json", b"{"), ("m.csv", b"\xef\xbb\xbf"), ("m.xlsx", b"PK"), ("m.pdf", b"%PDF"),
])  # fmt: skip
def test_a_report_is_written_by_the_command_line(ours, cast, tmp_path, journal, name, starts):
    incidents(ours, 30, ours.towns[0])
    words = ["report" if name.endswith("pdf") else "export_measures", "2026-05", str(tmp_path / name)]
    call_command(*words, "--program", ours.program.name, stdout=StringIO())
    assert (tmp_path / name).read_bytes().startswith(starts)
    assert journal().count("exported") == 1


@pytest.mark.parametrize(("period", "name", "why"), [
    ("2099-05", "m.csv", "not over"), ("May", "m.csv", "a month, a quarter or a year"), ("2026-05", "m.txt", "ends in"),
    ("2026-05", "no/m.csv", "cannot be written"),
])  # fmt: skip
def test_a_report_that_cannot_be_written_says_why(ours, cast, tmp_path, journal, period, name, why):
    with pytest.raises(CommandError, match=why):
        call_command("export_measures", period, str(tmp_path / name), "--program", ours.program.name)
    assert journal().count("exported") == 0


def test_the_worker_prints_ahead_what_has_settled_and_nothing_empty(ours, cast, monkeypatch, settings):
    incidents(ours, 30, ours.towns[0])
    monkeypatch.setattr(ahead, "clock", lambda: datetime(2026, 6, 10, 12, tzinfo=UTC))
    by = Actor.system(ours.program.id)
    ahead.print_settled(by=by)
    assert list(Release.objects.values_list("period")) == []
    monkeypatch.setattr(ahead, "clock", lambda: datetime(2026, 6, 11, 12, tzinfo=UTC))
    ahead.print_settled(by=by)
    ahead.print_settled(by=by)
    assert list(Release.objects.values_list("period", "version")) == [("2026-05", 1)]
    settings.REPORTS_SETTLE_DAYS = 0
    monkeypatch.setattr(ahead, "clock", lambda: datetime(2026, 7, 1, 12, tzinfo=UTC))
    ahead.print_settled(by=by)  # June was empty; the second quarter was not
    assert sorted(Release.objects.values_list("period", flat=True)) == ["2026-05", "2026-Q2"]


def test_what_was_printed_ahead_is_what_the_click_reads(sign_in, ours, monkeypatch):
    incidents(ours, 30, ours.towns[0])
    monkeypatch.setattr(ahead, "clock", lambda: datetime(2026, 6, 11, 12, tzinfo=UTC))
    ahead.print_settled(by=Actor.system(ours.program.id))
    incidents(ours, 25, ours.towns[0])
    told = sign_in().get(reverse(PAGE), {"month": "2026-05"}).content.decode()
    assert "As entered by 11 June 2026" in told
    assert "55" not in re.findall(r"figure-number__value\">(\d+)", told)
