"""Opening hours as people write them, read into rules; whatever is not understood to the last sign is None, and stays prose.

Decided here, and nowhere guessed: an opening without “am” or “pm” shares the closing's half of the day when it fits there
(“1-5pm”), or else is in the morning (“8-4pm”); a closing without one is not understood, nor a section for something else
(“Pharmacy:”), a start without an end, a day named twice in two ways, or a day longer than anybody keeps open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import NamedTuple

from alongside.services.records import ScheduleRecord

Span = tuple[time, time]
Days = tuple[str, ...]
_Minutes = tuple[int, int] | None
WHOLE_DAY: Span = (time(0), time(0))
WEEK: Days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# More than this is a slip of am and pm (“9:00pm-7:00pm”), unless it is the whole day.
LONGEST_DAY, LONGEST_NIGHT = 18 * 60, 16 * 60

_NAMES = {
    "MO": "mondays?|mons?|mo|m|lunes|lun",
    "TU": "tuesdays?|tues?|tu|t|martes|mar",
    "WE": "wednesdays?|weds?|we|w|miércoles|miercoles|mié|mie",
    "TH": "thursdays?|thurs?|thu|th|jueves|jue",
    "FR": "fridays?|fri|fr|f|viernes|vie",
    "SA": "saturdays?|sats?|sa|sábados?|sabados?|sáb|sab",
    "SU": "sundays?|suns?|su|domingos?|dom",
}
_GROUPS: dict[str, Days] = {
    r"24/7|24 ?(?:hours?|hrs?)(?: a day)?(?:,? ?(?:and )?|/)(?:7|seven) days(?: a week| per week)?": (),
    r"weekdays?|entre semana": WEEK[:5],
    r"weekends?|fines? de semana": WEEK[5:],
    r"daily|every ?day|7 days(?: a week| per week)?|seven days a week|todos los días|todos los dias|diario": WEEK,
}
_ORDINALS = {
    "first|1st|1er|primer": 1, "second|2nd|segundo": 2, "third|3rd|tercer": 3, "fourth|4th|cuarto": 4, "fifth|5th": 5,
    "last|último|ultimo": -1,
}  # fmt: skip
_CLOCK = r"\d{1,2}(?::\d{2})?(?: ?(?:am|pm|a\.m\.|p\.m\.)|[ap])?(?![\w:])"
# A section for the whole of the service; one for a part of it (“Pharmacy:”) is not understood.
_LABELS = r"walk[- ]?ins?(?: hours)?|(?:office |clinic |business )?hours(?: of operation)?|clinic|horario|open"
_TOKENS = re.compile(
    "|".join(
        (
            r"(?P<blank>[ \t]+)",
            f"(?P<label>(?:{_LABELS})\\s*:)",
            f"(?P<group>(?:{'|'.join(_GROUPS)})(?!\\w))",
            r"(?P<allday>(?:open )?24 ?(?:hours?|hrs?)(?: a day)?(?!\w))",
            f"(?P<ordinal>(?:{'|'.join(_ORDINALS)})(?!\\w))",
            r"(?P<noon>12 ?noon|noon|mediodía|mediodia)(?!\w)",
            r"(?P<midnight>12 ?midnight|midnight|medianoche)(?!\w)",
            f"(?P<clock>{_CLOCK})",
            f"(?P<day>(?:{'|'.join(_NAMES.values())})(?!\\w)\\.?)",
            r"(?P<month>,? ?(?:(?:of|in) (?:the|each|every)|each|every|of|del|de cada) (?:month|mes)(?: \(?only\)?)?(?!\w))",
            r"(?P<dash>[-–—]+|(?:through|thru|to|until|a|al|hasta)(?!\w))",
            r"(?P<closed>(?:closed|cerrado)(?!\w))",
            r"(?P<appointment>(?:by appointment(?: only)?|con cita(?: previa)?)(?!\w))",
            r"(?P<filler>(?:from|on|every|open|de|los|desde)(?!\w))",
            r"(?P<comma>[,&/:]|(?:and|y)(?!\w))",
            r"(?P<end>[;\n.]+)",
        )
    ),
    re.IGNORECASE,
)


class _Part(NamedTuple):
    """One understood piece of a line: a span of hours, some days, or the word that the days are closed or by appointment."""

    kind: str
    span: Span = WHOLE_DAY
    days: Days = ()


@dataclass(slots=True)
class _Line:
    """What stands between two line ends or semicolons."""

    parts: list[_Part] = field(default_factory=list)
    words: str = ""


class _Odd(Exception):
    """Something that is not understood."""


def parse(text: str) -> tuple[ScheduleRecord, ...] | None:
    """The rules that the words declare, or None when one word of them is not understood; days without hours have no times."""
    try:
        rules = _rules(_lines(text))
        _contradictions(rules)
    except _Odd:
        return None
    return tuple(rules) or None


# --- words to tokens ---


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None or match.lastgroup is None:
            raise _Odd
        if match.lastgroup != "blank":
            found.append((match.lastgroup, match.group(0)))
        at = match.end()
    return found


def _lines(text: str) -> list[_Line]:
    tokens = _tokens(re.sub(r"\s*\n\s*", "\n", text.strip()))
    if tokens and tokens[0][0] == "label":
        tokens = tokens[1:]
    lines, current = [], []
    for kind, words in [*tokens, ("end", ";")]:
        if kind == "label":
            raise _Odd
        if kind != "end":
            current.append((kind, words))
        elif current:
            lines.append(_Line(_parts(current), " ".join(words for _, words in current)))
            current = []
    return lines


# --- tokens to parts ---


def _parts(tokens: list[tuple[str, str]]) -> list[_Part]:
    queue = [token for token in tokens if token[0] not in {"filler", "comma"}]
    parts: list[_Part] = []
    while queue:
        kind = queue[0][0]
        if kind in {"clock", "noon", "midnight"}:
            parts.append(_Part("span", _span(queue)))
        elif kind == "allday":
            queue.pop(0)
            parts.append(_Part("span"))
        elif kind in {"day", "ordinal", "group"}:
            parts += _days(queue)
        elif kind in {"closed", "appointment"}:
            parts.append(_Part(queue.pop(0)[0]))
        else:
            raise _Odd
    return parts


def _span(queue: list[tuple[str, str]]) -> Span:
    if len(queue) < 3 or queue[1][0] != "dash" or queue[2][0] not in {"clock", "noon", "midnight"}:
        raise _Odd
    (kind, opening), _, (end_kind, closing) = queue[0], queue.pop(1), queue.pop(1)
    queue.pop(0)
    closes, half = _time(end_kind, closing, "")
    opens, own = _time(kind, opening, half)
    if not half:
        if own or not _on_the_24_hour_clock(opening, closing):
            raise _Odd
    elif not own:
        opens = _shared(opening, opens, closes, half)
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    longest = LONGEST_DAY if minutes > 0 or closes == time(0) else LONGEST_NIGHT
    if opens == closes or minutes % 1440 > longest:
        raise _Odd
    return opens, closes


def _on_the_24_hour_clock(opening: str, closing: str) -> bool:
    return bool(re.match(r"\d\d:", opening) and re.match(r"(?:1[3-9]|2[0-3]):", closing) and opening < closing)


def _shared(opening: str, opens: time, closes: time, half: str) -> time:
    """The opening whose half of the day was left out."""
    if closes == time(0) or (opens >= closes and half == "a"):
        raise _Odd
    return opens if opens < closes else _time("clock", opening, "a")[0]


def _time(kind: str, words: str, half: str) -> tuple[time, str]:
    """The time, and which half of the day was written (“a”, “p”), with the given half for one without."""
    if kind != "clock":
        return (time(12), "p") if kind == "noon" else (time(0), "a")
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))? ?([ap])?\.?m?\.?", words.lower())
    if match is None:
        raise _Odd
    hour, minute, own = int(match[1]), int(match[2] or 0), match[3] or ""
    meant = own or half
    if minute > 59 or hour > 23 or (meant and not 1 <= hour <= 12):
        raise _Odd
    if meant:
        hour = hour % 12 + (12 if meant == "p" else 0)
    return time(hour, minute), own


def _days(queue: list[tuple[str, str]]) -> list[_Part]:
    kind, words = queue.pop(0)
    if kind == "group":
        days = next(days for pattern, days in _GROUPS.items() if re.fullmatch(pattern, words, re.IGNORECASE))
        return [_Part("days", days=days) if days else _Part("always")]
    if kind == "ordinal":
        return [_Part("days", days=_of_the_month(words, queue))]
    first = _day(words)
    if len(queue) > 1 and queue[0][0] == "dash" and queue[1][0] == "day":
        queue.pop(0)
        last = _day(queue.pop(0)[1])
        length = (WEEK.index(last) - WEEK.index(first)) % 7
        if not length:
            raise _Odd
        return [_Part("days", days=tuple(WEEK[(WEEK.index(first) + step) % 7] for step in range(length + 1)))]
    return [_Part("days", days=(first,))]


def _of_the_month(words: str, queue: list[tuple[str, str]]) -> tuple[str, ...]:
    numbers = [_ordinal(words)]
    while queue and queue[0][0] in {"ordinal", "comma"}:
        kind, more = queue.pop(0)
        if kind == "ordinal":
            numbers.append(_ordinal(more))
    if not queue or queue[0][0] != "day":
        raise _Odd
    day = _day(queue.pop(0)[1])
    if not queue or queue[0][0] != "month":
        raise _Odd
    queue.pop(0)
    return tuple(f"{number}{day}" for number in numbers)


def _day(words: str) -> str:
    return next(code for code, names in _NAMES.items() if re.fullmatch(rf"(?:{names})\.?", words, re.IGNORECASE))


def _ordinal(words: str) -> int:
    return next(number for names, number in _ORDINALS.items() if re.fullmatch(names, words, re.IGNORECASE))


# --- parts to rules ---


def _rules(lines: Iterable[_Line]) -> list[ScheduleRecord]:
    rules: list[ScheduleRecord] = []
    waiting: list[Span] = []  # “8am-12pm; 1pm-5pm, Mon-Fri”: hours whose days come in the next line
    closed: set[str] = set()
    for line in lines:
        kinds = {part.kind for part in line.parts}
        if kinds == {"span"}:
            waiting += [part.span for part in line.parts]
        elif kinds == {"days", "closed"} and not waiting:
            closed.update(*(part.days for part in line.parts))
        else:
            rules += _rules_of(line, kinds, waiting)
            waiting = []
    if waiting or closed & {day[-2:] for rule in rules for day in rule.byday.split(",")}:
        raise _Odd
    return rules


def _rules_of(line: _Line, kinds: set[str], waiting: list[Span]) -> list[ScheduleRecord]:
    if kinds == {"always"} and len(line.parts) == 1 and not waiting:
        return list(_rule(line, [WHOLE_DAY], WEEK))
    if kinds in ({"days"}, {"days", "appointment"}) and not waiting:
        return list(_rule(line, [], tuple(day for part in line.parts for day in part.days)))
    if kinds != {"days", "span"} or (waiting and line.parts[0].kind != "span"):
        raise _Odd
    # Either hours and then their days, or days and then their hours; the first piece of the line says which.
    head, tail = (line.parts[0].kind, "span" if line.parts[0].kind == "days" else "days")
    groups: list[list[_Part]] = []
    for before, part in zip([_Part(tail), *line.parts], line.parts, strict=False):
        if part.kind == head and before.kind == tail:
            groups.append([])
        groups[-1].append(part)
    found: list[ScheduleRecord] = []
    for group in groups:
        spans = [*waiting, *(part.span for part in group if part.kind == "span")]
        days = tuple(day for part in group for day in part.days)
        if not spans or not days:
            raise _Odd
        found += _rule(line, spans, days)
        waiting = []
    return found


def _rule(line: _Line, spans: list[Span], days: Days) -> Iterator[ScheduleRecord]:
    weekly = ",".join(day for day in WEEK if day in days)
    monthly = ",".join(dict.fromkeys(day for day in days if day not in WEEK))
    for freq, byday in (("WEEKLY", weekly), ("MONTHLY", monthly)):
        if byday:
            if not spans:
                yield ScheduleRecord(freq, byday=byday, description=line.words)
            for opens, closes in spans:
                yield ScheduleRecord(freq, byday=byday, opens_at=opens, closes_at=closes, description=line.words)


def _contradictions(rules: list[ScheduleRecord]) -> None:
    """Raise where a day stands twice and “as well” and “instead” would be two different answers."""
    seen: dict[str, list[_Minutes]] = {}
    for rule in rules:
        later = _minutes(rule)
        for day in {day[-2:] for day in rule.byday.split(",")}:
            if not all(_agree(earlier, later) for earlier in seen.setdefault(day, [])):
                raise _Odd
            seen[day].append(later)


def _agree(earlier: _Minutes, later: _Minutes) -> bool:
    if earlier is None or later is None:
        return earlier is later
    apart = later[0] >= earlier[1] or later[1] <= earlier[0]
    return apart or (later[0] <= earlier[0] and earlier[1] <= later[1])


def _minutes(rule: ScheduleRecord) -> _Minutes:
    if rule.opens_at is None or rule.closes_at is None:
        return None  # the whole of the day is spoken for, by words
    opens, closes = (at.hour * 60 + at.minute for at in (rule.opens_at, rule.closes_at))
    return opens, closes if closes > opens else closes + 1440
