"""Writes the directory as HSDS 3.0, as JSON or as tables, the same bytes for the same directory.

Every thing is built from the standard's own fields first and read back at once; where reading gives something else than the
directory holds, the field goes along as written (see `terms`). So nothing is lost on the way out and home again.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid5

from alongside.listings.hsds30 import Reader, is_uuid
from alongside.listings.hsds30_parts import Thing
from alongside.listings.hsds30_tables import COLUMNS, datapackage, take_apart
from alongside.listings.terms import FEATURE, NAMESPACE, NEED, OWN, STAND_IN, WRITTEN, WRITTEN_FIELDS, as_text, term
from alongside.services.records import Directory, OrganizationRecord, ScheduleRecord, ServiceRecord
from alongside.services.rules import in_menu_order

FORMATS = ("json", "tabular")
_WEB = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#][\w./?%&=#~:@!$'()*+,;-]*)?", re.ASCII | re.IGNORECASE)
_BARE_WEB = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/[\w./?%&=#~:@!$'()*+,;-]*)?", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NUMBER = re.compile(r"(.+) ext\. (\d{1,9})", re.DOTALL)
# A street, a town, a state and a ZIP code: an address of the United States. Another is kept whole, as the place's name.
_ADDRESS = re.compile(r"(?P<street>.+), (?P<town>[^,]+), (?P<state>[A-Z]{2}) (?P<zip>\d{5}(?:-\d{4})?)", re.DOTALL)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def public_id(source: str, kind: str, key: str) -> str:
    """The id under which one row of a list goes out: its own when it is a UUID, else one made from the list and its key."""
    return key if is_uuid(key) else str(uuid5(NAMESPACE, json.dumps([source, kind, key])))


def as_json(lists: Iterable[tuple[str, Directory]]) -> str:
    """The lists as one JSON list: organizations with their services, then services that have none."""
    things = [thing for things in _by_list(lists, tabular=False) for thing in things]
    return json.dumps(things, ensure_ascii=False, indent=1) + "\n"


def as_tables(lists: Iterable[tuple[str, Directory]]) -> dict[str, str]:
    """The lists as files of a tabular package, by name.

    A table cannot hold a service without an organization; such a service gets a row that stands in and says so.
    """
    tables = take_apart(thing for things in _by_list(lists, tabular=True) for thing in things)
    return {"datapackage.json": datapackage(tables), **{name: _csv(name, rows) for name, rows in tables.items()}}


def write(lists: Iterable[tuple[str, Directory]], path: Path, kind: str) -> None:
    """The lists into a JSON file, a folder of tables, or a zip of tables when the name ends so."""
    if kind == "json":
        path.write_text(as_json(lists), encoding="utf-8", newline="")
        return
    files = as_tables(lists)
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), text.encode(), zipfile.ZIP_DEFLATED)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="")


def _by_list(lists: Iterable[tuple[str, Directory]], *, tabular: bool) -> Iterable[list[Thing]]:
    taken: set[str] = set()
    for source, directory in lists:
        yield _Writer(source, taken).things(directory, tabular=tabular)


def _csv(name: str, rows: list[Thing]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[name], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@dataclass(slots=True)
class _Writer:
    """Writes one list; `taken` are the ids that other lists have used up already."""

    source: str
    taken: set[str]
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    reader: Reader = field(default_factory=Reader)

    def things(self, directory: Directory, *, tabular: bool) -> list[Thing]:
        """Organizations with their services, by id; then services without one, by id."""
        owners = {record.key: self._organization(record) for record in directory.organizations}
        alone = []
        for thing, record in sorted(
            ((self._service(record), record) for record in directory.services), key=lambda pair: str(pair[0]["id"])
        ):
            owner = owners.get(record.organization_key) if record.organization_key else None
            if owner is not None:
                owner.setdefault("services", []).append(thing)
            else:
                alone.append(self._stand_in(thing, record) if tabular else thing)
        return [*sorted(owners.values(), key=lambda thing: str(thing["id"])), *alone]

    def _id(self, kind: str, key: str) -> str:
        found = public_id(self.source, kind, key)
        if f"{kind} {found}" in self.taken:  # two lists that both came from one publisher: the second gets its own ids
            found = str(uuid5(NAMESPACE, json.dumps([self.source, kind, key, "again"])))
        self.taken.add(f"{kind} {found}")
        return found

    def _organization(self, record: OrganizationRecord) -> Thing:
        key = self._id("organization", record.key)
        thing = _filled(id=key, name=record.name, website=_web(record.url))
        thing["description"] = record.description or record.name  # the standard wants one
        thing["attributes"] = [_attribute(key, OWN)]
        if thing.get("website", "") != record.url:
            thing["attributes"].append(_attribute(key, f"{WRITTEN}:url", record.url))
        if not record.description:
            thing["attributes"].append(_attribute(key, f"{WRITTEN}:description", ""))
        return thing

    def _stand_in(self, service: Thing, record: ServiceRecord) -> Thing:
        key = str(uuid5(NAMESPACE, f"{service['id']} stands in"))
        name = record.source_organization or record.name
        return {
            "id": key,
            "name": name,
            "description": term(STAND_IN)["description"],
            "attributes": [_attribute(key, STAND_IN)],
            "services": [service],
        }

    def _service(self, record: ServiceRecord) -> Thing:
        key = self._id("service", record.key)
        thing = _filled(
            id=key,
            name=record.name,
            description=record.description,
            url=_web(record.url),
            email=record.email if _MAIL.fullmatch(record.email) else "",
            status=record.status,
            application_process=record.how_to_apply,
            fees_description=record.fees,
            eligibility_description=record.eligibility,
            assured_date=record.confirmed_at.date().isoformat() if record.confirmed_at else "",
            phones=_phones(key, record.phone),
            schedules=[_schedule(key, place, rule) for place, rule in enumerate(record.schedules)],
            service_at_locations=_sites(key, record),
            languages=[
                {"id": _part(key, f"language {place}"), "name": name}
                for place, name in enumerate(record.languages.split(", "))
                if name
            ],
        )
        codes = [OWN, *(f"{NEED}:{need}" for need in in_menu_order(record.needs))]
        codes += [f"{FEATURE}:{feature}" for feature in record.features.split()]
        thing["attributes"] = [_attribute(key, code) for code in codes]
        thing["attributes"] += self._as_written(thing, record)
        return thing

    def _as_written(self, thing: Thing, record: ServiceRecord) -> list[Thing]:
        back = self.reader.service_of(thing, "", [])
        differs = [name for name in WRITTEN_FIELDS if getattr(back, name) != getattr(record, name)]
        return [_attribute(thing["id"], f"{WRITTEN}:{name}", as_text(getattr(record, name))) for name in differs]


def _part(key: str, what: str) -> str:
    return str(uuid5(NAMESPACE, f"{key} {what}"))


def _filled(**values: Any) -> Thing:
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _attribute(key: str, code: str, value: str = "") -> Thing:
    return _filled(id=_part(key, code), value=value) | {"taxonomy_term": term(code)}


def _web(url: str) -> str:
    if _WEB.fullmatch(url):
        return url
    return f"https://{url}" if _BARE_WEB.fullmatch(url) else ""


def _phones(key: str, phone: str) -> list[Thing]:
    rows = []
    for place, number in enumerate(phone.split("; ") if phone else []):
        match = _NUMBER.fullmatch(number)
        row: Thing = {"id": _part(key, f"phone {place}"), "number": match[1] if match else number}
        if match:
            row["extension"] = int(match[2])
        rows.append(row)
    return [row for row in rows if row["number"].strip()]


def _schedule(key: str, place: int, rule: ScheduleRecord) -> Thing:
    days = {
        name: getattr(rule, name) for name in ("valid_from", "valid_to", "dtstart", "until", "opens_at", "closes_at")
    }
    return _filled(
        id=_part(key, f"schedule {place}"),
        freq=rule.freq,
        interval=rule.interval,
        byday=rule.byday,
        bymonthday=rule.bymonthday,
        description=rule.description,
        **{name: value.isoformat() if value else "" for name, value in days.items()},
    )


def _sites(key: str, record: ServiceRecord) -> list[Thing]:
    here = record.latitude is not None and record.longitude is not None
    if not (here or record.address or record.accessibility):
        return []
    place = _part(key, "location")
    match = _ADDRESS.fullmatch(record.address)
    location = _filled(
        id=place,
        location_type="physical",
        name="" if match else record.address,
        latitude=record.latitude if here else None,
        longitude=record.longitude if here else None,
        addresses=[_address(place, match)] if match else [],
        accessibility=[{"id": _part(key, "accessibility"), "description": record.accessibility}]
        if record.accessibility
        else [],
    )
    return [{"id": _part(key, "service at location"), "location": location}]


def _address(place: str, match: re.Match[str]) -> Thing:
    return {
        "id": _part(place, "address"),
        "address_1": match["street"],
        "city": match["town"],
        "state_province": match["state"],
        "postal_code": match["zip"],
        "country": "US",
        "address_type": "physical",
    }
