"""Run by the Python that has Splink: the levels and weights that SQL finds beside those of `identity.linkage`, as JSON."""

from __future__ import annotations

import json
import math
import sys
import warnings

import pyarrow as arrow

from alongside.identity.linkage import adjusted, default_model, levels_of
from alongside.linking import training, worker
from alongside.linking.levels import LEVELS
from tests.linking.made_up import people


def main() -> None:
    warnings.filterwarnings("ignore")
    engine = worker.engine_for({"engine": sys.argv[1], "master": "local[2]", "memory_mb": 1000, "threads": 1})
    everybody = worker.People()
    descriptions = [who for _owner, who in people(int(sys.argv[2]))]
    for who in descriptions:
        everybody.add(0, who)
    model = worker.with_names(default_model(), everybody.reader).for_size(len(descriptions))
    everybody.put_into(engine, model)
    linker = training.linker_for(engine, model, model.prior)
    training.with_frequencies(engine, linker)
    linker._settings_obj._retain_matching_columns = True  # the levels with them
    pairs = training.candidates(engine, linker, -60.0)
    kinds = [kind for kind in LEVELS if kind in model.levels]
    gammas = ", ".join(f"gamma_{kind}" for kind in kinds)
    rows = list(engine.rows(f"select id_l, id_r, match_weight, {gammas} from {pairs}"))  # noqa: S608
    print(json.dumps(judged(rows, kinds, descriptions, model)))
    assert arrow
    engine.close()


def judged(rows, kinds, descriptions, model):
    """How many levels there are, how many differ and which, and the widest difference of weights where all are the same."""
    names = {kind: [level for level, _when in LEVELS[kind][1]] for kind in kinds}
    count = 0
    differ: dict[str, int] = {}
    widest = 0.0
    compared = 0
    for left, right, weight, *gammas in rows:
        python = {kind: (level, values) for kind, level, values in levels_of(descriptions[left], descriptions[right])}
        same = True
        bits = math.log2(model.prior / (1 - model.prior))
        for kind, gamma in zip(kinds, gammas, strict=True):
            # Splink counts levels down to 0 for the last, and -1 for what is not known.
            found = "" if gamma < 0 else names[kind][len(names[kind]) - 1 - int(gamma)]
            level, values = python.get(kind, ("", ()))
            count += 1
            if found != level:
                same = False
                words = f"{kind}: {level or 'nothing'} is {found or 'nothing'}"
                differ[words] = differ.get(words, 0) + 1
            if level:
                chances = model.levels[kind][level]
                # In SQL only the very same value counts by its frequency.
                strangers = adjusted(chances, kind, level, model, values) if level == "exact" else chances.strangers
                bits += math.log2(chances.same / strangers)
        if same:
            compared += 1
            widest = max(widest, abs(bits - weight))
    return {"pairs": len(rows), "levels": count, "differ": differ, "compared": compared, "widest": widest}


if __name__ == "__main__":
    main()
