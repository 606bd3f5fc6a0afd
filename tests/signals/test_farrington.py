"""The same means and upper bounds as farringtonFlexible of R's package surveillance 1.20.3, on made-up weeks."""

from datetime import date

import numpy as np
import pytest

from alongside.signals.farrington import Plan, anniversaries, expect, parts_of
from alongside.signals.tails import count_limit

# (years, parts, left out, trend below, alpha) → for each series the means and upper bounds that R gives for weeks 319 to 330.
WITH_SEASON, OLD_WAY = (5, 10, 26, 0.05, 0.005), (3, 1, 3, 1, 0.01)
# R asks for a trend with the weights of the outbreaks alone; ours asks as the regression does. Here both keep it.
TREND_KEPT = (5, 10, 26, 1, 0.005)
R = {
    (0, WITH_SEASON): (
        "0.4857143 0.4857143 0.4285714 0.4285714 0.4 0.4 0.4285714 0.4 0.3428571 0.3714286 0.3428571 0.3142857",
        "3 3 3 3 3 3 3 3 3 3 3 2",
    ),
    (0, OLD_WAY): (
        "0.3270827 0.3382767 0.3801979 0.3691342 0.4382305 0.2092237 0.3434123 0.2500237 0.1173884 0.1144658 0.1291042 "
        "0.204791",
        "2 2 2 2 3 2 2 2 1 1 1 2",
    ),
    (1, WITH_SEASON): (
        "7.482086 7.269081 6.628024 6.728389 6.325564 5.925304 5.878747 5.753947 5.174695 5.174878 4.720685 4.472465",
        "15 15 14 14 14 13 13 13 12 12 11 11",
    ),
    (1, OLD_WAY): (
        "6.368708 6.716333 6.386683 7.154195 7.355156 5.855729 6.267818 5.420774 4.211727 3.99921 3.68298 3.823894",
        "13 14 14 14 14 12 13 11 10 9 9 9",
    ),
    (3, TREND_KEPT): (
        "42.63488 40.34773 36.84186 36.94121 34.70226 32.9868 31.71162 30.70806 28.18185 28.14669 26.18929 24.61539",
        "92 87 83 85 80 76 73 73 70 70 66 63",
    ),
    (3, OLD_WAY): (
        "38.43569 39.31486 36.76296 40.28102 41.03474 32.92217 33.7506 29.29229 23.12867 22.17018 20.61488 20.16272",
        "87 88 89 89 83 68 68 59 48 49 49 49",
    ),
}


def made_up(level, trend):
    """A rhythm of the year, a trend and a past outbreak, by a formula."""
    week = np.arange(330)
    noise = (week * 7919 + week * week * 104729) % 997 / 997
    mean = level * np.exp(trend * week + 0.5 * np.cos(2 * np.pi * week / 52))
    counts = np.floor(mean * (0.35 + 1.3 * noise) + noise * noise * 1.2)
    counts[200:204] += 3 * max(1, int(level))
    return counts


SERIES = np.stack([made_up(*shape) for shape in ((0.4, 0), (2, 0.003), (9, 0.002), (40, -0.001))])


@pytest.mark.parametrize(("row", "how"), R, ids=lambda value: str(value))
def test_means_and_bounds_are_those_of_r(row, how):
    years, parts, left_out, trend_below, alpha = how
    plan = Plan(years=years, parts=parts, left_out=left_out, trend_below=trend_below)
    means, bounds = (np.array(text.split(), float) for text in R[row, how])
    found = [expect(SERIES, place, plan) for place in range(318, 330)]
    np.testing.assert_allclose([one.mean[row] for one in found], means, rtol=1e-6)
    limits = [count_limit(alpha, one.mean, one.spread)[row] for one in found]
    np.testing.assert_array_equal(limits, bounds)


def test_a_start_near_the_answer_changes_nothing():
    plan = Plan(years=5)
    cold, near = expect(SERIES, 320, plan), expect(SERIES, 319, plan).fitted_slope
    np.testing.assert_allclose(expect(SERIES, 320, plan, start=near).mean, cold.mean, rtol=1e-7)


def test_many_series_at_once_are_each_fitted_alone():
    many = np.vstack([SERIES] * 40)
    together = expect(many, 320, Plan(years=5))
    np.testing.assert_allclose(together.mean[-4:], expect(SERIES, 320, Plan(years=5)).mean, rtol=1e-9)


def test_too_little_past_says_so():
    with pytest.raises(ValueError, match="260 earlier periods"):
        expect(SERIES, 200, Plan(years=5))


def test_the_weeks_just_before_teach_nothing():
    later = SERIES.copy()
    later[:, 295:] += 50
    np.testing.assert_array_equal(expect(later, 320, Plan(years=5)).mean, expect(SERIES, 320, Plan(years=5)).mean)


def test_a_year_is_cut_into_its_parts_without_a_gap():
    back, part = parts_of(Plan(years=5))
    assert list(back) == list(range(263, 26, -1))
    assert set(part) == set(range(10))


@pytest.mark.parametrize(
    ("day", "weeks"),
    [(date(2026, 1, 5), (52, 104, 157)), (date(2024, 2, 29), (52, 104, 156)), (date(2016, 10, 21), (52, 104, 157))],
)
def test_the_same_week_of_earlier_years_is_the_nearest_one(day, weeks):
    assert anniversaries(day, 3) == weeks
