"""A call file becomes calls, further rows, rejected rows and a count of the rest, and nothing is lost on the way."""

import csv
import gzip
import io
import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.intake.calls import Call, Further, Rejected, same_event
from alongside.intake.profiles import load_profile
from alongside.intake.reading import LONGEST_LINE, CallFileError, WrongProfile, read_calls

NOW = datetime(2020, 6, 1, tzinfo=UTC)
DATA = Path(os.environ.get("ALONGSIDE_DATA") or Path(__file__).resolve().parents[2].parent / "shared" / "data")
MONTGOMERY = "lat,lng,desc,zip,title,timeStamp,twp,addr,e"
OVERDOSE = "40.1,-75.3,ELM ST & OAK ST;  ABINGTON; Station 1; 2016-05-01 @ 10:00:00;,19001,EMS: OVERDOSE"
OVERDOSE += ",2016-05-01 10:00:00,ABINGTON,ELM ST & OAK ST,1"
OTHER = OVERDOSE.replace("EMS: OVERDOSE", "EMS: FALL VICTIM")
ODIN = load_profile("odin").required


def read(source, profile="montgomery", now=NOW):
    if isinstance(source, str):
        source = io.BytesIO(source.encode())
    with read_calls(source, load_profile(profile), now=now) as calls:
        outcomes = list(calls.outcomes())
    assert calls.rows == calls.calls + calls.further + calls.not_qualifying + calls.rejected
    return calls, outcomes


def lines(*rows, header=MONTGOMERY):
    return "\n".join((header, *rows)) + "\n"


def odin(*rows):
    """A made-up register; a row says only what is not the usual thing."""
    usual = {
        "Incident ID": "1", "Victim ID": "1", "Incident Date": "02/03/2018", "Incident Time": "18:30:00",
        "Incident County Name": "Delaware", "Survive": "Y", "Susp OD Drug Desc": "HEROIN",
        "Naloxone Administered": "Y", "Administration ID": "1", "Dose Count": "1", "Third Party Admin Desc": "NULL",
    }  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, ODIN)
    writer.writeheader()
    writer.writerows(usual | row for row in rows)
    return out.getvalue()


def facts(outcomes):
    return {(o.key, o.occurred_at, o.time_known, o.town, o.place, o.outcome, o.naloxone_doses, o.naloxone_by,
             o.substances) for o in outcomes if isinstance(o, Call)}  # fmt: skip


# --- one row at a time ---


def test_an_overdose_becomes_a_call_and_another_call_is_only_counted():
    calls, outcomes = read(lines(OTHER, OVERDOSE, OTHER))
    assert (calls.rows, calls.calls, calls.not_qualifying, calls.rejected) == (3, 1, 2, 0)
    (call,) = outcomes
    assert (call.kind, call.town, call.place, call.row) == ("overdose", "Abington", "ELM ST & OAK ST", 3)
    assert call.occurred_at == datetime(2016, 5, 1, 14, tzinfo=UTC)
    assert (call.outcome, call.naloxone_doses, call.naloxone_by, call.substances) == ("unknown", None, (), ())


@pytest.mark.parametrize("title", ["EMS: OVERDOSE ", "ems: overdose", "EMS:  OVERDOSE"])
def test_a_value_that_differs_in_blanks_or_case_still_qualifies(title):
    assert read(lines(OVERDOSE.replace("EMS: OVERDOSE", title)))[0].calls == 1


def test_a_placeholder_is_no_place_and_an_empty_town_is_not_known():
    (call,) = read(lines(OVERDOSE.replace(",ABINGTON,ELM ST & OAK ST,", ",,DEAD END,")))[1]
    assert (call.town, call.place) == ("", "")


def test_an_exact_duplicate_is_handed_on_with_the_same_key():
    one, other = read(lines(OVERDOSE, OVERDOSE))[1]
    assert one.key == other.key
    assert (one.row, other.row) == (2, 3)


