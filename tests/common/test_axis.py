"""The side of a picture: round numbers, few of them, and the highest value below the last."""

import pytest

from alongside.common.axis import ticks_of


@pytest.mark.parametrize(("most", "ticks"), [
    (0, [0, 1]), (1, [0, 1]), (3.2, [0, 1, 2, 3, 4]), (8, [0, 2, 4, 6, 8]), (9, [0, 5, 10]), (41, [0, 20, 40, 60]),
    (105, [0, 50, 100, 150]), (1001, [0, 500, 1000, 1500]),
])  # fmt: skip
def test_round_numbers_up_to_the_highest(most, ticks):
    assert ticks_of(most) == ticks
