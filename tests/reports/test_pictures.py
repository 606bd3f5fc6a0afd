"""Pictures say what the numbers say, and nothing of what is hidden."""

import pytest

from alongside.reports.pictures import flow_of, map_of, range_of, trend_of


@pytest.mark.parametrize(("number", "low", "high"), [(0, 0, 3.69), (10, 4.80, 18.39), (100, 81.36, 121.63)])
def test_the_band_of_chance_is_that_of_a_poisson_count(number, low, high):
    """The exact limits (Garwood 1936), to a hundredth of the number or better."""
    found = range_of(number)
    assert found[0] == pytest.approx(low, abs=0.02 + number / 100)
    assert found[1] == pytest.approx(high, abs=0.15 + number / 100)


def test_a_hidden_month_is_a_gap():
    trend = trend_of([("2026-01", 40), ("2026-02", None), ("2026-03", 50), ("2026-04", 60)])
    assert trend.line.count("M") == 2
    assert [point.label for point in trend.points] == ["2026-01", "2026-03", "2026-04"]


def test_a_ribbon_ends_where_a_number_is_hidden():
    flow = flow_of([("Ride", (40, 20, None)), ("Food", (12, None, None)), ("Detox", (None, None, None))])
    assert [ribbon.label for ribbon in flow.ribbons] == ["Ride", "Food"]
    assert flow_of([("Detox", (None, None, None))]) is None


def test_a_town_without_a_printed_number_has_no_shade():
    square = [[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1]]
    towns = [{"name": name, "rings": [square]} for name in ("East", "West", "North", "South")]
    found = map_of(towns, {"East": 80, "West": None, "North": 0, "South": 11})
    assert [shape.shade for shape in found.shapes] == [4, 0, 0, 1]
