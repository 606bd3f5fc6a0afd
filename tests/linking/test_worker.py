"""The process that sees everybody: it learns without labels, finds who came twice, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from alongside.identity.description import Description
from alongside.identity.linkage import REASONS, default_model, load_model, verdict_on
from alongside.linking.rules import FEWEST_OF_A_NAME, Pair, groups
from tests.linking import streaming
from tests.linking.environments import needs_splink, python_with
from tests.linking.made_up import people, true_pairs

CANARY = "Zyxlinkwhale"
SPARK = python_with("pyspark", ".spark")
pytestmark = needs_splink


def precision_and_recall(found, true):
    right = len(found & true)
    return right / max(len(found), 1), right / len(true)


@pytest.mark.slow
def test_it_learns_from_the_records_and_finds_who_came_twice(tmp_path):
    records = people(2600)
    everybody = [who for _owner, who in records]
    said = streaming.compare(tmp_path, everybody, train=True)
    model = load_model(said["model"])
    assert model != default_model()
    found = {(one, other) for one, other, *_rest in said["pairs"]}
    precision, recall = precision_and_recall(found, true_pairs(records))
    assert precision > 0.9
    assert recall > 0.9
    sure = {(one, other) for one, other, _sure, answer, _why in said["pairs"] if answer == "same"}
    assert precision_and_recall(sure, true_pairs(records))[0] > 0.98
    # The last word is recognition's own, with the very model that was told.
    sized = model.for_size(len(everybody))
    for one, other, probability, answer, reasons in said["pairs"][:200]:
        verdict = verdict_on(everybody[one], everybody[other], sized)
        assert (verdict.answer, list(verdict.reasons)) == (answer, reasons)
        assert verdict.probability == pytest.approx(probability, abs=1e-5)
        assert set(reasons) <= set(REASONS)
    # The file names nobody: a name that few carry is not in it.
    families = Counter(who.family_name.lower() for who in everybody)
    for name in model.frequencies["family"]:
        assert families[name] >= FEWEST_OF_A_NAME
    assert CANARY not in said["model"]
    # A chain of possible pairs is not one person.
    pairs = [Pair(*parts[:4]) for parts in said["pairs"]]
    assert all((left, right) in found for group in groups(pairs) for left in group for right in group if left < right)


@pytest.mark.parametrize(
    "odd",
    [Description("", "", None, "", place="12 Main St"), Description("😀" * 200, "x" * 300),
     Description("عمر", "محمد", born="1984"),
     Description("Ana", "Silva", born="0000-99-99"), Description("'; drop table people; --", "O'Brien|x"),
     Description("A", "B", born="~1990", aliases=("Red", "", "C"))],
)  # fmt: skip
def test_odd_people_are_compared_like_others(tmp_path, odd):
    other = Description("Rosa", "Quillmere", born="1984-05-07", phone="5550107788")
    said = streaming.compare(tmp_path, [odd, other], train=False)
    assert said["done"] is True
    assert said["pairs"] == []


def test_half_of_a_stream_is_nothing(tmp_path):
    worker = streaming.start(tmp_path)
    out, _err = worker.communicate(streaming.header(train=True) + streaming.line([Description("Rosa", "Quillmere")]), timeout=60)
    assert json.loads(out.splitlines()[-1]) == {"failed": "EOFError"}
    assert worker.returncode != 0


def test_a_fault_is_told_by_its_kind_alone(tmp_path):
    worker = streaming.start(tmp_path)
    out, _err = worker.communicate(streaming.header(train=False) + f'[["{CANARY}"]]\n\n', timeout=60)
    assert CANARY not in out
    assert "failed" in out


def test_killed_in_the_middle_nothing_readable_is_left(tmp_path):
    before = {path.name for path in Path("/dev/shm").glob("*")}  # noqa: S108
    crowd = [Description(f"{CANARY}{index % 7}", f"{CANARY}field{index % 11}", born="1984-05-07", phone=f"55501{index:05d}")
             for index in range(1500)]  # fmt: skip
    with streaming.start(tmp_path) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(streaming.header(train=True) + streaming.line(crowd) + "\n")
        worker.stdin.close()
        while "laid out" not in worker.stdout.readline():
            assert worker.poll() is None
        opened = files_written_by(worker.pid)
        worker.kill()
    assert opened == []
    left = {path.name for path in Path("/dev/shm").glob("*")} - before  # noqa: S108
    assert not [name for name in left if "alongside" in name]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


def files_written_by(pid: int) -> list[str]:
    """The ordinary files a process holds open for writing."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
            info = Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text().splitlines()
        except FileNotFoundError:  # closed meanwhile
            continue
        mode = next(line for line in info if line.startswith("flags"))
        if target.startswith("/") and not target.startswith("/dev/") and int(mode.split()[1], 8) & os.O_ACCMODE:
            found.append(target)
    return found


def test_it_ends_with_whoever_started_it(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from tests.linking import streaming;"
        "worker = streaming.start(Path(sys.argv[1])); worker.stdin.write(streaming.header(train=False)); worker.stdin.flush();"
        "print(worker.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True,
                          cwd=streaming.TOP) as parent:  # fmt: skip
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        until = time.monotonic() + 60
        while "alongside.linking.worker" not in command_of(pid) or not is_hidden(pid):
            assert time.monotonic() < until
            time.sleep(0.2)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while command_of(pid):
        assert time.monotonic() < until, "the process that sees everybody outlives the one that asked"
        time.sleep(0.1)


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_hidden(pid: int) -> bool:
    """Whether it leaves no core file any more: then it has asked to die with its parent, too."""
    try:
        limits = Path(f"/proc/{pid}/limits").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return next(line for line in limits.splitlines() if "core file" in line).split()[4:6] == ["0", "0"]


@pytest.mark.nightly
@pytest.mark.skipif(not SPARK, reason="PySpark is not there: ./run alongside link --engine spark makes .spark once")
def test_spark_finds_the_same_pairs_and_groups(tmp_path):
    everybody = [who for _owner, who in people(4000)]
    found = {}
    for engine, python in (("duckdb", streaming.SPLINK), ("spark", SPARK)):
        (tmp_path / engine).mkdir()
        said = streaming.compare(tmp_path / engine, everybody, train=False, engine=engine, python=python)
        pairs = [Pair(*parts[:4], tuple(parts[4])) for parts in said["pairs"]]
        found[engine] = set(pairs), groups(pairs)
    assert found["duckdb"] == found["spark"]
    assert len(found["duckdb"][1]) > 500
