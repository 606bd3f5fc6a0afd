"""T14: a reader of reports, allowed to read counts, works out who somebody in a small town was.

The reader takes every page and every file of every month there is, knows which towns and which table there are, and uses
what a patient mind and a laptop have: sums, a linear program, differences between months, towns and readings.
What is left over: knowledge from outside (“I know that all the others survived”). Entries that come late change nothing
that was printed; a correction is a later version that hides what changed by a few.
"""

import csv
import random
import re
from datetime import UTC, datetime
from io import StringIO
from itertools import combinations

import numpy as np
import pytest
from django.urls import get_resolver, reverse
from scipy.optimize import linprog

from alongside.accounts.models import Town
from alongside.cases.models import Case
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.people.actions import add_person
from alongside.reports import views
from tests import cast as casting
from tests.house.test_crawl import patterns

NOW = datetime(2026, 7, 20, 12, tzinfo=UTC)
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
TOWNS = ("Aldervale", "Brackenford", "Cold Spring", "Dunmere", "Eastpoint", "Westpoint")
OUTCOMES = ("Survived", "Died", "Not known")
SMALLEST, MANY = 11, 100_000


@pytest.fixture
def truth(ours):
    """Four months of incidents in six towns, most cells small, as they are in small towns: (month, town, outcome) → count."""
    chance, counts = random.Random(14), {}
    towns = {town.name: town for town in ours.towns}
    for name in TOWNS:
        towns.setdefault(name, None)
        towns[name] = towns[name] or Town.objects.create(program=ours.program, name=name)
    people = [add_person(by=ours.actor("coordinator")) for _ in range(30)]
    for month in MONTHS:
        at = datetime(int(month[:4]), int(month[5:]), 10, 12, tzinfo=UTC)
        for name in TOWNS:
            for label, code in zip(OUTCOMES, ("non_fatal", "fatal", "unknown"), strict=True):
                count = chance.choice([0, 1, 2, 4, 7, 12, 14, 25, 40])
                counts[month, name, label] = count
                Incident.objects.bulk_create(
                    Incident(program=ours.program, source="test", source_digest=str(casting.new_id()), kind="overdose",
                             town=towns[name], outcome=code, occurred_at=at, entered_at=at)
                    for _ in range(count)
                )  # fmt: skip
        Case.objects.bulk_create(
            Case(program=ours.program, person=person, town=towns["Eastpoint"], event_at=at, opened_at=at, due_at=at,
                 contact_due_at=at, status="closed", closed_at=at, outcome="goals_met")
            for person in people[: chance.choice([3, 9, 14, 30])]
        )  # fmt: skip
    return counts


@pytest.fixture
def reader(ours, client, monkeypatch):
    monkeypatch.setattr(views, "clock", lambda: NOW)
    client.force_login(ours.users["epidemiologist"])
    return client


def file_of(reader, month, **more):
    answer = reader.get(reverse("reports:month_csv"), {"month": month} | more)
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) if answer.status_code == 200 else []


def town_lines(lines):
    """(row, column) → printed number, None when hidden, of the table of towns."""
    return {
        (row, column): None if number == "hidden" else int(number)
        for section, row, column, number, *_ in lines[1:]
        if section == "Incidents by town"
    }


class Mind:
    """One month's table of towns with everything printed about it as equations."""

    def __init__(self, printed, incidents):
        rows = [row for row in dict.fromkeys(row for row, _ in printed) if row != "All towns"]
        self.cells = [(row, column) for row in rows for column in OUTCOMES]
        self.bounds = [
            (0, MANY) if printed[cell] is None else (printed[cell], printed[cell]) for cell in self.cells
        ]
        sums = [([row], OUTCOMES, printed[row, "All"]) for row in rows]
        sums += [(rows, (column,), printed["All towns", column]) for column in OUTCOMES]
        sums += [(rows, OUTCOMES, printed["All towns", "All"]), (rows, OUTCOMES, incidents)]
        self.goals = {cell: self.mask([cell[0]], (cell[1],)) for cell in self.cells if printed[cell] is None}
        self.goals |= {(tuple(r), tuple(c)): self.mask(r, c) for r, c, number in sums if number is None}
        known = [(self.mask(r, c), number) for r, c, number in sums if number is not None]
        self.equations = np.array([mask for mask, _ in known]) if known else None
        self.numbers = np.array([number for _, number in known]) if known else None

    def mask(self, rows, columns):
        return np.array([float(row in rows and column in columns) for row, column in self.cells])

    def range_of(self, goal):
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=self.equations, b_eq=self.numbers, bounds=self.bounds, method="highs")
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends


@pytest.mark.covers("R65")
def test_no_cell_of_any_month_is_worked_out(truth, reader):
    hidden = 0
    for month in MONTHS:
        lines = file_of(reader, month)
        printed = town_lines(lines)
        incidents = next(number for _, row, _, number, *_ in lines[1:] if row == "Incidents")
        assert not [number for number in printed.values() if number is not None and 0 < number < SMALLEST]
        for (row, column), number in printed.items():
            if row in TOWNS and column in OUTCOMES and number is not None:
                assert number == truth[month, row, column]
        mind = Mind(printed, None if incidents == "hidden" else int(incidents))
        for cell, goal in mind.goals.items():
            low, high = mind.range_of(goal)
            hidden += 1
            assert high - low >= SMALLEST - 2, f"{month}: {cell} lies between {low} and {high}"
    assert hidden > 20, "the attack needs something to attack"


