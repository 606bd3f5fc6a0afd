"""Tails and quantiles of counts, beside scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alongside.signals.tails import count_limit, count_tail, student_limit

MEANS, SPREADS = st.floats(0.001, 200), st.one_of(st.just(1.0), st.floats(1.01, 9))


def theirs(mean, spread):
    return stats.poisson(mean) if spread == 1 else stats.nbinom(mean / (spread - 1), 1 / spread)


@given(st.integers(0, 300), MEANS, SPREADS)
def test_the_tail_is_that_of_the_distribution(count, mean, spread):
    found = count_tail(*(np.array([float(part)]) for part in (count, mean, spread)))[0]
    assert found == pytest.approx(max(theirs(mean, spread).sf(count - 1), 1e-14), abs=1e-11)


@given(MEANS, SPREADS, st.sampled_from([0.05, 0.01, 0.001]))
def test_the_limit_is_passed_with_the_given_share_at_most(mean, spread, share):
    limit = count_limit(share, np.array([mean]), np.array([spread]))[0]
    assert theirs(mean, spread).sf(limit) <= share + 1e-9
    assert limit == 0 or theirs(mean, spread).sf(limit - 1) >= share - 1e-9


@pytest.mark.parametrize(("share", "free"), [(0.05, 60), (0.05, 220), (0.01, 400)])
def test_the_limit_of_students_t(share, free):
    assert student_limit(share, free) == pytest.approx(stats.t.ppf(1 - share / 2, free), rel=1e-6)
