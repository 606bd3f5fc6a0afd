"""The process that sees everybody: descriptions in by a pipe, a model and pairs of numbers out by another, nothing on a disk.

`python -m alongside.linking.worker`, in an environment with Splink; it has no keys, no database and no settings. It dies
with whoever started it, leaves no core file, and what went wrong is told by its kind alone: a message may hold a name.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import pyarrow as arrow

from alongside.identity.description import Description
from alongside.identity.linkage import Model, Verdict, dump_model, load_model, verdict_on
from alongside.linking import training
from alongside.linking.columns import LISTS, NAME, NUMBERS, PERSON, Names, Reader, Row, people_sql
from alongside.linking.rules import believable, blended, listed, may_train

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
AT_A_TIME = 50_000
PAIRS_AT_A_TIME = 2000
# A pair is looked at closely from so many bits below the least that can be asked about.
SLACK_BITS = 3.0
ROMAN = {"2": "ii", "3": "iii", "4": "iv"}
SEEN = (
    "id", "given_id", "family_id", "middle", "suffix", "born_text", "sex", "phone", "house", "street", "town", "other",
)  # fmt: skip
Tell = Callable[[dict[str, Any]], None]


def hide() -> None:
    """Die with the parent, leave no core file, and let no other process of this user read this memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(PR_SET_DUMPABLE, 0)
        if os.getppid() == 1:  # the parent was gone before
            raise SystemExit(1)


@dataclass
class People:
    """Everybody, as Arrow tables, and what only the last look needs."""

    reader: Reader = field(default_factory=Reader)
    batches: list[Any] = field(default_factory=list)
    count: int = 0
    programs: list[int] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=list)

    def add(self, program: int, who: Description) -> None:
        """One more person; their number is how many came before."""
        self._rows.append(self.reader.row(self.count, program, who))
        self.programs.append(program)
        self.count += 1
        if len(self._rows) == AT_A_TIME:
            self.flush()

    def flush(self) -> None:
        """Put what came since into a table."""
        if self._rows:
            self.batches.append(table_of(self._rows, PERSON))
            self._rows = []

    def put_into(self, engine: training.Engine, model: Model) -> None:
        """Make the tables `people`, `frequent_given` and `frequent_family`."""
        self.flush()
        engine.put("person", arrow.Table.from_batches(self.batches))
        self.batches = []
        for kind, names in (("given", self.reader.given), ("family", self.reader.family)):
            engine.put(kind, arrow.Table.from_batches([table_of(names.rows, NAME)]))
            shares = [(value, model.frequency(kind, value)) for value in sorted(set(names.values.values())) if value]
            engine.put(f"frequent_{kind}", arrow.table({kind: [v for v, _ in shares], f"tf_{kind}": [s for _, s in shares]}))
        engine.make("people", people_sql())


def table_of(rows: list[Row], names: tuple[str, ...]) -> Any:
    """Rows as one Arrow batch."""
    columns = [arrow.array(column, _type(name)) for name, column in zip(names, zip(*rows, strict=True), strict=True)]
    return arrow.record_batch(columns, names=list(names))


def _type(name: str) -> Any:
    if name in NUMBERS:
        return arrow.int32()
    return arrow.list_(arrow.string()) if name in LISTS else arrow.string()


def counted(names: Names) -> list[tuple[str, int]]:
    """How many records carry each value of a name."""
    found: dict[str, int] = {}
    for index, count in names.count.items():
        found[names.values[index]] = found.get(names.values[index], 0) + count
    return list(found.items())


def with_names(model: Model, reader: Reader) -> Model:
    """The model with this site's frequencies of frequent names."""
    shares = {
        kind: listed(counted(names), model.rare.get(kind, 0.0))
        for kind, names in (("given", reader.given), ("family", reader.family))
    }
    return Model(**{name: getattr(model, name) for name in model.__dataclass_fields__} | {"frequencies": shares})


def expected_matches(engine: training.Engine) -> float:
    """About how many pairs are one person, by those that agree in both names and the date of birth."""
    sql = (
        "select sum(c * (c - 1) / 2) from (select count(*) as c from people where given is not null and family is not null"
        " and born is not null group by program, given, family, born) alike"
    )
    return float(next(engine.rows(sql))[0] or 0.0) / 0.6


def train(engine: training.Engine, people: People, model: Model) -> Model:
    """The model of this site: chances by Splink, frequencies of its own names."""
    matches = expected_matches(engine)
    prior = max(matches / max(people.count * (people.count - 1) / 2, 1), 0.05 / people.count)
    linker = training.linker_for(engine, model, min(prior, 0.01))
    return blended(model, training.learn(linker), people.count, matches)


