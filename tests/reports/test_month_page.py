"""The page and the file: whole months that have begun, for those who may read counts, each reading journaled once."""

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse

from alongside.accounts.roles import ROLES
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.measures.definitions import MEASURES
from alongside.measures.funders import FORMS
from alongside.measures.rules import period_of
from alongside.measures.sheets import preview_for
from alongside.reports import views
from alongside.reports.files import safe_cell
from alongside.rights.forgetting import forget_person
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


def incidents(side, count, town=None, day=10):
    Incident.objects.bulk_create(
        Incident(
            program=side.program, source="test", source_digest=str(casting.new_id()), kind="overdose", town=town,
            occurred_at=datetime(2026, 5, day, 12, tzinfo=UTC), entered_at=datetime(2026, 5, day, 13, tzinfo=UTC),
        )
        for _ in range(count)
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


@pytest.mark.parametrize("month", ["2026-08", "2027-01", "2026-13", "2026-5", "1999-12", "2026-05-01", "May", ""])
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
    ours.towns[0].name = "=1+1"
    ours.towns[0].save()
    incidents(ours, 30, ours.towns[0])
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
