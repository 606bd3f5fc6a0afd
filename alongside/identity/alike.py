"""How alike two values of one kind are: names, dates, phones, places. Each answer is one level; no weights, no database.

Every function is symmetric. An empty answer says that one of the two does not know: that is evidence of nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

import jellyfish
from rapidfuzz.distance import OSA, JaroWinkler

from alongside.identity.names import canonical, is_known, nicknames, parts, words

CLOSE, SIMILAR = 0.92, 0.82  # Jaro-Winkler: a slip of the pen; perhaps the same name
FAR_YEARS = 15  # further apart than any slip or guess of a birth year
_DATE = re.compile(r"(~?)(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def given(one: str, other: str) -> str:
    """exact, nickname, close, part, initial, similar or different: two given names, in any spelling."""
    left, right = words(one), words(other)
    if not left or not right:
        return ""
    if found := _spelled("".join(left), "".join(right)) or _in_part(left, right):
        return found
    if _short_form(left, right) or _short_form(right, left) or canonical(one) & canonical(other):
        return "nickname"
    return _perhaps("".join(left), "".join(right))


def family(one: str, other: str) -> str:
    """exact, close, part, similar or different: two family names, particles aside, one or two surnames in any order."""
    left, right = parts(one), parts(other)
    if not left or not right:
        return ""
    joined, counter = "".join(left), "".join(right)
    if joined != counter and words(one) != words(other) and "".join(words(one)) == "".join(words(other)):
        return "close"  # “de la Cruz” and “Delacruz”
    return _spelled(joined, counter) or _in_part(left, right) or _perhaps(joined, counter)


def _spelled(one: str, other: str) -> str:
    """initial, exact, close or different, where the letters alone tell; empty where they do not."""
    if len(one) == 1 or len(other) == 1:
        return "initial" if one[0] == other[0] else "different"
    if one == other:
        return "exact"
    return "close" if _close(one, other) else ""


def _in_part(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    return "part" if len(left) + len(right) > 2 and _share_a_part(left, right) else ""


def _perhaps(one: str, other: str) -> str:
    return "similar" if JaroWinkler.normalized_similarity(one, other) >= SIMILAR else "different"


def two_names(one: str, other: str) -> bool:
    """Whether two given names that are spelled alike may well be two names: Tim and Jim, Mark and Mary, Paul and Paula."""
    left, right = "".join(words(one)), "".join(words(other))
    if left.endswith("a") != right.endswith("a") or left.endswith("elle") != right.endswith("elle"):
        return True
    if is_known(left) != is_known(right):
        return False  # a name, and a slip of the pen that is none
    return sound(left) != sound(right) and (left[:1] != right[:1] or min(len(left), len(right)) <= 5)


def crossed(one: str, other: str) -> bool:
    """Whether a given and a family name are one name, as where they were entered the other way round."""
    return bool(one and other) and given(one, other) in ("exact", "close", "nickname")


def _short_form(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    return len(short[0]) > 2 and (full[0].startswith(short[0]) or full[0] in nicknames(short[0]))


def _share_a_part(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(a == b or (len(a) > 4 and _close(a, b)) for a in left if len(a) > 1 for b in right)


def _close(one: str, other: str) -> bool:
    """Whether one is the other with a slip of the pen, or sounds the same."""
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 2 or longer < 3:
        return False
    slips = OSA.distance(one, other, score_cutoff=2)
    if slips <= (1 if shorter < 7 else 2):
        return True
    if JaroWinkler.normalized_similarity(one, other) >= CLOSE:
        return True
    return shorter > 3 and one.isascii() and other.isascii() and sound(one) == sound(other)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How one folded word sounds (Metaphone); a word in another script stands for itself."""
    return (jellyfish.metaphone(word) if word.isascii() else "") or word


def middle(one: str, other: str) -> str:
    """exact, initial or different: two middle names, either of which may be a letter."""
    left, right = "".join(words(one)), "".join(words(other))
    if not left or not right:
        return ""
    if left == right and len(left) > 1:
        return "exact"
    if left[0] == right[0] and (min(len(left), len(right)) == 1 or _close(left, right)):
        return "initial"
    return "different"


