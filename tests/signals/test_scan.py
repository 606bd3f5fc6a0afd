"""The scan, what is usual, and the bar: on made-up counts where the answer is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.signals.budget import SHARES, bar, calibrated, quiet, rate_of
from alongside.signals.scan import each_alone, nearest, over, scan
from alongside.signals.usual import DAYS, Usual, usual
from alongside.signals.weekly import plan_for, surprise

WEEKDAY = np.arange(600) % 7


def test_the_nearest_are_oneself_and_then_by_distance():
    assert nearest([(42, -71), (42.5, -71), (42.1, -71)]).tolist() == [[0, 2, 1], [1, 2, 0], [2, 0, 1]]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 5))
def test_sums_over_the_last_periods(counts, length):
    found = over(np.array([counts], float), length)[0]
    assert found.tolist() == [sum(counts[max(0, at - length + 1) : at + 1]) for at in range(len(counts))]


def test_the_scan_finds_the_group_it_was_given():
    chance = np.random.default_rng(3)
    mean = np.full((20, 30), 0.3)
    counts = chance.poisson(mean).astype(float)
    near = nearest([(place // 5, place % 5) for place in range(20)])
    group = near[7, :4]
    counts[group, 25] += 3
    found = scan(counts, mean, np.full(20, 1.1), near, (1, 2, 3))
    assert found.surprise.argmax() == 25
    here = set(near[found.centre[25], : found.size[25]])
    assert len(here & set(group)) >= 3
    assert found.count[25] >= 12


def test_of_one_town_the_scan_is_the_towns_own_tail():
    counts = np.random.default_rng(1).poisson(2, (1, 50)).astype(float)
    mean, spread = np.full((1, 50), 2.0), np.array([1.3])
    found = scan(counts, mean, spread, np.array([[0]]), (1, 3)).surprise
    above = counts.cumsum(1)[0] > -1
    alone = each_alone(counts, mean, spread, (1, 3))[0]
    looked_at = found >= 0.31  # where there is more than usual; the scan looks at nothing else
    np.testing.assert_allclose(found[above & looked_at], alone[above & looked_at], atol=1e-9)


def test_what_is_usual_is_near_the_truth():
    chance = np.random.default_rng(2)
    rhythm = np.array([1.3, 1, 0.9, 0.9, 1, 1.1, 0.8])
    truth = np.array([3.0, 1.0, 0.2])[:, None] * rhythm[WEEKDAY] / rhythm.mean()
    places = np.arange(560, 600)
    there = usual(chance.poisson(truth).astype(float), places, [WEEKDAY], DAYS)
    assert there.mean[0] == pytest.approx(truth[0, places], rel=0.3)
    assert there.mean[2].mean() == pytest.approx(0.2, rel=0.3)
    assert (there.spread < 1.25).all()


def test_what_is_judged_does_not_teach_what_is_usual():
    counts = np.full((2, 500), 1.0)
    louder = counts.copy()
    louder[:, 495:] = 40
    places = np.arange(495, 500)
    one, other = (usual(part, places, [WEEKDAY[:500]], DAYS).mean for part in (counts, louder))
    np.testing.assert_array_equal(one, other)


@given(st.floats(0.02, 3), st.sampled_from([0.01, 0.05, 0.2]), st.integers(0, 5))
@settings(max_examples=6)
def test_the_bar_keeps_its_budget(mean, rate, seed):
    """Prevents the alarm of every second day: for tiny counts the rate stays under the budget, whole numbers and all."""
    means, spread = np.full((4, 60), mean), np.full(4, 1.2)
    there = Usual(means, spread, np.full(4, 365 * mean), drift=0.1)

    def look(chance):
        return each_alone(quiet(there, chance), means, spread, (1, 3)).max(0)

    level = calibrated(look, rate, len(means), seed)
    fresh = np.concatenate([look(np.random.default_rng(1000 + again)) for again in range(40)])
    assert (fresh > level).mean() <= rate * 1.6 + 0.003


def test_the_bar_is_passed_by_at_most_the_share():
    scores = np.array([1.0, 1, 1, 1, 2, 2, 3, 3, 3, 9])
    assert (scores > bar(scores, 0.1)).mean() <= 0.1
    assert (scores > bar(scores, 0.25)).mean() <= 0.25


def test_the_ways_of_looking_share_one_budget():
    assert sum(SHARES.values()) == 1
    for ways in (["hours", "days", "weeks"], ["hours", "days"], ["days"]):
        a_quarter = sum(rate_of(1.0, way, ways, 7) * 91.3 / 7 for way in ways)
        assert a_quarter == pytest.approx(1, rel=0.01)


def test_a_week_needs_two_years_and_takes_nine():
    assert plan_for(100) is None
    assert plan_for(107).years == 2
    assert plan_for(5000).years == 9
    with pytest.raises(ValueError, match="2 years"):
        surprise(np.zeros((1, 60)), [59])


def test_a_first_event_in_a_quiet_season_is_no_alarm():
    """A time of the year in which nothing ever happened is not one in which nothing can."""
    counts = np.zeros((1, 320))
    counts[0, 20::52] = 2
    counts[0, 319] = 1
    assert surprise(counts, [319])[0, 0] < 2.6