def test_the_harvest_time_of_the_earlier_layout_is_not_the_time_of_the_call():
    row = OVERDOSE.replace(",2016-05-01 10:00:00,", ",2016-05-01 10:04:12,")
    (call,) = read(lines(row), "montgomery-earlier")[1]
    assert call == read(lines(OVERDOSE))[1][0]
    (rejected,) = read(lines(row), "montgomery")[1]
    assert rejected.reason.endswith(
        '"timeStamp" and "desc" differ. Is this the layout of the profile montgomery-earlier?'
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (OVERDOSE.rsplit(",", 5)[0], "The row has 4 of 9 fields."),
        (OVERDOSE + ",more", "The row has 10 of 9 fields."),
        (OVERDOSE.replace("2016-05-01 10:00:00", "yesterday"), 'The times in "timeStamp" and "desc" differ.'),
        (OVERDOSE.replace("2016-05-01", "2016-05-41"), 'The time in the column "timeStamp" cannot be read.'),
        (OVERDOSE.replace(",2016-05-01 10:00:00,", ",,"), 'The column "timeStamp" holds no time of the call.'),
        (OVERDOSE.replace("2016-05-01", "2020-06-03"), "The time 2020-06-03 10:00:00 lies in the future."),
        (OVERDOSE.replace("2016-05-01", "1066-05-01"), "The time 1066-05-01 10:00:00 is before 1970."),
        (OVERDOSE.replace("2016-05-01", "9999-12-31").replace("10:00", "23:59"), "9999-12-31 23:59:00"),
        (
            OVERDOSE.replace("ABINGTON,ELM", "ABINGTON," + "E" * 600),
            'The column "addr" holds more than 500 characters.',
        ),
        (OVERDOSE.replace(",ABINGTON,", ",\ufffd,"), 'The column "twp" holds text that is not UTF-8.'),
        (OVERDOSE.replace("ABINGTON,ELM", 'ABINGTON,"ELM'), "a quoted field does not end where it should"),
        (OVERDOSE.replace(OVERDOSE.split(",")[2], " "), "an identifying column is empty"),
    ],
)
def test_a_broken_row_is_rejected_with_one_sentence_and_the_rows_before_it_are_read(row, says):
    calls, (first, rejected) = read(lines(OVERDOSE.replace("ELM", "ASH"), row))
    assert isinstance(first, Call)
    assert isinstance(rejected, Rejected)
    assert says in rejected.reason
    assert rejected.row == 3
    assert calls.rows == 2


def test_a_row_after_a_broken_one_is_read():
    broken = OVERDOSE.replace("ABINGTON,ELM", 'ABINGTON,"ELM"x')
    assert [type(o) for o in read(lines(broken, OVERDOSE.split(",")[0], OVERDOSE))[1]] == [Rejected, Rejected, Call]


def test_a_rejection_never_repeats_what_the_row_said():
    text = lines(OVERDOSE.replace(",2016-05-01 10:00:00,", ",Jane Example 555-0100,"))
    for profile in ("montgomery", "montgomery-earlier"):
        assert "Example" not in repr([o for o in read(text, profile)[1] if isinstance(o, Rejected)])


def test_tomorrow_by_a_wrong_clock_is_still_taken():
    assert read(lines(OVERDOSE), now=datetime(2016, 4, 30, 15, tzinfo=UTC))[0].calls == 1


# --- the file ---


def test_plain_and_gzip_with_or_without_a_mark_and_any_line_ending_read_the_same(tmp_path):
    text = lines(OTHER, OVERDOSE, "", OVERDOSE.replace("N,ELM ST & OAK ST", 'N,"ELM ST, AT ""THE OAK"""'), "")
    expected = read(text)
    assert (expected[0].rows, expected[0].calls) == (3, 2)
    assert expected[1][1].place == 'ELM ST, AT "THE OAK"'
    for end in ("\n", "\r\n", "\r"):
        raw = text.replace("\n", end).encode("utf-8-sig")
        path = tmp_path / "calls.csv"
        for content in (raw, gzip.compress(raw)):
            path.write_bytes(content)
            assert read(path)[1] == read(io.BytesIO(content))[1] == expected[1]
            with read_calls(str(path), load_profile("montgomery"), now=NOW) as calls:
                assert list(calls.outcomes()) == expected[1]


