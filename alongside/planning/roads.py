"""How long it takes from place to place: a straight line times a factor, or what a site's own road server says.

A server is given points and nothing else, and only when the site named one. When it does not answer, the straight line
does, and the sentence that goes with every order says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import OK, HTTPConnection, HTTPException, HTTPSConnection
from math import asin, ceil, cos, radians, sin, sqrt
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from alongside.planning.places import Point

DETOUR = 1.3
SPEED_KMH = 40
LEG_MINUTES = 2  # to park and to get going
UNKNOWN_MINUTES = 15  # to and from a place that nobody can put on a map
EARTH_KM = 6371.0
ANSWER_SECONDS = 3
SILENT_SECONDS = 60  # a server that is down is not waited for by everybody who asks
MOST_BYTES = 5_000_000
SERVERS = ("osrm:http://", "osrm:https://", "valhalla:http://", "valhalla:https://")
STRAIGHT = f"Straight line times {DETOUR} at {SPEED_KMH} km/h (25 mph), no traffic. The road may take longer."
SILENT = "The road server did not answer."
WRONG = "The address of the road server (ALONGSIDE_ROADS) is not one we understand."
BY_ROAD = "Minutes by road, without traffic."
_silent_until: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Roads:
    """Whole minutes from each place to each, and in sentences how they were found."""

    minutes: tuple[tuple[int, ...], ...]
    model: tuple[str, ...]


def minutes_between(places: Sequence[Point | None], server: str = "") -> Roads:
    """The minutes between places; `server` is “osrm:” or “valhalla:” and an address, or empty."""
    model: tuple[str, ...]
    known = [place for place in places if place is not None]
    model, table = (STRAIGHT,), None
    if server and not server.startswith(SERVERS):
        model = (WRONG, STRAIGHT)
    elif server and len(set(known)) > 1:
        table = _asked(server, known)
        model = (BY_ROAD,) if table else (SILENT, STRAIGHT)
    table = table or [[straight_minutes(here, there) for there in known] for here in known]
    rows = iter(table)
    return Roads(
        tuple(_row(next(rows) if place else None, number, places) for number, place in enumerate(places)), model
    )


def straight_minutes(here: Point, there: Point) -> float:
    """Minutes by car along a straight line times the detour."""
    return kilometers(here, there) * DETOUR / SPEED_KMH * 60


def kilometers(here: Point, there: Point) -> float:
    """The length of the great circle between two points."""
    (south, west), (north, east) = ((radians(lat), radians(lon)) for lat, lon in (here, there))
    chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(chord))


def _row(minutes: Sequence[float] | None, number: int, places: Sequence[Point | None]) -> tuple[int, ...]:
    known = iter(minutes or ())
    row = [UNKNOWN_MINUTES if minutes is None or place is None else ceil(next(known)) + LEG_MINUTES for place in places]
    row[number] = 0
    return tuple(row)


def _asked(server: str, points: Sequence[Point]) -> list[list[float]] | None:
    """The table of a road server in minutes, or None when it is silent, slow, or answers something else."""
    kind, _, address = server.partition(":")
    if _silent_until.get(server, 0) > monotonic():
        return None
    ask = _osrm if kind == "osrm" else _valhalla
    try:
        table = ask(address.rstrip("/"), [(round(lat, 5), round(lon, 5)) for lat, lon in points])
        minutes = [[float(seconds) / 60 for seconds in row] for row in table]
    except (OSError, HTTPException, ValueError, TypeError, KeyError):  # also a place that no road leads to
        _silent_until[server] = monotonic() + SILENT_SECONDS
        return None
    whole = len(minutes) == len(points) and all(len(row) == len(points) for row in minutes)
    return minutes if whole and all(0 <= minute < float("inf") for row in minutes for minute in row) else None


def _osrm(address: str, points: Sequence[Point]) -> Any:
    where = ";".join(f"{lon},{lat}" for lat, lon in points)
    return _answer(f"{address}/table/v1/driving/{where}?annotations=duration")["durations"]


def _valhalla(address: str, points: Sequence[Point]) -> Any:
    where = [{"lat": lat, "lon": lon} for lat, lon in points]
    question = {"sources": where, "targets": where, "costing": "auto"}
    table = _answer(f"{address}/sources_to_targets", json.dumps(question))["sources_to_targets"]
    return [[leg["time"] for leg in row] for row in table]


def _answer(address: str, body: str | None = None) -> Any:
    """One question to that server alone: no proxy, no redirect, nothing from the environment."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    with closing(kind(parts.netloc.rpartition("@")[2], timeout=ANSWER_SECONDS)) as connection:
        where = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("POST" if body else "GET", where, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != OK:
            raise ValueError(answer.status)
        return json.loads(answer.read(MOST_BYTES))
