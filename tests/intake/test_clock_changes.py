"""Local times of a feed become the right instants, on both nights when the clocks change."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.intake.calls import Call, Rejected
from alongside.intake.profiles import load_profile
from alongside.intake.reading import read_calls, to_utc

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2020, 1, 1, tzinfo=UTC)


def read_one(local: str, profile: str = "montgomery"):
    stamp = local.replace(" ", " @ ")
    text = f"desc,title,timeStamp,twp,addr\nMAIN ST; TOWN; {stamp};,EMS: OVERDOSE,{local},TOWN,MAIN ST\n"
    with read_calls(io.BytesIO(text.encode()), load_profile(profile), now=NOW) as calls:
        (outcome,) = calls.outcomes()
    return outcome


@pytest.mark.parametrize("profile", ["montgomery", "montgomery-earlier"])
@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2016-01-15 12:00:00", "2016-01-15T17:00:00"),  # winter: five hours behind
        ("2016-07-15 12:00:00", "2016-07-15T16:00:00"),  # summer: four
        ("2016-03-13 01:59:59", "2016-03-13T06:59:59"),  # the last second before the clocks go forward
        ("2016-03-13 03:00:00", "2016-03-13T07:00:00"),  # the very next second
        ("2016-11-06 00:59:59", "2016-11-06T04:59:59"),
        ("2016-11-06 01:00:00", "2016-11-06T05:00:00"),  # the hour that comes twice: its first time
        ("2016-11-06 01:59:59", "2016-11-06T05:59:59"),
        ("2016-11-06 02:00:00", "2016-11-06T07:00:00"),
        ("2016-12-31 23:30:00", "2017-01-01T04:30:00"),  # another day and another year
    ],
)
def test_a_local_time_becomes_its_instant(profile, local, utc):
    call = read_one(local, profile)
    assert isinstance(call, Call)
    assert call.occurred_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert call.occurred_at.tzinfo is UTC
    assert call.time_known


@pytest.mark.parametrize("profile", ["montgomery", "montgomery-earlier"])
@pytest.mark.parametrize("local", ["2016-03-13 02:00:00", "2016-03-13 02:30:00", "2016-03-13 02:59:59"])
def test_a_time_that_the_clocks_skipped_is_rejected_with_a_sentence(profile, local):
    reason = f"The time {local} did not exist in America/New_York: clocks went forward over it."
    assert read_one(local, profile) == Rejected(2, reason)


@pytest.mark.parametrize(
    ("clock", "utc", "known"),
    [
        ("NULL", "2018-03-11T05:00:00", False),
        ("00:00:00", "2018-03-11T05:00:00", False),
        ("00:01:00", "2018-03-11T05:01:00", True),
        ("03:00:00", "2018-03-11T07:00:00", True),
    ],
)
def test_midnight_and_a_missing_time_begin_the_day_and_are_not_taken_for_a_time(clock, utc, known):
    header = load_profile("odin").required
    values = {"Incident ID": "1", "Victim ID": "1", "Incident Date": "03/11/2018", "Incident Time": clock}
    text = ",".join(header) + "\n" + ",".join(values.get(name, "NULL") for name in header) + "\n"
    with read_calls(io.BytesIO(text.encode()), load_profile("odin"), now=NOW) as calls:
        (call,) = calls.outcomes()
    assert isinstance(call, Call)
    assert (call.occurred_at, call.time_known) == (datetime.fromisoformat(utc).replace(tzinfo=UTC), known)


@given(st.integers(0, 366 * 24 * 60 - 1))
def test_every_local_minute_either_did_not_exist_or_shows_the_same_on_the_clock(minute):
    local = datetime(2016, 1, 1, tzinfo=NEW_YORK) + timedelta(minutes=minute)
    at = to_utc(local, NEW_YORK)
    if at is None:
        assert (local.date(), local.hour) == (date(2016, 3, 13), 2)
    else:
        shown = at.astimezone(NEW_YORK)
        assert (shown.replace(tzinfo=None), shown.fold) == (local.replace(tzinfo=None), 0)
