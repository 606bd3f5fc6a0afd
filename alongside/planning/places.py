"""Points for places as they are written: an address in one small form, the outline of a town with fewer corners.

Pure: texts and numbers in and out. Nothing here knows whose place it is.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot
from pathlib import Path
from typing import Any

Point = tuple[float, float]  # latitude, longitude, in degrees
Ring = list[list[float]]  # of [longitude, latitude], as GeoJSON has it

_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl",
    "boulevard": "blvd", "highway": "hwy", "parkway": "pkwy", "terrace": "ter", "circle": "cir", "square": "sq",
    "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st", "mount": "mt",
}  # fmt: skip
_UNIT = re.compile(r"(?:\b(?:apt|apartment|unit|suite|ste|room|rm|floor|fl)\b|#)[ .]*[\w-]*", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[^\w]+")
LONGEST_LINE = 120
TOLERANCE = 0.0006  # degrees, some 50 m: finer than a line on the map is wide
SMALLEST_RING = 8  # corners of an islet that may be left out beside a larger part
COLUMNS = (
    ("number", "street", "city", "lat", "lon"),  # OpenAddresses
    ("address", "town", "latitude", "longitude"),
)
TOWN_NAMES = ("TOWN2", "NAME", "name", "TOWN")
MOST_BYTES = 500_000_000


class Unreadable(Exception):
    """A file that is not what it should be, in one sentence."""


@dataclass(slots=True)
class Read:
    """What a file of places held: values by name, and a sentence for each row that was not understood."""

    found: dict[str, Any] = field(default_factory=dict)
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)


def one_line(address: str, town: str = "") -> str:
    """An address in the one form it is looked up by: small letters, short words for roads, no unit; "" when nothing is left."""
    words = _NOT_A_WORD.sub(" ", _UNIT.sub(" ", f"{address}, {town}").casefold()).split()
    return " ".join(_WORDS.get(word, word) for word in words)[:LONGEST_LINE]


def read_addresses(file: Path) -> Read:
    """Points by address line from a CSV file with one of the declared `COLUMNS`; every other column is dropped unread."""
    read = Read()
    try:
        with _opened(file) as lines:
            rows = csv.reader(lines)
            header = [name.strip().casefold() for name in next(rows, [])]
            wanted = next((names for names in COLUMNS if set(names) <= set(header)), None)
            if wanted is None:
                known = "; ".join(", ".join(names) for names in COLUMNS)
                raise Unreadable(f"The file does not have the columns of an address list: {known}.")
            read.dropped_columns = [name for name in header if name not in wanted]
            at = [header.index(name) for name in wanted]
            for number, row in enumerate(rows, 2):
                read.rows += 1
                _take_address(read, number, [row[place].strip() for place in at if place < len(row)])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error):
        raise Unreadable("The file cannot be read as CSV text in UTF-8.") from None
    return read


def _take_address(read: Read, number: int, cells: list[str]) -> None:
    *words, latitude, longitude = cells if len(cells) >= 4 else ["", "", "", ""]
    point, line = degrees(latitude, longitude), one_line(" ".join(words[:-1]), words[-1])
    if point is None:
        read.problems.append(f"Row {number}: no point in degrees.")
    elif not any(words[:-1]):
        read.problems.append(f"Row {number}: no address.")
    else:
        read.found.setdefault(line, point)


def degrees(latitude: object, longitude: object) -> tuple[float, float] | None:
    """A point on the earth from two texts or numbers; None for anything else, such as meters of a state plane."""
    try:
        lat, lon = float(str(latitude)), float(str(longitude))
    except ValueError:
        return None
    return (round(lat, 6), round(lon, 6)) if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0) else None


def read_towns(file: Path) -> Read:
    """Outlines of towns by name from a GeoJSON file in degrees: the outer rings, with every corner."""
    read = Read()
    try:
        with _opened(file) as text:
            features = json.loads(text.read(MOST_BYTES))["features"]
        for number, feature in enumerate(features, 1):
            read.rows += 1
            _take_town(read, number, feature)
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unreadable("The file cannot be read as GeoJSON with a list of features.") from None
    return read


def _take_town(read: Read, number: int, feature: Any) -> None:
    properties, shape = feature.get("properties") or {}, feature.get("geometry") or {}
    name = next((str(properties[key]) for key in TOWN_NAMES if properties.get(key)), "")
    parts = shape.get("coordinates") if shape.get("type") == "MultiPolygon" else [shape.get("coordinates")]
    # Only the outer ring of each part: a lake is no other town.
    rings = [part[0] for part in parts or () if part and shape.get("type") in ("Polygon", "MultiPolygon")]
    if not name or not rings:
        read.problems.append(f"Feature {number}: no name, or no outline.")
    elif not all(abs(lon) <= 180 and abs(lat) <= 90 for ring in rings for lon, lat, *_ in ring):
        read.problems.append(f"Feature {number} ({name}): the outline is not in degrees.")
    else:
        read.found[name.strip().casefold()] = rings


def thinned(rings: Sequence[Sequence[Sequence[float]]], tolerance: float = TOLERANCE) -> list[Ring]:
    """The same outline with fewer corners, the largest part first; islets that shrink to nothing are left out."""
    thin = sorted((_thin(list(ring), tolerance) for ring in rings), key=area, reverse=True)
    kept = [ring for ring in thin[1:] if len(ring) >= SMALLEST_RING]
    return [[[round(lon, 4), round(lat, 4)] for lon, lat, *_ in ring] for ring in [*thin[:1], *kept]]


def _thin(ring: list[Sequence[float]], tolerance: float) -> list[Sequence[float]]:
    """Douglas and Peucker (1973), with a list instead of calls within calls: a coast has many corners."""
    keep, open_ = {0, len(ring) - 1, len(ring) // 2}, [(0, len(ring) // 2), (len(ring) // 2, len(ring) - 1)]
    while open_:
        first, last = open_.pop()
        far, at = max(
            ((_off(ring[place], ring[first], ring[last]), place) for place in range(first + 1, last)), default=(0.0, 0)
        )
        if far > tolerance:
            keep.add(at)
            open_ += [(first, at), (at, last)]
    return [ring[place] for place in sorted(keep)]


def _off(point: Sequence[float], start: Sequence[float], end: Sequence[float]) -> float:
    """How far a point lies from the line between two others, in degrees."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = across * across + up * up
    along = ((point[0] - start[0]) * across + (point[1] - start[1]) * up) / length if length else 0.0
    along = min(max(along, 0.0), 1.0)
    return hypot(start[0] + along * across - point[0], start[1] + along * up - point[1])


def area(ring: Sequence[Sequence[float]]) -> float:
    """Twice the area of a ring in square degrees, whichever way it turns."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _pairs(ring)))


def center(ring: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The center of gravity of a ring, as latitude and longitude."""
    west, south = ring[0][0], ring[0][1]  # near zero, or the small differences drown
    near = [(lon - west, lat - south) for lon, lat, *_ in ring]
    cross = [(a[0] * b[1] - b[0] * a[1], a[0] + b[0], a[1] + b[1]) for a, b in _pairs(near)]
    whole = sum(part for part, _, _ in cross) * 3
    if not whole:
        return south, west
    north, east = sum(c * y for c, _, y in cross) / whole, sum(c * x for c, x, _ in cross) / whole
    return round(south + north, 5), round(west + east, 5)


def _pairs(ring: Sequence[Sequence[float]]) -> Iterable[tuple[Sequence[float], Sequence[float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _opened(file: Path) -> Any:
    with file.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    return gzip.open(file, "rt", encoding="utf-8-sig") if packed else file.open(encoding="utf-8-sig", newline="")