@pytest.mark.covers("R65")
def test_the_attack_would_succeed_against_small_cells_hidden_alone(truth):
    """Without a second hidden cell in each row and column, the same mind works nearly everything out."""
    solved = 0
    for month in MONTHS:
        cells = {(town, outcome): truth[month, town, outcome] for town in TOWNS for outcome in OUTCOMES}
        printed = {cell: None if 0 < count < SMALLEST else count for cell, count in cells.items()}
        printed |= {(town, "All"): sum(cells[town, outcome] for outcome in OUTCOMES) for town in TOWNS}
        printed |= {("All towns", outcome): sum(cells[town, outcome] for town in TOWNS) for outcome in OUTCOMES}
        printed["All towns", "All"] = sum(cells.values())
        mind = Mind(printed, None)
        solved += sum(high - low < SMALLEST - 2 for low, high in map(mind.range_of, mind.goals.values()))
    assert solved > 5


@pytest.mark.covers("R66")
def test_nothing_but_whole_months_that_are_over_can_be_asked_for(truth, reader, ours):
    whole = reader.get(reverse("reports:month_csv"), {"month": "2026-05"}).content
    for more in ({"town": "Eastpoint"}, {"from": "2026-05-01", "to": "2026-05-02"}, {"day": "10"}, {"sex": "f"},
                 {"kind": "overdose"}, {"outcome": "fatal"}, {"program": str(ours.program.id)}):  # fmt: skip
        assert reader.get(reverse("reports:month_csv"), {"month": "2026-05"} | more).content == whole
    for span in ("2026", "2026-05-10", "2026-Q2", "2026-05/2026-06", "2026-W19"):
        assert reader.get(reverse("reports:month_csv"), {"month": span}).status_code == 404
    # The month that runs is a live counter: today less yesterday is one person.
    assert file_of(reader, "2026-07") == []
    assert reader.get(reverse("reports:month"), {"month": "2026-07"}).status_code == 404


@pytest.mark.covers("R66")
def test_no_two_printed_numbers_that_lie_within_each_other_differ_by_a_small_one(truth, reader):
    """Numbers of one month that count the same people by steps; months have nobody in common that a sum could tell."""
    nested = ("Incidents", "Incidents with a person", "Cases opened", "Contact tried", "The person reached")
    compared = 0
    for month in MONTHS:
        lines = {(section, row): number for section, row, _, number, *_ in file_of(reader, month)[1:]}
        steps = [lines["From the event to help", name] for name in nested]
        shown = [int(number) for number in steps if number != "hidden"]
        for one, other in combinations(shown, 2):
            compared += 1
            assert abs(one - other) == 0 or abs(one - other) >= SMALLEST
    assert compared > 3


@pytest.mark.covers("R67")
def test_the_file_holds_none_of_the_identifiers_of_a_person(truth, reader, ours):
    """45 CFR 164.514(b)(2): no name, no street, no day, no age, no id, no code: labels, numbers, and what they count."""
    codes = {person.code for person in ours.program.person_set.all()} if hasattr(ours.program, "person_set") else set()
    ids = {str(pk) for pk in Case.objects.values_list("pk", flat=True)}
    for month in MONTHS:
        answer = reader.get(reverse("reports:month_csv"), {"month": month}).content.decode("utf-8-sig")
        lines = list(csv.reader(StringIO(answer)))[1:]
        assert {len(line) for line in lines} == {7}
        words = r"\d+(\.\d+)?|hidden|not collected|not yet known"
        assert all(re.fullmatch(words, line[3]) for line in lines if line[0] != "About")
        assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d|@|\(\d{3}\)", answer)
        assert not [one for one in codes | ids if one in answer]
        assert casting.canaries_in(answer) == set()
        towns = {row for section, row, *_ in lines if section == "Incidents by town"}
        assert not [town for town in towns & set(TOWNS) if sum(truth[month, town, o] for o in OUTCOMES) < SMALLEST]


@pytest.mark.slow  # which addresses give a file hangs on no database
@pytest.mark.covers("R68b", "R15")
def test_there_is_no_file_with_people_and_each_file_is_written_down(ours, reader):
    """Whatever address gives a file, for whatever role, it is the month in counts; so nothing needs a second approver."""
    files = {}
    for role, user in ours.users.items():
        reader.force_login(user)
        for route, arguments, _ in patterns(get_resolver()):
            if not arguments:
                answer = reader.get("/" + route)
                if "attachment" in answer.headers.get("Content-Disposition", ""):
                    files.setdefault(route, set()).add(role)
    assert set(files) == {"reports/month.csv", "reports/month.xlsx", "reports/month.pdf", "reports/measures.json"}
    entries = Entry.objects.filter(verb="report_read", detail__form="file")
    assert entries.count() == sum(map(len, files.values()))
