"""Reads an HSDS 1.1 tabular package (folder or zip) into plain records; what it cannot use or had to mend is reported.

It never reads `contacts.csv`: the names of an organization's staff have no place here.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path

from alongside.listings.tables import Package, Row, Table, demand, open_package
from alongside.services.hours import parse
from alongside.services.records import (
    Directory,
    OrganizationRecord,
    Problem,
    ScheduleRecord,
    ServiceRecord,
    Tidy,
    Unreadable,
    coordinates,
    distinct,
    features_of,
)
from alongside.services.rules import needs_of, takes_walk_ins

KEY_LIMIT = 200
# The tables read, each with the columns used; a filled column that is not here is reported, not kept.
TABLES = {
    "organizations.csv": {"id", "name", "description", "url"},
    "services.csv": {
        "id", "organization_id", "name", "description", "url", "email", "fees", "application_process", "status",
    },
    "locations.csv": {"id", "latitude", "longitude", "name", "description", "organization_id"},
    "services_at_location.csv": {"id", "service_id", "location_id"},
    "phones.csv": {
        "id", "location_id", "service_id", "organization_id", "service_at_location_id", "number", "extension", "type",
    },
    "physical_addresses.csv": {"id", "location_id", "address_1", "address_2", "city", "state_province", "postal_code"},
    "regular_schedules.csv": {"id", "service_id", "weekday", "opens_at", "closes_at", "original_text"},
    "languages.csv": {"id", "service_id", "location_id", "language"},
    "eligibility.csv": {"id", "service_id", "eligibility"},
    "accessibility_for_disabilities.csv": {"id", "location_id", "accessibility"},
    "taxonomy.csv": {"id", "name", "parent_id", "parent_name", "vocabulary", "taxonomy_facet"},
    "services_taxonomy.csv": {"id", "service_id", "taxonomy_id"},
}  # fmt: skip
STAFF = "contacts.csv"
_DAYS = {
    "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA", "sunday": "SU",
}  # fmt: skip
# “9:00am” or “17:30”; what could be morning or evening (“5:00”) or is mistyped (“6:300pm”) is not a time.
_HALF_DAY = re.compile(r"(1[0-2]|[1-9])(?::([0-5]\d))?\s?([ap])m", re.IGNORECASE)
_WHOLE_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?")


@dataclass(slots=True)
class _Shelf:
    """The package's tables, turned so that each service finds its own rows."""

    tables: dict[str, Table]
    problems: list[Problem]
    tidy: Tidy = field(default_factory=Tidy)
    places: dict[str, list[str]] = field(default_factory=dict)
    locations: dict[str, Row] = field(default_factory=dict)
    by_service: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    addresses: dict[str, list[Row]] = field(default_factory=dict)
    place_phones: dict[str, list[Row]] = field(default_factory=dict)
    getting_in: dict[str, list[Row]] = field(default_factory=dict)
    terms: dict[str, list[str]] = field(default_factory=dict)

    def rows_of(self, table: str, service: str) -> list[Row]:
        """The rows of one table that belong to a service."""
        return self.by_service[table].get(service, [])

    def note(self, row: str, kind: str, sentence: str, count: int = 1) -> None:
        """Keep a problem when it happened at all."""
        if count:
            self.problems.append(Problem(row, kind, sentence, count))


def read_package(path: Path) -> Directory:
    """All organizations, services and problems of an HSDS 1.1 package; `Unreadable` when there is nothing to read."""
    package = open_package(path)
    if "services.csv" not in package.members:
        raise Unreadable(f"{path.name} holds no services.csv, so it is not an HSDS 1.1 package.")
    shelf = _Shelf({name: package.table(name) for name in TABLES}, [])
    demand(shelf.tables["services.csv"], ("id", "name", "organization_id"))
    for table in shelf.tables.values():
        shelf.problems += table.problems
    _compare_with_datapackage(package, shelf)
    _report_unkept_columns(shelf)
    _fill(shelf)
    organizations = _organizations(shelf)
    services = _services(shelf, {record.key for record in organizations})
    shelf.problems += shelf.tidy.problems()
    return Directory(tuple(organizations), tuple(services), tuple(shelf.problems))