def look_closely(engine: training.Engine, people: People, pairs: str, model: Model) -> Iterator[tuple[int, int, Verdict]]:
    """The verdict of recognition itself on each candidate pair, as at the door of its program; two people are left out."""
    sized = {program: model.for_size(count) for program, count in Counter(people.programs).items()}
    columns = [", ".join(f"{side}.{column}" for column in SEEN) for side in ("a", "b")]
    sql = (
        f"select {', '.join(columns)} from {pairs} p"  # noqa: S608  # nosec B608  # our own names
        " join person a on p.id_l = a.id join person b on p.id_r = b.id"
    )
    given, family = (list(names.ids) for names in (people.reader.given, people.reader.family))
    width = len(SEEN)
    for row in engine.rows(sql):
        one, other = _described(row[:width], given, family), _described(row[width:], given, family)
        verdict = verdict_on(one, other, sized[people.programs[row[0]]])
        if verdict.answer != "new":
            yield row[0], row[width], verdict


def _described(row: tuple[Any, ...], given: list[str], family: list[str]) -> Description:
    _id, given_id, family_id, middle, suffix, born, sex, phone, house, street, town, other = row
    return Description(
        "" if given_id is None else given[given_id], "" if family_id is None else family[family_id], None, phone or "",
        middle or "", ROMAN.get(suffix, suffix or ""), tuple(other or ()), born or "", sex or "",
        f"{house or '&'} {street}" if street else "", town or "",  # without a number, read like a crossing
    )  # fmt: skip


def engine_for(wanted: dict[str, Any]) -> Any:
    """The engine that was asked for; each is loaded only when it is."""
    if wanted["engine"] == "spark":
        from alongside.linking.cluster import Cluster  # noqa: PLC0415  # PySpark is there only where it is asked for

        return Cluster(wanted["master"], wanted["memory_mb"])
    from alongside.linking.memory import InMemory  # noqa: PLC0415  # the other engine needs no DuckDB

    return InMemory(wanted["memory_mb"], wanted["threads"])


def read_people(lines: IO[str], tell: Tell) -> People:
    """Everybody that comes in, up to the empty line that ends them."""
    people = People()
    for line in lines:
        if line == "\n":
            return people
        for program, given, family, phone, middle, suffix, aliases, born, sex, place, town in json.loads(line):
            people.add(program, Description(given, family, None, phone, middle, suffix, tuple(aliases), born, sex, place, town))
        if people.count % 100_000 < 2000:
            tell({"step": "read", "people": people.count})
    raise EOFError  # half of a stream teaches the wrong thing


def work(lines: IO[str], tell: Tell) -> None:
    """One run: read, train when asked to and possible, find candidates, look at each closely, tell the pairs."""
    wanted = json.loads(lines.readline())
    model = load_model(wanted["model"])
    people = read_people(lines, tell)
    engine = engine_for(wanted)
    trained = with_names(model, people.reader)
    people.put_into(engine, trained)
    tell({"step": "laid out", "people": people.count})
    if wanted["train"]:
        model = _trained(engine, people, model, trained, tell)
    started = time.monotonic()
    # Where few people are, less evidence is worth a question.
    fewest = model.for_size(min(Counter(people.programs).values()))
    bits = math.log2(model.possible / (1 - model.possible)) - SLACK_BITS
    linker = training.linker_for(engine, fewest, fewest.prior)
    training.with_frequencies(engine, linker)
    pairs = training.candidates(engine, linker, bits)
    tell({"step": "compared", "seconds": round(time.monotonic() - started, 1)})
    found: list[tuple[Any, ...]] = []
    for one, other, verdict in look_closely(engine, people, pairs, model):
        found.append((min(one, other), max(one, other), round(verdict.probability, 6), verdict.answer, verdict.reasons))
        if len(found) == PAIRS_AT_A_TIME:
            tell({"pairs": found})
            found = []
    tell({"pairs": found})
    engine.close()
    tell({"done": True, "people": people.count, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024})


def _trained(engine: training.Engine, people: People, model: Model, named: Model, tell: Tell) -> Model:
    allowed = may_train(people.count, len(people.reader.family.ids))
    if allowed:
        fresh = train(engine, people, named)
        allowed = believable(fresh)
        if allowed:
            tell({"model": dump_model(fresh)})
            return fresh
    tell({"kept": allowed.reason})
    return model


def main() -> None:
    """Talk over the standard streams; a fault is one line with its kind."""
    hide()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever an engine prints is not part of the talk

    def tell(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    try:
        work(sys.stdin, tell)
    except BaseException as fault:  # whatever it is, its words may hold a name
        tell({"failed": type(fault).__name__})
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
