"""The small parts of an HSDS 3.0 thing: a cell, a phone, an address, a rule of opening hours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from alongside.services.records import Problem, ScheduleRecord, Tidy, coordinates, distinct

Thing = dict[str, Any]

_STRIPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DAYS = re.compile(r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU))*")
_MONTH_DAYS = re.compile(r"-?\d{1,2}(?:,-?\d{1,2})*")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
# A rule with one of these opens less often than it would seem without it.
_NARROWER = ("count", "byweekno", "byyearday")
_DAY_FIELDS = ("dtstart", "until", "valid_from", "valid_to")
_RULE = (
    "freq",
    "interval",
    "byday",
    "bymonthday",
    "dtstart",
    "until",
    "valid_from",
    "valid_to",
    "opens_at",
    "closes_at",
)
_READ = {*_RULE, *_NARROWER, "id", "description", "service_id", "location_id", "service_at_location_id"}
_MOST = 999


def word(cell: object, *, strip: bool = True) -> str:
    """A cell as text; a list or an object is none. Half letters that no file and no table can hold become question marks."""
    if cell is None or isinstance(cell, dict | list):
        return ""
    text = cell if isinstance(cell, str) else str(cell)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    text = _STRIPPED.sub("", text)
    return text.strip() if strip else text


def filled(cell: object) -> bool:
    """Whether a cell says anything."""
    return cell is not None and cell not in ("", [], {})


@dataclass(slots=True)
class Part:
    """Reads the parts of one thing; `own` marks a thing that this house wrote, whose words stay exactly as they are."""

    tidy: Tidy
    label: str
    own: bool = False

    def text(self, thing: Thing, name: str) -> str:
        """One property as words."""
        if self.own:
            return word(thing.get(name), strip=False)
        return self.tidy.text(word(thing.get(name)), f"{self.label} {name}")

    def lines(self, things: list[Thing], name: str) -> str:
        """One property of several things, each once, a line each."""
        return distinct([self.text(thing, name) for thing in things], "\n")

    def languages(self, things: list[Thing]) -> str:
        """Languages by name, or by code where there is no name."""
        return distinct([self.text(thing, "name") or self.text(thing, "code") for thing in things], ", ")

    def phones(self, things: list[Thing]) -> str:
        """Numbers that somebody answers, each once."""
        numbers = []
        for thing in things:
            if word(thing.get("type")).lower() != "fax" and (number := self.text(thing, "number")):
                extension = word(thing.get("extension"))
                numbers.append(number + (f" ext. {extension}" if extension else ""))
        return distinct(numbers, "; ")

    def address(self, place: Thing, problems: list[Problem]) -> tuple[str, str]:
        """The first address where one can go, in one line, and its town."""
        found = place.get("addresses")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        rows.sort(key=lambda row: word(row.get("address_type")) != "physical")
        if not rows:
            return "", ""
        if len(rows) > 1:
            sentence = f"The place has {len(rows)} addresses; one is kept."
            problems.append(Problem(self.label, "more_addresses", sentence, len(rows) - 1))
        row, town = rows[0], self.text(rows[0], "city")
        street = distinct([self.text(row, "address_1"), self.text(row, "address_2")], ", ")
        region = distinct([self.text(row, "state_province"), self.text(row, "postal_code")], " ")
        country = self.text(row, "country")
        return distinct([street, town, region, "" if country.upper() in {"US", "USA"} else country], ", "), town

    def coordinates(self, place: Thing, problems: list[Problem]) -> tuple[float, float] | None:
        """The point when there is one on the earth."""
        latitude, longitude = word(place.get("latitude")), word(place.get("longitude"))
        where = coordinates(latitude, longitude)
        if where is None and (latitude or longitude):
            sentence = "Latitude and longitude are no point on the earth; left empty."
            problems.append(Problem(self.label, "bad_coordinates", sentence))
        return where

    def day(self, thing: Thing, name: str, problems: list[Problem]) -> datetime | None:
        """A day as its first moment in UTC."""
        day = _date(thing.get(name))
        if day is None and word(thing.get(name)):
            problems.append(Problem(self.label, "bad_date", f"“{name}” is no day; left empty."))
        return datetime.combine(day, time(0), UTC) if day else None


def schedule_of(
    thing: Thing, part: Part, problems: list[Problem], not_kept: Counter[tuple[str, str]]
) -> ScheduleRecord:
    """One rule of opening hours; a rule that cannot be kept whole stays as words and is reported."""
    for name in thing:
        if name not in _READ and filled(thing[name]):
            not_kept["schedule", name] += 1
    description = part.text(thing, "description")
    rule = _rule(thing, description)
    if rule is not None:
        return rule
    said = description or ", ".join(
        f"{name} {word(thing[name])}" for name in (*_RULE, *_NARROWER) if filled(thing.get(name))
    )
    problems.append(
        Problem(part.label, "hours_as_prose", f"The rule “{said}” cannot be kept as days and times; kept as written.")
    )
    return ScheduleRecord(description=said)


def _rule(thing: Thing, description: str) -> ScheduleRecord | None:
    if any(filled(thing.get(name)) for name in _NARROWER):
        return None
    days = {name: _date(thing.get(name)) for name in _DAY_FIELDS}
    opens, closes = _time(thing.get("opens_at")), _time(thing.get("closes_at"))
    read = {**days, "opens_at": opens, "closes_at": closes}
    if any(value is None and filled(thing.get(name)) for name, value in read.items()):
        return None
    freq, interval = word(thing.get("freq")).upper(), _interval(thing.get("interval"))
    byday, bymonthday = (re.sub(r"\s", "", word(thing.get(name)).upper()) for name in ("byday", "bymonthday"))
    if freq not in {"", "WEEKLY", "MONTHLY"} or interval is None or not _fits(byday, bymonthday):
        return None
    return ScheduleRecord(
        freq, interval, byday, bymonthday, **days, opens_at=opens, closes_at=closes, description=description
    )


def _fits(byday: str, bymonthday: str) -> bool:
    days = not byday or len(byday) <= 40 and bool(_DAYS.fullmatch(byday))
    return days and (not bymonthday or len(bymonthday) <= 100 and bool(_MONTH_DAYS.fullmatch(bymonthday)))


def _interval(cell: object) -> int | None:
    text = word(cell)
    if not text:
        return 1
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if 1 <= number <= _MOST and number == int(number) else None


def _date(cell: object) -> date | None:
    try:
        return date.fromisoformat(word(cell)[:10])
    except ValueError:
        return None


def _time(cell: object) -> time | None:
    match = _TIME.fullmatch(word(cell))
    return time(int(match[1]), int(match[2])) if match else None
