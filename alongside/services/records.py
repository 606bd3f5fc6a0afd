"""What a published list of services says, read into plain values, with everything that was odd about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from alongside.services.needs import FEATURES


def features_of(codes: Iterable[str]) -> str:
    """Codes of `needs.FEATURES` as the directory keeps them, in the table's order; an unknown code is a `KeyError`."""
    wanted = set(codes)
    if unknown := wanted - set(FEATURES):
        raise KeyError(*unknown)
    return f" {' '.join(code for code in FEATURES if code in wanted)} " if wanted else ""


class Unreadable(ValueError):
    """The file cannot be read at all; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in the list: where, of which kind, in a sentence, and how often when one line stands for many."""

    row: str
    kind: str
    sentence: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    """One organization as the list names it."""

    key: str
    name: str
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleRecord:
    """One rule of opening hours, as `models.Schedule` keeps it; without `opens_at` it is prose and nothing is guessed."""

    freq: str = ""
    interval: int = 1
    byday: str = ""
    bymonthday: str = ""
    dtstart: date | None = None
    until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service as the list describes it; `source_organization` is a pointer or name with no record at its end."""

    key: str
    name: str
    organization_key: str = ""
    source_organization: str = ""
    description: str = ""
    phone: str = ""
    address: str = ""
    town: str = ""
    latitude: float | None = None
    longitude: float | None = None
    url: str = ""
    hours_text: str = ""
    features: str = ""
    languages: str = ""
    eligibility: str = ""
    how_to_apply: str = ""
    email: str = ""
    fees: str = ""
    accessibility: str = ""
    status: str = "active"
    needs: frozenset[str] = frozenset()
    schedules: tuple[ScheduleRecord, ...] = ()
    # When somebody last said that it is as listed; an import keeps it only with a service that is new.
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """A whole list: its organizations, its services and its problems."""

    organizations: tuple[OrganizationRecord, ...]
    services: tuple[ServiceRecord, ...]
    problems: tuple[Problem, ...]

    @property
    def problems_by_kind(self) -> dict[str, int]:
        """How many rows or cells each kind of problem touched."""
        totals: Counter[str] = Counter()
        for problem in self.problems:
            totals[problem.kind] += problem.count
        return dict(sorted(totals.items()))


# UTF-8 punctuation (bytes E2 80 xx) once read as the old DOS code page: "GÇÖ" was an apostrophe. Only sequences with
# one possible origin are mended; "+¦" may have been ó or ñ, so it is left as it is and counted.
_DAMAGED = re.compile("GÇ([ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»])")
_STILL_DAMAGED = re.compile(r"\+[¦¡¬ºÆíáª│▒](?=\w|\b|\s)|-[Æû](?=\w|-)|GÇ")
_MARKER = re.compile(r"#{2,}[A-Z]{2,4}#{2,}|\b[A-Z]{3}#{3,}")
_LITERAL_BREAK = re.compile(r"\\r\\n|\\n")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]")
_BLANKS = re.compile(r"[ \t\u00a0]+")


@dataclass(slots=True)
class Tidy:
    """Cleans one cell after another and counts, per kind of repair, the rows in which it was needed."""

    rows: dict[str, set[str]] = field(default_factory=dict)

    def text(self, cell: str | None, row: str) -> str:
        """The cell as a person would have written it; what was done is counted under `row`."""
        words = cell or ""
        if "GÇ" in words:
            words = self._swap(_DAMAGED, _mended, words, ("damaged_text_repaired", row))
        if "\\" in words:
            words = self._swap(_LITERAL_BREAK, "\n", words, ("line_break_restored", row))
        if "##" in words:
            words = self._swap(_MARKER, "", words, ("marker_removed", row))
        words = _CONTROL.sub("", words)
        if not words.isascii() and _STILL_DAMAGED.search(words):
            self._note("damaged_text_left", row)
        return "\n".join(_BLANKS.sub(" ", line).strip() for line in _blank_lines_once(words)).strip()

    def problems(self) -> list[Problem]:
        """One problem for each row and kind of repair, so that an editor finds every place."""
        return [Problem(row, kind, _REPAIRS[kind]) for kind, rows in sorted(self.rows.items()) for row in sorted(rows)]

    def _swap(self, pattern: re.Pattern[str], new: object, words: str, note: tuple[str, str]) -> str:
        changed = pattern.sub(new if callable(new) else str(new), words)
        if changed != words:
            self._note(*note)
        return changed

    def _note(self, kind: str, row: str) -> None:
        self.rows.setdefault(kind, set()).add(row)


_REPAIRS = {
    "damaged_text_repaired": "Apostrophes, quotation marks and dashes damaged to “GÇÖ” and the like were repaired.",
    "damaged_text_left": "Damaged letters that could have been more than one thing were left as they are.",
    "marker_removed": "Editors' markers such as “###MON###” were removed from the text.",
    "line_break_restored": "A written “\\n” was turned into a line break.",
}


def _mended(match: re.Match[str]) -> str:
    try:
        return (b"\xe2\x80" + match.group(1).encode("cp437")).decode("utf-8")
    except UnicodeError:
        return match.group(0)


def _blank_lines_once(words: str) -> list[str]:
    return re.sub(r"\n\s*\n\s*", "\n\n", words.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


def coordinates(latitude: str, longitude: str) -> tuple[float, float] | None:
    """The two numbers when both are there and lie on the earth; (0, 0) and everything else is None."""
    try:
        pair = float(latitude), float(longitude)
    except ValueError:
        return None
    on_earth = -90 <= pair[0] <= 90 and -180 <= pair[1] <= 180
    return pair if on_earth and pair != (0.0, 0.0) else None


def distinct(words: list[str], joint: str) -> str:
    """The words that are not empty, each once, in their order."""
    return joint.join(dict.fromkeys(word for word in words if word))
