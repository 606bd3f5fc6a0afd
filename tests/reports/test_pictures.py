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
    assert [(ribbon.label, ribbon.height) for ribbon in flow] == [("Ride", 48), ("Food", 14)]
    assert [ribbon.path.count("50.0") > 0 for ribbon in flow] == [True, False]
    assert flow_of([("Detox", (None, None, None))]) == []


def test_a_month_stands_where_its_number_is_on_the_side():
    trend = trend_of([("Jan", 0), ("Feb", 21), ("Mar", None), ("Apr", 30)])
    assert trend.ticks == [(0, 100), (20, 66.67), (40, 33.33), (60, 0)]
    assert [(point.x, point.y) for point in trend.points] == [
        (x, round(100 - 100 * number / 60, 2)) for x, number in ((0, 0), (33.33, 21), (100, 30))
    ]
    assert [label for label, _x in trend.labels] == ["Jan", "Feb", "Mar", "Apr"]


def test_a_town_without_a_printed_number_has_no_shade():
    square = [[0, 0], [0.1, 0], [0.1, 0.1], [0, 0.1]]
    towns = [{"name": name, "rings": [square]} for name in ("East", "West", "North", "South")]
    found = map_of(towns, {"East": 80, "West": None, "North": 0, "South": 11})
    assert [shape.shade for shape in found.shapes] == [4, 0, 0, 1]
