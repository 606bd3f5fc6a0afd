"""Printed counts as sums over the smallest pieces that anybody could tell apart; no number is looked at here.

Values of a dimension that always stand together in the printed counts are one class. A *frame* is a set of dimensions with
the pieces between them (the product of the classes). Two frames that share dimensions agree about their sums over those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from alongside.suppression.rules import Count, Kin

OTHERS = "\0others"
# Up to this many pieces the table of all dimensions at once is laid too, which closes circles of three tables.
WHOLE_CROSS = 1000

Dims = frozenset[str]
Piece = tuple[str, Dims, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A sum of pieces, and minus another sum: equal to it, or (with `least`) no less than it."""

    plus: tuple[Piece, ...]
    minus: tuple[Piece, ...] = ()
    least: bool = False


class Regions:
    """The pieces of some counts, and what every reader knows of their sums."""

    def __init__(self, counts: Sequence[Count], kin: Kin) -> None:
        self.kin = kin
        self.by_of: dict[str, list[Count]] = {}
        for one in counts:
            self.by_of.setdefault(one.of, []).append(one)
        self.classes = _classes_of(counts, kin)
        self.frames: dict[str, list[Dims]] = {}
        for of, found in sorted(self.by_of.items()):
            seen = {one.dims for one in found}
            self.frames[of] = sorted((dims for dims in seen if not any(dims < other for other in seen)), key=sorted)
        self._close_circles()

    def pieces_of(self, one: Count) -> tuple[Piece, ...]:
        """The pieces whose sum a count is, in a frame that has its dimensions; what it does not name is summed over."""
        wanted = {name: frozenset(values) for name, values in one.where}
        dims = next(dims for dims in self.frames[one.of] if one.dims <= dims)
        inside = [
            [place for place, values in enumerate(self.classes[name]) if name not in wanted or values <= wanted[name]]
            for name in sorted(dims)
        ]
        return tuple((one.of, dims, at) for at in product(*inside))

    def rows(self) -> Iterator[Row]:
        """What holds between pieces: frames agree, a part is no larger than its whole, what covers is no smaller."""
        for of, frames in self.frames.items():
            yield from self._agree(frames, of)
        for part, wholes in self.kin.parts.items():
            for whole in wholes:
                yield from self._within(part, whole)
        for total, parts in self.kin.covers.items():
            yield from self._covered(total, parts)
        for part, wholes in self.kin.inside.items():
            for whole in wholes:
                yield from self._inside(part, whole)

    def _close_circles(self) -> None:
        """Tables of which each shares a dimension with the next say more together than pair by pair, when they meet again."""
        for of, frames in self.frames.items():
            everything = frozenset(name for dims in frames for name in dims)
            if len(frames) > 1 and prod(len(self.classes[name]) for name in everything) <= WHOLE_CROSS:
                self.frames[of] = [everything]

    def _sums(self, of: str, dims: Dims, shared: Dims) -> dict[tuple[int, ...], tuple[Piece, ...]]:
        """The pieces of a frame by their place among some of its dimensions."""
        names = sorted(dims)
        kept = [place for place, name in enumerate(names) if name in shared]
        found: dict[tuple[int, ...], list[Piece]] = {}
        for at in product(*(range(len(self.classes[name])) for name in names)):
            found.setdefault(tuple(at[place] for place in kept), []).append((of, dims, at))
        return {at: tuple(pieces) for at, pieces in found.items()}

    def _agree(self, frames: Sequence[Dims], of: str) -> Iterator[Row]:
        for place, one in enumerate(frames):
            for other in frames[place + 1 :]:
                left, right = self._sums(of, one, one & other), self._sums(of, other, one & other)
                yield from (Row(left[at], right[at]) for at in left)

    def _within(self, part: str, whole: str) -> Iterator[Row]:
        for one, other in self._meeting(part, whole):
            small, large = self._sums(part, one, one & other), self._sums(whole, other, one & other)
            yield from (Row(large[at], small[at], least=True) for at in small)

    def _covered(self, total: str, parts: Sequence[str]) -> Iterator[Row]:
        for dims in self.frames.get(total, ()):
            if all(dims in self.frames.get(part, ()) for part in parts):
                for at, pieces in self._sums(total, dims, dims).items():
                    yield Row(tuple((part, dims, at) for part in parts), pieces, least=True)

    def _inside(self, part: str, whole: str) -> Iterator[Row]:
        for one, other in product(self.by_of.get(part, ()), self.by_of.get(whole, ())):
            yield Row(self.pieces_of(other), self.pieces_of(one), least=True)

    def _meeting(self, part: str, whole: str) -> Iterator[tuple[Dims, Dims]]:
        """The pairs of frames in which a part and its whole can be compared: equal ones where there are any."""
        mine, theirs = self.frames.get(part, []), self.frames.get(whole, [])
        for one in mine:
            for other in [one] if one in theirs else theirs:
                yield one, other


def _classes_of(counts: Iterable[Count], kin: Kin) -> dict[str, list[frozenset[str]]]:
    """For each dimension the sets of values that no count tells apart; others than those named, where there may be any."""
    sets: dict[str, set[frozenset[str]]] = {}
    for name, some in {place for one in counts for place in one.where}:
        sets.setdefault(name, set()).add(frozenset(some))
    classes = {}
    for name, found in sets.items():
        values = {value for some in found for value in some} | set(kin.domains.get(name, ()))
        told: dict[frozenset[frozenset[str]], set[str]] = {}
        for value in sorted(values):
            told.setdefault(frozenset(some for some in found if value in some), set()).add(value)
        classes[name] = [frozenset(group) for group in told.values()]
        if name not in kin.domains:
            classes[name].append(frozenset({OTHERS}))
    return classes
