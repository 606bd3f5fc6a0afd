"""The map of an order as plain shapes: outlines, the way and numbered marks, fitted to a sheet. No server is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from alongside.planning.places import Point, center

WIDTH, FEWEST_HIGH, MOST_HIGH = 420, 200, 420  # small, so that the numbers stay readable on a phone
MARGIN = 30
SMALLEST_SPAN = 0.01  # degrees, about a kilometer: one place alone is not drawn as a whole world


@dataclass(frozen=True, slots=True)
class Mark:
    """One place with the numbers of the visits there."""

    x: float
    y: float
    text: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the page draws, in the units of its sheet."""

    width: int
    height: int
    outlines: list[tuple[str, str, float, float]]  # name, path, and where the name stands
    way: str
    marks: list[Mark]
    start: tuple[float, float] | None


def drawing_of(outlines: Sequence[Mapping[str, Any]], points: Sequence[Point | None],
               start: Point | None = None) -> Drawing | None:  # fmt: skip
    """The drawing of the visits in their order; a visit without a point has none, and without any there is no drawing."""
    known = [point for point in points if point is not None]
    if not known:
        return None
    corners = [(lat, lon) for outline in outlines for ring in outline["rings"] for lon, lat in ring]
    sheet = _Sheet([*known, *corners, *([start] if start else [])])
    at: dict[tuple[float, float], list[int]] = {}
    for number, point in enumerate(points, 1):
        if point is not None:
            at.setdefault(sheet.place(point), []).append(number)
    texts = {place: numbers_in_short(numbers) for place, numbers in at.items()}
    way = [sheet.place(point) for point in ([start, *known, start] if start else known)]
    return Drawing(
        WIDTH, sheet.height, [sheet.outline(outline) for outline in outlines if outline["rings"]], _path(way),
        [Mark(*place, text, len(text) > 2) for place, text in texts.items()], sheet.place(start) if start else None,
    )  # fmt: skip


def numbers_in_short(numbers: Sequence[int]) -> str:
    """The numbers that share a mark: “4”, “2–5”, or the first and how many more."""
    if len(numbers) == 1:
        return str(numbers[0])
    if list(numbers) == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]}–{numbers[-1]}"
    return f"{numbers[0]} +{len(numbers) - 1}"


class _Sheet:
    """Degrees to units: a degree of longitude is as much shorter as the place is north."""

    def __init__(self, points: Sequence[Point]) -> None:
        self.north, self.south = max(lat for lat, _ in points), min(lat for lat, _ in points)
        self.west, east = min(lon for _, lon in points), max(lon for _, lon in points)
        self.shrink = cos(radians((self.north + self.south) / 2))
        across = max((east - self.west) * self.shrink, SMALLEST_SPAN)
        high = max(self.north - self.south, SMALLEST_SPAN)
        self.scale = min((WIDTH - 2 * MARGIN) / across, (MOST_HIGH - 2 * MARGIN) / high)
        self.height = round(max(FEWEST_HIGH, (self.north - self.south) * self.scale + 2 * MARGIN))
        self.left = (WIDTH - (east - self.west) * self.shrink * self.scale) / 2
        self.top = (self.height - (self.north - self.south) * self.scale) / 2

    def place(self, point: Point) -> tuple[float, float]:
        x = self.left + (point[1] - self.west) * self.shrink * self.scale
        return round(x, 1), round(self.top + (self.north - point[0]) * self.scale, 1)

    def outline(self, outline: Mapping[str, Any]) -> tuple[str, str, float, float]:
        rings = [[self.place((lat, lon)) for lon, lat in ring] for ring in outline["rings"]]
        return (
            str(outline["name"]),
            " ".join(f"{_path(ring)}Z" for ring in rings),
            *self.place(center(outline["rings"][0])),
        )


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in places) if places else ""
