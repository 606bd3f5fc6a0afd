"""HSDS 3.0 as tables: rows that point at each other are hung together as one reads them in JSON, and taken apart again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alongside.listings.tables import Package
from alongside.services.records import Problem, Unreadable

Thing = dict[str, Any]

# File → what one row of it is. The names are those of the standard's own data package.
ENTITIES = {
    "organizations.csv": "organization", "services.csv": "service", "service_at_location.csv": "service_at_location",
    "locations.csv": "location", "phones.csv": "phone", "addresses.csv": "address", "accessibility.csv": "accessibility",
    "schedules.csv": "schedule", "languages.csv": "language", "contacts.csv": "contact", "attributes.csv": "attribute",
    "taxonomy_terms.csv": "taxonomy_term", "taxonomies.csv": "taxonomy", "metadata.csv": "metadata", "funding.csv": "funding",
    "programs.csv": "program", "cost_options.csv": "cost_option", "required_documents.csv": "required_document",
    "service_areas.csv": "service_area", "organization_identifiers.csv": "organization_identifier",
    "meta_table_descriptions.csv": "meta_table_description",
}  # fmt: skip
FILES = {entity: file for file, entity in ENTITIES.items()}
# Files that only a package of this version has.
SIGNS = ("service_at_location.csv", "schedules.csv", "attributes.csv", "taxonomy_terms.csv")
# A list inside a thing → the rows in it. Each row points up by one of its columns; the first that is filled counts.
LISTS = {
    "services": ("service", ("organization",)),
    "service_at_locations": ("service_at_location", ("service",)),
    "phones": ("phone", ("service", "service_at_location", "location", "contact", "organization")),
    "schedules": ("schedule", ("service", "service_at_location", "location")),
    "languages": ("language", ("service", "location", "phone")),
    "addresses": ("address", ("location",)),
    "accessibility": ("accessibility", ("location",)),
    "contacts": ("contact", ("service", "service_at_location", "location", "organization")),
    "funding": ("funding", ("service", "organization")),
    "programs": ("program", ("organization",)),
    "cost_options": ("cost_option", ("service",)),
    "required_documents": ("required_document", ("service",)),
    "service_areas": ("service_area", ("service",)),
    "organization_identifiers": ("organization_identifier", ("organization",)),
}
# One thing inside another → (its kind, what holds it, the column there that points down at it).
SINGLE = {
    "location": ("location", "service_at_location", "location_id"),
    "taxonomy_term": ("taxonomy_term", "attribute", "taxonomy_term_id"),
    "taxonomy_detail": ("taxonomy", "taxonomy_term", "taxonomy_id"),
    "program": ("program", "service", "program_id"),
}
# What is written, in the order of the standard; a number is a number there too.
COLUMNS = {
    "organizations.csv": ("id", "name", "description", "website"),
    "services.csv": (
        "id", "organization_id", "name", "description", "url", "email", "status", "application_process", "fees_description",
        "eligibility_description", "assured_date",
    ),
    "service_at_location.csv": ("id", "service_id", "location_id"),
    "locations.csv": ("id", "location_type", "name", "latitude", "longitude"),
    "phones.csv": ("id", "service_id", "number", "extension"),
    "addresses.csv": (
        "id", "location_id", "address_1", "city", "state_province", "postal_code", "country", "address_type",
    ),
    "accessibility.csv": ("id", "location_id", "description"),
    "schedules.csv": (
        "id", "service_id", "valid_from", "valid_to", "dtstart", "until", "freq", "interval", "byday", "bymonthday",
        "description", "opens_at", "closes_at",
    ),
    "languages.csv": ("id", "service_id", "name"),
    "attributes.csv": ("id", "link_id", "taxonomy_term_id", "link_entity", "value"),
    "taxonomy_terms.csv": ("id", "code", "name", "description", "taxonomy", "taxonomy_id"),
    "taxonomies.csv": ("id", "name", "description"),
}  # fmt: skip
NUMBERS = frozenset({"latitude", "longitude", "extension", "interval"})
DATES = frozenset({"valid_from", "valid_to", "dtstart", "until", "assured_date"})


@dataclass(slots=True)
class Hung:
    """The things of a package hung together: organizations with their services, and services that have none."""

    things: list[Thing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def tables_of(package: Package) -> tuple[dict[str, list[Thing]], list[Problem]]:
    """The rows of a package by file, empty cells left out, and what was odd about the files."""
    found, problems = {}, []
    for name in sorted(package.members):
        if name in ENTITIES:
            table = package.table(name)
            problems += table.problems
            found[name] = [{column: cell for column, cell in row.items() if cell} for row in table.rows]
        elif name.endswith(".csv"):
            problems.append(Problem(name, "not_read", f"{name} is no table of this standard; nothing in it is used."))
    if not {"services.csv", "organizations.csv"} & set(found):
        raise Unreadable(f"{package.path.name} holds no services.csv, so it is not an HSDS 3.0 package.")
    return found, problems


def hang(tables: Mapping[str, Iterable[Thing]]) -> Hung:
    """Every row under the one it points at; rows that point at nothing are counted, never guessed."""
    hung = Hung()
    known = {ENTITIES[name]: _by_id(rows, name, hung.problems) for name, rows in tables.items() if name in ENTITIES}
    for name, (entity, holder, column) in SINGLE.items():
        for thing in known.get(holder, {}).values():
            below = known.get(entity, {}).get(str(thing.get(column, "")))
            if below is not None:
                thing[name] = below
    for name, (entity, parents) in LISTS.items():
        _hang_under(name, entity, parents, known, hung)
    _hang_anywhere("attribute", "attributes", "link_id", known, hung)
    _hang_anywhere("metadata", "metadata", "resource_id", known, hung)
    _report_circles(known.get("organization", {}), "parent_organization_id", "organizations.csv", hung.problems)
    _report_circles(known.get("taxonomy_term", {}), "parent_id", "taxonomy_terms.csv", hung.problems)
    hung.things += known.get("organization", {}).values()
    hung.things += [
        thing
        for thing in known.get("service", {}).values()
        if thing.get("organization_id") not in known.get("organization", {})
    ]
    return hung


def _by_id(rows: Iterable[Thing], name: str, problems: list[Problem]) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            problems.append(Problem(f"{name} row {number}", "broken_row", "The row is no row; it was left out."))
            continue
        key = str(row.get("id", "")).strip()
        if not key:
            problems.append(Problem(f"{name} row {number}", "no_id_or_name", "The row has no id; it was left out."))
        elif key in found:
            problems.append(
                Problem(f"{name} {key}", "duplicate_id", f"The id {key} stands twice; the first row is used.")
            )
        else:
            found[key] = {name: cell for name, cell in row.items() if not isinstance(cell, dict | list)} | {"id": key}
    return found


def _hang_under(
    name: str, entity: str, parents: Iterable[str], known: Mapping[str, Mapping[str, Thing]], hung: Hung
) -> None:
    lost = 0
    for thing in known.get(entity, {}).values():
        above = next(
            (known[kind][thing[f"{kind}_id"]] for kind in parents if thing.get(f"{kind}_id") in known.get(kind, {})),
            None,
        )
        if above is not None:
            above.setdefault(name, []).append(thing)
        elif entity != "service":
            lost += 1
    _report_lost(entity, lost, hung)


def _hang_anywhere(entity: str, name: str, column: str, known: Mapping[str, Mapping[str, Thing]], hung: Hung) -> None:
    lost = 0
    for thing in known.get(entity, {}).values():
        said = str(thing.get("link_entity" if entity == "attribute" else "resource_type", ""))
        kinds = [said] if said in known else [kind for kind in known if kind != entity]
        above = next((known[kind][thing[column]] for kind in kinds if thing.get(column) in known[kind]), None)
        if above is None:
            lost += 1
        else:
            above.setdefault(name, []).append(thing)
    _report_lost(entity, lost, hung)


def _report_lost(entity: str, lost: int, hung: Hung) -> None:
    if lost:
        sentence = f"Rows of {FILES[entity]} point at nothing in the package and cannot be used."
        hung.problems.append(Problem(FILES[entity], "row_without_service", sentence, lost))


def _report_circles(things: Mapping[str, Thing], column: str, name: str, problems: list[Problem]) -> None:
    safe: set[str] = set()
    for start in things:
        path: list[str] = []
        here = start
        while here in things and here not in safe and here not in path:
            path.append(here)
            here = str(things[here].get(column, ""))
        if here in path and here not in safe:
            sentence = f"{here} is its own parent, by way of others; no parent is kept."
            problems.append(Problem(f"{name} {here}", "circle", sentence))
        safe.update(path)


def take_apart(things: Iterable[Thing]) -> dict[str, list[Thing]]:
    """The rows of things as `hsds30_out` makes them, by file; a term that many use stands once."""
    tables: dict[str, list[Thing]] = {name: [] for name in COLUMNS}
    seen: set[tuple[str, str]] = set()

    def put(entity: str, thing: Thing, pointers: Thing) -> None:
        if (entity, thing["id"]) in seen:
            return
        seen.add((entity, thing["id"]))
        row = {**pointers, **{name: value for name, value in thing.items() if not isinstance(value, dict | list)}}
        tables[FILES[entity]].append(row)
        for name, value in thing.items():
            if isinstance(value, dict):
                kind, _, column = SINGLE[name]
                row[column] = value["id"]
                put(kind, value, {})
            elif isinstance(value, list):
                kind = "attribute" if name == "attributes" else LISTS[name][0]
                up = (
                    {"link_id": thing["id"], "link_entity": entity}
                    if kind == "attribute"
                    else {f"{entity}_id": thing["id"]}
                )
                for inner in value:
                    put(kind, inner, up)

    for thing in things:
        put("organization", thing, {})
    return {name: rows for name, rows in tables.items() if rows}


def datapackage(tables: Mapping[str, object]) -> str:
    """The description that goes with the tables."""
    resources = [
        {
            "name": ENTITIES[name],
            "path": name,
            "profile": "tabular-data-resource",
            "schema": {
                "primaryKey": "id",
                "fields": [{"name": column, "type": _type_of(column)} for column in COLUMNS[name]],
            },
        }
        for name in tables
    ]
    described = {"name": "human-services-data", "profile": "tabular-data-package", "resources": resources}
    return json.dumps(described, indent=1) + "\n"


def _type_of(column: str) -> str:
    if column in NUMBERS:
        return "number"
    if column in DATES:
        return "date"
    return "time" if column in {"opens_at", "closes_at"} else "string"
