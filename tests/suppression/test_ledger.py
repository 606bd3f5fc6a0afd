"""What was printed stands: the same edition again is the same row, a correction is a later version with its reason."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.common.decision import Refused
from alongside.suppression.actions import release, restate
from alongside.suppression.models import Release
from alongside.suppression.queries import printed_before, release_for, releases_for
from alongside.suppression.rules import ZEROS_WITHHELD, Edition, Kin, Sheet, count, from_plain

NOW = datetime(2026, 7, 3, 12, tzinfo=UTC)
MAY, JUNE = Edition("month", "2026-05"), Edition("month", "2026-06")


def sheet(month, cases, tried, figures=None, as_of=NOW):
    counts = [count("cases", cases, month=month), count("tried", tried, month=month)]
    return Sheet(counts, lambda _counts: Kin(parts={"tried": ("cases",)}), as_of, figures or {})


def shown(row):
    return {one.of: one.value for one in from_plain(row.counts)}


@pytest.mark.covers("R66")
def test_what_was_printed_is_printed_again_whatever_was_entered_since(cast, journal):
    by = cast.epidemiologist
    first = release(MAY, sheet("2026-05", 40, 20), NOW, by=by)
    again = release(MAY, sheet("2026-05", 41, 33), NOW + timedelta(days=9), by=by)
    assert again == first
    assert shown(again) == {"cases": 40, "tried": 20}
    assert journal().count("counts_released") == 1


@pytest.mark.covers("R66")
def test_a_correction_is_a_later_version_and_hides_what_changed_by_few(cast, journal):
    by = cast.epidemiologist
    release(MAY, sheet("2026-05", 40, 20), NOW, by=by)
    later = NOW + timedelta(days=30)
    row = restate(MAY, sheet("2026-05", 60, 23, as_of=later), "late_reports", later, by=by)
    assert (row.version, row.reason, shown(row)) == (2, "late_reports", {"cases": 60, "tried": None})
    assert release_for(by, "month", "2026-05") == row
    assert [one.version for one in releases_for(by, "month", "2026-05")] == [2, 1]
    assert row.as_of == later
    assert journal().count("counts_restated") == 1


def test_the_same_correction_again_is_the_same_version(cast, journal):
    by = cast.epidemiologist
    release(MAY, sheet("2026-05", 40, 20), NOW, by=by)
    once, again = (restate(MAY, sheet("2026-05", 60, 23), "late_reports", NOW + timedelta(days=30), by=by) for _tap in "12")
    assert again == once
    assert journal().count("counts_restated") == 1
    assert restate(MAY, sheet("2026-05", 80, 23), "late_reports", NOW + timedelta(days=60), by=by).version == 3


@pytest.mark.parametrize(("edition", "reason"), [(MAY, "because"), (MAY, ""), (JUNE, "mistake")])
def test_a_correction_needs_a_reason_and_something_printed(cast, edition, reason):
    release(MAY, sheet("2026-05", 40, 20), NOW, by=cast.epidemiologist)
    with pytest.raises(Refused):
        restate(edition, sheet("2026-05", 60, 23), reason, NOW, by=cast.epidemiologist)


def test_a_middle_value_is_kept_where_its_count_is_printed(cast):
    row = release(MAY, sheet("2026-05", 40, 9, {"cases": 7.5, "tried": 3.0}), NOW, by=cast.epidemiologist)
    assert row.figures == {"cases": 7.5}


def test_months_are_read_with_the_quarter_that_holds_them_and_never_with_another_program(cast):
    by, quarter = cast.epidemiologist, ("2026-04", "2026-05", "2026-06")
    release(MAY, sheet("2026-05", 40, 20), NOW, by=by)
    release(Edition("month", "2026-04"), sheet("2026-04", 50, 30), NOW, by=by)
    release(Edition("quarter", "2026-Q2"), sheet(quarter, 120, 65), NOW, by=by)
    release(Edition("month", "2026-09"), sheet("2026-09", 50, 30), NOW, by=by)
    release(MAY, sheet("2026-05", 70, 30), NOW, by=cast.other.actor("epidemiologist"))
    june = sheet("2026-06", 30, 15)
    assert len(printed_before(by, june.counts)) == 6
    assert Release.objects.count() == 5
    assert shown(release(JUNE, june, NOW, by=by)) == {"cases": 30, "tried": 15}


def test_whoever_adds_a_row_meanwhile_need_not_wait(cast):
    """On PostgreSQL a locked key stops every new row of the program, and two that wait for each other end in an error."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    with CaptureQueriesContext(connection) as queries:
        release(MAY, sheet("2026-05", 40, 20), NOW, by=cast.epidemiologist)
    locks = [query["sql"] for query in queries if " FOR " in query["sql"] and "accounts_program" in query["sql"]]
    assert len(locks) == 1
    assert locks[0].endswith("FOR NO KEY UPDATE")


def test_a_release_that_withholds_zeros_says_so_and_later_ones_read_it(cast):
    by, quarter = cast.epidemiologist, ("2026-04", "2026-05", "2026-06")
    first = release(Edition("quarter", "2026-Q2"), sheet(quarter, 40, 11), NOW, by=by)
    row = release(MAY, sheet("2026-05", 20, 4), NOW, by=by)
    assert (first.notes[ZEROS_WITHHELD], row.notes[ZEROS_WITHHELD]) == (False, True)
    assert shown(row) == {"cases": 20, "tried": None}
    june = sheet("2026-06", 20, 7)
    assert {one.least for one in printed_before(by, june.counts) if one.value is None} == {0}
    assert release(JUNE, june, NOW, by=by).given_away == 0
