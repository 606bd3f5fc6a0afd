"""How alike two organizations are, from their names and where they are reached; knows no table, and decides nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

# From here on a pair is worth somebody's look. Chosen on 311 pairs that people labeled (tests/listings).
WORTH_A_LOOK = 0.75

_WORDS = {
    "saint": "st", "mount": "mt", "fort": "ft", "and": "", "the": "", "of": "", "in": "", "at": "", "inc": "", "llc": "",
    "corp": "", "incorporated": "", "corporation": "", "co": "", "centre": "center", "ctr": "center", "northwest": "nw",
    "northeast": "ne", "southwest": "sw", "southeast": "se", "department": "dept",
}  # fmt: skip
_STREET = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "parkway": "pkwy", "lane": "ln",
    "court": "ct", "place": "pl", "highway": "hwy", "terrace": "ter", "circle": "cir", "square": "sq", "north": "n",
    "south": "s", "east": "e", "west": "w", "northwest": "nw", "northeast": "ne", "southwest": "sw", "southeast": "se",
}  # fmt: skip
_UNIT = re.compile(r"\b(?:suite|ste|unit|apt|room|rm|floor|fl|bldg|building)\b.*|#.*")
_HOST = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([^/:?#\s]+\.[a-z]{2,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Face:
    """An organization as one sees it from outside."""

    name: str
    streets: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


def tidy_name(name: str) -> str:
    """A name without its branch in brackets, its legal form and its small words."""
    words = re.sub(r"\(.*?\)", " ", name.lower()).replace("'s ", "s ").replace("’s ", "s ")
    kept = [_WORDS.get(word, word) for word in re.findall(r"[^\W_]+", words)]
    return " ".join(word.removesuffix("s") if len(word) > 4 else word for word in kept if word)


def tidy_street(address: str) -> str:
    """The house number and the street, spelled alike; nothing without a number, for a town is no place to meet at."""
    parts = (part.strip() for part in address.lower().split(","))
    street = next((part for part in parts if re.match(r"\d+\S*\s+\S", part)), "")
    return " ".join(_STREET.get(word, word) for word in re.findall(r"[^\W_]+", _UNIT.sub("", street)))


def tidy_phones(phone: str) -> frozenset[str]:
    """The last ten digits of each number."""
    numbers = (re.sub(r"\D", "", part.split("ext")[0]) for part in phone.split(";"))
    return frozenset(number[-10:] for number in numbers if len(number) >= 10)


def host_of(url: str) -> str:
    """The host name of a web address."""
    match = _HOST.match(url.strip())
    return match[1].lower() if match else ""


def likeness(first: Face, second: Face) -> tuple[float, tuple[str, ...]]:
    """From 0 to 1, with the reasons in words. Two that only share a name, at other addresses, are branches and not one."""
    names = fuzz.token_sort_ratio(tidy_name(first.name), tidy_name(second.name)) / 100
    within = fuzz.token_set_ratio(tidy_name(first.name), tidy_name(second.name)) / 100
    alike = max(names, 0.9 * within)
    same_street = bool(first.streets & second.streets)
    elsewhere = bool(first.streets and second.streets) and not same_street
    same_phone, same_host = bool(first.phones & second.phones), bool(first.hosts & second.hosts)
    score = 0.6 * alike + 0.25 * same_street + 0.15 * (same_phone or same_host)
    if not first.streets or not second.streets:
        score += 0.1  # nothing speaks against it
    score = min(score, 0.4) if elsewhere or alike < 0.6 else score
    reasons = ["the names are the same" if names == 1 else f"the names are {alike:.0%} alike"]
    reasons += ["the same address"] * same_street + ["other addresses"] * elsewhere
    reasons += ["the same phone"] * same_phone + ["the same web address"] * same_host
    return round(min(score, 1.0), 3), tuple(reasons)
