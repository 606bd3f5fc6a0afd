"""Late reports change numbers between two releases: what stands contradicts what is new, and nothing breaks."""

import pytest

from alongside.suppression.attack import Contradiction
from alongside.suppression.protecting import protect
from alongside.suppression.rules import Kin, count

TOWNS = Kin(domains={"town": ("East", "West")})


def test_a_reader_mends_what_was_printed_earlier():
    earlier = [count("n", 40, month="04"), count("n", 0, month="04", town="West")]
    shown = protect([count("n", 43, month="04", town="East"), count("n", 80, month=("04", "05"))], earlier, TOWNS)
    assert [one.value for one in shown.counts] == [43, 80]


def test_what_cannot_be_mended_is_read_by_itself():
    earlier = [count("n", None, month="04"), count("n", None, month="05")]
    shown = protect([count("n", 0, month=("04", "05"))], earlier)
    assert [one.value for one in shown.counts] == [0]


def test_new_numbers_have_to_fit_together():
    with pytest.raises(Contradiction):
        protect([count("n", 40, month="04"), count("n", 60, month="04", town="East")], kin=TOWNS)
    shown = protect([count("a", 60, month="04"), count("b", 40, month="04")], kin=Kin(usual={"a": ("b",)}))
    assert [one.value for one in shown.counts] == [60, 40]
