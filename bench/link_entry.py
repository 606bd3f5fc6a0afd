"""`alongside link` without a vault, for the peers' bench: DATA.csv in, pairs out (id_l, id_r, score). Steps on standard error.

.link/bin/python -P bench/link_entry.py DATA.csv OUT.csv [--no-train] [--memory MB] [--spark local[2]]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

TOP = Path(__file__).resolve().parents[1]


def send(to: IO[str], options: argparse.Namespace) -> None:
    model = (TOP / "alongside" / "identity" / "model.json").read_text(encoding="utf-8")
    head = {"engine": "spark" if options.spark else "duckdb", "master": options.spark, "memory_mb": options.memory,
            "threads": 2, "train": not options.no_train, "model": model}  # fmt: skip
    to.write(json.dumps(head) + "\n")
    rows: list[tuple[Any, ...]] = []
    with open(options.data, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            known = {name: value or "" for name, value in line.items()}.get
            place = f"{known('street_no', '')} {known('street', '')}".strip()
            rows.append((0, known("first", ""), known("last", ""), known("phone", ""), known("middle", ""), known("suffix", ""),
                         (), known("dob", ""), known("sex", ""), place, known("city", "") or known("zip", "")))  # fmt: skip
            if len(rows) == 2000:
                to.write(json.dumps(rows) + "\n")
                rows = []
    to.write(json.dumps(rows) + "\n\n")
    to.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--no-train", action="store_true")
    parser.add_argument("--memory", type=int, default=2500)
    parser.add_argument("--spark", default="", metavar="MASTER")
    options = parser.parse_args()
    with open(options.data, encoding="utf-8", newline="") as file:
        ids = [line["rec_id"] for line in csv.DictReader(file)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TOP), "PYTHONUTF8": "1"}
    words = [sys.executable, "-P", "-m", "alongside.linking.worker"]
    began = time.monotonic()
    with (
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as worker,
        open(options.out, "w", encoding="utf-8", newline="") as out,
    ):
        assert worker.stdin is not None
        assert worker.stdout is not None
        threading.Thread(target=send, args=(worker.stdin, options)).start()
        table = csv.writer(out)
        table.writerow(("id_l", "id_r", "score"))
        for text in worker.stdout:
            message = json.loads(text)
            for one, other, score, _answer, _why in message.pop("pairs", ()):
                table.writerow((ids[one], ids[other], score))
            message.pop("model", None)
            if message:
                print(f"{time.monotonic() - began:.1f} s", message, file=sys.stderr)
    sys.exit(worker.returncode)


if __name__ == "__main__":
    main()
