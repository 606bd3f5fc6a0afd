"""Pictures as plain shapes in the units of a sheet, out of numbers that may be printed. No server is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any

WIDTH, HIGH, MARGIN = 720, 260, 40
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
    """A line of months with the band of chance around it; a hidden month is a gap."""

    width: int
    height: int
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
    most = max((range_of(value)[1] for _label, value in months if value is not None), default=1) or 1
    step = (WIDTH - 2 * MARGIN) / max(1, len(months) - 1)

    def height(value: float) -> float:
        return round(HIGH - MARGIN - value / most * (HIGH - 2 * MARGIN), 1)

    points, runs, run = list[Point](), list[list[Point]](), list[Point]()
    for place, (label, value) in enumerate(months):
        if value is None:
            runs, run = [*runs, run], []
            continue
        low, high = range_of(value)
        x = round(MARGIN + place * step, 1)
        run.append(Point(label, value, x, height(value), height(low), height(high), (round(low), round(high))))
        points.append(run[-1])
    runs = [found for found in [*runs, run] if found]
    line = " ".join("M" + " L".join(f"{one.x} {one.y}" for one in found) for found in runs)
    band = " ".join(
        "M" + " L".join([f"{one.x} {one.high}" for one in found] + [f"{one.x} {one.low}" for one in reversed(found)]) + "Z"
        for found in runs
    )
    ticks = [(round(most * part / 2), height(most * part / 2)) for part in range(3)]
    labels = [(label, round(MARGIN + place * step, 1)) for place, (label, _value) in enumerate(months)]
    return Trend(WIDTH, HIGH, points, line, band, ticks, labels[:: max(1, len(labels) // 6)])


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One need from left to right: as wide as how many; it ends where a number is hidden."""

    label: str
    path: str
    y: float
    shade: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What was noted, passed on and connected, side by side."""

    width: int
    height: int
    ribbons: Sequence[Ribbon]


MOST_RIBBONS, GAP, LEFT = 6, 14, 250


def flow_of(rows: Sequence[tuple[Any, Sequence[int | None]]]) -> Flow | None:
    """The ribbons of the needs noted most often; None when no number of them is printed."""
    known = [(str(label), list(values)) for label, values in rows if values[0]][:MOST_RIBBONS]
    if not known:
        return None
    scale = (HIGH - GAP) / sum(values[0] or 0 for _label, values in known)
    ribbons, top = list[Ribbon](), 0.0
    stops = [LEFT, LEFT + (WIDTH - LEFT) / 2, float(WIDTH)]
    for shade, (label, values) in enumerate(known):
        wide = (values[0] or 0) * scale
        middle = top + wide / 2
        shown = values[: values.index(None)] if None in values else values
        ends = [(x, (value or 0) * scale / 2) for x, value in zip(stops, shown, strict=False)]
        if len(ends) == 1:
            ends.append((LEFT + 12.0, ends[0][1]))
        ribbons.append(Ribbon(label, _ribbon(ends, middle), round(middle, 1), shade))
        top += wide + GAP
    return Flow(WIDTH, round(top), ribbons)


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
    """One town: its outline, its number and its shade, 0 for none printed."""

    name: str
    path: str
    number: int | None
    shade: int


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

    def path(ring: Sequence[tuple[float, float]]) -> str:
        at = [(1 + (lon - west) * shrink * scale, 1 + (north - lat) * scale) for lon, lat in ring]
        return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in at) + "Z"

    shapes = []
    for town in outlines:
        value = numbers.get(str(town["name"]))
        shade = 0 if value is None else min(SHADES, -(-value // step)) if value else 0
        shapes.append(Shape(str(town["name"]), " ".join(path(ring) for ring in town["rings"]), value, shade))
    legend = [(shade, 1 + (shade - 1) * step, shade * step) for shade in range(1, SHADES + 1)]
    return TownMap(round(across * scale) + 2, round(high * scale) + 2, shapes, legend)
