"""What a file says about itself, without labels: chances of levels, frequencies of values, how many are one person or kin.

Expectation and maximization over the pairs worth comparing, beginning with the model that comes with the program. Chances
between strangers are counted on pairs taken blindly and stay as they are; all other pairs are strangers.
"""

from __future__ import annotations

import numpy as np
from linkage_batch import MISSING, Column, People
from linkage_levels import KINDS, level_numbers, levels

from alongside.identity.linkage import AGAINST, HALF, RAREST, Model

ROUNDS = 12
MOST_LEARNED_FROM = 400_000  # pairs; of more, every second, third, ... is taken
SAMPLE = 60_000  # pairs taken blindly
TRUST, KIN_TRUST = 20.0, 600.0  # so many pairs of the file weigh as much as what was thought before
MOST = 6.0  # times more disagreement within one person than was thought before is not believed
PARTIAL = ("initial", "alias", "month", "known_year", "about", "untold")
FREQUENT = ("given", "family", "place", "town")


def shares(values: Column, labels: np.ndarray) -> np.ndarray:
    """The share of people who carry each value: a name written five times of one person is one person's name."""
    known = np.flatnonzero(values.codes >= 0)
    carried = np.unique(values.codes[known].astype(np.int64) * (len(labels) + 1) + labels[known])
    counts = np.bincount(carried // (len(labels) + 1), minlength=len(values.values))
    return np.maximum((counts + 0.5) / max(len(carried), 1), RAREST)


class Ready:
    """Pairs laid out for learning and scoring: the place of each level in its row, and the bits that do not change."""

    def __init__(self, scorer: Scorer, left: np.ndarray, right: np.ndarray, found: dict[str, np.ndarray]):
        none = {kind: len(scorer.numbers[kind]) for kind in KINDS}
        self.at = {kind: np.where(found[kind] == MISSING, none[kind], found[kind]).astype(np.uint8) for kind in KINDS}
        self.strangers = np.zeros(len(left), np.float32)
        for kind in KINDS:
            self.strangers += scorer.stranger_bits(kind, left, right, self.at[kind])

    def some(self, step: int) -> Ready:
        """Every so-manieth pair."""
        few = Ready.__new__(Ready)
        few.at, few.strangers = {kind: at[::step] for kind, at in self.at.items()}, self.strangers[::step]
        return few

    def total(self, rows: dict[str, np.ndarray]) -> np.ndarray:
        """The bits of a row of chances for each kind, over strangers."""
        total = -self.strangers
        for kind in KINDS:
            total += np.log2(rows[kind]).astype(np.float32)[self.at[kind]]
        return total


class Scorer:
    """The model with the file's own chances, as arrays for millions of pairs."""

    def __init__(self, people: People, model: Model):
        self.people, self.model, self.numbers = people, model, level_numbers(model)
        self.same, self.strangers, self.kin = (
            {kind: self._row(kind, at) for kind in KINDS}
            for at in ("same", "strangers", "kin")
        )
        self.against = {kind: np.array([*(level in AGAINST for level in self.numbers[kind]), False]) for kind in KINDS}
        self.first, self.first_kin = dict(self.same), dict(self.kin)
        self.pairs = len(people) * (len(people) - 1) / 2
        self.prior = self.share = 1.0 / max(len(people), 2)
        self.know(np.arange(len(people)))
        self._count_strangers()

    def _row(self, kind: str, at: str) -> np.ndarray:
        """The model's chances of one kind; a level that is seen only where less is known is that much rarer in a file."""
        found = self.model.levels[kind].items()
        return np.array([*(getattr(one, at) * (0.02 if level in PARTIAL else 1.0) for level, one in found), 1.0])

    def know(self, labels: np.ndarray) -> None:
        """Count how frequent each value is among people, as far as is known which records are one person."""
        self.shares = {kind: shares(self.people.columns[kind], labels) for kind in FREQUENT}

    def _count_strangers(self) -> None:
        random = np.random.default_rng(1)
        left, right = random.integers(0, len(self.people), (2, SAMPLE))
        kept = left != right
        found = levels(self.people, left[kept], right[kept], self.model)
        for kind in KINDS:
            row = self.strangers[kind]
            seen = np.bincount(np.where(found[kind] == MISSING, len(row) - 1, found[kind]), minlength=len(row))
            self.strangers[kind] = _blend(seen, row, TRUST)

    def stranger_bits(self, kind: str, left: np.ndarray, right: np.ndarray, at: np.ndarray) -> np.ndarray:
        """log2 of the chance that strangers show the level, by the frequency of the very values (`linkage.adjusted`)."""
        bits = np.log2(self.strangers[kind]).astype(np.float32)[at]
        if kind not in FREQUENT or not len(self.shares[kind]):
            return bits
        codes, share, number = self.people.columns[kind].codes, self.shares[kind], self.numbers[kind]
        exact = np.flatnonzero(at == number["exact"])
        of = lambda side, rows: share[codes[side[rows]]]  # noqa: E731
        bits[exact] = np.log2(np.minimum(np.maximum(of(left, exact), of(right, exact)), 0.5))
        half = np.flatnonzero(np.isin(at, [number[level] for level in HALF if level in number]))
        rarer = np.minimum(of(left, half), of(right, half)) / self.strangers[kind][number["exact"]]
        bits[half] = np.minimum(bits[half] + np.log2(np.clip(rarer, 1 / 8, 8.0)) / 2, np.log2(0.9))
        return bits

    def ready(self, left: np.ndarray, right: np.ndarray, found: dict[str, np.ndarray]) -> Ready:
        """The pairs laid out for `bits` and `learn`, with frequencies as known now."""
        return Ready(self, left, right, found)

    def bits(self, ready: Ready) -> np.ndarray:
        """log2 of the odds that the two records of each pair are one person."""
        household = np.log2(1 - self.share + self.share * np.exp2(np.minimum(ready.total(self.kin), 100)))
        return ready.total(self.same) - household + np.log2(self.prior / (1 - self.prior))

    def learn(self, everything: Ready) -> None:
        """Chances within one person, the prior, and how many are kin; what was thought before counts as some pairs."""
        step = 1 + len(everything.strangers) // MOST_LEARNED_FROM
        ready = everything.some(step)
        for _round in range(ROUNDS):
            same = self.prior * np.exp2(np.minimum(ready.total(self.same), 100).astype(float))
            kin = self.share * np.exp2(np.minimum(ready.total(self.kin), 100).astype(float))
            of_same, of_kin = same / (same + kin + 1), kin / (same + kin + 1)
            self.prior = float(np.clip((step * of_same.sum() + 1) / self.pairs, 1e-12, 0.2))
            self.share = float(np.clip((step * of_kin.sum() + 0.3) / self.pairs, 1e-12, 0.2))
            for kind in KINDS:
                size = len(self.numbers[kind]) + 1
                seen = step * np.bincount(ready.at[kind], of_same, size)
                self.same[kind] = self._held(kind, _blend(seen, self.first[kind], TRUST))
                seen = step * np.bincount(ready.at[kind], of_kin, size)
                self.kin[kind] = _blend(seen, self.first_kin[kind], KIN_TRUST)

    def _held(self, kind: str, row: np.ndarray) -> np.ndarray:
        """Disagreement within one person never becomes the rule: else look-alikes teach that names and dates are nothing."""
        return np.where(self.against[kind], np.minimum(row, MOST * self.first[kind]), row)


def _blend(seen: np.ndarray, before: np.ndarray, trust: float) -> np.ndarray:
    """Counts of levels together with what was thought before; the last place stands for “nothing to compare”."""
    counted, known = seen[:-1].astype(float), before[:-1]
    return np.r_[(counted + trust * known / known.sum()) / (counted.sum() + trust), 1.0]
