"""Which records are one person, from the odds of their pairs: what is sure is joined, unless what is within speaks against it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SURE = float(np.log2(0.95 / 0.05))  # bits: the probability from which two records are one person
CLIP = 10.0  # bits: no one pair speaks louder than this for or against two groups
LEAST = -2.0  # bits: what the pairs between two groups must say on the whole
WEAK = SURE - 8  # bits: from here on a pair helps others to make two groups one

Bits = Callable[[np.ndarray, np.ndarray], np.ndarray]


def components(size: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The component of each record, named by its lowest row."""
    labels = np.arange(size)
    while True:
        low = np.minimum(labels[left], labels[right])
        before = labels.copy()
        np.minimum.at(labels, before[left], low)
        np.minimum.at(labels, before[right], low)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels


def pairs_within(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of records with one label, low row first."""
    order = np.argsort(labels, kind="stable")
    key = labels[order]
    left, right = [order[:0]], [order[:0]]
    for step in range(1, int(np.bincount(labels).max(initial=1))):
        hit = np.flatnonzero(key[step:] == key[:-step])
        left.append(order[hit])
        right.append(order[hit + step])
    one, other = np.concatenate(left), np.concatenate(right)
    return np.minimum(one, other), np.maximum(one, other)


class Groups:
    """The people among so many records, found from pairs, their odds in bits, and a way to ask for the odds of others."""

    def __init__(self, size: int, left: np.ndarray, right: np.ndarray, bits: np.ndarray, ask: Bits, rounds: int = 2):
        self.size, self.left, self.right, self.bits, self.ask = size, left, right, bits, ask
        self.keys = left * size + right  # in order: candidates come sorted
        self.labels = self._apart(components(size, *(side[bits >= SURE] for side in (left, right))))
        for _round in range(rounds):
            self.labels = self._together(self.labels)

    def odds(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """The odds of any pairs, low row first; asked for where they were not among the candidates."""
        wanted = one * self.size + other
        place = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        found = self.bits[place].copy()
        missing = self.keys[place] != wanted
        if missing.any():
            found[missing] = self.ask(one[missing], other[missing])
        return found

    def _apart(self, labels: np.ndarray) -> np.ndarray:
        """Groups within which a pair speaks against being one person are built anew, the surest pair first."""
        if not len(self.keys):
            return labels
        one, other = pairs_within(labels)
        odds = self.odds(one, other) if len(one) else np.zeros(0)
        doubtful = np.flatnonzero(np.isin(labels[one], np.unique(labels[one[odds < LEAST]])))
        order = doubtful[np.argsort(labels[one[doubtful]], kind="stable")]
        one, other, odds, labels = one[order], other[order], odds[order], labels.copy()
        cuts = np.flatnonzero(np.r_[True, labels[one][1:] != labels[one][:-1], True]) if len(one) else np.zeros(1, int)
        for begin, end in zip(cuts[:-1], cuts[1:], strict=True):
            rows, places = np.unique(np.r_[one[begin:end], other[begin:end]], return_inverse=True)
            table = np.zeros((len(rows), len(rows)))
            table[places[: end - begin], places[end - begin :]] = np.clip(odds[begin:end], -CLIP, CLIP)
            for group in agglomerate(table + table.T):
                labels[rows[group]] = rows[group].min()
        return labels

    def _together(self, labels: np.ndarray) -> np.ndarray:
        """Groups that no one pair makes sure of, and several together do: a record is a copy of any one of a person's."""
        weak = (self.bits > WEAK) & (labels[self.left] != labels[self.right])
        one, other = labels[self.left[weak]], labels[self.right[weak]]
        pairs, back = np.unique(np.minimum(one, other) * self.size + np.maximum(one, other), return_inverse=True)
        low, high = pairs // self.size, pairs % self.size
        members = np.bincount(labels, minlength=self.size)
        odds = np.bincount(back, np.exp2(np.minimum(self.bits[weak], 60.0)), len(pairs))
        total = np.log2(odds / np.minimum(members[low], members[high]))
        sure = np.flatnonzero((total >= SURE) & (members[low] * members[high] > 1))
        sure = sure[np.argsort(-total[sure], kind="stable")]
        means = self._means(labels, low[sure], high[sure])
        taken: set[int] = set()
        into = np.arange(self.size)
        for a, b in zip(low[sure[means >= LEAST]].tolist(), high[sure[means >= LEAST]].tolist(), strict=True):
            if a not in taken and b not in taken:
                into[b] = a
                taken |= {a, b}
        return into[labels]

    def _means(self, labels: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """What all pairs between two groups say on the whole, in bits, for many pairs of groups at once."""
        rows = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[rows], np.arange(self.size + 1))
        mine, theirs = np.diff(starts)[low], np.diff(starts)[high]
        number = np.repeat(np.arange(len(low)), mine * theirs)
        within = np.arange(len(number)) - np.repeat(np.cumsum(mine * theirs) - mine * theirs, mine * theirs)
        x = rows[starts[low][number] + within // theirs[number]]
        y = rows[starts[high][number] + within % theirs[number]]
        odds = self.odds(np.minimum(x, y), np.maximum(x, y)) if len(x) else np.zeros(0)
        return np.bincount(number, np.clip(odds, -CLIP, CLIP), len(low)) / np.maximum(mine * theirs, 1)


def agglomerate(table: np.ndarray) -> list[list[int]]:
    """Groups by average link: the two that belong together most are joined, as long as any do."""
    groups = [[row] for row in range(len(table))]
    sizes, table = np.ones(len(table)), table.copy()
    np.fill_diagonal(table, -np.inf)
    while len(groups) > 1:
        a, b = divmod(int(table.argmax()), len(table))
        if table[a, b] < LEAST:
            break
        merged = (table[a] * sizes[a] + table[b] * sizes[b]) / (sizes[a] + sizes[b])
        merged[a] = -np.inf
        table[a], table[:, a] = merged, merged
        sizes[a] += sizes[b]
        groups[a] += groups[b]
        keep = np.arange(len(table)) != b
        table, sizes = table[keep][:, keep], sizes[keep]
        del groups[b]
    return groups
