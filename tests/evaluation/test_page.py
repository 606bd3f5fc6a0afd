"""The page: who reads it, what it says of the program's own months and of those brought, and who may keep what."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from alongside.accounts.roles import ROLES, may
from alongside.common.decision import Refused
from alongside.evaluation import views
from alongside.evaluation.actions import add_series, remove_series, say_start
from alongside.evaluation.models import MonthlySeries, OutreachStart
from alongside.evaluation.queries import own_series_for
from alongside.evaluation.rules import Series, later
from tests.evaluation.made import made
from tests.signals.counted import calls

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 18, 15, 20, tzinfo=UTC)
START = date(2022, 1, 1)
SEE = {"coordinator", "epidemiologist"}


def table(series):
    lines = [f"{month:%Y-%m},{count}" for month, count in zip(series.months, series.counts, strict=True)]
    return "\n".join(["month,count", *lines])


@pytest.fixture
def page(ours, client, monkeypatch):
    monkeypatch.setattr(views, "now", lambda: NOW)

    def read(role="epidemiologist", name="page", **posted):
        client.force_login(ours.users[role])
        address = reverse(f"evaluation:{name}")
        return client.post(address, posted, follow=True) if posted else client.get(address)

    return read


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_it_and_who_keeps_what(role, ours, page):
    assert page(role).status_code == (200 if role in SEE else 404)
    assert may(role, "keep_evaluation") == (role in SEE)
    if role not in SEE:
        with pytest.raises(Refused):
            say_start(START, NOW, by=ours.actor(role))
        with pytest.raises(Refused):
            add_series("Deaths", "the state", made(), NOW, by=ours.actor(role))
        with pytest.raises(Refused):
            remove_series(ours.program.id, by=ours.actor(role))


def test_it_asks_for_the_start_and_keeps_every_answer_to_be_seen(ours, page, journal):
    assert "When did outreach begin?" in page().content.decode()
    assert "Nothing to judge yet" in page(name="start", month="2024-05").content.decode()
    again = page(name="start", month="2023-07").content.decode()
    assert "July 2023" in again
    assert "May 2024 (on" in again
    page(name="start", month="2023-07")
    assert OutreachStart.objects.count() == 2
    assert journal().count("outreach_start_said") == 2


@pytest.mark.parametrize("month", ["", "2023-13", "soon", "2026-04"])
def test_a_start_that_cannot_be(page, month):
    answer = page(name="start", month=month)
    assert answer.status_code == 422
    assert not OutreachStart.objects.exists()



def test_months_from_elsewhere_are_judged_drawn_and_taken_away(client, ours, monkeypatch, journal):
    monkeypatch.setattr(views, "now", lambda: NOW)
    client.force_login(ours.users["epidemiologist"])
    say_start(START, NOW, by=ours.actor("coordinator"))
    posted = {"name": "Deaths in the county", "source": "the state’s table"}
    for _twice in range(2):
        file = SimpleUploadedFile("t.csv", table(made(factor=0.5)).encode())
        told = client.post(reverse("evaluation:add"), posted | {"file": file}, follow=True).content.decode()
    assert "Fewer than expected" in told
    assert "does not show that outreach was the reason" in told
    assert "Month by month" in told
    row = MonthlySeries.objects.get()
    other = SimpleUploadedFile("t.csv", table(made(seed=4)).encode())
    taken = client.post(reverse("evaluation:add"), posted | {"file": other})
    assert taken.status_code == 422
    assert "There are other counts of that name" in taken.content.decode()
    for _twice in range(2):
        client.post(reverse("evaluation:remove"), {"series": str(row.id)})
    client.post(reverse("evaluation:remove"), {"series": "nothing"})
    assert not MonthlySeries.objects.exists()
    assert [verb for verb in journal() if verb.startswith("series_")] == ["series_added", "series_removed"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"month,count\n2024-01,x", "Line 2: a count"), (b"\xff\xfe\x00", "no plain text"), (b"m" * 100_001, "too large"),
     (b"", "empty"), (b"month,count\r2024-01,1\r2024-03,2", "Every month must stand there"),
     (b"month,count\n2999-11,1\n2999-12,2", "The last month is not over")],
)  # fmt: skip
def test_a_bad_table_leaves_nothing(client, ours, raw, said):
    client.force_login(ours.users["coordinator"])
    posted = {"name": "Deaths", "source": "the state", "file": SimpleUploadedFile("t.csv", raw)}
    answer = client.post(reverse("evaluation:add"), posted)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MonthlySeries.objects.exists()


def test_months_that_are_too_uneven_leave_the_page_standing(ours, page, tmp_path):
    say_start(START, NOW, by=ours.actor("coordinator"))
    uneven = Series(date(2019, 1, 1), (0,) * 4 + (10_000_000,) + (0,) * 54 + (11,))
    add_series("Calls", "somebody", uneven, NOW, by=ours.actor("coordinator"))
    told = page().content.decode()
    assert "Too uneven to tell" in told
    assert "Take away" in told
    path, out = tmp_path / "months.csv", StringIO()
    path.write_text(table(uneven))
    call_command("evaluate", str(path), "--start", "2022-01", "--json", stdout=out)
    assert json.loads(out.getvalue())["told"] is False


def test_who_sees_no_case_reads_no_percent_that_gives_a_small_month_away(ours, page):
    """All months printed but a small one: of its ten possible numbers, one alone gives the percent that was read."""
    for place in range(44):
        month = later(date(2022, 6, 1), place)
        number = 5 if place == 35 else 14 + place % 5
        noons = [datetime(month.year, month.month, 1 + day, 18, tzinfo=UTC) for day in range(number)]
        calls(ours, ours.towns[0], noons)
    say_start(date(2024, 12, 1), NOW, by=ours.actor("coordinator"))
    counts, seen = own_series_for(ours.actor("coordinator"), NOW), page("coordinator").content.decode()
    assert counts.counts[35] == 5
    assert "The range that fits these numbers" in seen
    told = page("epidemiologist").content.decode()
    assert "By how much is for those who see the cases: some months have fewer than 11" in told
    assert "The range that fits" not in told
    assert "% more" not in told
    assert "% fewer" not in told
    ours.program.min_cell = 5
    ours.program.save()
    assert "The range that fits these numbers" in page("epidemiologist").content.decode()


def test_small_months_are_judged_and_not_drawn(ours, page):
    say_start(START, NOW, by=ours.actor("coordinator"))
    add_series("Deaths", "the state", made(mean=6), NOW, by=ours.actor("coordinator"))
    told = page().content.decode()
    assert "The months are not drawn: some have fewer than 11." in told
    assert "Month by month" not in told


def test_another_program_sees_nothing_of_it(cast, ours, client):
    say_start(START, NOW, by=ours.actor("coordinator"))
    row = add_series("Deaths", "the state", made(), NOW, by=ours.actor("coordinator"))
    client.force_login(cast.other.users["coordinator"])
    assert "When did outreach begin?" in client.get(reverse("evaluation:page")).content.decode()
    client.post(reverse("evaluation:remove"), {"series": str(row.id)})
    assert MonthlySeries.objects.count() == 1


def test_the_programs_own_months_are_judged_without_a_number_of_them(ours, page):
    chance = np.random.default_rng(4)
    moments = [
        NOW - timedelta(days=int(day), hours=float(chance.uniform(0, 24)))
        for day in np.repeat(np.arange(20, 1500), chance.poisson(0.2, 1480))
    ]
    calls(ours, ours.towns[0], moments)
    calls(ours, None, moments[:40])
    say_start(date(2024, 6, 1), NOW, by=ours.actor("coordinator"))
    series = own_series_for(ours.actor("epidemiologist"), NOW)
    assert series.months[-1] == date(2026, 1, 1)  # February is whole, and waits for what is entered late
    inside = [at for at in moments if series.first_on <= at.date() < date(2026, 2, 1)]
    assert abs(sum(series.counts) - len(inside)) <= 2  # midnight in the town is not midnight in UTC
    told = page().content.decode()
    assert "Overdoses that this program knows of" in told
    assert "Month by month" not in told
    assert str(sum(series.counts)) not in told


def test_the_command_says_the_same_of_a_file(tmp_path, settings):
    path = tmp_path / "months.csv"
    path.write_text(table(made(factor=0.5)))

    def run(*words):
        out = StringIO()
        call_command("evaluate", str(path), *words, stdout=out)
        return out.getvalue()

    assert "Fewer than expected" in run("--start", "2022-01")
    assert json.loads(run("--start", "2022-01", "--json"))["verdict"] == "fewer"
    assert "Too early to tell" in run("--start", "2019-05")
    with pytest.raises(CommandError, match="as 2023-07"):
        run("--start", "soon")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="no plain text"):
        run("--start", "2022-01")
    path.unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        run("--start", "2022-01")


def test_twenty_tables_are_enough(ours):
    by = ours.actor("coordinator")
    for number in range(20):
        add_series(f"Table {number}", "the state", made(), NOW, by=by)
    with pytest.raises(Refused, match="take one away first"):
        add_series("One more", "the state", made(), NOW, by=by)
    assert add_series("Table 3", "the state", made(), NOW, by=by).name == "Table 3"