def _compare_with_datapackage(package: Package, shelf: _Shelf) -> None:
    for name in sorted(package.members):
        if name.endswith(".csv") and name not in TABLES:
            why = ": the names of staff are never kept" if name == STAFF else ""
            shelf.note(name, "not_read", f"{name} is in the package but nothing in it is used{why}.")
    if "datapackage.json" not in package.members:
        return
    try:
        listed = [str(entry["path"]) for entry in json.loads(package.text("datapackage.json"))["resources"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        shelf.note("datapackage.json", "not_read", "datapackage.json is not readable as a list of resources.")
        return
    for name in listed:
        if name.rsplit("/", 1)[-1] not in package.members:
            shelf.note("datapackage.json", "listed_but_missing", f"{name} is listed in the package but is not there.")


def _report_unkept_columns(shelf: _Shelf) -> None:
    for name, table in shelf.tables.items():
        for column in table.columns:
            if column not in TABLES[name]:
                filled = sum(1 for row in table.rows if row[column].strip())
                shelf.note(name, "column_not_kept", f"The column “{column}” is filled but not kept.", filled)


def _fill(shelf: _Shelf) -> None:
    for row in shelf.tables["locations.csv"].rows:
        shelf.locations.setdefault(row.get("id", ""), row)
    shelf.addresses = _grouped(shelf.tables["physical_addresses.csv"], "location_id")
    shelf.place_phones = _grouped(shelf.tables["phones.csv"], "location_id")
    shelf.getting_in = _grouped(shelf.tables["accessibility_for_disabilities.csv"], "location_id")
    known = {row["id"] for row in shelf.tables["services.csv"].rows}
    pairs = shelf.tables["services_at_location.csv"].rows
    shelf.places = _pairs((row.get("service_id", ""), row.get("location_id", "")) for row in pairs)
    for name in ("phones.csv", "regular_schedules.csv", "languages.csv", "eligibility.csv", "services_taxonomy.csv"):
        table = shelf.tables[name]
        shelf.by_service[name] = groups = _grouped(table, "service_id")
        unowned = len(groups.pop("", ()))
        if name != "phones.csv":
            shelf.note(name, "row_without_service", f"Rows of {name} name no service and cannot be used.", unowned)
        lost = sum(len(rows) for service, rows in groups.items() if service not in known)
        shelf.note(name, "row_of_unknown_service", f"Rows of {name} name a service that is not in the package.", lost)
    _fill_terms(shelf)


def _fill_terms(shelf: _Shelf) -> None:
    names: dict[str, str] = {}
    for row in shelf.tables["taxonomy.csv"].rows:
        term = row.get("id", "")
        if term in names:
            shelf.note(
                f"taxonomy.csv id {term}", "duplicate_term", f"The taxonomy has “{term}” twice; the first is used."
            )
        names.setdefault(term, row.get("name", ""))
    unknown: Counter[str] = Counter()
    for service, rows in shelf.by_service["services_taxonomy.csv"].items():
        for row in rows:
            if row.get("taxonomy_id", "") not in names:
                unknown[row.get("taxonomy_id", "")] += 1
        shelf.terms[service] = [names[row["taxonomy_id"]] for row in rows if row.get("taxonomy_id", "") in names]
    for term, count in unknown.items():
        shelf.note(
            f"services_taxonomy.csv term {term}",
            "unknown_term",
            f"The term “{term}” has no entry in the taxonomy.",
            count,
        )


def _organizations(shelf: _Shelf) -> list[OrganizationRecord]:
    records = []
    for row in _usable(shelf, "organizations.csv"):
        label = f"organizations.csv {row['id']}"
        records.append(
            OrganizationRecord(
                key=row["id"].strip(),
                name=shelf.tidy.text(row["name"], label),
                description=shelf.tidy.text(row.get("description"), label),
                url=shelf.tidy.text(row.get("url"), label),
            )
        )
    return records


def _services(shelf: _Shelf, organizations: set[str]) -> list[ServiceRecord]:
    records = []
    for row in _usable(shelf, "services.csv"):
        if row.get("status", "").strip().lower() in {"inactive", "defunct", "temporarily closed"}:
            shelf.note(
                f"services.csv {row['id']}",
                "not_active",
                f"The list says this service is {row['status'].strip()}; it was left out.",
            )
            continue
        records.append(_service(shelf, row, organizations))
    return records


def _service(shelf: _Shelf, row: Row, organizations: set[str]) -> ServiceRecord:
    key, owner = row["id"].strip(), row["organization_id"].strip()
    label = f"services.csv {key}"

    def text(column: str) -> str:
        return shelf.tidy.text(row.get(column), f"{label} {column}")

    if owner not in organizations:
        sentence = f"The service points to organization {owner or 'nothing'}, which is not in the package."
        shelf.note(label, "organization_missing", sentence)
    place = _place(shelf, key, label)
    where = _coordinates(shelf, place)
    address, town = _address(shelf, place)
    name, description, how_to_apply = text("name"), text("description"), text("application_process")
    return ServiceRecord(
        key=key,
        name=name,
        organization_key=owner if owner in organizations else "",
        source_organization="" if owner in organizations else owner,
        description=description,
        phone=_phone(shelf, key, place),
        address=address,
        town=town,
        latitude=where[0] if where else None,
        longitude=where[1] if where else None,
        url=text("url"),
        email=text("email"),
        fees=text("fees"),
        accessibility=_getting_in(shelf, place, label),
        hours_text=_hours(shelf, key, label),
        schedules=_schedules(shelf, key, label),
        features=features_of(["walk_in"] if takes_walk_ins(how_to_apply) else []),
        languages=distinct([line.get("language", "").strip() for line in shelf.rows_of("languages.csv", key)], ", "),
        eligibility=_eligibility(shelf, key, label),
        how_to_apply=how_to_apply,
        needs=needs_of(name, shelf.terms.get(key, ()), description),
    )


def _usable(shelf: _Shelf, name: str) -> list[Row]:
    seen: set[str] = set()
    rows = []
    for number, row in enumerate(shelf.tables[name].rows, start=1):
        key = row.get("id", "").strip()
        label = f"{name} {key or f'row {number}'}"
        if not key or len(key) > KEY_LIMIT or not row.get("name", "").strip():
            shelf.note(label, "no_id_or_name", "The row has no usable id or no name; it was left out.")
        elif key in seen:
            shelf.note(label, "duplicate_id", f"The id {key} stands twice; the first row is used.")
        else:
            rows.append(row)
        seen.add(key)
    return rows


def _place(shelf: _Shelf, service: str, label: str) -> str:
    places = shelf.places.get(service, [])
    if len(places) > 1:
        shelf.note(label, "more_places", f"The service has {len(places)} places; the first is kept.", len(places) - 1)
    known = [place for place in places if place in shelf.locations]
    if places and not known:
        shelf.note(label, "place_missing", f"The service points to location {places[0]}, which is not in the package.")
    return known[0] if known else ""


def _coordinates(shelf: _Shelf, place: str) -> tuple[float, float] | None:
    row = shelf.locations.get(place, {})
    latitude, longitude = row.get("latitude", "").strip(), row.get("longitude", "").strip()
    where = coordinates(latitude, longitude)
    if where is None and (latitude or longitude):
        shelf.note(
            f"locations.csv {place}", "bad_coordinates", "Latitude and longitude are no point on the earth; left empty."
        )
    return where


def _address(shelf: _Shelf, place: str) -> tuple[str, str]:
    rows = shelf.addresses.get(place, []) if place else []
    if not rows:
        return "", ""
    part = {column: shelf.tidy.text(rows[0].get(column), f"physical_addresses.csv {place}") for column in rows[0]}
    street = distinct([part.get("address_1", ""), part.get("address_2", "")], ", ")
    region = distinct([part.get("state_province", ""), part.get("postal_code", "")], " ")
    return distinct([street, part.get("city", ""), region], ", "), part.get("city", "")


def _phone(shelf: _Shelf, service: str, place: str) -> str:
    rows = shelf.rows_of("phones.csv", service) or (shelf.place_phones.get(place, []) if place else [])
    numbers = []
    for row in rows:
        if row.get("type", "").strip().lower() != "fax" and row.get("number", "").strip():
            extension = row.get("extension", "").strip()
            numbers.append(row["number"].strip() + (f" ext. {extension}" if extension else ""))
    return distinct(numbers, "; ")


def _as_written(shelf: _Shelf, row: Row, label: str) -> str:
    words = row.get("original_text", "").replace("\\n", " ")  # some lists write the two signs
    return shelf.tidy.text(words, f"{label} original_text").replace("\n", " ")


def _hours(shelf: _Shelf, service: str, label: str) -> str:
    rows = shelf.rows_of("regular_schedules.csv", service)
    written = distinct([_as_written(shelf, row, label) for row in rows], "\n")
    if written:
        return written
    return distinct(
        [f"{row['weekday']} {row['opens_at']}-{row['closes_at']}" for row in rows if row.get("opens_at")], "\n"
    )


def _schedules(shelf: _Shelf, service: str, label: str) -> tuple[ScheduleRecord, ...]:
    written: dict[str, list[Row]] = defaultdict(list)
    for row in shelf.rows_of("regular_schedules.csv", service):
        written[_as_written(shelf, row, label)].append(row)
    found: list[ScheduleRecord] = []
    for text, rows in written.items():
        rules = _rules_of(rows, text)
        if rules is None:
            shelf.note(
                label, "hours_as_prose", f"The hours “{text}” could not be read as days and times; kept as written."
            )
        found += rules or ([ScheduleRecord(description=text)] if text else [])
    return tuple(found)


def _rules_of(rows: list[Row], text: str) -> list[ScheduleRecord] | None:
    """The rules of rows that share one text; None when one cell is no day or no time and the text says no more."""
    days: dict[tuple[time, time], list[str]] = defaultdict(list)
    for row in rows:
        day = _DAYS.get(row.get("weekday", "").strip().lower())
        opens, closes = _clock(row.get("opens_at", "")), _clock(row.get("closes_at", ""))
        if day is None or opens is None or closes is None:
            understood = parse(text) if text else None
            return [replace(rule, description=text) for rule in understood] if understood else None
        if day not in days[opens, closes]:
            days[opens, closes].append(day)
    return [
        ScheduleRecord("WEEKLY", byday=",".join(which), opens_at=opens, closes_at=closes, description=text)
        for (opens, closes), which in days.items()
    ]


def _clock(cell: str) -> time | None:
    if match := _HALF_DAY.fullmatch(cell.strip()):
        return time(int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0), int(match[2] or 0))
    if match := _WHOLE_DAY.fullmatch(cell.strip()):
        return time(int(match[1]), int(match[2]))
    return None


def _getting_in(shelf: _Shelf, place: str, label: str) -> str:
    rows = shelf.getting_in.get(place, []) if place else []
    return distinct([shelf.tidy.text(row.get("accessibility"), f"{label} accessibility") for row in rows], "\n")


def _eligibility(shelf: _Shelf, service: str, label: str) -> str:
    return distinct(
        [shelf.tidy.text(row.get("eligibility"), label) for row in shelf.rows_of("eligibility.csv", service)], "\n"
    )


def _grouped(table: Table, column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        groups[row.get(column, "").strip()].append(row)
    return groups


def _pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for left, right in pairs:
        groups[left.strip()].append(right.strip())
    return groups
