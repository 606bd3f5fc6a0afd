"""./run bench [intake] [queue] ... (`parts` below): beside a peer in the same run, printed as ratios; nothing is asserted."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ALONGSIDE_DATA", str(TOP.parent / "shared" / "data"))).parent
CALLS = SHARED / "data" / "montco911" / "montco911_2015-12-10_2017-04-13.csv.gz"
PEERS = SHARED / "bench" / "intake.py"


def intake() -> None:
    """The whole command (start of Python included) on the real file, beside Django's bulk_create on the same rows."""
    if not CALLS.exists() or not PEERS.exists():
        print("intake: not measured; the real call file or the peers' script is not beside this checkout.")
        return
    folder = Path(tempfile.mkdtemp(prefix="alongside-bench-"))
    plain = folder / "calls.csv"
    with gzip.open(CALLS) as packed, plain.open("wb") as out:
        shutil.copyfileobj(packed, out)
    python = os.environ.get("ALONGSIDE_BENCH_PYTHON", sys.executable)
    ours = f"{TOP / 'run'} contest intake {{csv}} {{dir}}"
    with tempfile.TemporaryDirectory() as warm:  # the installed site is made once, outside the clock
        subprocess.run([str(TOP / "run"), "contest", "intake", str(plain), warm], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [python, str(PEERS), "bulk", str(plain), "--cmd", ours, "--dir", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(done.stdout + done.stderr[-2000:])
    rates = {m[1]: int(m[2]) for m in re.finditer(r"^(\S+)\s+(\d+) rows/s", done.stdout, re.MULTILINE)}
    for peer, rate in rates.items():
        if peer != "cmd0" and "cmd0" in rates:
            print(f"intake: ours / {peer} = {rates['cmd0'] / rate:.2f}")
    print("intake: ours keeps the 2,386 qualifying calls, once each, coded; the peers keep all rows as they are.")
    shutil.rmtree(folder, ignore_errors=True)


def queue() -> None:
    """The due list at 100,000 people and 20,000 open cases, beside a bare Django list over the same table."""
    subprocess.run([sys.executable, str(TOP / "bench" / "queue_page.py")], check=True, cwd=TOP)


def walls() -> None:
    """A coach's list of 50 with names opened, beside the same page without vault, firewall and journal."""
    subprocess.run([sys.executable, str(TOP / "bench" / "walls.py")], check=True, cwd=TOP)


def directory() -> None:
    """The search of the directory at 10,000 services, beside plain Django and the database's own full-text search."""
    subprocess.run([sys.executable, str(TOP / "bench" / "directory.py")], check=True, cwd=TOP)


def field() -> None:
    """The app at the door on a slow network, beside PouchDB on the same records."""
    subprocess.run([sys.executable, str(TOP / "bench" / "field_load.py")], check=True, cwd=TOP)


def field_sync() -> None:
    """Two hundred phones on a bad line against the real program, killed in the middle: exactly once, nothing overwritten."""
    subprocess.run([sys.executable, str(TOP / "bench" / "field_sync.py")], check=True, cwd=TOP)


def routing() -> None:
    """The order of five made-up days within one second each, beside PyVRP alone, OR-Tools, greedy and arrival order."""
    peers = SHARED / "bench" / "routing.py"
    if not peers.exists():
        print("routing: not measured; the peers' script is not beside this checkout.")
        return
    ours = f"{TOP / 'run'} contest routing {{inst}} {{out}} {{secs}}"
    python = os.environ.get("ALONGSIDE_BENCH_PYTHON", sys.executable)
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        words = [python, str(peers), "outreach", "--days", "5", "--secs", "1", "--cmd", ours, "--json", kept.name]
        subprocess.run(words, check=True)
        rows = json.loads(Path(kept.name).read_text())
    shares: dict[str, list[float]] = {}
    for _day, who, _seconds, share in rows:
        shares.setdefault(who, []).append(share)
    own = shares.pop("cmd")
    print(f"routing: ours collects {sum(own) / len(own):.4f} of the priority of a day, the mean of {len(own)} days")
    for who, found in shares.items():
        name = {"newest": "arrival order", "pyvrp": "PyVRP alone"}.get(who, who)
        ratios = [ours / theirs for ours, theirs in zip(own, found, strict=True)]
        print(f"routing: ours / {name} = {sum(own) / sum(found):.4f} (a day: {min(ratios):.4f} to {max(ratios):.4f})")


def policy() -> None:
    """Who is visited next: the share of attainable benefit of our order beside six others, in the same runs."""
    peers = SHARED / "bench" / "queue_policy.py"
    if not peers.exists():
        print("policy: not measured; the peers' script is not beside this checkout.")
        return
    subprocess.run([sys.executable, str(TOP / "bench" / "queue_policy.py"), str(peers)], check=True, cwd=TOP)


def lookup() -> None:
    """“Who is this?” against sealed people through the real vault, beside a key table, a dictionary and full-text search.

    ALONGSIDE_BENCH_PEOPLE says how many people (100,000; a million takes a quarter of an hour to seal).
    ALONGSIDE_BENCH_PEERS names more of the peers of the script, such as splink.
    """
    folder = SHARED / "bench"
    if not (folder / "lookup.py").exists():
        print("lookup: not measured; the peers' script is not beside this checkout.")
        return
    python = os.environ.get("ALONGSIDE_BENCH_PYTHON", sys.executable)
    people = os.environ.get("ALONGSIDE_BENCH_PEOPLE", "100000")
    peers = os.environ.get("ALONGSIDE_BENCH_PEERS", "floor,keyed,dicts,fts5phon")
    ours = f"{TOP / 'run'} contest lookup {{people}} {{queries}} {{out}}"
    with tempfile.TemporaryDirectory(prefix="alongside-bench-") as made:
        for kind in ([], ["--hard"]):
            files = [f"{made}/people.csv", f"{made}/queries.csv"]
            print(f"lookup: {people} people, {'hard' if kind else 'normal'}", flush=True)
            making = [python, str(folder / "gen_people.py"), people, files[0], "--queries", files[1], *kind]
            subprocess.run(making, check=True)
            asking = [python, str(folder / "lookup.py"), *files, "--engines", peers, "--cmd", ours]
            subprocess.run(asking, check=True)


def linkage() -> None:
    """Who is who over every set with known duplicates, beside Splink, recordlinkage and fixed weights; no labels."""
    if not (SHARED / "bench" / "linkage.py").exists():
        print("linkage: not measured; the peers' script is not beside this checkout.")
        return
    python = os.environ.get("ALONGSIDE_BENCH_PYTHON", sys.executable)
    subprocess.run([python, str(TOP / "bench" / "linkage_sets.py"), str(SHARED)], check=True)


def spike() -> None:
    """Early warning: R's bounds, labelled outbreaks, made-up weeks and maps beside the peers, and two days of real calls."""
    if not (SHARED / "bench" / "spike.py").exists():
        print("spike: not measured; the peers' script is not beside this checkout.")
        return
    subprocess.run([sys.executable, "-m", "bench.spike", str(SHARED)], check=True, cwd=TOP)


def evaluation() -> None:
    """Does it help? How often each way of judging months claims a change where there is none, and tells one that is there."""
    if not (SHARED / "data" / "ct-drug-deaths").exists():
        print("evaluation: not measured; the real deaths by month are not beside this checkout.")
        return
    subprocess.run([sys.executable, str(TOP / "bench" / "evaluation.py"), str(SHARED)], check=True, cwd=TOP)


def suppression() -> None:
    """Ten thousand random tables: what is printed and what a reader works out, beside hiding small counts alone."""
    subprocess.run([sys.executable, str(TOP / "bench" / "suppression_entry.py")], check=True, cwd=TOP)


def board() -> None:
    """The report for the board at 100,000 cases, from the click to the file, before and after a purge."""
    subprocess.run([sys.executable, str(TOP / "bench" / "board_entry.py")], check=True, cwd=TOP)


def main() -> None:
    """The named parts, or all of them."""
    parts = {"intake": intake, "queue": queue, "walls": walls, "directory": directory, "routing": routing, "field": field,
             "lookup": lookup, "policy": policy, "field-sync": field_sync, "linkage": linkage, "spike": spike,
             "suppression": suppression, "board": board, "evaluation": evaluation}  # fmt: skip
    wanted = sys.argv[1:] or list(parts)
    for name in wanted:
        if name not in parts:
            sys.exit(f"There is no benchmark “{name}”; choose from {', '.join(parts)}.")
        parts[name]()


if __name__ == "__main__":
    main()
