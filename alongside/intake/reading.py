"""Reading a call file: rows in; calls, further rows of a call, and rejected rows out; the rest is only counted.

Nothing here writes, and nothing here repeats what a rejected row said: a row out of step may hold anything.
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple, Self
from zoneinfo import ZoneInfo

from alongside.intake.calls import Call, Further, Outcome, Rejected, merge
from alongside.intake.profiles import Coded, Naloxone, Profile, fitting_profiles, folded, forbidden_columns, plain

LONGEST_LINE = 131_072
LONGEST_FIELD = 500
MOST_LINES_IN_A_ROW = 20
MOST_DOSES = 99
EARLIEST_YEAR = 1970
FUTURE_ALLOWED = timedelta(days=1)
NOT_UTF8 = "\ufffd"
SEPARATOR = "\x1f"  # never inside a value: `plain` takes it for a blank

_GROUPED_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+")


class CallFileError(ValueError):
    """A call file that cannot be read at all, with one sentence that says why."""


class WrongProfile(CallFileError):
    """A call file whose columns are not those of the profile."""


class _BadRow(ValueError):
    """Why one row is rejected."""


def to_utc(local: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a local time: the first one when clocks repeat the hour, None when they skip it."""
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


class _Found(NamedTuple):
    row: int  # as a spreadsheet shows it: the line of column names is row 1
    kind: str
    fields: list[str]


class _Kinds(dict[str, str]):
    """Raw value → kind of incident ("" = does not qualify), so that the usual row costs one look-up."""

    def __init__(self, values: Coded, otherwise: str) -> None:
        super().__init__()
        self.values_by_folded = values.values
        self.otherwise = otherwise

    def __missing__(self, raw: str) -> str:
        kind = self.values_by_folded.get(folded(raw), self.otherwise)
        if len(self) < 4096:
            self[raw] = kind
        return kind


class _RowReader:
    """Reads the fields of one row as the profile declares them."""

    def __init__(self, profile: Profile, header: Sequence[str], now: datetime) -> None:
        self.profile = profile
        self.latest = now + FUTURE_ALLOWED
        self.not_understood: Counter[str] = Counter()
        names = [folded(name) for name in header]
        self.at = {column: names.index(folded(column)) for column in profile.required}

    def text(self, fields: list[str], column: str) -> str:
        """The plain text of a column; "" when the column is not declared or its value stands for nothing."""
        if not column:
            return ""
        raw = fields[self.at[column]]
        if len(raw) > LONGEST_FIELD:
            raise _BadRow(f'The column "{column}" holds more than {LONGEST_FIELD} characters.')
        if NOT_UTF8 in raw:
            raise _BadRow(f'The column "{column}" holds text that is not UTF-8.')
        text = plain(raw)
        return "" if text.casefold() in self.profile.missing else text

    def call(self, row: int, kind: str, fields: list[str]) -> Call:
        """The call this row declares by itself."""
        profile = self.profile
        key = self._key(fields)
        occurred_at, time_known = self._occurred(fields)
        substance = self._code(fields, profile.substances, empty="", other="other")
        doses, by = self._naloxone(fields, profile.naloxone)
        place = self.text(fields, profile.place.column)
        return Call(
            key=key,
            kind=kind,
            occurred_at=occurred_at,
            time_known=time_known,
            town=self._town(fields),
            place="" if place.casefold() in profile.place.unknown else place,
            outcome=self._code(fields, profile.outcome, empty="unknown", other="unknown"),
            naloxone_doses=doses,
            naloxone_by=(by,) if by else (),
            substances=(substance,) if substance else (),
            row=row,
        )

    def administration(self, fields: list[str]) -> str:
        """What tells one giving of naloxone from another within a call."""
        return self.text(fields, self.profile.naloxone.administration_column)

    def _key(self, fields: list[str]) -> str:
        parts = [self.text(fields, column) for column in self.profile.identity.columns]
        if self.profile.identity.grouped_digits:
            parts = [part.replace(",", "") if _GROUPED_DIGITS.fullmatch(part) else part for part in parts]
        if not all(parts):
            raise _BadRow("The row does not say which call it is: an identifying column is empty.")
        return SEPARATOR.join((self.profile.feed, *parts))

    def _town(self, fields: list[str]) -> str:
        town = self.text(fields, self.profile.town.column)
        if town and self.profile.town.title_case:
            town = town.title().replace("'S", "'s")
        return town + self.profile.town.suffix if town else ""

    def _code(self, fields: list[str], coded: Coded, *, empty: str, other: str) -> str:
        text = self.text(fields, coded.column)
        if not text:
            return empty
        code = coded.values.get(text.casefold())
        if code is None:
            self.not_understood[coded.column] += 1
        return code or other

    def _naloxone(self, fields: list[str], naloxone: Naloxone) -> tuple[int | None, str]:
        given = self.text(fields, naloxone.given_column).casefold()
        if given in naloxone.not_given:
            return 0, ""
        if given not in naloxone.given:
            if given:
                self.not_understood[naloxone.given_column] += 1
            return None, ""
        by = self._code(fields, naloxone.by, empty=naloxone.by_when_empty, other="other")
        return self._doses(self.text(fields, naloxone.doses_column), naloxone.doses_column), by

    def _doses(self, text: str, column: str) -> int | None:
        doses = int(text) if text.isdecimal() and len(text) <= len(str(MOST_DOSES)) else 0
        if text and not doses and text != "0":
            self.not_understood[column] += 1
        return doses or None

    def _occurred(self, fields: list[str]) -> tuple[datetime, bool]:
        time = self.profile.time
        written, form, known = self._written_time(fields), time.format, True
        if time.clock_column:
            clock = self.text(fields, time.clock_column)
            known = bool(clock)
            written, form = (f"{written} {clock}", f"{form} {time.clock_format}") if clock else (written, form)
        try:
            local = datetime.strptime(written, form).replace(tzinfo=self.profile.zone)
        except ValueError:
            raise _BadRow(f'The time in the column "{time.column}" cannot be read.') from None
        if time.midnight_is_unknown and (local.hour, local.minute, local.second) == (0, 0, 0):
            known = False
        return self._instant(local, known=known), known

    def _written_time(self, fields: list[str]) -> str:
        time = self.profile.time
        written = self.text(fields, time.column)
        if time.pattern:
            found = time.pattern.search(written)
            written = " ".join(found.groups()) if found else ""
        if not written:
            raise _BadRow(f'The column "{time.column}" holds no time of the call.')
        if time.agrees_pattern:
            other = time.agrees_pattern.search(self.text(fields, time.agrees_with))
            if other and " ".join(other.groups()) != written:
                hint = f" Is this the layout of the profile {time.otherwise_profile}?" if time.otherwise_profile else ""
                raise _BadRow(f'The times in "{time.column}" and "{time.agrees_with}" differ.{hint}')
        return written

    def _instant(self, local: datetime, *, known: bool) -> datetime:
        shown = f"{local:%Y-%m-%d %H:%M:%S}"
        if local.year < EARLIEST_YEAR:
            raise _BadRow(f"The time {shown} is before {EARLIEST_YEAR}.")
        try:
            at = to_utc(local, self.profile.zone)
        except OverflowError:
            raise _BadRow(f"The time {shown} is out of range.") from None
        if at is None and known:
            raise _BadRow(f"The time {shown} did not exist in {self.profile.zone.key}: clocks went forward over it.")
        at = at or local.astimezone(UTC)  # a day without a clock time begins at its first instant
        if at > self.latest:
            raise _BadRow(f"The time {shown} lies in the future.")
        return at


