"""Declared layouts of call files: which columns say what, read from the small TOML files in `call_profiles`.

A profile can only name what may be kept. A column about warrants, charges, immigration and the like is refused
here and dropped by the reader, so no import can carry one.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).with_name("call_profiles")

# Words that make a column one we never read: matched as whole words of its name, with the usual endings.
FORBIDDEN_COLUMNS: tuple[str, ...] = (
    "alien", "arrest", "bail", "booking", "charge", "citizenship", "convict", "conviction", "counseling note",
    "counselling note", "court", "crime", "criminal", "custody", "dealer", "deport", "deportation", "dl number",
    "docket", "driver id", "drug amount", "felonies", "felony", "gang", "gps", "ice detainer", "immigration",
    "incarceration", "inmate", "jail", "licence", "license", "misdemeanor", "mugshot", "narrative", "non compliant",
    "noncompliant", "offence", "offense", "oln", "parole", "photo", "photograph", "plate", "prior record", "prison",
    "probation", "rap sheet", "risk", "sex registry", "soc sec", "social security", "ssn", "supplier", "threat level",
    "undocumented", "vin", "visa", "wanted", "warrant",
)  # fmt: skip
# The same where the words of a name run together ("warrantflag", "licenseplate").
FORBIDDEN_INSIDE: tuple[str, ...] = (
    "arrest", "citizenship", "convict", "criminal", "driverslicense", "driverlicense", "immigration", "licenseplate",
    "licenceplate", "mugshot", "narrative", "parole", "probation", "riskscore", "socialsecurity", "warrant",
)  # fmt: skip
# Names that hold such a word and mean something else.
HARMLESS_NAMES = re.compile(r"\b(?:cardiac|respiratory) ?arrest(?:s|ed)?\b")

_ENDINGS = r"(?:s|es|d|ed|r|er|ers|ee|ees|e|ing)?"
_FORBIDDEN = re.compile(rf"\b(?:{'|'.join(FORBIDDEN_COLUMNS)}){_ENDINGS}\b")
_WORD_EDGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_NOT_WORD = re.compile(r"[\W_]+")
_CODE = re.compile(r"[a-z][a-z0-9_]*")
_OUTCOMES = frozenset({"fatal", "non_fatal", "unknown"})


class ProfileError(ValueError):
    """A profile that cannot be used, with one sentence that says why."""


def plain(text: str) -> str:
    """The text without outer blanks, every run of blanks inside as one."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """The text as it is compared: plain, without regard to case."""
    return plain(text).casefold()


def forbidden_columns(header: Iterable[str]) -> list[str]:
    """The columns of a header that must never be read, as they are spelled there."""
    return [name for name in header if _is_forbidden(name)]


def _is_forbidden(name: str) -> bool:
    spaced = _WORD_EDGE.sub(" ", unicodedata.normalize("NFKC", name))
    words = HARMLESS_NAMES.sub("", _NOT_WORD.sub(" ", spaced).casefold())
    joined = words.replace(" ", "")
    return _FORBIDDEN.search(words) is not None or any(word in joined for word in FORBIDDEN_INSIDE)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose values stand for our codes; the values are kept folded."""

    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """The columns that together are one call, however often it is exported."""

    columns: tuple[str, ...]
    grouped_digits: bool = False
    several_rows: bool = False


@dataclass(frozen=True, slots=True)
class CallTime:
    """Where the local time of the call stands, and how it is written."""

    column: str
    format: str
    pattern: re.Pattern[str] | None = None
    clock_column: str = ""
    clock_format: str = ""
    midnight_is_unknown: bool = False
    agrees_with: str = ""
    agrees_pattern: re.Pattern[str] | None = None
    otherwise_profile: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """The column that names the town, and how the name is completed."""

    column: str = ""
    suffix: str = ""
    title_case: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The column that names the place, and the texts that only stand for a missing one."""

    column: str = ""
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Naloxone:
    """The columns that say whether naloxone was given, how many doses, and by whom."""

    given_column: str = ""
    given: frozenset[str] = frozenset()
    not_given: frozenset[str] = frozenset()
    administration_column: str = ""
    doses_column: str = ""
    by: Coded = Coded()
    by_when_empty: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One declared layout of a call file."""

    name: str
    purpose: str
    feed: str
    zone: ZoneInfo
    missing: frozenset[str]
    identity: Identity
    time: CallTime
    kind: Coded
    every_row: str
    town: Town
    place: Place
    outcome: Coded
    substances: Coded
    naloxone: Naloxone

    @property
    def required(self) -> tuple[str, ...]:
        """Every column the profile reads, once each; a file without one of them is another layout."""
        named = (
            *self.identity.columns, self.time.column, self.time.clock_column, self.time.agrees_with, self.kind.column,
            self.town.column, self.place.column, self.outcome.column, self.substances.column,
            self.naloxone.given_column, self.naloxone.administration_column, self.naloxone.doses_column,
            self.naloxone.by.column,
        )  # fmt: skip
        return tuple(dict.fromkeys(column for column in named if column))


