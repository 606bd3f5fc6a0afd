"""The level of every pair in every kind, as `alongside.identity.alike` says it, asked once for each pair of distinct values.

What is plainly different is seen by the thousand (rapidfuzz, C++); every other pair of values is asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from linkage_batch import MISSING, Column, People
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from alongside.identity import alike
from alongside.identity.linkage import SURE, TELLS_SEX, Model
from alongside.identity.names import canonical, parts, words

KINDS = ("given", "family", "middle", "suffix", "born", "sex", "phone", "place", "town")
HOW: dict[str, Callable[[str, str], str]] = {
    "given": alike.given, "family": alike.family, "middle": alike.middle, "suffix": alike.same, "born": alike.born,
    "sex": alike.same, "phone": alike.phone, "place": alike.place, "town": alike.town,
}  # fmt: skip


def level_numbers(model: Model) -> dict[str, dict[str, int]]:
    """A number for each level of each kind of the model."""
    return {kind: {level: number for number, level in enumerate(model.levels[kind])} for kind in KINDS}


def levels(people: People, left: np.ndarray, right: np.ndarray, model: Model) -> dict[str, np.ndarray]:
    """For each kind the level numbers of all pairs of rows; MISSING where there is nothing to compare."""
    numbers = level_numbers(model)
    found = {kind: _levels_of(kind, people.columns[kind], left, right, numbers[kind]) for kind in KINDS}
    _other_names(people, left, right, found, numbers)
    told = np.isin(found["given"], [numbers["given"][level] for level in TELLS_SEX]) & (
        found["sex"] == numbers["sex"]["exact"]
    )
    found["sex"][told] = MISSING
    return found


def _levels_of(kind: str, values: Column, left: np.ndarray, right: np.ndarray, numbers: dict[str, int]) -> np.ndarray:
    one, other = values.codes[left], values.codes[right]
    found = np.full(len(left), MISSING, np.uint8)
    known = (one >= 0) & (other >= 0)
    equal = known & (one == other)
    if equal.any():  # a date no calendar has, or a single letter, is not “exact”
        if values.own is None:
            values.own = np.array([numbers.get(HOW[kind](text, text), MISSING) for text in values.values], np.uint8)
        found[equal] = values.own[one[equal]]
    rest = np.flatnonzero(known & ~equal)
    if not len(rest):
        return found
    low, high = np.minimum(one[rest], other[rest]), np.maximum(one[rest], other[rest])
    distinct, back = np.unique(low.astype(np.int64) * len(values.values) + high, return_inverse=True)
    found[rest] = _distinct(kind, values, distinct // len(values.values), distinct % len(values.values), numbers)[back]
    return found


def _distinct(kind: str, values: Column, one: np.ndarray, other: np.ndarray, numbers: dict[str, int]) -> np.ndarray:
    if kind == "born":
        return _dates(values, one, other, numbers)
    asked = np.arange(len(one))
    answer = np.full(len(one), numbers["different"], np.uint8)
    if kind in ("given", "family", "place", "phone", "town"):
        asked = np.flatnonzero(~_plainly_different(kind, values, one, other))
    how, texts = HOW[kind], values.values
    for place in asked:
        answer[place] = numbers.get(how(texts[one[place]], texts[other[place]]), MISSING)
    return answer


class Facts:
    """What `alike` asks of each distinct value of one kind, found out once."""

    def __init__(self, kind: str, texts: list[str]):
        split = parts if kind == "family" else words
        bare = {"given": "".join, "family": "".join}.get(kind)
        found = [split(text) for text in texts] if bare else []
        short = (
            [text.partition(" ")[2] for text in texts]
            if kind == "place"
            else ["".join(some) for some in found] or texts
        )
        self.bare = np.array(short, dtype=object)
        sounds: dict[str, int] = {}
        self.sound = np.array(
            [sounds.setdefault(alike.sound(text), len(sounds)) for text in short]
            if kind not in ("phone", "town")
            else []
        )
        self.several = np.array(
            [" " in text for text in texts]
            if kind == "town"
            else [len(some) > 1 or len(some[0]) == 1 for some in found]
        )
        self.full = [canonical(text) | {text[:3]} for text in texts] if kind == "given" else []


def _plainly_different(kind: str, values: Column, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pairs that no rule of `alike` could call anything but different."""
    if values.facts is None:
        values.facts = Facts(kind, values.values)
    facts = values.facts
    left, right = facts.bare[one], facts.bare[other]
    far = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8) > 2
    if kind == "phone":
        return far
    if len(facts.several):
        far &= ~facts.several[one] & ~facts.several[other]
    if kind == "town":
        return far
    far &= facts.sound[one] != facts.sound[other]
    asked = np.flatnonzero(far)
    likeness = process.cpdist(left[asked], right[asked], scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
    far[asked[likeness >= alike.SIMILAR - 1e-4]] = False
    if kind == "given":  # short forms share three letters, a full name, or are on the list
        for at in np.flatnonzero(far):
            if not facts.full[one[at]].isdisjoint(facts.full[other[at]]) or _nick(left[at], right[at]):
                far[at] = False
    return far


def _nick(one: str, other: str) -> bool:
    return other in alike.nicknames(one) or one in alike.nicknames(other)


def _dates(values: Column, one: np.ndarray, other: np.ndarray, numbers: dict[str, int]) -> np.ndarray:
    """The rules of `alike.born` over whole dates, all at once; others are asked one by one."""
    texts = values.values
    whole = np.array(
        [len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal() for text in texts]
    )
    fixed = np.array([text if fine else "0000-00-00" for text, fine in zip(texts, whole, strict=True)], dtype="U10")
    digits = fixed.view(np.uint32).reshape(-1, 10).astype(np.int16) - 48
    year = digits[:, 0] * 1000 + digits[:, 1] * 100 + digits[:, 2] * 10 + digits[:, 3]
    month, day = digits[:, 5] * 10 + digits[:, 6], digits[:, 8] * 10 + digits[:, 9]
    left, right = digits[one], digits[other]
    wrong = (left != right).sum(axis=1)
    turned = np.zeros(len(one), bool)
    for at in range(9):
        turned |= (
            (left[:, at] == right[:, at + 1]) & (left[:, at + 1] == right[:, at]) & (left[:, at] != left[:, at + 1])
        )
    years = np.abs(year[one] - year[other])
    same_month, same_day = month[one] == month[other], day[one] == day[other]
    agree = (years == 0).astype(int) + same_month + same_day
    order = [
        ((years == 0) & (month[one] == day[other]) & (day[one] == month[other]), "swapped"),
        ((wrong == 1) | ((wrong == 2) & turned), "digit"),
        ((agree == 2) & (years <= alike.FAR_YEARS), "two"),
        (years > alike.FAR_YEARS, "far"),
        (years == 0, "year"),
        (years <= 2, "near"),
    ]
    answer = np.select([test for test, _ in order], [numbers[level] for _, level in order], numbers["different"])
    answer = answer.astype(np.uint8)
    for place in np.flatnonzero(~(whole[one] & whole[other])):
        answer[place] = numbers.get(alike.born(texts[one[place]], texts[other[place]]), MISSING)
    return answer


def _other_names(
    people: People,
    left: np.ndarray,
    right: np.ndarray,
    found: dict[str, np.ndarray],
    numbers: dict[str, dict[str, int]],
) -> None:
    """First and family name the other way round, and a first name that is the middle name of the other record."""
    given, family, middle = (people.columns[kind] for kind in ("given", "family", "middle"))
    poor = ~np.isin(found["given"], [numbers["given"][level] for level in SURE if level in numbers["given"]])
    both = poor & ~np.isin(found["family"], [numbers["family"][level] for level in SURE if level in numbers["family"]])
    rows = np.flatnonzero(both)
    forth = _crossed(given, family, left[rows], right[rows])
    back = _crossed(given, family, right[rows], left[rows])
    swapped = rows[forth & back]
    found["given"][swapped], found["family"][swapped] = numbers["given"]["swapped"], numbers["family"]["swapped"]
    known = np.logical_and.reduce(
        [values.codes[side[rows]] >= 0 for values in (given, family) for side in (left, right)]
    )
    crossed = rows[(forth | back) & ~known]
    found["given"][crossed], found["family"][crossed] = numbers["given"]["crossed"], MISSING
    if any(len(text) > 2 for text in middle.values):
        for one, other in ((left, right), (right, left)):
            rows = np.flatnonzero(poor & (given.codes[one] >= 0) & (middle.codes[other] >= 0))
            firsts = [set(words(text)) for text in given.values]
            middles = [{word for word in words(text) if len(word) > 2} for text in middle.values]
            rows = rows[np.array([bool(found) for found in middles])[middle.codes[other[rows]]]]
            pairs = zip(given.codes[one[rows]], middle.codes[other[rows]], strict=True)
            hit = np.fromiter((not firsts[a].isdisjoint(middles[b]) for a, b in pairs), bool, len(rows))
            rows = rows[hit]
            found["given"][rows[found["given"][rows] != numbers["given"]["swapped"]]] = numbers["given"]["middle"]


def _crossed(given: Column, family: Column, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether the given name on the left and the family name on the right are one name."""
    one, other = given.codes[left], family.codes[right]
    answer = np.zeros(len(left), bool)
    rows = np.flatnonzero((one >= 0) & (other >= 0))
    distinct, back = np.unique(one[rows].astype(np.int64) * len(family.values) + other[rows], return_inverse=True)
    first, last = distinct // max(len(family.values), 1), distinct % max(len(family.values), 1)
    if given.both is None:
        given.both = Column(np.zeros(0, np.int32), given.values + family.values)
    asked = np.flatnonzero(~_plainly_different("given", given.both, first, last + len(given.values)))
    told = np.zeros(len(distinct), bool)
    for at in asked:
        told[at] = alike.crossed(given.values[first[at]], family.values[last[at]])
    answer[rows] = told[back]
    return answer