def test_columns_may_stand_in_another_order_and_more_may_be_there():
    text = lines("MAIN ST,T,x; 2016-05-01 @ 10:00:00;,no,EMS: OVERDOSE,2016-05-01 10:00:00",
                 header="addr,twp,desc,extra,title,TIMESTAMP")  # fmt: skip
    assert read(text)[1][0].place == "MAIN ST"


@pytest.mark.covers("R29")
def test_a_column_of_warrants_is_dropped_and_said_and_nothing_of_it_is_read():
    rows = [OVERDOSE + ",FELONY WARRANT,999-99-9999", OTHER + ",none,"]
    calls, outcomes = read(lines(*rows, header=MONTGOMERY + ",Warrant Status,SSN"))
    assert calls.dropped_columns == ["Warrant Status", "SSN"]
    assert outcomes == [read(lines(OVERDOSE))[1][0]]
    assert "FELONY" not in repr(outcomes)
    assert read(lines(OVERDOSE))[0].dropped_columns == []


@pytest.mark.covers("R29")
def test_an_arrest_in_the_register_is_not_carried():
    text = odin({}).replace("Survive", "Revive Action Desc,Survive", 1).replace(",Y,", ",ARREST,Y,", 1)
    assert "arrest" not in repr(read(text, "odin")[1]).casefold()


def test_the_wrong_profile_names_what_is_lacking_and_which_profile_fits():
    with pytest.raises(WrongProfile, match=r'"title".*; it fits the profile odin\.'):
        read(odin({}))
    with pytest.raises(WrongProfile, match="it fits the profile montgomery or montgomery-earlier"):
        read(lines(OVERDOSE), "odin")
    with pytest.raises(WrongProfile, match="no declared profile fits it"):
        read("a;b;c\n1;2;3\n")


def test_a_column_that_is_there_twice_is_not_guessed_at():
    with pytest.raises(WrongProfile, match='the column "addr" more than once'):
        read(lines(header=MONTGOMERY + ",Addr"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04\x14\x00\x08\x00,x", "not CSV text in UTF-8"),
        (MONTGOMERY.encode("utf-16"), "not CSV text in UTF-8"),
        (b"\x1f\x8b not gzip at all", "cannot be read as CSV text"),
    ],
)
def test_a_file_that_is_no_csv_is_one_sentence(content, says):
    with pytest.raises(CallFileError, match=says):
        read(io.BytesIO(content))


