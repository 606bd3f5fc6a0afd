"""The hours of the Miami package: the words of each row against the columns the list made of them."""

import csv
import io
import os
import zipfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from alongside.services.hours import parse
from alongside.services.records import Tidy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "hours.md"
PACKAGE = "hsds-miami/open211_miami_hsds11_2019-07.zip"
# The page is made anew with ALONGSIDE_WRITE_HOURS=1.
MARK = "<!-- from here on written by tests/services/test_hours_of_a_real_list.py -->\n"


def clock(cell):
    """The time of a cell, or None where the list kept something else in it (“8:00”, “9:00 am” and the like count)."""
    words = cell.strip().lower().replace(" ", "")
    for form in ("%I:%M%p", "%I%p"):
        try:
            return datetime.strptime(words, form).time()  # noqa: DTZ007 - a time of the day
        except ValueError:
            continue
    return None


@pytest.fixture(scope="module")
def compared():
    """Each distinct text: its services, what `parse` understood, and what the columns of its rows say."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    path = Path(os.environ.get("ALONGSIDE_DATA", str(beside))) / PACKAGE
    if not path.exists():
        pytest.skip(f"The public file {PACKAGE} is not in the data folder; set ALONGSIDE_DATA to have this test.")
    columns, services, tidy = defaultdict(set), defaultdict(set), Tidy()
    with zipfile.ZipFile(path) as package:
        rows = csv.DictReader(io.TextIOWrapper(package.open("data/regular_schedules.csv"), "utf-8"))
        for row in rows:
            text = tidy.text(row["original_text"], "")
            columns[text].add((row["weekday"][:2].upper(), clock(row["opens_at"]), clock(row["closes_at"])))
            services[text].add(row["service_id"])
    return [(text, len(services[text]), parse(text), columns[text]) for text in sorted(columns)]


def triples(rules):
    return {(day, rule.opens_at, rule.closes_at) for rule in rules for day in rule.byday.split(",")}


def kinds(compared):
    found = {"agree": [], "different": [], "not understood": []}
    for text, services, rules, columns in compared:
        kind = "not understood" if rules is None else "agree" if triples(rules) == columns else "different"
        found[kind].append((text, services))
    return found


def test_most_of_the_real_hours_are_understood(compared):
    found = kinds(compared)
    texts = {kind: len(lines) for kind, lines in found.items()}
    services = {kind: sum(count for _text, count in lines) for kind, lines in found.items()}
    print(f"\ntexts {texts}, services {services}; not understood:")
    print("\n".join(f"  {text!r}" for text, _services in found["not understood"]))
    assert texts["agree"] >= 197
    assert texts["agree"] + texts["different"] >= 410
    assert services["agree"] + services["different"] >= 2456
    assert sum(texts.values()) == 543


def test_where_words_and_columns_differ_the_columns_lost_something(compared):
    """In each of the 213: the columns kept the first hours of the text alone, or none, for the days they kept at all.

    So each cell that can be read at all is either what the words say of that day, or the first hours of the text put on a
    day that has others; no cell says hours other than the first. It presumes our own reading of the words.
    """
    for text, _services, rules, columns in compared:
        if rules is None:
            continue
        first, days = (
            (rules[0].opens_at, rules[0].closes_at),
            {day[-2:] for rule in rules for day in rule.byday.split(",")},
        )
        for day, opens, closes in columns:
            assert day in days, text
            assert opens in (None, first[0]), text
            assert closes in (None, first[1]), text


def test_the_page_says_what_was_measured(compared):
    found = kinds(compared)
    total = {kind: (len(lines), sum(count for _text, count in lines)) for kind, lines in found.items()}
    lines = ["| | texts | services |\n|---|---|---|\n"]
    lines += [f"| {kind} | {texts} | {services} |\n" for kind, (texts, services) in total.items()]
    lines += ["\n## Not understood, and so shown as written\n\n"]
    lines += [
        f"- `{' '.join(text.split())[:110]}`\n"
        for text, _ in found["not understood"]
    ]
    page = PAGE.read_text(encoding="utf-8").split(MARK)[0] + MARK + "\n" + "".join(lines)
    if os.environ.get("ALONGSIDE_WRITE_HOURS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
