"""Brings in the points of a site, public addresses and outlines of towns, and takes them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from alongside.accounts.models import Town
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.planning.models import AddressPoint, TownShape
from alongside.planning.places import Point, Ring, area, center, thinned

KINDS = {"towns": TownShape, "addresses": AddressPoint}
BATCH = 500


@dataclass(frozen=True, slots=True)
class PlacesKept:
    """What one import did, or with a dry run would do; `not_ours` are towns the program does not know."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    not_ours: tuple[str, ...] = ()


@transaction.atomic
def keep_outlines(outlines: Mapping[str, Sequence[Ring]], *, by: Actor, dry_run: bool = False) -> PlacesKept:
    """Give the program's towns their outline and middle, by name; towns of somebody else are named and not kept."""
    towns = _towns(by)
    ours = {name: rings for name, rings in outlines.items() if name in towns}
    if not ours:
        raise Refused("No town of this program is in the file; add the towns first, under the same names.")
    shapes = {name: (center(max(rings, key=area)), thinned(rings)) for name, rings in ours.items()}
    return _keep_shapes(shapes, towns, tuple(sorted(set(outlines) - set(ours))), by=by, dry_run=dry_run)


@transaction.atomic
def keep_middles(middles: Mapping[str, Point], *, by: Actor) -> PlacesKept:
    """Give the program's towns a middle alone, by name, where there is no outline."""
    towns = _towns(by)
    drawn = {row.town_id for row in TownShape.objects.filter(town__program_id=by.program_id) if row.outline}
    ours: dict[str, tuple[Point, list[Ring]]] = {
        name.casefold(): (middle, [])
        for name, middle in middles.items()
        if name.casefold() in towns and towns[name.casefold()].id not in drawn
    }
    return _keep_shapes(ours, towns, by=by)


@transaction.atomic
def keep_addresses(points: Mapping[str, Point], *, by: Actor, dry_run: bool = False,
                   replace: bool = False) -> PlacesKept:  # fmt: skip
    """Keep where public addresses are, by their line; with `replace`, those not in this list go."""
    if not points:
        raise Refused("The list holds no address with a point; nothing was changed.")
    rows = AddressPoint.objects.filter(program_id=by.program_id)
    known = {line: (lat, lon) for line, lat, lon in rows.values_list("line", "latitude", "longitude")}
    new = points.keys() - known.keys()
    changed = {line for line in points.keys() & known.keys() if known[line] != points[line]}
    gone = known.keys() - points.keys() if replace else set()
    done = PlacesKept(len(new), len(changed), len(points) - len(new) - len(changed), len(gone))
    if dry_run or not (new or changed or gone):
        return done
    _remove(rows, gone)
    kept = [AddressPoint(program_id=by.program_id, line=line, latitude=points[line][0], longitude=points[line][1])
            for line in sorted(new | changed)]  # fmt: skip
    AddressPoint.objects.bulk_create(
        kept, batch_size=BATCH, update_conflicts=True, unique_fields=["program", "line"],
        update_fields=["latitude", "longitude"],
    )  # fmt: skip
    _note(done, "addresses", by=by)
    return done


@transaction.atomic
def take_back(kind: str, *, by: Actor) -> int:
    """Remove every outline (“towns”) or every address of the program; orders go by what is left. Gives how many."""
    model: Any = KINDS[kind]
    program = {"towns": "town__program_id", "addresses": "program_id"}[kind]
    removed = model.objects.filter(**{program: by.program_id}).delete()[0]
    if removed:
        record("import_undone", kind="places", target=new_id(), by=by, places=kind, removed=removed)
    return int(removed)


def _towns(by: Actor) -> dict[str, Town]:
    return {town.name.casefold(): town for town in Town.objects.filter(program_id=by.program_id)}


def _keep_shapes(shapes: Mapping[str, tuple[Point, list[Ring]]], towns: Mapping[str, Town], others: tuple[str, ...] = (),
                 *, by: Actor, dry_run: bool = False) -> PlacesKept:  # fmt: skip
    known = {row.town_id: row for row in TownShape.objects.filter(town__program_id=by.program_id)}
    rows = [
        TownShape(town=towns[name], latitude=middle[0], longitude=middle[1], outline=rings)
        for name, (middle, rings) in sorted(shapes.items())
    ]
    new = [row for row in rows if row.town_id not in known]
    changed = [row for row in rows if row.town_id in known and _differs(row, known[row.town_id])]
    done = PlacesKept(len(new), len(changed), len(rows) - len(new) - len(changed), not_ours=others)
    if not dry_run and (new or changed):
        TownShape.objects.bulk_create(new, batch_size=BATCH)
        TownShape.objects.bulk_update(changed, ["latitude", "longitude", "outline"], batch_size=BATCH)
        _note(done, "towns", by=by)
    return done


def _differs(row: TownShape, known: TownShape) -> bool:
    return (row.latitude, row.longitude, row.outline) != (known.latitude, known.longitude, known.outline)


def _remove(rows: Any, gone: set[str]) -> None:
    lines = sorted(gone)
    for first in range(0, len(lines), BATCH):
        rows.filter(line__in=lines[first : first + BATCH]).delete()


def _note(done: PlacesKept, kind: str, *, by: Actor) -> None:
    record("places_imported", kind="places", target=new_id(), by=by, places=kind, added=done.added,
           changed=done.changed, removed=done.removed)  # fmt: skip