class _Table:
    """One TOML table whose keys are taken out one by one; what is left at the end was not meant for us."""

    def __init__(self, rest: Mapping[str, object], where: str = "") -> None:
        self.rest = dict(rest)
        self.where = where

    def _take[T](self, key: str, kind: type[T], *, default: T | None = None) -> T:
        value = self.rest.pop(key, default)
        if value is None:
            raise ProfileError(f'The profile does not say "{self.where}{key}".')
        if not isinstance(value, kind):
            raise ProfileError(f'"{self.where}{key}" in the profile is not of the expected kind.')
        return value

    def text(self, key: str, default: str | None = "") -> str:
        return self._take(key, str, default=default)

    def needed(self, key: str) -> str:
        text = self.text(key, None)
        if not text.strip():
            raise ProfileError(f'"{self.where}{key}" in the profile is empty.')
        return text

    def flag(self, key: str) -> bool:
        return self._take(key, bool, default=False)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._take(key, list, default=[])
        if not all(isinstance(value, str) for value in values):
            raise ProfileError(f'"{self.where}{key}" in the profile is not a list of texts.')
        return tuple(values)

    def folded_set(self, key: str) -> frozenset[str]:
        return frozenset(folded(value) for value in self.texts(key))

    def pattern(self, key: str) -> re.Pattern[str] | None:
        source = self.text(key)
        try:
            return re.compile(source) if source else None
        except re.error:
            raise ProfileError(f'"{self.where}{key}" in the profile is not a valid pattern.') from None

    def codes(self, key: str, known: frozenset[str] | None = None) -> dict[str, str]:
        codes: dict[str, str] = {}
        for raw, code in self._take(key, dict, default={}).items():
            if not isinstance(code, str) or not _CODE.fullmatch(code) or (known and code not in known):
                raise ProfileError(f'"{self.where}{key}" in the profile gives "{raw}" a code that is not known.')
            codes[folded(raw)] = code
        return codes

    def inner[T](self, key: str, read: "Callable[[_Table], T]") -> T:
        table = _Table(self._take(key, dict, default={}), f"{self.where}{key}.")
        value = read(table)
        table.end()
        return value

    def end(self) -> None:
        if self.rest:
            raise ProfileError(f'The profile says "{self.where}{min(self.rest)}", which means nothing here.')


def _read_identity(table: _Table) -> Identity:
    columns = table.texts("columns")
    if not columns:
        raise ProfileError("The profile names no column that makes the identity of a call.")
    return Identity(columns, table.flag("grouped_digits"), table.flag("several_rows"))


def _read_time(table: _Table) -> CallTime:
    time = CallTime(
        column=table.needed("column"),
        format=table.needed("format"),
        pattern=table.pattern("pattern"),
        clock_column=table.text("clock_column"),
        clock_format=table.text("clock_format"),
        midnight_is_unknown=table.flag("midnight_is_unknown"),
        agrees_with=table.text("agrees_with"),
        agrees_pattern=table.pattern("agrees_pattern"),
        otherwise_profile=table.text("otherwise_profile"),
    )
    if "%z" in time.format.lower() + time.clock_format.lower():
        raise ProfileError("The profile reads a time with its own offset; only local times are understood.")
    if bool(time.clock_column) != bool(time.clock_format):
        raise ProfileError("The profile needs clock_column and clock_format together.")
    if bool(time.agrees_with) != bool(time.agrees_pattern):
        raise ProfileError("The profile needs agrees_with and agrees_pattern together.")
    return time


def _read_kind(table: _Table) -> tuple[Coded, str]:
    coded, every_row = Coded(table.text("column"), table.codes("values")), table.text("every_row")
    if bool(every_row) == bool(coded.column and coded.values):
        raise ProfileError("The profile must say either which values qualify or that every row does.")
    if every_row and not _CODE.fullmatch(every_row):
        raise ProfileError('"kind.every_row" in the profile is not a code.')
    return coded, every_row


def _read_naloxone(table: _Table) -> Naloxone:
    return Naloxone(
        given_column=table.text("given_column"),
        given=table.folded_set("given"),
        not_given=table.folded_set("not_given"),
        administration_column=table.text("administration_column"),
        doses_column=table.text("doses_column"),
        by=Coded(table.text("by_column"), table.codes("by_values")),
        by_when_empty=table.text("by_when_empty"),
    )


def _read_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ProfileError(f'"{name}" is not a time zone.') from None


def parse_profile(text: str) -> Profile:
    """The profile that a TOML text declares; a `ProfileError` says in one sentence what is wrong with it."""
    try:
        table = _Table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile is not valid TOML: {error}.") from None
    kind, every_row = table.inner("kind", _read_kind)
    profile = Profile(
        name=table.needed("name"),
        purpose=table.needed("purpose"),
        feed=table.needed("feed"),
        zone=_read_zone(table.needed("zone")),
        missing=table.folded_set("missing"),
        identity=table.inner("identity", _read_identity),
        time=table.inner("time", _read_time),
        kind=kind,
        every_row=every_row,
        town=table.inner("town", lambda t: Town(t.text("column"), t.text("suffix"), t.flag("title_case"))),
        place=table.inner("place", lambda t: Place(t.text("column"), t.folded_set("unknown"))),
        outcome=table.inner("outcome", lambda t: Coded(t.text("column"), t.codes("values", _OUTCOMES))),
        substances=table.inner("substances", lambda t: Coded(t.text("column"), t.codes("values"))),
        naloxone=table.inner("naloxone", _read_naloxone),
    )
    table.end()
    forbidden = forbidden_columns(profile.required)
    if forbidden:
        raise ProfileError(f'The profile reads the column "{forbidden[0]}", which must never be kept.')
    return profile


def profile_names() -> list[str]:
    """The names of all declared profiles, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def load_profile(name: str) -> Profile:
    """The declared profile of this name; an unknown name is answered with the list of known ones."""
    if name not in profile_names():
        raise ProfileError(f'There is no profile "{plain(name)[:40]}"; there are {", ".join(profile_names())}.')
    return parse_profile((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def fitting_profiles(header: Iterable[str]) -> list[str]:
    """The names of the profiles whose columns are all in this header."""
    present = {folded(column) for column in header}
    return [name for name in profile_names() if all(folded(c) in present for c in load_profile(name).required)]