class CallFile:
    """One open call file: its dropped columns at once, its outcomes once, and its counts as they grow."""

    def __init__(self, binary: IO[bytes], profile: Profile, now: datetime) -> None:
        self._binary = binary
        self._text = text = _as_text(binary)
        # A line without an end must not fill the memory: it is read in pieces, which are then rejected.
        self._lines = iter(partial(text.readline, LONGEST_LINE), "")
        self._given_back: list[str] = []
        self._profile = profile
        self._not_csv: list[str] = []  # stands for a row that is no CSV
        self._header = self._read_header()
        self._check_columns()
        self._not_csv = [""] * (len(self._header) + 1)  # never of the right width
        self._reader = _RowReader(profile, self._header, now)
        self.dropped_columns = forbidden_columns(self._header)
        self.rows = self.calls = self.further = self.not_qualifying = self.rejected = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file; reading to the end does so too."""
        self._text.close()
        self._binary.close()

    @property
    def not_understood(self) -> dict[str, int]:
        """How often a value of a column was outside the profile's list and was taken as unknown or other."""
        return {column: count for column, count in self._reader.not_understood.items() if count}

    def outcomes(self) -> Iterator[Outcome]:
        """Every row that is not merely counted, in file order; calls made of several rows come after the last row."""
        found = self._merged() if self._profile.identity.several_rows else self._single()
        for outcome in found:
            match outcome:
                case Call():
                    self.calls += 1
                case Further():
                    self.further += 1
                case Rejected():
                    self.rejected += 1
            yield outcome
        self.close()

    def _single(self) -> Iterator[Outcome]:
        for found in self._qualifying():
            part = self._read(found)
            yield part if isinstance(part, Rejected) else part[0]

    def _merged(self) -> Iterator[Outcome]:
        parts: dict[str, list[tuple[Call, str]]] = {}
        for found in self._qualifying():
            part = self._read(found)
            if isinstance(part, Rejected):
                yield part
                continue
            known = parts.setdefault(part[0].key, [])
            known.append(part)
            if len(known) > 1:
                yield Further(part[0].row, known[0][0].row)
        for several in parts.values():
            yield merge(several)

    def _read(self, found: _Found | Rejected) -> tuple[Call, str] | Rejected:
        if isinstance(found, Rejected):
            return found
        try:
            return self._reader.call(*found), self._reader.administration(found.fields)
        except _BadRow as bad:
            return Rejected(found.row, str(bad))

    def _qualifying(self) -> Iterator[_Found | Rejected]:
        width, kinds = len(self._header), _Kinds(self._profile.kind, self._profile.every_row)
        at = self._reader.at.get(self._profile.kind.column, 0)
        row, blank, passed = 1, 0, 0
        for fields in self._whole_rows():
            row += 1
            if len(fields) == width:
                kind = kinds[fields[at]]
                if not kind:
                    passed += 1
                    continue
                found: _Found | Rejected = _Found(row, kind, fields)
            elif fields:
                found = Rejected(row, self._why_broken(fields))
            else:
                blank += 1
                continue
            self.rows, self.not_qualifying = row - 1 - blank, passed
            yield found
        self.rows, self.not_qualifying = row - 1 - blank, passed

    def _whole_rows(self) -> Iterator[list[str]]:
        # Splitting at commas is what CSV means as long as no quote occurs, and takes a third of the time.
        try:
            while (line := self._next_line()) is not None:
                if '"' in line:
                    yield self._quoted(line)
                else:
                    bare = line.rstrip("\r\n")
                    yield bare.split(",") if bare else []
        except (OSError, EOFError, zlib.error):
            raise CallFileError("The file is damaged or ends too early; nothing of it can be trusted.") from None

    def _next_line(self) -> str | None:
        return self._given_back.pop() if self._given_back else next(self._lines, None)

    def _quoted(self, line: str) -> list[str]:
        taken = [line]
        while True:
            try:
                return next(csv.reader(taken, strict=True))
            except csv.Error:
                more = self._next_line() if len(taken) < MOST_LINES_IN_A_ROW else None
                if more is None:
                    break
                taken.append(more)
        # A stray quote spoils its own line, not the rest of the file: the lines after it are read again.
        self._given_back.extend(taken[:0:-1])
        return self._not_csv

    def _why_broken(self, fields: list[str]) -> str:
        if fields is self._not_csv:
            return "The row is not well-formed CSV: a quoted field does not end where it should."
        return f"The row has {len(fields)} of {len(self._header)} fields."

    def _read_header(self) -> list[str]:
        try:
            header = next(self._whole_rows(), [])
        except CallFileError:
            raise CallFileError("The file cannot be read as CSV text.") from None
        joined = "".join(header)
        if not joined.strip():
            raise CallFileError("The file is empty: it has no line of column names.")
        if "\0" in joined or NOT_UTF8 in joined:
            raise CallFileError("The file is not CSV text in UTF-8; save a spreadsheet as CSV (UTF-8) first.")
        return header

    def _check_columns(self) -> None:
        profile, times = self._profile, Counter(folded(name) for name in self._header)
        lacking = [column for column in profile.required if not times[folded(column)]]
        if lacking:
            fitting = fitting_profiles(self._header)
            hint = f"it fits the profile {' or '.join(fitting)}" if fitting else "no declared profile fits it"
            names = ", ".join(f'"{column}"' for column in lacking)
            raise WrongProfile(f"The file lacks what the profile {profile.name} reads ({names}); {hint}.")
        twice = [column for column in profile.required if times[folded(column)] > 1]
        if twice:
            raise WrongProfile(f'The file has the column "{twice[0]}" more than once.')


def read_calls(source: str | Path | IO[bytes], profile: Profile, *, now: datetime) -> CallFile:
    """Opens a call file, plain or gzip; a file that does not fit the profile is a `CallFileError` of one sentence."""
    try:
        binary = io.BufferedReader(io.FileIO(source)) if isinstance(source, str | Path) else source
        return _opened(binary, profile, now)
    except OSError as error:
        raise CallFileError(f"The file cannot be opened: {error.strerror or 'it is not readable'}.") from None


def _opened(binary: IO[bytes], profile: Profile, now: datetime) -> CallFile:
    try:
        return CallFile(binary, profile, now)
    except (CallFileError, OSError):
        binary.close()
        raise


def _as_text(binary: IO[bytes]) -> io.TextIOWrapper:
    if isinstance(binary, io.BufferedReader):
        start = binary.peek(2)[:2]
    else:
        start = binary.read(2)
        binary.seek(0)
    content = gzip.GzipFile(fileobj=binary) if start == b"\x1f\x8b" else binary
    # A damaged byte must cost its own row at most: it is replaced here, and rejected where it is in a column we read.
    return io.TextIOWrapper(content, encoding="utf-8-sig", errors="replace", newline="")
