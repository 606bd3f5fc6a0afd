"""Reads what coverage saw of `decide`: every line and every branch, or the build fails and names what was not walked."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

from coverage import Coverage

from alongside.consent import rules

SOURCE = Path(rules.__file__)


def lines_of(name: str) -> tuple[int, int]:
    """First and last line of a function of the rules."""
    tree = ast.parse(SOURCE.read_text())
    found = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return found.lineno, found.end_lineno or found.lineno


def main() -> None:
    """Print the counts; fail when a line or a branch of `decide` was not walked."""
    data = Coverage(data_file=os.environ["COVERAGE_FILE"], branch=True, config_file=False)
    data.load()
    first, last = lines_of("decide")
    analysis = data._analyze(str(SOURCE))  # the only way to ask for one function
    missing = sorted(line for line in analysis.missing if first <= line <= last)
    arcs = {line: count for line, count in analysis.branch_stats().items() if first <= line <= last}
    walked, there = sum(taken for _, taken in arcs.values()), sum(total for total, _ in arcs.values())
    print(f"decide(): {walked} of {there} branches walked by the golden table, {len(missing)} lines not")
    if there == 0 or walked != there or missing:
        print(f"  not walked: lines {missing}, branches at {[n for n, (all_, taken) in arcs.items() if all_ != taken]}")
        sys.exit(1)


if __name__ == "__main__":
    main()
