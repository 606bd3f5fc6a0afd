"""The numbers along the side of a picture."""

from __future__ import annotations

from itertools import count

MOST_STEPS = 4


def ticks_of(most: float) -> list[int]:
    """Whole numbers from 0 in at most four equal steps of 1, 2 or 5 times a power of ten; the last is not below `most`."""
    step = next(size * 10**power for power in count() for size in (1, 2, 5) if most <= MOST_STEPS * size * 10**power)
    return [step * place for place in range(max(1, -int(-most // step)) + 1)]
