"""Where a visit is: the site's own address point, else the middle of the town, else nowhere. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alongside.accounts.models import Agency, Town
from alongside.common.actor import Actor
from alongside.planning.models import AddressPoint, TownShape
from alongside.planning.places import Point, one_line
from alongside.planning.rules import Visit


@dataclass(frozen=True, slots=True)
class Where:
    """Where the team starts, where each visit is by its case, and the outlines of their towns."""

    start: Point | None
    points: Mapping[str, Point]
    outlines: list[dict[str, Any]]


def has_addresses(viewer: Actor) -> bool:
    """Whether the program brought a list of addresses; without one no meeting place need be opened for the order."""
    return AddressPoint.objects.filter(program_id=viewer.program_id).exists()


def where(viewer: Actor, visits: Sequence[Visit], base: Agency | None) -> Where:
    """The points of visits, and of the team's agency when the site's list of addresses has a line of its name."""
    ids = {visit.town_id for visit in visits if visit.town_id}
    towns = Town.objects.filter(program_id=viewer.program_id, id__in=ids)
    names: dict[UUID | None, str] = {town.id: town.name for town in towns}
    shapes: dict[UUID | None, TownShape] = {
        row.town_id: row for row in TownShape.objects.filter(town_id__in=ids, town__program_id=viewer.program_id)
    }
    lines = {
        visit.case: [one_line(visit.place), one_line(visit.place, names.get(visit.town_id, ""))]
        for visit in visits
        if visit.place
    }
    home = one_line(base.name) if base else ""
    known = _known(viewer, {home, *(line for found in lines.values() for line in found)})
    points = {}
    for visit in visits:
        shape = shapes.get(visit.town_id)
        exact = next((known[line] for line in lines.get(visit.case, ()) if line in known), None)
        if point := exact or ((shape.latitude, shape.longitude) if shape else None):
            points[visit.case] = point
    drawn = sorted((names[town], shape.outline) for town, shape in shapes.items() if shape.outline)
    return Where(known.get(home), points, [{"name": name, "rings": rings} for name, rings in drawn])


def _known(viewer: Actor, lines: set[str]) -> dict[str, Point]:
    rows = AddressPoint.objects.filter(program_id=viewer.program_id, line__in=lines - {""})
    return {line: (lat, lon) for line, lat, lon in rows.values_list("line", "latitude", "longitude")}
