"""Splink's side: the levels as comparisons, training without labels, candidate pairs. Runs in the worker's environment only."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from typing import Any, Protocol

import splink.comparison_level_library as levels_of
import splink.comparison_library as comparisons_of
from splink import Linker, SettingsCreator, block_on

from alongside.identity.linkage import Chances, Model
from alongside.linking.columns import KEYS
from alongside.linking.levels import LEVELS
from alongside.linking.rules import LEAST_CHANCE, SAMPLE, Learned

# Pairs that EM looks at in one session: more teach nothing more.
MOST_PAIRS = 150_000.0
EM_BLOCKS = (("program", "born"), ("program", "given", "family"))
# Frequent values count by their frequency, at the level “exact”.
BY_FREQUENCY = ("given", "family")


class Engine(Protocol):
    """Where the tables are: in the memory of this process, or of a cluster."""

    functions: dict[str, str]
    api: Any

    def put(self, name: str, table: Any) -> None:
        """Make an Arrow table known under a name."""

    def make(self, name: str, sql: str) -> None:
        """Work out a table and keep it in memory."""

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some thousand at a time."""


def comparison(kind: str, model: Model, functions: dict[str, str]) -> Any:
    """One kind of evidence as Splink compares it, with the chances of a model to begin with."""
    unknown, levels = LEVELS[kind]
    nothing = unknown if " " in unknown else f"{unknown}_l is null or {unknown}_r is null"
    made = [levels_of.CustomLevel(nothing).configure(is_null_level=True)]
    for level, when in levels:
        chances = model.levels[kind].get(level, Chances(0.01, 0.01, 0.01))
        one = levels_of.ElseLevel() if when == "else" else levels_of.CustomLevel(when.format(**functions))
        one = one.configure(
            m_probability=chances.same, u_probability=max(chances.strangers, LEAST_CHANCE), label_for_charts=level
        )
        if level == "exact" and kind in BY_FREQUENCY:
            least = max(model.rare.get(kind, 0.0), 2.0**-16)
            one = one.configure(tf_adjustment_column=kind, tf_adjustment_weight=1.0, tf_minimum_u_value=least)
        made.append(one)
    return comparisons_of.CustomComparison(output_column_name=kind, comparison_levels=made)


def linker_for(engine: Engine, model: Model, prior: float) -> Any:
    """A linker over the table `people`, with the chances of a model."""
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore")
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="id", probability_two_random_records_match=prior,
        comparisons=[comparison(kind, model, engine.functions) for kind in LEVELS if kind in model.levels],
        blocking_rules_to_generate_predictions=[block_on(key) for key in KEYS], retain_matching_columns=False,
    )  # fmt: skip
    return Linker(engine.api.register("people", table_name=f"people_{id(model)}"), settings, log_level=None)


def with_frequencies(engine: Engine, linker: Any) -> None:
    """Give the linker the frequencies of names, of the tables `frequent_given` and `frequent_family`."""
    for kind in BY_FREQUENCY:
        table = engine.api.register(f"frequent_{kind}", table_name=f"tf_{kind}_{id(linker)}")
        linker.table_management.register_term_frequency_lookup(table, kind)


def learn(linker: Any) -> Learned:
    """What Splink finds: how often each level is seen between strangers (a random sample) and in one person (EM)."""
    train = linker.training
    train.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1, num_chunks=1)
    for block in EM_BLOCKS:
        train.estimate_parameters_using_expectation_maximisation(
            block_on(*block), max_pairs=MOST_PAIRS, estimate_without_term_frequencies=True
        )
    return found_in(linker.misc.save_model_to_json())


def found_in(saved: dict[str, Any]) -> Learned:
    """The chances of a saved Splink model by kind and level; None where it could not learn one."""
    found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    for one in saved["comparisons"]:
        table = found.setdefault(one["output_column_name"], {})
        for level in one["comparison_levels"]:
            if not level.get("is_null_level"):
                table[level["label_for_charts"]] = _number(level.get("m_probability")), _number(level.get("u_probability"))
    return found


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def candidates(engine: Engine, linker: Any, least: float) -> str:
    """The name of a table of pairs (`id_l`, `id_r`, `match_weight`) of at least so many bits."""
    pairs = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    return str(pairs.physical_name)
