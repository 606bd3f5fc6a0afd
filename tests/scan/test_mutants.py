"""The golden table notices wrong versions of `decide`: not only that it passes, but that it would not pass otherwise."""

import ast

import pytest

from tests.scan.mutants import DEMANDED, SOURCE, TABLES, Mutant, expected, measure, mutants, notices, questions


@pytest.mark.covers("R20")
def test_nearly_every_wrong_version_of_the_decision_is_noticed():
    total, survivors = measure()
    assert total > 300
    assert (total - len(survivors)) / total >= DEMANDED, "\n".join(survivors)


def test_every_part_of_the_decision_is_changed_and_no_change_is_none():
    every = list(mutants(SOURCE.read_text()))
    right = [ast.unparse(part) for part in ast.parse(SOURCE.read_text()).body]
    assert {mutant.label.split(",")[0] for mutant in every} == {"decide", *TABLES}
    assert [mutant.label for mutant in every if mutant.part == right[mutant.place]] == []
    assert len({(mutant.place, mutant.part) for mutant in every}) > 0.9 * len(every)


def test_an_asker_who_asks_too_little_misses_wrong_versions():
    """The score means something only when a poor test would have a poor one."""
    denied = [pair for pair in questions() if pair[1] == "role"][:5000]
    found = [mutant for mutant in list(mutants(SOURCE.read_text()))[::5] if not notices(mutant, denied)]
    assert len(found) > 20


def test_the_right_version_and_one_that_does_not_start():
    asked = questions()
    assert not notices(Mutant("right", ast.parse(SOURCE.read_text())), asked)
    assert notices(Mutant("broken", ast.parse("1 / 0")), asked)
    assert len(asked) > 100_000


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (("recovery_coach", "recovery", "coach_followup", "health", "none", "own"), "yes"),
        (("recovery_coach", "recovery", "coach_followup", "part2", "none", "own"), "none"),
        (("recovery_coach", "recovery", "coach_followup", "part2", "ended", "own"), "ended"),
        (("recovery_coach", "recovery", "coach_followup", "health", "none", "restricted"), "restricted"),
        (("recovery_coach", "police", "coach_followup", "health", "none", "own"), "police"),
        (("recovery_coach", "recovery", "somebody_new", "health", "none", "own"), "unknown"),
        (("administrator", "health", "coach_followup", "health", "none", "own"), "role"),
    ],
)
def test_what_is_expected_is_read_by_hand(case, reason):
    assert expected(*case) == reason
