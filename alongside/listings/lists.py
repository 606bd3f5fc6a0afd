"""Reads plain CSV lists of services by small declared mappings; a new list is one more `ServiceList`, not new code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from alongside.listings.tables import NO_NAME, Row, demand, read_csv
from alongside.services.hours import parse
from alongside.services.records import (
    Directory,
    Problem,
    ScheduleRecord,
    ServiceRecord,
    Tidy,
    coordinates,
    distinct,
    features_of,
)
from alongside.services.rules import OTHER, needs_of


@dataclass(frozen=True, slots=True)
class ServiceList:
    """Which columns of one published list mean what; an empty name means that the list does not say."""

    label: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    name: tuple[str, ...]
    address: tuple[str, ...]
    description: tuple[str, ...] = ()
    organization: str = ""
    phone: str = ""
    zip_code: str = ""
    url: str = ""
    latitude: str = "latitude"
    longitude: str = "longitude"
    town: str = ""
    region: str = ""
    needs: frozenset[str] = frozenset()
    needs_where_yes: dict[str, str] = field(default_factory=dict)
    needs_where: dict[str, dict[str, str]] = field(default_factory=dict)
    read_words: bool = False
    features_where_yes: dict[str, str] = field(default_factory=dict)
    features_where: dict[str, dict[str, str]] = field(default_factory=dict)
    feature_words: dict[str, str] = field(default_factory=dict)
    one_line: frozenset[str] = frozenset()
    same_day: str = ""
    notes: str = ""
    kept_as_marks: frozenset[str] = frozenset()


LISTS = {
    "philadelphia-syringe": ServiceList(
        label="Philadelphia syringe exchange sites",
        columns=("site_id", "site_name", "site_location", "address", "description", "zip", "lat", "lng"),
        key=("site_id",),
        name=("site_name", "site_location"),
        address=("address", "site_location"),
        description=("description",),
        zip_code="zip",
        latitude="lat",
        longitude="lng",
        town="Philadelphia",
        region="PA",
        needs_where={"site_name": {"mobile": "syringe_services", "headquarters": "syringe_services"}},
        features_where={"site_name": {"mobile": "mobile"}},
        read_words=True,
    ),
    "philadelphia-medication": ServiceList(
        label="Philadelphia medication programs with walk-in hours",
        columns=(
            "ProgramName", "Address", "Zip", "Buprenorphine?", "Methadone?", "Vivitrol?",
            "Same-day induction during walk-in hours?", "Phone", "Website", "Notes (DBHIDS TAD)", "IOP", "OP", "MH Tx",
            "latitude", "longitude",
        ),
        key=("ProgramName", "Address"),
        name=("ProgramName",),
        address=("Address",),
        description=("Notes (DBHIDS TAD)",),
        phone="Phone",
        zip_code="Zip",
        url="Website",
        town="Philadelphia",
        region="PA",
        needs_where_yes={
            "Buprenorphine?": "medication", "Methadone?": "medication", "Vivitrol?": "medication",
            "IOP": "outpatient", "OP": "outpatient", "MH Tx": "mental_health",
        },
        features_where_yes={"Buprenorphine?": "buprenorphine", "Methadone?": "methadone", "Vivitrol?": "naltrexone"},
        feature_words={"women_only": r"(?:fe|wo)m(?:ale|en)s? only", "men_only": r"(?<!fe)(?<!wo)m(?:ale|en)s? only"},
        same_day="Same-day induction during walk-in hours?",
        notes="Notes (DBHIDS TAD)",
        kept_as_marks=frozenset({"Buprenorphine?", "Methadone?", "Vivitrol?"}),
    ),
    "philadelphia-health-centers": ServiceList(
        label="Philadelphia health centers, with what is known of medication there",
        columns=("HealthCenter", "Address", "Zip", "MAT", "Buprenorphine Providers", "Phone", "Website", "Notes", NO_NAME),
        key=("HealthCenter", "Address"),
        name=("HealthCenter",),
        address=("Address",),
        description=("Notes", NO_NAME),
        phone="Phone",
        zip_code="Zip",
        url="Website",
        latitude="",
        longitude="",
        town="Philadelphia",
        region="PA",
        needs=frozenset({"primary_care"}),
        needs_where_yes={"MAT": "medication"},
        one_line=frozenset({"HealthCenter", "Address"}),
        kept_as_marks=frozenset({"MAT", "Buprenorphine Providers"}),
    ),
    "pennsylvania-opioid-treatment": ServiceList(
        label="Opioid treatment programs in Pennsylvania",
        columns=("Program.Name", "DBA", "Phone", "Certification", "Address", "latitude", "longitude"),
        key=("Program.Name", "Address"),
        name=("DBA", "Program.Name"),
        address=("Address",),
        description=("Certification",),
        organization="Program.Name",
        phone="Phone",
        needs=frozenset({"medication"}),
    ),
}  # fmt: skip

LANGUAGES = (
    "Spanish",
    "Korean",
    "Vietnamese",
    "Chinese",
    "Cambodian",
    "Portuguese",
    "Haitian Creole",
    "Russian",
    "Arabic",
    "French",
)
_NOTHING = frozenset({"", "--", "-", "n/a", "none"})
_WALK_IN = re.compile(r"walk-in(?: hours)?:?\s*", re.IGNORECASE)
_ODD_HOURS = re.compile(r"\d:\d\d?m\b")
_LAST_TOWN = re.compile(r",\s*([^,\d]+),\s*[A-Z]{2},?\s*\d{5}(?:-\d{4})?\s*$")


def read_list(path: Path, code: str) -> Directory:
    """The services of one declared list, with every problem found; `Unreadable` when the file is not that list."""
    mapping, table = LISTS[code], read_csv(path)
    # One state of a list has coordinates and another has none; without them it is still this list.
    demand(table, tuple(column for column in mapping.columns if column not in {mapping.latitude, mapping.longitude}))
    reader = _Reader(mapping, path.name, list(table.problems))
    services = tuple(reader.records(table.rows))
    for column in table.columns:
        if column not in mapping.columns:
            filled = sum(1 for row in table.rows if row[column].strip())
            reader.note(path.name, "column_not_kept", f"The column “{column}” is filled but not kept.", filled)
    problems = (*reader.problems, *reader.tidy.problems())
    return Directory((), services, problems)


@dataclass(slots=True)
class _Reader:
    mapping: ServiceList
    file: str
    problems: list[Problem]
    tidy: Tidy = field(default_factory=Tidy)

    def note(self, row: str, kind: str, sentence: str, count: int = 1) -> None:
        """Keep a problem when it happened at all."""
        if count:
            self.problems.append(Problem(row, kind, sentence, count))

    def records(self, rows: list[Row]) -> Iterator[ServiceRecord]:
        """One record for each usable row; a key that stands twice keeps its first row."""
        keys: set[str] = set()
        described: Counter[tuple[str, str, str]] = Counter()
        for number, row in enumerate(rows, start=2):
            label = f"{self.file} row {number}"
            record = self._record({name: self._plain(cell, name, label) for name, cell in row.items()}, label)
            if not record.name:
                self.note(label, "no_id_or_name", "The row has no name; it was left out.")
            elif record.key in keys:
                self.note(label, "duplicate_id", f"“{record.key}” stands twice; the first row is used.")
            else:
                keys.add(record.key)
                described[record.name, record.address, record.description] += 1
                if described[record.name, record.address, record.description] > 1:
                    self.note(
                        label,
                        "same_place_twice",
                        f"“{record.name}” is listed again with nothing to tell the two apart.",
                    )
                yield record

    def _record(self, row: Row, label: str) -> ServiceRecord:
        mapping = self.mapping
        where = self._coordinates(row, label)
        address, town = self._address(row, label)
        walk_in, hours = self._walk_in(row.get(mapping.notes, ""), label)
        same_day = row.get(mapping.same_day, "").lower() == "yes"
        name = self._name(row)
        description = distinct([row[column] for column in mapping.description], "\n")
        return ServiceRecord(
            key=" | ".join(row[column] for column in mapping.key)[:200],
            name=name,
            source_organization=row.get(mapping.organization, ""),
            description=distinct([description, self._marks(row, label)], "\n"),
            phone=row.get(mapping.phone, ""),
            address=address,
            town=town,
            latitude=where[0] if where else None,
            longitude=where[1] if where else None,
            url=row.get(mapping.url, ""),
            hours_text=hours,
            features=self._features(row, walk_in=walk_in or same_day, same_day=same_day),
            schedules=self._schedules(hours, label),
            languages=", ".join(language for language in LANGUAGES if mapping.notes and language in row[mapping.notes]),
            needs=self._needs(row, name, description),
        )

    def _plain(self, cell: str, column: str, label: str) -> str:
        words = self.tidy.text(cell, label)
        if column in self.mapping.one_line:
            words = distinct([line.strip() for line in words.split("\n")], ", ")
        return "" if words.lower() in _NOTHING else words

    def _name(self, row: Row) -> str:
        parts = [row[column].rstrip("*").strip() for column in self.mapping.name]
        if self.mapping.organization:
            return next((part for part in parts if part), "")
        return distinct([part for part in parts if part != row[self.mapping.address[0]]], ": ")

    def _needs(self, row: Row, name: str, description: str) -> frozenset[str]:
        found = set(self.mapping.needs)
        found |= {need for column, need in self.mapping.needs_where_yes.items() if row[column].lower() == "yes"}
        for column, starts in self.mapping.needs_where.items():
            found |= {need for start, need in starts.items() if row[column].lower().startswith(start)}
        if self.mapping.read_words and not found:
            found |= needs_of(name, (), description)
        return frozenset(found or {OTHER})

    def _features(self, row: Row, *, walk_in: bool, same_day: bool) -> str:
        mapping = self.mapping
        found = {"walk_in"} if walk_in else set()
        found |= {"same_day"} if same_day else set()
        found |= {code for column, code in mapping.features_where_yes.items() if row[column].lower() == "yes"}
        for column, starts in mapping.features_where.items():
            found |= {code for start, code in starts.items() if row[column].lower().startswith(start)}
        said = row.get(mapping.notes, "")
        found |= {code for code, words in mapping.feature_words.items() if re.search(words, said, re.IGNORECASE)}
        return features_of(found)

    def _schedules(self, hours: str, label: str) -> tuple[ScheduleRecord, ...]:
        """The walk-in hours as rules; what comes after them without a number in it speaks of something else."""
        if not hours:
            return ()
        said = "; ".join(part.strip() for part in _WALK_IN.sub("", hours, count=1).split(";") if re.search(r"\d", part))
        odd = bool(_ODD_HOURS.search(hours))
        rules = parse(said) if said and not odd else None
        if rules is None or not any(rule.opens_at for rule in rules):
            if not odd:  # what looks mistyped is reported as that
                sentence = f"The hours “{hours}” could not be read as days and times; kept as written."
                self.note(label, "hours_as_prose", sentence)
            return (ScheduleRecord(description=hours),)
        return tuple(replace(rule, description=hours) for rule in rules)

    def _marks(self, row: Row, label: str) -> str:
        said = []
        for column in self.mapping.columns:
            if column in self.mapping.kept_as_marks:
                if column in self.mapping.needs_where_yes and row[column].lower() not in {"yes", "no", ""}:
                    sentence = f"“{column}” says “{row[column]}” instead of yes or no; it is kept as text."
                    self.note(label, "unexpected_answer", sentence)
                if row[column].lower() != "no" and row[column]:
                    answer = "" if row[column].lower() == "yes" else f" ({row[column]})"
                    said.append(column.rstrip("?") + answer)
        return ", ".join(said)

    def _address(self, row: Row, label: str) -> tuple[str, str]:
        written = next((row[column] for column in self.mapping.address if row[column]), "")
        if re.fullmatch(r"\d{5}", written):
            self.note(label, "address_is_zip", f"The address is only the ZIP code {written}.")
            return f"{self.mapping.town}, {self.mapping.region} {written}", self.mapping.town
        if not self.mapping.town:
            match = _LAST_TOWN.search(written)
            if written and not match:
                self.note(label, "no_town", "No town could be read from the address.")
            return written, match.group(1).strip() if match else ""
        region = distinct([self.mapping.region, row.get(self.mapping.zip_code, "")], " ")
        full = written if not written or self.mapping.town in written else f"{written}, {self.mapping.town}, {region}"
        return full, self.mapping.town

    def _coordinates(self, row: Row, label: str) -> tuple[float, float] | None:
        latitude, longitude = (row.get(column, "") for column in (self.mapping.latitude, self.mapping.longitude))
        where = coordinates(latitude, longitude)
        if where is None:
            sentence = (
                "Latitude and longitude are no point on the earth; left empty."
                if latitude or longitude
                else "The row has no coordinates."
            )
            self.note(label, "bad_coordinates" if latitude or longitude else "no_coordinates", sentence)
        return where

    def _walk_in(self, notes: str, label: str) -> tuple[bool, str]:
        match = re.search(r"walk-in\b.*", notes, re.IGNORECASE | re.DOTALL)
        if match is None:
            return False, ""
        if _ODD_HOURS.search(match.group(0)):
            self.note(label, "odd_hours", f"The hours “{match.group(0)}” look mistyped; they are kept as written.")
        return True, match.group(0)
