"""Reads HSDS 3.0, as JSON or as tables, into plain records; what is not kept is counted, and nothing is made up.

Contacts are never read: the names of an organization's staff have no place here. What this house wrote itself, its own
attributes say; it comes back exactly as it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from alongside.listings.hsds30_parts import Part, Thing, filled, schedule_of, word
from alongside.listings.hsds30_tables import ENTITIES, hang, tables_of
from alongside.listings.tables import MEMBER_LIMIT, Package, decoded, limited
from alongside.listings.terms import FEATURE, NEED, STAND_IN, WRITTEN, code_of, from_text
from alongside.services.records import (
    Directory,
    OrganizationRecord,
    Problem,
    ScheduleRecord,
    ServiceRecord,
    Tidy,
    Unreadable,
    distinct,
    features_of,
)
from alongside.services.rules import needs_of, takes_walk_ins

KEY_LIMIT = 200
STATUSES = frozenset({"active", "inactive", "defunct", "temporarily closed"})
# What is read of each thing, or only leads to it. A filled property that is not here is counted as not kept.
READ = {
    "service": {
        "id", "name", "description", "url", "email", "status", "application_process", "fees_description",
        "eligibility_description", "assured_date", "phones", "schedules", "service_at_locations", "languages", "organization",
        "attributes", "organization_id", "program_id", "required_documents",
    },
    "organization": {"id", "name", "description", "website", "services", "phones", "attributes"},
    "service_at_location": {"id", "phones", "schedules", "location", "service_id", "location_id", "service"},
    "location": {
        "id", "location_type", "latitude", "longitude", "addresses", "accessibility", "phones", "schedules", "languages",
        "organization_id",
    },
    "taxonomy_term": {"id", "code", "name", "taxonomy", "taxonomy_id", "taxonomy_detail"},
    "attribute": {"id", "taxonomy_term", "taxonomy_term_id", "link_id", "link_type", "link_entity"},
}  # fmt: skip


def read_json(path: Path) -> Directory:
    """The organizations and services of a JSON file: one thing, a list, a page of results or tables; else `Unreadable`."""
    if not path.is_file():
        raise Unreadable(f"There is no file {path.name}.")
    text = decoded(limited(path.read_bytes, path.stat().st_size, path.name, MEMBER_LIMIT), path.name)
    try:
        # NaN and Infinity are no JSON; as words they are no coordinates either, and are reported there.
        found = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        raise Unreadable(f"{path.name} is not readable as JSON.") from None
    problems: list[Problem] = []
    if isinstance(found, dict) and any(name in ENTITIES and isinstance(found[name], list) for name in found):
        hung = hang({name: rows for name, rows in found.items() if name in ENTITIES and isinstance(rows, list)})
        found, problems = hung.things, hung.problems
    elif isinstance(found, dict) and isinstance(found.get("contents"), list):
        found = found["contents"]
    return _read(found if isinstance(found, list) else [found], path.name, problems)


def read_tables(package: Package) -> Directory:
    """The organizations and services of a tabular package."""
    tables, problems = tables_of(package)
    hung = hang(tables)
    return _read(hung.things, package.path.name, problems + hung.problems)


def _read(things: Iterable[object], name: str, problems: list[Problem]) -> Directory:
    reader = Reader(problems)
    for thing in things:
        reader.take(thing)
    if not reader.services and not reader.organizations:
        raise Unreadable(f"{name} holds no HSDS organization and no HSDS service.")
    return reader.directory(name)


@dataclass(slots=True)
class Reader:
    """Takes one thing after another and keeps what it says."""

    problems: list[Problem] = field(default_factory=list)
    organizations: dict[str, OrganizationRecord] = field(default_factory=dict)
    services: dict[str, ServiceRecord] = field(default_factory=dict)
    tidy: Tidy = field(default_factory=Tidy)
    not_kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, row: str, kind: str, sentence: str) -> None:
        """Keep a problem."""
        self.problems.append(Problem(row, kind, sentence))

    def take(self, thing: object) -> None:
        """One thing of the list: an organization with its services, a service, or a service at a location."""
        if not isinstance(thing, dict):
            self.not_kept["list", "entries that are no object"] += 1
        elif isinstance(thing.get("service"), dict):
            self._take_service({**thing["service"], "service_at_locations": [thing]}, None)
        elif "status" in thing or "service_at_locations" in thing or "organization_id" in thing and "name" in thing:
            self._take_service(thing, None)
        elif "name" in thing and not {"location_type", "code", "taxonomy", "version", "parent_id"} & set(thing):
            self._take_organization(thing)
        else:
            self.not_kept["list", "entries that are neither organization nor service"] += 1

    def directory(self, name: str) -> Directory:
        """Everything taken, with the services whose organization never came marked so."""
        services = []
        for record in self.services.values():
            owner = record.organization_key
            if owner and owner not in self.organizations:
                sentence = f"The service points to organization {owner}, which is not in the package."
                self.note(f"service {record.key}", "organization_missing", sentence)
                record = replace(record, organization_key="", source_organization=record.source_organization or owner)
            services.append(record)
        for (kind, what), count in sorted((+self.not_kept).items()):
            staff = what == "contacts"
            sentence = "The names of staff are never kept." if staff else f"{kind}: “{what}” is filled but not kept."
            self.problems.append(Problem(name, "staff_not_kept" if staff else "column_not_kept", sentence, count))
        return Directory(tuple(self.organizations.values()), tuple(services), (*self.problems, *self.tidy.problems()))

    def look(self, kind: str, thing: Thing, read: set[str] | None = None) -> None:
        """Count what is filled in and not read."""
        for name in thing:
            if name not in (READ[kind] if read is None else read) and filled(thing[name]):
                self.not_kept[kind, name] += 1

    def _take_organization(self, thing: Thing) -> str:
        key = word(thing.get("id"))
        label = f"organization {key}"
        mine = self._mine("organization", thing)
        if STAND_IN in mine:
            key = ""
        elif not 0 < len(key) <= KEY_LIMIT or not word(thing.get("name")):
            self.note(label, "no_id_or_name", "The organization has no usable id or no name; it was left out.")
            key = ""
        elif key not in self.organizations:
            part = Part(self.tidy, label, own=bool(mine))
            record = OrganizationRecord(
                key, part.text(thing, "name"), part.text(thing, "description"), part.text(thing, "website")
            )
            self.organizations[key] = replace(record, **self._written(mine, {"url", "description"}, label))
            if not mine:
                self.look("organization", thing)
        for service in _things(thing, "services"):
            self._take_service(service, thing if key else {**thing, "id": ""})
        return key

    def _take_service(self, thing: Thing, owner: Thing | None) -> None:
        key = word(thing.get("id"))
        label = f"service {key}"
        if not 0 < len(key) <= KEY_LIMIT or not word(thing.get("name")):
            self.note(label, "no_id_or_name", "The service has no usable id or no name; it was left out.")
            return
        inside = thing.get("organization")
        if owner is None and isinstance(inside, dict):
            self._take_organization({name: value for name, value in inside.items() if name != "services"})
            owner = inside
        if key in self.services:
            self.note(label, "duplicate_id", f"The service {key} stands twice; the first is used.")
            return
        owner_key = word((owner or {}).get("id")) if owner is not None else word(thing.get("organization_id"))
        record = self.service_of(thing, label, _things(owner or {}, "phones"))
        self.services[key] = replace(record, organization_key=owner_key)

    def service_of(self, thing: Thing, label: str, owner_phones: list[Thing]) -> ServiceRecord:
        """One service as it says of itself; whose it is stands outside it."""
        mine = self._mine("service", thing)
        part = Part(self.tidy, label, own=bool(mine))
        sites = _things(thing, "service_at_locations")
        place = self._place(sites, label)
        if not mine:
            self._look_inside(thing, sites, place)
        name, description, how = (
            part.text(thing, "name"),
            part.text(thing, "description"),
            self._how_to_apply(thing, part),
        )
        schedules = self._schedules(thing, sites, place, part)
        where = part.coordinates(place, self.problems)
        address, town = part.address(place, self.problems)
        record = ServiceRecord(
            key=word(thing.get("id")),
            name=name,
            description=description,
            phone=part.phones(_phones(thing, sites, place) or owner_phones),
            address=address,
            town=town,
            latitude=where[0] if where else None,
            longitude=where[1] if where else None,
            url=part.text(thing, "url"),
            hours_text=_hours(schedules),
            features=self._features(thing, mine, how),
            languages=part.languages(_things(thing, "languages") + _things(place, "languages")),
            eligibility=part.text(thing, "eligibility_description"),
            how_to_apply=how,
            email=part.text(thing, "email"),
            fees=part.text(thing, "fees_description"),
            accessibility=part.lines(_things(place, "accessibility"), "description"),
            status=self._status(thing, label),
            needs=self._needs(thing, mine, name, description),
            schedules=schedules,
            confirmed_at=part.day(thing, "assured_date", self.problems),
        )
        return replace(record, **self._written(mine, None, label))

    def _look_inside(self, thing: Thing, sites: list[Thing], place: Thing) -> None:
        self.look("service", thing)
        for site in sites:
            self.look("service_at_location", site)
            if isinstance(site.get("location"), dict):
                self.look("location", site["location"])
        for attribute in _things(thing, "attributes"):
            self.look("attribute", attribute)
            if isinstance(attribute.get("taxonomy_term"), dict):
                self.look("taxonomy_term", attribute["taxonomy_term"])
        for phone in _phones(thing, sites, place):
            self.look("phone", phone, {"id", "number", "extension", "type", *_POINTERS})
            self.not_kept["phone", "number of a fax"] += word(phone.get("type")).lower() == "fax"
        for language in _things(thing, "languages"):
            self.look("language", language, {"id", "name", "code", *_POINTERS})
        for paper in _things(thing, "required_documents"):
            self.look("required_document", paper, {"id", "document", *_POINTERS})

    def _mine(self, kind: str, thing: Thing) -> dict[str, str]:
        """Our own codes on a thing, each with what it carries; another's attributes on an organization are counted."""
        found = {}
        for attribute in _things(thing, "attributes"):
            term = attribute.get("taxonomy_term")
            code = code_of(term) if isinstance(term, dict) else ""
            if code:
                found[code] = word(attribute.get("value"), strip=False)
            elif kind == "organization":
                self.not_kept[kind, "attributes"] += 1
        return found

    def _written(self, mine: dict[str, str], only: set[str] | None, label: str) -> dict[str, Any]:
        found = {}
        for code, text in mine.items():
            prefix, _, name = code.partition(":")
            if prefix == WRITTEN and (only is None or name in only):
                try:
                    found[name] = from_text(name, text)
                except ValueError:
                    self.note(label, "bad_date", f"“{text}” is no moment in time; left empty.")
        return found

    def _how_to_apply(self, thing: Thing, part: Part) -> str:
        papers = [part.text(paper, "document") for paper in _things(thing, "required_documents")]
        return distinct(
            [part.text(thing, "application_process"), *(f"Bring: {paper}" for paper in papers if paper)], "\n"
        )

    def _features(self, thing: Thing, mine: dict[str, str], how_to_apply: str) -> str:
        own = [code.partition(":")[2] for code in mine if code.startswith(f"{FEATURE}:")]
        if mine:
            return features_of(own)
        said = ["walk_in"] if takes_walk_ins(how_to_apply) else []
        return features_of(said + ["interpreter"] * filled(thing.get("interpretation_services")))

    def _needs(self, thing: Thing, mine: dict[str, str], name: str, description: str) -> frozenset[str]:
        if mine:
            return frozenset(code.partition(":")[2] for code in mine if code.startswith(f"{NEED}:"))
        terms = [attribute.get("taxonomy_term") for attribute in _things(thing, "attributes")]
        return needs_of(name, [word(term.get("name")) for term in terms if isinstance(term, dict)], description)

    def _status(self, thing: Thing, label: str) -> str:
        status = word(thing.get("status")).lower()
        if status and status not in STATUSES:
            self.note(label, "unknown_status", f"The status “{status}” is not one of this standard; taken as active.")
        return status if status in STATUSES else "active"

    def _place(self, sites: list[Thing], label: str) -> Thing:
        places = [site["location"] for site in sites if isinstance(site.get("location"), dict)]
        if len(places) > 1:
            self.note(label, "more_places", f"The service has {len(places)} places; the first is kept.")
        if sites and not places:
            self.note(label, "place_missing", "The service names a location that is not in the package.")
        return places[0] if places else {}

    def _schedules(self, thing: Thing, sites: list[Thing], place: Thing, part: Part) -> tuple[ScheduleRecord, ...]:
        said = _things(thing, "schedules") + [row for site in sites for row in _things(site, "schedules")]
        if not said:
            said = _things(place, "schedules")
        elif _things(place, "schedules"):
            self.not_kept["location", "schedules"] += 1
        found = [schedule_of(row, part, self.problems, self.not_kept) for row in said]
        return tuple(found) if part.own else tuple(dict.fromkeys(found))


_POINTERS = frozenset(
    {"service_id", "location_id", "organization_id", "service_at_location_id", "contact_id", "phone_id"}
)


def _things(thing: Thing, name: str) -> list[Thing]:
    found = thing.get(name)
    return [inner for inner in found if isinstance(inner, dict)] if isinstance(found, list) else []


def _phones(thing: Thing, sites: list[Thing], place: Thing) -> list[Thing]:
    return [
        *_things(thing, "phones"),
        *(row for site in sites for row in _things(site, "phones")),
        *_things(place, "phones"),
    ]


def _hours(schedules: Iterable[ScheduleRecord]) -> str:
    return distinct([row.description or _rule_in_words(row) for row in schedules], "\n")


def _rule_in_words(row: ScheduleRecord) -> str:
    days = row.byday or row.bymonthday
    times = f"{row.opens_at:%H:%M}-{row.closes_at:%H:%M}" if row.opens_at and row.closes_at else ""
    return f"{days} {times}".strip()


def is_uuid(key: str) -> bool:
    """Whether a key is an id of this standard as it is, in the one usual way of writing it."""
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
