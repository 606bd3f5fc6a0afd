"""The requirements, the tests that name them, and the abuse cases that are played: read from the tests themselves."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.source import TOP

TESTS = TOP / "tests"
TABLE = TESTS / "house" / "requirements.csv"
ABUSE = {
    "T01": "A curious officer looks up a neighbor",
    "T02": "Somebody inside hunts a former partner",
    "T03": "A detective wants a person or a witness",
    "T04": "An outreach officer knows of a warrant from elsewhere",
    "T05": "A subpoena, a warrant, a discovery motion or a records request",
    "T06": "Immigration or child welfare asks",
    "T07": "A stolen or seized phone",
    "T08": "A careless or malicious partner takes all it can",
    "T09": "An attacker from the web",
    "T10": "A bribed administrator or a taken-over machine",
    "T11": "Somebody carries the database or a backup away",
    "T12": "Ransomware or a wiper",
    "T13": "A poisoned package",
    "T14": "A reader of reports works out who it was",
    "T15": "Recognition across towns is used to find people",
    "T16": "A change of purpose creeps in: one more field, one more role",
    "T17": "The team's safety is turned against the person's privacy",
}


@dataclass(frozen=True)
class Requirement:
    """One line of the table."""

    id: str
    sentence: str
    why_not: str
    partly: str  # tested, and what of it is not there or not shown


@cache
def requirements() -> tuple[Requirement, ...]:
    """Every requirement in order, R01 to R70; R68 and R69 in three parts."""
    with TABLE.open(newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Requirement(row["id"], row["sentence"], row["why_not"] or "", row["partly"] or "") for row in rows)


def whole(part: str) -> str:
    """The requirement a part belongs to: R68a → R68."""
    return part[:3]


def named(decorators: list[ast.expr]) -> set[str]:
    """The requirements that decorators name."""
    calls = [node for node in decorators if isinstance(node, ast.Call)]
    covers = [call for call in calls if ast.unparse(call.func) == "pytest.mark.covers"]
    return {ast.literal_eval(argument) for call in covers for argument in call.args}


def of_whole_file(tree: ast.Module) -> set[str]:
    """What `pytestmark` names for every test of a file."""
    values = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"]
    marks = [mark for value in values for mark in (value.elts if isinstance(value, ast.List) else [value])]
    return named(marks)


def each_test(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The test functions of a file, those of its classes too."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in [*tree.body, *(inner for one in classes for inner in one.body)]:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


@cache
def covered() -> dict[str, tuple[str, ...]]:
    """Requirement → the tests that name it, as module::test."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        always = of_whole_file(tree)
        for test in each_test(tree):
            for name in named(test.decorator_list) | always:
                found.setdefault(name, []).append(f"{path.relative_to(TESTS)}::{test.name}")
    return {name: tuple(tests) for name, tests in found.items()}


def executing() -> set[str]:
    """The requirements of which every part has a test."""
    parts: dict[str, list[bool]] = {}
    for row in requirements():
        parts.setdefault(whole(row.id), []).append(row.id in covered())
    return {name for name, tested in parts.items() if all(tested)}


def count_line() -> str:
    """How many requirements are listed, and how many are shown by tests."""
    listed = {whole(row.id) for row in requirements()}
    parts = sum(row.id in covered() for row in requirements())
    lacking = sum(bool(row.partly) for row in requirements())
    return (
        f"{len(listed)}/70 listed, {len(executing())} executing ({parts} of {len(requirements())} lines have tests, "
        f"{lacking} of them with something that is not there yet)"
    )


def abuse_file(case: str) -> Path:
    return TESTS / "abuse" / f"test_abuse_{case}.py"


def why_not_played(path: Path) -> str:
    """What is wrong with an abuse case: not there, empty, or with a way out; an empty string when it is played."""
    if not path.exists():
        return "is not there"
    tree = ast.parse(path.read_text())
    if not list(each_test(tree)):
        return "has no test"
    ways_out = {"pytest.skip", "pytest.xfail", "pytest.importorskip"}
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    marks = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if calls & ways_out or marks & {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}:
        return "can be skipped"
    return "" if ast.get_docstring(tree) else "does not say what is played"


def page() -> str:
    """The page: every requirement with its tests or its reason, and the abuse cases."""
    lines = [
        "# Requirements and the tests that show them\n",
        "*Printed from the tests by `./run reference`; do not edit.*\n",
        f"**{count_line()}.** A requirement is executing when a test names it with `covers`; where there is none, the reason "
        "is written. What of it is not built, or not shown by a test, stands under the sentence.\n",
        "| | requirement | shown by |\n|---|---|---|",
    ]
    for row in requirements():
        tests = "<br>".join(f"`{test}`" for test in covered().get(row.id, ()))
        lacking = f"<br>*Not yet: {row.partly}*" if row.partly else ""
        lines.append(f"| {row.id} | {row.sentence}{lacking} | {tests or f'*not yet: {row.why_not}*'} |")
    lines += ["\n## Abuse cases\n", "Each is played from beginning to end; none may be skipped.\n",
              "| | who and what | module | tests |\n|---|---|---|---|"]  # fmt: skip
    for case, words in ABUSE.items():
        path = abuse_file(case)
        tests = len(list(each_test(ast.parse(path.read_text())))) if path.exists() else 0
        lines.append(f"| {case} | {words} | `abuse/{path.name}` | {tests or why_not_played(path)} |")
    return "\n".join(lines) + "\n"
