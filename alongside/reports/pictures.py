"""Pictures as plain shapes in the units of a sheet, out of numbers that may be printed. No server is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

from alongside.common.axis import ticks_of

WIDTH = 720
NINETY_FIVE = 1.96


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a trend: where it stands, and from where to where chance alone may have moved it."""

    label: str
    value: int
    x: float
    y: float
    low: float
    high: float
    says: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trend:
    """A line of months with the band of chance around it, in percent of the picture; a hidden month is a gap."""

    points: Sequence[Point]
    line: str
    band: str
    ticks: Sequence[tuple[int, float]]
    labels: Sequence[tuple[str, float]]


def range_of(number: int) -> tuple[float, float]:
    """Between what a count lies by chance alone, 95 of 100 times (Byar's approximation to Poisson; Breslow and Day 1987)."""

    def end(count: int, sign: int) -> float:
        return float(count * (1 - 1 / (9 * count) + sign * NINETY_FIVE / (3 * sqrt(count))) ** 3) if count else 0.0

    return max(0.0, end(number, -1)), end(number + 1, 1)


def trend_of(months: Sequence[tuple[str, int | None]]) -> Trend:
    """The trend of months in their order."""
    sides = ticks_of(max((range_of(value)[1] for _label, value in months if value is not None), default=1))
    across = [round(100 * place / max(1, len(months) - 1), 2) for place in range(len(months))]

    def down(value: float) -> float:
        return round(100 - 100 * value / sides[-1], 2)

    runs: list[list[Point]] = [[]]
    for x, (label, value) in zip(across, months, strict=True):
        if value is None:
            runs.append([])
            continue
        low, high = range_of(value)
        runs[-1].append(Point(label, value, x, down(value), down(low), down(high), (round(low), round(high))))
    runs = [run for run in runs if run]
    line = " ".join("M" + " L".join(f"{one.x} {one.y}" for one in run) for run in runs)
    band = " ".join(
        "M" + " L".join([f"{one.x} {one.high}" for one in run] + [f"{one.x} {one.low}" for one in reversed(run)]) + "Z"
        for run in runs
    )
    labels = [(label, x) for x, (label, _value) in zip(across, months, strict=True)]
    return Trend([one for run in runs for one in run], line, band, [(tick, down(tick)) for tick in sides],
                 labels[:: max(1, -(-len(labels) // MOST_LABELS))])  # fmt: skip


MOST_LABELS, MOST_RIBBONS, THICKEST, THINNEST = 4, 6, 48, 3


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One need from left to right, as thick as how many in a picture of this height; it ends where a number is hidden."""

    label: str
    path: str
    height: int
    values: Sequence[int | None]


def flow_of(rows: Sequence[tuple[Any, Sequence[int | None]]]) -> list[Ribbon]:
    """The ribbons of the needs noted most often; none where no number of them is printed."""
    known = [(str(label), list(values)) for label, values in rows if values[0]][:MOST_RIBBONS]
    most = max((values[0] or 0 for _label, values in known), default=1)
    ribbons = list[Ribbon]()
    for label, values in known:
        height = max(THINNEST, round(THICKEST * (values[0] or 0) / most))
        shown = values[: values.index(None)] if None in values else values
        ends = [(x, height / 2 * (value or 0) / (values[0] or 1)) for x, value in zip((0, 50, 100), shown, strict=False)]
        if len(ends) == 1:
            ends.append((6, ends[0][1]))
        ribbons.append(Ribbon(label, _ribbon(ends, height / 2), height, values))
    return ribbons


def _ribbon(ends: Sequence[tuple[float, float]], middle: float) -> str:
    above = [(x, middle - half) for x, half in ends]
    below = [(x, middle + half) for x, half in reversed(ends)]
    return "M" + " ".join(_curve(above)) + " L" + f"{below[0][0]:.1f} {below[0][1]:.1f} " + " ".join(_curve(below)[1:]) + "Z"


def _curve(points: Sequence[tuple[float, float]]) -> list[str]:
    found = [f"{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in zip(points, points[1:], strict=False):
        half = (x + to_x) / 2
        found.append(f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
    return found


@dataclass(frozen=True, slots=True)
class Shape:
    """One town: its outline, its number, its shade (0 for none printed), and where its name may stand."""

    name: str
    path: str
    number: int | None
    shade: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TownMap:
    """The towns, darker with more, and what each shade stands for."""

    width: int
    height: int
    shapes: Sequence[Shape]
    legend: Sequence[tuple[int, int, int]]


SHADES, TALLEST = 4, 420


def map_of(outlines: Sequence[Mapping[str, Any]], numbers: Mapping[str, int | None]) -> TownMap:
    """The towns with an outline, in four shades of equal steps; without a printed number of its own a town has none."""
    points = [(lon, lat) for town in outlines for ring in town["rings"] for lon, lat in ring]
    west, north = min(lon for lon, _ in points), max(lat for _, lat in points)
    shrink = cos(radians((north + min(lat for _, lat in points)) / 2))
    across = (max(lon for lon, _ in points) - west) * shrink or 0.01
    high = north - min(lat for _, lat in points) or 0.01
    scale = min((WIDTH - 2) / across, (TALLEST - 2) / high)
    most = max((value or 0 for value in numbers.values()), default=0) or 1
    step = -(-most // SHADES)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round(1 + (lon - west) * shrink * scale, 1), round(1 + (north - lat) * scale, 1)

    def shape(name: str, rings: Sequence[Sequence[tuple[float, float]]]) -> Shape:
        path = " ".join("M" + " L".join("{} {}".format(*at(*point)) for point in ring) + "Z" for ring in rings)
        value, (lons, lats) = numbers.get(name), zip(*rings[0], strict=True)
        shade = min(SHADES, -(-value // step)) if value else 0
        return Shape(name, path, value, shade, *at((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2))

    shapes = [shape(str(town["name"]), town["rings"]) for town in outlines]
    legend = [(shade, 1 + (shade - 1) * step, shade * step) for shade in range(1, SHADES + 1)]
    return TownMap(round(across * scale) + 2, round(high * scale) + 2, shapes, legend)
