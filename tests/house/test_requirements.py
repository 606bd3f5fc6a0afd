"""Every requirement has a test that names it or a reason why not, and every abuse case is played."""

import ast
import re

import pytest

from tests.house.requirements import (
    ABUSE,
    abuse_file,
    count_line,
    covered,
    each_test,
    named,
    requirements,
    whole,
    why_not_played,
)


def test_the_table_lists_all_seventy_once_and_in_order(capsys):
    ids = [row.id for row in requirements()]
    assert [whole(part) for part in dict.fromkeys(map(whole, ids))] == [f"R{n:02}" for n in range(1, 71)]
    assert len(set(ids)) == len(ids)
    assert [part for part in ids if len(part) > 3] == ["R68a", "R68b", "R68c", "R69a", "R69b", "R69c"]
    with capsys.disabled():
        print(f"\nrequirements: {count_line()}")


@pytest.mark.parametrize("row", requirements(), ids=lambda row: row.id)
def test_a_requirement_has_a_test_or_a_reason_and_not_both(row):
    assert row.sentence.endswith(".")
    assert not row.partly or (row.partly.endswith(".") and row.id in covered()), "partly is for what has tests"
    if row.id in covered():
        assert row.why_not == "", "there is a test now: take the reason out of requirements.csv"
    else:
        assert row.why_not.endswith("."), f"{row.id} has no test that names it, and no reason in requirements.csv"


def test_no_test_names_a_requirement_that_is_not_there():
    assert sorted(set(covered()) - {row.id for row in requirements()}) == []


def test_markers_are_found_as_they_are_written():
    tree = ast.parse('@pytest.mark.covers("R01", "R02")\n@pytest.mark.slow\ndef test_it(): ...')
    assert named(tree.body[0].decorator_list) == {"R01", "R02"}
    inside = ast.parse("class TestIt:\n    def test_one(self): ...\ndef test_two(): ...\ndef helper(): ...")
    assert [test.name for test in each_test(inside)] == ["test_two", "test_one"]


@pytest.mark.parametrize("case", ABUSE)
def test_every_abuse_case_is_played(case):
    assert why_not_played(abuse_file(case)) == ""


def test_there_is_no_abuse_module_without_a_case():
    found = {re.sub(r"test_abuse_(T\d\d)\.py", r"\1", path.name) for path in abuse_file("T01").parent.glob("test_*.py")}
    assert found <= set(ABUSE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"""Played."""\ndef test_it(): ...', ""),
        ('"""Played."""', "has no test"),
        ("def test_it(): ...", "does not say what is played"),
        ('"""Played."""\n@pytest.mark.skip\ndef test_it(): ...', "can be skipped"),
        ('"""Played."""\n@pytest.mark.skipif(True, reason="")\ndef test_it(): ...', "can be skipped"),
        ('"""Played."""\ndef test_it():\n    pytest.skip("later")', "can be skipped"),
    ],
)
def test_an_abuse_case_with_a_way_out_is_not_played(tmp_path, text, why):
    path = tmp_path / "test_abuse_T01.py"
    assert why_not_played(path) == "is not there"
    path.write_text(text)
    assert why_not_played(path) == why
