"""Opening hours: what is read from words, and what the rules say of a moment, clock changes and midnight included."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from alongside.services.hours import WEEK, is_open, next_change, occurs_on, opens_tonight, parse
from alongside.services.records import ScheduleRecord

ZONE = ZoneInfo("America/New_York")
WEEKDAYS, ALL = "MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU"


def at(words):
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def weekly(days, opens, closes, **more):
    return ScheduleRecord(
        "WEEKLY", byday=days, opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes), **more
    )


def clock(moment):
    return f"{moment:%H:%M}" if moment else "?"


def said(text):
    rules = parse(text)
    if rules is None:
        return None
    return [f"{rule.byday} {clock(rule.opens_at)}-{clock(rule.closes_at)}" for rule in rules]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("9am-5pm, Mon-Fri", [f"{WEEKDAYS} 09:00-17:00"]),
        ("9:00am-5:00pm, Mon-Fri", [f"{WEEKDAYS} 09:00-17:00"]),
        ("Monday through Friday, 8 a.m. to 4 p.m.", [f"{WEEKDAYS} 08:00-16:00"]),
        ("Weekdays 9am–5pm", [f"{WEEKDAYS} 09:00-17:00"]),
        ("24 hours, 7 days", [f"{ALL} 00:00-00:00"]),
        ("24 hours a day, 7 days a week", [f"{ALL} 00:00-00:00"]),
        ("24/7", [f"{ALL} 00:00-00:00"]),
        ("24 hours, Sat, Sun", ["SA,SU 00:00-00:00"]),
        ("Walk-in: M-F 7a-5:30p; Sa 8a-1:30p; Su 8-11:30a", [f"{WEEKDAYS} 07:00-17:30", "SA 08:00-13:30", "SU 08:00-11:30"]),
        ("Walk-in: M-W 7a-5p Th 7-11a; F 7a-12p", ["MO,TU,WE 07:00-17:00", "TH 07:00-11:00", "FR 07:00-12:00"]),
        ("9am-4pm, Mon, Tue, Thur, Fri;\n9am-noon, Wed", ["MO,TU,TH,FR 09:00-16:00", "WE 09:00-12:00"]),
        ("8am-12pm; 1pm-5pm, Mon-Fri", [f"{WEEKDAYS} 08:00-12:00", f"{WEEKDAYS} 13:00-17:00"]),
        ("9am-12pm & 1pm-3pm, Tue", ["TU 09:00-12:00", "TU 13:00-15:00"]),
        ("9:30am-4:30pm, Mon, Wed-Sun", ["MO,WE,TH,FR,SA,SU 09:30-16:30"]),
        ("Sun-Thur 6pm-midnight", ["MO,TU,WE,TH,SU 18:00-00:00"]),
        ("7p-7a every day", [f"{ALL} 19:00-07:00"]),
        ("1-5pm, Mon", ["MO 13:00-17:00"]),
        ("8-4pm, Mon", ["MO 08:00-16:00"]),
        ("9-noon, Mon", ["MO 09:00-12:00"]),
        ("09:00-17:30, Mon", ["MO 09:00-17:30"]),
        ("10am-2pm, Mon, Wed; 8am-noon, 1st Tue of month", ["MO,WE 10:00-14:00", "1TU 08:00-12:00"]),
        ("Mon, Wed 10am-2pm; 1st Tue of month", ["MO,WE 10:00-14:00", "1TU ?-?"]),
        ("9:30am-1:00pm, 2nd and 4th Saturday of each month", ["2SA,4SA 09:30-13:00"]),
        ("8:00am-4:30pm, First Sat of the month (ONLY)", ["1SA 08:00-16:30"]),
        ("Last Friday of the month, 5pm-7pm", ["-1FR 17:00-19:00"]),
        ("9am-12pm, Mon, Wed; Friday by appointment", ["MO,WE 09:00-12:00", "FR ?-?"]),
        ("9am-5pm Mon-Fri; closed Sat, Sun", [f"{WEEKDAYS} 09:00-17:00"]),
        ("8:30am-5:15pm, Mon-Fri; 8:30am-7:00pm, Wed", [f"{WEEKDAYS} 08:30-17:15", "WE 08:30-19:00"]),
        ("lunes a viernes de 9am a 5pm", [f"{WEEKDAYS} 09:00-17:00"]),
        ("sábado y domingo, 10am hasta mediodía", ["SA,SU 10:00-12:00"]),
        ("todos los días 24 horas", None),
        ("", None),
        ("Walk-in: Sa 8a-1:30m", None),  # mistyped
        ("Walk-in: 7a-5:30p", None),  # on which days?
        ("9:00am-5:00, Mon-Fri", None),  # in the afternoon, or so one would guess
        ("Mon-Fri 8:30 - 4:00", None),
        ("9:00pm-7:00pm, Mon-Fri", None),  # 22 hours: am and pm slipped
        ("12:00am-8:00pm, Mon", None),
        ("10-2am, Fri", None),  # from ten in the morning, or in the evening?
        ("9am-12am, Mon", ["MO 09:00-00:00"]),
        ("9-12am, Mon", None),
        ("13pm-5pm, Mon", None),
        ("9:75am-5pm, Mon", None),
        ("9am-5pm, Mon-Thru", None),
        ("9am-5pm Mon-Mon", None),
        ("7:00pm, Tue", None),  # until when?
        ("9am-5pm", None),
        ("by appointment only", None),
        ("9am-1pm, Tue\n\nBy appointment only", None),
        ("Every other Tuesday 9am-1pm", None),  # counted from when?
        ("1st Tuesday 9am-1pm", None),  # of the month, one would guess
        ("9am-5pm Mon-Fri; 9am-12pm Wed", None),  # as well, or instead?
        ("9am-5pm Mon-Fri; closed Fri", None),
        ("9am-12pm, Fri; Friday by appointment", None),
        ("24 hours a day, 7 days a week\n\n9am-8pm, Mon-Thurs", None),
        ("Wednesdays and Thursdays, 24 hours/7 days", None),
        ("Office Hours:\n9am-5pm, Mon-Fri\n\nWalk-In Hours:\n9am-12pm, Mon", None),  # two doors
        ("Food Pantry:\n9am-5pm, Mon-Fri", None),  # and the rest of the service?
        ("9am-5pm, Mon-Fri (closed for lunch)", None),
        ("Mon 9am-5pm, 10am-2pm Sat", None),
        ("Sat 9am-12pm; 1pm-5pm", None),
    ],
)  # fmt: skip
def test_hours_are_read_to_the_last_word_or_not_at_all(text, rules):
    assert said(text) == rules


@given(st.text(alphabet="MonTueSat 0123456789apm:-,;/&\n()", max_size=40))
def test_whatever_is_written_is_answered_with_rules_or_nothing(text):
    rules = parse(text)
    assert rules is None or all(rule.freq in ("WEEKLY", "MONTHLY") and rule.byday for rule in rules)


NINE_TO_FIVE = (weekly(WEEKDAYS, "09:00", "17:00"),)
NIGHT_SHELTER = (weekly(ALL, "19:00", "07:00"),)
ALWAYS = (weekly(ALL, "00:00", "00:00"),)
FRIDAY_NIGHT = (weekly("FR", "22:00", "02:00"),)


@pytest.mark.parametrize(
    ("rules", "moment", "state"),
    [
        (NINE_TO_FIVE, "2026-11-25 08:59", "closed"),  # a Wednesday
        (NINE_TO_FIVE, "2026-11-25 09:00", "open"),
        (NINE_TO_FIVE, "2026-11-25 16:59", "open"),
        (NINE_TO_FIVE, "2026-11-25 17:00", "closed"),
        (NINE_TO_FIVE, "2026-11-28 12:00", "closed"),  # Saturday
        (NIGHT_SHELTER, "2026-11-25 02:00", "open"),
        (NIGHT_SHELTER, "2026-11-25 12:00", "closed"),
        (ALWAYS, "2026-11-25 00:00", "open"),
        (ALWAYS, "2026-11-25 23:59", "open"),
        (FRIDAY_NIGHT, "2026-11-28 01:59", "open"),  # Saturday, of Friday's night
        (FRIDAY_NIGHT, "2026-11-28 02:00", "closed"),
        (FRIDAY_NIGHT, "2026-11-27 01:00", "closed"),  # the morning before
        ((weekly("MO", "12:00", "12:00"),), "2026-11-24 11:59", "open"),  # 24 hours from noon on
        ((), "2026-11-25 12:00", "unknown"),
        ((ScheduleRecord(description="Call for times"),), "2026-11-25 12:00", "unknown"),
        ((*NINE_TO_FIVE, ScheduleRecord("WEEKLY", byday="SA")), "2026-11-28 12:00", "unknown"),
        ((*NINE_TO_FIVE, ScheduleRecord("WEEKLY", byday="SA")), "2026-11-29 12:00", "closed"),
        ((ScheduleRecord("WEEKLY", byday="WE", opens_at=time(9)),), "2026-11-25 12:00", "unknown"),  # until when?
        ((weekly("MO,TU", "09:00", "17:00", interval=2),), "2026-11-24 12:00", "unknown"),  # counted from when?
        ((weekly("2MO", "09:00", "17:00"),), "2026-11-24 12:00", "unknown"),  # no such rule
        ((weekly(WEEKDAYS, "09:00", "17:00", valid_to=date(2026, 11, 24)),), "2026-11-25 12:00", "closed"),
        ((weekly(WEEKDAYS, "09:00", "17:00", valid_from=date(2026, 11, 25)),), "2026-11-25 12:00", "open"),
        ((weekly(ALL, "19:00", "07:00", valid_to=date(2026, 11, 24)),), "2026-11-25 06:00", "open"),  # the last night
        ((weekly(WEEKDAYS, "09:00", "17:00", until=date(2026, 11, 20)),), "2026-11-25 12:00", "closed"),
    ],
)  # fmt: skip
def test_a_service_is_open_closed_or_nobody_knows(rules, moment, state):
    assert is_open(rules, at(moment)) == state


@pytest.mark.parametrize(
    ("words", "on", "off"),
    [
        ({"freq": "MONTHLY", "byday": "1TU"}, "2026-12-01", "2026-12-08"),
        ({"freq": "MONTHLY", "byday": "-1FR"}, "2026-11-27", "2026-11-20"),
        ({"freq": "MONTHLY", "byday": "5MO"}, "2026-11-30", "2026-12-28"),
        ({"freq": "MONTHLY", "bymonthday": "15,-1"}, "2026-11-30", "2026-11-29"),
        ({"freq": "MONTHLY", "byday": "FR", "bymonthday": "13"}, "2026-11-13", "2026-11-20"),
        ({"freq": "WEEKLY", "interval": 2, "byday": "TU", "dtstart": date(2026, 11, 3)}, "2026-11-17", "2026-11-24"),
        ({"freq": "WEEKLY", "dtstart": date(2026, 11, 3)}, "2026-11-24", "2026-11-25"),
        (
            {"freq": "MONTHLY", "interval": 3, "bymonthday": "1", "dtstart": date(2026, 1, 1)},
            "2026-10-01",
            "2026-11-01",
        ),
        ({"dtstart": date(2026, 11, 3)}, "2026-11-03", "2026-11-04"),
    ],
)
def test_rules_of_months_and_of_every_other_week(words, on, off):
    rule = ScheduleRecord(**words)
    assert occurs_on(rule, date.fromisoformat(on)) is True
    assert occurs_on(rule, date.fromisoformat(off)) is False


def test_a_rule_that_cannot_be_read_is_not_known():
    assert occurs_on(ScheduleRecord("MONTHLY", byday="9XX"), date(2026, 11, 25)) is None
    assert occurs_on(ScheduleRecord("MONTHLY"), date(2026, 11, 25)) is None


@given(
    days=st.sets(st.sampled_from(WEEK), min_size=1),
    start=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    ahead=st.integers(0, 400),
)
def test_the_direct_answer_for_weeks_is_the_library_s(days, start, ahead):
    byday, day = ",".join(sorted(days, key=WEEK.index)), start + timedelta(days=ahead)
    moment = datetime.combine(day, time())
    theirs = rrulestr(f"FREQ=WEEKLY;BYDAY={byday}", dtstart=datetime.combine(start, time())).between(
        moment, moment, inc=True
    )
    assert occurs_on(ScheduleRecord("WEEKLY", byday=byday, dtstart=start), day) == bool(theirs)


# The clocks of New York: an hour is skipped on 8 March 2026 at 02:00, and comes twice on 1 November 2026 from 01:00 on.
@pytest.mark.parametrize(
    ("opens", "closes", "moment", "fold", "state"),
    [
        ("22:00", "06:00", "2026-03-08 03:00", 0, "open"),
        ("22:00", "06:00", "2026-03-08 06:00", 0, "closed"),
        (
            "22:00",
            "02:30",
            "2026-03-08 03:29",
            0,
            "open",
        ),  # 02:30 is not on the clock; by the offset before, it is 03:30
        ("22:00", "02:30", "2026-03-08 03:30", 0, "closed"),
        ("22:00", "06:00", "2026-11-01 01:30", 0, "open"),
        ("22:00", "06:00", "2026-11-01 01:30", 1, "open"),
        ("22:00", "01:30", "2026-11-01 01:10", 0, "open"),
        ("22:00", "01:30", "2026-11-01 01:10", 1, "closed"),  # the second 01:10 is after the first 01:30
        ("22:00", "06:00", "2026-11-01 06:00", 0, "closed"),
    ],
)
def test_the_nights_on_which_the_clock_changes(opens, closes, moment, fold, state):
    assert is_open([weekly(ALL, opens, closes)], at(moment).replace(fold=fold)) == state


@pytest.mark.parametrize(("night", "hours"), [("2026-03-07", 11), ("2026-10-31", 13), ("2026-11-24", 12)])
def test_a_night_is_as_long_as_it_really_is(night, hours):
    start, end = opens_tonight(ALWAYS, at(f"{night} 12:00"))
    assert (end.timestamp() - start.timestamp()) / 3600 == hours
    assert (start.hour, end.hour) == (18, 6)


@pytest.mark.parametrize(
    ("rules", "moment", "night"),
    [
        (NINE_TO_FIVE, "2026-11-25 12:00", None),
        ((weekly(ALL, "12:00", "22:00"),), "2026-11-25 12:00", ("25 18:00", "25 22:00")),
        ((weekly(ALL, "12:00", "22:00"),), "2026-11-25 21:00", ("25 21:00", "25 22:00")),
        ((weekly(ALL, "12:00", "22:00"),), "2026-11-25 22:00", None),
        (NIGHT_SHELTER, "2026-11-25 12:00", ("25 19:00", "26 06:00")),
        (NIGHT_SHELTER, "2026-11-25 02:00", ("25 02:00", "25 06:00")),  # this night is still last night
        (NIGHT_SHELTER, "2026-11-25 06:00", ("25 19:00", "26 06:00")),
        (FRIDAY_NIGHT, "2026-11-27 12:00", ("27 22:00", "28 02:00")),
        (FRIDAY_NIGHT, "2026-11-28 01:00", ("28 01:00", "28 02:00")),
        (FRIDAY_NIGHT, "2026-11-28 12:00", None),
        ((weekly("SA", "01:00", "05:00"),), "2026-11-27 20:00", ("28 01:00", "28 05:00")),
        ((), "2026-11-25 12:00", None),
    ],
)  # fmt: skip
def test_tonight_is_from_six_to_six(rules, moment, night):
    found = opens_tonight(rules, at(moment))
    assert (found and tuple(f"{edge:%d %H:%M}" for edge in found)) == night


@pytest.mark.parametrize(
    ("rules", "moment", "change"),
    [
        (NINE_TO_FIVE, "2026-11-25 12:00", "2026-11-25 17:00"),
        (NINE_TO_FIVE, "2026-11-25 18:00", "2026-11-26 09:00"),
        (NINE_TO_FIVE, "2026-11-27 18:00", "2026-11-30 09:00"),
        ((weekly("MO", "08:00", "12:00"), weekly("MO", "12:00", "16:00")), "2026-11-30 09:00", "2026-11-30 16:00"),
        (NIGHT_SHELTER, "2026-11-25 02:00", "2026-11-25 07:00"),
        ((ScheduleRecord("MONTHLY", byday="1TU", opens_at=time(9), closes_at=time(12)),), "2026-11-25 12:00", "2026-12-01 09:00"),
        (ALWAYS, "2026-11-25 12:00", None),
        ((), "2026-11-25 12:00", None),
        ((weekly(ALL, "09:00", "17:00", until=date(2020, 1, 1)),), "2026-11-25 12:00", None),
    ],
)  # fmt: skip
def test_the_next_change_is_the_end_of_what_is_open_or_the_next_opening(rules, moment, change):
    found = next_change(rules, at(moment))
    assert (found and f"{found:%Y-%m-%d %H:%M}") == change


@given(
    start=st.times(), end=st.times(), days=st.sets(st.sampled_from(WEEK), min_size=1),
    moment=st.integers(0, 365 * 24 * 60),
)  # fmt: skip
def test_the_next_change_really_changes_it(start, end, days, moment):
    rules = (ScheduleRecord("WEEKLY", byday=",".join(days), opens_at=start.replace(second=0, microsecond=0),
                            closes_at=end.replace(second=0, microsecond=0)),)  # fmt: skip
    here = at("2026-01-01 00:00") + timedelta(minutes=moment)
    change = next_change(rules, here)
    if change is not None:
        assert change.timestamp() > here.timestamp()
        assert is_open(rules, change) != is_open(rules, here)
