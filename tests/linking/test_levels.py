"""What SQL says of a pair is what recognition itself says of it."""

import json
import subprocess

import pytest

from alongside.identity.linkage import default_model
from alongside.linking.levels import LEVELS
from tests.linking.environments import SPLINK, TOP, needs_splink, python_with

# The sex is left out in SQL only where the first names are the very same: a bit of evidence, and no pair lost by it.
MAY_DIFFER = 0.01
SPARK = python_with("pyspark", ".spark")


def test_every_level_of_the_model_that_an_engine_can_see_is_there():
    for kind, (_unknown, levels) in LEVELS.items():
        missing = set(default_model().levels[kind]) - {level for level, _when in levels}
        # They are told only where a name or a date is missing, and SQL says nothing there.
        assert missing <= {"crossed", "untold"}, kind


def agreement(python: str, engine: str, people: int) -> dict:
    done = subprocess.run(
        [python, "-P", "-m", "tests.linking.agreeing", engine, str(people)], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(TOP), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def agree(found: dict) -> None:
    assert found["pairs"] > 300
    assert sum(found["differ"].values()) < MAY_DIFFER * found["levels"], found["differ"]
    assert sum(count for words, count in found["differ"].items() if not words.startswith("sex")) < found["levels"] / 1000
    assert found["compared"] > 0.9 * found["pairs"]
    assert found["widest"] < 1e-6


@needs_splink
def test_sql_and_recognition_find_the_same_levels_and_weights():
    agree(agreement(SPLINK, "duckdb", 2000))


@pytest.mark.nightly
@pytest.mark.skipif(not SPARK, reason="PySpark is not there: ./run alongside link --engine spark makes .spark once")
def test_spark_and_recognition_find_the_same_levels_and_weights():
    agree(agreement(SPARK, "spark", 2000))
