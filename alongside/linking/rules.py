"""What may be learned from a site's own records, and what may come of pairs. Plain values, no engine, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alongside.common.decision import YES, Decision
from alongside.identity.linkage import Chances, Model

# Fewer people teach nothing; the packaged model is better than what a hundred records happen to look like.
FEWEST_TO_TRAIN = 2000
# What the packaged model knows counts as much as so many pairs of one person, and so many pairs of strangers.
PRIOR_MATCHES, PRIOR_STRANGERS = 300.0, 10_000.0
# A name is listed in a model file only when at least so many records carry it: the file names nobody.
FEWEST_OF_A_NAME = 20
LEAST_CHANCE = 1e-9
Learned = Mapping[str, Mapping[str, tuple[float | None, float | None]]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people, by their number in the stream, that may be one; `probability` 0 to 1, reasons as codes."""

    one: int
    other: int
    probability: float
    answer: str
    reasons: tuple[str, ...] = ()


def may_train(people: int, names: int) -> Decision:
    """Whether so many people of so many different family names can teach what a site's records look like."""
    if people < FEWEST_TO_TRAIN:
        return Decision.no(f"There are {people:,} people, and training needs {FEWEST_TO_TRAIN:,}: the model in use stays.")
    if names < FEWEST_TO_TRAIN // 20:
        return Decision.no(f"There are only {names:,} different family names, too few to learn from: the model in use stays.")
    return YES


def blended(base: Model, learned: Learned, people: int, matches: float) -> Model:
    """The base model moved toward what was learned from about `matches` pairs of one person; its chances of kin stay.

    What is seen between strangers is cleared of the pairs of one person that a random sample of a small site contains.
    """
    pairs = max(people * (people - 1) / 2, 1.0)
    share = min(matches / pairs, 0.01)
    levels = {
        kind: {level: _one(chances, *learned.get(kind, {}).get(level, (None, None)), matches, share)
               for level, chances in table.items()}
        for kind, table in base.levels.items()
    }  # fmt: skip
    prior = min(max(share, 0.02 / max(people, 100)), 3.0 / max(people, 100))
    return replace(base, levels=levels, prior=prior, kin=1.0 / max(people, 100))


def _one(base: Chances, same: float | None, strangers: float | None, matches: float, share: float) -> Chances:
    if same is not None:
        same = (same * matches + base.same * PRIOR_MATCHES) / (matches + PRIOR_MATCHES)
    if strangers is not None:
        cleared = max(strangers - share * base.same, 0.0)
        strangers = (cleared * SAMPLE + base.strangers * PRIOR_STRANGERS) / (SAMPLE + PRIOR_STRANGERS)
    return replace(base, same=_chance(base.same if same is None else same),
                   strangers=_chance(base.strangers if strangers is None else strangers))  # fmt: skip


SAMPLE = 300_000.0  # pairs of strangers that are looked at


def _chance(value: float) -> float:
    return min(max(value, LEAST_CHANCE), 1.0)


def listed(counts: Iterable[tuple[str, int]], rarest: float) -> dict[str, float]:
    """The shares of the frequent values of a name; a value that few carry is not listed, and counts as rare."""
    found = [(value, count) for value, count in counts if value]
    total = sum(count for _value, count in found)
    return {
        value: round(count / total, 7)
        for value, count in sorted(found)
        if count >= FEWEST_OF_A_NAME and count / total > rarest
    }


def believable(model: Model) -> Decision:
    """Whether a trained model says what any model of people says; training can end up on twins, or on one household."""
    wanted = (("given", "exact", "different"), ("family", "exact", "different"), ("born", "exact", "different"))
    for kind, agrees, differs in wanted:
        table = model.levels.get(kind, {})
        if agrees not in table or differs not in table:
            continue
        for_it, against = table[agrees], table[differs]
        if for_it.same < 8 * for_it.strangers or against.same > against.strangers / 2 or for_it.same < against.same:
            return Decision.no(f"What was learned about “{kind}” is not believable: the model in use stays.")
    return YES


def groups(pairs: Iterable[Pair]) -> list[frozenset[int]]:
    """People that may be one, in groups of which *every* two are a pair: a chain of possible pairs is never one person.

    The surest pairs come first; the same pairs in any order give the same groups.
    """
    found = sorted(pairs, key=lambda pair: (-pair.probability, pair.one, pair.other))
    joined = {frozenset((pair.one, pair.other)) for pair in found}
    group: dict[int, frozenset[int]] = {}
    for pair in found:
        one, other = (group.get(person, frozenset((person,))) for person in (pair.one, pair.other))
        if one is other or one == other:
            continue
        if all(frozenset((left, right)) in joined for left in one for right in other):
            group |= dict.fromkeys(one | other, one | other)
    return sorted(set(group.values()), key=min)


def to_propose(pairs: Sequence[Pair], most: int) -> list[Pair]:
    """What to ask a coordinator, the surest first: within a group only each with the first, and at most `most` for a person."""
    first = {person: min(group) for group in groups(pairs) for person in group}
    asked: dict[int, int] = {}
    found = []
    for pair in sorted(pairs, key=lambda pair: (-pair.probability, pair.one, pair.other)):
        together = first.get(pair.one) is not None and first.get(pair.one) == first.get(pair.other)
        if together and first[pair.one] not in (pair.one, pair.other):
            continue  # both are asked about with the first of them
        if not together and max(asked.get(pair.one, 0), asked.get(pair.other, 0)) >= most:
            continue
        for person in (pair.one, pair.other):
            asked[person] = asked.get(person, 0) + 1
        found.append(pair)
    return found
