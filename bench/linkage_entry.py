"""Our entry to ../shared/bench/linkage.py: people in, pairs with the probability of being one person out; no labels.

One algorithm and one set of constants for every file: the model that comes with the program, its chances learned on the
file, people counted, chances learned once more with the frequencies among people, and groups: see ADR 31.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
from linkage_batch import candidates, read_people
from linkage_groups import SURE, Groups, pairs_within
from linkage_learn import Scorer
from linkage_levels import levels

from alongside.identity.linkage import default_model

TELL = bool(os.environ.get("LINKAGE_TIMES"))


def main(source: str, target: str) -> None:
    began = time.process_time()

    def lap(what: str) -> None:
        if TELL:
            print(f"{what}: {time.process_time() - began:.2f} s", file=sys.stderr)

    model = default_model()
    people = read_people(source)
    lap("read")
    left, right = candidates(people)
    lap(f"{len(left)} pairs")
    found = levels(people, left, right, model)
    lap("levels")
    scorer = Scorer(people, model)
    lap("strangers")
    labels = np.arange(len(people))

    def ask(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return scorer.bits(scorer.ready(one, other, levels(people, one, other, model)))

    for rounds in (0, 2):  # the first time only to count people
        scorer.know(labels)
        ready = scorer.ready(left, right, found)
        scorer.learn(ready)
        lap("learned")
        bits = scorer.bits(scorer.ready(left, right, found))
        groups = Groups(len(people), left, right, bits, ask, rounds)
        labels = groups.labels
        lap("grouped")
    write(target, people.ids, groups)
    lap("written")


def write(target: str, ids: list[str], groups: Groups) -> None:
    """Pairs of one person with what is probable for the whole of them; others with their own, short of sure."""
    one, other = pairs_within(groups.labels)
    within = np.maximum(groups.odds(one, other), SURE + 0.1) if len(one) else np.zeros(0)
    apart = np.flatnonzero((groups.bits > -6.6) & (groups.labels[groups.left] != groups.labels[groups.right]))
    one, other = np.r_[one, groups.left[apart]], np.r_[other, groups.right[apart]]
    bits = np.r_[within, np.minimum(groups.bits[apart], SURE - 0.1)]
    score = 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))
    with open(target, "w", encoding="utf-8") as out:
        out.write("id_l,id_r,score\n")
        out.writelines(f"{ids[a]},{ids[b]},{chance:.5f}\n" for a, b, chance in zip(one, other, score, strict=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
