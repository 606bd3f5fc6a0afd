"""“Need → service” on the Philadelphia lists: the columns are hidden, the words are searched, the columns say who was right.

What no column says (Spanish) was read by hand: names of programs whose note says that Spanish is spoken.
"""

import csv

import pytest

from alongside.services.rules import features_in, languages_in, needs_of

LISTS = ("dbhids_mat_walkin_2020-winter.csv", "dbhids_mat_walkin_geocoded_2020-02.csv")
# Name and the beginning of the address, both states of the list alike.
SPEAKS_SPANISH = {
    ("Addiction Medicine and", "928"), ("Asociacion Puertorriqu", "4301"), ("COMHAR", "2055"), ("The Consortium", "451"),
    ("Gaudenzia Outreach", "1306"), ("GPass", "4943"), ("Interim House Inc - PH", "333"), ("JEVS Human Services - ", "1745"),
    ("North Phila Health Sys", "801"), ("NET Centers", "4625"), ("Pathways to Housing*", "5201"),
    ("Pathways to Recovery (", "2301"), ("Penn Medicine Presbyte", "3910"), ("PHMC Care Clinic MAT P", "1200"),
    ("Prevention Point*", "2913-2915"), ("Thomas Jefferson Unive", "21st"), ("Belmont Behavioral Hea", "4200"),
    ("Wedge Medical Center*", "3609"),
}  # fmt: skip


def rows(real_file, name):
    with real_file(f"philadelphia/{name}").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def prose(row):
    """Everything of a program that is written and is no answer of a column."""
    return "\n".join((row["ProgramName"], row["Notes (DBHIDS TAD)"], row["Website"]))


def yes(column):
    return lambda row: row[column].strip().lower() == "yes"


def spanish(row):
    return (row["ProgramName"].replace("Comhar", "COMHAR")[:22], row["Address"].split(" ")[0]) in SPEAKS_SPANISH


ITEMS = {
    "buprenorphine": (yes("Buprenorphine?"), lambda words: "buprenorphine" in features_in(words)),
    "methadone": (yes("Methadone?"), lambda words: "methadone" in features_in(words)),
    "naltrexone": (yes("Vivitrol?"), lambda words: "naltrexone" in features_in(words)),
    "same day": (yes("Same-day induction during walk-in hours?"), lambda words: "same_day" in features_in(words)),
    "same day, by “walk-in”": (yes("Same-day induction during walk-in hours?"), lambda words: "walk_in" in features_in(words)),
    "Spanish": (spanish, lambda words: "Spanish" in languages_in(words)),
}  # fmt: skip


def measured(programs, truth, guess):
    right = sum(truth(row) and guess(prose(row)) for row in programs)
    return right, sum(guess(prose(row)) for row in programs), sum(truth(row) for row in programs)


# How many are found at least; none wrongly. Both states of the list have the same notes, and prose names a medication once
# and “same day” never: that is the finding. A note of walk-in hours says it here, but the words do not, so it is not inferred.
FLOORS = {
    "buprenorphine": (1, 26), "methadone": (1, 15), "naltrexone": (1, 26), "same day": (0, 10),
    "same day, by “walk-in”": (10, 10), "Spanish": (18, 18),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("item", ITEMS)
def test_what_prose_alone_finds(real_file, name, item):
    programs = rows(real_file, name)
    truth, guess = ITEMS[item]
    right, found, there = measured(programs, truth, guess)
    precision = f"{right / found:.2f}" if found else "none found"
    print(
        f"\n{name} {item}: precision {precision}, recall {right / there:.2f} ({right} of {there}, {found} found)",
        end="",
    )
    floor, of = FLOORS[item]
    assert there == of
    assert right >= floor
    assert found == right


def test_prose_alone_finds_few_of_the_medication_programs(real_file):
    """Why the columns are kept by the import: only one name in ten says what the program gives."""
    programs = rows(real_file, LISTS[1])
    found = [row for row in programs if "medication" in needs_of(row["ProgramName"], (), row["Notes (DBHIDS TAD)"])]
    print(f"\nmedication: {len(found)} of {len(programs)} programs found by name and note")
    assert 0 < len(found) < len(programs)


def test_a_health_center_is_not_said_to_give_what_the_report_denies(real_file):
    """The notes of these 53 rows mostly say that there is no such program, or where else there is one."""
    centers = rows(real_file, "philly_health_centers_mat.csv")
    said = {}
    for row in centers:
        words = "\n".join((row["HealthCenter"], row["ShortName"], row["Notes"], row[""]))
        for feature in features_in(words) & {"buprenorphine", "methadone", "naltrexone"}:
            said.setdefault(feature, []).append((row["MAT"], row["Buprenorphine Providers"]))
    print(f"\nhealth centers: {said}; the column says {sum(row['MAT'] == 'Yes' for row in centers)} of {len(centers)}")
    assert said == {"naltrexone": [("Yes", "0")]}