def test_a_file_that_is_not_there_or_is_a_folder_is_one_sentence(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(CallFileError, match="The file cannot be opened: .*"):
            read(path)


def test_a_file_that_ends_in_the_middle_is_not_taken_for_a_whole_one():
    rows = [OVERDOSE.replace("ELM", f"ELM{random.Random(n).random()}") for n in range(2000)]
    whole = gzip.compress(lines(*rows).encode())
    for damaged in (whole[: len(whole) // 2], whole[: len(whole) // 2] + b"\0" * 50 + whole[len(whole) // 2 + 50 :]):
        with pytest.raises(CallFileError, match="damaged or ends too early"):
            read(io.BytesIO(damaged))


def test_a_line_without_an_end_does_not_fill_the_memory():
    calls, outcomes = read(lines("x" * (3 * LONGEST_LINE), OVERDOSE))
    assert (calls.rejected, calls.calls) == (3, 1)
    assert max(len(o.reason) for o in outcomes if isinstance(o, Rejected)) < 100


@given(st.lists(st.text('ab,"\r\n é;', max_size=8), max_size=12))
def test_any_rubbish_between_two_good_rows_is_accounted_for(rubbish):
    read(lines(OVERDOSE, *rubbish, OVERDOSE))


# --- several rows for one call ---


def test_rows_of_one_person_are_one_call_and_two_people_are_two():
    calls, outcomes = read(
        odin(
            {"Administration ID": "7", "Dose Count": "2", "Third Party Admin Desc": "EMS"},
            {"Administration ID": "8"},
            {"Administration ID": "7", "Dose Count": "2", "Susp OD Drug Desc": "FENTANYL", "Survive": "N"},
            {"Victim ID": "2", "Naloxone Administered": "N", "Administration ID": "NULL", "Dose Count": "NULL"},
        ),
        "odin",
    )
    assert (calls.rows, calls.calls, calls.further) == (4, 2, 2)
    assert outcomes[:2] == [Further(3, 2), Further(4, 2)]
    first, second = outcomes[2:]
    assert (first.naloxone_doses, first.naloxone_by, first.row) == (3, ("ems", "police"), 2)
    assert (first.substances, first.outcome) == (("fentanyl", "heroin"), "fatal")
    assert (second.naloxone_doses, second.naloxone_by, second.outcome) == (0, (), "non_fatal")
    assert (first.town, first.place) == ("Delaware County", "")


def test_both_states_of_the_register_say_the_same():
    then = {"Incident ID": "1,001", "Victim ID": "12,345", "Incident Time": "NULL", "Naloxone Administered": "N",
            "Administration ID": "NULL", "Dose Count": "NULL"}  # fmt: skip
    now = {"Incident ID": "1001", "Victim ID": "12345", "Incident Time": "00:00:00", "Naloxone Administered": "N",
           "Administration ID": "0", "Dose Count": "0", "Third Party Admin Desc": "NA"}  # fmt: skip
    assert read(odin(then), "odin")[1] == read(odin(now), "odin")[1]


def test_an_identifier_that_is_missing_is_not_an_identity():
    (rejected,) = read(odin({"Victim ID": "NULL"}), "odin")[1]
    assert isinstance(rejected, Rejected)


def test_a_value_outside_the_list_is_unknown_and_counted():
    calls, (call,) = read(
        odin({"Survive": "?", "Susp OD Drug Desc": "XYLAZINE", "Dose Count": "many", "Third Party Admin Desc": "?"}),
        "odin",
    )
    assert (call.outcome, call.substances, call.naloxone_doses) == ("unknown", ("other",), None)
    assert call.naloxone_by == ("other",)
    assert calls.not_understood == {"Survive": 1, "Susp OD Drug Desc": 1, "Dose Count": 1, "Third Party Admin Desc": 1}


ROWS = st.fixed_dictionaries(
    {
        "Incident ID": st.sampled_from(["1", "2", "1,002", ""]),
        "Victim ID": st.sampled_from(["1", "2"]),
        "Incident Time": st.sampled_from(["NULL", "00:00:00", "02:30:00", "18:30:00", "late"]),
        "Susp OD Drug Desc": st.sampled_from(["HEROIN", "FENTANYL", "UNKNOWN", "NULL"]),
        "Survive": st.sampled_from(["Y", "N", "U", ""]),
        "Naloxone Administered": st.sampled_from(["Y", "N", ""]),
        "Administration ID": st.sampled_from(["1", "2", "NULL"]),
        "Dose Count": st.sampled_from(["1", "4", "NULL"]),
        "Third Party Admin Desc": st.sampled_from(["EMS", "OTHER", "NULL"]),
    }
)


@given(st.lists(ROWS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_never_changes_the_calls(rows, shuffling):
    shuffled = shuffling.sample(rows, len(rows))
    (one, calls), (other, again) = read(odin(*rows), "odin"), read(odin(*shuffled), "odin")
    assert facts(calls) == facts(again)
    assert (one.calls, one.further, one.rejected) == (other.calls, other.further, other.rejected)


# --- two calls, one event ---


def call(key, minute, **changes):
    (usual,) = read(lines(OVERDOSE))[1]
    return replace(usual, key=key, occurred_at=NOW + timedelta(minutes=minute), **({"place": "ELM ST"} | changes))


def test_two_calls_of_one_place_within_ten_minutes_are_offered_as_one():
    a, b, c = call("a", 0), call("b", 10, place="Elm  St"), call("c", 21)
    assert same_event([c, b, a]) == [(a, b)]
    assert same_event([a, b, c], within_minutes=11) == [(a, b), (b, c)]


@pytest.mark.parametrize(
    "other",
    [
        call("a", 1),
        call("b", 1, town="Ambler"),
        call("b", 1, place="OAK ST"),
        call("b", 1, kind="walk_in"),
        call("b", 1, time_known=False),
    ],
)
def test_the_same_call_again_or_another_place_town_kind_or_an_unknown_time_is_not(other):
    assert same_event([call("a", 0), other]) == []


def test_two_calls_without_a_place_are_not_one_event():
    assert same_event([call("a", 0, place=""), call("b", 1, place="")]) == []


# --- the real files ---


def real(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"The public call data are not here: {name} is not in the folder that ALONGSIDE_DATA names.")
    return path


LATER = "montco911/montco911_2015-12-10_2017-04-13.csv.gz"
EARLIER = "montco911/montco911_earlier_export_2015-12-10_2016-08-24.csv.gz"


@pytest.mark.parametrize(
    ("name", "profile", "rows", "found", "further", "keys"),
    [
        (LATER, "montgomery", 188_751, 2_387, 0, 2_386),
        (EARLIER, "montgomery-earlier", 99_492, 1_191, 0, 1_190),
        ("pa-odin/odin_export_2019-08.csv.gz", "odin", 11_673, 8_525, 3_148, 8_525),
        ("pa-odin/odin_export_2019-11.csv.gz", "odin", 13_888, 10_108, 3_780, 10_108),
    ],
)
def test_a_real_file_is_accounted_for_row_by_row(name, profile, rows, found, further, keys):
    calls, outcomes = read(real(name), profile)
    assert (calls.rows, calls.calls, calls.further, calls.rejected) == (rows, found, further, 0)
    assert len({o.key for o in outcomes if isinstance(o, Call)}) == keys
    assert (calls.dropped_columns, calls.not_understood) == ([], {})


def test_every_call_of_the_earlier_export_is_found_again_in_the_later_one():
    earlier, later = facts(read(real(EARLIER), "montgomery-earlier")[1]), facts(read(real(LATER))[1])
    assert {fact[:2] for fact in earlier} <= {fact[:2] for fact in later}


def test_the_earlier_export_under_the_later_profile_gives_no_wrong_time():
    calls, _ = read(real(EARLIER), "montgomery")
    assert (calls.calls, calls.rejected) == (0, 1_191)


def test_the_register_three_months_later_still_knows_every_call():
    then, now = (
        {o.key: o for o in read(real(f"pa-odin/odin_export_2019-{month}.csv.gz"), "odin")[1] if isinstance(o, Call)}
        for month in ("08", "11")
    )
    assert then.keys() <= now.keys()
    changed = [key for key, was in then.items() if was.occurred_at != now[key].occurred_at]
    assert len(changed) == 1
    assert sum(was.naloxone_doses != now[key].naloxone_doses for key, was in then.items()) == 1
    assert all(was.substances == now[key].substances and was.outcome == now[key].outcome for key, was in then.items())


def test_our_substances_agree_with_the_table_others_made_of_the_register():
    codes, persons = load_profile("odin").substances.values, {}
    with gzip.open(real("pa-odin/odin_wide_by_hackathon.csv.gz"), "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            drugs = {code for drug, code in codes.items() if row[drug.upper()] == "1"}
            persons[f"pa-odin\x1f{row['Incident ID']}\x1f{row['Victim ID']}"] = tuple(sorted(drugs))
    _, outcomes = read(real("pa-odin/odin_export_2019-11.csv.gz"), "odin")
    ours = {o.key: o.substances for o in outcomes if isinstance(o, Call)}
    assert ours.keys() <= persons.keys()
    assert sum(persons[key] != found for key, found in ours.items()) == 0