def born(one: str, other: str) -> str:
    """exact, swapped, digit, two, year, near, different or far: two birth dates as “1984-05-07”, “1984”, “~1984”.

    A date that no calendar has is never exact: it can only be a slip of the pen. Less than a whole date gives “month”
    or “known_year” where they agree, and an estimate “about”.
    """
    left, right = _DATE.fullmatch(one), _DATE.fullmatch(other)
    if not left or not right:
        return ""
    if not (left[4] and right[4]):
        return _born_in_part(left, right)
    if one == other:
        return "exact" if _in_calendar(left) else "digit"
    years = abs(int(left[2]) - int(right[2]))
    if years == 0 and left[3] == right[4] and left[4] == right[3]:
        return "swapped"
    if OSA.distance(one, other, score_cutoff=1) <= 1:
        return "digit"
    agree = (years == 0) + (left[3] == right[3]) + (left[4] == right[4])
    if agree == 2:
        return "two" if years <= FAR_YEARS else "far"
    if years > FAR_YEARS:
        return "far"
    return "year" if years == 0 else "near" if years <= 2 else "different"


def _born_in_part(left: re.Match[str], right: re.Match[str]) -> str:
    years = abs(int(left[2]) - int(right[2]))
    if left[1] or right[1]:
        return "about" if years <= 5 else "far" if years > FAR_YEARS else "different"
    if years:
        return "near" if years <= 2 else "far" if years > FAR_YEARS else "different"
    if left[3] and right[3]:
        return "month" if left[3] == right[3] else "near"
    return "known_year"


def is_day(text: str) -> bool:
    """Whether a date of birth is a whole one, of the calendar."""
    found = _DATE.fullmatch(text)
    return found is not None and bool(found[4]) and _in_calendar(found)


def _in_calendar(date: re.Match[str]) -> bool:
    month, day = int(date[3]), int(date[4])
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def phone(one: str, other: str) -> str:
    """exact, close or different: two phone numbers of at least seven digits, by their last ten."""
    left, right = number(one), number(other)
    if not left or not right:
        return ""
    if left == right:
        return "exact"
    return "close" if OSA.distance(left, right, score_cutoff=1) <= 1 else "different"


def number(text: str) -> str:
    """The last ten digits of a phone number; empty when there are fewer than seven, or they are nobody's."""
    only = "".join(letter for letter in text if letter.isdecimal())[-10:]
    nobodys = len(set(only[-7:])) == 1 or only in ("1234567890", "0123456789")
    return only if len(only) >= 7 and not nobodys else ""


def place(one: str, other: str) -> str:
    """exact, street or different: two addresses, by house number and street name. Without a number nothing is exact."""
    left, right = tidy_place(one), tidy_place(other)
    if not left or not right:
        return ""
    house, street = left.partition(" ")[::2]
    other_house, other_street = right.partition(" ")[::2]
    alike = street == other_street or (len(street) > 4 and _close(street, other_street))
    if alike:
        return "exact" if house and house == other_house else "street"
    return "different"


_STREET = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln", "court": "ct",
    "place": "pl", "highway": "hwy", "terrace": "ter", "circle": "cir", "square": "sq", "crescent": "cres", "north": "n",
    "south": "s", "east": "e", "west": "w",
}  # fmt: skip


# Nobody lives at a crossing, and many are found there; “shelter” and “the library” are no house either.
CROSSING = re.compile(r"[&@/+]|\b(?:and|at|near)\b", re.IGNORECASE)


def tidy_place(address: str) -> str:
    """House number, blank, street name, spelled alike (“12 main st”); empty for an address without a street.

    A crossing, or a place without a number, begins with the blank.
    """
    street = address[:200].casefold().split(",")[0]
    crossing = CROSSING.search(street)
    found = re.findall(r"[^\W_]+", CROSSING.sub(" ", street))
    house = found.pop(0) if found and found[0][0].isdecimal() and not crossing else ""
    name = "".join(_STREET.get(word, word) for word in found)
    return f"{house} {name}" if name else ""


def town(one: str, other: str) -> str:
    """exact, close or different: two towns, or two postal codes."""
    left, right = (re.sub(r"[\W_]+", "", name[:80].casefold()) for name in (one, other))
    if not left or not right:
        return ""
    if left == right:
        return "exact"
    return "close" if min(len(left), len(right)) > 3 and OSA.distance(left, right, score_cutoff=1) <= 1 else "different"


def same(one: str, other: str) -> str:
    """exact or different: two values that are written one way only, as sex and Jr are."""
    left, right = one.strip().casefold(), other.strip().casefold()
    return "" if not left or not right else "exact" if left == right else "different"
