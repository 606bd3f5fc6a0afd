"""Random tables: how much is printed, by hiding small counts alone and by ours, and what a reader works out of each."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from alongside.suppression.protecting import protect  # noqa: E402  # the path first
from alongside.suppression.rules import Kin, count, may_show  # noqa: E402
from bench.suppression_reports import attack_reports  # noqa: E402
from tests.suppression.reader import Cube, derivable  # noqa: E402

TABLES = int(os.environ.get("ALONGSIDE_BENCH_TABLES", "10000"))
SITES = int(os.environ.get("ALONGSIDE_BENCH_SITES", "12"))
READ_ALONE = 500  # tables of hiding alone that the reader attacks; the rest only counts what is kept


def main() -> None:
    """Print shares of numbers kept, and small counts that SciPy's linear programs narrow down to fewer than eleven values."""
    numbers = alone = ours = broken = broken_alone = small = small_alone = 0
    spent = 0.0
    for seed in range(TABLES):
        chance = random.Random(seed)
        cube = Cube(chance, 1, chance.randint(1, 5), chance.randint(1, 4))
        table = cube.table(cube.domains["month"], "town", "outcome")
        kin = Kin(domains={name: values for name, values in cube.domains.items() if name != "month"})
        started = time.perf_counter()
        shown = protect(table, kin=kin).counts
        spent += time.perf_counter() - started
        naive = [count(one.of, one.value if may_show(one.value or 0) else None, **dict(one.where)) for one in table]
        few = sum(not may_show(one.value or 0) for one in table)
        numbers, small = numbers + len(table), small + few
        alone += sum(one.value is not None for one in naive)
        ours += sum(one.value is not None for one in shown)
        broken += derivable(cube, shown)
        if seed < READ_ALONE:
            broken_alone, small_alone = broken_alone + derivable(cube, naive), small_alone + few
        if seed % 1000 == 999:  # a sign of life
            print(f"suppression: {seed + 1:,} tables, {broken} derivable", file=sys.stderr, flush=True)
    print(f"suppression: {TABLES:,} random tables, {numbers:,} numbers, {small:,} of them 1 to 10")
    print(f"suppression: hiding these alone keeps {alone / numbers:.1%}; of the first {min(READ_ALONE, TABLES):,} tables "
          f"a reader works out {broken_alone:,} of {small_alone:,}")  # fmt: skip
    print(f"suppression: ours keeps {ours / numbers:.1%}; a reader works out {broken:,} of {small:,}; "
          f"{1000 * spent / TABLES:.1f} ms a table")  # fmt: skip
    if SITES:
        print(f"suppression: the reports as they ship, {attack_reports(SITES)}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
